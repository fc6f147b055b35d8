"""ClickHouse says `Table default.orders doesn't exist` (60, UNKNOWN_TABLE), quoting only what needs it.

The new analyser says `Unknown table expression identifier 'orders'`; what is qualified is so by a database.
"""

from playbook.dialects.form import Dialect, fits
from playbook.dialects.naming import BARE

SIGN = r"DB::Exception|\bUNKNOWN_TABLE\b|Code: ?60\b|clickhouse|code: 60\b"

DIALECT = Dialect(
    "clickhouse",
    reads=(
        fits(
            rf"(?<!\w)Table {BARE}(?: \([0-9a-f-]{{36}}\))? (?:doesn['’]t|does not) exist",
            "table",
            "exist",
            order="database",
            needs=SIGN,
        ),
        fits(
            r"(?<!\w)Unknown table expression identifier ['`]([^'\n]{1,200})['`]",
            "unknown table expression",
            order="database",
        ),
        fits(r"(?<!\w)Unknown table (?:name )?'([^'\n]{1,200})'", "unknown table", order="database", needs=SIGN),
    ),
)
