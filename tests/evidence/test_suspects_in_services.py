"""In a repository of several services the changes of the others are less likely, and never impossible."""

import pytest

from tests.evidence.shop_in_git import CREATES, NEW_VIEW, OLD_VIEW, VIEWS, look, struck, suspected
from tests.facts import an_event
from tests.stand_ins.git_repository import GitRepository


@pytest.fixture
def services_of_one_repository(tmp_path):
    """Three services in one repository, with a library that all of them use."""
    repository = GitRepository(tmp_path / "all")
    views = {f"services/{name}/{VIEWS}": OLD_VIEW for name in ("shop", "billing")}
    repository.commit("Start", {**views, "libs/orders/table.py": "A = 1\n"})
    repository.tag("v1.3.0")
    return repository


def test_in_a_repository_of_several_services_ours_comes_first_and_the_others_stay_possible(services_of_one_repository):
    git = services_of_one_repository
    git.commit("Bill for orders_order", {"services/billing/migrations/0007_bill.py": CREATES.replace("Order", "Bill")})
    git.commit("Create orders", {f"services/shop/{VIEWS}": NEW_VIEW})
    git.tag("v1.4.0")
    event = an_event(in_app=an_event().in_app.model_copy(update={"filename": f"services/shop/{VIEWS}"}))
    found = look(git, event=event)
    assert list(suspected(found)) == ["Create orders", "Bill for orders_order"]
    assert found.suspects[1].reasons[-1] == "it stays in services/billing, and the error is raised in services/shop"
    assert struck(found) == {}


def test_a_folder_that_services_share_is_ours(services_of_one_repository):
    git = services_of_one_repository
    git.commit("Look at orders_order", {"libs/orders/table.py": 'TABLE = "orders_order"\n'})
    git.commit("Create orders", {f"services/shop/{VIEWS}": NEW_VIEW})
    git.tag("v1.4.0")
    event = an_event(in_app=an_event().in_app.model_copy(update={"filename": f"services/shop/{VIEWS}"}))
    shared = next(one for one in look(git, event=event).suspects if one.commit.message.startswith("Look"))
    assert "it adds a line that names orders_order (libs/orders/table.py:1)" in shared.reasons
    assert not any("stays in" in reason for reason in shared.reasons)
