"""Alert posts in the bot's channels: each issue once in a while, answered in the alert's thread.

They are written down before Slack is told that they were heard: where that fails, Slack delivers them again.
"""

from functools import partial
from typing import Any

import structlog
from slack_bolt import App
from sqlalchemy.exc import SQLAlchemyError

from bot.card.blocks import Card, section
from bot.card.escape import link, mrkdwn
from bot.listen.alert import alert_reference
from bot.listen.desk import Desk
from bot.runs.run import NotStarted, Place
from bot.slack.message import NotSent
from playbook.evidence.issue_ref import IssueRef

MOST_ISSUES = 3  # of one message; a GlitchTip post can name dozens, and a thread of dozens of cards is noise

log = structlog.get_logger()


def register(app: App, desk: Desk) -> None:
    """Listens to every message; Bolt leaves out our own, and acknowledges once this returns."""

    @app.event("message")
    def posted(event: dict[str, Any], body: dict[str, Any]) -> None:
        answer(desk, event, str(body.get("event_id") or ""))


def answer(desk: Desk, event: dict[str, Any], delivery: str) -> None:
    """Begins a run for each issue that this alert is about, unless it has one; raises `NotStarted`."""
    if desk.alert_channels and event.get("channel") not in desk.alert_channels:
        return
    named = alert_reference(event, desk.sentry_url, desk.alert_apps)
    if len(named) > MOST_ISSUES:
        log.warning("an alert names more issues than are diagnosed", named=len(named), diagnosed=MOST_ISSUES)
    for ref in named[:MOST_ISSUES]:
        place = Place(channel=event["channel"], thread=event.get("thread_ts") or event["ts"])
        heard = f"{delivery}/{ref.target}" if delivery else None
        started = desk.runs.start(desk.asked(ref, place, asker=None, delivery=heard))
        if not started.new and not started.delivered and _elsewhere(desk, started.run.id, place.channel):
            desk.later(partial(point, desk, ref, place, started.run.id))


def _elsewhere(desk: Desk, run_id: str, channel: str) -> bool:
    try:
        return desk.durable is not None and desk.durable.book.channel_of(run_id) not in {None, channel}
    except SQLAlchemyError:
        return False  # the alert is written down; that nobody is pointed to the card is no reason to refuse it


def point(desk: Desk, ref: IssueRef, place: Place, run_id: str) -> None:
    """Says, once in another channel, where the card is: an alert there is not to look unanswered."""
    try:
        known = desk.runs.run(run_id)
        if known is None or desk.durable is None or not desk.durable.book.first_from(run_id, place.channel):
            return
        at = known.place
        found = desk.messages.link(at.channel, at.message) if at.message else None
        where = link(found, "its card is there") if found else f"its card is in <#{at.channel}>"
        told = f"{mrkdwn(str(ref), 150)} was asked for in another channel first: {where}."
        desk.messages.post(place.channel, Card((section(told),), told).stamped(run_id), place.thread)
    except (NotSent, NotStarted) as refused:
        log.warning("an alert could not be pointed to its card", run=run_id, reason=refused.sentence)
