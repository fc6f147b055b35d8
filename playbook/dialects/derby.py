"""Apache Derby says `Table/View 'ORDERS' does not exist` (42X05) in the language of its JVM."""

from playbook.dialects.form import Code, Dialect, said

DIALECT = Dialect(
    "derby",
    reads=(said("Table/View '{}' does not exist", "relation"),),
    codes=(Code(r"\b42X05\b|(?<!\w)ERROR 42X05"),),
)
