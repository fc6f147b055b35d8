from django.apps import AppConfig


class Orders(AppConfig):
    name = "shop.orders"
    label = "orders"
