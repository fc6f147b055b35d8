"""What one change set does to the relations: each change type that makes, drops or renames one, and SQL.

https://docs.liquibase.com/change-types/home.html; names in mixed case are quoted on PostgreSQL, those in one case are
not (https://docs.liquibase.com/concepts/changelogs/attributes/object-quoting-strategy.html, LEGACY).
"""

import re
from collections.abc import Callable, Iterable, Iterator

from playbook.schema import sql
from playbook.schema.framework import Dynamic, Files, Migration
from playbook.schema.frameworks.liquibase.changelog import ChangeSet
from playbook.schema.frameworks.liquibase.nodes import Node
from playbook.schema.operation import Operation
from playbook.schema.sql.session import Name
from playbook.schema.unread import Unread

PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
CREATES = {
    "addLookupTable": "newTableName",
    "createSequence": "sequenceName",
    "createTable": "tableName",
    "createView": "viewName",
}
DROPS = {"dropTable": "tableName", "dropView": "viewName", "dropSequence": "sequenceName"}
RENAMES = {
    "renameTable": ("oldTableName", "newTableName"),
    "renameView": ("oldViewName", "newViewName"),
    "renameSequence": ("oldSequenceName", "newSequenceName"),
}
IN_CODE = {"customChange": "a class of its own", "executeCommand": "a program"}
FAMILIES = {
    "postgres": {"postgresql", "postgres", "cockroachdb", "edb", "enterprisedb"},
    "mysql": {"mysql", "mariadb"},
    "tsql": {"mssql", "sqlserver"},
    "oracle": {"oracle"},
    "sqlite": {"sqlite"},
}


class Told:
    """The database so far, the values of the changelog's properties, and the one kind of database that it is for."""

    def __init__(self, session: sql.Session, files: Files) -> None:
        self.session, self.files = session, files
        self.values: dict[str, str | None] = {}
        self.family: str | None = None

    def learn(self, sets: Iterable[ChangeSet]) -> None:
        """A property with more than one value (for each database, in each context) has none that is known."""
        kinds: set[str] = set()
        everywhere = True
        for one in sets:
            everywhere = everywhere and bool(_kinds(one.attributes.get("dbms", "")) or one.is_property)
            for node in one.changes:
                kinds |= _kinds(node.attributes.get("dbms", "")) | _kinds(one.attributes.get("dbms", ""))
                name, value = node.attributes.get("name"), node.attributes.get("value")
                if node.name == "property" and name:
                    known = name not in self.values and not set(node.attributes) & {"context", "dbms", "contextFilter"}
                    self.values[name] = value if known else None
        families = {family for family, names in FAMILIES.items() if kinds & names}
        if everywhere and len(families) == 1 and kinds <= FAMILIES[next(iter(families))]:
            self.family = families.pop()
            self.session.dialect = self.family

    def filled(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda mark: self.values.get(mark[1]) or mark[0], text)


def _kinds(dbms: str) -> set[str]:
    return {
        one.strip().lower() for one in dbms.split(",") if one.strip() and one.strip().lower() not in ("all", "none")
    }


def carry_out(one: ChangeSet, told: Told) -> Migration:
    """One migration for each change set; what may not run does nothing to the session and is dynamic."""
    if one.attributes.get("ignore", "").lower() == "true":
        return Migration("liquibase", one.name, one.path)
    holds = _holds(one, told)
    if holds is False:
        return Migration("liquibase", one.name, one.path)
    if holds is not None:
        trial = Told(sql.Session(told.session.dialect), told.files)
        trial.values, trial.family = told.values, told.family
        operations, dynamics, unread = _changes(one, trial)
        said = [Dynamic(each.line, f"it {each.kind} {each.relation} only {holds}") for each in operations]
        if said or unread:
            told.session.uncertain = True
        return Migration("liquibase", one.name, one.path, (), (*said, *dynamics), unread)
    operations, dynamics, unread = _changes(one, told)
    return Migration("liquibase", one.name, one.path, operations, dynamics, unread)


def _changes(one: ChangeSet, told: Told) -> tuple[tuple[Operation, ...], tuple[Dynamic, ...], str | None]:
    operations: list[Operation] = []
    dynamics: list[Dynamic] = []
    for node in one.changes:
        fits = _dbms(node.attributes.get("dbms", ""), told) if node.name != "property" else True
        told.session.begin_text()
        if fits is False:
            continue
        if fits is None and node.name in ("sql", "sqlFile"):
            dynamics.append(Dynamic(node.line, f"its SQL runs only on {node.attributes['dbms']}"))
            continue
        try:
            _change(node, one, told)
        except Unread as unread:
            return tuple(operations), tuple(dynamics), str(unread.args[0])
        operations += told.session.operations
        dynamics += told.session.dynamics
    return tuple(operations), tuple(dynamics), None


def _change(node: Node, one: ChangeSet, told: Told) -> None:
    session, attributes = told.session, node.attributes
    if node.name in CREATES:
        name = _name(
            node, CREATES[node.name], "newTableSchemaName" if node.name == "addLookupTable" else "schemaName", told
        )
        if name is not None:
            kept = "true" in (attributes.get("ifNotExists", "").lower(), attributes.get("replaceIfExists", "").lower())
            session.creates(name, kept=kept)
    elif node.name in DROPS:
        if (name := _name(node, DROPS[node.name], "schemaName", told)) is not None:
            cascade = attributes.get("cascadeConstraints", "").lower() == "true"
            session.drops(name, cascade=cascade and session.dialect == "postgres")
    elif node.name in RENAMES:
        old, new = (_name(node, which, "schemaName", told) for which in RENAMES[node.name])
        if old is not None and new is not None:
            session.renames(old, new.name)
    elif node.name in ("sql", "sqlFile"):
        _run_sql(node, one, told)
    elif node.name in IN_CODE:
        session.dynamic(node.line, f"it runs {IN_CODE[node.name]}")


def _name(node: Node, which: str, schema: str, told: Told) -> Name | None:
    name = told.filled(node.attributes.get(which, ""))
    held = told.filled(node.attributes.get(schema, "")) or None
    if not name or "${" in name or "${" in (held or ""):
        told.session.dynamic(node.line, f"the name that {node.name} gives is put in when it runs")
        return None
    if told.session.dialect == "postgres":
        name = name.lower() if name.isupper() else name
    return Name(held, name, node.line)


def _run_sql(node: Node, one: ChangeSet, told: Told) -> None:
    if node.name == "sqlFile":
        where = node.attributes.get("path", "").removeprefix("classpath:").strip("/")
        relative = node.attributes.get("relativeToChangelogFile", "").lower() == "true"
        path = f"{one.path.rpartition('/')[0]}/{where}" if relative else where
        text = next(
            (told.files[name] for name in sorted(told.files) if name == path or name.endswith(f"/{path}")), None
        )
        if text is None:
            told.session.dynamic(node.line, f"it runs {where}, which could not be found among the files")
            return
        _tell(text, 1, node, told)
        told.session.operations[:] = [each._replace(line=node.line) for each in told.session.operations]
        return
    inner = next(node.named("sql"), None)
    text = node.attributes.get("sql") or (inner.text if inner else node.text)
    _tell(text, inner.line if inner else node.line, node, told)


def _tell(text: str, line: int, node: Node, told: Told) -> None:
    end = node.attributes.get("endDelimiter", "").replace("\\n", "").strip()
    if end and end not in (";", "\\"):
        text = re.sub(rf"(?m)^[ \t]*{re.escape(end)}[ \t]*\r?$", ";", text)
    sql.tell(told.session, told.filled(text), line)


def _holds(one: ChangeSet, told: Told) -> str | bool | None:
    """None where it surely runs, False where it surely does not, else in words what decides."""
    fits = _dbms(one.attributes.get("dbms", ""), told)
    if fits is False:
        return False
    if fits is None:
        return f"on {one.attributes['dbms']}"
    for kind, names in (("in the context", ("context", "contexts", "contextFilter")), ("with the label", ("labels",))):
        said = next((one.attributes[name] for name in names if one.attributes.get(name)), None)
        if said:
            return f"{kind} {said}"
    if one.preconditions is None or one.preconditions.attributes.get("onFail", "HALT").upper() in ("HALT", "WARN"):
        return None
    decided = _all(one.preconditions.children, told)
    if decided is False and not told.session.relations:
        decided = None  # a change's own files alone: what is asked for may be there
    if decided is None and _is_about_itself(one.preconditions.children, one, told):
        return None
    return "if its precondition holds" if decided is None else None if decided else False


def _is_about_itself(nodes: Iterable[Node], one: ChangeSet, told: Told, there: bool = True) -> bool:
    """Whether all that is undecided asks for relations that the change set drops, or makes: the database is the same
    afterwards, whichever way it is."""
    which = DROPS if there else CREATES | NEW_NAMES
    named = {change.attributes.get(which.get(change.name, ""), "").lower() for change in one.changes} - {""}
    for node in nodes:
        if node.name in ("and", "not"):
            if not _is_about_itself(node.children, one, told, there is (node.name == "and")):
                return False
        elif node.name in EXISTENCE:
            if node.attributes.get(EXISTENCE[node.name], "").lower() not in named:
                return False
        elif CONDITIONS.get(node.name, _unknown)(node, told) is not True:
            return False
    return True


EXISTENCE = {"tableExists": "tableName", "viewExists": "viewName", "sequenceExists": "sequenceName"}
NEW_NAMES = {name: new for name, (_, new) in RENAMES.items()}


def _dbms(dbms: str, told: Told) -> bool | None:
    """Whether it runs on the database that the changelog is for; None where that is not known."""
    kinds = _kinds(dbms)
    if not kinds:
        return True
    if told.family is None:
        return None
    positive = {one for one in kinds if not one.startswith("!")}
    if positive:
        return bool(positive & FAMILIES[told.family])
    return not {one[1:].strip() for one in kinds} & FAMILIES[told.family]


def _all(nodes: Iterable[Node], told: Told) -> bool | None:
    answers = list(_each(nodes, told))
    return False if False in answers else None if None in answers else True


def _each(nodes: Iterable[Node], told: Told) -> Iterator[bool | None]:
    for node in nodes:
        yield CONDITIONS.get(node.name, _unknown)(node, told)


def _unknown(node: Node, _told: Told) -> bool | None:
    return True if node.name in ("onFail", "onFailMessage", "onError", "onErrorMessage") else None


def _exists(node: Node, told: Told) -> bool | None:
    name = node.attributes.get("tableName") or node.attributes.get("viewName") or node.attributes.get("sequenceName")
    if not name or "$" in name:
        return None
    written = Name(node.attributes.get("schemaName"), name.lower() if name.isupper() else name)
    return True if told.session.found(written) is not None else None if told.session.uncertain else False


def _not(node: Node, told: Told) -> bool | None:
    answer = _all(node.children, told)
    return None if answer is None else not answer


def _or(node: Node, told: Told) -> bool | None:
    answers = list(_each(node.children, told))
    return True if True in answers else None if None in answers else False


CONDITIONS: dict[str, Callable[[Node, Told], bool | None]] = {
    "and": lambda node, told: _all(node.children, told),
    "not": _not,
    "or": _or,
    "sequenceExists": _exists,
    "tableExists": _exists,
    "viewExists": _exists,
}
