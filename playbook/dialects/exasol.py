"""Exasol says `object SHOP.ORDERS not found [line 1, column 15]`."""

from playbook.dialects.form import Dialect, fits
from playbook.dialects.naming import BARE

DIALECT = Dialect(
    "exasol",
    reads=(
        fits(
            rf"(?<!\w)object {BARE} not found \[line \d{{1,6}}, column \d{{1,6}}\]",
            "object",
            "not found",
            kind="relation",
        ),
    ),
)
