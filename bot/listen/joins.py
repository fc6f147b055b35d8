"""*Not the same*: a person takes an issue out of the card that it was joined to, and nothing joins the two again."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog
from slack_bolt import Ack, App

from bot.card.joined import NOT_THE_SAME
from bot.listen.buttons import pressed
from bot.listen.command import whispering
from bot.runs.run import NotStarted
from bot.slack.message import NotSent
from bot.slack.wire import SLACK

Whisper = Callable[[str], None]

GONE = "This run is no longer known, so nothing was taken apart: ask for the issue again with `/diagnose`."

log = structlog.get_logger()


class Joins(Protocol):
    """What is known of joined issues."""

    def undo(self, run_id: str, user: str, name: str, at: datetime) -> bool:
        """Writes down, durably and with who it was, that the issue of this run is not that of the card it was joined
        to; nothing joins them again. The same once more changes nothing. False where the run is no longer known;
        raises `NotStarted` where it could not be written."""
        ...

    def show(self, run_id: str) -> None:
        """Draws both cards as if never joined; raises `NotSent`."""
        ...


def register(
    app: App, joins: Joins, now: Callable[[], datetime] = lambda: datetime.now(UTC), api_url: str = SLACK
) -> None:
    """Listens to the button; what was pressed is written down before Slack hears of it, what is drawn comes after."""

    def acknowledge(ack: Ack, body: dict[str, Any]) -> None:
        try:
            undo(joins, body, now())
        except NotStarted as refused:
            log.warning("two issues could not be taken apart", why=refused.sentence)
        ack()

    def work(body: dict[str, Any]) -> None:
        take_apart(joins, body, now(), whispering(body, api_url))

    app.action(NOT_THE_SAME)(ack=acknowledge, lazy=[work])


def undo(joins: Joins, body: Mapping[str, Any], at: datetime) -> bool:
    """Writes the press down; False where the button leads to no run."""
    run_id, user = pressed(body).run, body["user"]
    return bool(run_id) and joins.undo(run_id, user["id"], str(user.get("name") or ""), at)


def take_apart(joins: Joins, body: Mapping[str, Any], at: datetime, whisper: Whisper) -> None:
    """Writes it down, unless that is done, and shows both cards; whoever pressed hears what could not be done."""
    try:
        if not undo(joins, body, at):
            whisper(GONE)
            return
        joins.show(pressed(body).run)
    except NotStarted as refused:
        whisper(f"The two were not taken apart. {refused.sentence}")
    except NotSent as refused:
        whisper(f"The two are taken apart; the cards do not show it yet. {refused.sentence}")
