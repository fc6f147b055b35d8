"""The release timeline: playbook step 4, "check if issue correlates with deployments"."""

from datetime import timedelta
from typing import ClassVar

from playbook.evidence.fact import Fact, Value
from playbook.evidence.instant import Instant, clock, lasting


class Release(Value):
    """`created_at` is when Sentry first saw it, not the deploy; `commit` is its newest commit, where known, and
    `repository` the GitHub repository of that commit (`owner/name`). `deployed` is None where nobody tells Sentry."""

    version: str
    created_at: Instant | None = None
    released_at: Instant | None = None
    commit: str | None = None
    repository: str | None = None
    package: str | None = None
    commit_count: int | None = None
    deployed: bool | None = None
    url: str


class Deploy(Value):
    """One deploy of a release to an environment, finished at `at`."""

    release: str
    environment: str
    at: Instant
    url: str


class Releases(Fact):
    """`failing` is the first release that has the issue, `last` the last one, `last_good` the newest one before
    `failing` in the same project and package; of a regressed issue `failing` is the release in which the present
    trouble began. `deploys` are those of `failing` (all environments), oldest first.
    `onset` repeats the frequency's (or the issue's first event), for the lag. `incomplete` tells what else could
    not be seen."""

    source: ClassVar[str] = "Sentry"

    failing: Release | None = None
    last: Release | None = None
    last_good: Release | None = None
    deploys: tuple[Deploy, ...] = ()
    deploys_unavailable: str | None = None
    onset: Instant | None = None
    incomplete: tuple[str, ...] = ()

    def deploy_before(self, environment: str | None) -> Deploy | None:
        """The last deploy of the failing release that ended before the onset, in that environment if given."""
        if self.onset is None:
            return None
        before = [
            deploy
            for deploy in self.deploys
            if deploy.at <= self.onset + CLOCK_SKEW and environment in (None, deploy.environment)
        ]
        return before[-1] if before else None

    def lag(self, environment: str | None) -> timedelta | None:
        """From that deploy to the onset; never negative."""
        deploy = self.deploy_before(environment)
        if deploy is None or self.onset is None:
            return None
        return max(self.onset - deploy.at, timedelta())

    @property
    def shortfalls(self) -> tuple[str, ...]:
        return (*((self.deploys_unavailable,) if self.deploys_unavailable else ()), *self.incomplete)

    @property
    def finding(self) -> str:
        if self.failing is None:
            return "no release is known to the events"
        parts = [f"first in {self.failing.version}"]
        if self.last and self.last.version != self.failing.version:
            parts.append(f"last in {self.last.version}")
        if self.last_good:
            parts.append(f"last good {self.last_good.version}")
        deploy, lag = self.deploy_before(None), self.lag(None)
        if deploy and lag is not None:
            told = f"deployed to {deploy.environment} {clock(deploy.at)}"
            parts.append(f"{told}, {lasting(lag.total_seconds())} before the onset")
        return " · ".join(parts)


CLOCK_SKEW = timedelta(minutes=2)
"""How far the clocks of a deploy job, an SDK and Sentry may disagree: NTP-kept hosts differ by less than seconds,
but `dateFinished` is sent by hand at the end of a job whose pods already serve."""
