"""Informix says `The specified table (orders) is not in the database` (-206)."""

from playbook.dialects.form import Dialect, fits

DIALECT = Dialect(
    "informix",
    reads=(fits(r"(?<!\w)The specified table \(([^)\n]{1,200})\) is not in the database", "the specified table"),),
)
