"""What the failing release itself does to the relation, by its patches."""

from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.event import Event
from playbook.evidence.fact import Derived
from playbook.evidence.issue import Issue
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.belonging import of_another_service
from playbook.schema.making import changes_of
from playbook.schema.target import apart


class Brought(Derived):
    """The migrations of the patches that create the relation, and those that drop or rename it; without what lies in
    the folder of another service, of tests, examples and copies."""

    relation: MissingRelation
    creating: tuple[SchemaChange, ...]
    removing: tuple[SchemaChange, ...]

    @classmethod
    def of(cls, relation: MissingRelation, changes: Changes, event: Event | None, issue: Issue) -> "Brought":
        """By the places of the files."""

        def ours(*kinds: str) -> tuple[SchemaChange, ...]:
            found = (one for kind in kinds for one in changes_of(relation, changes, kind) if apart(one.path) is None)
            return tuple(one for one in found if not of_another_service(one.path, event, issue))

        return cls(relation=relation, creating=ours("creates"), removing=ours("drops", "renames"))
