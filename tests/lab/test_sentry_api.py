"""The lab's Sentry answers as Sentry documents it, takes what `sentry-cli` sends, and is loud about anything else."""

from urllib.parse import quote

import jsonschema
import pytest
import requests

from bot.doctor.sentry import examine
from bot.settings import Mapping, Settings
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.steps.issue import issue
from tests.lab.sentry import LabSentry
from tests.lab.sentry_story import ASKED, BAD, asked_of, get, of, post, reported
from tests.openapi import sentry_answer
from tests.stand_ins.sentry_server import page


@pytest.fixture
def served():
    with LabSentry(lambda: ASKED, reported=reported()) as sentry:
        yield sentry


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("issues/", {"query": "is:unresolved assigned:me"}),
        ("issues/", {"query": "some words"}),
        ("issues/", {"query": 'firstRelease:"shop@*"'}),
        ("issues/", {"query": "", "sort": "freq"}),
        ("issues/", {"query": "", "statsPeriod": "soon"}),
        ("events/", {"query": "is:unresolved", "dataset": "errors", "field": "environment"}),
        ("events/", {"dataset": "errors", "field": "colour"}),
        ("events-timeseries/", {}),
    ],
)
def test_what_it_does_not_understand_fails_the_test(path, query):
    with (
        pytest.raises(AssertionError, match="does not understand"),
        LabSentry(lambda: ASKED, reported=reported()) as sentry,
    ):
        assert get(sentry, path, **query).status_code == 400


def test_without_a_token_nothing_is_told_or_taken(served):
    assert get(served, "issues/SHOP-1/", headers={}).status_code == 401
    assert post(served, "releases/", {"version": "1", "projects": ["shop"]}, headers={}).status_code == 401
    assert "1" not in {one.version for one in served.reported.releases}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("releases/", {"projects": ["shop"]}, "version"),
        ("releases/", {"version": "2", "projects": ["unknown"]}, "projects"),
        ("releases/", {"version": "2", "projects": ["shop"], "refs": [{"repository": "a/b", "commit": "c"}]}, "refs"),
        (f"releases/{quote(BAD)}/deploys/", {}, "environment"),
    ],
)
def test_what_sentry_would_not_accept_is_refused(served, path, body, field):
    answer = post(served, path, body)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_a_release_that_is_told_of_twice_is_one(served):
    body = {"version": BAD, "projects": ["billing"], "url": "https://example.com/1.4.0"}
    answer = post(served, "releases/", body)
    assert answer.status_code == 208
    assert [one["slug"] for one in answer.json()["projects"]] == ["shop", "billing"]
    assert (answer.json()["commitCount"], answer.json()["url"]) == (3, "https://example.com/1.4.0")


def test_a_release_told_of_late_is_as_old_as_it_says(served):
    body = {"version": "billing@1", "projects": ["billing"], "dateReleased": "2026-11-19T08:00:00Z"}
    assert post(served, "releases/", body).json()["dateCreated"] == "2026-11-19T08:00:00Z"
    assert [row["version"] for row in asked_of(served).releases("43")["rows"]] == ["billing@1"]
    assert [row["version"] for row in asked_of(served).releases("42")["rows"]] == [BAD, "shop@1.3.9"]


def test_a_deploy_answers_as_documented_and_ends_now_unless_it_says_when(served):
    answer = post(served, f"releases/{quote(BAD)}/deploys/", {"environment": "qa", "name": "by hand"})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["environment"], told["name"], told["dateFinished"]) == ("qa", "by hand", "2026-11-20T12:30:00Z")
    assert get(served, f"releases/{quote(BAD, safe='')}/").json()["lastDeploy"] == told
    assert post(served, "releases/unknown/deploys/", {"environment": "qa"}).status_code == 404


def test_what_is_edited_is_what_is_asked():
    def edited(world):
        for rows in world.events.values():
            for row in rows:
                row["tags"][:] = [one for one in row["tags"] if one["key"] != "environment"]
        world.issues[0]["title"] = "another"
        return world

    with LabSentry(lambda: ASKED, reported=reported(), edited=edited) as other:
        sentry = asked_of(other)
        assert issue(of("SHOP-1"), sentry).title == "another"
        assert sentry.counts_by(("environment",), "", "42", "90d")["data"] == [{"environment": None, "count()": 104}]
    with LabSentry(lambda: ASKED, reported=reported()) as same:
        untouched = issue(of("SHOP-1", "eu"), asked_of(same))
        assert (untouched.title, untouched.count) == ("TimeoutError: no answer within 30 s", 30)


def test_faults_and_counts_work_as_in_every_stand_in(served):
    served.fail("issues/SHOP-2/", page(500))
    with pytest.raises(Unavailable):
        asked_of(served).issue("SHOP-2")
    assert asked_of(served).issue("SHOP-1")
    assert (served.count("issues/SHOP-2/"), len(served.calls())) == (1, 2)


def test_a_happening_is_served_with_other_repositories():
    with LabSentry(lambda: ASKED, {"shop": "acme/moved"}, reported=reported()) as other:
        assert [one["repoName"] for one in asked_of(other).code_mappings("-1")["rows"]] == ["acme/moved"]


PATHS = [
    ("issues/", "issues/"),
    ("issues/SHOP-2/", "issues/{issue_id}/"),
    ("issues/SHOP-1/events/", "issues/{issue_id}/events/"),
    ("issues/SHOP-2/events/latest/", "issues/{issue_id}/events/{event_id}/"),
    ("issues/SHOP-3/events/latest/", "issues/{issue_id}/events/{event_id}/"),
    ("shortids/SHOP-1/", "shortids/{issue_id}/"),
    ("releases/", "releases/"),
    (f"releases/{quote(BAD, safe='')}/", "releases/{version}/"),
    (f"releases/{quote(BAD, safe='')}/commits/", "releases/{version}/commits/"),
    (f"releases/{quote(BAD, safe='')}/deploys/", "releases/{version}/deploys/"),
]

NO_SERVER_SENDS = ("derivedData",)
"""Required by the schema of 2026, not yet sent by any server the reference describes."""

ONLY_IF_ASKED = ("inbox", "owners", "integrationIssues", "sentryAppIssues", "latestEventHasAttachments", "sessionCount")
ONLY_OF_ONE_EVENT = ("matchingEventId", "matchingEventEnvironment")
"""Required by the schema of the issue list; sent with `expand`, or where the query is the id of an event."""


@pytest.mark.parametrize(("path", "operation"), PATHS)
def test_it_answers_as_the_schema_says(served, path, operation):
    schema = sentry_answer(operation, (*NO_SERVER_SENDS, *ONLY_IF_ASKED, *ONLY_OF_ONE_EVENT))
    answer = get(served, path)
    assert answer.status_code == 200
    assert answer.json()
    jsonschema.Draft202012Validator(schema).validate(answer.json())


def test_an_event_is_found_by_its_id(served):
    event_id = get(served, "issues/SHOP-2/events/latest/").json()["eventID"]
    answer = get(served, f"eventids/{event_id}/").json()
    assert (answer["groupId"], answer["event"]["eventID"]) == (issue(of("SHOP-2"), asked_of(served)).id, event_id)
    jsonschema.Draft202012Validator(sentry_answer("eventids/{event_id}/", NO_SERVER_SENDS)).validate(answer)


def test_the_doctor_finds_nothing_to_mend(served):
    settings = Settings(_env_file=None, sentry_url=served.url, sentry_org="acme", sentry_token="of-the-test")
    found = examine(settings, Mapping.model_validate({"projects": {"shop": {}}}), Budget(20))
    assert {one.state for one in found} == {"ok"}, found


def test_an_envelope_that_cannot_be_read_fails_the_test():
    with (
        pytest.raises(AssertionError, match="br"),
        LabSentry(lambda: ASKED, {"shop": ""}) as sentry,
    ):
        requests.post(f"{sentry.url}/api/42/envelope/", data=b"x", headers={"Content-Encoding": "br"}, timeout=5)


def test_an_envelope_of_no_project_is_rejected(served):
    assert requests.post(f"{served.url}/api/7/envelope/", data=b"{}", timeout=5).status_code == 403
    with pytest.raises(ValueError, match="no project nowhere"):
        served.dsn("nowhere")
