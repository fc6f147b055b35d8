"""What people are about to buy."""

import logging

from django.http import JsonResponse

from shop.orders.models import Basket

log = logging.getLogger(__name__)


def basket(request):
    count = Basket.objects.count()
    log.info("%s baskets are open", count)
    return JsonResponse({"baskets": count})
