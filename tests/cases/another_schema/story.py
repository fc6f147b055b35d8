"""The table lies in the schema of sales, and the release asks for it in that of billing."""

from tests.cases.shop import INDEX, NOISE, Incident, real_event, sentry
from tests.cases.shop_code import APP, VIEWS, Code

VALUE = 'relation "billing.orders_order" does not exist\nLINE 1: ..."placed_at" FROM "billing"."orders_order"...\n'
CREATES = (
    "CREATE TABLE sales.orders_order (id bigserial PRIMARY KEY, number text, state text, placed_at timestamptz);\n"
)
MODELS = """\
from django.db import models


class Order(models.Model):
    number = models.TextField()
    state = models.TextField()
    placed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = '"{}"."orders_order"'
"""

incident = Incident(
    short_id="SHOP-83",
    verdict=("proved", "wrong_database"),
    world=sentry(real_event(VALUE)),
    code=Code(
        {
            "db/migrations/0001_schemas.up.sql": "CREATE SCHEMA sales;\nCREATE SCHEMA billing;\n",
            "db/migrations/0002_orders.up.sql": CREATES,
            f"{APP}/models.py": MODELS.format("sales"),
            f"{APP}/views.py": VIEWS,
        },
        {f"{APP}/models.py": MODELS.format("billing")},
        message="Read orders where billing keeps them",
    ),
    logs={INDEX: NOISE},
)
