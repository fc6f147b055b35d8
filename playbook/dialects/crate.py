"""CrateDB says `Relation 'shop.orders' unknown`."""

from playbook.dialects.form import Dialect, said

DIALECT = Dialect(
    "crate",
    reads=(said("Relation '{}' unknown", "relation", needs=r"RelationUnknown|crate|Relation '[^'\n]{1,200}\."),),
)
