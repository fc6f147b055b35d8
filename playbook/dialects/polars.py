"""Polars says `relation 'orders' was not found` (SQLInterfaceError)."""

from playbook.dialects.form import Dialect, said

DIALECT = Dialect(
    "polars", reads=(said("relation '{}' was not found", "relation", needs=r"SQLInterface|SQLSyntax|polars"),)
)
