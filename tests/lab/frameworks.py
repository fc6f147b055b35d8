"""How a service of each framework is migrated, started and asked: which job its program is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

APPS = Path(__file__).parent / "apps"


class Framework(Protocol):
    """What `Service` asks of a framework; each answer is a job for the `program`."""

    @property
    def program(self) -> str: ...
    @property
    def faulty(self) -> str:
        """What has always failed now and then, and is nobody's incident."""

    @property
    def code(self) -> Mapping[str, str]: ...
    def migrate(self, arguments: Sequence[str]) -> dict[str, Any]: ...
    def start(self) -> dict[str, Any]: ...
    def visits(self, visits: Sequence[tuple[str, str]]) -> dict[str, Any]: ...


def tree(name: str) -> dict[str, str]:
    """An application's source files by path, as its last good release has them."""
    place = APPS / name
    found = sorted(path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(place).as_posix(): path.read_text(encoding="utf-8") for path in found}


@dataclass(frozen=True)
class Django:
    """A Django project; its pages are visited."""

    name: str = "shop"
    program: str = "django_program.py"
    faulty: str = "/api/reports/margin/"

    @property
    def code(self) -> Mapping[str, str]:
        return tree(self.name)

    def migrate(self, arguments: Sequence[str]) -> dict[str, Any]:
        return self._command("migrate", "--noinput", *arguments)

    def start(self) -> dict[str, Any]:
        return self._command("start")

    def visits(self, visits: Sequence[tuple[str, str]]) -> dict[str, Any]:
        return {"settings": f"{self.name}.settings", "visits": [list(visit) for visit in visits]}

    def _command(self, *arguments: str) -> dict[str, Any]:
        return {"settings": f"{self.name}.settings", "command": list(arguments)}


@dataclass(frozen=True)
class Alembic:
    """A worker on SQLAlchemy whose schema is Alembic's; its jobs are run."""

    name: str = "billing"
    program: str = "alembic_program.py"
    faulty: str = "dunning"

    @property
    def code(self) -> Mapping[str, str]:
        return tree(self.name)

    def migrate(self, arguments: Sequence[str]) -> dict[str, Any]:
        return {"command": list(arguments) or ["upgrade", "head"]}

    def start(self) -> dict[str, Any]:
        return {"command": ["check"]}

    def visits(self, visits: Sequence[tuple[str, str]]) -> dict[str, Any]:
        return {"visits": [list(visit) for visit in visits]}
