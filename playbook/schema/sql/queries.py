"""Which relations a query names: a view over them falls with them."""

import re
from collections.abc import Iterator

from playbook.schema.sql.inventory import Key
from playbook.schema.sql.session import Name, Session

SOURCE = re.compile(
    r"\b(?:FROM|JOIN)\s+(?P<first>(?:ONLY\s+)?[\w.\"]+(?:\s+(?:AS\s+)?\w+)?"
    r"(?:\s*,\s*(?:ONLY\s+)?[\w.\"]+(?:\s+(?:AS\s+)?\w+)?)*)",
    re.IGNORECASE,
)
PART = re.compile(
    r"(?:^|,)\s*(?:ONLY\s+)?((?:\"(?:[^\"]|\"\")+\"|[\w$]+)(?:\.(?:\"(?:[^\"]|\"\")+\"|[\w$]+))?)", re.IGNORECASE
)


def named_in(query: str) -> Iterator[Name]:
    """What a query names after FROM or JOIN."""
    for clause in SOURCE.finditer(query):
        for part in PART.finditer(clause["first"]):
            names = [
                one[1:-1].replace('""', '"') if one.startswith('"') else one.lower()
                for one in re.findall(r'"(?:[^"]|"")+"|[\w$]+', part[1])
            ]
            yield Name(names[0] if len(names) > 1 else None, names[-1])


def sources(query: str, session: Session) -> frozenset[Key]:
    """The known relations that a query names: a view over them falls with them on CASCADE."""
    keys = (session.found(name) for name in named_in(query))
    return frozenset(key for key in keys if key is not None)
