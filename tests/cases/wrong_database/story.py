"""A copied setting sends production to the database of staging, which is a release behind."""

from tests.cases.shop import INDEX, NOISE, Incident, real_event, repository, sentry

VALUE = "(1146, \"Table 'shop_staging.orders_order' doesn't exist\")"

incident = Incident(
    short_id="SHOP-81",
    verdict=("likely", "wrong_database"),
    world=sentry(real_event(VALUE, ("ProgrammingError", "ProgrammingError"))),
    repository=repository(message="Read the database's name from the environment"),
    logs={INDEX: NOISE},
)
