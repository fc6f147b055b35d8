"""What must be so for a part of a PHP method to run, as far as the code says it."""

from playbook.schema.effect import Guard
from playbook.schema.frameworks.laravel import php
from playbook.schema.frameworks.laravel.php import Scope
from playbook.schema.syntax import DEEPEST, Node, line, quote, text

LEAVES = ("return_statement", "continue_statement", "break_statement")


def leaving(node: Node, scope: Scope) -> Guard | None:
    """What must be so for the code after it to run, where a statement may leave the method."""
    body, asked = node.child_by_field_name("body"), node.child_by_field_name("condition")
    if node.type != "if_statement" or body is None or asked is None:
        return None
    last = body.named_children[-1] if body.type == "compound_statement" and body.named_children else body
    return guard(asked, scope).negated() if last.type in LEAVES else None


def guard(asked: Node, scope: Scope) -> Guard:
    """`Schema::hasTable('x')` and its negation; any other condition is only its words."""
    negated, one = False, asked
    for _ in range(DEEPEST):
        if one.type == "parenthesized_expression" and one.named_child_count == 1:
            one = one.named_children[0]
        elif one.type == "unary_op_expression" and text(one).startswith("!") and one.named_child_count == 1:
            negated, one = not negated, one.named_children[0]
        else:
            break
    found = words(one)
    if one.type in php.CALLS and text(one.child_by_field_name("name")) in ("hasTable", "hasView"):
        name = php.value(next(iter(php.arguments(one)), None), scope)
        found = found._replace(relation=name if isinstance(name, str) else None, exists=True)
    return found.negated() if negated else found


def words(asked: Node) -> Guard:
    """A condition of which only its words are known."""
    return Guard(line(asked), quote(asked, 40))
