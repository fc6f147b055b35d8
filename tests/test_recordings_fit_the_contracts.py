"""What a recording holds of Sentry has the shape that Sentry itself publishes, redacted as it is."""

import re
from typing import Any

import jsonschema
import pytest

from playbook.sources.recording import Answered
from tests.cases.golden import names, recording
from tests.openapi import sentry_answer

OF_SENTRY = sorted(set(names()) - {"glitchtip"})
"""GlitchTip has an API like Sentry's, not Sentry's."""

OPERATIONS = {
    r"issues/": "issues/",
    r"issues/[^/]+/": "issues/{issue_id}/",
    r"issues/[^/]+/events/": "issues/{issue_id}/events/",
    r"issues/[^/]+/events/[^/]+/": "issues/{issue_id}/events/{event_id}/",
    r"eventids/[^/]+/": "eventids/{event_id}/",
    r"releases/": "releases/",
    r"releases/[^/]+/commits/": "releases/{version}/commits/",
    r"releases/[^/]+/deploys/": "releases/{version}/deploys/",
}
UNPUBLISHED = r"issues/[^/]+/tags/|events/|code-mappings/|projects/[^/]+/events/[^/]+/committers/"
"""Sentry's description leaves these out, or, for the table of events, says only that it has `data`."""

ONLY_WHEN_ASKED = (
    *("filtered", "lifetime", "inbox", "owners", "integrationIssues", "sentryAppIssues", "latestEventHasAttachments"),
    *("matchingEventEnvironment", "matchingEventId", "sessionCount"),
)
"""Required by the description of the issue list, and sent only with `expand` or for the id of an event."""

SEEN_IN_EVERY_CASE = {"issues/", "issues/{issue_id}/", "issues/{issue_id}/events/{event_id}/"}


def told(answered: Answered) -> Any:
    """The answer as Sentry gave it: rows are a bare list there."""
    answer: Any = answered.answer
    return answer["rows"] if answered.question.arguments.get("rows") else answer


def with_deploys_named(answer: Any) -> Any:
    """The same, no last deploy without a name: the description of the deploys calls it optional and allows null, that
    of a release, which shows the last of them, does not."""
    if isinstance(answer, list):
        return [with_deploys_named(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    plain = {key: with_deploys_named(value) for key, value in answer.items()}
    last = plain.get("lastDeploy")
    return {**plain, "lastDeploy": {**last, "name": last["name"] or "a name"}} if last else plain


def operation_of(call: str) -> str | None:
    """The published operation of a question; None where there is none. An unknown question fails the test."""
    found = next((operation for path, operation in OPERATIONS.items() if re.fullmatch(path, call)), None)
    assert found or re.fullmatch(UNPUBLISHED, call), f"nobody has said which operation {call} is"
    return found


@pytest.mark.parametrize("name", OF_SENTRY)
def test_every_answer_of_sentry_in_a_recording_is_one_that_sentry_could_give(name):
    checked = set()
    for one in recording(name).answers:
        operation = operation_of(one.question.call) if one.question.source == "sentry" else None
        if operation is None or one.answer is None:
            continue
        schema = sentry_answer(operation, ("derivedData", *ONLY_WHEN_ASKED) if operation == "issues/" else ())
        jsonschema.Draft202012Validator(schema).validate(with_deploys_named(told(one)))
        wrong = [7] if isinstance(told(one), list) else {"id": 7}
        assert not jsonschema.Draft202012Validator(schema).is_valid(wrong), "the schema allows anything"
        checked.add(operation)
    assert checked >= SEEN_IN_EVERY_CASE - ({"issues/{issue_id}/events/{event_id}/"} if name == "bare_issue" else set())
