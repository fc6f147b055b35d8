"""The table was made on the primary; a replica that serves the reads is minutes behind."""

from tests.cases.shop import Incident, line, logs, real_event, sentry
from tests.cases.shop_code import with_migration

incident = Incident(
    short_id="SHOP-85",
    verdict=("proved", "replica_behind"),
    world=sentry(real_event(tags={"database": "orders-replica-2"})),
    code=with_migration(),
    logs=logs(
        line(-4, "Running migrations:"),
        line(-3, "Applying orders.0042_order... OK"),
        line(1, "replica orders-replica-2: replay lag is 340 s", log={"level": "warning"}),
    ),
)
