"""The files that tell a repository's schema, at up to three of its commits, in six calls; one when nothing is new.

One call says where the refs stand, one for each commit lists its tree, and the texts come in batches, side by side.
"""

import copy
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from playbook.evidence.fact import Value
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.schema.relation import Revision, told
from playbook.sources.door import side_by_side
from playbook.sources.github_files import UNGIVEN, listing_of, texts_of
from playbook.sources.github_objects import Blob, Listing, Objects
from playbook.sources.github_query import Place, Point, place
from playbook.sources.github_wire import Wire

COLD_CALLS = 6
"""What one answer may cost when nothing of the repository is known."""


class Sought(Value):
    """The arguments of `GitHub.schema`."""

    repository: str
    head: list[str]
    base: list[str]
    relation: str


class Revisions(NamedTuple):
    """The failing release, and what it can be compared with: the last good one and the default branch, None where
    there is none or it could not be read as a whole, which `uncompared` says then. `incomplete` is of the release."""

    head: Revision
    base: Revision | None
    tip: Revision | None
    incomplete: tuple[str, ...]
    uncompared: tuple[str, ...]


def schema(wire: Wire, objects: Objects, sought: Sought) -> Json:
    """What `GitHub.schema` promises."""
    at = place(wire, sought.repository, [*sought.head, *sought.base])
    head, base = _first(at, sought.head), _first(at, sought.base)
    if head is None:
        return None
    commits = tuple(point.commit if point else None for point in (head, base, at.tip))
    key = (at.full_name, at.branch, *commits, sought.relation)
    known = objects.answer(key)
    if known is not None:
        return copy.deepcopy(known)
    read = revisions(wire, objects, at, head, base)
    answer = told(sought.relation, read.head, read.base, read.tip, page=at.page, fold=objects.fold)
    answer |= {"repository": at.full_name, "branch": at.branch if read.tip else None}
    answer["incomplete"] = [*read.incomplete, *answer["incomplete"]]
    answer["uncompared"] = [*read.uncompared, *answer["uncompared"]]
    whole = not (read.incomplete or read.uncompared)
    if whole and not any(UNGIVEN in one.unread.values() for one in read[:3] if one):
        objects.keep_answer(key, copy.deepcopy(answer))
    return answer


def revisions(wire: Wire, objects: Objects, at: Place, head: Point, base: Point | None) -> Revisions:
    """The wanted files of the commits. Raises `Unavailable` where the failing release's cannot be read at all.

    A list of files that was cut off is compared with nothing: what is not in it may be there.
    """
    trees = list(dict.fromkeys(point.tree for point in (head, base, at.tip) if point))
    unknown = [tree for tree in trees if objects.tree(tree) is None]
    calls = [partial(listing_of, wire, objects, at.full_name, tree) for tree in trees]
    listings = dict(zip(trees, side_by_side(*calls), strict=True))
    first = listings[head.tree]
    if isinstance(first, Unavailable):
        raise first
    incomplete = [] if first.whole else ["GitHub does not list all files of the failing release: there are too many"]
    points, read, uncompared = [head], [first], []
    for point, name in ((base, "the last good release"), (at.tip, f"the branch {at.branch}")):
        listing = listings[point.tree] if point else None
        if isinstance(listing, Unavailable):
            uncompared.append(f"{name} was not compared: {listing.sentence}")
        elif listing is not None and not (listing.whole and first.whole):
            uncompared.append(f"{name} was not compared: GitHub does not list all of its files")
        elif point is not None and listing is not None:
            points.append(point)
            read.append(listing)
    texts = texts_of(wire, objects, at.full_name, read, COLD_CALLS - 1 - len(unknown))
    found = {point: _revision(point, listing, texts) for point, listing in zip(points, read, strict=True)}
    last_good, tip = (found.get(point) if point else None for point in (base, at.tip))
    return Revisions(found[head], last_good, tip, tuple(incomplete), tuple(uncompared))


def _first(at: Place, refs: list[str]) -> Point | None:
    return next((at.points[ref] for ref in refs if ref in at.points), None)


def _revision(point: Point, listing: Listing, texts: Mapping[str, Blob]) -> Revision:
    there = [(entry, texts[entry.oid]) for entry in listing.entries]
    return Revision(
        point.commit,
        {entry.path: blob.text for entry, blob in there if blob.text is not None},
        {entry.path: blob.why for entry, blob in there if blob.text is None},
    )
