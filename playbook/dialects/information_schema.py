"""MySQL's `Unknown table '…' in information_schema` (1109) names a table that this server does not have."""

from playbook.dialects.form import Dialect, fits

DIALECT = Dialect(
    "mysql",
    reads=(
        fits(
            r"(?<!\w)Unknown table '((?!\s)[^'\n]{1,128})' in '?(?P<within>information_schema)'?",
            "information_schema",
            "unknown",
            order="database",
        ),
    ),
)
