"""InterSystems IRIS and Caché say SQLCODE -30 and then `Table 'SHOP.ORDERS' not found`."""

from playbook.dialects.form import Dialect, said

DIALECT = Dialect("iris", reads=(said("Table '{}' not found", "relation", needs=r"SQLCODE: ?<?-30\b"),))
