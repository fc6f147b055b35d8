"""MonetDB says `SELECT: no such table 'shop'.'orders'` with 42S02."""

from playbook.dialects.form import Dialect, said

DIALECT = Dialect("monetdb", reads=(said("no such table '{}'", needs=r"42S02|MonetDB|SELECT:|INSERT INTO:"),))
