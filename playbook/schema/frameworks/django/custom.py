"""Operations that Django does not have: those that a migration file defines itself, and those from elsewhere.

https://docs.djangoproject.com/en/5.2/ref/migration-operations/#writing-your-own
"""

import ast
from collections.abc import Callable

from playbook.schema.frameworks.django.code import read_method, run_python
from playbook.schema.frameworks.django.condition import words
from playbook.schema.frameworks.django.fold import Fold, Operations
from playbook.schema.frameworks.django.operations import (
    add_field,
    alter_field,
    alter_model_options,
    alter_model_table,
    create_model,
    delete_model,
    remove_field,
    rename_field,
    rename_model,
)
from playbook.schema.frameworks.django.state import Model
from playbook.schema.python import name_of

INDEXES = (
    *("AlterModelTableComment", "AlterModelManagers", "AlterOrderWithRespectTo"),
    *("AlterUniqueTogether", "AlterIndexTogether", "AddIndex", "RemoveIndex", "RenameIndex"),
    *("AddConstraint", "RemoveConstraint", "AlterConstraint"),
    *("AddIndexConcurrently", "RemoveIndexConcurrently", "AddConstraintNotValid", "ValidateConstraint"),
    *("CreateCollation", "RemoveCollation", "CreateExtension"),
)
"""Django's operations that leave every table where it is (django/db/migrations/operations/ and, for PostgreSQL,
django/contrib/postgres/operations.py). Extensions may bring relations of their own, which no application queries."""


def own(fold: Fold, node: ast.Call) -> None:
    """A class of the same file: its `database_forwards` is read, or what it inherits. Others are dynamic."""
    name = name_of(node)
    if name.endswith("Extension"):
        return
    made = fold.source.classes.get(name)
    if made is None:
        origin = fold.source.imports.get(name)
        fold.tell(node.lineno, f"{name or words(node)} is no operation of Django's" + (f" ({origin})" * bool(origin)))
        return
    methods = {one.name: one for one in made.body if isinstance(one, ast.FunctionDef)}
    inherited = OPERATIONS.get(name_of(made.bases[0])) if made.bases else None
    known = inherited is not None and not any(one in methods for one in ("__init__", "state_forwards"))
    forwards = methods.get("database_forwards")
    if inherited is not None and (known and forwards is None):
        inherited(fold, node)
        return
    changes_state = "state_forwards" in methods and not _is_empty(methods["state_forwards"])
    unlike = inherited not in (None, _nothing) and not known
    if unlike or changes_state or (forwards is None and inherited is None):
        fold.tell(node.lineno, f"{name} is an operation of its own")
    before = dict(fold.models)
    if forwards is not None and fold.database:
        fold.inherited = (lambda: inherited(fold, node)) if inherited is not None and known else None
        read_method(fold, forwards)
        fold.inherited = None
    if inherited is not None and known:
        _state_only(fold, before, lambda: inherited(fold, node))


def _state_only(fold: Fold, before: dict[str, Model], change: Callable[[], None]) -> None:
    """The state goes on as the operation that is inherited would have it, whatever became of the database."""
    fold.models.clear()
    fold.models.update(before)
    database, fold.database = fold.database, False
    change()
    fold.database = database


def _is_empty(method: ast.FunctionDef) -> bool:
    return all(isinstance(one, ast.Pass | ast.Expr | ast.Return) for one in method.body) and not any(
        isinstance(inner, ast.Call) for one in method.body for inner in ast.walk(one)
    )


def _nothing(_fold: Fold, _node: ast.Call) -> None:
    """The tables stay as they are."""


OPERATIONS: Operations = {
    "CreateModel": create_model,
    "DeleteModel": delete_model,
    "RenameModel": rename_model,
    "AlterModelTable": alter_model_table,
    "AlterModelOptions": alter_model_options,
    "AddField": add_field,
    "RemoveField": remove_field,
    "AlterField": alter_field,
    "RenameField": rename_field,
    "RunPython": run_python,
    **dict.fromkeys(INDEXES, _nothing),
    "": own,
}
"""What to do by the operation's name; "" is for one that is not Django's."""
