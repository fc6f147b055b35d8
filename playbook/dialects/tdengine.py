"""TDengine says `Table does not exist` (0x2603, before version 3 0x0362) and names none."""

from playbook.dialects.form import Dialect, fits

DIALECT = Dialect(
    "tdengine",
    reads=(
        fits(
            r"(?<!\w)Table does not exist", "table does not exist", needs=r"TDengine|\btaos|0x2603|0x0?362\b|DB error:"
        ),
    ),
)
