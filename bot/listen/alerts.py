"""Alert posts in the bot's channels: each issue once in a while, answered in the alert's thread.

They are written down before Slack is told that they were heard: where that fails, Slack delivers them again.

Over HTTP they do not go through Bolt, whose dispatch and thread for each message cost more than all else: a storm is
made of messages, and no other door has one.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from slack_bolt import App

from bot.card.blocks import Card, section
from bot.card.escape import link, mrkdwn
from bot.listen.alert import alert_reference
from bot.listen.desk import Desk
from bot.listen.form import in_form
from bot.runs.intake import ANSWER_SECONDS
from bot.runs.run import NotStarted, Place, Request, Started
from bot.slack.message import NotSent
from playbook.evidence.issue_ref import IssueRef

MOST_ISSUES = 3  # of one message; a GlitchTip post can name dozens, and a thread of dozens of cards is noise

log = structlog.get_logger()


def register(app: App, desk: Desk) -> None:
    """Listens to every message over a socket; Bolt leaves out our own, and acknowledges once this returns."""

    @app.event("message")
    def posted(event: dict[str, Any], body: dict[str, Any]) -> None:
        for request in asked_by(event, body, desk):
            _point(desk, desk.runs.start(request))


async def hear(body: Mapping[str, Any], desk: Desk) -> HTTPStatus | None:
    """The same over HTTP, in the event loop; None for what is no message, and Bolt's to hear."""
    event = body.get("event")
    if body.get("type") != "event_callback" or not isinstance(event, Mapping) or event.get("type") != "message":
        return None
    if not in_form(body, desk.messages.client.base_url):
        return HTTPStatus.BAD_REQUEST
    if _is_ours(event, body):
        return HTTPStatus.OK
    written = [desk.runs.soon(request) for request in asked_by(event, body, desk)]
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            for started in written:
                _point(desk, await asyncio.wrap_future(started))
    except (NotStarted, TimeoutError):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.OK


def asked_by(event: Mapping[str, Any], body: Mapping[str, Any], desk: Desk) -> list[Request]:
    """A request for each issue that this alert is about; none for whatever is no alert."""
    if desk.alert_channels and event.get("channel") not in desk.alert_channels:
        return []
    named, delivery = alert_reference(event, desk.sentry_url, desk.alert_apps), body.get("event_id")
    if not named:
        return []
    if len(named) > MOST_ISSUES:
        log.warning("an alert names more issues than are diagnosed", named=len(named), diagnosed=MOST_ISSUES)
    place = Place(channel=event["channel"], thread=event.get("thread_ts") or event["ts"])
    return [
        desk.asked(ref, place, asker=None, delivery=f"{delivery}/{ref.target}" if delivery else None)
        for ref in named[:MOST_ISSUES]
    ]


def _is_ours(event: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether this bot posted it itself; Bolt leaves that out on its own."""
    installed = body.get("authorizations")
    bots = [one.get("user_id") for one in installed if isinstance(one, Mapping)] if isinstance(installed, list) else []
    return event.get("user") is not None and event["user"] in bots


def _point(desk: Desk, started: Started) -> None:
    if started.elsewhere:
        desk.later(partial(point, desk, started.run.request.ref, started.run.request.place, started.run.id))


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
