"""The migration was forgotten in the release, and merged to the default branch half an hour too late."""

from tests.cases.shop import INDEX, NOISE, Incident, sentry
from tests.cases.shop_code import CREATES, MIGRATION, ORDERS, SHOP, Code

incident = Incident(
    short_id="SHOP-66",
    verdict=("proved", "newer_than_the_release"),
    world=sentry(),
    code=Code(SHOP, ORDERS, later={MIGRATION: CREATES}),
    logs={INDEX: NOISE},
)
