"""Whatever stands in a run or a setting, the Home tab is valid, pings nobody, leads nowhere else and stays short."""

import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.card import problems
from bot.card.blocks import MOST_TEXT, text_size
from bot.card.home import Acting, Replica, SourceState, home_view, plain_home
from bot.card.home_lines import archive_link
from bot.runs.history import Load
from tests.card.diagnoses import NOON
from tests.card.homes import SOURCES, WORKSPACE, a_home, an_entry

PIECES = [
    "<!channel>", "<!here|x>", "<@U0123ABC>", "<#C1>", "<https://evil.example|link>", "@channel", "```", "`", "&",
    "\u202e", "\x00\x1b[31m", "\n\n", "*", "|", ">", "x" * 99, "😀", "<!date^1^{date}|x>", "https://evil.example",
]  # fmt: skip
TEXT = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(st.characters(codec="utf-8"), max_size=8)), min_size=1, max_size=12
).map("".join)
PROFILE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_the_longest_tab_there_can_be_stays_within_the_limits():
    long = "W" * 5_000
    entry = an_entry(
        run=long, target=long, short_id=long, title=long, verdict=long, grade="undecided", asker="U" + "A" * 30,
        channel="C" + "0" * 20, thread="1" * 12 + ".000001", message="2" * 12 + ".000001", asked=10**9,
        right=("U1",) * 99_999, wrong=("U1",) * 99_999,
    )  # fmt: skip
    home = a_home(
        load=Load(running=10**9, waiting=10**9, oldest_seconds=10.0**9),
        busy=(entry.model_copy(update={"state": "running"}), entry.model_copy(update={"state": "waiting"})) * 50,
        over=(entry,) * 200,
        query=long[:100],
        cut=200,
        blind=long,
        sources=(SourceState(name=long, state="not configured", since=NOON, said=long),) * 50,
        replicas=(Replica(name=long, alive=False, here=True, at=NOON),) * 50,
        acting=Acting(allowed=("U" + "A" * 30,) * 50, refusal=long),
        workspace="https://" + "a" * 52,
    )
    view = home_view(home)
    assert problems(view) == []
    assert text_size(view["blocks"]) <= MOST_TEXT
    assert len(view["blocks"]) <= 100


def assert_harmless(view: dict[str, Any]) -> None:
    assert problems(view) == []
    fields = [block for block in view["blocks"] if block["type"] == "input"]
    shown = json.dumps([block for block in view["blocks"] if block not in fields], ensure_ascii=False)
    assert not re.search(r"<[!@#]|evil\.example\|link>", shown)
    assert "\u202e" not in shown
    assert '"broadcast"' not in shown
    assert all(url.startswith(WORKSPACE) for url in re.findall(r'"url": "([^"]*)"', shown))
    assert len(view["blocks"]) <= 100
    json.dumps(view, ensure_ascii=False).encode()


@PROFILE
@given(TEXT, st.sampled_from(["ended", "running", "waiting"]))
def test_a_hostile_history_gives_a_harmless_tab(text: str, state: str):
    entry = an_entry(
        run=text, state=state, target=text, short_id=text, title=text, verdict=text, grade=text, asker=text,
        channel=text, message=text, thread=text, right=(text,), wrong=(text,),
    )  # fmt: skip
    sources = tuple(SourceState(name=text, state=one.state, said=text) for one in SOURCES)
    said = {
        "sources": sources,
        "acting": Acting(allowed=(text,), refusal=text),
        "replicas": (Replica(name=text, alive=True),),
    }
    failed = entry.model_copy(update={"verdict": None, "failed": text})
    for given_home in (
        a_home(busy=(entry,), over=(entry, failed), **said),
        a_home(query=text[:100], over=(entry,), blind=text, **said),
        a_home(query=text[:100]),
        a_home(unread=text, **said),
    ):
        assert_harmless(home_view(given_home))
    assert_harmless(plain_home(text))


@PROFILE
@given(TEXT)
def test_a_hostile_workspace_gives_no_link_elsewhere(text: str):
    link = archive_link(text, "C0ALERTS", "1795168863.000100")
    assert link == "" or link.startswith(text.rstrip("/") + "/archives/")
    assert not re.search(r"[<>|\s]", link)
