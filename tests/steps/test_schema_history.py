"""The step that asks what a repository's migrations say, over a real repository and the real door."""

from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from playbook.evidence.service import Service, Services
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.door import closed, dispatch
from playbook.sources.github import GitHub
from playbook.sources.github_rest import GitHubAccess, github_door
from playbook.sources.sentry import Sentry
from playbook.steps.schema_history import schema_history
from tests.cases.shop_code import CREATES, MIGRATION, ORDERS, SHOP
from tests.facts import a_relation, a_release, a_timeline, an_event, an_issue
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.git_repository import GitRepository
from tests.stand_ins.github_server import GitHubServer

MAPPED = Services(mapped=(Service(project="backend", repository="acme/shop", tag="v{version}"),))
TAGGED = a_timeline(failing=a_release(commit=None), last=None, last_good=a_release("backend@1.3.9", commit=None))
NO_SENTRY = Sentry(closed("nothing is asked of Sentry here"))


@contextmanager
def shop(tmp_path):
    git = GitRepository(tmp_path / "shop")
    git.commit("Tidy the front page", SHOP)
    git.tag("v1.3.9")
    git.commit("Keep orders in a table of their own", {**ORDERS, MIGRATION: CREATES})
    git.tag("v1.4.0", annotated=True)
    with GitHubServer(RealRepository("acme/shop", git)) as server:
        access = GitHubAccess(api_url=server.url, token=SecretStr("gh-token-of-the-test"))
        yield git, GitHub(dispatch({"github": github_door(access, Budget(30))}))


def asked(github, releases=TAGGED, relation=None, services=MAPPED):
    return schema_history(an_issue(), an_event(), releases, relation or a_relation(), services, NO_SENTRY, github)


def test_the_history_is_that_of_the_failing_releases_own_commit(tmp_path):
    with shop(tmp_path) as (git, github):
        history = asked(github)
    assert (history.commit, history.base) == (git.name_of("v1.4.0"), git.name_of("v1.3.9"))
    assert [(one.migration, one.path, one.brought) for one in history.events] == [
        ("orders.0042_order", MIGRATION, "release")
    ]
    assert (history.repository, history.branch, history.whole) == ("acme/shop", "main", True)
    assert (history.declared[0].model, history.covered, history.declaring) == ("Order", 3, 3)
    assert history.finding == f"3 migrations at {history.commit[:7]} · {MIGRATION}:8 creates it"


def test_a_release_that_names_its_commit_needs_no_tag(tmp_path):
    with shop(tmp_path) as (git, github):
        named = a_timeline(failing=a_release(commit=git.name_of("v1.3.9")), last=None, last_good=None)
        history = asked(github, named)
    assert (history.events, history.base) == ((), None)
    assert history.later[0].path == MIGRATION


def test_a_release_that_the_repository_does_not_hold_is_no_evidence(tmp_path):
    unknown = a_timeline(failing=a_release("backend@9.9.9", commit=None), last=None, last_good=None)
    with shop(tmp_path) as (_, github), pytest.raises(Unavailable, match=r"acme/shop has no commit or tag v9\.9\.9"):
        asked(github, unknown)


def test_without_a_failing_release_nothing_is_read():
    with pytest.raises(Unavailable, match="no failing release is known"):
        asked(GitHub(closed("not asked")), a_timeline(failing=None))


def test_without_a_name_nothing_is_looked_for():
    with pytest.raises(Unavailable, match="names no relation"):
        asked(GitHub(closed("not asked")), relation=a_relation(name=None))


def test_an_outage_is_told_as_it_is():
    with pytest.raises(Unavailable, match="GitHub is down"):
        asked(GitHub(closed("GitHub is down")))


def test_an_answer_of_another_version_is_refused_in_a_sentence():
    with pytest.raises(Unavailable, match="not in the form of this version"):
        asked(GitHub(lambda _question: {"commit": 7}))
