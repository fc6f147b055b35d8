"""The commands of a Rails migration, and what one migration does on the way up.

https://api.rubyonrails.org/classes/ActiveRecord/ConnectionAdapters/SchemaStatements.html and those of Migration itself
(`reversible`, `up_only`, `revert`, `run`).
"""

from collections.abc import Mapping, Set

from playbook.schema import effect
from playbook.schema.effect import Effect, Guard
from playbook.schema.framework import Dynamic
from playbook.schema.frameworks.rails import naming, ruby
from playbook.schema.frameworks.rails.code import Affix, Code, Others
from playbook.schema.frameworks.rails.ruby import Scope
from playbook.schema.frameworks.rails.walk import DIRECTION, Command, Units, Walk
from playbook.schema.operation import Kind
from playbook.schema.syntax import DEEPEST, Node, line, quote, text

OPPOSITE: dict[Kind, Kind] = {"creates": "drops", "drops": "creates", "renames": "renames", "models": "models"}

EXECUTES = {"execute", "exec_query", "exec_update", "raw_execute"}
"""https://api.rubyonrails.org/classes/ActiveRecord/ConnectionAdapters/DatabaseStatements.html"""

ASKS = {"exec", "query", "select_all", "select_value", "async_exec"}
"""The same of a bare connection, and of mini_sql's `DB`: SQL that is computed there seldom changes a schema."""


def effects(code: Code, affix: Affix, others: Others, there: Set[str] = frozenset()) -> list[Effect]:
    """What the migration does on the way up, where the tables `there` exist (others may); raises `Unread` where it
    would take too long to follow."""
    return Walk(code, affix, others, COMMANDS, there).whole(up=True)


def _emit(walk: Walk, kind: Kind, name: str | None, node: Node, to: str | None = "") -> list[Effect]:
    """One command on a table, turned round while reverting; its name as the configuration decorates it."""
    if node.child_by_field_name("receiver") is None:
        name, to = walk.affix.around(name), walk.affix.around(to) if to else to
    if walk.reverting and kind == "renames":
        name, to = to, name
    kind = OPPOSITE[kind] if walk.reverting else kind
    walk.touched |= {one for one in (name, to) if one}
    return [effect.named(kind, name, line(node), to, quote(node, 40))]


def _names(node: Node, scope: Scope) -> list[str | None]:
    """The texts of the positional arguments; None for one that is computed."""
    values = (ruby.value(one, scope) for one in ruby.arguments(node))
    return [one if isinstance(one, str) else None for one in values] or [None]


def _create_table(walk: Walk, node: Node, scope: Scope) -> Units:
    options = ruby.keywords(node, scope)
    if options.get("temporary", "false") != "false":
        return []
    name = _names(node, scope)[0]
    if options.get("if_not_exists") == "true" and walk.known(Guard(0, "", name, False)) is False:
        return []
    force = options.get("force", "false") not in ("false", "nil", None) and not walk.reverting
    return [[*(_emit(walk, "drops", name, node) if force else []), *_emit(walk, "creates", name, node)]]


def _drop_table(walk: Walk, node: Node, scope: Scope) -> Units:
    if ruby.keywords(node, scope).get("temporary", "false") != "false":
        return []
    return [_emit(walk, "drops", name, node) for name in _names(node, scope)]


def _rename_table(walk: Walk, node: Node, scope: Scope) -> Units:
    names = [*_names(node, scope), None]
    return [_emit(walk, "renames", names[0], node, names[1])]


def _join(walk: Walk, node: Node, scope: Scope) -> Units:
    """`create_join_table` and `drop_join_table`: `table_name:` or the rule; only the first of the two is prefixed
    before the rule sees it (`method_missing` in migration.rb)."""
    kind: Kind = "creates" if text(node.child_by_field_name("method")).startswith("create") else "drops"
    options, names = ruby.keywords(node, scope), [*_names(node, scope), None]
    if "table_name" in options:
        said = options["table_name"]
        name = said if isinstance(said, str) else None
    else:
        first, second = walk.affix.around(names[0]), names[1]
        name = naming.join_table(first, second) if first is not None and second is not None else None
    kind = OPPOSITE[kind] if walk.reverting else kind
    return [[effect.named(kind, name, line(node), "", quote(node, 40))]]


def _view(walk: Walk, node: Node, scope: Scope) -> Units:
    """`create_view` and `drop_view` of the gem scenic (https://github.com/scenic-views/scenic#readme)."""
    kind: Kind = "creates" if text(node.child_by_field_name("method")).startswith("create") else "drops"
    return [_emit(walk, kind, _names(node, scope)[0], node)]


def _execute(walk: Walk, node: Node, scope: Scope) -> Units:
    given = ruby.arguments(node)
    asks = text(node.child_by_field_name("method")) in ASKS
    if walk.reverting or not given:
        return []
    sql = ruby.string(given[0], scope)
    return [] if asks and sql.value is None else [effect.of_sql(sql.value, sql.line, quote(node, 40))]


def _reversible(walk: Walk, node: Node, scope: Scope) -> Units:
    block = node.child_by_field_name("block")
    direction = dict.fromkeys(ruby.parameters(block)[:1], DIRECTION)
    return walk.block(block, scope, direction)


def _up_only(walk: Walk, node: Node, scope: Scope) -> Units:
    return [] if walk.reverting else [walk.as_written(node.child_by_field_name("block"), scope)]


def _turned(walk: Walk, node: Node, scope: Scope) -> Units:
    """`revert` of a block, or of other migrations by their classes, the last first."""
    block = node.child_by_field_name("block")
    found = [_other(walk, one, up=False) for one in ruby.arguments(node)[::-1]]
    body = block.child_by_field_name("body") if block is not None else None
    return found + walk.revert(body, scope)


def _run(walk: Walk, node: Node, _scope: Scope) -> Units:
    """`run OtherMigration` (and its `revert: true`, `direction: :down`)."""
    receiver = node.child_by_field_name("receiver")
    if receiver is not None and receiver.type != "self":
        return []
    down = {text(one) for one in node.children_by_field_name("arguments")[0].named_children if one.type == "pair"}
    return [_other(walk, one, up=not down) for one in ruby.arguments(node)]


def _other(walk: Walk, node: Node, up: bool) -> list[Effect]:
    """What another migration does, at this one's line."""
    code = walk.others(text(node))
    if code is None or walk.depth > DEEPEST:
        return [Dynamic(line(node), f"it runs {quote(node, 40)}, which is not among the migrations")]
    return [one._replace(line=line(node)) for one in walk.aside(code).whole(up != walk.reverting)]


COMMANDS: Mapping[str, Command] = {
    "create_table": _create_table,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
    "create_join_table": _join,
    "drop_join_table": _join,
    "create_virtual_table": _view,
    "drop_virtual_table": _view,
    "create_view": _view,
    "drop_view": _view,
    "reversible": _reversible,
    "up_only": _up_only,
    "revert": _turned,
    "run": _run,
    "change_table": lambda _walk, _node, _scope: [],
    **dict.fromkeys(EXECUTES | ASKS, _execute),
}
