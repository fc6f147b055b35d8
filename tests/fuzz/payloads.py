"""What could come through the doors: everything that Slack sends, and everything that somebody makes of it."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from hypothesis import strategies as st

from bot.acting.order import LABELS
from bot.card.actions import (
    ACT,
    AS_TEXT,
    CHECK_AGAIN,
    EARLIER_PAGE,
    EVIDENCE_VIEW,
    FEEDBACK,
    LATER_PAGE,
    MORE,
    RIGHT,
    SHORTCUT,
    SHOW_EVIDENCE,
    WRONG,
    Pressed,
)
from bot.card.home import HOME_LATEST, HOME_REFRESH, HOME_SEARCH
from bot.card.joined import NOT_THE_SAME
from tests.doors.signed import FORM, JSON

RECORDED = [
    json.loads(path.read_text()) for path in sorted((Path(__file__).parents[1] / "recorded/slack").glob("*.json"))
]
SENTRY = "https://acme.sentry.io"
KNOWN_RUN, KNOWN_ISSUE = "r-known", "5551234567"
RESPONSE_URL = "{slack}/response/1"
"""The address is filled in when it is sent."""

REFERENCES = (
    "SHOP-42", "5551234567", f"{SENTRY}/issues/5551234567/?environment=prod", f"<{SENTRY}/issues/42/|SHOP-42>",
    "0123456789abcdef0123456789abcdef", "shop-42 please", "help", "", "UTF-8", "SHOP-1 SHOP-2",
    f"{SENTRY}/organizations/acme/issues/17/events/latest/",
)  # fmt: skip

HOSTILE = (
    "<!channel>", "<!here|x>", "<!everyone> SHOP-42", "<@U0ASKER>", "<#C1|general>", "<!subteam^S1>",
    "&lt;!channel&gt;",
    "<https://evil.example.com|SHOP-42>", "<mailto:a@example.com|x>", "\x00", "a\x00b", "\x1b[31m", "\u202egro.elpmaxe",
    "\ud800", "x\udfff", "\ufeff", "\u2028", "😀" * 500, "e\u0301" * 900, "a" * 70_000, "<" * 5_000, "`" * 400, "*_~`>",
    "${jndi:ldap://evil.example.com}", "' OR 1=1 --", "../../etc/passwd", "a\r\nX-Evil: 1", "%00%s%n", "{{7*7}}",
    "null",
    "0", "-1", "1e400", "٣٤", "9" * 5_000, "C1", "1795168000.000100", f"{SENTRY}/issues/" + "9" * 300 + "/",
    f"<{SENTRY}/issues/42/|<!channel>>", f"{SENTRY}/issues/42/?environment=<!channel>", "https://[",
    "http://" + "a." * 900,
    '{"run": "r-known", "issue": "5551234567", "page": -7}', '{"issue": 1e999}', '{"run":' * 80 + "1" + "}" * 80,
)  # fmt: skip


def nested(levels: int) -> Any:
    value: Any = "SHOP-42"
    for level in range(levels):
        value = {"a": value} if level % 2 else [value]
    return value


WRONG_TYPES: tuple[Any, ...] = (
    None, True, False, 0, -1, 7, 10**30, 1.5, 1e308, [], {}, [[]], [None], [{}], {"": ""}, {"id": {}}, {"id": 7},
    {"id": None}, ["C1"], list(range(3_000)), {str(number): number for number in range(500)}, nested(30), nested(85),
)  # fmt: skip

NAMES = (
    "ssl_check", "type", "event", "bot_id", "subtype", "channel", "user", "thread_ts", "ts", "text", "payload", "view",
    "actions", "message", "enterprise", "authorizations", "is_enterprise_install", "team", "hidden",
    "is_ext_shared_channel",
    "response_url", "response_urls", "function_data", "state", "blocks", "attachments", "callback_id",
    "selected_option",
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One delivery: of which kind, in which form, and whether Slack signed it."""

    kind: str
    body: bytes
    form: str
    signed: bool = True

    def to(self, slack: str) -> "Sent":
        """The same with the addresses of that Slack."""
        address = slack.encode()
        body = self.body.replace(b"{slack}", address).replace(b"%7Bslack%7D", quote(slack, safe="").encode())
        return Sent(self.kind, body, self.form, self.signed)


def press(action_id: str, **action: Any) -> dict[str, Any]:
    return {
        "type": "block_actions", "user": {"id": "U0ASKER", "name": "asker", "team_id": "T0TEST"},
        "team": {"id": "T0TEST"}, "trigger_id": "1.2.3", "api_app_id": "A0TEST", "response_url": RESPONSE_URL,
        "channel": {"id": "C1", "name": "alerts"},
        "message": {"ts": "1795168000.000100", "thread_ts": "1795168000.000001", "text": "…", "blocks": []},
        "container": {"type": "message", "message_ts": "1795168000.000100", "channel_id": "C1"},
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "action_ts": "1.2", **action}],
    }  # fmt: skip


def in_view(action_id: str, **action: Any) -> dict[str, Any]:
    pressed = press(action_id, **action)
    view = {
        "id": "V1", "hash": "h", "type": "modal", "callback_id": EVIDENCE_VIEW, "private_metadata": "",
        "state": {"values": {"b": {HOME_SEARCH: {"type": "plain_text_input", "value": "shop"}}}}, "blocks": [],
    }  # fmt: skip
    for name in ("channel", "message", "response_url"):
        del pressed[name]
    return {**pressed, "view": view, "container": {"type": "view", "view_id": "V1"}}


def chosen(action_id: str, value: str) -> dict[str, Any]:
    return press(action_id, selected_option={"text": {"type": "plain_text", "text": "x"}, "value": value})


def envelope(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "event_callback", "event_id": "Ev1", "event_time": 1795168000, "event": event, "team_id": "T0TEST",
        "api_app_id": "A0TEST", "authorizations": [{"team_id": "T0TEST", "user_id": "U0DIAGNOSE", "is_bot": True}],
    }  # fmt: skip


def mention(text: str, **more: Any) -> dict[str, Any]:
    return envelope(
        {
            "type": "app_mention", "user": "U0ASKER", "text": text, "ts": "1795168000.000100", "channel": "C1",
            "blocks": [], "event_ts": "1795168000.000100", **more,
        }
    )  # fmt: skip


VALUE = Pressed(KNOWN_RUN, KNOWN_ISSUE).value()
EVENTS = [
    *(("alert", envelope(one.get("event", one))) for one in RECORDED),
    ("mention", mention("<@U0DIAGNOSE> SHOP-42")),
    ("mention", mention("<@U0DIAGNOSE>", thread_ts="1795168000.000001")),
    ("mention", mention("<@U0DIAGNOSE> <!channel> help me")),
    ("home opened", envelope({"type": "app_home_opened", "user": "U0ASKER", "channel": "D1", "tab": "home",
                              "view": {"id": "V1", "type": "home", "hash": "h", "state": {"values": {}}}})),
    ("unknown event", envelope({"type": "reaction_added", "user": "U0ASKER", "item": {"channel": "C1", "ts": "1.2"}})),
    ("unknown event", envelope({"type": "function_executed", "inputs": {}, "bot_access_token": "xwfp-1"})),
    ("challenge", {"type": "url_verification", "challenge": "c-123", "token": "t"}),
    ("unknown", {"type": "app_rate_limited", "team_id": "T0TEST", "minute_rate_limited": 1}),
]  # fmt: skip
INTERACTIONS = [
    *(("button", press(name, value=VALUE)) for name in (SHOW_EVIDENCE, CHECK_AGAIN, NOT_THE_SAME)),
    ("button", press(CHECK_AGAIN, value=Pressed("r-gone", "42").value())),
    *(("page", in_view(name, value=Pressed(KNOWN_RUN, "", "", 1).value())) for name in (EARLIER_PAGE, LATER_PAGE)),
    *(("feedback", press(FEEDBACK, value=Pressed(KNOWN_RUN, KNOWN_ISSUE, says).value())) for says in (RIGHT, WRONG)),
    ("menu", chosen(MORE, Pressed(KNOWN_RUN, says=AS_TEXT).value())),
    ("menu", chosen(MORE, "link-0")),
    *(("act", chosen(ACT, Pressed(KNOWN_RUN, KNOWN_ISSUE, says).value())) for says in LABELS),
    *(("home", in_view(name, value="x")) for name in (HOME_SEARCH, HOME_REFRESH, HOME_LATEST)),
    *(("shortcut", {"type": "message_action", "callback_id": SHORTCUT, "user": {"id": "U0ASKER", "team_id": "T0TEST"},
       "team": {"id": "T0TEST"}, "channel": {"id": "C1"}, "message": one.get("event", one), "message_ts": "1.2",
       "trigger_id": "1.2.3", "response_url": RESPONSE_URL, "api_app_id": "A0TEST"}) for one in RECORDED[::3]),
    ("view", {**in_view("x"), "type": "view_submission"}),
    ("view", {**in_view("x"), "type": "view_closed", "is_cleared": True}),
    ("options", {**press("x"), "type": "block_suggestion", "action_id": "x", "value": "sho"}),
    ("unknown button", press("wfr_button", value=VALUE)),
    ("unknown", {"type": "shortcut", "callback_id": SHORTCUT, "user": {"id": "U0ASKER"}, "team": {"id": "T0TEST"}}),
    ("unknown", {"type": "workflow_step_edit", "callback_id": SHORTCUT, "workflow_step": {}}),
    ("unknown", {"type": "dialog_submission", "callback_id": SHORTCUT, "submission": {}}),
]  # fmt: skip
COMMANDS = [
    ("command", {"command": command, "text": text, "channel_id": "C1", "channel_name": "alerts", "user_id": "U0ASKER",
                 "user_name": "asker", "team_id": "T0TEST", "trigger_id": "1.2.3", "api_app_id": "A0TEST",
                 "token": "t", "response_url": RESPONSE_URL})
    for command, text in [*(("/diagnose", text) for text in REFERENCES), ("/other", "SHOP-42"), ("", "")]
]  # fmt: skip

texts = st.sampled_from(HOSTILE) | st.sampled_from(REFERENCES) | st.text(max_size=40)
values = st.sampled_from(WRONG_TYPES) | texts
nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet="ab <!>@", max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(NAMES), below, max_size=4),
    max_leaves=12,
)


def places(value: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """The path of everything in it."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in below:
        yield (*path, key)
        yield from places(one, *path, key)


def _mutated(draw: st.DrawFn, payload: dict[str, Any]) -> dict[str, Any]:
    payload = copy.deepcopy(payload)
    for _ in range(draw(st.integers(0, 3))):
        paths = list(places(payload))
        if not paths:
            break
        *way, last = draw(st.sampled_from(paths))
        where: Any = payload
        for key in way:
            where = where[key]
        match draw(st.sampled_from(("replace", "replace", "text", "drop", "drop", "wrap", "add", "swap"))):
            case "replace":
                where[last] = copy.deepcopy(draw(values))
            case "text":
                where[last] = draw(texts)
            case "drop":
                del where[last]
            case "wrap":
                where[last] = [where[last]]
            case "add" if isinstance(where, dict):
                where[draw(st.sampled_from(NAMES))] = copy.deepcopy(draw(values))
            case "swap":
                other: Any = payload
                for key in draw(st.sampled_from(paths)):
                    other = other[key]
                where[last] = copy.deepcopy(other)
    return payload


def as_json(payload: Any) -> bytes:
    return json.dumps(payload).encode()


def as_form(fields: dict[str, Any]) -> bytes:
    told = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    return urlencode(told, errors="surrogatepass").encode()


@st.composite
def deliveries(draw: st.DrawFn) -> Sent:
    """What Slack sends, changed in up to three places; now and then nonsense from the beginning, or cut, or forged."""
    match draw(st.sampled_from(("event", "event", "interaction", "interaction", "command", "nonsense", "broken"))):
        case "event":
            kind, payload = draw(st.sampled_from(EVENTS))
            sent = Sent(kind, as_json(_mutated(draw, payload)), JSON)
        case "interaction":
            kind, payload = draw(st.sampled_from(INTERACTIONS))
            sent = Sent(kind, as_form({"payload": json.dumps(_mutated(draw, payload))}), FORM)
        case "command":
            kind, payload = draw(st.sampled_from(COMMANDS))
            if draw(st.booleans()):
                payload = {**payload, "text": draw(texts)}
            sent = Sent(kind, as_form(_mutated(draw, payload)), FORM)
        case "nonsense":
            told = draw(st.dictionaries(st.sampled_from(NAMES), nonsense, max_size=6))
            sent = draw(
                st.sampled_from(
                    [
                        Sent("nonsense", as_json(told), JSON),
                        Sent("nonsense", as_form({"payload": json.dumps(told)}), FORM),
                        Sent("nonsense", as_form(told), FORM),
                        Sent("nonsense", as_json({"type": "event_callback", "event": told}), JSON),
                        Sent("nonsense", as_form({"payload": json.dumps({**press(SHOW_EVIDENCE), **told})}), FORM),
                    ]
                )
            )
        case _:
            whole = draw(st.sampled_from([as_json(EVENTS[0][1]), as_form({"payload": json.dumps(INTERACTIONS[0][1])})]))
            at = draw(st.integers(0, len(whole)))
            put = draw(
                st.binary(max_size=6) | st.sampled_from([b"\xff", b"%", b"%zz", b"\x00", b"NaN", b"&payload=", b"["])
            )
            form = draw(st.sampled_from((JSON, FORM, "text/plain", "")))
            sent = Sent("broken", draw(st.sampled_from([whole[:at], whole[:at] + put + whole[at:], put])), form)
    return Sent(sent.kind, sent.body, sent.form, signed=draw(st.integers(0, 19)) > 0)


def told(sent: Sent) -> Any:
    """The payload as Bolt reads it, or its text where it is none."""
    text = sent.body.decode("utf-8", "replace")
    try:
        if text.startswith("{"):
            return json.loads(text)
        fields = {name: one[-1] for name, one in parse_qs(text, keep_blank_values=True).items()}
        return json.loads(fields["payload"]) if "payload" in fields else fields
    except (ValueError, RecursionError):
        return text
