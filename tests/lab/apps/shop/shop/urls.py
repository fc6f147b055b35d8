"""The pages of the shop."""

from django.urls import path

from shop.customers.views import customers
from shop.orders.views import basket
from shop.reports.views import margin

urlpatterns = [
    path("api/customers/", customers),
    path("api/basket/", basket),
    path("api/reports/margin/", margin),
]
