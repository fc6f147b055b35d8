"""What a real SDK sends to the lab's Sentry, the bot's own steps read as one would count it by hand."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from playbook.evidence.prescription import Prescription
from playbook.steps.event import event
from playbook.steps.frequency import frequency
from playbook.steps.issue import issue
from playbook.steps.releases import releases
from playbook.steps.similar import similar
from playbook.steps.spread import spread
from playbook.steps.tags import tags
from tests.lab.sentry import LabSentry
from tests.lab.sentry_story import ASKED, BAD, DAY, GOOD, LAST_PAGE, LETTERS, PAGES, asked_of, get, of, post, reported


@pytest.fixture
def served():
    with LabSentry(lambda: ASKED, reported=reported()) as sentry:
        yield sentry


def hour(buckets, hours):
    return next(one.count for one in buckets if one.start == DAY + timedelta(hours=hours))


def test_the_sdk_reports_three_issues_numbered_as_they_began(served):
    rows = get(served, "issues/", query="", statsPeriod="14d").json()
    assert [(row["shortId"], row["title"], row["count"]) for row in rows] == [
        ("SHOP-3", "order 4 is odd", "1"),
        ("SHOP-2", 'RuntimeError: relation "orders_order" does not exist', str(PAGES)),
        ("SHOP-1", "TimeoutError: no answer within 30 s", str(LETTERS + 3)),
    ]


def test_the_issue_is_counted_as_by_hand(served):
    found = issue(of("SHOP-2"), asked_of(served))
    assert (found.count, found.users, found.substatus, found.priority) == (PAGES, 3, "new", "high")
    assert found.first_seen.replace(microsecond=0) == DAY + timedelta(minutes=602)
    assert found.last_seen.replace(microsecond=0) == LAST_PAGE
    assert (found.first_release, found.last_release) == (BAD, BAD)
    assert (len(found.hourly), len(found.daily)) == (25, 31)
    assert (found.hourly[0].start, found.hourly[-1].start) == (DAY - timedelta(hours=12), DAY + timedelta(hours=12))
    assert (hour(found.hourly, 10), hour(found.hourly, 11)) == (29, 11)
    assert found.error.value.startswith('relation "orders_order" does not exist\nLINE 1')
    assert (found.project, found.project_id, found.culprit) == ("shop", "42", "orders in page")


def test_an_old_issue_has_its_own_days_and_releases(served):
    found = issue(of("SHOP-1"), asked_of(served))
    assert (found.first_release, found.last_release) == (GOOD, BAD)
    assert sum(one.count for one in found.hourly) == LETTERS + 2
    assert sum(one.count for one in found.daily) == LETTERS + 3
    assert next(one.count for one in found.daily if one.start == DAY - timedelta(days=3)) == 1


def test_in_one_environment_there_are_its_own_figures(served):
    sentry = asked_of(served)
    found = issue(of("SHOP-1", "eu"), sentry)
    assert (found.count, found.environment, found.first_release) == (LETTERS // 2, "eu", BAD)
    assert found.first_seen.replace(microsecond=0) == DAY + timedelta(minutes=601)
    assert event(of("SHOP-1", "eu"), sentry).environment == "eu"
    assert {one.value: one.count for one in tags(found, sentry).values("environment")} == {"eu": LETTERS // 2}
    assert issue(of("SHOP-1", "nowhere"), sentry).environment is None
    assert event(of("SHOP-2", "eu"), sentry) is None
    assert get(served, "issues/SHOP-2/", environment="eu").json()["count"] == "0"
    assert get(served, "issues/SHOP-2/events/", environment="nowhere").json() == []


def test_the_event_has_its_stack_with_a_containers_paths(served):
    found = event(of("SHOP-2"), asked_of(served))
    assert [one.type for one in found.errors] == ["LookupError", "RuntimeError"]
    assert found.in_app.place == "orders.py:5 in page"
    assert (found.release, found.server_name, found.environment) == (BAD, "web-2", "production")
    assert found.at.replace(microsecond=0) == LAST_PAGE
    assert found.trace_id
    whole = get(served, "issues/SHOP-2/events/latest/").json()
    frames = whole["entries"][0]["data"]["values"][-1]["stacktrace"]["frames"]
    assert [frame["absPath"] for frame in frames if frame["inApp"]] == ["/srv/app/orders.py"]
    assert str(Path(__file__).parents[2]) not in json.dumps(whole)


def test_tags_have_their_counts_and_moments(served):
    sentry = asked_of(served)
    found = tags(issue(of("SHOP-2"), sentry), sentry)
    assert {one.value: one.count for one in found.values("server_name")} == {"web-1": 20, "web-2": 20}
    assert {one.value: one.count for one in found.values("tenant")} == {"one": 40}
    told = {row["key"]: row for row in get(served, "issues/SHOP-1/tags/").json()}
    assert [(one["value"], one["count"]) for one in told["release"]["topValues"]] == [(BAD, LETTERS), (GOOD, 3)]
    first, last = (told["release"]["topValues"][1][name][:16] for name in ("firstSeen", "lastSeen"))
    assert (first, last) == ("2026-11-17T00:00", "2026-11-20T09:10")


def test_how_often_and_since_when(served):
    sentry = asked_of(served)
    found = frequency(of("SHOP-2"), issue(of("SHOP-2"), sentry), sentry)
    assert found.new
    assert found.onset.replace(microsecond=0) == DAY + timedelta(minutes=602)


def test_the_segment_is_found_against_the_other_events_of_the_release(served):
    sentry = asked_of(served)
    found = issue(of("SHOP-2"), sentry)
    read = spread(of("SHOP-2"), found, tags(found, sentry), sentry)
    assert read.reach == "segment"
    (segment,) = read.segments
    # The baseline is the mail in both environments, and the warning in the other one.
    assert (segment.value, segment.count, segment.of) == ("production", PAGES, PAGES)
    assert (segment.baseline_count, segment.baseline_of) == (LETTERS // 2, LETTERS + 1)


def test_the_releases_are_told_with_commits_and_deploys(served):
    sentry = asked_of(served)
    found = issue(of("SHOP-2"), sentry)
    read = releases(found, event(of("SHOP-2"), sentry), None, sentry)
    assert (read.failing.version, read.last_good.version) == (BAD, GOOD)
    assert (read.failing.commit, read.failing.repository) == ("b" * 40, "acme/shop")
    assert read.failing.commit_count == 3
    moments = [(one.environment, one.at) for one in read.deploys]
    start = DAY + timedelta(hours=9.8)
    expected = [("production", start + timedelta(minutes=10)), ("eu", start + timedelta(minutes=40))]
    assert moments == expected
    told = sentry.release_commits(BAD)["rows"]
    assert [one["id"][0] for one in told] == ["b", "a", "c"]
    assert told[-1]["repository"]["provider"]["id"] == "unknown"
    assert [one["repoName"] for one in sentry.code_mappings("42")["rows"]] == ["acme/shop"]
    assert sentry.code_mappings("43")["rows"] == []
    assert sentry.committers("shop", "0" * 32) is None


def test_what_shares_the_first_release_is_similar(served):
    sentry = asked_of(served)
    found = issue(of("SHOP-2"), sentry)
    read = similar(found, None, None, Prescription(same_trouble="orders_order"), sentry)
    assert [(one.short_id, one.shares) for one in read.issues] == [("SHOP-3", ("same first release",))]
    assert read.looked_at == 1


@pytest.mark.parametrize(
    ("query", "period", "expected"),
    [
        ("", "14d", ["SHOP-3", "SHOP-2", "SHOP-1"]),
        ("is:unresolved", "1h", ["SHOP-3"]),
        ("is:resolved", "14d", []),
        ('is:unresolved firstRelease:"shop@1.3.9"', "14d", ["SHOP-1"]),
        ("firstSeen:>=2026-11-20T10:00:00+00:00", "14d", ["SHOP-3", "SHOP-2"]),
    ],
)
def test_the_list_holds_what_the_query_says(served, query, period, expected):
    rows = asked_of(served).issues(query, "42", period)["rows"]
    assert [row["shortId"] for row in rows] == expected
    assert asked_of(served).issues(query, "43", period)["rows"] == []


def test_events_are_counted_by_what_is_asked(served):
    sentry = asked_of(served)

    def counted(fields, query, period="90d"):
        data = sentry.counts_by(fields, query, "42", period)["data"]
        return [(*(row[name] for name in fields), row["count()"]) for row in data]

    assert counted(("environment",), "") == [("production", 73), ("eu", 31)]
    assert counted(("environment",), "!issue:SHOP-1") == [("production", 40), ("eu", 1)]
    assert counted(("release",), f"!issue.id:{issue(of('SHOP-2'), sentry).id}") == [(BAD, 61), (GOOD, 3)]
    assert counted(("release",), 'environment:"production" !issue:SHOP-2', "1d") == [(BAD, 30), (GOOD, 2)]
    assert counted(("environment", "server_name"), "issue:SHOP-2", "2h") == [
        ("production", "web-1", 13),
        ("production", "web-2", 13),
    ]


def test_before_a_moment_nothing_of_it_is_known():
    with LabSentry(lambda: DAY + timedelta(hours=10, minutes=4), reported=reported()) as early:
        sentry = asked_of(early)
        found = issue(of("SHOP-2"), sentry)
        assert found.count == 1
        assert [one["environment"] for one in sentry.deploys(BAD)["rows"]] == ["production"]
        assert len(early.world.issues) == 2
    with LabSentry(lambda: DAY - timedelta(days=2), reported=reported()) as earlier:
        assert asked_of(earlier).issue("SHOP-2") is None
        assert [row["version"] for row in asked_of(earlier).releases("42")["rows"]] == [GOOD]


def test_an_issue_that_comes_back_after_somebody_resolved_it_has_regressed():
    moment = [DAY + timedelta(hours=10, minutes=1)]
    with LabSentry(lambda: moment[0], reported=reported()) as sentry:
        answer = post(sentry, "issues/SHOP-1/", {"status": "resolved"}, method="PUT")
        assert answer.json()["status"] == "resolved"
        assert [row["shortId"] for row in asked_of(sentry).issues("is:unresolved", "42", "14d")["rows"]] == []
        moment[0] = ASKED
        found = issue(of("SHOP-1"), asked_of(sentry))
        assert (found.status, found.substatus) == ("unresolved", "regressed")
