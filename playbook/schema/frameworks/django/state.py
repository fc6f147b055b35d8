"""What Django's migrations know of a model when they act on it: its table, and the tables between it and others.

django/db/migrations/state.py, of which only what decides the names of tables is kept.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from playbook.schema.frameworks.django.names import default_table, link_table


class Link(NamedTuple):
    """A many-to-many field: its table if it names one; `automatic` is false with `through`. `computed`: the name is.

    `unsure` is the condition on which the field is there.
    """

    table: str | None = None
    automatic: bool = True
    computed: bool = False
    unsure: str | None = None


class Model(NamedTuple):
    """`table` is the option `db_table`; `unsure` says why nobody can tell whether the table is made."""

    label: str | None
    name: str
    table: str | None = None
    computed: bool = False
    managed: bool = True
    elsewhere: bool = False
    """A proxy, or swapped for another model: it has no table of its own, whatever `managed` says."""

    links: Mapping[str, Link] = MappingProxyType({})
    """By field; never changed in place."""

    unsure: str | None = None

    @property
    def db_table(self) -> str | None:
        """As `_meta.db_table`; None where only running it would tell."""
        if self.computed:
            return None
        return self.table or (default_table(self.label, self.name) if self.label else None)

    @property
    def has_table(self) -> bool:
        """Whether Django makes and changes its table (`Options.can_migrate`)."""
        return self.managed and not self.elsewhere

    @property
    def tables(self) -> tuple[str | None, bool, Mapping[str, Link]]:
        """All that decides which tables it has."""
        return self.db_table, self.has_table, self.links

    def table_of(self, field: str) -> str | None:
        """The automatic table of a many-to-many field; None where only running it would tell."""
        link = self.links[field]
        if link.computed or link.table:
            return link.table
        return link_table(self.db_table, field) if self.db_table else None

    def why(self, field: str) -> str | None:
        """Why nobody can tell whether the field's table is made; None where it surely is."""
        return self.unsure or self.links[field].unsure

    def automatic(self) -> list[str]:
        """The many-to-many fields that have a table of their own."""
        return [field for field, link in self.links.items() if link.automatic]

    def linked(self, field: str, link: Link | None) -> "Model":
        """The model with that field, or without."""
        rest = {name: one for name, one in self.links.items() if name != field}
        return self._replace(links={**rest, field: link} if link else rest)


class App(NamedTuple):
    """An app of the project: its label (None where nothing tells it) and its folder, its models by their lower name."""

    label: str | None
    folder: str
    models: dict[str, Model]

    def model(self, name: str) -> Model:
        """The model; one that no migration among these files created has its default table."""
        return self.models.get(name.lower()) or Model(self.label, name)
