"""SQLAlchemy's reflection raises NoSuchTableError with the bare name as the whole text."""

from playbook.dialects.form import Dialect, fits
from playbook.dialects.naming import BARE

DIALECT = Dialect(
    None,
    reads=(
        fits(rf"NoSuchTableError\s?[:(]\s?['\"]?{BARE}", "nosuchtableerror"),
        fits(rf"\A{BARE}\s{{0,9}}\Z", "", needs=r"\A(?:[\w.]{1,80}\.)?NoSuchTableError\n"),
    ),
)
