"""The relation that the database says it does not have, named as the database names it."""

from typing import ClassVar, Literal

from playbook.evidence.fact import Fact

Kind = Literal["relation", "table", "view", "materialized view", "sequence"]


SCHEMA_IS_DATABASE = ("mysql", "clickhouse")
"""Dialects in which `a.b` means table b of database a (dev.mysql.com, "Identifier Qualifiers")."""


class MissingRelation(Fact):
    """Playbook step 3: the subject of a *relation missing* error.

    `name` is unquoted and unescaped, in the case the server printed; `schema_name` and `database` only where the
    message qualified it; `name` is None where the server names no table (Oracle before 23ai, Prisma's
    "(not available)"). `kind` is "relation" where the server does not say which. `dialect` is the database
    product (`postgresql`, `mysql`, ...) or None where the text fits several; `quote` is the sentence it was read
    from, shortened.
    """

    source: ClassVar[str] = "Sentry"

    name: str | None
    schema_name: str | None = None
    database: str | None = None
    kind: Kind = "relation"
    dialect: str | None = None
    quote: str

    @property
    def label(self) -> str:
        """The relation as one would say it: qualified as far as the message qualified it."""
        parts = [part for part in (self.database, self.schema_name, self.name) if part]
        return ".".join(parts) if self.name else "a relation that the server does not name"

    def matches(self, name: str) -> bool:
        """Whether `name` (perhaps qualified) can be this relation: case folded, schemas compared where both tell."""
        if self.name is None:
            return False
        *qualifiers, last = name.casefold().split(".")
        if last != self.name.casefold():
            return False
        schema = self.schema_name or (self.database if self.dialect in SCHEMA_IS_DATABASE else None)
        return not (qualifiers and schema) or qualifiers[-1] == schema.casefold()

    @property
    def finding(self) -> str:
        return f"{self.label} is missing" + (f" ({self.dialect})" if self.dialect else "")
