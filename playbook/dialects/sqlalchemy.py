"""SQLAlchemy's reflection raises NoSuchTableError with the bare name as the whole text, or lists what it lacks."""

from playbook.dialects.form import Dialect, fits
from playbook.dialects.naming import BARE

DIALECT = Dialect(
    None,
    reads=(
        fits(rf"NoSuchTableError\s?[:(]\s?['\"]?{BARE}", "nosuchtableerror"),
        fits(rf"\A{BARE}\s{{0,9}}\Z", "", needs=r"\A(?:[\w.]{1,80}\.)?NoSuchTableError\n"),
        fits(
            r"requested table\(s\) not available in [^\n]{1,300}?(?: schema '(?P<within>[^'\n]{1,128})')?: "
            r"\((?:([^,()\n]{1,200})\)|[^()\n]{1,400}\))",
            "not available in",
            "requested table",
        ),
    ),
)
