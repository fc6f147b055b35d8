"""The migrate job failed, and the errors go to GlitchTip, which keeps less: no first release, no counts, no commits."""

from playbook.evidence.service import Service, Services
from tests.cases.shop import Incident, line, logs, sentry
from tests.cases.shop_code import with_migration

incident = Incident(
    short_id="SHOP-97",
    verdict=("proved", "migration_failed"),
    world=sentry(),
    code=with_migration(),
    logs=logs(
        line(
            -5,
            "Applying orders.0042_order... django.db.utils.OperationalError: canceling statement due to lock timeout",
            log={"level": "error"},
        )
    ),
    asked="5551234567",
    services=Services(mapped=(Service(project="shop", repository="acme/shop", tag="v{version}", log_service="shop"),)),
    flavour="glitchtip",
)
