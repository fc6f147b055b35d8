"""Snowflake says `Object 'DB.PUBLIC.ORDERS' does not exist or not authorized` (002003), naming what it looked for.

Of databases, schemas and stages it says so by their kind; those are refused.
"""

from playbook.dialects.form import Dialect, said

DIALECT = Dialect(
    "snowflake",
    reads=(
        said("Object '{}' does not exist or not authorized", "relation"),
        said("Table '{}' does not exist or not authorized"),
        said("View '{}' does not exist or not authorized", "view"),
        said("Sequence '{}' does not exist or not authorized", "sequence"),
    ),
)
