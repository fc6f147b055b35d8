"""One way through a migration: what the top of a file gives names to and exports, and what its functions then do."""

from playbook.schema.javascript.statements import Statements
from playbook.schema.javascript.values import UNKNOWN, Class, Function, Scope, Value
from playbook.schema.syntax import Node, quote, text


class Run(Statements):
    """Files and functions followed one after another; `steps` counts what was followed."""

    def module(self, root: Node, scope: Scope) -> None:
        """What the top of a file gives names to and exports; its constants are worked out when they are asked for."""
        exports = scope.names["exports"]
        for one in root.named_children:
            if one.type == "export_statement":
                self._export(one, scope, exports)
            else:
                self._top(one, scope)

    def _top(self, node: Node, scope: Scope) -> None:
        kind = node.type
        if kind in ("lexical_declaration", "variable_declaration"):
            self._declare(node, scope, later=True)
        elif kind in ("function_declaration", "generator_function_declaration"):
            scope.names[text(node.child_by_field_name("name"))] = Function(node, scope)
        elif kind == "import_statement":
            self.modules.imported(node, scope)
        elif kind in ("class_declaration", "abstract_class_declaration", "enum_declaration"):
            self.statement(node, scope)
        elif kind == "expression_statement" and node.named_children[0].type == "assignment_expression":
            self.value(node.named_children[0], scope)

    def _export(self, node: Node, scope: Scope, exports: dict[str, Value]) -> None:
        declared, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
        source = node.child_by_field_name("source")
        if declared is not None:
            before = set(scope.names)
            self._top(declared, scope)
            names = [name for name in scope.names if name not in before]
            named = text(declared.child_by_field_name("name"))
            exports.update({name: scope.names[name] for name in names})
            if named and named not in exports and named in scope.names:
                exports[named] = scope.names[named]
            if any(one.type == "default" for one in node.children):
                exports["default"] = scope.names.get(named, UNKNOWN)
                if not named and declared.type.startswith(("function", "class")):
                    whole = Function(declared, scope) if "function" in declared.type else Class(declared, scope, "")
                    exports["default"] = whole
        elif value is not None:
            exports["default"] = self.value(value, scope)
        elif source is not None:
            self.modules.exported_again(self, node, scope, exports)
        else:
            self._export_names(node, scope, exports)

    def _export_names(self, node: Node, scope: Scope, exports: dict[str, Value]) -> None:
        for clause in node.named_children:
            if clause.type != "export_clause":
                exports["default"] = self.value(clause, scope)  # TypeScript's `export = value`
                continue
            for one in clause.named_children:
                name, alias = text(one.child_by_field_name("name")), one.child_by_field_name("alias")
                found = scope.find(name)
                if found is not None:
                    exports[text(alias) or name] = found.names[name]

    def unfollowed(self, callee: Node, at: int) -> None:
        """The database was handed to a function that cannot be read here."""
        self.recorder.unsure(at, f"what {quote(callee)}(…) does to the database is not in the files that were read")
