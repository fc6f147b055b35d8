"""The application's label, which is part of its tables' names."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """`orders`, so that the table is `orders_order`."""

    name = "shop.orders"
    label = "orders"
