"""Calcite, and Flink, Drill and Druid with it, say `From line 1, column 15 …: Object 'ORDERS' not found`.

`Object 'ORDERS' not found within 'SHOP'` names what the object was looked for in.
"""

from playbook.dialects.form import Dialect, fits

DIALECT = Dialect(
    "calcite",
    reads=(
        fits(
            r"From line \d{1,6}, column \d{1,6}(?: to line \d{1,6}, column \d{1,6})?: "
            r"(?:Object|Table) '([^'\n]{1,300})' not found(?: within '(?P<within>[^'\n]{1,128})')?",
            "from line",
            "not found",
            kind="relation",
        ),
        fits(
            r"(?<!\w)Object '([^'\n]{1,300})' not found(?: within '(?P<within>[^'\n]{1,128})')?",
            "object",
            "not found",
            kind="relation",
            needs=r"SqlValidator|calcite|druid|flink|\bdrill\b",
        ),
    ),
)
