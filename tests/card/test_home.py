"""The Home tab: what one needs at night comes first, in blocks that Slack takes."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from bot.card import problems
from bot.card.home import (
    HOME_LATEST,
    HOME_REFRESH,
    HOME_SEARCH,
    MOST_ENDED,
    MOST_RUNNING,
    MOST_WAITING,
    Acting,
    Home,
    Replica,
    home_view,
)
from bot.card.home_lines import archive_link
from bot.runs.history import Load
from tests.card.contract import breaches
from tests.card.diagnoses import NOON
from tests.card.homes import SOURCES, WORKSPACE, a_home, an_entry


def words_of(value: Any) -> str:
    """All that is read in a block or a view, in order; a moment as its words in UTC, a name as its id."""
    if isinstance(value, list):
        return "".join(words_of(one) for one in value)
    if not isinstance(value, dict):
        return ""
    if isinstance(value.get("text"), str):
        return str(value["text"])
    named = value.get("fallback") or value.get("user_id") or value.get("usergroup_id")
    own = str(named) if named else "".join(words_of(value.get(key)) for key in ("text", "label", "elements", "blocks"))
    return own + ("\n" if "block_id" in value else "")


def read(home: Home) -> list[str]:
    """The tab, line by line."""
    return words_of(home_view(home)).splitlines()


def headers(home: Home) -> list[str]:
    return [block["text"]["text"] for block in home_view(home)["blocks"] if block["type"] == "header"]


def pressable(home: Home) -> list[str]:
    blocks = home_view(home)["blocks"]
    found = [one for block in blocks for one in (*block.get("elements", ()), block.get("element", {}))]
    return [one["action_id"] for one in found if "action_id" in one]


FULL = a_home(
    load=Load(running=1, waiting=7, oldest_seconds=240.0),
    busy=(
        an_entry(state="running", asker="U0ASKER", asked=3),
        an_entry(state="waiting", short_id="SHOP-43"),
    ),
    over=(an_entry(right=("U1", "U2"), wrong=("U3",)), an_entry(verdict=None, grade=None, failed="Sentry is down")),
    hidden=3,
    sources=SOURCES,
    replicas=(
        Replica(name="bot-0", alive=True, here=True),
        Replica(name="bot-1", alive=False, at=NOON - timedelta(minutes=2)),
    ),
    acting=Acting(allowed=("U0LEAD", "S0ONCALL", "<!here>"), refusal=""),
)
HOMES = {
    "full": FULL,
    "empty": a_home(),
    "searched": a_home(query="orders", over=(an_entry(),)),
    "nothing found": a_home(query="orders", cut=200),
    "unread": a_home(unread="The database does not answer: look at its disk.", sources=SOURCES),
    "blind": a_home(blind="Slack does not say which channels you are in.", hidden=4),
}


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES.keys())
def test_every_tab_is_a_home_view_that_slack_takes(home: Home):
    assert problems(home_view(home)) == []


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES.keys())
def test_every_tab_keeps_slacks_own_contract(home: Home):
    assert breaches({"home": home_view(home)}) == []


def test_what_runs_comes_first_then_what_waits_then_verdicts_then_the_sources():
    assert headers(FULL) == ["1 running", "7 waiting, the oldest for 4 min", "Last verdicts", "Sources"]
    told = read(FULL)
    assert told.index("Last verdicts") < told.index("Search all verdicts") < told.index("Sources")


def test_a_run_under_way_says_who_asked_when_and_how_often():
    assert read(FULL)[1:3] == ["SHOP-42 · no such table", "asked 20 Nov 12:00 UTC · by U0ASKER · asked 3 times"]
    assert "6 not listed here" in read(FULL)


def test_a_verdict_says_how_sure_and_who_called_it_right_or_wrong():
    told = read(FULL)
    assert "proved · The migration was not applied" in told
    assert "20 Nov 12:00 UTC · 2 say right, 1 says wrong" in told
    assert "no diagnosis: Sentry is down" in told
    assert "3 more in channels that you and I do not share" in told


def test_each_run_leads_to_its_card():
    links = re.findall(r'"url": "([^"]+)"', json.dumps(home_view(FULL)))
    assert links == ["https://acme.slack.com/archives/C0ALERTS/p1795168863000100"] * 4
    threaded = archive_link(WORKSPACE, "C0ALERTS", "1795168863.000100", "1795168000.000100")
    assert threaded.endswith("/archives/C0ALERTS/p1795168863000100?thread_ts=1795168000.000100&cid=C0ALERTS")
    assert archive_link("", "C0ALERTS", "1795168863.000100") == ""
    assert archive_link(WORKSPACE, "C0/../evil", "1795168863.000100") == ""
    assert archive_link(WORKSPACE, "C0ALERTS", None) == ""
    assert archive_link(f"https://{'a' * 53}", "C0ALERTS", "1795168863.000100") == ""


def test_a_moment_is_the_readers_own_with_words_in_utc_beside_it():
    shown = json.dumps(home_view(FULL))
    assert '"fallback": "20 Nov 12:00 UTC", "format": "{date_short_pretty}, {time}"' in shown
    assert f'"timestamp": {int(NOON.timestamp())}' in shown


def test_each_source_says_since_when_and_what_it_said():
    told = read(FULL)
    assert "✓ Sentry · answers since 20 Nov 12:00 UTC" in told
    assert "! Elasticsearch · fails since 20 Nov 12:00 UTC · it did not answer within 10 s" in told
    assert "– GitHub · not configured" in told


def test_who_may_act_and_which_replicas_live_is_said():
    told = read(FULL)
    assert "You may change issues from a card." in told
    assert "These may: U0LEAD · S0ONCALL" in told
    assert "Replica bot-0 · lives, and drew this" in told
    assert "Replica bot-1 · is gone · last heard of 20 Nov 11:58 UTC" in told
    assert told[-1] == "As of 20 Nov 12:00 UTC"
    assert "Nobody may change issues from a card." in read(a_home())
    refused = Acting(refusal="You are not among those whom `may_act` names.")
    assert refused.refusal in read(a_home(acting=refused))


def test_an_empty_history_says_how_to_begin():
    shown = "\n".join(read(a_home()))
    assert "Nothing is running" in shown
    assert "No issue was diagnosed yet. Type `/diagnose SHOP-42`" in shown
    assert "invite me to the channel" in shown
    begun = read(a_home(load=Load(running=1)))
    assert "No run has ended yet." in begun
    assert not any("No issue was diagnosed" in one for one in begun)


def test_a_history_that_cannot_be_read_is_never_an_empty_list():
    told = read(HOMES["unread"])
    assert told[:2] == [
        "The runs cannot be read",
        "The database does not answer: look at its disk. What ran and what it came to is not lost; it is not shown.",
    ]
    assert not any("Nothing is running" in one or "Last verdicts" in one or "No issue" in one for one in told)
    assert "Sources" in told
    assert pressable(HOMES["unread"]) == [HOME_REFRESH]


def test_not_knowing_the_readers_channels_is_said_and_is_not_emptiness():
    shown = "\n".join(read(HOMES["blind"]))
    assert "4 not shown to you" in shown
    assert "Slack does not say which channels you are in. Shown are only the runs that you asked for." in shown
    assert "No issue was diagnosed yet" not in shown


def test_a_search_replaces_the_list_keeps_its_words_and_can_be_left():
    searched = HOMES["searched"]
    assert "Found for “orders”" in headers(searched)
    assert "Last verdicts" not in headers(searched)
    assert pressable(searched) == [HOME_SEARCH, HOME_REFRESH, HOME_LATEST]
    assert pressable(a_home()) == [HOME_SEARCH, HOME_REFRESH]
    field = next(block["element"] for block in home_view(searched)["blocks"] if block["type"] == "input")
    assert field["initial_value"] == "orders"


def test_nothing_found_is_said_with_what_was_looked_through():
    shown = "\n".join(read(HOMES["nothing found"]))
    assert "Nothing found for “orders”." in shown
    assert "Looked through: the newest 200 that match" in shown
    many = a_home(query="orders", over=(an_entry(),) * 25)
    assert any(one.startswith("The newest 10 of 25. Looked through: the runs in channels") for one in read(many))


def test_a_search_never_counts_what_is_hidden():
    assert read(a_home(query="orders", over=(an_entry(),), hidden=5)) == read(HOMES["searched"])


def test_a_storm_is_counted_and_not_listed():
    storm = a_home(
        load=Load(running=50, waiting=450, oldest_seconds=3_600.0),
        busy=(an_entry(state="running"),) * 50 + (an_entry(state="waiting"),) * 50,
        over=(an_entry(),) * 200,
    )
    told = read(storm)
    assert sum(one.startswith("SHOP-42") for one in told) == MOST_RUNNING + MOST_WAITING + MOST_ENDED
    assert f"{50 - MOST_RUNNING} not listed here" in told
    assert f"{450 - MOST_WAITING} not listed here" in told
    assert "450 waiting, the oldest for 1 h 0 min" in told
