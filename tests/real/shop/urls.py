"""One page, which reads the orders."""

from django.urls import path

from shop.orders.views import index

urlpatterns = [path("api/orders/", index)]
