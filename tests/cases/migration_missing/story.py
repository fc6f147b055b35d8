"""Somebody added a model and forgot to write its migration."""

from tests.cases.shop import INDEX, NOISE, Incident, added, repository, sentry

MODELS = """\
from django.db import models


class Order(models.Model):
    number = models.CharField(max_length=20)
"""

incident = Incident(
    short_id="SHOP-64",
    verdict=("likely", "migration_missing"),
    world=sentry(),
    repository=repository(added("orders/models.py", MODELS)),
    logs={INDEX: NOISE},
)
