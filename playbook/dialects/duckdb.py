"""DuckDB says `Catalog Error: Table with name orders does not exist!` and then what it may have meant."""

from playbook.dialects.form import Dialect, fits
from playbook.dialects.naming import BARE

DIALECT = Dialect(
    "duckdb",
    reads=(
        fits(rf"(?<!\w)Table with name {BARE} does not exist", "table with name"),
        fits(rf"(?<!\w)View with name {BARE} does not exist", "view with name", kind="view"),
        fits(rf"(?<!\w)Sequence with name {BARE} does not exist", "sequence with name", kind="sequence"),
    ),
)
