"""A copied setting sends production to the database of staging, which is a release behind."""

from tests.cases.shop import INDEX, NOISE, Incident, real_event, sentry
from tests.cases.shop_code import WITH_ORDERS, Code

VALUE = "(1146, \"Table 'shop_staging.orders_order' doesn't exist\")"
SETTINGS = 'import os\n\nINSTALLED_APPS = ["shop.orders"]\nDATABASE = os.environ["SHOP_DATABASE"]\n'

incident = Incident(
    short_id="SHOP-81",
    verdict=("likely", "wrong_database"),
    world=sentry(real_event(VALUE, ("ProgrammingError", "ProgrammingError"))),
    code=Code(WITH_ORDERS, {"shop/settings.py": SETTINGS}, message="Read the database's name from the environment"),
    logs={INDEX: NOISE},
)
