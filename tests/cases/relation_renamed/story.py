"""A plain SQL migration renames the table under code that still asks for the old name; no log says when it ran."""

from tests.cases.shop import INDEX, NOISE, Incident, sentry
from tests.cases.shop_code import APP, VIEWS, Code

CREATES = "CREATE TABLE orders_order (id bigserial PRIMARY KEY, number text, state text, placed_at timestamptz);\n"

incident = Incident(
    short_id="SHOP-73",
    verdict=("proved", "relation_dropped"),
    world=sentry(),
    code=Code(
        {
            "db/migrations/0001_orders.up.sql": CREATES,
            "db/migrations/0001_orders.down.sql": "DROP TABLE orders_order;\n",
            f"{APP}/views.py": VIEWS,
        },
        {
            "db/migrations/0042_rename_orders.up.sql": "ALTER TABLE orders_order RENAME TO sales_order;\n",
            "db/migrations/0042_rename_orders.down.sql": "ALTER TABLE sales_order RENAME TO orders_order;\n",
        },
        message="Rename orders to sales",
    ),
    logs={INDEX: NOISE},
)
