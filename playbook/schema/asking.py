"""Since when the service's own code asks for the relation: by what it declares, else by the lines of its patches."""

from playbook.evidence.changes import Changes, FileChange
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import Declaration, SchemaHistory
from playbook.evidence.suspects import is_aside, is_migration, mentions
from playbook.schema.target import apart


def declares(relation: MissingRelation, declared: Declaration) -> bool:
    """Whether the declaration is of this relation, in its schema where both tell one."""
    schema = f"{declared.schema_name}." if declared.schema_name else ""
    return relation.matches(schema + declared.relation)


def runs(path: str) -> bool:
    """Whether the file is of the service itself: no test, example, copy or leftover."""
    return apart(path) is None and not is_aside(path)


def newly_asked(relation: MissingRelation, schema: SchemaHistory, changes: Changes | None) -> bool:
    """Whether the failing release is the first whose code asks for the relation, as far as anything tells."""
    declared = [one for one in schema.declared if declares(relation, one) and runs(one.path)]
    if declared:
        return all(one.brought == "release" and one.managed for one in declared)
    files = [file for file in changes.files if _is_code(file)] if changes else []
    rows = (row for file in files for row in (file.patch or "").split("\n"))
    named = [row[:1] for row in rows if row[:1] in "+-" and mentions(row, relation.name)]
    return "+" in named and "-" not in named


def introduced_by(declared: Declaration, changes: Changes | None) -> str | None:
    """The commit of the release that brought the declaration, where it is known which."""
    touching = [one for one in changes.commits if declared.path in one.files] if changes else []
    if declared.brought != "release" or not touching:
        return None
    return f"{touching[-1].sha[:7]} ({touching[-1].message})"


def _is_code(file: FileChange) -> bool:
    return runs(file.path) and not is_migration(file.path)
