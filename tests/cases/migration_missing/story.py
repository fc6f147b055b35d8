"""Somebody added a model and forgot to write its migration."""

from tests.cases.shop import INDEX, NOISE, Incident, sentry
from tests.cases.shop_code import ORDERS, SHOP, Code

incident = Incident(
    short_id="SHOP-64",
    verdict=("proved", "migration_missing"),
    world=sentry(),
    code=Code(SHOP, ORDERS),
    logs={INDEX: NOISE},
)
