"""Only hints: it began with the release, whose code touches nothing of the schema, and the logs are silent.

Sentry suspects a commit that the last good release has as well.
"""

from tests.cases.shop import INDEX, NOISE, SHAS, Incident, at, blamed, sentry
from tests.cases.shop_code import APP, WITH_ORDERS, Code

incident = Incident(
    short_id="SHOP-96",
    verdict=("undecided", None),
    world=sentry(suspect=blamed(SHAS[0], "Tidy the front page", at(-4000))),
    code=Code(
        WITH_ORDERS,
        {f"{APP}/totals.py": "def total(order):\n    return round(order.sum, 2)\n"},
        message="Round totals to cents",
    ),
    logs={INDEX: NOISE},
)
