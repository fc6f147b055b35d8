"""A plain SQL migration renames the table under code that still asks for the old name; no log says when it ran."""

from tests.cases.shop import INDEX, NOISE, Incident, added, repository, sentry

incident = Incident(
    short_id="SHOP-73",
    verdict=("likely", "relation_dropped"),
    world=sentry(),
    repository=repository(
        added("db/migrations/0042_rename_orders.up.sql", "ALTER TABLE orders_order RENAME TO sales_order;\n"),
        message="Rename orders to sales",
    ),
    logs={INDEX: NOISE},
)
