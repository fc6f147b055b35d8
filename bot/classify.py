"""JSON lines in, JSON lines out: which playbook an error belongs to, and what it is about."""

import json
from collections.abc import Iterable, Iterator

from playbook import catalog
from playbook.evidence.error import Error


def classify(lines: Iterable[str]) -> Iterator[str]:
    """One answer for each line that is not blank, in order.

    `{"type": …, "value": …}` in; `{"playbook": …, "subject": {"name": …}}` out, both null where no playbook knows
    the error. ValueError with the line's number where a line is not such an object.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield json.dumps(_answer(_error(line, number)), ensure_ascii=False)


def _error(line: str, number: int) -> Error:
    try:
        told = json.loads(line)
    except ValueError as error:
        raise ValueError(f"line {number} is not JSON: {error}") from error
    if not isinstance(told, dict):
        raise ValueError(f'line {number} must be an object such as {{"type": "ProgrammingError", "value": "…"}}')
    kind, value = told.get("type"), told.get("value")
    if not isinstance(kind, str | None) or not isinstance(value, str | None):
        raise ValueError(f"line {number}: type and value must be text or null")
    return Error(type=kind, value=value or "")


def _answer(error: Error) -> dict[str, object]:
    recognised = catalog.recognise([error])
    if recognised is None:
        return {"playbook": None, "subject": None}
    playbook, fact = recognised
    subject = playbook.subject(fact)
    return {"playbook": playbook.name, "subject": {"name": subject.name, **subject.fields}}
