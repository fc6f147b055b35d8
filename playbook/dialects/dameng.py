"""Dameng says `Invalid table or view name [ORDERS]`, mostly in Chinese (-2106)."""

from playbook.dialects.form import Dialect, fits

DIALECT = Dialect(
    "dameng",
    reads=(
        fits(r"无效的表或视图名\s?\[([^\]\n]{1,300})\]", "无效的表或视图名", kind="relation"),
        fits(r"(?<!\w)Invalid table or view name\s?\[([^\]\n]{1,300})\]", "invalid table or view", kind="relation"),
    ),
)
