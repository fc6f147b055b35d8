"""Workers of the new release served for eleven minutes before the migrate job had made the table."""

from tests.cases.shop import Incident, at, line, logs, real_event, sentry
from tests.cases.shop_code import with_migration

incident = Incident(
    short_id="SHOP-61",
    verdict=("proved", "migration_ran_late"),
    world=sentry(real_event(seen=at(10.5)), last=at(10.8), issue={"count": "412", "userCount": 31}),
    code=with_migration(),
    logs=logs(
        line(10, "Running migrations:"),
        line(11, "Applying orders.0042_order... OK"),
    ),
)
