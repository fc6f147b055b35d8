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
        fits(
            r"(?<!\w)invalid table name:\s{1,3}(?!Could not)\"?([\w$#/.:-]{1,260}?)\"?: line \d{1,6} col \d{1,6}",
            "invalid table name",
            kind="relation",
        ),
    ),
)
