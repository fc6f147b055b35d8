from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Basket",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("customer", models.BigIntegerField()),
                ("lines", models.IntegerField(default=0)),
            ],
        ),
    ]
