"""Only this machine's own page and clients get in, and no answer lets a page load anything from elsewhere.

A page on another site could otherwise reach 127.0.0.1 through a name of its own (DNS rebinding) or by posting a form.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""https://developer.mozilla.org/docs/Web/HTTP/CSP"""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FOREIGN = "This is a rehearsal on one computer: it answers requests to 127.0.0.1 from its own page only."
POLICY_VIOLATION = 1008


class Guard:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        if not at_home(Headers(scope=scope)):
            if scope["type"] == "http":
                await PlainTextResponse(FOREIGN, 403, HEADERS)(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sending)


def at_home(headers: Headers) -> bool:
    """Whether a request came to this machine by its own name, and not from another site's page."""
    host = headers.get("host", "")
    try:
        if urlsplit(f"//{host}").hostname not in HOSTS:
            return False
    except ValueError:
        return False
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return False
    site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode")
    return site in {"none", "same-origin"} or mode == "navigate"
