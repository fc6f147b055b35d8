"""A migration's class as it is written, and what the configuration puts around the names in it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from playbook.schema.frameworks.rails.ruby import Scope
from playbook.schema.syntax import Node


class Code(NamedTuple):
    """A migration class: its name, its methods' nodes by name, its scope, and whether it is Rails' own kind."""

    name: str
    methods: Mapping[str, Node]
    scope: Scope
    own: bool


class Affix(NamedTuple):
    """What the configuration puts before and after every table's name (`config.active_record.table_name_prefix`)."""

    prefix: str = ""
    suffix: str = ""

    def around(self, name: str | None) -> str | None:
        """The name as the database has it."""
        return None if name is None else f"{self.prefix}{name}{self.suffix}"


Others = Callable[[str], Code | None]
"""Another migration by its class, for `revert TheOther` and `run TheOther`."""
