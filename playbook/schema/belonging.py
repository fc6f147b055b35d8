"""Whether a migration or model of the repository is of the database that the failing code asks.

Where a repository has one row of migrations, it is. Where it has several, the failing frames, the driver on the stack
and the project's name tell which; a repository of several services that nothing tells apart proves nothing.
"""

from collections.abc import Iterable

from playbook.evidence.changes import SchemaChange
from playbook.evidence.event import Event
from playbook.evidence.fact import Derived
from playbook.evidence.issue import Issue
from playbook.evidence.releases import Releases
from playbook.evidence.schema_history import Declaration, SchemaEvent, SchemaHistory
from playbook.evidence.service_folder import SERVICES
from playbook.schema.commands import framework_of
from playbook.schema.place import same_service
from playbook.schema.target import apart, root_of


class Belonging(Derived):
    """`ours` is the one target that the failing code can be of; None where that is in doubt. `several` tells whether
    there is any other. `same_code` tells whether the event comes from the release whose migrations were read, and
    `newest` whether the issue was seen in none after it."""

    ours: str | None
    several: bool
    same_code: bool
    newest: bool

    @classmethod
    def of(cls, schema: SchemaHistory, event: Event | None, issue: Issue, releases: Releases | None) -> "Belonging":
        """By the targets of all migrations of the release."""
        failing = releases.failing.version if releases and releases.failing else None
        same_code = event is not None and event.release is not None and event.release == failing
        last = releases.last.version if releases and releases.last else None
        left = [one for one in schema.targets if apart(_folder(one) + "/x") is None]
        for narrowed in (_by_frames(left, event), _by_driver(left, event), _by_name(left, issue)):
            left = [one for one in left if one in narrowed] or left
        ours = left[0] if len(left) == 1 else None
        several = len(schema.targets) > len(left[:1])
        return cls(ours=ours, several=several, same_code=same_code, newest=last in (None, failing))

    def sure(self, one: SchemaEvent | Declaration) -> bool:
        """Whether it is surely of that database. Histories of before there were targets have one row."""
        if not self.several and self.ours is None:
            return True
        return one.target != "" and one.target == self.ours

    def all_sure(self, some: Iterable[SchemaChange]) -> bool:
        """Whether all of these are migrations of the history, and surely of that database."""
        return all(isinstance(one, SchemaEvent) and self.sure(one) for one in some)


def _folder(target: str) -> str:
    return target.partition(":")[2]


def _root(target: str) -> list[str]:
    return root_of(_folder(target)).split("/")


def _by_frames(targets: list[str], event: Event | None) -> list[str]:
    """Those with which a frame of our own code shares the most folders, at least one."""
    frames = [frame for frame in (event.frames if event else ()) if frame.in_app and frame.filename]
    if event and event.in_app and event.in_app.filename:
        frames.append(event.in_app)
    names = [frame.filename.replace("\\", "/").strip("./") for frame in frames if frame.filename]
    shared = {one: max((_shared(_root(one), name) for name in names), default=0) for one in targets}
    most = max(shared.values(), default=0)
    return [one for one in targets if most and shared[one] == most]


def _shared(root: list[str], name: str) -> int:
    """How many folders a path has in common with a service's, counted from the repository's root."""
    same = 0
    for one, two in zip(root, name.split("/")[:-1], strict=False):
        if one != two:
            break
        same += 1
    return same


def _by_driver(targets: list[str], event: Event | None) -> list[str]:
    framework = framework_of(event)
    return [one for one in targets if framework and one.startswith(f"{framework}:")]


def _by_name(targets: list[str], issue: Issue) -> list[str]:
    return [one for one in targets if any(same_service(part, issue) for part in _root(one))]


def of_another_service(path: str, event: Event | None, issue: Issue) -> bool:
    """Whether a file lies in the folder of a service, and neither a frame nor the project's name is of that one."""
    parts = path.split("/")
    if len(parts) <= 2 or parts[0].lower() not in SERVICES or same_service(parts[1], issue):  # noqa: PLR2004 - a/b/file
        return False
    return not any(_shared(parts[:2], frame.filename or "") == 2 for frame in (event.frames if event else ()))  # noqa: PLR2004
