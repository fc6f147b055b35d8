"""An alert names its issues whoever posts it, nothing else starts anything, and a person may point at more."""

import json

import pytest

from bot.listen.alert import alert_reference, shared_reference
from playbook.evidence.issue_ref import IssueRef
from playbook.reference import NotAReference
from tests.listen.alerts import ALERTS, APPS, GLITCHTIP, HOSTED, RECORDED, SENTRY, acme, recorded

IGNORED = {
    "resolve_pressed": "a press of Resolve edits the alert",
    "pasted_link_unfurled": "an unfurled link edits a person's message",
    "person_pastes_link": "a person did not ask",
    "metric_alert": "a metric alert has no issue, whatever its notes link to",
    "activity_reply": "what people did to an issue is no alert",
    "rule_changed": "a rule is no issue",
    "seer_progress": "Seer's progress names the issue that was alerted before",
    "deploy_notice": "a deploy notice links to what the release resolves",
    "feedback_alert": "feedback holds no error",
}


@pytest.mark.parametrize(("name", "expected"), ALERTS.items(), ids=ALERTS)
def test_an_alert_of_every_poster_names_its_issues(name, expected):
    sentry_url, refs = expected
    assert alert_reference(recorded(name), sentry_url, APPS) == tuple(refs)


@pytest.mark.parametrize("name", IGNORED)
def test_what_is_no_issue_alert_starts_nothing(name):
    assert alert_reference(recorded(name), SENTRY, APPS) == ()


def test_every_recorded_message_is_judged():
    assert {path.stem for path in RECORDED.glob("*.json")} == {*ALERTS, *IGNORED}


@pytest.mark.parametrize("name", ALERTS)
def test_nobody_is_an_alert_app_who_was_not_named(name):
    assert alert_reference(recorded(name), ALERTS[name][0], {"A0ANOTHER", ""}) == ()
    assert alert_reference(recorded(name), ALERTS[name][0], ()) == ()


@pytest.mark.parametrize("app", ["A0SELFHOST", "b0selfhost", "acme errors"])
def test_an_alert_app_is_named_by_app_id_bot_id_or_name(app):
    assert alert_reference(recorded("issue_alert_self_hosted"), HOSTED, [app]) == (acme("731"),)


def test_a_person_is_never_an_alert_app():
    message = recorded("issue_alert")
    del message["bot_id"]
    assert alert_reference(message, SENTRY, APPS) == ()


def test_the_json_of_the_first_block_outranks_every_link_and_needs_none():
    message = recorded("issue_alert")
    message["blocks"] = message["blocks"][:1]
    message["blocks"][0]["text"]["text"] = ":red_circle: <https://acme.sentry.io/issues/9/|*ProgrammingError*>"
    assert alert_reference(message, SENTRY, APPS) == (IssueRef(issue_id="5551234567"),)
    assert alert_reference(recorded("issue_alert"), HOSTED, APPS) == (IssueRef(issue_id="5551234567"),)


def test_the_title_link_names_the_issue_where_there_is_no_json():
    message = recorded("issue_alert")
    message["blocks"][0]["block_id"] = "Zx8"
    assert alert_reference(message, SENTRY, APPS) == (acme("5551234567", "prod"),)


def test_the_footers_short_id_is_the_last_resort():
    message = recorded("issue_alert")
    del message["blocks"][0]
    message["blocks"] = [block for block in message["blocks"] if "/issues/555" not in json.dumps(block)]
    assert alert_reference(message, SENTRY, APPS) == ()
    for text in ("culprit, Short ID: EVIL-1", "Project: backend    Alert: X-1 via rule    Short ID: BACKEND-4KD"):
        message["blocks"].append({"type": "context", "elements": [{"type": "mrkdwn", "text": text}]})
    assert alert_reference(message, SENTRY, APPS) == (IssueRef(short_id="BACKEND-4KD"),)


def test_json_is_believed_where_the_title_is_no_link():
    message = recorded("issue_alert")
    message["blocks"][0]["text"]["text"] = ":red_circle: *ProgrammingError*"
    assert alert_reference(message, SENTRY, APPS) == (acme("5551234567"),)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([("section", "<https://acme.sentry.io/issues/9/|x>")], ()),
        ([("section", "<https://acme.sentry.io/issues/9/?alert_type=issue|x>")], (acme("9"),)),
        ([("section", "<https://acme.sentry.io/issues/9/?workflow_id=1|x>")], (acme("9"),)),
        ([("section", "<https://acme.sentry.io/issues/9/|x>"), ("context", "Short ID: SHOP-9")], (acme("9"),)),
        ([("rich_text", "<https://acme.sentry.io/issues/9/|x>")], (acme("9"),)),
    ],
)
def test_a_message_of_sentry_without_json_needs_a_mark_of_an_alert(blocks, expected):
    message = recorded("deploy_notice")
    message["blocks"] = [{"type": kind, "elements": [{"text": text}]} for kind, text in blocks]
    assert alert_reference(message, SENTRY, APPS) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"thread_ts": "1.0"}, ()),
        ({"thread_ts": "1765000140.000100"}, (acme("8001"),)),
        ({"thread_ts": "1.0", "subtype": "thread_broadcast"}, (acme("8001"),)),
    ],
)
def test_a_reply_in_a_thread_is_an_alert_only_if_sent_to_the_channel(parts, expected):
    assert alert_reference(recorded("pagerduty_card") | parts, SENTRY, APPS) == expected


def test_a_link_to_seers_drawer_is_no_alert():
    message = recorded("datadog_card") | {"text": "<https://acme.sentry.io/issues/1/?seerDrawer=true>"}
    assert alert_reference(message, SENTRY, APPS) == ()


def test_a_person_may_link_to_a_rule_before_the_issue():
    text = "<https://acme.sentry.io/alerts/rules/x/4/details/> fired for <https://acme.sentry.io/issues/4/>"
    assert shared_reference({"user": "U1", "text": text}, SENTRY) == acme("4")


def test_a_short_id_in_the_error_itself_is_not_believed():
    message = recorded("deploy_notice")
    message["blocks"] = [{"type": "section", "text": {"type": "mrkdwn", "text": "```Short ID: EVIL-1, UTF-8 broke```"}}]
    assert alert_reference(message, SENTRY, APPS) == ()


def test_the_text_alone_is_enough_for_a_webhook():
    text = "New error: <https://acme.sentry.io/issues/77/?environment=prod&amp;x=1|boom> UTF-8"
    message = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "username": "PagerDuty", "text": text}
    assert alert_reference(message, SENTRY, APPS) == (acme("77", "prod"),)


def test_one_issue_in_several_attachments_is_one_issue():
    message = recorded("glitchtip_two_issues")
    message["attachments"] += message["attachments"][:1]
    assert alert_reference(message, GLITCHTIP, APPS) == (acme("12"), acme("15"))


@pytest.mark.parametrize("where", ["root", "previous_message", "message"])
def test_an_enclosed_message_is_never_read(where):
    inner = recorded("issue_alert")
    outer = {key: inner[key] for key in ("type", "bot_id", "app_id", "channel")} | {"ts": "2.0", where: inner}
    assert alert_reference(outer, SENTRY, APPS) == ()
    with pytest.raises(NotAReference):
        shared_reference(outer, SENTRY)


@pytest.mark.parametrize("subtype", ["message_changed", "message_deleted", "channel_join", "bot_add"])
def test_only_a_new_message_is_an_alert(subtype):
    assert alert_reference(recorded("issue_alert") | {"subtype": subtype}, SENTRY, APPS) == ()
    assert alert_reference(recorded("issue_alert") | {"hidden": True}, SENTRY, APPS) == ()
    assert alert_reference(recorded("issue_alert") | {"type": "app_mention"}, SENTRY, APPS) == ()


@pytest.mark.parametrize("name", ["pagerduty_card", "opsgenie_card", "datadog_card", "old_plugin_webhook"])
def test_a_link_to_another_sentry_starts_nothing(name):
    for host in ("https://other.example.com", "https://acme.sentry.io.evil.example"):
        assert alert_reference(recorded(name), host, APPS) == ()


@pytest.mark.parametrize(
    "block_id",
    [
        '{"issue":true}',
        '{"issue":"5"}',
        '{"issue":0}',
        '{"issue":-5}',
        '{"issue":1.5}',
        '{"issue":null}',
        '{"issue":99999999999999999999}',
        '{"issue":5',
        "[5]",
        "{}",
        '{"issue":' + "[" * 240,
        '{"issue":5' + " " * 300 + "}",
        "tags_issue_5_rule_45",
        5,
        None,
    ],
)
def test_a_block_id_that_is_not_sentrys_json_names_nothing(block_id):
    message = recorded("deploy_notice")
    message["blocks"][0]["block_id"] = block_id
    assert alert_reference(message, SENTRY, APPS) == ()


@pytest.mark.parametrize(
    ("name", "sentry_url", "expected"),
    [
        ("issue_alert", SENTRY, acme("5551234567", "prod")),
        ("issue_alert_self_hosted", HOSTED, acme("731")),
        ("activity_reply", SENTRY, acme("5551234567")),
        ("seer_progress", SENTRY, acme("6002")),
        ("deploy_notice", SENTRY, acme("5551234567")),
        ("opsgenie_card", SENTRY, acme("8002", "prod")),
        (
            "person_pastes_link",
            SENTRY,
            acme("5551234567", "prod", "fc6d8c0c43fc4630ad850ee518f1b9d0"),
        ),
    ],
)
def test_a_person_may_point_at_any_message_that_names_an_issue(name, sentry_url, expected):
    assert shared_reference(recorded(name), sentry_url) == expected


def test_a_person_may_point_at_a_link_that_sentry_unfurled():
    message = recorded("pasted_link_unfurled")["message"]
    expected = acme("5551234567", "prod", "fc6d8c0c43fc4630ad850ee518f1b9d0")
    assert shared_reference(message, SENTRY).issue_id == "5551234567"
    assert shared_reference(message, SENTRY) == expected
    for hint in ("text", "blocks"):
        del message[hint]
    assert shared_reference(message, SENTRY).issue_id == "5551234567"


def test_a_person_may_point_at_an_alert_that_somebody_forwarded():
    forwarded = {
        "type": "message",
        "user": "U0PERSON",
        "text": "who looks at this?",
        "attachments": [{"is_share": True, "message_blocks": [{"message": recorded("issue_alert")}]}],
    }
    assert shared_reference(forwarded, SENTRY) == acme("5551234567", "prod")


@pytest.mark.parametrize(
    ("message", "kind", "sentence"),
    [
        (recorded("glitchtip_two_issues"), "several", "names several issues (issue 12, issue 15): run /diagnose"),
        (recorded("metric_alert"), "alert rule", "That is an alert rule or metric alert"),
        (recorded("rule_changed"), "alert rule", "That is an alert rule or metric alert"),
        (recorded("feedback_alert"), "feedback", "That is user feedback"),
        ({"user": "U1", "text": "<https://acme.sentry.io/share/issue/ab/>"}, "share", "That is a share link"),
        ({"user": "U1", "text": "SHOP-42 broke UTF-8"}, "nothing", "links to no issue of our Sentry"),
        ({"user": "U1", "text": "<https://evil.example/issues/1/>"}, "nothing", "links to no issue of our Sentry"),
        ({}, "nothing", "links to no issue of our Sentry"),
    ],
)
def test_a_message_that_names_no_single_issue_is_refused_in_one_sentence(message, kind, sentence):
    with pytest.raises(NotAReference) as refused:
        shared_reference(message, GLITCHTIP if kind == "several" else SENTRY)
    assert refused.value.kind == kind
    assert sentence in refused.value.sentence
