"""What must be so for a part of a Ruby method to run, as far as the code says it."""

from playbook.schema.effect import Guard
from playbook.schema.frameworks.rails import ruby
from playbook.schema.frameworks.rails.ruby import Scope
from playbook.schema.syntax import DEEPEST, Node, line, quote, text

EXISTS = {"table_exists?", "data_source_exists?", "view_exists?"}
LISTS = {"tables", "data_sources", "views"}
"""What lists names, of which `include?` asks for one."""

LEAVES = ("return", "next", "break")


def leaves(node: Node, scope: Scope) -> Guard | None:
    """What must be so for the code after it to run, where a statement may leave the method."""
    if node.type not in ("if_modifier", "unless_modifier", "if", "unless"):
        return None
    body = node.child_by_field_name("consequence") or node.child_by_field_name("body")
    last = body.named_children[-1] if body is not None and body.type == "then" and body.named_children else body
    asked = node.child_by_field_name("condition")
    if last is None or last.type not in LEAVES or asked is None:
        return None
    found = guard(asked, scope)
    return found if node.type.startswith("unless") else found.negated()


def guard(asked: Node, scope: Scope) -> Guard:
    """`table_exists?(:x)` and its negation; any other condition is only its words."""
    negated, one = False, asked
    for _ in range(DEEPEST):
        if one.type == "parenthesized_statements" and one.named_child_count == 1:
            one = one.named_children[0]
        elif one.type == "unary" and text(one).startswith(("!", "not")) and one.named_child_count == 1:
            negated, one = not negated, one.named_children[0]
        else:
            break
    found = _words(one)
    if one.type == "call" and (text(one.child_by_field_name("method")) in EXISTS or _is_listed(one)):
        given = ruby.arguments(one)
        name = ruby.value(given[0], scope) if given else None
        found = found._replace(relation=name if isinstance(name, str) else None, exists=True)
    return found.negated() if negated else found


def _is_listed(one: Node) -> bool:
    """`connection.tables.include?("x")`."""
    asked = one.child_by_field_name("receiver")
    last = asked.child_by_field_name("method") or asked if asked is not None else None
    return text(one.child_by_field_name("method")) == "include?" and last is not None and text(last) in LISTS


def _words(asked: Node) -> Guard:
    return Guard(line(asked), quote(asked, 40))
