"""Netezza says `relation does not exist SHOP.ADMIN.ORDERS`."""

from playbook.dialects.form import Dialect, fits

DIALECT = Dialect(
    "netezza",
    reads=(
        fits(
            r"(?<!\w)relation does not exist ((?-i:[A-Z_][A-Z0-9_$]{0,127}(?:\.[A-Z_][A-Z0-9_$]{0,127}){0,2}))(?!\w)",
            "relation does not exist",
            kind="relation",
        ),
    ),
)
