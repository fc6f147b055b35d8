"""Walks through `upgrade()` as it would run, and tells what is sure from what hangs on a condition.

A branch is taken where its test is decided by the text. Where it is not, what both branches do is sure, and so is
what a test for the relation's own existence guards: after `if not has_table("a"): create_table("a")` there is an "a".
Anything else becomes `Doubt`, with what it would do.
"""

import ast
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from playbook.schema.frameworks.alembic import effects, values
from playbook.schema.frameworks.alembic.binding import arguments, bind, targets
from playbook.schema.frameworks.alembic.branches import (
    ENDS,
    below,
    condition,
    doubted,
    inner,
    leaves_block,
    moved,
    weighed,
)
from playbook.schema.frameworks.alembic.effects import is_operation, touches
from playbook.schema.frameworks.alembic.evaluate import Budget, Evaluator
from playbook.schema.frameworks.alembic.past import Doubt, Effect, Past
from playbook.schema.frameworks.alembic.source import Library, Source, assigned, calls, note_imports, unread_function
from playbook.schema.frameworks.alembic.values import UNKNOWN, Exists, Plain
from playbook.schema.python import name_of

DEEPEST = 60
"""Blocks within blocks that are walked into."""

CALLED = 6
"""Functions called by functions that are followed."""

LOOPS = 500
"""Elements of a written-out list that a loop is followed through."""


class Frame(NamedTuple):
    """A function that is being walked through; `line` is where it was called from, if from another file, and
    `functions` are those defined inside it, which see its names."""

    see: Evaluator
    called: tuple[str, ...]
    line: int | None
    returned: list[values.Value]
    functions: dict[str, ast.FunctionDef]


class Walk:
    """One migration's way up; `found` is what it does, in order."""

    def __init__(self, source: Source, library: Library, past: Past) -> None:
        self.source, self.library, self.past = source, library, past
        self.found: list[Effect] = []
        self.outer: list[list[Effect]] = []
        self._made: dict[ast.AST, list[tuple[ast.Call, bool]]] = {}
        self.budget = Budget()

    def run(self) -> list[Effect]:
        """What `upgrade()` does, and `upgrade_…()` of each database where `upgrade(engine_name)` picks one.

        https://github.com/sqlalchemy/alembic/blob/main/alembic/templates/multidb/script.py.mako
        """
        functions = self.source.functions
        upgrade = functions.get("upgrade")
        if upgrade is None:
            elsewhere = "upgrade" in self.source.imports or "upgrade" in self.source.constants
            return [Doubt(1, "takes its upgrade() from elsewhere")] if elsewhere else []
        self._function(upgrade, self.source, {}, ("upgrade",), None)
        if upgrade.args.args:
            for name, function in functions.items():
                if name.startswith("upgrade_"):
                    self._function(function, self.source, {}, (name,), None)
        if self.budget.left < 0:
            self.found.append(Doubt(upgrade.lineno, "does more than was followed"))
        return self.found

    def _function(
        self,
        function: ast.FunctionDef,
        source: Source,
        local: dict[str, values.Value],
        called: tuple[str, ...],
        line: int | None,
        functions: dict[str, ast.FunctionDef] | None = None,
    ) -> values.Value:
        """Walks through a function; gives what it returns, where that is known."""
        frame = Frame(Evaluator(source, local, self.budget, self.library), called, line, [], dict(functions or {}))
        frame.see.called = partial(self._value_of, frame)
        self._block(function.body, frame, 0)
        return frame.returned[0] if len(frame.returned) == 1 else UNKNOWN

    def _block(self, statements: Sequence[ast.stmt], frame: Frame, depth: int) -> None:
        for place, statement in enumerate(statements):
            if not self.budget.spend():
                return
            if depth > DEEPEST:
                self.found.append(Doubt(statement.lineno, "is nested too deeply to be followed"))
                return
            rest = statements[place + 1 :]
            if isinstance(statement, ast.If):
                if self._branch(statement, rest, frame, depth):
                    return
            else:
                self._statement(statement, frame, depth)
            if isinstance(statement, ENDS):
                return
            if isinstance(statement, ast.With | ast.For | ast.Try | ast.While) and leaves_block(statement):
                self._doubtful(rest, frame, depth, f"unless line {statement.lineno} returns before it")
                return

    def _statement(self, statement: ast.stmt, frame: Frame, depth: int) -> None:
        match statement:
            case ast.With():
                self._with(statement, frame, depth)
            case ast.For():
                self._loop(statement, frame, depth)
            case ast.Try():
                self._try(statement, frame, depth)
            case ast.While() | ast.Match() | ast.TryStar() | ast.AsyncFor() | ast.AsyncWith():
                self._doubtful([statement], frame, depth, "only in a loop or case that running it decides")
            case ast.FunctionDef():
                frame.functions[statement.name] = statement
            case ast.AsyncFunctionDef() | ast.ClassDef():
                pass
            case _:
                self._simple(statement, frame)

    def _simple(self, statement: ast.stmt, frame: Frame) -> None:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            note_imports(statement, frame.see.source)
            return
        self._calls(statement, frame)
        for name, expression in assigned(statement).items():
            frame.see.local[name] = frame.see.value(expression)
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            before = ast.copy_location(ast.Name(statement.target.id), statement)
            joined = ast.BinOp(before, statement.op, statement.value)
            frame.see.local[statement.target.id] = frame.see.value(ast.copy_location(joined, statement))
        elif isinstance(statement, ast.Return):
            frame.returned.append(frame.see.value(statement.value))
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
            bind(statement.targets[0], frame.see.value(statement.value), frame.see.local)

    def _calls(self, node: ast.AST, frame: Frame) -> None:
        alone = node.value if isinstance(node, ast.Expr | ast.Assign) else None
        if node not in self._made:
            made = ((alone, True),) if is_operation(alone, frame.see) else calls(node)
            self._made[node] = [one for one in made if touches(one[0], frame.see)]
        for call, sure in self._made[node]:
            hits = effects.of_call(call, frame.see)
            before = len(self.found)
            if hits is None:
                self._follow(call, frame, told=isinstance(node, ast.Expr) and call is alone)
            else:
                self.found += hits if frame.line is None else [moved(hit, frame.line) for hit in hits]
            if not sure:
                self.found[before:] = [doubted(hit, "only under a condition") for hit in self.found[before:]]

    def _definition(self, call: ast.Call, frame: Frame) -> tuple[ast.FunctionDef, Source] | None:
        """The function that is called: inside this one, in this file or in another of those there are."""
        function, name, source = call.func, name_of(call), frame.see.source
        if isinstance(function, ast.Name):
            defined = frame.functions.get(name) or source.functions.get(name)
            if defined is not None:
                return defined, source
            module, original = source.imports.get(name, ("", ""))
        elif isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            package, inner = source.imports.get(function.value.id, ("", ""))
            module, original = f"{package}.{inner}".rstrip(".") if package.strip(".") else package + inner, name
        else:
            return None
        other = self.library.imported(module, source.path) if module else None
        if other is None or original not in other.functions:
            return None
        return other.functions[original], other

    def _enter(self, call: ast.Call, frame: Frame) -> values.Value | None:
        """Walks through the function that is called; gives what it returns, or None where its text is not known."""
        found = self._definition(call, frame)
        if found is None:
            return None
        function, source = found
        if function.name in frame.called or len(frame.called) > CALLED:
            return UNKNOWN
        local = arguments(call, function, frame.see)
        line, functions = frame.line, {}
        if frame.functions.get(function.name) is function:
            local, functions = {**frame.see.local, **local}, frame.functions
        elif source is not frame.see.source:
            line = frame.line or call.lineno
        return self._function(function, source, local, (*frame.called, function.name), line, functions)

    def _follow(self, call: ast.Call, frame: Frame, *, told: bool) -> None:
        if self._enter(call, frame) is None and told and (unread := unread_function(call, frame.see.source)):
            self.found.append(Doubt(frame.line or call.lineno, f"calls {unread}, which was not read"))

    def _value_of(self, frame: Frame, call: ast.Call) -> values.Value:
        """What a function returns whose text is known; its effects are those of `_follow`, not counted here."""
        aside, self.found = self.found, []
        try:
            return self._enter(call, frame) or UNKNOWN
        finally:
            self.found = aside

    def _branch(self, statement: ast.If, rest: Sequence[ast.stmt], frame: Frame, depth: int) -> bool:
        """Walks through an `if`; true where that took the rest of the block along, since a branch ends it."""
        self._calls(statement.test, frame)
        test = frame.see.value(statement.test)
        body, other = statement.body, statement.orelse
        leaves = leaves_block(statement)
        failing = [bool(branch) and isinstance(branch[-1], ast.Raise) for branch in (body, other)]
        if isinstance(test, Plain) or any(failing):
            taken = body if failing[1] or (isinstance(test, Plain) and test.value) else other
            self._block([*taken, *rest] if leaves else taken, frame, depth + 1)
            return leaves
        if leaves:
            body = body if isinstance(body[-1], ENDS) else [*body, *rest]
            other = other if other and isinstance(other[-1], ENDS) else [*other, *rest]
        there = (
            self.past.has(test.relation, test.schema_name, *self.outer, self.found)
            if isinstance(test, Exists)
            else None
        )
        if isinstance(test, Exists) and there:
            self._block(body if test.positive else other, frame, depth + 1)
            return leaves
        before = dict(frame.see.local)
        if_so = self._aside(body, frame, depth)
        one, frame.see.local = frame.see.local, before
        if_not = self._aside(other, frame, depth)
        for name in {*one, *frame.see.local}:
            if one.get(name, UNKNOWN) != frame.see.local.get(name, UNKNOWN):
                frame.see.local[name] = UNKNOWN
        shown = condition(statement.test, frame.see.source)
        self.found += weighed(if_so, if_not, test, shown, empty=there is False)
        return leaves

    def _aside(self, body: Sequence[ast.stmt], frame: Frame, depth: int) -> list[Effect]:
        self.outer.append(self.found)
        self.found = []
        self._block(body, frame, depth + 1)
        aside, self.found = self.found, self.outer.pop()
        return aside

    def _doubtful(self, body: Sequence[ast.stmt], frame: Frame, depth: int, why: str) -> None:
        """Walks through statements that may or may not run, or may run several times."""
        within = [part for one in body for part in inner(one)]
        found = self._aside(within, frame, depth)
        self.found += [doubted(hit, why) for hit in found]

    def _with(self, statement: ast.With, frame: Frame, depth: int) -> None:
        for item in statement.items:
            self._calls(item.context_expr, frame)
            if isinstance(item.optional_vars, ast.Name):
                frame.see.local[item.optional_vars.id] = UNKNOWN
        if any(name_of(item.context_expr) == "suppress" for item in statement.items):
            self._doubtful(statement.body, frame, depth, "unless it fails, which is passed over")
        else:
            self._block(statement.body, frame, depth + 1)

    def _loop(self, statement: ast.For, frame: Frame, depth: int) -> None:
        self._calls(statement.iter, frame)
        given = values.elements(frame.see.value(statement.iter))
        broken = any(isinstance(one, ast.Break) for one in below(statement))
        if given is None or len(given) > LOOPS or broken:
            for name in targets(statement.target):
                frame.see.local[name] = UNKNOWN
            self._doubtful(statement.body, frame, depth, "in a loop over what only running it tells")
        else:
            for one in given:
                bind(statement.target, one, frame.see.local)
                self._block(statement.body, frame, depth + 1)
        self._block(statement.orelse, frame, depth + 1)

    def _try(self, statement: ast.Try, frame: Frame, depth: int) -> None:
        """A failure is passed over unless every `except` raises again; then the migration fails, and did nothing."""
        passed_over = [one for one in statement.handlers if not isinstance(one.body[-1], ast.Raise)]
        if passed_over:
            self._doubtful(statement.body, frame, depth, "unless it fails, which is passed over")
            for one in passed_over:
                self._doubtful(one.body, frame, depth, f"only after a failure at line {statement.lineno}")
        else:
            self._block(statement.body, frame, depth + 1)
        self._block([*statement.orelse, *statement.finalbody], frame, depth + 1)
