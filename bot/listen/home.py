"""The door to the Home tab: drawn anew whenever somebody opens it, searches in it or presses Refresh.

Who sees what: anybody in the workspace can open the tab, and a run's title and verdict belong to the channel that it
was answered in. So a run is shown only to somebody who is in that channel now, or who asked for that very run.
What is not known to be so is hidden: a channel's id does not tell whether it is private (both kinds begin with C),
guests may not read every public one, and where Slack does not say who is where, only one's own runs are shown.
Hidden runs are counted beside the last verdicts, and never in a search: counts for chosen words would spell out, one
letter at a time, what is hidden. How many runs there are under way in all is no secret.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.card.escape import clean
from bot.card.home import (
    HOME_LATEST,
    HOME_REFRESH,
    HOME_SEARCH,
    QUERY,
    Acting,
    Home,
    Replica,
    SourceState,
    home_view,
    plain_home,
)
from bot.runs.history import Entry, History
from bot.runs.run import NotStarted
from bot.slack.message import retry_after
from playbook.evidence.unavailable import Unavailable

MOST_BUSY = 100  # runs under way that are looked at; the load counts all of them
MOST_OVER = 200  # runs that are over among which those are looked for that this person may see
TRIES = 3  # of publishing one view
LONGEST_WAIT = 10.0  # seconds that Slack's Retry-After is followed; by then the person has pressed again

PATIENCE = frozenset({"ratelimited", "rate_limited"})
NEWER = frozenset({"hash_conflict"})  # something newer is shown already
REFUSED = frozenset({"invalid_arguments", "invalid_blocks", "invalid_blocks_format", "view_too_large"})
NOT_DRAWN = "This tab could not be drawn: its words are in my log. Cards in the channels are not affected."

log = structlog.get_logger()


@dataclass(frozen=True)
class HomeDesk:
    """All that the tab is drawn from.

    `channels` gives the channels that a person and the bot share, or raises `Unavailable`; `acting` says who may
    act and whether that person may; `workspace` is the address under which Slack shows messages, "" if unknown.
    `client` publishes the tab; Bolt's own does where there is none.
    """

    history: History
    channels: Callable[[str], Collection[str]]
    acting: Callable[[str], Acting] = lambda _: Acting()
    sources: Callable[[], Sequence[SourceState]] = tuple
    replicas: Callable[[], Sequence[Replica]] = tuple
    workspace: str = ""
    client: WebClient | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    wait: Callable[[float], object] = time.sleep


def register(app: App, desk: HomeDesk) -> None:
    """Listens to the tab; everything is done once Slack has its acknowledgement."""

    def opened(event: dict[str, Any], client: WebClient) -> None:
        if event.get("tab") == "home":
            shown = (event.get("view") or {}).get("hash")
            publish(desk.client or client, event["user"], drawn(desk, event["user"]), desk.wait, shown)

    def searched(body: dict[str, Any], client: WebClient) -> None:
        user = body["user"]["id"]
        publish(desk.client or client, user, drawn(desk, user, query_of(body)), desk.wait)

    def latest(body: dict[str, Any], client: WebClient) -> None:
        user = body["user"]["id"]
        publish(desk.client or client, user, drawn(desk, user), desk.wait)

    app.event("app_home_opened")(ack=_acknowledge, lazy=[opened])
    for action_id in (HOME_SEARCH, HOME_REFRESH):
        app.action(action_id)(ack=_acknowledge, lazy=[searched])
    app.action(HOME_LATEST)(ack=_acknowledge, lazy=[latest])


def visible(entry: Entry, user: str, channels: Collection[str]) -> bool:
    """Whether this person may see that run; the rule stands above."""
    return entry.channel in channels or entry.asker == user


def query_of(body: Mapping[str, Any]) -> str:
    """What stands in the search field, on one line; "" where there is nothing or no field."""
    values = ((body.get("view") or {}).get("state") or {}).get("values") or {}
    typed = [block[HOME_SEARCH].get("value") for block in values.values() if HOME_SEARCH in block]
    return " ".join(clean(str(typed[0] or "")).split())[:QUERY] if typed else ""


def drawn(desk: HomeDesk, user: str, query: str = "") -> dict[str, Any]:
    """The tab as this person may see it now."""
    blind, channels = "", frozenset[str]()
    try:
        channels = frozenset(desk.channels(user))
    except Unavailable as unavailable:
        blind = unavailable.sentence
    home = Home(
        at=desk.now(),
        query=query,
        blind=blind,
        sources=tuple(desk.sources()),
        replicas=tuple(desk.replicas()),
        acting=desk.acting(user),
        workspace=desk.workspace,
    )
    try:
        load, busy = desk.history.load(), desk.history.under_way(MOST_BUSY)
        over = desk.history.recent(MOST_OVER, query)
    except NotStarted as unread:
        return home_view(home.model_copy(update={"unread": unread.sentence}))
    seen = tuple(one for one in over if visible(one, user, channels))
    found = {
        "load": load,
        "busy": tuple(one for one in busy if visible(one, user, channels)),
        "over": seen,
        "hidden": 0 if query else len(over) - len(seen),
        "cut": len(over) if query and len(over) >= MOST_OVER else 0,
    }
    return home_view(home.model_copy(update=found))


def publish(
    client: WebClient, user: str, view: dict[str, Any], wait: Callable[[float], object], shown: str | None = None
) -> None:
    """Shows this person the view, or a plain one where Slack does not take it.

    With `shown`, the hash of what the person sees, it gives way to anything newer: what somebody just pressed for
    is not undone by an earlier look at the tab. https://docs.slack.dev/reference/methods/views.publish
    """
    for _ in range(TRIES):
        seconds = 1.0
        try:
            client.views_publish(user_id=user, view=view, hash=shown)
        except SlackApiError as refused:
            error = str(refused.response.get("error"))
            seconds = retry_after(refused.response.headers)
            if error in NEWER:
                return
            if error in REFUSED and view != plain_home(NOT_DRAWN):
                log.warning("Slack refused the Home tab", error=error, why=refused.response.get("response_metadata"))
                view, seconds = plain_home(NOT_DRAWN), 0.0
            elif error not in PATIENCE or seconds > LONGEST_WAIT:
                log.warning("the Home tab could not be shown", error=error)
                return
        except (SlackClientError, OSError) as broken:
            log.warning("Slack could not be reached", reason=type(broken).__name__)
        else:
            return
        wait(seconds)
    log.warning("the Home tab could not be shown", error="ratelimited or unreachable")


def _acknowledge(ack: Ack) -> None:
    ack()
