"""Where npm emulate serves the same method, both give the same shape of answer; each difference has a reason.

emulate knows no Socket Mode, no slash commands and no limits, so the two meet in the Web API only
(https://www.npmjs.com/package/emulate, 0.11).
"""

import functools
import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests

from bot.playground.slack.app import DIAGNOSE
from bot.playground.slack.limits import Limits
from tests.playground.rehearsal import APP, BOT, BOT_ID, INCIDENTS, RANDOM, YOU, Ear, visit
from tests.slack.test_against_emulate import PACKAGE, missing

Json = dict[str, Any]

SERVED_BY_EMULATE = (
    "auth.test", "bookmarks.add", "bookmarks.edit", "bookmarks.list", "bookmarks.remove", "bots.info", "chat.delete",
    "chat.deleteScheduledMessage", "chat.getPermalink", "chat.meMessage", "chat.postEphemeral", "chat.postMessage",
    "chat.scheduleMessage", "chat.scheduledMessages.list", "chat.update", "conversations.archive",
    "conversations.close", "conversations.create", "conversations.history", "conversations.info",
    "conversations.invite", "conversations.join", "conversations.kick", "conversations.leave", "conversations.list",
    "conversations.mark", "conversations.members", "conversations.open", "conversations.rename",
    "conversations.replies", "conversations.setPurpose", "conversations.setTopic", "conversations.unarchive",
    "files.completeUploadExternal", "files.delete", "files.getUploadURLExternal", "files.info", "files.list",
    "oauth.v2.access", "pins.add", "pins.list", "pins.remove", "reactions.add", "reactions.get", "reactions.remove",
    "team.info", "users.getPresence", "users.info", "users.list", "users.lookupByEmail", "users.profile.get",
    "users.profile.set", "users.setPresence", "views.open", "views.publish", "views.push", "views.update",
)  # fmt: skip

MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Title", "emoji": True},
    "blocks": [{"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "x", "verbatim": False}}],
}
BLOCKS = MODAL["blocks"]


@dataclass
class Side:
    """One of the two servers: how it is called, what its things are named, and where a trigger comes from."""

    api: str
    token: str
    channel: str
    elsewhere: str
    person: str
    trigger: Callable[[str], str]

    def call(self, method: str, /, **given: Any) -> Json:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer: Json = requests.post(f"{self.api}{method}", json=given, headers=headers, timeout=10).json()
        return answer

    def posted(self, **given: Any) -> str:
        return str(self.call("chat.postMessage", channel=self.channel, text="posted", **given)["ts"])

    def opened(self) -> Json:
        view: Json = self.call("views.open", trigger_id=self.trigger(""), view=MODAL)["view"]
        return view


@pytest.fixture(scope="module")
def theirs() -> Iterator[Side]:
    """emulate, with our bot installed; it ends with its standard input."""
    if reason := missing():
        if os.environ.get("CI"):
            pytest.fail(f"in CI this test must run: {reason}")
        pytest.skip(reason)
    app = {
        "app_id": APP, "client_id": "1.2", "client_secret": "of-the-test", "name": "diagnose", "redirect_uris": [],
        "bot_id": BOT_ID, "bot_user_id": BOT, "bot_name": "diagnose",
    }  # fmt: skip
    token = {"token": "xoxb-emulated", "user_id": BOT, "app_id": APP, "bot_id": BOT_ID, "bot_user_id": BOT}
    seed = {"slack": {"oauth_apps": [app], "tokens": [token], "channels": [{"name": "incidents"}]}}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(shutil.which("node")), str(PACKAGE / "slack.mjs"), str(port), json.dumps(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert "ready" in process.stdout.readline()
        api, person = f"http://127.0.0.1:{port}/api/", "U000000001"

        def trigger(view: str) -> str:
            given = {"user_id": person, **({"view_id": view} if view else {})}
            return str(side.call("views.generateTriggerId", **given)["trigger_id"])

        side = Side(api, "xoxb-emulated", "C000000001", "C000000002", person, trigger)
        yield side
        process.stdin.close()
        process.wait(10)


@pytest.fixture(scope="module")
def ours() -> Iterator[Side]:
    """Our workspace, where nobody counts the calls and the token may do everything, as in emulate."""
    with visit(limits=Limits({}), app=replace(DIAGNOSE, scopes=None)) as running:
        ear = Ear(running)

        def trigger(view: str) -> str:
            if view:
                shown = running.feed.until(lambda now: [one for one in now["views"] if one["id"] == view])
                running.press(shown[0], "more")
                return str(ear.next("interactive").payload["trigger_id"])
            running.say("/diagnose x")
            return str(ear.next("slash_commands").payload["trigger_id"])

        yield Side(running.api, running.workspace.bot_token, INCIDENTS, RANDOM, YOU, trigger)


def simply(method: str, **given: Any) -> Callable[[Side], Json]:
    """Calls a method; CHANNEL, ELSEWHERE and PERSON stand for what each side calls them, TS for a fresh message."""

    def call(side: Side) -> Json:
        known = {"CHANNEL": side.channel, "ELSEWHERE": side.elsewhere, "PERSON": side.person}
        if "TS" in given.values():
            known["TS"] = side.posted()
        return side.call(method, **{name: known.get(str(one), one) for name, one in given.items()})

    return call


def without_a_token(side: Side) -> Json:
    answer: Json = requests.post(f"{side.api}auth.test", timeout=10).json()
    return answer


def in_thread(side: Side) -> Json:
    return side.call("chat.postMessage", channel=side.channel, text="reply", thread_ts=side.posted(), blocks=BLOCKS)


def thread_read(side: Side) -> Json:
    ts = side.posted()
    side.call("chat.postMessage", channel=side.channel, text="reply", thread_ts=ts)
    return side.call("conversations.replies", channel=side.channel, ts=ts)


def history_read(side: Side) -> Json:
    side.posted()
    return side.call("conversations.history", channel=side.channel, limit=1)


def deleted_twice(side: Side) -> Json:
    ts = side.posted()
    side.call("chat.delete", channel=side.channel, ts=ts)
    return side.call("chat.delete", channel=side.channel, ts=ts)


def reacted(side: Side) -> Json:
    ts = side.posted()
    side.call("reactions.add", channel=side.channel, timestamp=ts, name="eyes")
    return side.call("reactions.get", channel=side.channel, timestamp=ts)


def taken_back(side: Side) -> Json:
    ts = side.posted()
    side.call("reactions.add", channel=side.channel, timestamp=ts, name="eyes")
    return side.call("reactions.remove", channel=side.channel, timestamp=ts, name="eyes")


def opened(side: Side) -> Json:
    return side.call("views.open", trigger_id=side.trigger(""), view=MODAL)


def opened_twice(side: Side) -> Json:
    trigger = side.trigger("")
    side.call("views.open", trigger_id=trigger, view=MODAL)
    return side.call("views.open", trigger_id=trigger, view=MODAL)


def updated(side: Side) -> Json:
    return side.call("views.update", view_id=side.opened()["id"], view=MODAL)


def updated_late(side: Side) -> Json:
    return side.call("views.update", view_id=side.opened()["id"], hash="1.old", view=MODAL)


def pushed(side: Side) -> Json:
    button = {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}}
    view = {**MODAL, "blocks": [{"type": "actions", "elements": [button]}]}
    below = side.call("views.open", trigger_id=side.trigger(""), view=view)["view"]
    return side.call("views.push", trigger_id=side.trigger(below["id"]), view=MODAL)


CALLS: dict[str, tuple[str, Callable[[Side], Json]]] = {
    "auth.test": ("auth.test", simply("auth.test")),
    "auth.test without a token": ("auth.test", without_a_token),
    "a message": ("chat.postMessage", simply("chat.postMessage", channel="CHANNEL", text="x", blocks=BLOCKS)),
    "a reply": ("chat.postMessage", in_thread),
    "a message to nowhere": ("chat.postMessage", simply("chat.postMessage", channel="C0NOWHERE", text="x")),
    "a message without a text": ("chat.postMessage", simply("chat.postMessage", channel="CHANNEL")),
    "blocks that are none": ("chat.postMessage", simply("chat.postMessage", channel="CHANNEL", text="x", blocks="[")),
    "a whisper": ("chat.postEphemeral", simply("chat.postEphemeral", channel="CHANNEL", user="PERSON", text="x")),
    "a whisper in no channel": (
        "chat.postEphemeral", simply("chat.postEphemeral", channel="C0NOWHERE", user="PERSON", text="x"),
    ),
    "an edit": ("chat.update", simply("chat.update", channel="CHANNEL", ts="TS", text="y", blocks=BLOCKS)),
    "an edit of nothing": ("chat.update", simply("chat.update", channel="CHANNEL", ts="1.000002", text="y")),
    "a deletion": ("chat.delete", simply("chat.delete", channel="CHANNEL", ts="TS")),
    "a second deletion": ("chat.delete", deleted_twice),
    "a permalink": ("chat.getPermalink", simply("chat.getPermalink", channel="CHANNEL", message_ts="TS")),
    "a permalink of nothing": (
        "chat.getPermalink", simply("chat.getPermalink", channel="CHANNEL", message_ts="1.000002"),
    ),
    "a channel": ("conversations.info", simply("conversations.info", channel="CHANNEL")),
    "no channel": ("conversations.info", simply("conversations.info", channel="C0NOWHERE")),
    "channels": ("conversations.list", simply("conversations.list")),
    "members": ("conversations.members", simply("conversations.members", channel="CHANNEL")),
    "history": ("conversations.history", history_read),
    "history of nothing": ("conversations.history", simply("conversations.history", channel="C0NOWHERE")),
    "a thread": ("conversations.replies", thread_read),
    "a thread of nothing": ("conversations.replies", simply("conversations.replies", channel="C0NOWHERE", ts="1.2")),
    "a person": ("users.info", simply("users.info", user="PERSON")),
    "nobody": ("users.info", simply("users.info", user="U0NOBODY")),
    "people": ("users.list", simply("users.list")),
    "a bot": ("bots.info", simply("bots.info", bot=BOT_ID)),
    "no bot": ("bots.info", simply("bots.info", bot="B0NOBODY")),
    "the team": ("team.info", simply("team.info")),
    "an invitation of itself": ("conversations.join", simply("conversations.join", channel="ELSEWHERE")),
    "a direct message": ("conversations.open", simply("conversations.open", users="PERSON")),
    "a direct message to nobody": ("conversations.open", simply("conversations.open", users="U0NOBODY")),
    "a home tab": ("views.publish", simply("views.publish", user_id="PERSON", view={"type": "home", "blocks": BLOCKS})),
    "reactions": ("reactions.get", reacted),
    "a reaction taken back": ("reactions.remove", taken_back),
    "no reaction": ("reactions.remove", simply("reactions.remove", channel="CHANNEL", timestamp="TS", name="eyes")),
    "a reaction to nothing": (
        "reactions.add", simply("reactions.add", channel="CHANNEL", timestamp="1.000002", name="eyes"),
    ),
    "a reaction": ("reactions.add", simply("reactions.add", channel="CHANNEL", timestamp="TS", name="eyes")),
    "a modal": ("views.open", opened),
    "a modal with a used trigger": ("views.open", opened_twice),
    "a modal with a wrong trigger": ("views.open", simply("views.open", trigger_id="1.2.wrong", view=MODAL)),
    "another view": ("views.update", updated),
    "another view too late": ("views.update", updated_late),
    "another view of nothing": ("views.update", simply("views.update", view_id="V0NOTHING", view=MODAL)),
    "a second modal": ("views.push", pushed),
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """A path in the answers of some methods that one side has and the other has not, with the reason."""

    methods: str
    path: str
    why: str

    def covers(self, method: str, path: str) -> bool:
        return bool(re.fullmatch(self.methods, method) and re.fullmatch(self.path, path))


WE_SAY_MORE = (
    Difference(
        r"chat\..*|conversations\.(history|replies)|reactions\.get",
        r"\.(message|messages\[\])\.(team|bot_id|app_id|bot_profile(\..*)?) .*",
        "an app's message carries the app's ids in Slack (samples of slackapi/bolt-python); emulate posts as a person",
    ),
    Difference(
        r"chat\.postMessage|conversations\.replies",
        r"\.(message|messages\[\])\.(parent_user_id|thread_ts|latest_reply|reply_users_count) .*",
        "a thread's head and replies know each other in Slack (sample of conversations.replies); emulate counts only",
    ),
    Difference(
        r"auth\.test", r"\.is_enterprise_install .*", "Slack says so of every token since there are enterprise installs"
    ),
    Difference(
        r"conversations\.(info|list|join)",
        r"\.(channel|channels\[\])\.(context_team_id|is_(ext_|org_|pending_ext_)?shared|is_general|parent_conversation"
        r"|pending_shared|previous_names|shared_team_ids(\[\])?|unlinked|updated) .*",
        "a conversation has these in Slack (sample of conversations.info)",
    ),
    Difference(
        r"users\.(info|list)",
        r"\.(user|members\[\])\.(is_(app_user|owner|primary_owner|restricted|ultra_restricted)|profile\.team"
        r"|tz|tz_label|tz_offset|updated) .*",
        "a user has these in Slack (sample of users.info)",
    ),
    Difference(r"users\.list", r"\.cache_ts .*", "so has the list (sample of users.list)"),
    Difference(r"bots\.info", r"\.bot\.(app_id|updated|user_id) .*", "a bot has these in Slack (sample of bots.info)"),
    Difference(r"team\.info", r"\.team\.(email_domain|icon(\..*)?) .*", "so has a team (sample of team.info)"),
    Difference(
        r"views\..*", r"\.view\.app_installed_team_id .*", "a view has this in Slack (samples of slackapi/bolt-python)"
    ),
    Difference(r"reactions\.get", r"\.(channel|message\.permalink) .*", "the answer has these in Slack (its sample)"),
)

EMULATE_SAYS_MORE = (
    Difference(r"auth\.test", r"\.app_id .*", "Slack names the app for app-level tokens only (sample of auth.test)"),
    Difference(
        r"conversations\.(info|list|join)",
        r"\.(channel|channels\[\])\.(is_open|last_read) .*",
        "Slack says these of direct messages (samples of conversations.info)",
    ),
    Difference(
        r"conversations\.(info|join)",
        r"\.channel\.num_members .*",
        "Slack counts where include_num_members asks for it",
    ),
    Difference(
        r"users\.(info|list)",
        r"\.(user|members\[\])\.profile\.(email|huddle_.*|image_.*|phone|skype|status_.*|title) .*",
        "the people here have no picture, no status and no address",
    ),
    Difference(r"bots\.info", r"\.bot\.icons\.image_48 .*", "the page draws its own pictures: there are no icons"),
)

OTHER_WORDS: dict[str, tuple[str | None, str | None, str]] = {
    "blocks that are none": ("invalid_blocks_format", "invalid_blocks", "Slack has a word of its own for broken JSON"),
}
"""Calls that the two do not answer alike: our word, emulate's (None: it does what is asked), and why."""


def shape(value: Any, at: str = "") -> set[str]:
    """Path and JSON type of everything in a value; a list is known by its first element."""
    match value:
        case dict():
            return {f"{at} object"}.union(*(shape(one, f"{at}.{name}") for name, one in value.items()))
        case list():
            return {f"{at} list"} | (shape(value[0], f"{at}[]") if value else set())
        case bool():
            return {f"{at} boolean"}
        case None:
            return {f"{at} null"}
        case str():
            return {f"{at} text"}
        case _:
            return {f"{at} number"}


@pytest.fixture(scope="module")
def answers(ours, theirs) -> Callable[[str], tuple[Json, Json]]:
    """Both answers to one of the calls; each is made once."""

    @functools.cache
    def both(name: str) -> tuple[Json, Json]:
        _, call = CALLS[name]
        return call(ours), call(theirs)

    return both


@pytest.mark.parametrize("name", CALLS)
def test_both_give_the_same_shape_of_answer(name, answers):
    method, _ = CALLS[name]
    here, there = answers(name)
    if name in OTHER_WORDS:
        assert (here.get("error"), there.get("error")) == OTHER_WORDS[name][:2]
        return
    assert (here["ok"], here.get("error")) == (there["ok"], there.get("error"))
    mine, other = shape(here), shape(there)
    assert uncovered(method, mine - other, WE_SAY_MORE) == []
    assert uncovered(method, other - mine, EMULATE_SAYS_MORE) == []


def uncovered(method: str, paths: set[str], differences: Iterable[Difference]) -> list[str]:
    return sorted(path for path in paths if not any(one.covers(method, path) for one in differences))


def test_no_difference_is_listed_that_is_none(answers):
    for differences, ours_first in ((WE_SAY_MORE, True), (EMULATE_SAYS_MORE, False)):
        unseen = set(differences)
        for name, (method, _) in CALLS.items():
            here, there = map(shape, answers(name))
            paths = here - there if ours_first else there - here
            unseen -= {one for one in unseen for path in paths if one.covers(method, path)}
        assert unseen == set()
    assert all(mine != other for mine, other, _ in OTHER_WORDS.values())


def test_every_method_that_both_serve_is_compared(ours, theirs):
    for method in SERVED_BY_EMULATE:
        assert "ok" in theirs.call(method), f"emulate does not serve {method}"
    here = {method for method in SERVED_BY_EMULATE if ours.call(method).get("error") != "unknown_method"}
    assert here == {method for method, _ in CALLS.values()}
