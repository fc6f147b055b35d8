"""The whole system that incidents happen to: its services, databases, logs, and the Sentry that watches it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg2
import requests

from tests.lab.clock import Clock, written
from tests.lab.frameworks import Alembic, Django
from tests.lab.happened import Document, Happened, Truth
from tests.lab.postgres import Postgres
from tests.lab.sentry import LabSentry
from tests.lab.service import Service

LONG_AGO = -4_000.0
"""Minutes: nearly three days before, when the last good release went out."""

TOKEN = "sentry-token-of-the-test"


class Wording:
    """The scenario's words for things, or others: what is true of `orders_order` is true of any name."""

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        self._words = {form(old): form(new) for old, new in (words or {}).items() for form in FORMS}
        self._any = re.compile("|".join(map(re.escape, self._words))) if self._words else None

    def __call__(self, text: str) -> str:
        return self._any.sub(lambda found: self._words[found[0]], text) if self._any else text


FORMS = (str.lower, str.title, str.upper)


class System:
    """`folder` is its own; `postgres` is shared, its databases are made and dropped here. See `Service` for the rest:
    moments are minutes around the deploy that the scenario turns on."""

    def __init__(
        self, folder: Path, postgres: Postgres, sentry: LabSentry, clock: Clock, wording: Wording | None = None
    ) -> None:
        self.folder, self.postgres, self.sentry, self.clock = folder, postgres, sentry, clock
        self.says = wording or Wording()
        self.services: dict[str, Service] = {}
        self._databases: list[str] = []
        self._logs: list[Document] = []

    def shop(self, *environments: str) -> Service:
        """The Django shop, with 1.3.9 serving since three days; in production where no environment is named."""
        return self._known(Service(self, "shop", Django()), environments or ("production",))

    def billing(self, *environments: str) -> Service:
        """The billing worker on SQLAlchemy and Alembic, likewise."""
        return self._known(Service(self, "billing", Alembic()), environments or ("production",))

    def _known(self, service: Service, environments: Iterable[str]) -> Service:
        self.services[service.name] = service
        service.git.commit("Begin", self.worded(service.framework.code), self.clock.at(2 * LONG_AGO), "Bo Example")
        service.release("1.3.8", 2 * LONG_AGO + 30)
        service.git.commit(
            "Say what it is", {"README.md": f"# {service.name}\n"}, self.clock.at(LONG_AGO - 60), "Bo Example"
        )
        service.release("1.3.9", LONG_AGO - 30)
        for environment in environments:
            service.settings[environment] = {"DATABASE_URL": self.database(f"{service.name}_{environment}")}
            service.deploy("1.3.9", LONG_AGO, environment, start=False)
        return service

    def database(self, name: str, **options: str) -> str:
        """Makes the database where there is none of this name, and gives its address."""
        if name not in self._databases:
            self.postgres.create(name)
            self._databases.append(name)
        return self.postgres.url(name, **options)

    def sql(self, database: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """A statement by hand, as somebody at a psql prompt; `values` for its `%s`."""
        return self.postgres.execute(database, self.says(statement), *values)

    @contextmanager
    def open_transaction(self, database: str, statement: str) -> Iterator[None]:
        """Somebody's session that has run the statement, and holds its locks until the end of the block."""
        connection = psycopg2.connect(self.postgres.url(database))
        try:
            with connection.cursor() as cursor:
                cursor.execute(self.says(statement))
                yield
        finally:
            connection.close()

    def by_hand(self, at: float, environment: str, database: str, statement: str) -> None:
        """A statement at a psql prompt, of a server that logs those of the schema (`log_statement = ddl`); its log is
        shipped as the service `postgres`, as the server wrote it, but for its own clock's time."""
        before = self.postgres.log.stat().st_size
        with psycopg2.connect(self.postgres.url(database, log_statement="ddl")) as connection:
            connection.cursor().execute(self.says(statement))
        connection.close()
        written_since = self.postgres.log.read_bytes()[before:].decode()
        for line in written_since.splitlines():
            if f"@{database} LOG:" in line:
                self.log(at, "postgres", environment, "db-1", line.partition("] ")[2])

    def log(
        self, at: float, service: str, environment: str | None, host: str, message: str, level: str = "info"
    ) -> None:
        """A line of something that is not run here: the deploy tool, another team's service."""
        named = {"name": service, **({"environment": environment} if environment else {})}
        told = {"message": self.says(message), "log": {"level": level}, "service": named, "host": {"name": host}}
        self._logs.append({"@timestamp": written(self.clock.at(at)), **told})

    def keep(self, documents: Iterable[Document]) -> None:
        """What a shipper has collected."""
        self._logs.extend(documents)

    def tell_sentry(self, path: str, body: Mapping[str, Any]) -> None:
        """As `sentry-cli` does; raises where Sentry refuses it."""
        answer = requests.post(
            f"{self.sentry.url}/api/0/organizations/acme/{path}",
            json=body, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10,
        )  # fmt: skip
        answer.raise_for_status()

    def built(self, service: str, version: str) -> Path:
        """The folder of a release's build."""
        folder = self.folder / "srv" / service / version
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def worded(self, files: Mapping[str, str | None]) -> dict[str, str | None]:
        """The files in this run's words, their paths too."""
        return {self.says(path): None if text is None else self.says(text) for path, text in files.items()}

    def ordinary_life(self, since: float = 2, until: float = 115) -> None:
        """What goes on besides, and has nothing to do with it: an old fault of each service, another team's deploy
        minutes before, a payment provider that does not answer."""
        for service in self.services.values():
            service.serve(service.last_good, -110, -3, {service.framework.faulty: 2})
        self.log(-6, "deploy", "production", "runner-2", "deploying search 7.2.1 to production")
        self.log(-4, "deploy", "production", "runner-2", "rollout of deployment search to 7.2.1 finished")
        self.log(-3.5, "search", "production", "search-1", "server started on port 9000")
        for minute in range(int(since), int(until), 9):
            self.log(minute, "payments", "production", "pay-1", "provider timed out after 30s, will retry", "error")
            self.log(minute + 1, "search", "production", "search-1", "rebuilding index products took 812 ms")

    def end(self) -> None:
        """Nobody uses the databases any more."""
        for database in self._databases:
            self.postgres.drop(database)
        self._databases.clear()

    def happened(self, name: str, truth: Truth, asked: datetime) -> Happened:
        """Everything that was told to the parts."""
        kept = sorted(self._logs, key=lambda document: str(document["@timestamp"]))
        repositories = {service.name: service.finished() for service in self.services.values()}
        truth = Truth(truth.cause, truth.grade, self.says(truth.relation), truth.project)
        return Happened(name, truth, asked, self.sentry.reported, repositories, tuple(kept))
