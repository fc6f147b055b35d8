"""The release holds the migration, the deploy never ran it, and the application says so when it starts."""

from tests.cases.shop import Incident, line, logs, sentry
from tests.cases.shop_code import with_migration

incident = Incident(
    short_id="SHOP-57",
    verdict=("proved", "migration_not_applied"),
    world=sentry(),
    code=with_migration(),
    logs=logs(
        line(
            -2,
            "You have 1 unapplied migration(s). Your project may not work properly until you apply the migrations for "
            "app(s): orders.",
            log={"level": "warning"},
        ),
        line(-1.9, "Booting worker with pid: 17"),
    ),
)
