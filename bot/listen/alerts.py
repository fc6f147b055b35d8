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

from bot.listen.alert import alert_reference
from bot.listen.desk import Desk
from bot.listen.form import in_form
from bot.runs.intake import ANSWER_SECONDS
from bot.runs.run import NotStarted, Place, Request, Started
from bot.slack.message import NotSent
from bot.slack.pointer import for_channel

MOST_ISSUES = 3  # of one message; a GlitchTip post can name dozens, and a thread of dozens of cards is noise

log = structlog.get_logger()


def register(app: App, desk: Desk) -> None:
    """Listens to every message over a socket; Bolt leaves out our own, and acknowledges once this returns."""

    @app.event("message")
    def posted(event: dict[str, Any], body: dict[str, Any]) -> None:
        for request in asked_by(event, body, desk):
            _point(desk, desk.runs.start(request))


async def hear(body: Mapping[str, Any], desk: Desk) -> HTTPStatus | None:
    """The same over HTTP, in the event loop: 200 once all is written down, 503 where something is not, 400 for what is
    out of form; None for what is no message, and Bolt's to hear."""
    event = body.get("event")
    if body.get("type") != "event_callback" or not isinstance(event, Mapping) or event.get("type") != "message":
        return None
    if not in_form(body, desk.messages.client.base_url):
        return HTTPStatus.BAD_REQUEST
    if _is_ours(event, body):
        return HTTPStatus.OK
    answers = [asyncio.wrap_future(desk.runs.soon(request)) for request in asked_by(event, body, desk)]
    if answers:
        await asyncio.wait(answers, timeout=ANSWER_SECONDS)
    written = [_written(desk, one) for one in answers]
    if all(written):
        return HTTPStatus.OK
    await asyncio.sleep(0)  # what was given up is taken back before Slack hears of it
    return HTTPStatus.SERVICE_UNAVAILABLE


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


def _written(desk: Desk, answer: asyncio.Future[Started]) -> bool:
    """Whether a request was written down in time; what comes too late is not written any more."""
    if not answer.done():
        answer.cancel()
        log.warning("an alert was not written down in time", seconds=ANSWER_SECONDS)
        return False
    try:
        _point(desk, answer.result())
    except NotStarted as refused:
        log.warning("an alert was not written down", reason=refused.sentence)
        return False
    return True


def _is_ours(event: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether this app posted it itself, as the envelope tells; Bolt asks Slack who we are, and leaves it out too."""
    if event.get("app_id") is not None and event["app_id"] == body.get("api_app_id"):
        return True
    installed = body.get("authorizations")
    bots = [one.get("user_id") for one in installed if isinstance(one, Mapping)] if isinstance(installed, list) else []
    return event.get("user") is not None and event["user"] in bots


def _point(desk: Desk, started: Started) -> None:
    if started.elsewhere:
        desk.later(partial(point, desk, started.run.request))


def point(desk: Desk, request: Request) -> None:
    """Says, once in another channel, where the card is: an alert there is not to look unanswered."""
    place = request.place
    try:
        run_id = desk.durable.book.first_from(place.channel, request.delivery) if desk.durable else None
        known = desk.runs.run(run_id) if run_id else None
        if known is None:
            return
        card = for_channel(desk.messages, request, known)
        desk.messages.post(place.channel, card.stamped(known.id), place.thread)
    except (NotSent, NotStarted) as refused:
        log.warning("an alert could not be pointed to its card", issue=str(request.ref), reason=refused.sentence)
