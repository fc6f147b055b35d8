"""Sybase ASE says `ORDERS not found. Specify owner.objectname …` (208).

SQL Anywhere says `Table 'orders' not found` (-141).
"""

from playbook.dialects.form import Dialect, fits, said
from playbook.dialects.naming import BARE

DIALECT = Dialect(
    "sybase",
    reads=(
        fits(rf"(?<![\w.]){BARE} not found\. Specify owner\.objectname", "specify owner.objectname", kind="relation"),
        said("Table '{}' not found", needs=r"SQL Anywhere|-141\b|Sybase"),
    ),
)
