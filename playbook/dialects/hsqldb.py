"""HSQLDB says `user lacks privilege or object not found: ORDERS` of tables, columns and functions alike (-5501).

If it adds the statement, the name must stand where a relation stands; without the statement it is taken for a table,
which is what most of these are. Before 2.0 it said `Table not found: ORDERS in statement […]`.
"""

from playbook.dialects.form import Dialect, fits
from playbook.dialects.naming import BARE

OBJECT = rf"(?<!\w)user lacks privilege or object not found\s?:\s{{0,3}}{BARE}"
ELSEWHERE = (
    r"(?![^\n]{0,40}in statement \[(?![\s\S]{0,600}\b(?:from|into|join|update|table|view|sequence)\s{1,9}"
    r"(?:\"?\w{1,128}\"?\.)?\"?\1\b))"
)

DIALECT = Dialect(
    "hsqldb",
    reads=(
        fits(OBJECT + ELSEWHERE, "user lacks privilege", kind="relation"),
        fits(rf"(?<!\w)Table not found(?:: {BARE})? in statement \[", "table not found", "in statement"),
    ),
)
