from django.db import models


class Basket(models.Model):
    customer = models.BigIntegerField()
    lines = models.IntegerField(default=0)
