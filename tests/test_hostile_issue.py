"""An issue made to do harm: nothing pings, nothing breaks, nothing leaks."""

import json
from contextlib import ExitStack

import pytest
from pydantic import SecretStr

from bot.card import card, evidence_view, failure, problems, progress
from bot.terminal import as_text
from playbook.evidence.inquiry import Inquiry
from playbook.investigate import investigate
from playbook.reference import reference
from playbook.sources.budget import Budget
from playbook.sources.door import closed, dispatch
from playbook.sources.elastic_access import ElasticAccess
from playbook.sources.elastic_client import elastic_door
from playbook.sources.sentry_rest import SentryAccess, sentry_door
from tests.cases.shop import ASKED, MAPPED, line, logs, real_event, sentry
from tests.stand_ins.elastic_server import ElasticServer
from tests.stand_ins.sentry_server import SentryServer

SECRET = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
MAIL = "somebody.private@example.org"
HARM = (
    "<!channel> <@U012AB3CD> <https://evil.example/|https://acme.sentry.example> ```code``` `tick` *bold* &amp; "
    f"Authorization: Bearer {SECRET} from {MAIL} \x00\x07\x1b[31m\u202e\u2066 </pre><script>alert(1)</script> "
)
VALUE = f'relation "orders_order" does not exist\n{HARM}' + "A" * 100_000


@pytest.fixture(scope="module")
def found():
    event = real_event(VALUE, environment="<!here>", server="<@U999>", tags={"tenant": HARM[:180]})
    world = sentry(
        event,
        issue={"title": HARM, "culprit": HARM, "metadata": {"type": "ProgrammingError", "value": VALUE}},
        tags={"environment": {"<!here>": 1523}, "server_name": {"<@U999>": 1523}},
    )
    with ExitStack() as stack:
        server = stack.enter_context(SentryServer(world))
        failed = line(-5, f"Applying orders.0042_order... failed {HARM}", "<!here>")
        elastic = stack.enter_context(ElasticServer(logs(failed)))
        budget = Budget(20)
        token = SecretStr("sentry-token-of-the-test")
        door = dispatch(
            {
                "sentry": sentry_door(SentryAccess(url=server.url, organization="acme", token=token), budget),
                "github": closed(f"GitHub is not configured {HARM}"),
                "elasticsearch": elastic_door(
                    ElasticAccess(urls=(elastic.url,), api_key=SecretStr("es-key-of-the-test")), budget
                ),
            }
        )
        told = []
        inquiry = Inquiry(ref=reference("SHOP-42", "https://acme.sentry.example"), at=ASKED)
        yield investigate(inquiry, MAPPED, door, told.append), told


def texts(value):
    """Every string that Slack would draw as mrkdwn or plain text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"url", "block_id", "action_id", "value", "private_metadata"}:
                yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def drawn(found):
    investigation, _ = found
    message = card(investigation.diagnosis, investigation.evidence)
    view = evidence_view(investigation.diagnosis, investigation.evidence, run="r-1")
    return {"text": message.text, "blocks": list(message.blocks)}, view


def test_nothing_pings_and_no_link_is_forged(found):
    for surface in drawn(found):
        for text in texts(surface):
            assert "<!" not in text
            assert "<@" not in text
            assert "<https://evil" not in text


def test_nothing_breaks(found):
    for surface in drawn(found):
        assert problems(surface) == []


def test_nothing_leaks_to_the_card_the_modal_the_json_or_the_recording(found):
    investigation, told = found
    message, view = drawn(found)
    everything = [
        json.dumps(message),
        json.dumps(view),
        as_text(investigation.diagnosis),
        investigation.recording.text(),
        json.dumps(investigation.evidence.as_json()),
        " ".join(f"{one.finding} {one.url}" for one in told),
    ]
    for text in everything:
        assert SECRET not in text
        assert MAIL not in text


def test_what_was_hidden_is_counted(found):
    hidden = found[0].evidence.hidden
    assert sum(hidden.values()) >= 2
    assert any("secret" in kind or "token" in kind for kind in hidden)


def test_the_relation_is_still_read(found):
    assert found[0].diagnosis.subject.name == "orders_order"


def test_control_and_direction_characters_are_gone(found):
    for surface in drawn(found):
        for text in texts(surface):
            assert not set(text) & {"\x00", "\x07", "\x1b", "\u202e", "\u2066"}


def test_a_hostile_failure_sentence_and_progress_are_harmless(found):
    _, told = found
    for one in (failure(HARM), progress(HARM, told)):
        surface = {"text": one.text, "blocks": list(one.blocks)}
        assert problems(surface) == []
        assert all("<!" not in text and "<@" not in text for text in texts(surface))
