"""The arguments of a call, however the client sent them: in the address, as a form, as JSON, or as multipart."""

from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from bot.playground.slack import json_in
from bot.playground.slack.refused import Refused

LARGEST = 4_000_000  # bytes of a request; the largest thing that Slack takes here is a view of 250 kB
FORMS = "application/x-www-form-urlencoded"


def arguments(query: str, kind: str, body: bytes) -> dict[str, Any]:
    """What was given, by name; later places win: address, then body. Raises what Slack says of a broken body."""
    given: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    if not body:
        return given
    name = kind.partition(";")[0].strip().lower()
    if not name:
        raise Refused("missing_post_type")
    if name == "application/json":
        return given | _json(body)
    if name == "multipart/form-data":
        return given | _multipart(kind, body)
    if name == FORMS:
        try:
            return given | dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        except ValueError:
            raise Refused("invalid_form_data") from None
    raise Refused("invalid_post_type")


def _json(body: bytes) -> dict[str, Any]:
    try:
        told = json_in.read(body)
    except ValueError:
        raise Refused("invalid_json") from None
    if not isinstance(told, dict):
        raise Refused("json_not_object")
    return told


def _multipart(kind: str, body: bytes) -> dict[str, Any]:
    """Fields only; a file is of no use here."""
    parsed = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    if not parsed.is_multipart():
        raise Refused("invalid_form_data")
    given = {}
    for part in parsed.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and part.get_filename() is None and isinstance(content, bytes):
            given[name] = content.decode(errors="replace")
    return given
