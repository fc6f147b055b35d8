"""SAP HANA says `invalid table name: Could not find table/view ORDERS in schema SHOP` (259)."""

from playbook.dialects.form import Dialect, fits

DIALECT = Dialect(
    "hana",
    reads=(
        fits(
            r"(?<!\w)Could not find table/view \"?([\w$#/.:-]{1,260}?)\"?"
            r"(?: in schema \"?(?P<within>[\w$#-]{1,127})|(?=[:\s]))",
            "table/view",
            kind="relation",
        ),
    ),
)
