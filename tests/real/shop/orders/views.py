"""What a customer sees of their orders."""

from django.http import HttpRequest, JsonResponse

from shop.orders.models import Order


def index(_request: HttpRequest) -> JsonResponse:
    """The open orders, newest first."""
    open_orders = Order.objects.filter(state="open").order_by("-placed_at")
    return JsonResponse({"orders": [order.number for order in open_orders]})
