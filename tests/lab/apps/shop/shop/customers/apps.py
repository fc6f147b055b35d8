from django.apps import AppConfig


class Customers(AppConfig):
    name = "shop.customers"
    label = "customers"
