"""A Python file's names, without running it: what it assigns, defines and imports, and which file an import is."""

import ast
import sys
from collections.abc import Iterator
from typing import NamedTuple

from playbook.schema.framework import Files
from playbook.schema.python import name_of, tree
from playbook.schema.unread import Unread

LIBRARIES = {*sys.stdlib_module_names, "sqlalchemy", "alembic", "sqlmodel", "sqlalchemy_utils", "flask", "tqdm", "rich"}
"""What changes no schema behind a migration's back: the language's own and the toolkit's modules."""

LIKELY = ("table", "view", "create", "drop", "rename", "upgrade", "migrat", "sequence", "partition")
"""Parts of a name that make an unread method worth telling of."""

LONGEST = 1_000_000
"""Characters of a file that are parsed: a second's work of Python's parser."""

SELDOM = (ast.IfExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Source(NamedTuple):
    """What the top level of a file gives a name; `imports` are `(module, name)`, the name empty for `import module`."""

    path: str
    lines: list[str]
    constants: dict[str, ast.expr]
    functions: dict[str, ast.FunctionDef]
    classes: dict[str, ast.ClassDef]
    imports: dict[str, tuple[str, str]]


def read(path: str, text: str) -> Source:
    """The names of a file; raises `Unread`."""
    if len(text) > LONGEST:
        raise Unread(f"it is longer than {LONGEST:,} characters")
    module = tree(text.removeprefix("\ufeff"))
    source = Source(path, text.split("\n"), {}, {}, {}, {})
    for statement in module.body:
        if isinstance(statement, ast.FunctionDef):
            source.functions[statement.name] = statement
        elif isinstance(statement, ast.ClassDef):
            source.classes[statement.name] = statement
        else:
            given = assigned(statement)
            source.constants.update(given)
            source.imports.update(_imported_by_call(given))
            note_imports(statement, source)
    return source


def assigned(statement: ast.stmt) -> dict[str, ast.expr]:
    """The names that an assignment gives, annotated or not, with their expressions."""
    if isinstance(statement, ast.Assign):
        return {target.id: statement.value for target in statement.targets if isinstance(target, ast.Name)}
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value is not None:
        return {statement.target.id: statement.value}
    return {}


def _imported_by_call(given: dict[str, ast.expr]) -> dict[str, tuple[str, str]]:
    """`first = import_module("shop.versions.2024-01-01_first")`, for a name that no import statement can say."""
    return {
        name: (call.args[0].value, "")
        for name, call in given.items()
        if isinstance(call, ast.Call)
        and name_of(call) == "import_module"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def note_imports(statement: ast.stmt, source: Source) -> None:
    """Adds what the statement imports, under the names that it gives."""
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        source.imports.update({one.asname or one.name: (module, one.name) for one in statement.names})
    elif isinstance(statement, ast.Import):
        for one in statement.names:
            source.imports[one.asname or one.name.partition(".")[0]] = (
                one.name if one.asname else one.name.partition(".")[0],
                "",
            )
    elif isinstance(statement, ast.If | ast.Try):
        for nested in ast.iter_child_nodes(statement):
            if isinstance(nested, ast.Import | ast.ImportFrom):
                note_imports(nested, source)


class Library:
    """The files there are, read once each when an import asks for one."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._paths: dict[str, list[str]] = {}
        for path in files:
            self._paths.setdefault(path.rpartition("/")[2], []).append(path)
        self._read: dict[str, Source | None] = {}
        self._imported: dict[tuple[str, str], Source | None] = {}

    def of(self, path: str) -> Source | None:
        """The file's names; None where it cannot be read."""
        if path not in self._read:
            try:
                self._read[path] = read(path, self._files[path])
            except Unread:
                self._read[path] = None
        return self._read[path]

    def named(self, name: str, source: Source) -> tuple[Source, str] | None:
        """The file that an imported name comes from, and its name there; None where that is not among the files."""
        module, original = source.imports.get(name, ("", ""))
        found = self.imported(module, source.path) if module and original else None
        return None if found is None else (found, original)

    def imported(self, module: str, importer: str) -> Source | None:
        """The file that the module is, as the importing file would find it; None where it is not among the files."""
        if module.partition(".")[0] in LIBRARIES:
            return None
        key = module, importer.rpartition("/")[0] if module.startswith(".") else ""
        if key not in self._imported:
            self._imported[key] = self._find(module, importer)
        return self._imported[key]

    def _find(self, module: str, importer: str) -> Source | None:
        name = module.lstrip(".")
        level = len(module) - len(name)
        folders = importer.split("/")[:-level] if level else []
        wanted = "/".join([*folders, *name.split(".")])
        for ending in (f"{wanted}.py", f"{wanted}/__init__.py"):
            for path in self._paths.get(ending.rpartition("/")[2], []):
                if path == ending or (not level and path.endswith(f"/{ending}")):
                    return self.of(path)
        return None


def calls(node: ast.AST) -> Iterator[tuple[ast.Call, bool]]:
    """Every call that running the node makes, and whether it surely makes it; functions defined inside are not run."""
    waiting = [(node, True)]
    while waiting:
        one, sure = waiting.pop()
        if isinstance(one, ast.Call):
            yield one, sure
        if isinstance(one, NESTED):
            continue
        below = list(ast.iter_child_nodes(one))
        if isinstance(one, ast.BoolOp):
            waiting += [(child, sure and child is one.values[0]) for child in reversed(below)]
        else:
            sure = sure and not isinstance(
                one, ast.IfExp | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
            )
            waiting += [(child, sure) for child in reversed(below)]


def unread_function(call: ast.Call, source: Source) -> str | None:
    """The name of a function of the application's that was not among the files."""
    function, name = call.func, name_of(call)
    if isinstance(function, ast.Name):
        module = source.imports.get(name, ("", ""))[0]
    elif isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        module = source.imports.get(function.value.id, ("", ""))[0]
        module = module if any(part in name.lower() for part in LIKELY) else ""
        if name in ("upgrade", "downgrade") and not module:
            return f"{function.value.id}.{name}()"
    else:
        return None
    return f"{name}() of {module}" if module and module.partition(".")[0] not in LIBRARIES else None


__all__ = ["LONGEST", "Library", "Source", "assigned", "calls", "note_imports", "read", "unread_function"]
