"""The database team's monitor of a replica: a row with the time is written on the primary and read on the replica.

So do pt-heartbeat and its like (https://docs.percona.com/percona-toolkit/pt-heartbeat.html). The row holds the lab's
time; that it is still missing on the replica is real.
"""

from collections.abc import Iterable
from datetime import datetime

from tests.lab.replica import Standby
from tests.lab.system import System

WORTH_A_WARNING = 60.0
"""Seconds."""


class Heartbeat:
    """`replica` is what the team calls the standby; the row is in the `database` of an environment."""

    def __init__(self, system: System, standby: Standby, database: str, replica: str, environment: str = "production"):
        self.system, self.standby, self.database = system, standby, database
        self.replica, self.environment = replica, environment
        system.sql(database, "CREATE TABLE heartbeat (beat timestamptz)")
        system.sql(database, "INSERT INTO heartbeat VALUES ('-infinity')")

    def beat(self, at: float) -> None:
        """The time is written on the primary."""
        self.system.sql(self.database, "UPDATE heartbeat SET beat = %s", self.system.clock.at(at))

    def measure(self, times: Iterable[float], behind: float = 0.0) -> None:
        """A beat, and how old the last one is that the replica has, logged: at each of these times. A replica that is
        not held has what is older than `behind`, in seconds."""
        for at in times:
            self.beat(at - behind / 60)
            if not self._held():
                self.standby.catch_up()
            ((seen,),) = self.standby.execute(self.database, "SELECT beat FROM heartbeat")
            self._log(at, seen)

    def _held(self) -> bool:
        return self.standby.execute(self.standby.user, "SELECT pg_is_wal_replay_paused()") == [(True,)]

    def _log(self, at: float, seen: datetime) -> None:
        lag = (self.system.clock.at(at) - seen).total_seconds()
        level = "warning" if lag > WORTH_A_WARNING else "info"
        told = f"{self.replica}: replication lag {lag:.0f} seconds"
        self.system.log(at, "db-heartbeat", self.environment, "db-monitor-1", told, level)
