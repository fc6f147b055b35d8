"""A place on loopback that takes the envelopes of a real SDK (develop.sentry.dev, "Envelopes")."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.stand_ins.sentry_ingest import events_of


@contextmanager
def taking_envelopes() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The DSN to send to, and the events that have arrived so far."""
    events: list[dict[str, Any]] = []

    class Ingest(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            events.extend(events_of(body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ingest)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://public@127.0.0.1:{server.server_port}/42", events
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
