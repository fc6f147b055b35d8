"""Whatever a message holds, however large or deep it is, it is read or ignored in bounded time and left as it was."""

import copy
import json
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.listen import alert
from bot.listen.alert import SENTRY_APP, alert_reference, shared_reference
from playbook.evidence.issue_ref import IssueRef
from playbook.reference import NotAReference, linked
from tests.listen.alerts import ALERTS, APPS, SENTRY, recorded

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(['{"issue":5}', '{"issue":5,"run_id":1}', "https://acme.sentry.io/issues/5/", "https://[::1"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["blocks", "attachments", "elements", "fields", "text", "url", "block_id", "callback_id"])
            | st.sampled_from(
                ["accessory", "message_blocks", "message", "title_link", "type", "bot_profile", "footer"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from(["blocks", "attachments", "text", "ts", "thread_ts", "username"]), values))
def test_arbitrary_json_is_read_or_ignored(parts):
    event = {"type": "message", "bot_id": "B0", "app_id": SENTRY_APP} | parts
    assert all(isinstance(ref, IssueRef) for ref in alert_reference(event, SENTRY, APPS))
    try:
        assert isinstance(shared_reference(event, SENTRY), IssueRef)
    except NotAReference as refused:
        assert refused.sentence


@given(st.sampled_from(sorted(ALERTS)), st.data())
def test_any_part_of_an_alert_may_be_of_another_type(name, data):
    message = recorded(name)
    node = message
    while True:
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = data.draw(values)
    for ref in alert_reference(message, ALERTS[name][0], APPS):
        assert isinstance(ref, IssueRef)


def nested(depth):
    block: dict[str, object] = {"url": "https://acme.sentry.io/issues/5/"}
    for _ in range(depth):
        block = {"elements": [block]}
    return block


@pytest.mark.parametrize(
    "parts",
    [
        {"blocks": [{"type": "section", "text": {"text": "https://evil.example/ " * 4_000}}] * 10_000},
        {"attachments": [{"text": "<https://evil.example/|x> " * 1_500, "title_link": "<" * 40_000}] * 10_000},
        {"blocks": [{"type": "context", "elements": [{"text": "Short ID: " * 4_000}] * 50}] * 50},
        {"blocks": [nested(50_000)]},
        {"blocks": [{"elements": [{"elements": [{"elements": [{}] * 100}] * 100}] * 100}] * 100},
        {"text": "https://acme.sentry.io/issues/" * 100_000},
        {"attachments": [{"message_blocks": [{"message": {"blocks": [{"block_id": "{" * 255}] * 99}}] * 99}] * 99},
    ],
    ids=["many blocks", "many attachments", "many labels", "deep", "wide", "long", "many ids"],
)
def test_a_message_of_any_size_and_depth_costs_a_bounded_time(parts):
    event = {"type": "message", "bot_id": "B0", "app_id": "A0", "bot_profile": {"name": "PagerDuty"}} | parts
    began = time.process_time()
    alert_reference(event, SENTRY, APPS)
    try:
        shared_reference(event, SENTRY)
    except NotAReference as refused:
        assert refused.sentence
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "holding",
    [
        lambda ids: {"blocks": [{"type": "section", "block_id": one} for one in ids[:50]]},
        lambda ids: {"attachments": [{"callback_id": one} for one in ids]},
        lambda ids: {"attachments": [{"blocks": [{"block_id": one} for one in ids]}] * 100},
    ],
    ids=["blocks", "attachments", "blocks of attachments"],
)
@pytest.mark.parametrize("same", [True, False], ids=["one number", "many numbers"])
def test_a_message_that_names_many_issues_and_links_reads_each_link_once(monkeypatch, holding, same):
    """Each link holds the number, and none is to that issue; an event loop waits for all of it."""
    read = Counter()

    def counted(url, sentry_url):
        read[url] += 1
        return linked(url, sentry_url)

    monkeypatch.setattr(alert, "linked", counted)
    ids = [json.dumps({"issue": 10 if same else 10 + number}) for number in range(100)]
    all_of_them = "".join(map(str, range(10, 110)))
    links = " ".join(f"https://acme.sentry.io/issues/{all_of_them}{number}/" for number in range(300))
    event = {"type": "message", "bot_id": "B0", "app_id": SENTRY_APP, "text": links} | holding(ids)
    assert alert_reference(event, SENTRY, {SENTRY_APP})
    assert len(read) <= 300
    assert max(read.values()) <= 3, "by the numbers, as a title, and as what an attachment says"


def test_reading_a_message_leaves_it_as_it_was():
    message = recorded("issue_alert")
    before = copy.deepcopy(message)
    alert_reference(message, SENTRY, APPS)
    assert message == before
