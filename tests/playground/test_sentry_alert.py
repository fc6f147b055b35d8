"""The alert of an incident is one that the bot's own reader takes for Sentry's, and one that Slack would take."""

import pytest

from bot.demo import incidents as recordings
from bot.listen.alert import SENTRY_APP, alert_reference
from bot.playground.recorded import incidents, sentry_of
from bot.playground.sentry_alert import alert

KNOWN = incidents(recordings())
SENTRY = sentry_of(KNOWN)


@pytest.mark.parametrize("incident", KNOWN, ids=lambda one: one.name)
def test_the_bot_reads_the_issue_and_its_environment_out_of_the_alert(incident):
    post = alert(incident.issue, incident.event, SENTRY)
    event = {"type": "message", "bot_id": "B0SENTRY", "app_id": SENTRY_APP, "ts": "1.1", **post}
    (ref,) = alert_reference(event, SENTRY, {SENTRY_APP})
    assert ref.issue_id == incident.issue.id
    assert ref.environment == (incident.event.environment if incident.event else None)


def test_a_long_text_is_cut_where_sentry_cuts_it():
    incident = KNOWN[0]
    error = incident.issue.error.model_copy(update={"value": "x" * 500})
    post = alert(incident.issue.model_copy(update={"error": error}), None, SENTRY)
    texts = [block["text"]["text"] for block in post["blocks"] if block["type"] == "section"]
    assert "```\n" + "x" * 256 + "...\n```" in texts


def test_the_text_of_an_error_cannot_end_the_code_block_or_ping():
    incident = KNOWN[0]
    error = incident.issue.error.model_copy(update={"value": "```<!channel> & ``` <https://evil.example|x>"})
    post = alert(incident.issue.model_copy(update={"error": error}), None, SENTRY)
    texts = [block["text"]["text"] for block in post["blocks"] if block["type"] == "section"]
    assert all(text.count("```") in {0, 2} for text in texts)
    assert "<!channel>" not in str(post)
    assert "<https://evil.example" not in str(post)
