"""Trees and blobs never change, so what was read of one by its id is kept: across runs, threads and repositories.

An id is given out only by a question that GitHub answered for this token, so nobody gets what the token may not see.
"""

import sys
import threading
from typing import NamedTuple

from cachetools import LRUCache

from playbook.evidence.json import Json
from playbook.schema.history import History
from playbook.schema.relation import Revision, fold

MOST_BYTES = 64_000_000
"""Of memory for trees and texts: some thirty repositories with 500 migrations, of which one takes about 2 MB."""

MOST_ANSWERS = 64
"""Answers about a relation that are kept: an incident is asked about again within minutes, and each costs folds."""

MOST_FOLDS = 12
"""Commits whose fold is kept: the three of an incident, for four repositories at once; one takes about half a second of
a core and some megabytes, and a storm asks for many relations of the same commits."""

OF_AN_ENTRY = 400
"""Bytes that Python needs for an entry of a tree, or for a place in the cache, besides its texts."""


class Entry(NamedTuple):
    """A regular file of a tree that is wanted; `size` in bytes."""

    path: str
    oid: str
    size: int


class Listing(NamedTuple):
    """The wanted files of a tree; `whole` is false where GitHub cut the list off."""

    entries: tuple[Entry, ...]
    whole: bool


class Blob(NamedTuple):
    """A file's text, or the reason why it has none."""

    text: str | None
    why: str = ""


class Objects:
    """What is known of trees and blobs by their ids, and of answers by their commits; the least recently used goes
    first. Shared by all runs of a process."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._lock = threading.Lock()
        self._trees: LRUCache[str, Listing] = LRUCache(most_bytes // 4, getsizeof=_bytes_of_tree)
        self._blobs: LRUCache[str, Blob] = LRUCache(most_bytes - most_bytes // 4, getsizeof=_bytes_of_blob)
        self._answers: LRUCache[tuple[str | None, ...], dict[str, Json]] = LRUCache(MOST_ANSWERS)
        self._folds: LRUCache[tuple[str, frozenset[str]], History] = LRUCache(MOST_FOLDS)

    @property
    def bytes(self) -> int:
        """Bytes that are held now."""
        with self._lock:
            return int(self._trees.currsize + self._blobs.currsize)

    def tree(self, oid: str) -> Listing | None:
        with self._lock:
            return self._trees.get(oid)

    def keep_tree(self, oid: str, listing: Listing) -> None:
        """Keeps it, unless it alone is larger than all that may be kept."""
        with self._lock:
            if _bytes_of_tree(listing) <= self._trees.maxsize:
                self._trees[oid] = listing

    def blob(self, oid: str) -> Blob | None:
        with self._lock:
            return self._blobs.get(oid)

    def keep_blob(self, oid: str, blob: Blob) -> None:
        """Keeps it, unless it alone is larger than all that may be kept."""
        with self._lock:
            if _bytes_of_blob(blob) <= self._blobs.maxsize:
                self._blobs[oid] = blob

    def answer(self, key: tuple[str | None, ...]) -> dict[str, Json] | None:
        with self._lock:
            return self._answers.get(key)

    def keep_answer(self, key: tuple[str | None, ...], answer: dict[str, Json]) -> None:
        with self._lock:
            self._answers[key] = answer

    def fold(self, revision: Revision) -> History:
        """The fold of the commit, made once; two threads that ask at the same time may both make it."""
        key = (revision.commit, frozenset(revision.texts))  # not all of them where GitHub did not give one
        with self._lock:
            known = self._folds.get(key)
        if known is not None:
            return known
        folded = fold(revision)
        with self._lock:
            self._folds[key] = folded
        return folded


def _bytes_of_tree(listing: Listing) -> int:
    return OF_AN_ENTRY + sum(len(entry.path) + OF_AN_ENTRY for entry in listing.entries)


def _bytes_of_blob(blob: Blob) -> int:
    return OF_AN_ENTRY + sys.getsizeof(blob.text)
