"""The migrate job of the deploy ran into a lock time-out; the new code was rolled out all the same.

Sentry suspects the very commit that brought the migration.
"""

from tests.cases.shop import SHAS, Incident, at, blamed, line, logs, sentry
from tests.cases.shop_code import with_migration

incident = Incident(
    verdict=("proved", "migration_failed"),
    world=sentry(suspect=blamed(SHAS[1], "Keep orders in a table of their own", at(-60))),
    code=with_migration(),
    logs=logs(
        line(-6, "Running migrations:"),
        line(
            -5,
            "Applying orders.0042_order... django.db.utils.OperationalError: canceling statement due to lock timeout",
            log={"level": "error"},
        ),
        line(-4, "Job shop-migrate has reached the specified backoff limit (BackoffLimitExceeded)"),
    ),
)
