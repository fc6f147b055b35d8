"""What Slack sends over HTTP, signed as Slack signs it, on a socket that a test can hold as it likes."""

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

SECRET = "signing-secret-of-the-test"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def signature(body: bytes, stamp: str, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def headers(body: bytes, form: str = FORM, at: float | None = None, **more: str) -> dict[str, str]:
    """The head of what Slack sends now, or `at` another time."""
    stamp = str(int(time.time() if at is None else at))
    return {
        "content-type": form,
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signature(body, stamp),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


def a_command(text: str = "help", **more: str) -> bytes:
    given = {"command": "/diagnose", "text": text, "channel_id": "C1", "user_id": "U0ASKER", "team_id": "T0TEST"}
    return urlencode({**given, "trigger_id": "1.2.3", "api_app_id": "A0TEST", **more}).encode()


def an_event(event: Mapping[str, object], event_id: str = "Ev1") -> bytes:
    return json.dumps(
        {
            "type": "event_callback", "event_id": event_id, "event": event, "team_id": "T0TEST", "api_app_id": "A0TEST",
            "authorizations": [{"team_id": "T0TEST", "user_id": "U0DIAGNOSE", "is_bot": True}],
        }
    ).encode()  # fmt: skip


def head(given: Iterable[tuple[str, str]], target: str = "POST /slack/events") -> bytes:
    lines = [f"{target} HTTP/1.1", "Host: diagnose.example.com", *(f"{name}: {value}" for name, value in given), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def heard(connection: socket.socket, seconds: float = 10.0) -> bytes:
    """All that comes back until the other side hangs up, or nothing more comes."""
    connection.settimeout(seconds)
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:  # it hung up with something of ours unread
        return received
    return received


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])
