"""Only hints: it began with the release, whose code touches nothing of the schema, and the logs are silent."""

from tests.cases.shop import INDEX, NOISE, Incident, repository, sentry
from tests.stand_ins.github_server import File

PATCH = "@@ -1,2 +1,2 @@\n def total(order):\n-    return order.sum\n+    return round(order.sum, 2)\n"

incident = Incident(
    short_id="SHOP-96",
    verdict=("undecided", None),
    world=sentry(),
    repository=repository(File("orders/totals.py", PATCH), message="Round totals to cents"),
    logs={INDEX: NOISE},
)
