"""The menu that writes to Sentry: kept at once, carried out afterwards; only who pressed hears of a refusal."""

import html
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from slack_bolt import Ack, App

from bot.acting.order import LABELS, Action, Order
from bot.card.actions import ACT, token
from bot.card.copied import copied
from bot.listen.buttons import place_of, pressed
from bot.listen.command import whispering
from bot.listen.desk import Desk, Whisper
from bot.runs.run import NotStarted, Request
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.unavailable import Unavailable

NOT_OURS = "That entry says nothing that I know, so nothing was changed: press Check again for a card of today."


def register(app: App, desk: Desk, begin: Callable[[Order], object]) -> None:
    """Listens to the menu; `begin` writes an order down in milliseconds and sees to it that it is carried out.

    Slack has its acknowledgement once that is so, or once `begin` raised `NotStarted`.
    """

    @app.action(ACT)
    def act(ack: Ack, body: dict[str, Any]) -> None:
        hear(desk, body, whispering(body, desk.messages.client.base_url), begin)
        ack()


def hear(desk: Desk, body: Mapping[str, Any], whisper: Whisper, begin: Callable[[Order], object]) -> None:
    """Begins what was chosen; what cannot be begun is said to nobody but the person who chose it."""
    order = order_of(body, desk.now())
    if order is None:
        desk.tell(whisper, NOT_OURS)
        return
    try:
        begin(order)
    except NotStarted as refused:
        desk.tell(whisper, f"{LABELS[order.action]}: nothing was changed. {refused.sentence}")


def order_of(body: Mapping[str, Any], at: datetime) -> Order | None:
    """What was chosen, by whom and where; None where the entry is none of ours."""
    carried, user, action = pressed(body), str(body["user"]["id"]), body["actions"][0]
    if carried.says not in LABELS or not carried.run or not (carried.issue.isascii() and carried.issue.isdecimal()):
        return None
    return Order(
        press=token(f"{action.get('action_ts') or body.get('trigger_id')}-{user}"),
        run=carried.run,
        issue=carried.issue,
        action=cast(Action, carried.says),
        user=user,
        at=at,
        place=place_of(body),
        answer_to=body.get("response_url"),
    )


def redrawing(desk: Desk) -> Callable[[Order], None]:
    """Shows the run's card anew, in the message whose menu was used; that also empties the menu again."""

    def redraw(order: Order) -> None:
        known = desk.runs.run(order.run)
        if known is not None:
            desk.delivery.redraw(known, order.place)

    return redraw


def telling(desk: Desk) -> Callable[[Order, str], None]:
    """Says a sentence to the person who pressed, and to nobody else."""

    def tell(order: Order, sentence: str) -> None:
        request = Request(
            ref=IssueRef(issue_id=order.issue),
            place=order.place,
            at=order.at,
            asker=order.user,
            answer_to=order.answer_to,
        )
        desk.delivery.tell(request, sentence)

    return tell


def verdict_of(desk: Desk) -> Callable[[str], str | None]:
    """A run's card as text for a comment, in one block that Sentry shows as it stands, and where the card is."""

    def verdict(run: str) -> str | None:
        try:
            known = desk.runs.run(run)
        except NotStarted as refused:
            raise Unavailable(refused.sentence.rstrip(".")) from refused
        if known is None or known.investigation is None:
            return None
        text = html.unescape(copied(desk.delivery.drawn(known).text))
        place = known.place
        at = desk.messages.link(place.channel, place.message) if place.message else None
        return f"{text}\n\nThe card in Slack: {at}" if at else text

    return verdict
