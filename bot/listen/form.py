"""What comes through a door has the form that every door relies on, or no door hears of it.

Bolt's own matchers, and the doors, reach into what Slack sent; so this stands before all of them, over a socket and
over HTTP, and says once what is relied on (https://docs.slack.dev/reference/interaction-payloads).
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self

import structlog
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware

from bot.card.actions import EARLIER_PAGE, LATER_PAGE
from bot.card.home import HOME_LATEST, HOME_REFRESH, HOME_SEARCH
from bot.slack.wire import is_slacks

IN_VIEWS = frozenset({EARLIER_PAGE, LATER_PAGE, HOME_SEARCH, HOME_REFRESH, HOME_LATEST})
"""What is pressed in a modal or in the Home tab; all else is pressed under a message."""

Id = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,40}$")]
"""Of a person, channel or bot: Slack's are eleven signs or so, and may become longer."""

Stamp = Annotated[str, Field(pattern=r"^[0-9]{1,12}\.[0-9]{1,9}$")]
"""The `ts` of a message."""

Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
"""What Slack made up and wants back as it was."""

Name = Annotated[str, Field(max_length=3_000)]
"""A name that Slack made up or carries for us; an address of its own, or a button's value, is the longest."""

TELLING = frozenset({"command", "event", "actions", "message", "view"})
"""Parts by which Bolt tells what it has before it."""

OWN: Mapping[str, frozenset[str]] = {
    "command": frozenset({"command"}),
    "event_callback": frozenset({"event"}),
    "block_actions": frozenset({"actions", "message", "view"}),
    "message_action": frozenset({"message"}),
}
"""The parts that each kind has."""

NOT_HEARD = "no door listens to this type of event or interaction"

log = structlog.get_logger()


def _without_nul(text: object) -> object:
    if isinstance(text, str) and "\x00" in text:
        raise ValueError("holds a NUL")  # which PostgreSQL takes in no text
    return text


Plain = Annotated[Name, BeforeValidator(_without_nul)]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)


class _Named(_Form):
    id: Id
    name: Plain | None = None


class _Message(_Form):
    ts: Stamp
    thread_ts: Stamp | None = None


class _Container(_Form):
    channel_id: Id | None = None
    message_ts: Stamp | None = None


class _Option(_Form):
    value: Plain | None = None


class _Pressed(_Form):
    action_id: Plain
    block_id: Plain | None = None
    action_ts: Stamp | None = None
    value: Plain | None = None
    selected_option: _Option | None = None


class _State(_Form):
    values: dict[str, dict[str, _Option]] = {}


class _View(_Form):
    id: Token
    type: Plain
    hash: Token | None = None
    callback_id: Plain | None = None
    private_metadata: str | None = None
    state: _State | None = None


class _Interaction(_Form):
    user: _Named
    trigger_id: Token | None = None
    response_url: Plain | None = None
    callback_id: Plain | None = None


class _Press(_Interaction):
    trigger_id: Token
    actions: list[_Pressed] = Field(min_length=1)
    channel: _Named | None = None
    message: _Message | None = None
    container: _Container = _Container()
    view: _View | None = None

    @model_validator(mode="after")
    def _stands_somewhere(self) -> Self:
        placed = (self.channel or self.container.channel_id) and (self.message or self.container.message_ts)
        needs_view = any(one.action_id in IN_VIEWS for one in self.actions)
        if not (self.view if needs_view else placed and self.response_url):
            raise ValueError("a press stands in a view, or under a message and brings an address to answer to")
        return self


class _OnMessage(_Interaction):
    callback_id: Plain
    response_url: Plain
    channel: _Named
    message: _Message


class _Command(_Form):
    command: Plain
    channel_id: Id
    user_id: Id
    text: str = ""
    trigger_id: Token | None = None
    response_url: Plain


class _Posted(_Message):
    channel: Id
    user: Plain | None = None
    bot_id: Plain | None = None
    subtype: Plain | None = None
    text: str | None = None


class _Mentioned(_Posted):
    user: Id = ""


class _Opened(_Form):
    user: Id
    tab: Plain | None = None
    view: _View | None = None


class _Envelope(_Form):
    event_id: Plain | None = None


class _Challenge(_Form):
    challenge: Plain


EVENTS: Mapping[str, type[_Form]] = {"message": _Posted, "app_mention": _Mentioned, "app_home_opened": _Opened}

FORMS: Mapping[str, type[_Form]] = {
    "block_actions": _Press,
    "message_action": _OnMessage,
    "url_verification": _Challenge,
}


def check(body: Mapping[str, Any], api_url: str) -> None:
    """Raises ValueError (pydantic's own where it can say what is wrong) for what no door could read.

    An address to answer to that is not of the Slack at `api_url` is no form of Slack's either.
    """
    kind = body.get("type")
    kind = "command" if kind is None and "command" in body else kind
    if set(body) & TELLING - OWN.get(str(kind), frozenset()):
        raise ValueError("it is several things at once")
    if kind == "command":
        _Command.model_validate(body)
    elif kind == "event_callback":
        _Envelope.model_validate(body)
        event = body.get("event")
        known = EVENTS.get(str(event.get("type"))) if isinstance(event, Mapping) else None
        if known is None:
            raise ValueError(NOT_HEARD)
        known.model_validate(event)
    elif isinstance(kind, str) and kind in FORMS:
        FORMS[kind].model_validate(body)
    else:
        raise ValueError(NOT_HEARD)
    if body.get("response_url") is not None and not is_slacks(str(body["response_url"]), api_url):
        raise ValueError("its response_url is not Slack's")


def in_form(body: Mapping[str, Any], api_url: str) -> bool:
    """Whether it has a form that a door can read; where not, the log says what is wrong with it."""
    try:
        check(body, api_url)
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False, include_context=False)
        wrong = [".".join(map(str, one["loc"])) or one["msg"] for one in told][:5]
    except ValueError as error:
        wrong = [str(error)]
    else:
        return True
    log.warning("what came is not in Slack's form", wrong=wrong)
    return False


class InForm(Middleware):
    """For Bolt's `before_authorize`: what is not in form is answered with 400, and heard by nobody.

    A class, since Bolt reaches into the body to call a function.
    """

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse | None:  # noqa: A002, ARG002 - Bolt's names
        """Goes on with what is in form."""
        return next() if in_form(req.body, self._api_url) else BoltResponse(status=400, body="")
