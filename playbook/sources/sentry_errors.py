"""What a reply of Sentry means: data, *there is none*, *not here*, or a sentence that says what to do about it.

Error bodies come in many shapes (`detail` a string or an object, `message`, `info`, fields, a bare string, a web
page of whatever stands before Sentry, nothing); getsentry/sentry, `src/sentry/api/exceptions.py` and `base.py`.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from requests import codes

from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.sources.json_body import parsed
from playbook.sources.punctual import GATEWAY, Why
from playbook.sources.sentry_access import SentryAccess
from playbook.sources.sentry_endpoints import Endpoint, Gives

LONGEST_WORDS = 160
"""Characters of the server's own words in a sentence for the card."""

MINUTE = 60


class Misrouted(Unavailable):
    """This server does not know the path asked; another form of it may do. The sentence is fit for the card."""


@dataclass(frozen=True)
class Reply:
    """One HTTP answer, as it came; `too_long` when it was given up because of its size."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    too_long: bool = False

    @property
    def too_many_at_once(self) -> bool:
        """A 429 for the number of concurrent calls, not for their number in a window; only its words tell."""
        return b"concurren" in self.body[:2000].lower()

    def number(self, header: str) -> float | None:
        """The header as a number that is not negative; None where it is missing or nonsense."""
        try:
            value = float(self.headers.get(header, "")[:32])
        except ValueError:
            return None
        return value if math.isfinite(value) and value >= 0 else None


_GARBLED = object()


def meaning(reply: Reply, endpoint: Endpoint, access: SentryAccess, gives: Gives) -> Json:
    """The data of a good reply; `None` where Sentry says that there is none.

    Raises `Misrouted` where the server does not know the path, `Unavailable` for everything else.
    """
    at, what, status = f"Sentry at {access.host}", endpoint.name, reply.status
    if reply.too_long:
        raise Unavailable(f"{at} answered more about {what} than can be taken in; look at it in Sentry itself")
    value = _parsed(reply.body)
    text = reply.body.lstrip()
    if value is _GARBLED and (text[:1] == b"<" or (text and "html" in reply.headers.get("Content-Type", "").lower())):
        raise _page(status, endpoint, access)
    if status < codes.multiple_choices:
        if not text:
            raise Unavailable(f"{at} answered with nothing about {what}; see that no proxy swallows it, check again")
        if value is _GARBLED:
            raise Unavailable(f"{at} answered about {what} with JSON that is cut off or broken; check again")
        if not _has_shape(value, gives):
            raise Unavailable(f"{at} answered about {what} in a shape Sentry's API does not have; check SENTRY_URL")
        return cast(Json, value)
    detail = value.get("detail") if isinstance(value, dict) else None
    if status == codes.not_found and detail and endpoint.can_be_none:
        return None
    raise _error(status, value, endpoint, access)


def _error(status: int, value: object, endpoint: Endpoint, access: SentryAccess) -> Unavailable:
    at, what, said = f"Sentry at {access.host}", endpoint.name, _said(value, access)
    if status == codes.bad_request:
        return Unavailable(
            f"{at} did not accept the question about {what}{said}; check the project and environment it names"
        )
    if status == codes.unauthorized:
        return Unavailable(
            f"{at} does not accept the token{said}; put a valid one of an internal integration into SENTRY_TOKEN"
        )
    if status == codes.forbidden:
        return Unavailable(
            f"the Sentry token lacks {endpoint.scope} for {what}, or may not see this project{said}; add "
            f"{endpoint.scope} to the internal integration and the project to its reach"
        )
    if status == codes.not_found and isinstance(value, dict) and value.get("detail"):
        return Unavailable(
            f"{at} knows no organization {access.organization} that this token may see, or not this project"
            f"{said}; check SENTRY_ORG and what SENTRY_TOKEN may see"
        )
    if status in {codes.not_found, codes.method_not_allowed}:
        return Misrouted(
            f"the server at {access.host} has no API for {what} (status {status}); GlitchTip and older versions of "
            "Sentry lack parts of it, anything else may not be Sentry: check SENTRY_URL"
        )
    if status == codes.gone:
        return Misrouted(f"{at} has withdrawn its API for {what}{said}; check again, or update diagnose")
    if status == codes.request_timeout:
        return Unavailable(f"{at} took too long over {what} itself{said}; check again when it is less busy")
    if status in {codes.bad_gateway, codes.service_unavailable, codes.gateway_timeout}:
        return Unavailable(f"{at} is down or overloaded (status {status} for {what}); check again in a while")
    if status >= codes.internal_server_error:
        return Unavailable(f"{at} failed over {what} (status {status}{_error_id(value)}); check again in a while")
    return Unavailable(f"{at} refused {what} (status {status}){said}; check SENTRY_URL")


def _page(status: int, endpoint: Endpoint, access: SentryAccess) -> Unavailable:
    if status in {codes.not_found, codes.method_not_allowed, codes.gone} or status in GATEWAY:
        return _error(status, None, endpoint, access)
    sentence = (
        f"a web page instead of data came from {access.host} for {endpoint.name} (status {status}); see that "
        "SENTRY_URL leads to Sentry and that no login page or proxy stands before its API"
    )
    knows_path = status not in {codes.ok, codes.internal_server_error}
    return Unavailable(sentence) if knows_path else Misrouted(sentence)


def unreachable(why: Why, host: str, what: str, seconds: float) -> str:
    """The sentence for a call that brought no reply at all, after `seconds` at most."""
    match why:
        case "certificate":
            return (
                f"the certificate of {host} is not trusted here, so {what} was not asked for; check SENTRY_URL, or "
                "name the file of your own authority in SENTRY_CA"
            )
        case "TLS":
            return f"{host} speaks no TLS that fits, asked for {what}; check https:// and the port in SENTRY_URL"
        case "proxy":
            return f"the proxy on the way to {host} did not let {what} through; check HTTPS_PROXY and NO_PROXY"
        case "unknown name":
            return f"no host named {host} is known here, asked for {what}; check SENTRY_URL"
        case "refused":
            return f"nothing answers at {host}, asked for {what}; check SENTRY_URL and that Sentry runs"
        case "late connection":
            return f"{host} took no connection in time for {what}; check SENTRY_URL and the firewall"
        case "late":
            return f"Sentry at {host} did not answer within {in_words(seconds)} about {what}; check again"
        case "compression":
            return f"Sentry at {host} answered about {what} in a broken compression; check again"
        case "broken off":
            return (
                f"the connection to Sentry at {host} broke off while asking for {what}; see that the server is well "
                "and that no proxy on the way cuts it, then check again"
            )
    return f"Sentry at {host} could not be asked for {what}; check SENTRY_URL"


def in_words(seconds: float) -> str:
    """A duration for people, rounded up."""
    if seconds < 1:
        return "a second"
    if seconds <= MINUTE:
        return f"{math.ceil(seconds)} seconds"
    if seconds <= 60 * MINUTE:
        return f"{math.ceil(seconds / MINUTE)} minutes"
    return "more than an hour"


def _said(value: object, access: SentryAccess) -> str:
    """The server's own words in brackets: one short plain line without the token; empty where it said nothing fit."""
    words = " ".join(_words(value).split()).replace(access.token.get_secret_value(), "…")
    if not words or not words.isprintable() or set(words) & set("<>"):
        return ""
    return f" ({words[:LONGEST_WORDS].rstrip('. ')})"


def _words(value: object) -> str:
    match value:
        case str():
            return value
        case {"detail": str(words)} | {"detail": {"message": str(words)} | {"code": str(words)}}:
            return words
        case {"message": str(words)} | {"info": str(words)} | {"error": str(words)}:
            return words
        case dict():
            fields = ((field, one[0]) for field, one in value.items() if isinstance(one, list) and one)
            return next((f"{field}: {words}" for field, words in fields if isinstance(words, str)), "")
        case _:
            return ""


def _error_id(value: object) -> str:
    given = value.get("errorId") if isinstance(value, dict) else None
    return f", error id {given}" if isinstance(given, str) and re.fullmatch(r"[0-9A-Za-z-]{1,64}", given) else ""


def _has_shape(value: object, gives: Gives) -> bool:
    if gives == "object":
        return isinstance(value, dict)
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _parsed(body: bytes) -> object:
    """The body read as JSON, with or without a byte order mark; `_GARBLED` where it is none."""
    try:
        return parsed(body.decode("utf-8-sig"))
    except ValueError:
        return _GARBLED
