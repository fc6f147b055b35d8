"""Cassandra says `unconfigured table orders`; ScyllaDB says the same."""

from playbook.dialects.form import Dialect, fits
from playbook.dialects.naming import BARE

DIALECT = Dialect("cassandra", reads=(fits(rf"(?<!\w)unconfigured (?:table|columnfamily) {BARE}", "unconfigured"),))
