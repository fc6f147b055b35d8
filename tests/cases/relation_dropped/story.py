"""The release drops the table, and a page that still reads it was forgotten."""

from tests.cases.shop import MIGRATION, Incident, added, line, logs, repository, sentry

DROPS = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0041_customer")]

    operations = [
        migrations.DeleteModel(name="Order"),
    ]
"""

incident = Incident(
    short_id="SHOP-70",
    verdict=("proved", "relation_dropped"),
    world=sentry(),
    repository=repository(added(MIGRATION, DROPS), message="Orders live in the warehouse now"),
    logs=logs(line(-5, "Running migrations:"), line(-4, "Applying orders.0042_order... OK")),
)
