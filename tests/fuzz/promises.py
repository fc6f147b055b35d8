"""What is promised of every delivery, whatever it holds."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.acting.order import Order
from bot.card.rules import problems
from bot.runs.run import Request
from playbook.reference import reference
from tests.fuzz.payloads import SENTRY, Sent, told
from tests.stand_ins.slack_server import Call

FINE = frozenset({200, 400, 401, 404, 415})
LONGEST_SECONDS = 5.0  # of one delivery with all that follows it; on a quiet machine the slowest takes a tenth
LONGEST_TEXT = 40_000
PING = re.compile(r"<!(?!date\^)|<@(?!U0ASKER>)|<#|<mailto:", re.IGNORECASE)
AN_ID, A_STAMP = re.compile(r"[A-Z0-9]{1,40}"), re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")


@dataclass(frozen=True)
class Heard:
    """A delivery and all that came of it: the answer, what was logged as an error, and what went out."""

    sent: Sent
    status: int
    seconds: float
    defects: tuple[str, ...]
    asked: tuple[Request, ...]
    orders: tuple[Order, ...]
    calls: tuple[Call, ...]
    answers: tuple[Mapping[str, Any], ...]
    whispers: tuple[Mapping[str, Any], ...]
    views: tuple[Mapping[str, Any], ...]


def counted(heard: Heard) -> dict[str, int]:
    """What there is to count of it."""
    return {
        "deliveries": 1, f"kind: {heard.sent.kind}": 1, f"status: {heard.status}": 1,
        "not signed": int(not heard.sent.signed), "runs begun": len(heard.asked), "orders to Sentry": len(heard.orders),
        "calls to Slack": len(heard.calls), "told to one person": len(heard.whispers) + len(heard.answers),
        "views shown": len(heard.views),
    }  # fmt: skip


def broken(heard: Heard) -> list[str]:
    """The promises that were not kept, as sentences."""
    found = [*map("a defect was logged: {}".format, heard.defects), *_answered(heard), *_unasked(heard), *_loud(heard)]
    return [f"{heard.sent.kind}: {one}" for one in found]


def _answered(heard: Heard) -> Iterator[str]:
    """Answers of a server that stumbled, or that let a stranger in, or that took its time."""
    if heard.status not in (FINE if heard.sent.signed else {401}):
        yield f"answered with {heard.status}"
    if heard.seconds > LONGEST_SECONDS:
        yield f"it took {heard.seconds:.1f} s"
    if not heard.sent.signed and (heard.calls or heard.answers or heard.asked or heard.orders):
        yield "something was done for a stranger"


def _unasked(heard: Heard) -> Iterator[str]:
    """Runs and orders that nobody asked for, or that stand nowhere."""
    payload = told(heard.sent)
    said = _flat(payload).casefold()
    for request in heard.asked:
        place = request.place
        if heard.sent.kind == "nonsense" or not _names(payload, said, request):
            yield f"a run began for {request.ref.target}, which nobody named"
        if not AN_ID.fullmatch(place.channel):
            yield f"a run began in the channel {place.channel!r:.60}"
        if not all(A_STAMP.fullmatch(stamp) for stamp in (place.thread, place.message) if stamp is not None):
            yield f"a run began in the thread {place.thread!r:.60} or message {place.message!r:.60}"
        if request.asker is not None and not AN_ID.fullmatch(request.asker):
            yield f"a run began for the person {request.asker!r:.60}"
    for order in heard.orders:
        if order.issue not in said or not AN_ID.fullmatch(order.user) or not AN_ID.fullmatch(order.place.channel):
            yield f"an order to Sentry that nobody gave: {order!r:.200}"


def _names(payload: Any, said: str, request: Request) -> bool:
    """Whether the payload names that issue: a command's words by the reference's own rules, an alert as a bot's."""
    event = payload.get("event")
    if "command" in payload and "type" not in payload:
        return reference(str(payload.get("text")), SENTRY) == request.ref
    named = request.ref.target.removeprefix("event ").casefold() in said
    if isinstance(event, dict) and event.get("type") == "message":
        return named and (bool(event.get("bot_id")) or event.get("subtype") == "bot_message")
    return named


def _loud(heard: Heard) -> Iterator[str]:
    """Messages that Slack would refuse, that would call people, or that go to nobody."""
    for call in heard.calls:
        given = {name: _read(value) for name, value in call.given.items()}
        shown = given.get("view") if call.method.startswith("views.") else None
        if call.method in {"chat.postMessage", "chat.update", "chat.postEphemeral"}:
            shown = {"blocks": given.get("blocks") or [], "text": given.get("text")}
        if isinstance(shown, dict) and call.method != "chat.postEphemeral":
            yield from (f"{call.method} with {one}" for one in problems(shown))
        if PING.search(json.dumps(shown, ensure_ascii=False)):
            yield f"{call.method} would call people: {PING.findall(json.dumps(shown))}"
        to = [str(given.get(name)) for name in ("user", "channel")]
        if call.method == "chat.postEphemeral" and not all(map(AN_ID.fullmatch, to)):
            yield f"told {to!r:.90}"
    for answer in heard.answers:
        text = str(answer.get("text"))
        if PING.search(text) or not text.strip() or len(text) > LONGEST_TEXT:
            yield f"the answer {text!r:.80}"


def _read(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(_flat(part) for pair in value.items() for part in pair)
    return "\n".join(map(_flat, value)) if isinstance(value, list) else str(value)
