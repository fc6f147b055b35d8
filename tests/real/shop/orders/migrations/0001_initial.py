"""The first table of the shop."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Creates orders_order."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=10)),
                ("placed_at", models.DateTimeField()),
            ],
        ),
    ]
