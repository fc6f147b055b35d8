"""What runs share of GitHub is never mixed up: not between repositories, tokens or threads, nor by a run cut short."""

import itertools
from functools import partial

import pytest
from pydantic import SecretStr

from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.door import side_by_side
from playbook.sources.github import GitHub
from playbook.sources.github_objects import Objects
from playbook.sources.github_rest import GitHubAccess, github_door
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.git_repository import GitRepository
from tests.stand_ins.github_server import GitHubServer

THREADS = 12


def migration(name):
    number = {"orders": 1, "carts": 2}[name]
    return {f"db/migrations/00000{number}_{name}.up.sql": f"CREATE TABLE {name} (id int);\n"}


@pytest.fixture
def served(tmp_path):
    """acme/shop; a fork of it with the very same commits; and another repository with a file of the same path."""
    shop, other = GitRepository(tmp_path / "shop"), GitRepository(tmp_path / "other")
    shop.commit("Keep orders", migration("orders"))
    shop.tag("v1")
    shop.commit("Keep carts", migration("carts"))
    shop.tag("v2")
    other.commit(
        "Keep orders otherwise", {"db/migrations/000001_orders.up.sql": "CREATE TABLE sales.orders (id int);\n"}
    )
    other.tag("v1")
    other.tag("v2")
    pairs = (("acme/shop", shop), ("somebody/shop", shop), ("acme/other", other))
    with GitHubServer(*(RealRepository(name, git) for name, git in pairs)) as server:
        yield server


def asking(server, objects, token="gh-token-of-the-test", budget=None):
    access = GitHubAccess(api_url=server.url, token=SecretStr(token))
    return GitHub(github_door(access, budget or Budget(20), objects))


def test_twelve_threads_with_one_memory_get_what_each_would_get_alone(served):
    names = ("acme/shop", "somebody/shop", "acme/other")
    questions = list(itertools.product(names, (["v1"], ["v2"]), ("orders", "carts")))
    alone = [asking(served, Objects()).schema(name, head, ["v1"], relation) for name, head, relation in questions]
    objects = Objects()
    calls = [
        partial(asking(served, objects).schema, name, head, ["v1"], relation) for name, head, relation in questions
    ]
    assert len(calls) == THREADS
    assert side_by_side(*calls) == alone
    assert side_by_side(*reversed(calls)) == alone[::-1]
    assert {one["repository"] for one in alone} == set(names)


def test_a_token_that_may_not_look_gets_nothing_of_what_another_one_read(served):
    objects = Objects()
    assert asking(served, objects).schema("acme/shop", ["v1"], [], "orders")["events"]
    with pytest.raises(Unavailable, match="does not accept the token"):
        asking(served, objects, "gh-token-of-somebody").schema("acme/shop", ["v1"], [], "orders")


@pytest.mark.parametrize("requests", range(6))
def test_a_run_whose_time_ends_in_the_middle_says_so_and_leaves_the_next_one_nothing_wrong(served, requests):
    whole = asking(served, Objects()).schema("acme/shop", ["v2"], ["v1"], "orders")
    objects, began = Objects(), len(served.asked)

    def clock():
        return 0.0 if len(served.asked) - began < requests else 1_000.0

    short = asking(served, objects, budget=Budget(20, clock=clock))
    try:
        told = short.schema("acme/shop", ["v2"], ["v1"], "orders")
        assert told == whole or "the time of this run was used up" in " ".join(told["uncompared"])
    except Unavailable as unavailable:
        assert "was used up before GitHub could be asked" in unavailable.sentence
    assert asking(served, objects).schema("acme/shop", ["v2"], ["v1"], "orders") == whole
