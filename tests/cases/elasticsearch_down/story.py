"""The migrate job ran into a lock time-out, and nobody can read the logs that would prove it."""

from tests.cases.shop import Incident, logs, sentry
from tests.cases.shop_code import with_migration

incident = Incident(
    short_id="SHOP-95",
    verdict=("undecided", None),
    world=sentry(),
    code=with_migration(),
    logs=logs(),
    broken=("elasticsearch",),
)
