"""In a repository of several services ours is found by what is known, and what nothing tells accuses nobody less."""

import pytest

from playbook.evidence.service_folder import Layout, layout

SHOP = ["services/shop/orders/views.py", "services/billing/bills.py"]


@pytest.mark.parametrize(
    ("paths", "frames", "names", "ours"),
    [
        (SHOP, ["orders/views.py"], [], "services/shop"),
        (SHOP, ["services/shop/other.py"], [], "services/shop"),
        (SHOP, [], ["billing"], "services/billing"),
        (["apps/pay_api/a/b.py"], [], ["pay-api"], "apps/pay_api"),
        (["backend/orders/views.py"], ["orders/views.py"], [], "backend"),
        (SHOP, [], ["shop-eu"], ""),
        (["orders/views.py", "services/shop/orders/views.py"], ["orders/views.py"], [], ""),
        (["a/main.py", "b/main.py"], ["main.py"], [], ""),
        (["a/x/main.py", "b/x/main.py"], ["x/main.py"], [], ""),
        (["apps/orders/views.py"], ["apps/orders/views.py"], [], ""),
    ],
    ids=[
        "by what the frame lacks",
        "by the frame's own path",
        "by the service's name",
        "by a name spelt another way",
        "a code root below the top",
        "no name fits",
        "the repository is the code root",
        "a file that is everywhere",
        "two services with such a file",
        "an app of Django is no service",
    ],
)
def test_our_folder(paths, frames, names, ours):
    assert layout(paths, frames, names) == Layout(ours)


@pytest.mark.parametrize(
    ("ours", "paths", "elsewhere"),
    [
        ("services/shop", ["services/billing/a.py", "services/billing/b.py"], "services/billing"),
        ("services/shop", ["services/billing/a.py", "services/shop/b.py"], None),
        ("services/shop", ["services/billing/a.py", "libs/b.py"], None),
        ("services/shop", ["services/common/b.py"], None),
        ("services/shop", ["services/README.txt"], None),
        ("backend", ["frontend/app.ts"], "frontend"),
        ("backend", ["database/0001.sql"], None),
        ("backend", [".github/workflows/ci.yml"], None),
        ("backend", ["Dockerfile"], None),
        ("", ["frontend/app.ts"], None),
        ("backend", [], None),
    ],
)
def test_only_what_stays_in_folders_of_others_is_elsewhere(ours, paths, elsewhere):
    assert Layout(ours).elsewhere(paths) == elsewhere
