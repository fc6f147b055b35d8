"""Figures for the office."""

from django.http import JsonResponse


def margin(request):
    sold, returned = int(request.GET.get("sold", "0")), int(request.GET.get("returned", "0"))
    return JsonResponse({"margin": returned / sold})
