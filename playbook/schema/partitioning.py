"""What migrations and logs tell of the parts that a relation is one of by its name: who makes the others, and how."""

from playbook.evidence.fact import Derived
from playbook.evidence.logs import LogLine, Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import Partitioned, SchemaHistory
from playbook.schema.asking import declares
from playbook.schema.making import making
from playbook.schema.partition import Part, as_long_as, part_of, sibling_of, siblings_in
from playbook.schema.statement import NOT_DONE


class Partitioning(Derived):
    """`part` is the period of the name, None where it tells none, or neither migrations nor logs know its parent or a
    sibling. `known` is what the migrations say, `made` the log lines that tell siblings being made. `lasting`: some
    migration makes the relation itself, or code declares it, so that it is no part at all."""

    part: Part | None
    known: Partitioned
    made: tuple[LogLine, ...] = ()
    lasting: bool = False

    @classmethod
    def of(cls, relation: MissingRelation, schema: SchemaHistory | None, logs: Logs | None) -> "Partitioning":
        """The parts as these facts tell them."""
        part, known = part_of(relation.name), (schema.partitioned if schema else None) or Partitioned()
        if part is None:
            return cls(part=None, known=known)
        found = {line.url: line for search in (logs.searches if logs else ()) for line in search.lines}
        migrations = {run.line.url for run in (logs.migration_runs if logs else ()) if run.migration}
        done = [line for line in found.values() if line.url not in migrations and not NOT_DONE.search(line.message)]
        made = [line for line in done if siblings_in(part, line.message)]
        named = [one.relation for one in known.siblings]
        named += [name for line in made for name in siblings_in(part, line.message)]
        declared = schema is not None and any(declares(relation, one) for one in schema.declared)
        return cls(
            part=as_long_as(part, named) if known.parent or named else None,
            known=known,
            made=tuple(sorted(made, key=lambda line: line.at)),
            lasting=declared or bool(making(relation, None, schema)),
        )

    @property
    def at_run_time(self) -> bool:
        """Whether something other than migrations makes the parts: seen at it, or the parent is divided and no
        migration made the part before this one."""
        if self.made or self.known.partman:
            return True
        return bool(self.known.parent and self.known.by) and not any(
            self._is_before(one.relation) for one in self.known.siblings
        )

    def _is_before(self, name: str) -> bool:
        """Whether a sibling is the one right before, of which the same hands would have made this one."""
        sibling = sibling_of(self.part, name) if self.part else None
        if self.part is None or sibling is None:
            return False
        return sibling.start < self.part.start <= sibling.start + (self.part.end - self.part.start) * NEXT


NEXT = 1.2
"""Lengths of a period from the beginning of one part to that of the next: months are not equally long."""
