"""Netezza says `relation does not exist SHOP.ADMIN.ORDERS`."""

from playbook.dialects.form import Dialect, fits
from playbook.dialects.naming import BARE

DIALECT = Dialect(
    "netezza",
    reads=(fits(rf"(?<!\w)relation does not exist {BARE}", "relation does not exist", kind="relation"),),
)
