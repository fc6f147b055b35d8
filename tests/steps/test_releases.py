"""Which release fails, which was the last good one, and what is said where Sentry does not answer."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.evidence.releases import Releases
from playbook.evidence.unavailable import Unavailable
from playbook.sources.sentry import Sentry
from playbook.steps.releases import releases
from tests.facts import DEPLOYED, ONSET, a_frequency, an_event, an_issue

SHA = "0a" * 20


def row(version, days_ago=0.0, **given):
    created = (DEPLOYED - timedelta(days=days_ago)).isoformat()
    return {"version": version, "dateCreated": created, "versionInfo": None, "lastCommit": None, **given}


def deploy(environment, minutes_before):
    return {"environment": environment, "dateFinished": (ONSET - timedelta(minutes=minutes_before)).isoformat()}


def answering(listed=(), deployed=(), asked=None):
    def door(question):
        if asked is not None:
            asked.append(question.call)
        answer = listed if question.call == "releases/" else deployed
        if isinstance(answer, Unavailable):
            raise answer
        return {"rows": list(answer), "more": False} if isinstance(answer, list | tuple) else answer

    return Sentry(door)


def timeline(sentry, issue=None, event=None, frequency=None):
    found = releases(issue or an_issue(), event, frequency, sentry)
    assert isinstance(found, Releases)
    return found


def test_the_release_before_the_first_one_is_the_last_good():
    found = timeline(answering([row("backend@1.4.0"), row("backend@1.3.0", 3), row("backend@1.2.0", 9)]))
    assert (found.failing.version, found.last_good.version) == ("backend@1.4.0", "backend@1.3.0")


def test_a_release_of_another_package_is_no_predecessor():
    found = timeline(answering([row("backend@1.4.0"), row("web@1.3.9", 1), row("backend@1.3.0", 3)]))
    assert found.last_good.version == "backend@1.3.0"


def test_a_hotfix_of_an_older_line_is_not_the_predecessor():
    found = timeline(answering([row("backend@1.4.0"), row("backend@1.2.9", 1), row("backend@1.3.0", 3)]))
    assert found.last_good.version == "backend@1.3.0"


def test_the_predecessor_of_a_hotfix_is_of_its_own_line():
    issue = an_issue(first_release="backend@1.2.10")
    listed = [row("backend@1.2.10"), row("backend@1.4.0", 1), row("backend@1.2.9", 3)]
    assert timeline(answering(listed), issue).last_good.version == "backend@1.2.9"


def test_versions_that_are_hashes_are_ordered_by_time():
    issue = an_issue(first_release=SHA, last_release=None)
    found = timeline(answering([row(SHA), row("b" * 40, 2), row("c" * 40, 1)]), issue)
    assert found.last_good.version == "c" * 40


def test_a_release_that_never_was_deployed_is_passed_over_where_deploys_are_told():
    listed = [
        row("backend@1.4.0", deployCount=1),
        row("backend@1.3.1", 1, deployCount=0),
        row("backend@1.3.0", 3, deployCount=2),
    ]
    assert timeline(answering(listed)).last_good.version == "backend@1.3.0"


def test_a_release_made_after_the_failing_one_is_not_good():
    found = timeline(answering([row("backend@1.5.0", -1), row("backend@1.4.0")]))
    assert found.last_good is None


def test_the_events_own_release_stands_in_while_sentry_caches_that_there_is_none():
    issue = an_issue(first_release=None, last_release=None)
    found = timeline(answering([row("backend@1.4.0")]), issue, an_event(release="backend@1.4.0"))
    assert found.failing.version == "backend@1.4.0"


def test_without_any_release_there_is_none_and_nobody_is_asked():
    asked: list[str] = []
    issue = an_issue(first_release=None, last_release=None)
    assert releases(issue, an_event(release=None), None, answering(asked=asked)) is None
    assert asked == []


def test_a_regressed_issue_fails_in_the_release_that_ran_at_its_onset_not_in_its_first_one():
    issue = an_issue(
        first_release="backend@0.9.0", last_release="backend@1.6.0", first_seen=ONSET - timedelta(days=200)
    )
    listed = [row("backend@1.6.0", -2), row("backend@1.5.0", -1), row("backend@1.4.0"), row("backend@1.3.0", 3)]
    found = timeline(answering(listed), issue, an_event(release="backend@1.6.0"), a_frequency(new=False))
    assert (found.failing.version, found.last_good.version) == ("backend@1.4.0", "backend@1.3.0")
    assert found.deploys_unavailable == "of backend@1.4.0 only the last deploy is known, not one for each environment"


def test_a_regressed_issue_whose_event_came_from_an_older_release_fails_in_that():
    issue = an_issue(substatus="regressed", first_release="backend@0.9.0")
    listed = [row("backend@1.4.0"), row("backend@1.3.0", 3), row("backend@1.2.0", 5)]
    found = timeline(answering(listed), issue, an_event(release="backend@1.3.0"), a_frequency(new=False))
    assert (found.failing.version, found.last_good.version) == ("backend@1.3.0", "backend@1.2.0")


def test_deploys_come_oldest_first_and_unfinished_ones_do_not_count():
    deployed = [deploy("production", 2), deploy("staging", 60), {"environment": "eu", "dateFinished": None}]
    found = timeline(answering([row("backend@1.4.0")], deployed))
    assert [one.environment for one in found.deploys] == ["staging", "production"]
    assert found.lag("production") == timedelta(minutes=2)
    assert found.shortfalls == ()


def test_deploys_that_cannot_be_read_are_a_shortfall_and_not_none():
    found = timeline(answering([row("backend@1.4.0")], Unavailable("Sentry refused (403)")))
    assert found.deploys == ()
    assert found.shortfalls == ("the deploys of backend@1.4.0 could not be read: Sentry refused (403)",)


def test_the_failing_release_is_known_even_when_the_list_is_not():
    found = timeline(answering(Unavailable("Sentry is down")))
    assert (found.failing.version, found.last_good) == ("backend@1.4.0", None)
    assert "Sentry is down" in found.shortfalls[0]


def test_a_failing_release_older_than_the_page_is_said_to_be():
    found = timeline(answering([row("backend@2.0.0", -50)]))
    assert found.shortfalls == ("backend@1.4.0 is not among the project's newest 1 releases, nor is the one before it",)


@pytest.mark.parametrize(
    ("version", "fields", "commit"),
    [
        ("backend@1.4.0", {"lastCommit": {"id": SHA}}, SHA),
        ("backend@" + SHA, {"versionInfo": {"buildHash": SHA}}, SHA),
        (SHA, {}, SHA),
        ("backend@" + SHA, {}, SHA),
        ("backend@2f1c0ff", {}, "2f1c0ff"),
        ("backend@1.4.0+2f1c0ff", {"versionInfo": {"version": {"buildCode": "2f1c0ff"}}}, "2f1c0ff"),
        ("backend@1.4.0+2f1c0ff", {}, "2f1c0ff"),
        ("backend@1.4.0", {}, None),
        ("20261120", {}, None),
        ("prod-2026-11-20", {}, None),
        ("deadbeef", {}, None),
    ],
)
def test_the_commit_is_found_wherever_the_release_keeps_it(version, fields, commit):
    issue = an_issue(first_release=version)
    assert timeline(answering([row(version, **fields)]), issue).failing.commit == commit


def test_the_repository_is_taken_from_a_github_integration_only():
    def of(provider, name="acme/backend"):
        commit = {"id": SHA, "repository": {"name": name, "provider": {"id": provider}}}
        return timeline(answering([row("backend@1.4.0", lastCommit=commit)])).failing.repository

    assert of("integrations:github") == "acme/backend"
    assert of("integrations:gitlab") is None
    assert of("unknown", "Acme Backend") is None


def test_the_link_leads_to_the_release_on_the_same_server():
    found = timeline(answering([row("backend@1.4.0")]))
    assert found.failing.url == "https://acme.sentry.io/organizations/acme/releases/backend%401.4.0/"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
release_rows = st.fixed_dictionaries(
    {},
    optional={
        key: json_values | st.sampled_from(["backend@1.4.0", "backend@1.3.0", "2026-11-20T09:00:00Z", 3])
        for key in ("version", "dateCreated", "lastCommit", "versionInfo", "deployCount", "lastDeploy", "commitCount")
    },
)


@given(listed=json_values | st.lists(release_rows), deployed=json_values, again=st.booleans())
def test_no_answer_of_sentry_ever_raises(listed, deployed, again):
    found = timeline(answering(listed, deployed), frequency=a_frequency(new=not again), event=an_event())
    assert found.failing.version
