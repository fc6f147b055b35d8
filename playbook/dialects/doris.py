"""Apache Doris says `Table [orders] does not exist in database [shop]`; StarRocks speaks as MySQL does."""

from playbook.dialects.form import Dialect, fits

DIALECT = Dialect(
    "doris",
    reads=(
        fits(
            r"(?<!\w)Table \[([^\]\n]{1,200})\] does not exist(?: in database \[(?P<within>[^\]\n]{1,200})\])?",
            "table",
            "does not exist",
            order="database",
        ),
        fits(r"detailMessage = Unknown table ([\w$.-]{1,260})", "unknown table", order="database"),
    ),
)
