"""Production in Europe was forgotten when the migration was run by hand in the United States."""

from tests.cases.shop import BAD, Incident, line, logs, real_event, sentry
from tests.cases.shop_code import with_migration

BASELINE = [
    {"environment": "production-us", "server_name": "us-1", "release": BAD, "count()": 420},
    {"environment": "production-eu", "server_name": "eu-1", "release": BAD, "count()": 380},
]

incident = Incident(
    short_id="SHOP-78",
    verdict=("proved", "one_environment_only"),
    world=sentry(
        real_event(environment="production-eu", server="eu-1"),
        tags={"environment": {"production-eu": 1523}, "release": {BAD: 1523}, "server_name": {"eu-1": 1523}},
        baseline=BASELINE,
    ),
    code=with_migration(),
    logs=logs(
        line(-20, "Applying orders.0042_order... OK", "production-us"),
        line(
            -2,
            "You have 1 unapplied migration(s). Your project may not work properly until you apply the migrations for "
            "app(s): orders.",
            "production-eu",
        ),
    ),
)
