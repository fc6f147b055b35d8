"""The texts of the files that tell a schema, by their ids: lists of trees by REST, contents by GraphQL in batches.

Whatever was read once is taken from `Objects`; what could not be read is told for each file, and never left out.
"""

from collections.abc import Iterable
from functools import partial
from math import ceil
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

from playbook.evidence.suspects import is_migration
from playbook.evidence.unavailable import Unavailable
from playbook.schema.wanted import is_wanted
from playbook.sources.door import side_by_side
from playbook.sources.github_errors import GaveUp
from playbook.sources.github_objects import Blob, Entry, Listing, Objects
from playbook.sources.github_query import blobs
from playbook.sources.github_wire import Wire

REGULAR = frozenset({"100644", "100755"})
"""Modes of files in git: a symbolic link (120000) and a submodule (160000) are none."""

LARGEST = 500_000
"""Bytes of one file that are read: GitHub cuts a text off at about 512,000 (orbiting/backends issue 116), and a
migration has a few thousand."""

MOST_FILES = 2_100
"""Different files that are read for one answer: four times a large repository's, in six questions side by side."""

MOST_BYTES = 16_000_000
"""Bytes of all files together; GitHub gives a question up after ten seconds."""

IN_ONE_QUESTION = 350
"""Blobs in one question: two hold the 500 migrations and 60 models of a large repository and what changed in them.
GitHub names no such limit; what it does not finish is asked again in halves."""

BYTES_IN_ONE_QUESTION = 3_000_000

WORTH_A_QUESTION = 50
"""Blobs from which on a question of their own makes the answer quicker."""

UNGIVEN = "GitHub did not give it, asked twice; check again in a minute"


class _SentEntry(BaseModel):
    """https://docs.github.com/en/rest/git/trees#get-a-tree"""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    path: str
    mode: str
    sha: str
    size: int = 0


class _SentTree(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    tree: list[_SentEntry]
    truncated: bool


def listing_of(wire: Wire, objects: Objects, repository: str, tree: str) -> Listing:
    """The wanted files of the tree; raises `Unavailable`."""
    known = objects.tree(tree)
    if known is not None:
        return known
    answer = wire.get(repository, f"/git/trees/{quote(tree, safe='')}", recursive=1)
    if not answer.found:
        raise Unavailable(f"GitHub at {wire.host} has no list of the files; check again in a minute")
    try:
        sent = _SentTree.model_validate(answer.data)
    except ValidationError as error:
        raise Unavailable("GitHub's answer is not in the form its API describes; check GITHUB_API_URL") from error
    files = (one for one in sent.tree if one.mode in REGULAR and is_wanted(one.path))
    listing = Listing(tuple(Entry(one.path, one.sha, one.size) for one in files), not sent.truncated)
    objects.keep_tree(tree, listing)
    return listing


def texts_of(wire: Wire, objects: Objects, repository: str, listings: Iterable[Listing], calls: int) -> dict[str, Blob]:
    """The text of every entry, or why it has none, by its id; in `calls` questions where so many are enough."""
    entries: dict[str, Entry] = {}
    listed = (entry for listing in listings for entry in listing.entries)
    for entry in sorted(listed, key=lambda entry: not is_migration(entry.path)):
        entries.setdefault(entry.oid, entry)
    texts: dict[str, Blob] = {}
    missing: list[Entry] = []
    count = size = 0
    for entry in entries.values():
        if entry.size > LARGEST:
            texts[entry.oid] = Blob(None, f"it has {entry.size:,} bytes, more than the {LARGEST:,} that are read")
            continue
        count, size = count + 1, size + entry.size
        if count > MOST_FILES or size > MOST_BYTES:
            limit = f"{MOST_FILES:,} files or {MOST_BYTES // 1_000_000} MB"
            texts[entry.oid] = Blob(
                None, f"the repository has more than {limit} of such files, and the rest was not read"
            )
        elif entry.size == 0:
            texts[entry.oid] = Blob("")
        elif (known := objects.blob(entry.oid)) is not None:
            texts[entry.oid] = known
        else:
            missing.append(entry)
    if not missing:
        return texts
    read = _read(wire, objects, repository, _batches(missing, calls))
    if not read and not any(blob.text for blob in texts.values()):
        raise Unavailable(f"GitHub at {wire.host} gave none of the files that were asked for; check again in a minute")
    return texts | {entry.oid: read.get(entry.oid, Blob(None, UNGIVEN)) for entry in missing}


def _batches(entries: list[Entry], calls: int) -> list[list[str]]:
    """Batches of about equal size: as few as the limits allow, more where `calls` leave room and it is worth it."""
    by_limit = max(ceil(len(entries) / IN_ONE_QUESTION), ceil(sum(one.size for one in entries) / BYTES_IN_ONE_QUESTION))
    number = max(by_limit, min(calls, ceil(len(entries) / WORTH_A_QUESTION)))
    ordered = [entry.oid for entry in sorted(entries, key=lambda entry: -entry.size)]
    return [ordered[start::number] for start in range(number)]


def _read(wire: Wire, objects: Objects, repository: str, batches: Iterable[list[str]]) -> dict[str, Blob]:
    """The blobs that GitHub gives; what it leaves out of a batch is asked again once, in halves."""

    def asked(batch: list[str]) -> dict[str, Blob]:
        try:
            found = blobs(wire, repository, batch)
        except GaveUp:
            return {}
        for oid, blob in found.items():
            objects.keep_blob(oid, blob)
        return found

    def given(some: Iterable[list[str]]) -> dict[str, Blob]:
        found: dict[str, Blob] = {}
        refused: Unavailable | None = None
        for answer in side_by_side(*(partial(asked, batch) for batch in some)):
            if isinstance(answer, Unavailable):
                refused = answer
            else:
                found |= answer
        if refused is not None:
            raise refused
        return found

    wanted = list(batches)
    read = given(wanted)
    left = [[oid for oid in batch if oid not in read] for batch in wanted]
    halves = [half for batch in left for half in (batch[::2], batch[1::2]) if half]
    return read | given(halves)
