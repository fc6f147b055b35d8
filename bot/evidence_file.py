"""Facts that people bring along: the form they take, and the diagnosis they lead to."""

import json

from pydantic import ValidationError

from playbook import catalog
from playbook.diagnosis import Diagnosis
from playbook.evidence.collected import Evidence, fact_types
from playbook.evidence.event import Event
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Issue
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.json import Json
from playbook.judge import judge, without_playbook

Schema = dict[str, Json]


def schema() -> Schema:
    """The JSON Schema of an evidence file, with every fact that there is."""
    definitions: Schema = {}
    properties: Schema = {}
    for name, kind in fact_types().items():
        described = kind.model_json_schema(ref_template="#/$defs/{model}")
        definitions.update(described.pop("$defs", {}))
        definitions[name] = described
        properties[name] = {"$ref": f"#/$defs/{name}"}
    reasons: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Evidence: the facts of one issue",
        "type": "object",
        "properties": {
            "facts": {"type": "object", "properties": properties, "additionalProperties": False, "required": ["Issue"]},
            "absent": {**reasons, "description": "Looked for, and there is none: the fact's name and a sentence."},
            "unavailable": {**reasons, "description": "Could not be looked up: the fact's name and a sentence."},
        },
        "required": ["facts"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def judged(text: str) -> Diagnosis:
    """The diagnosis of the facts in `text`; ValueError with a sentence where they are not in the form.

    The subject is extracted from the issue and the event unless it is brought along. The moment of the question is
    the last moment that the issue tells of, so that the same file gives the same diagnosis.
    """
    try:
        told = json.loads(text)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(told, dict):
        raise ValueError('must be an object such as {"facts": {"Issue": {…}}}')
    try:
        evidence = Evidence.from_json(told)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{error.title}.{where}: {first['msg']}") from error
    issue, event = evidence.get(Issue), evidence.get(Event)
    if issue is None:
        raise ValueError("the facts hold no Issue, without which there is nothing to judge")
    moment = issue.last_seen or issue.first_seen
    if moment is None:
        raise ValueError("Issue.last_seen is missing: it says for which moment to judge")
    inquiry = Inquiry(ref=IssueRef(issue_id=issue.id), at=moment)
    recognised = catalog.recognise([*(event.errors if event else ()), issue.error], issue.url)
    if recognised is None:
        return without_playbook(inquiry, evidence)
    playbook, subject = recognised
    facts = {playbook.subject_type: subject, **evidence.facts}
    return judge(playbook, inquiry, Evidence(facts, evidence.absent, evidence.unavailable))
