"""The Home tab: what runs, what waits, the last verdicts, a search over them, and how every source is doing.

In the order in which somebody who was woken up needs it; lines are short, since many read it on a phone. All counts
and lengths are such that the longest tab there can be stays below `MOST_TEXT`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    InputBlock,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig
from slack_sdk.models.views import View

from bot.card.blocks import Block, context, header, json_of, named, section
from bot.card.escape import clean, mrkdwn, prose
from bot.card.home_lines import Part, ended, led, line, lines, moment, person, under_way, words
from bot.runs.history import Entry, Load
from playbook.evidence.fact import Value
from playbook.evidence.instant import Instant, lasting, written

HOME_VIEW = "home"
HOME_SEARCH = "home_search"
HOME_REFRESH = "home_refresh"
HOME_LATEST = "home_latest"

MOST_RUNNING, MOST_WAITING, MOST_ENDED = 4, 3, 10  # runs that are shown; all that runs and waits is counted
MOST_SOURCES, MOST_REPLICAS, MOST_NAMED = 6, 6, 6
QUERY = 100  # characters that are searched for
SOURCE = 30  # characters of a source's or a replica's name
SAID = 90  # characters of what a source said last
SENTENCE = 300  # characters of why something could not be read

BEGIN = (
    "Type `/diagnose SHOP-42` in a channel that I am in, or invite me to the channel of Sentry's alerts: "
    "each is answered in its thread."
)
MARKS = {"answers": "✓", "fails": "!", "not configured": "–", "not asked yet": "…"}

Asked = Literal["answers", "fails", "not configured", "not asked yet"]


class SourceState(Value):
    """How the last calls of one source went: since when that is so, and what it said last where it failed."""

    name: str
    state: Asked
    since: Instant | None = None
    said: str = ""


class Replica(Value):
    """One process that carries out runs; `here` is the one that drew this tab, `at` when it was last heard of."""

    name: str
    alive: bool
    here: bool = False
    at: Instant | None = None


class Acting(Value):
    """Who may change issues from a card: ids of people and user groups, and why the reader may not ("": may)."""

    allowed: tuple[str, ...] = ()
    refusal: str = "Nobody may change issues from a card."


class Home(Value):
    """All that one person's Home tab shows, as of `at`.

    `unread` is the sentence that says why the history could not be read, `blind` the one that says why it is not
    known which channels the reader is in. `busy` and `over` are the runs that the reader may see; `hidden` counts
    those that are over and none of the reader's business. `query` is what was searched for: `over` is then what was
    found, and `cut` how many of the newest that match were looked through, where there may be more. `workspace` is
    the address under which Slack shows messages (`url` of auth.test), "" where it is not known.
    """

    at: Instant
    load: Load = Load()
    busy: tuple[Entry, ...] = ()
    over: tuple[Entry, ...] = ()
    hidden: int = 0
    query: str = ""
    cut: int = 0
    unread: str = ""
    blind: str = ""
    sources: tuple[SourceState, ...] = ()
    replicas: tuple[Replica, ...] = ()
    acting: Acting = Acting()
    workspace: str = ""


def home_view(home: Home) -> dict[str, Any]:
    """The tab as Slack's `home` view; each block is named after the moment, so that an old search field goes."""
    blocks = [*_runs(home), *_buttons(home), *_sources(home), *_foot(home)]
    return _view(named(blocks, f"home-{written(home.at)}"))


def plain_home(sentence: str) -> dict[str, Any]:
    """A tab that says one thing only, for when Slack does not take the other."""
    return _view(named([section(prose(sentence, SENTENCE) or "There is nothing to show.")], "home-plain"))


def _view(blocks: list[Block]) -> dict[str, Any]:
    return View(type="home", callback_id=HOME_VIEW, blocks=blocks).to_dict()


def _runs(home: Home) -> Iterator[Block]:
    if home.unread:
        yield header("The runs cannot be read")
        yield section(f"{prose(home.unread, SENTENCE)} What ran and what it came to is not lost; it is not shown.")
        return
    yield from _busy(home)
    yield from _over(home)
    if home.blind:
        yield context(f"{prose(home.blind, SENTENCE)} Shown are only the runs that you asked for.")
    yield _search(home.query)


def _busy(home: Home) -> Iterator[Block]:
    """What runs, then what waits; the counts are of all runs, also of those that are not shown."""
    running = [one for one in home.busy if one.state == "running"]
    waiting = [one for one in home.busy if one.state == "waiting"]
    count = max(home.load.running, len(running))  # of two looks at what changes all the time, the larger
    yield header(f"{count:,} running" if count else "Nothing is running")
    yield from _some(running[:MOST_RUNNING], count, home.workspace)
    count = max(home.load.waiting, len(waiting))
    if count:
        yield header(f"{count:,} waiting, the oldest for {lasting(home.load.oldest_seconds)}")
        yield from _some(waiting[:MOST_WAITING], count, home.workspace)


def _some(entries: Sequence[Entry], count: int, workspace: str) -> Iterator[Block]:
    yield from (under_way(one, workspace) for one in entries)
    if count > len(entries):
        yield context(f"{count - len(entries):,} not listed here")


def _over(home: Home) -> Iterator[Block]:
    shown = home.over[:MOST_ENDED]
    yield header(f"Found for “{home.query}”" if home.query else "Last verdicts")
    yield from (ended(one, home.workspace) for one in shown)
    if home.query:
        yield from _found(home, len(shown))
    elif home.hidden:
        where = "not shown to you" if home.blind else "in channels that you and I do not share"
        yield context(f"{home.hidden:,} {'more ' * bool(shown)}{where}")
    elif not shown and not home.busy and not home.load.running and not home.load.waiting:
        yield section(f"No issue was diagnosed yet. {BEGIN}")
    elif not shown:
        yield section("No run has ended yet.")


def _found(home: Home, shown: int) -> Iterator[Block]:
    """Never counts what is hidden: a count for each query would tell what stands in other people's channels."""
    among = f"the newest {home.cut:,} that match, and of those " if home.cut else ""
    where = f"Looked through: {among}the runs in channels that you and I share, and those that you asked for."
    if shown < len(home.over):
        where = f"The newest {shown} of {len(home.over):,}. {where}"
    if not shown:
        yield section(f"Nothing found for “{mrkdwn(home.query, QUERY * 2)}”.")
    yield context(where)


def _search(query: str) -> Block:
    field = PlainTextInputElement(
        action_id=HOME_SEARCH,
        placeholder=PlainTextObject(text="SHOP-42, or a word of the title or verdict", emoji=False),
        initial_value=clean(query)[:QUERY] or None,
        max_length=QUERY,
        dispatch_action_config=DispatchActionConfig(trigger_actions_on=["on_enter_pressed"]),
    )
    label = PlainTextObject(text="Search all verdicts", emoji=False)
    return json_of(InputBlock(label=label, element=field, dispatch_action=True))


def _buttons(home: Home) -> Iterator[Block]:
    buttons = [_button("Refresh", HOME_REFRESH)]
    if home.query and not home.unread:
        buttons.append(_button("Show the last verdicts", HOME_LATEST))
    yield json_of(ActionsBlock(elements=buttons))


def _button(text: str, action_id: str) -> ButtonElement:
    return ButtonElement(text=PlainTextObject(text=text, emoji=False), action_id=action_id)


def _sources(home: Home) -> Iterator[Block]:
    if not home.sources:
        return
    yield header("Sources")
    told = []
    for one in home.sources[:MOST_SOURCES]:
        name = words(f"{MARKS[one.state]} {one.name}", SOURCE, bold=True)
        state = [*words(one.state, SOURCE), *moment(one.since, " since")]
        told.append(line(name, state, words(one.said, SAID)))
    yield lines(told)


def _foot(home: Home) -> Iterator[Block]:
    """Who may act, which replicas live, and as of when all of this is so."""
    yield context(prose(home.acting.refusal, SENTENCE) or "You may change issues from a card.")
    told = []
    names = [person(one) for one in home.acting.allowed if person(one)]
    if names:
        more = words(f"and {len(names) - MOST_NAMED} more", SOURCE) if len(names) > MOST_NAMED else []
        told.append(led("These may:", line(*names[:MOST_NAMED], more)))
    told += [_replica(one) for one in home.replicas[:MOST_REPLICAS]]
    if len(home.replicas) > MOST_REPLICAS:
        told.append(words(f"and {len(home.replicas) - MOST_REPLICAS} more replicas", SOURCE))
    yield lines([*told, moment(home.at, "As of")])


def _replica(one: Replica) -> list[Part]:
    said = f"{'lives' if one.alive else 'is gone'}{', and drew this' if one.here else ''}"
    heard = moment(one.at, "last heard of") if not one.alive else []
    return line(words(f"Replica {one.name}", SOURCE), words(said, SOURCE), heard)
