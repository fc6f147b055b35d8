"""Trino, Presto and Athena say `line 1:15: Table 'hive.shop.orders' does not exist`, older ones without quotes."""

from playbook.dialects.form import Dialect, fits
from playbook.dialects.naming import BARE

DIALECT = Dialect(
    "trino",
    reads=(
        fits(rf"line \d{{1,6}}:\d{{1,6}}: (?:Table|View) '?{BARE}'? does not exist", "line", "does not exist"),
        fits(
            rf"(?<!\w)Table '?{BARE}'? (?:does not exist|not found)",
            "table",
            needs=r"TABLE_NOT_FOUND|\bSYNTAX_ERROR\b|trino|presto|athena",
        ),
    ),
)
