"""Progress OpenEdge says `Table/View/Synonym "PUB.ORDERS" cannot be found` (15814)."""

from playbook.dialects.form import Dialect, said

DIALECT = Dialect("openedge", reads=(said('Table/View/Synonym "{}" cannot be found', "relation"),))
