"""Investigations as they were kept: recordings, replayed by the rules of today when somebody wants to see them."""

import hashlib
import zlib
from collections import OrderedDict
from threading import Lock

import structlog
from pydantic import ValidationError

from playbook.diagnosis import Diagnosis
from playbook.evidence.unavailable import Unavailable
from playbook.investigate import Investigation, replay
from playbook.sources.recording import Recording

REMEMBERED = 50  # investigations that stay in memory; one holds a few hundred kilobytes

log = structlog.get_logger()


class Replays:
    """The investigations of runs; the last ones stay in memory. For any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[str, Investigation] = OrderedDict()

    def of(self, run: str, recording: bytes, shown: str | None) -> Investigation | None:
        """Replayed from the packed recording; None where today's rules give another diagnosis than the one that was
        shown, whose digest that is."""
        with self._lock:
            known = self._known.get(run)
        if known is not None:
            return known
        try:
            found = replay(Recording.model_validate_json(zlib.decompress(recording)), lambda _: None)
        except (ValidationError, Unavailable, zlib.error) as unreadable:
            log.warning("a recording cannot be replayed", run=run, reason=type(unreadable).__name__)
            return None
        if digest(found.diagnosis) != shown:
            log.info("a recording gives another diagnosis by now", run=run)
            return None
        self.keep(run, found)
        return found

    def keep(self, run: str, found: Investigation) -> None:
        """Remembers it; the oldest is forgotten for it."""
        with self._lock:
            self._known[run] = found
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def forget(self) -> None:
        """As after a restart."""
        with self._lock:
            self._known.clear()

    @property
    def known(self) -> tuple[str, ...]:
        """The runs whose investigations are in memory, the oldest first."""
        with self._lock:
            return tuple(self._known)


def digest(diagnosis: Diagnosis) -> str:
    """To know again the diagnosis that was shown."""
    return hashlib.sha256(diagnosis.model_dump_json().encode()).hexdigest()


def packed(recording: Recording) -> bytes:
    """A recording as it is kept in a row."""
    return zlib.compress(recording.model_dump_json().encode())
