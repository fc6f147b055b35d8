"""QuestDB says `table does not exist [table=orders]`."""

from playbook.dialects.form import Dialect, fits

DIALECT = Dialect(
    "questdb", reads=(fits(r"(?<!\w)table does not exist \[table=([^\]\n]{1,200})\]", "table does not exist"),)
)
