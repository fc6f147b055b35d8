"""The schema builder's methods, and where in the code the builder and its blueprints are spoken to.

src/Illuminate/Database/Schema/Builder.php and Blueprint.php in laravel/framework.
"""

from collections.abc import Set

from playbook.schema.frameworks.laravel import php
from playbook.schema.frameworks.laravel.php import Scope
from playbook.schema.syntax import DEEPEST, Node, short, text, walk

CREATES = {"create", "createIfNotExists"}
DROPS = {"drop", "dropIfExists", "dropTableIfExists"}
"""`dropTableIfExists` is `dropIfExists` of Laravel 3; views are made by packages and by SQL."""

OWN = {
    *("createDatabase", "dropDatabaseIfExists", "dropColumns", "create", "drop", "dropIfExists", "rename"),
    *("dropAllTypes", "renameColumn", "dropForeignIfExists"),
}

BUILDER = "the schema builder"
"""The value of a variable that holds it."""


def is_schema(owner: Node, scope: Scope) -> bool:
    """Whether what a method is called on is the schema builder: the facade, one of a connection, or in a variable."""
    one: Node | None = owner
    for _ in range(DEEPEST):
        if one is None:
            return False
        if one.type in ("name", "qualified_name"):
            return text(one).rpartition("\\")[2] == "Schema"
        if one.type in ("variable_name", "member_access_expression"):
            return scope.values.get(short(one)) == BUILDER or short(one).lower().endswith("schema")
        if text(one.child_by_field_name("name")) in ("getSchemaBuilder", "schema"):
            return True
        one = one.child_by_field_name("object") or one.child_by_field_name("scope")
    return False


def blueprint(function: Node, methods: Set[str]) -> list[Node]:
    """The calls of these methods on the function's first parameter."""
    first = next(iter(php.parameters(function)), "")
    return [
        one
        for one in walk(function)
        if one.type == "member_call_expression"
        and short(one.child_by_field_name("object")) == first
        and short(one.child_by_field_name("name")) in methods
    ]
