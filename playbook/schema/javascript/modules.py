"""Files of the repository that import each other: what each exports, read once and only when it is asked for."""

import posixpath
from typing import TYPE_CHECKING

from playbook.schema.framework import Files
from playbook.schema.javascript.values import FILES, PATHS, UNKNOWN, Later, Scope, Text, Value, string
from playbook.schema.syntax import Grammar, Node, text, tree
from playbook.schema.unread import Unread

if TYPE_CHECKING:
    from playbook.schema.javascript.run import Run

ENDINGS = (".ts", ".js", ".tsx", ".jsx", ".mts", ".cts", ".mjs", ".cjs")
LIBRARIES = {"fs": FILES, "node:fs": FILES, "path": PATHS, "node:path": PATHS}


def is_code(path: str) -> bool:
    """Whether the file holds JavaScript or TypeScript that runs; declarations of types (`.d.ts`) do not."""
    return path.endswith(ENDINGS) and not path.endswith((".d.ts", ".d.mts", ".d.cts"))


def grammar(path: str) -> Grammar:
    if path.endswith(".tsx"):
        return "tsx"
    return "typescript" if path.endswith((".ts", ".mts", ".cts")) else "javascript"


class Modules:
    """The exports of files by their paths; raises `Unread` for a file that cannot be parsed."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.read: dict[str, Value] = {}
        self.trees: dict[str, tuple[Node, Scope]] = {}

    def exports(self, run: "Run", path: str) -> Value:
        """A dict of what the file exports by name, or the one thing that it exports."""
        if path not in self.read:
            exported: dict[str, Value] = {}
            self.read[path] = exported
            scope = Scope()
            scope.names.update(exports=exported, module={"exports": exported})
            scope.names["__dirname"] = Text(posixpath.dirname(path), 1)
            scope.names["__filename"] = Text(path, 1)
            root = tree(self.files[path], grammar(path))
            self.trees[path] = root, scope
            run.module(root, scope)
            whole = scope.names["module"]["exports"]
            self.read[path] = exported if whole is exported else whole
        return self.read[path]

    def required(self, run: "Run", spec: str, scope: Scope) -> Value:
        """What `require(spec)` gives in a file; `UNKNOWN` where it is not among the files."""
        if spec in LIBRARIES:
            return LIBRARIES[spec]
        path = self.resolved(spec, folder(scope))
        if path is None:
            return UNKNOWN
        try:
            return self.exports(run, path)
        except Unread:
            return UNKNOWN

    def resolved(self, spec: str, start: str) -> str | None:
        """The file that a relative specifier means, with the endings and the index that may be left out
        (https://nodejs.org/api/modules.html#all-together); TypeScript writes `.js` for a `.ts`."""
        if not spec.startswith("."):
            return None
        path = posixpath.normpath(posixpath.join(start, spec))
        stem = posixpath.splitext(path)[0] if path.endswith((".js", ".mjs", ".cjs")) else path
        candidates = [path, *(f"{one}{end}" for one in (stem, path) for end in ENDINGS)]
        candidates += [f"{path}/index{end}" for end in ENDINGS]
        return next((one for one in candidates if one in self.files and is_code(one)), None)

    def imported(self, node: Node, scope: Scope) -> None:
        """Gives the names of an import statement their place; the other file is read when one is asked for."""
        for clause in node.named_children:
            if clause.type == "import_require_clause":
                scope.names[text(clause.named_children[0])] = Later(clause, scope)
            for one in clause.named_children if clause.type == "import_clause" else ():
                if one.type == "identifier":
                    scope.names[text(one)] = Later(clause, scope)
                elif one.type == "namespace_import":
                    scope.names[text(one.named_children[0])] = Later(one, scope)
                elif one.type == "named_imports":
                    for each in one.named_children:
                        alias = each.child_by_field_name("alias") or each.child_by_field_name("name")
                        scope.names[text(alias)] = Later(each, scope)

    def found(self, run: "Run", node: Node, scope: Scope) -> Value:
        """What an import's part stands for."""
        source = _source(node)
        if source is None:
            return UNKNOWN
        module = self.required(run, source, scope)
        if node.type in ("namespace_import", "import_require_clause") or module is UNKNOWN:
            return module
        name = "default" if node.type == "import_clause" else text(node.child_by_field_name("name"))
        if not isinstance(module, dict):
            return module if name == "default" else run.member(module, name)
        if name == "default" and name not in module:
            return module
        return run.now(module, name) if name in module else UNKNOWN

    def exported_again(self, run: "Run", node: Node, scope: Scope, exports: dict[str, Value]) -> None:
        """`export * from`, `export * as name from` and `export {name} from`."""
        source = _source(node)
        module = self.required(run, source, scope) if source is not None else UNKNOWN
        clause = next((one for one in node.named_children if one.type in ("export_clause", "namespace_export")), None)
        if clause is None:
            if isinstance(module, dict):
                exports.update({name: value for name, value in module.items() if name != "default"})
        elif clause.type == "namespace_export":
            exports[text(clause.named_children[0])] = module
        else:
            for one in clause.named_children:
                name, alias = text(one.child_by_field_name("name")), one.child_by_field_name("alias")
                exports[text(alias) or name] = module.get(name, UNKNOWN) if isinstance(module, dict) else UNKNOWN


def folder(scope: Scope) -> str:
    """The folder of the file whose code this is."""
    found = scope.find("__dirname")
    value = found.names["__dirname"] if found is not None else None
    return value.value if isinstance(value, Text) else ""


def _source(node: Node) -> str | None:
    """The specifier of the statement that the node is a part of."""
    at: Node | None = node
    while at is not None:
        source = at.child_by_field_name("source")
        if source is not None:
            return string(source).value
        at = at.parent
    return None
