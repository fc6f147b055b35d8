"""Microsoft Access says it `cannot find the input table or query 'Orders'`, or the output table when it writes."""

from playbook.dialects.form import Dialect, said

DIALECT = Dialect(
    "access",
    reads=(
        said("cannot find the input table or query '{}'", "relation"),
        said("could not find the output table '{}'"),
        said("could not find output table '{}'"),
        said(
            "could not find the object '{}'", "relation", needs=r"Microsoft (?:Jet|(?:Office )?Access) database engine"
        ),
    ),
)
