"""A real PgBouncer in front of a PostgreSQL: its clients share a few server connections, each for a transaction.

What belongs to a session (temporary tables, settings, prepared statements) stays with the server connection, and the
next transaction may get another one (https://www.pgbouncer.org/features.html, the table of what breaks).
"""

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from tests.lab.daemon import Missing, a_folder, daemon, environment
from tests.lab.postgres import HOST, Postgres
from tests.stand_ins.loopback import a_closed_port

DEBIAN = "/usr/sbin"
"""Where Debian has it, which is not on the path of an ordinary user."""
Mode = Literal["session", "transaction", "statement"]


@dataclass(frozen=True)
class Pooler:
    """Where it listens; every database of the server is there, for anyone on loopback, under the server's user."""

    port: int
    pid: int
    folder: Path
    user: str
    host: str = HOST

    @property
    def log(self) -> Path:
        """What PgBouncer wrote."""
        return self.folder / "log"

    def url(self, database: str) -> str:
        """Where to find the database through it. It takes no settings: PgBouncer before 1.20 refuses `options`."""
        return f"postgresql://{self.user}@{self.host}:{self.port}/{quote(database, safe='')}"


@contextmanager
def pooler(server: Postgres, mode: Mode = "transaction", pool_size: int = 2) -> Iterator[Pooler]:
    """Up in some milliseconds, with at most `pool_size` server connections for each database.

    Raises `Missing` where this machine has no PgBouncer. A client gets the server connection that was last given back,
    so a client alone always has the same one.
    """
    program = _program()
    with a_folder("pooler") as folder:
        port = a_closed_port()
        configuration = folder / "pgbouncer.ini"
        configuration.write_text(_configuration(server, mode, pool_size, port), encoding="utf-8")
        command = [program, str(configuration)]
        # It has nothing to put away, and from 1.23 on a gentler signal waits for its clients.
        with daemon(command, folder, lambda: _listens(port), signal.SIGKILL) as pid:
            yield Pooler(port, pid, folder, server.user)


def _program() -> str:
    found = shutil.which("pgbouncer", path=os.pathsep.join([environment()["PATH"], DEBIAN]))
    if found is None:
        raise Missing("there is no PgBouncer on this machine: on Debian, install the package pgbouncer")
    return found


def _configuration(server: Postgres, mode: Mode, pool_size: int, port: int) -> str:
    settings = {
        "listen_addr": HOST,
        "listen_port": port,
        "unix_socket_dir": "",
        "auth_type": "any",
        "pool_mode": mode,
        "default_pool_size": pool_size,
        "ignore_startup_parameters": "extra_float_digits",
    }
    told = "".join(f"{name} = {value}\n" for name, value in settings.items())
    return f"[databases]\n* = host={server.host} port={server.port} user={server.user}\n[pgbouncer]\n{told}"


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
