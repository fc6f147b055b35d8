"""Needs are read from the signature, and a need that nobody can fill is an error at once."""

from __future__ import annotations

import pytest

from playbook import wiring
from playbook.evidence.fact import Fact
from playbook.evidence.issue import Issue
from playbook.evidence.logs import Logs
from playbook.evidence.tags import Tags
from playbook.sources.sentry import Sentry
from tests.facts import an_issue, some_logs


def asks(issue: Issue, logs: Logs | None) -> Tags | None: ...


def echoes(issue: Issue, logs: Logs | None) -> tuple[Issue, Logs | None]:
    return issue, logs


def asks_a_source(sentry: Sentry) -> None: ...


def asks_without_type(issue) -> None: ...


def asks_two_kinds(issue: Issue | Logs) -> None: ...


def gives_nothing(issue: Issue) -> None: ...


def test_a_plain_type_is_required_and_one_with_none_is_optional():
    told = [(need.parameter, need.type, need.required) for need in wiring.needs(asks, (Fact,))]
    assert told == [("issue", Issue, True), ("logs", Logs, False)]


def test_what_a_function_gives_is_read_without_its_none():
    assert wiring.gives(asks) is Tags


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (asks_a_source, "asks for"),
        (asks_without_type, "has no type"),
        (asks_two_kinds, "asks for"),
    ],
)
def test_a_need_that_nobody_can_fill_is_refused_when_it_is_registered(function, sentence):
    with pytest.raises(TypeError, match=sentence):
        wiring.needs(function, (Fact,))


def test_a_function_that_gives_nothing_is_no_step():
    with pytest.raises(TypeError, match="must name one fact"):
        wiring.gives(gives_nothing)


def test_an_optional_need_that_is_not_there_is_none():
    issue = an_issue()
    assert wiring.call(echoes, wiring.needs(echoes, (Fact,)), {Issue: issue}) == (issue, None)


def test_an_optional_need_that_is_there_is_given():
    issue, logs = an_issue(), some_logs()
    assert wiring.call(echoes, wiring.needs(echoes, (Fact,)), {Issue: issue, Logs: logs}) == (issue, logs)


def test_a_required_need_that_is_not_there_is_named():
    with pytest.raises(wiring.Lack) as lack:
        wiring.call(echoes, wiring.needs(echoes, (Fact,)), {Logs: some_logs()})
    assert lack.value.type is Issue
