"""A real streaming replica of a PostgreSQL, which can be held where it is while the primary goes on.

What is held is the replay of what has arrived, as on a replica behind a long query or a slow disk
(https://www.postgresql.org/docs/16/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.lab.daemon import a_folder, run
from tests.lab.postgres import USER, Postgres, started

REPLAY_SECONDS = 10.0
"""How long the replica may take to get where the primary is: on loopback, some milliseconds."""


@dataclass(frozen=True, kw_only=True)
class Standby(Postgres):
    """A read-only PostgreSQL that follows its `primary`; everything can be asked of it that does not write."""

    primary: Postgres

    def hold(self) -> None:
        """From now on nothing new is seen here; gives back once that is so."""
        self.execute(USER, "SELECT pg_wal_replay_pause()")
        self._until("SELECT pg_get_wal_replay_pause_state() = 'paused'")

    def release(self) -> None:
        """Goes on from where it was held."""
        self.execute(USER, "SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Waits for everything that is committed on the primary by now; raises `TimeoutError`, as it must when held."""
        ((position,),) = self.primary.execute(USER, "SELECT pg_current_wal_flush_lsn()::text")
        self.wait_for(position)

    def wait_for(self, position: str) -> None:
        """Waits until all up to this place in the write-ahead log (`0/3000148`) is seen here, or `TimeoutError`."""
        self._until("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", position)

    def _until(self, question: str, *values: object) -> None:
        ends = time.monotonic() + REPLAY_SECONDS
        while self.execute(USER, question, *values) != [(True,)]:
            if time.monotonic() > ends:
                raise TimeoutError(f"the replica did not get there in {REPLAY_SECONDS:.0f} s: {question}")
            time.sleep(0.01)


@contextmanager
def replica(primary: Postgres) -> Iterator[Standby]:
    """A copy of all its databases, made and streaming in about a second."""
    with a_folder("replica") as folder:
        source = ["-h", primary.host, "-p", str(primary.port), "-U", primary.user]
        how = ["--wal-method=stream", "--checkpoint=fast", "--no-sync", "--write-recovery-conf"]
        run([str(primary.programs / "pg_basebackup"), *source, *how, f"--pgdata={folder / 'data'}"], folder)
        with started(primary.programs, folder) as (port, pid):
            standby = Standby(port, pid, folder, primary.programs, primary=primary)
            standby.catch_up()
            yield standby
