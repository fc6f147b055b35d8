"""Sentry's suspect commits come through the real door: usually none, and never a failure of more than themselves."""

import pytest
from pydantic import SecretStr

from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.github_answer import alleged_of
from playbook.sources.sentry import Sentry
from playbook.sources.sentry_rest import SentryAccess, sentry_door
from tests.stand_ins.sentry_server import SentryServer, answer
from tests.stand_ins.sentry_world import EVENT_ID, World, a_commit

TOKEN = "sntryu_0123456789abcdef0123456789abcdef"
PATH = f"/api/0/projects/acme/shop/events/{EVENT_ID}/committers/"


def asking(server):
    access = SentryAccess(url=server.url, organization="acme", token=SecretStr(TOKEN))
    return Sentry(sentry_door(access, Budget(10))).committers("shop", EVENT_ID)


def test_the_question_goes_to_the_project_and_the_answer_is_read_whole():
    commit = a_commit("2c" * 20, suspectCommitType="via SCM integration")
    with SentryServer(World(committers={EVENT_ID: [commit]})) as server:
        told = asking(server)
        assert [call.path for call in server.calls()] == [PATH]
    (alleged,) = alleged_of(told, "https://github.com/acme/shop")
    assert (alleged.candidate.commit.sha, alleged.how) == ("2c" * 20, "via SCM integration")
    assert alleged.repository == "acme/shop"
    assert alleged.candidate.commit.url == f"https://github.com/acme/shop/commit/{'2c' * 20}"


def test_that_sentry_suspects_nobody_is_an_answer():
    with SentryServer(World()) as server:
        assert asking(server) is None
        assert server.count(PATH) == 1


def test_a_server_without_suspects_is_not_taken_for_one_that_suspects_nobody():
    with SentryServer(World(), flavour="glitchtip") as server, pytest.raises(Unavailable, match="has no API for"):
        asking(server)


def test_a_token_that_may_not_ask_is_told_which_scope_it_lacks():
    with SentryServer(World()) as server:
        server.fail(PATH, answer(403, {"detail": "You do not have permission to perform this action."}))
        with pytest.raises(Unavailable, match="lacks project:read for its suspect commits"):
            asking(server)


def test_of_many_commits_only_the_first_few_are_checked():
    with SentryServer(World(committers={EVENT_ID: [a_commit(f"{n:040x}") for n in range(9)]})) as server:
        assert len(alleged_of(asking(server), "https://github.com/acme/shop")) == 3
