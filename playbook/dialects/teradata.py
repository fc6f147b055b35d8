"""Teradata says `Object 'shop.orders' does not exist` with error 3807; a database is all that can qualify a name."""

from playbook.dialects.form import Dialect, said

DIALECT = Dialect(
    "teradata", reads=(said("Object '{}' does not exist", "relation", "database", needs=r"\b3807\b|[Tt]eradata"),)
)
