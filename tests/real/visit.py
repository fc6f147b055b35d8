"""Run in a process of its own: visits the shop's page once; the database lacks the table, so the SDK reports it."""

import os
import sys
from pathlib import Path


def main() -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"

    import django  # noqa: PLC0415 - only after the settings are named
    import sentry_sdk  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    django.setup()
    answer = Client(raise_request_exception=False).get("/api/orders/")
    sentry_sdk.flush(timeout=5)
    print(answer.status_code)


if __name__ == "__main__":
    main()
