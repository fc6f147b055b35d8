"""Follows a function of a migration in the order in which it would run, and hands the framework what is asked of it.

Nothing of the repository is run: every kind of statement and expression has its rule here or in `expressions.py`, and
one without a rule gives `UNKNOWN`. What happens only under a condition that the text does not decide is tried both
ways: what both do is sure, and the rest becomes a `Dynamic`.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from playbook.schema.javascript.expressions import Expressions
from playbook.schema.javascript.values import (
    NOTHING,
    UNKNOWN,
    Class,
    Function,
    Later,
    Presence,
    Scope,
    Value,
    truth,
)
from playbook.schema.syntax import Node, line, text
from playbook.schema.unread import Unread

LOOPS = frozenset({"while_statement", "do_statement", "for_statement"})
MOST_ROUNDS = 1_000
"""How often one loop over a list that is written out is followed: nobody writes out more tables than that."""


class Signal(NamedTuple):
    """What ends a row of statements early; where it is not `sure`, what follows happens only sometimes."""

    kind: str
    value: Value = NOTHING
    sure: bool = True
    unless: Presence | None = None


class Statements(Expressions):
    """The order of statements; `Run` adds the top of a file."""

    def block(self, statements: Sequence[Node], scope: Scope) -> Signal | None:
        for one in statements:
            if one.type in ("function_declaration", "generator_function_declaration"):
                scope.names[text(one.child_by_field_name("name"))] = Function(one, scope)
        for place, one in enumerate(statements):
            signal = self.statement(one, scope)
            if signal is None:
                continue
            rest = statements[place + 1 :]
            if not signal.sure:
                return self._sometimes(rest, scope, signal)
            if signal.unless is not None:
                self.recorder.unless_there(signal.unless, lambda rest=rest: self._ignore(rest, scope))  # type: ignore[misc]
            return signal
        return None

    def _ignore(self, statements: Sequence[Node], scope: Scope) -> None:
        self.block(statements, scope)

    def _sometimes(self, rest: Sequence[Node], scope: Scope, signal: Signal) -> Signal:
        if rest:
            with self.trial() as tried:
                self.block(rest, scope)
            self.recorder.perhaps([tried], "depends on a condition that is known only when it runs")
        return signal

    def statement(self, node: Node, scope: Scope) -> Signal | None:
        self.step(node)
        try:
            return self._statement(node, scope)
        finally:
            self.depth -= 1

    def _statement(self, node: Node, scope: Scope) -> Signal | None:
        kind = node.type
        if kind == "expression_statement":
            if node.named_children:
                self.value(node.named_children[0], scope)
        elif kind in ("lexical_declaration", "variable_declaration"):
            self._declare(node, scope)
        elif kind == "if_statement":
            return self._if(node, scope)
        elif kind == "statement_block":
            return self.block(node.named_children, Scope(scope))
        elif kind == "return_statement":
            values = [one for one in node.named_children if one.type != "comment"]
            return Signal("return", self.value(values[0], scope) if values else NOTHING)
        elif kind == "throw_statement":
            return Signal("throw")
        elif kind in ("break_statement", "continue_statement"):
            return Signal(kind.partition("_")[0])
        elif kind == "for_in_statement":
            return self._for(node, scope)
        elif kind == "try_statement":
            return self._try(node, scope)
        else:
            self._other(node, scope)
        return None

    def _other(self, node: Node, scope: Scope) -> None:
        """Statements that never end the row that they stand in."""
        name = text(node.child_by_field_name("name"))
        if node.type in LOOPS:
            self._maybe([node.child_by_field_name("body")], scope, "depends on a loop that is known only when it runs")
        elif node.type == "switch_statement":
            self._switch(node, scope)
        elif node.type in ("class_declaration", "abstract_class_declaration"):
            scope.names[name] = Class(node, scope, name)
        elif node.type == "enum_declaration":
            scope.names[name] = self.enum(node, scope)

    def _declare(self, node: Node, scope: Scope, later: bool = False) -> None:
        for one in node.named_children:
            target, value = one.child_by_field_name("name"), one.child_by_field_name("value")
            if one.type != "variable_declarator" or target is None:
                continue
            if later and target.type == "identifier" and value is not None:
                scope.names[text(target)] = Later(value, scope)
            else:
                self.bind(target, self.value(value, scope) if value is not None else NOTHING, scope)

    def _if(self, node: Node, scope: Scope) -> Signal | None:
        test = self.value(node.child_by_field_name("condition"), scope)
        first, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
        otherwise = other.named_children[0] if other is not None and other.named_children else None
        holds = truth(test)
        if holds is None:
            return self._either([first, otherwise], scope)
        taken, skipped = (first, otherwise) if holds else (otherwise, first)
        signal = self.statement(taken, Scope(scope)) if taken is not None else None
        if isinstance(test, Presence) and not test.known:
            if skipped is not None:
                self.recorder.unless_there(test, lambda: self._ignore([skipped], Scope(scope)))
            if signal is not None and signal.kind == "return":
                return signal._replace(unless=test)
        return signal

    def _either(self, ways: Sequence[Node | None], scope: Scope) -> Signal | None:
        why = "depends on a condition that is known only when it runs"
        signals, tried = [], []
        for way in ways:
            with self.trial() as operations:
                signals.append(self.statement(way, Scope(scope)) if way is not None else None)
            if signals[-1] is None or signals[-1].kind != "throw":
                tried.append(operations)
        if not tried:
            return Signal("throw")
        self.recorder.perhaps(tried if len(tried) > 1 else [*tried, *tried], why)
        left = [one for one in signals if one is None or one.kind != "throw"]
        going = [one for one in left if one is not None]
        if not going:
            return None
        everywhere = len(going) == len(left)
        return Signal(going[0].kind, UNKNOWN, sure=everywhere and all(one.sure for one in going))

    def _maybe(self, bodies: Sequence[Node | None], scope: Scope, why: str) -> None:
        """Each of these may run, or not, or more than once."""
        for body in bodies:
            if body is not None:
                with self.trial() as tried:
                    self.statement(body, Scope(scope))
                self.recorder.perhaps([tried], why)

    def _switch(self, node: Node, scope: Scope) -> None:
        self.value(node.child_by_field_name("value"), scope)
        body = node.child_by_field_name("body")
        for one in body.named_children if body is not None else ():
            with self.trial() as tried:
                self.block(one.children_by_field_name("body"), Scope(scope))
            self.recorder.perhaps([tried], "depends on a condition that is known only when it runs")

    def _try(self, node: Node, scope: Scope) -> Signal | None:
        body, final = node.child_by_field_name("body"), node.child_by_field_name("finalizer")
        signal = self.statement(body, scope) if body is not None else None
        handler = node.child_by_field_name("handler")
        if handler is not None:
            self._maybe([handler.child_by_field_name("body")], scope, "depends on whether the lines before it fail")
        last = self.block(final.named_children, scope) if final is not None else None
        return last or signal

    def _for(self, node: Node, scope: Scope) -> Signal | None:
        """`for … of` over a list that is written out; `for … in` over the names of an object that is."""
        over, body = self.value(node.child_by_field_name("right"), scope), node.child_by_field_name("body")
        target, operator = node.child_by_field_name("left"), node.child_by_field_name("operator")
        if isinstance(over, dict) and text(operator) == "in":
            over = self.keys(over, line(node))
        if target is None or body is None:
            return None
        if not isinstance(over, list) or text(operator) == "in":
            inner = Scope(scope)
            self.bind(target, UNKNOWN, inner)
            self._maybe([body], inner, "depends on a list that is known only when it runs")
            return None
        for place, one in enumerate(over[:MOST_ROUNDS]):
            inner = Scope(scope)
            self.bind(target, one, inner)
            signal = self.statement(body, inner)
            if signal is None or (signal.kind == "continue"):
                continue
            if not signal.sure:
                self._rest(over[place + 1 : MOST_ROUNDS], lambda left: self._round(target, left, body, scope))
            if signal.kind == "return":
                return signal
            break
        return None

    def _round(self, target: Node, value: Value, body: Node, scope: Scope) -> None:
        inner = Scope(scope)
        self.bind(target, value, inner)
        self.statement(body, inner)

    def _rest(self, values: Sequence[Value], each: Callable[[Value], None]) -> None:
        with self.trial() as tried:
            for one in values:
                each(one)
        self.recorder.perhaps([tried], "depends on a condition that is known only when it runs")

    def invoke(self, function: Function, arguments: Sequence[Value]) -> Value:
        """What a function of the repository gives, followed with these arguments."""
        self.calls += 1
        if self.calls > self.DEEPEST_CALLS:
            self.calls -= 1
            raise Unread(f"its functions call each other too deep to follow (line {line(function.node)})")
        scope = Scope(function.scope)
        scope.names["this"] = function.this if function.this is not NOTHING else UNKNOWN
        if function.this is NOTHING and function.node.type == "arrow_function":
            del scope.names["this"]
        try:
            self._bind_parameters(function.node, arguments, scope)
            body = function.node.child_by_field_name("body")
            if body is None:
                return UNKNOWN
            if body.type != "statement_block":
                return self.value(body, scope)
            signal = self.block(body.named_children, scope)
            if signal is None or signal.kind != "return":
                return NOTHING
            return signal.value if signal.sure else UNKNOWN
        finally:
            self.calls -= 1

    def _bind_parameters(self, node: Node, arguments: Sequence[Value], scope: Scope) -> None:
        single = node.child_by_field_name("parameter")
        parameters = node.child_by_field_name("parameters")
        targets = [single] if single is not None else parameters.named_children if parameters is not None else []
        targets = [one for one in targets if one.type != "comment"]
        for place, target in enumerate(targets):
            pattern = target.child_by_field_name("pattern") if target.type.endswith("_parameter") else target
            default = target.child_by_field_name("value")
            if pattern is None or pattern.type == "this":
                continue
            if pattern.type == "rest_pattern":
                self.bind(pattern.named_children[0], list(arguments[place:]), scope)
                continue
            value = arguments[place] if place < len(arguments) else NOTHING
            if value is NOTHING and default is not None:
                value = self.value(default, scope)
            self.bind(pattern, value, scope)
