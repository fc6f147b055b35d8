"""Alert posts in the bot's channels: each issue once in a while, answered in the alert's thread."""

from typing import Any

import structlog
from slack_bolt import App

from bot.listen.alert import alert_reference
from bot.listen.desk import Desk
from bot.runs.run import NotStarted, Place, Request

MOST_ISSUES = 3  # of one message; a GlitchTip post can name dozens, and a thread of dozens of cards is noise

log = structlog.get_logger()


def register(app: App, desk: Desk) -> None:
    """Listens to every message; Bolt leaves out our own and acknowledges before this is called."""

    @app.event("message")
    def posted(event: dict[str, Any], body: dict[str, Any]) -> None:
        if not desk.events.before(body.get("event_id")):
            answer(desk, event)


def answer(desk: Desk, event: dict[str, Any]) -> None:
    """Begins a run for each issue that this alert is about, unless the channel had it a moment ago."""
    if desk.alert_channels and event.get("channel") not in desk.alert_channels:
        return
    named = alert_reference(event, desk.sentry_url, desk.alert_apps)
    if len(named) > MOST_ISSUES:
        log.warning("an alert names more issues than are diagnosed", named=len(named), diagnosed=MOST_ISSUES)
    for ref in named[:MOST_ISSUES]:
        channel, seen = event["channel"], (event["channel"], ref.target)
        if desk.alerts.before(seen):
            continue
        place = Place(channel=channel, thread=event.get("thread_ts") or event["ts"])
        try:
            desk.runs.start(Request(ref=ref, place=place, at=desk.now()))
        except NotStarted as refused:
            desk.alerts.forget(seen)
            log.warning("an alert could not be answered", channel=channel, issue=ref.target, why=refused.sentence)
