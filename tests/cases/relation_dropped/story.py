"""The release drops the table, and a page that still reads it was forgotten."""

from tests.cases.shop import Incident, line, logs, sentry
from tests.cases.shop_code import APP, MODELS, WITH_ORDERS, Code

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
    code=Code(
        WITH_ORDERS,
        {f"{APP}/models.py": MODELS, f"{APP}/migrations/0042_warehouse.py": DROPS},
        message="Orders live in the warehouse now",
    ),
    logs=logs(line(-5, "Running migrations:"), line(-4, "Applying orders.0042_warehouse... OK")),
)
