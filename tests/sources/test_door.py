"""Every question passes one door: dispatched, redacted, counted, asked once, recorded, replayed."""

import threading
import traceback

import pytest

from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.service import Services
from playbook.evidence.unavailable import Unavailable
from playbook.sources.door import Question, Tally, closed, dispatch, once, redacting, side_by_side
from playbook.sources.recording import Recorder, Recording
from tests.facts import NOW

ISSUE = Question(source="sentry", call="issues/1/", arguments={"b": 1, "a": [2]})
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


def refuses(question):
    raise Unavailable(f"{question.source} refused the token {TOKEN}")


def test_a_question_goes_to_the_door_of_its_source():
    door = dispatch({"sentry": lambda _: "s", "github": lambda _: "g", "elasticsearch": closed("not configured")})
    assert door(ISSUE) == "s"
    assert door(ISSUE.model_copy(update={"source": "github"})) == "g"
    with pytest.raises(Unavailable, match="not configured"):
        door(ISSUE.model_copy(update={"source": "elasticsearch"}))


def test_an_answer_is_redacted_and_counted():
    tally = Tally()
    assert TOKEN not in str(redacting(lambda _: {"message": f"Bearer {TOKEN}"}, tally)(ISSUE))
    assert sum(tally.hidden().values()) == 1


def test_a_sentence_of_failure_is_redacted_too():
    tally = Tally()
    with pytest.raises(Unavailable) as told:
        redacting(refuses, tally)(ISSUE)
    assert TOKEN not in told.value.sentence
    assert sum(tally.hidden().values()) == 1
    assert TOKEN not in "".join(traceback.format_exception(told.value)), "nor does a trace in a log hold it"


def test_the_same_question_is_asked_once_even_from_two_threads_at_once():
    asked, together = [], threading.Barrier(2, timeout=5)

    def slow(question):
        asked.append(question)
        return len(asked)

    door = once(slow)

    def ask():
        together.wait()
        return door(ISSUE)

    assert side_by_side(ask, ask) == [1, 1]
    assert door(Question(source="sentry", call="issues/1/", arguments={"a": [2], "b": 1})) == 1
    assert door(ISSUE.model_copy(update={"call": "issues/2/"})) == 2


def test_a_failure_is_the_answer_for_all_who_asked_the_same():
    asked = []

    def fails(question):
        asked.append(question)
        raise Unavailable("down")

    door = once(fails)
    for _ in range(2):
        with pytest.raises(Unavailable, match="down"):
            door(ISSUE)
    assert len(asked) == 1


def test_side_by_side_keeps_the_order_and_settles_failures():
    first, second = side_by_side(lambda: 1, lambda: refuses(ISSUE))
    assert first == 1
    assert isinstance(second, Unavailable)
    assert side_by_side() == []


def test_side_by_side_does_not_hide_a_defect():
    with pytest.raises(KeyError):
        side_by_side(lambda: {}["missing"])


def recorded(*doors):
    recorder = Recorder()
    for number, door in enumerate(doors):
        question = ISSUE.model_copy(update={"call": f"issues/{number}/"})
        try:
            recorder.listening(door)(question)
        except Unavailable:
            continue
    return recorder.recording(Inquiry(ref=IssueRef(issue_id="1"), at=NOW), Services(), {"email": 2, "a": 1})


def test_a_recording_answers_as_the_door_did():
    door = recorded(lambda _: {"id": "1"}, lambda _: None, closed("GitHub is down")).door()
    assert door(ISSUE.model_copy(update={"call": "issues/0/"})) == {"id": "1"}
    assert door(ISSUE.model_copy(update={"call": "issues/1/"})) is None
    with pytest.raises(Unavailable, match="GitHub is down"):
        door(ISSUE.model_copy(update={"call": "issues/2/"}))


def test_a_question_that_was_not_asked_then_is_unavailable_and_not_absent():
    with pytest.raises(Unavailable, match="holds no answer"):
        recorded().door()(ISSUE)


def test_a_recordings_text_is_the_same_whichever_answer_came_first():
    one, two = (lambda _: 1), (lambda _: 2)
    first, second = Recorder(), Recorder()
    questions = [ISSUE, ISSUE.model_copy(update={"call": "issues/2/"})]
    for recorder, order in ((first, (0, 1)), (second, (1, 0))):
        for place in order:
            recorder.listening((one, two)[place])(questions[place])
    inquiry = Inquiry(ref=IssueRef(issue_id="1"), at=NOW)
    assert first.recording(inquiry, Services(), {}).text() == second.recording(inquiry, Services(), {}).text()


def test_a_recording_is_read_back_as_it_was_written():
    recording = recorded(lambda _: {"ö": [1, 2.5, None]}, closed("down"))
    assert Recording.model_validate_json(recording.text()) == recording
