"""The log: one JSON object a line, whoever speaks (diagnose, DBOS, Bolt, uvicorn), without secrets and of bounded size.

Every string passes the door that cleans the evidence (`playbook.redact`) before it is written. A trace is told
without the values of variables, and a log that cannot be written (a full disk, a closed pipe) stops nobody.
"""

import json
import logging
import math
import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

from playbook.redact import redact_text

LONGEST = 4_000
"""Characters of one string in the log; container platforms cut a line at 16 kB (docs.docker.com, "json-file")."""

MOST_READ = 20_000
"""Characters of one string that are cleaned at all: redaction of a megabyte takes seconds, and nobody reads it."""

EDGE = 500
"""Characters beside a cut that are not shown: half of a secret is not known for one."""

DEEPEST, MOST_ITEMS = 4, 50  # of values within values; what lies beyond is counted, not told

OWN = frozenset({"level", "timestamp", "logger"})
"""Keys that the log itself fills."""

_SECRET_KEY = re.compile(r"token|secret|passw|authorization|cookie|api_?key|credential|private|dsn|response_url", re.I)
_RESPONSE_URL = re.compile(r"https?://hooks\.slack(?:-gov)?\.com/[^\s\"'<>|]*")
"""Where Slack takes an answer for half an hour from whoever knows the address."""

_UNWRITABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")

HIDDEN = "[secret]"
NOISY = ("elastic_transport", "alembic", "sqlalchemy", "urllib3", "asyncio", "h11", "websockets")
"""Libraries that say on every call what the bot says itself once it matters."""


def log_to_standard_error(
    level: int = logging.INFO,
    secrets: Iterable[str] = (),
    heard: Callable[[str], None] | None = None,
    stream: TextIO | None = None,
) -> None:
    """From this level up. `secrets` are the values of the settings, hidden wherever they stand; `heard` is told the
    level of each line. May be called again with other wishes."""
    sink = _Sink(stream or sys.stderr)
    every: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [
        _counting(heard),
        structlog.processors.format_exc_info,
        clean(secrets),
        structlog.processors.JSONRenderer(_one_line),
    ]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[*every, *last],
        logger_factory=lambda *_: sink,
        cache_logger_on_first_use=False,
    )
    foreign = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*every, structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(["operationUUID"])],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _under_its_run, *last],
        use_get_message=True,
    )
    handler = _Foreign(sink)
    handler.setFormatter(foreign)
    _route(handler, level)


def tell_what_nobody_caught() -> None:
    """What ends a thread, or the process, by a defect is a line of the log too, and no trace beside it."""
    log = structlog.get_logger()

    def of_process(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("the process ended by a defect", exc_info=(kind, error, trace))

    def of_thread(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and not issubclass(told.exc_type, SystemExit):
            name = told.thread.name if told.thread else ""
            caught = (told.exc_type, told.exc_value, told.exc_traceback)
            log.critical("a thread ended by a defect", thread=name, exc_info=caught)

    sys.excepthook, threading.excepthook = of_process, of_thread


def clean(secrets: Iterable[str] = ()) -> Processor:
    """A processor after which no string holds a secret that redaction knows, or one of these."""
    known = sorted({one for one in secrets if len(one) >= 6}, key=len, reverse=True)  # noqa: PLR2004 - or it is a word
    exact = re.compile("|".join(map(re.escape, known))) if known else None

    def told(text: str, tail: bool = False) -> str:
        cut = len(text) > MOST_READ
        if cut:
            text = text[-MOST_READ:] if tail else text[:MOST_READ]
        if exact is not None:
            text = exact.sub(HIDDEN, text)
        text = redact_text(_RESPONSE_URL.sub(HIDDEN, text))[0]
        if cut:
            text = text[EDGE:] if tail else text[:-EDGE]
        if cut or len(text) > LONGEST:
            return "… " + text[-LONGEST:] if tail else text[:LONGEST] + " …"
        return text

    def value(given: Any, depth: int = 0) -> Any:
        if given is None or isinstance(given, bool | int | float):
            return given if not isinstance(given, float) or math.isfinite(given) else str(given)  # JSON has no NaN
        if isinstance(given, str):
            return told(given)
        if depth < DEEPEST and isinstance(given, Mapping):
            items = list(given.items())[:MOST_ITEMS]
            return {told(str(key)): _keyed(str(key), value(one, depth + 1)) for key, one in items}
        if depth < DEEPEST and isinstance(given, list | tuple | set | frozenset):
            return [value(one, depth + 1) for one in list(given)[:MOST_ITEMS]]
        try:
            return told(str(given))
        except Exception as broken:  # noqa: BLE001 - a value that cannot be told is told as that
            return f"{type(given).__name__} ({type(broken).__name__})"

    def process(_logger: Any, _method: str, event: EventDict) -> EventDict:
        for key, given in event.items():
            if key == "exception" and isinstance(given, str):
                event[key] = told(given, tail=True)
            elif key not in OWN:
                event[key] = _keyed(key, value(given))
        return event

    return process


def _keyed(key: str, given: Any) -> Any:
    return HIDDEN if given is not None and not isinstance(given, bool) and _SECRET_KEY.search(key) else given


def _counting(heard: Callable[[str], None] | None) -> Processor:
    def process(_logger: Any, _method: str, event: EventDict) -> EventDict:
        if heard is not None:
            heard(str(event.get("level", "")))
        return event

    return process


def _one_line(event: object, **options: Any) -> str:
    """JSON, with what some readers take for the end of a line, and what no file can hold, escaped."""
    line = json.dumps(event, ensure_ascii=False, **options)
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", line)


def _under_its_run(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """DBOS tells the id of its workflow, which is the run's, with a number behind a dot where it was begun again."""
    workflow = event.pop("operationUUID", None)
    if isinstance(workflow, str) and workflow:
        event.setdefault("run", workflow.partition(".")[0])
    return event


def _route(handler: "_Foreign", level: int) -> None:
    """One handler for all that is said by Python's own logging, in place of whatever was there."""
    root, dbos = logging.getLogger(), logging.getLogger("dbos")
    for logger in (root, dbos, *(logging.getLogger(f"uvicorn{part}") for part in ("", ".error", ".access"))):
        for old in [one for one in logger.handlers if logger is not root or isinstance(one, _Foreign)]:
            logger.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))
    # DBOS writes in a form of its own, and to nobody else, unless its logger has a handler before it is configured.
    dbos.addHandler(handler)
    dbos.propagate = False
    # A source that cannot be reached becomes a gap with a sentence; its client need not say it a second time.
    for name in NOISY:
        logging.getLogger(name).setLevel(max(level, logging.ERROR))


class _Sink:
    """Writes whole lines from any thread, and drops one that cannot be written; a logger to structlog."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def msg(self, line: str) -> None:
        with self._lock:
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
            except (OSError, ValueError):
                return

    debug = info = warning = error = critical = exception = log = warn = fatal = msg


class _Foreign(logging.Handler):
    """What Python's own logging was told, written as ours; a line that cannot be told is told as that."""

    def __init__(self, sink: _Sink) -> None:
        super().__init__()
        self._sink = sink

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - whatever a library put into a record must not stop its caller
            line = '{"event": "a line of the log could not be told", "level": "error"}'
        self._sink.msg(line)
