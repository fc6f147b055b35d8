"""Db2 says `"SHOP.ORDERS" is an undefined name` (SQL0204N), or only SQLCODE -204 and the name as a token.

-204 is said of aliases and sequences too, which are missing relations as well
(https://www.ibm.com/docs/en/db2/11.5?topic=messages-sql0204n).
"""

from playbook.dialects.form import Dialect, fits, said
from playbook.dialects.naming import BARE

DIALECT = Dialect(
    "db2",
    reads=(
        fits(rf"SQLCODE\s?[:=]\s?-204\b[^\n]{{0,80}}?SQLERRMC\s?[:=]\s?{BARE}", "sqlcode", "sqlerrmc", kind="relation"),
        fits(
            rf"SQLERRMC\s?[:=]\s?{BARE}[^\n]{{0,120}}?SQLCODE\s?[:=]\s?-204\b", "sqlerrmc", "sqlcode", kind="relation"
        ),
        fits(r'(?<!\w)SQL0204N\s{0,4}"([^"\n]{1,260})"', "sql0204n", kind="relation"),
        said('"{}" is an undefined name', "relation"),
        fits(
            rf"(?<!\w)SQL0204(?:\]|\s-)\s{{0,3}}{BARE} in (?:\*LIBL|(?P<within>\w{{1,128}})) type \*FILE not found",
            "sql0204",
            kind="table",
        ),
    ),
)
