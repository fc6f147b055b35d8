"""Django's operations on models and fields, each as what it does to tables.

django/db/migrations/operations/models.py and fields.py.
"""

import ast

from playbook.schema.frameworks.django.condition import holds, words
from playbook.schema.frameworks.django.fold import Fold
from playbook.schema.frameworks.django.state import Link, Model
from playbook.schema.python import argument, name_of
from playbook.schema.python_text import resolved

Options = dict[str, ast.expr]


def create_model(fold: Fold, node: ast.Call) -> None:
    """The model's table, and one for each many-to-many field without `through`."""
    line = node.lineno
    name = fold.text(argument(node, "name", 0))
    if name is None:
        fold.tell(line, "may create a table, and its model's name is computed")
        return
    options = _options(fold, argument(node, "options", 2))
    model = Model(fold.app.label, name)
    if options is None:
        model = model._replace(unsure="its options are computed")
    else:
        model = _with_options(fold, model, options)
    lines = {}
    for field, made, unsure in _fields(fold, argument(node, "fields", 1)):
        link = _link(fold, made)
        if link is not None:
            model = model.linked(field, link._replace(unsure=unsure))
            lines[field] = made.lineno
    fold.put(model)
    if model.has_table:
        fold.emit("creates", line, model.db_table, unsure=model.unsure)
        for field in model.automatic():
            fold.emit("creates", lines[field], model.table_of(field), unsure=model.why(field))


def delete_model(fold: Fold, node: ast.Call) -> None:
    """The model's table goes, and those of its many-to-many fields before it."""
    name = fold.text(argument(node, "name", 0))
    if name is None:
        fold.tell(node.lineno, "may drop a table, and its model's name is computed")
        return
    model = fold.model(name)
    if model.has_table:
        for field in model.automatic():
            fold.emit("drops", node.lineno, model.table_of(field), unsure=model.why(field))
        fold.emit("drops", node.lineno, model.db_table, unsure=model.unsure)
    if fold.unsure is None:
        fold.models.pop(name.lower(), None)


def rename_model(fold: Fold, node: ast.Call) -> None:
    """A table without a name of its own is renamed, and so are the many-to-many tables named after it."""
    old, new = fold.text(argument(node, "old_name", 0)), fold.text(argument(node, "new_name", 1))
    if old is None or new is None:
        fold.tell(node.lineno, "may rename a table, and its model's name is computed")
        return
    before = fold.model(old)
    _moved(fold, before, before._replace(name=new), node.lineno)
    if fold.unsure is None and old.lower() != new.lower():
        fold.models.pop(old.lower(), None)


def alter_model_table(fold: Fold, node: ast.Call) -> None:
    """The table gets another name (its default one for None), and so do the many-to-many tables named after it."""
    name, given = fold.text(argument(node, "name", 0)), resolved(argument(node, "table", 1), fold.values)
    if name is None:
        fold.tell(node.lineno, "may rename a table, and its model's name is computed")
        return
    before = fold.model(name)
    _moved(fold, before, _with_table(fold, before, given), node.lineno)


def alter_model_options(fold: Fold, node: ast.Call) -> None:
    """Only the state: a model that becomes managed gets no table by that (`ALTER_OPTION_KEYS` has `managed`)."""
    name = fold.text(argument(node, "name", 0))
    options = _options(fold, argument(node, "options", 1))
    if name is not None and options is not None:
        model = fold.model(name)._replace(managed=True) if "managed" not in options else fold.model(name)
        fold.put(_with_options(fold, model, options))


def add_field(fold: Fold, node: ast.Call) -> None:
    """A many-to-many field without `through` brings a table."""
    place = _place(fold, node, "name")
    made = resolved(argument(node, "field", 2), fold.values)
    link = _link(fold, made)
    if place is None or link is None:
        return
    model = place[0].linked(place[1], link)
    fold.put(model)
    if model.has_table and link.automatic and made is not None:
        fold.emit("creates", made.lineno, model.table_of(place[1]), unsure=model.unsure)


def remove_field(fold: Fold, node: ast.Call) -> None:
    """The table of a many-to-many field goes with it."""
    place = _place(fold, node, "name")
    if place is None or place[1] not in place[0].links:
        return
    model, field = place
    if model.has_table and model.links[field].automatic:
        fold.emit("drops", node.lineno, model.table_of(field), unsure=model.why(field))
    fold.put(model.linked(field, None))


def alter_field(fold: Fold, node: ast.Call) -> None:
    """A many-to-many field may get another `db_table`; Django refuses to add or take away `through`."""
    place = _place(fold, node, "name")
    if place is None:
        return
    model, field = place
    link = _link(fold, resolved(argument(node, "field", 2), fold.values))
    if link is None and field not in model.links:
        return
    after = model.linked(field, link)
    if model.has_table and link is not None and link.automatic and field in model.automatic():
        fold.emit("renames", node.lineno, model.table_of(field), after.table_of(field), model.why(field))
    fold.put(after)


def rename_field(fold: Fold, node: ast.Call) -> None:
    """The table of a many-to-many field is named after the field."""
    place, new = _place(fold, node, "old_name"), fold.text(argument(node, "new_name", 2))
    if place is None or new is None or place[1] not in place[0].links:
        return
    model, field = place
    after = model._replace(links={new if name == field else name: link for name, link in model.links.items()})
    if model.has_table and field in model.automatic():
        fold.emit("renames", node.lineno, model.table_of(field), after.table_of(new), model.why(field))
    fold.put(after)


def _moved(fold: Fold, before: Model, after: Model, line: int) -> None:
    """From one name to another, with the many-to-many tables named after it."""
    if after.has_table and before.has_table:
        fold.emit("renames", line, before.db_table, after.db_table, before.unsure)
        for field in before.automatic():
            fold.emit("renames", line, before.table_of(field), after.table_of(field), before.why(field))
    fold.put(after)


def _place(fold: Fold, node: ast.Call, name: str) -> tuple[Model, str] | None:
    model, field = fold.text(argument(node, "model_name", 0)), fold.text(argument(node, name, 1))
    return (fold.model(model), field) if model is not None and field is not None else None


def _options(fold: Fold, node: ast.expr | None) -> Options | None:
    """The options that are written out; None where they are not."""
    node = resolved(node, fold.values)
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return {}
    if not isinstance(node, ast.Dict):
        return None
    names = [fold.text(key) for key in node.keys]
    pairs = zip(names, node.values, strict=True)
    return None if None in names else {name: value for name, value in pairs if name is not None}


def _with_options(fold: Fold, model: Model, options: Options) -> Model:
    if "db_table" in options:
        model = _with_table(fold, model, resolved(options["db_table"], fold.values))
    managed = resolved(options.get("managed"), fold.values)
    if isinstance(managed, ast.Constant):
        model = model._replace(managed=bool(managed.value))
    elif managed is not None:
        model = model._replace(unsure=f"only if {words(managed)}")
    proxy = resolved(options.get("proxy"), fold.values)
    if isinstance(proxy, ast.Constant) and proxy.value:
        model = model._replace(elsewhere=True)
    vendor = fold.text(options.get("required_db_vendor"))
    if vendor is not None and vendor != fold.settings.vendor:
        model = model._replace(
            unsure=f"only on {vendor}", elsewhere=model.elsewhere or fold.settings.vendor is not None
        )
    return model._replace(elsewhere=model.elsewhere or _swapped(fold, model, options.get("swappable")))


def _swapped(fold: Fold, model: Model, setting: ast.expr | None) -> bool:
    """Whether the settings name another model in its place; Django's own default is its user (`AUTH_USER_MODEL`)."""
    name = fold.text(setting)
    if name is None:
        return False
    default = "auth.User" if name == "AUTH_USER_MODEL" and fold.settings.seen else None
    chosen = fold.settings.swaps.get(name, default)
    return chosen is not None and chosen.lower() != f"{fold.app.label}.{model.name}".lower()


def _with_table(fold: Fold, model: Model, node: ast.expr | None) -> Model:
    """An empty name and None are the default."""
    if isinstance(node, ast.Constant) and not node.value:
        return model._replace(table=None, computed=False)
    table = fold.text(node)
    return model._replace(table=table, computed=table is None)


def _fields(fold: Fold, node: ast.expr | None) -> list[tuple[str, ast.expr, str | None]]:
    """Names and fields, each with the condition on which it is there."""
    found: list[tuple[str, ast.expr, str | None]] = []
    left: list[tuple[ast.expr | None, str | None]] = [(node, None)]
    while left:
        given, unsure = left.pop()
        one = resolved(given, fold.values)
        match one:
            case None:
                pass
            case ast.BinOp(left=first, op=ast.Add(), right=second):
                left += [(second, unsure), (first, unsure)]
            case ast.Starred(value=inner):
                left.append((inner, unsure))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                truth = holds(test, fold.values, fold.settings.vendor)
                if truth is not True:
                    left.append((orelse, unsure if truth is False else f"only if not {words(test)}"))
                if truth is not False:
                    left.append((body, unsure if truth else f"only if {words(test)}"))
            case ast.Tuple(elts=[name, ast.Call() as made]) if (field := fold.text(name)) is None:
                link = _link(fold, made)
                if link is not None and link.automatic:
                    fold.tell(name.lineno, "may create a table for a many-to-many field whose name is computed")
            case ast.Tuple(elts=[name, made]) if (field := fold.text(name)) is not None:
                found.append((field, resolved(made, fold.values) or made, unsure))
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                left += [(part, unsure) for part in reversed(parts)]
            case _:
                fold.tell(one.lineno, "some of a model's fields are computed")
    return found


def _link(fold: Fold, node: ast.expr | None) -> Link | None:
    """A many-to-many field, one of Django's own or of a class named so; with `through` its table is a model's."""
    if not isinstance(node, ast.Call) or not name_of(node).endswith("ManyToManyField"):
        return None
    through = argument(node, "through")
    if through is not None and not (isinstance(through, ast.Constant) and through.value is None):
        return Link(automatic=False)
    given = argument(node, "db_table")
    table = fold.text(given)
    return Link(table or None, computed=given is not None and table is None and not isinstance(given, ast.Constant))
