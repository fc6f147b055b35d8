"""What the shop sells."""

from django.db import models


class Order(models.Model):
    """One order; its table is made by migration 0001."""

    number = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    placed_at = models.DateTimeField()

    class Meta:
        app_label = "orders"
