"""Flink says `Table (or view) shop.orders does not exist in Catalog hive` or ``Table `a`.`b`.`c` was not found``."""

from playbook.dialects.form import Dialect, fits
from playbook.dialects.naming import BARE

DIALECT = Dialect(
    "flink",
    reads=(
        fits(
            rf"(?<!\w)Table \(or view\) {BARE} does not exist in Catalog", "does not exist in catalog", kind="relation"
        ),
        fits(r"(?<!\w)Table (`[^`\n]{1,128}`(?:\.`[^`\n]{1,128}`){2}) was not found", "table", "was not found"),
    ),
)
