"""Materialize says `unknown catalog item 'orders'`, RisingWave `table or source not found: orders`."""

from playbook.dialects.form import Dialect, fits, said
from playbook.dialects.naming import BARE

DIALECT = Dialect(
    "materialize",
    reads=(
        said("unknown catalog item '{}'", "relation"),
        fits(rf"(?<!\w)table or source not found: {BARE}", "table or source", kind="relation"),
    ),
)
