"""BigQuery says `Not found: Table project:dataset.orders was not found in location US`.

A dataset is what others call a schema, a project what they call a database. Spanner says `Table not found: orders`.
"""

from playbook.dialects.form import Dialect, fits

PROJECT = r"((?:[\w.-]{1,100}:){1,2}[\w$*-]{1,200}\.[\w$*@-]{1,300})"
DOTTED = r"([\w$*-]{1,200}(?:\.[\w$*@-]{1,300}){1,2})"

DIALECT = Dialect(
    "bigquery",
    reads=(
        fits(rf"(?<!\w)Not\s{{1,9}}found:?\s{{1,9}}Table:?\s{{1,9}}`?{PROJECT}", "not found", "table", order="colon"),
        fits(
            rf"(?<!\w)Not found:? Table:? `?{DOTTED}`? was not found in location",
            "was not found in location",
            order="colon",
        ),
        fits(
            r"(?<!\w)Table not found:\s([\w$.-]{1,200}?)(?= \[at |; did you mean| \[INVALID)",
            "table not found",
        ),
        fits(
            r"(?<!\w)Table not found:\s([\w$.-]{1,200})\s{0,9}\Z",
            "table not found",
            needs=r"google|spanner|\b404\b|NOT_FOUND",
        ),
        fits(r'(?<!\w)Table "([\w$.:-]{1,300})" must be qualified with a dataset', "must be qualified", order="colon"),
    ),
)
