"""The buttons of a card and of its evidence; each does what it says and then shows how things stand."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError

from bot.card import evidence_view
from bot.card.actions import (
    AS_TEXT,
    CHECK_AGAIN,
    EARLIER_PAGE,
    FEEDBACK,
    LATER_PAGE,
    MORE,
    RIGHT,
    SHOW_EVIDENCE,
    WRONG,
    Pressed,
)
from bot.card.copied import copied
from bot.card.view import gone_view
from bot.listen.command import delivery, whispering
from bot.listen.desk import Desk, Whisper
from bot.runs.run import NotStarted, Place, Run
from bot.slack.message import NotSent
from playbook.evidence.issue_ref import IssueRef

GONE = "The evidence of this run is not kept any more: press *Check again* on the card for a fresh look."
EARLIER = "earlier"  # the run of a card that carries none
STILL_RUNNING = "This is being checked right now: the card changes in a few seconds."

log = structlog.get_logger()


def register(app: App, desk: Desk) -> None:
    """Listens to every button there is."""

    @app.action(SHOW_EVIDENCE)
    def show_evidence(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        desk.later(lambda: open_evidence(desk, body, whispering(body, desk.messages.client.base_url)))

    @app.action(EARLIER_PAGE)
    @app.action(LATER_PAGE)
    def turn_page(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        desk.later(lambda: turn_to(desk, _evidence(desk, pressed(body)), body))

    @app.action(CHECK_AGAIN)
    def check_again(ack: Ack, body: dict[str, Any]) -> None:
        begin_again(desk, body, whispering(body, desk.messages.client.base_url))
        ack()

    @app.action(FEEDBACK)
    def right_or_wrong(ack: Ack, body: dict[str, Any]) -> None:
        take_feedback(desk, body, whispering(body, desk.messages.client.base_url))
        ack()

    @app.action(MORE)
    def more(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        desk.later(lambda: show_as_text(desk, pressed(body), whispering(body, desk.messages.client.base_url)))


def open_evidence(desk: Desk, body: Mapping[str, Any], whisper: Whisper) -> None:
    """Opens the modal while Slack's three seconds last."""
    view = _evidence(desk, pressed(body))
    try:
        desk.messages.client.views_open(trigger_id=body["trigger_id"], view=view)
    except SlackApiError as refused:
        error = str(refused.response.get("error"))
        log.warning("the evidence could not be opened", error=error)
        late = error in {"expired_trigger_id", "trigger_expired", "exchanged_trigger_id"}
        why = "Slack waited too long" if late else f"Slack refused it ({error})"
        whisper(f"The evidence could not be opened, {why}: press *Show evidence* again.")


def turn_to(desk: Desk, view: dict[str, Any], body: Mapping[str, Any]) -> None:
    """Shows another page in the open modal; a second press on the way there changes nothing."""
    try:
        desk.messages.client.views_update(view_id=body["view"]["id"], hash=body["view"].get("hash"), view=view)
    except SlackApiError as refused:
        log.warning("a page could not be turned", error=refused.response.get("error"))


def begin_again(desk: Desk, body: Mapping[str, Any], whisper: Whisper) -> None:
    """A fresh run in the same message; needs no more than the issue's number, so it outlives a restart."""
    carried, place = pressed(body), place_of(body)
    try:
        known = desk.runs.run(carried.run)
        ref = known.request.ref if known else _ref(carried.issue)
        if ref is None:
            desk.tell(whisper, "This card does not say any more which issue it is about: ask again with `/diagnose`.")
            return
        asked = desk.asked(ref, place, body["user"]["id"], delivery(body), body.get("response_url"))
        started = desk.runs.start(asked.model_copy(update={"again": carried.run or EARLIER}))
    except NotStarted as refused:
        desk.tell(whisper, refused.sentence)
        return
    if not started.new and not started.delivered:
        desk.tell(whisper, STILL_RUNNING)


def take_feedback(desk: Desk, body: Mapping[str, Any], whisper: Whisper) -> None:
    """Writes the answer down and shows everybody's on the card; one answer a person, the last one counts."""
    carried, place = pressed(body), place_of(body)
    try:
        known = desk.runs.run(carried.run)
        if known is None or known.result is None:
            desk.tell(whisper, "Your answer was not noted. " + GONE)
            return
        if carried.says not in {RIGHT, WRONG}:
            desk.tell(whisper, "That button says nothing that I know: your answer was not noted.")
            return
        desk.feedback.record(known.id, body["user"]["id"], "right" if carried.says == RIGHT else "wrong")
    except NotStarted as refused:
        desk.tell(whisper, f"Your answer was not noted. {refused.sentence}")
        return
    desk.later(lambda: show_opinions(desk, known, place, whisper))


def show_opinions(desk: Desk, run: Run, place: Place, whisper: Whisper) -> None:
    """Shows on the card who called it right and who wrong."""
    try:
        desk.delivery.redraw(run, place)
    except (NotSent, NotStarted) as refused:
        whisper(f"Your answer is noted; the card does not show it yet. {refused.sentence}")


def show_as_text(desk: Desk, carried: Pressed, whisper: Whisper) -> None:
    """Shows the person who asked the card as text to copy; the menu's other entries are links, which Slack opens."""
    if carried.says != AS_TEXT:
        return
    try:
        known = desk.runs.run(carried.run)
        if known is None or known.investigation is None:
            whisper(GONE)
            return
        whisper(copied(desk.delivery.drawn(known).text))
    except NotStarted as refused:
        whisper(refused.sentence)


def pressed(body: Mapping[str, Any]) -> Pressed:
    """What the pressed button, or the chosen entry of the menu, carried."""
    action = body["actions"][0]
    return Pressed.read(str((action.get("selected_option") or action).get("value") or ""))


def place_of(body: Mapping[str, Any]) -> Place:
    """The message whose button was pressed."""
    message, container = body.get("message") or {}, body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    ts = message.get("ts") or container.get("message_ts")
    thread = message.get("thread_ts")
    return Place(channel=channel, thread=thread if thread != ts else None, message=ts)


def _evidence(desk: Desk, carried: Pressed) -> dict[str, Any]:
    try:
        known = desk.runs.run(carried.run)
    except NotStarted as refused:
        return gone_view(refused.sentence)
    if known is None:
        return gone_view(GONE)
    if known.result is None:
        return gone_view(STILL_RUNNING)
    found = known.result.investigation
    if found is None:
        return gone_view(known.result.failed or GONE)
    return evidence_view(found.diagnosis, found.evidence, carried.page, known.id)


def _ref(issue_id: str) -> IssueRef | None:
    try:
        return IssueRef(issue_id=issue_id)
    except ValueError:
        return None
