"""One service of the system: its code, its releases, its databases, and what people do with them."""

import itertools
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.lab.clock import written
from tests.lab.frameworks import Framework
from tests.lab.process import Ended, Running, all_ended, documents
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.git_repository import Finished, GitRepository
from tests.stand_ins.github_world import Pull

if TYPE_CHECKING:
    from tests.lab.system import System

FIRST_PULL = 801
SERVERS = ("web-1", "web-2")


class Service:
    """`name` is its Sentry project and its name in the logs; its repository is `acme/<name>`. Moments are minutes
    around the deploy that the scenario turns on (`Clock.at`). `last_good` is the release that serves before it."""

    def __init__(self, system: "System", name: str, framework: Framework) -> None:
        self.system, self.name, self.framework = system, name, framework
        self.git = GitRepository(system.folder / "code" / name)
        self.pulls: list[Pull] = []
        self.settings: dict[str, dict[str, str]] = {}
        self.last_good = "1.3.9"
        self._numbers = itertools.count(FIRST_PULL)
        self._released: list[str] = []

    def finished(self) -> RealRepository:
        """The repository when all is over."""
        return RealRepository(f"acme/{self.name}", Finished(self.git.folder), tuple(self.pulls))

    def commit(self, message: str, files: Mapping[str, str | None], at: float, author: str = "Ada Example") -> str:
        """A pull request of one commit, merged at once with a merge commit of its own, as the team does it."""
        branch, moment = f"change-{next(self._numbers)}", self.system.clock.at(at)
        self.git.switch(branch, "main")
        sha = self.git.commit(message, self.system.worded(files), moment - timedelta(minutes=20), author)
        self.git.switch("main")
        merged = self.git.merge(branch, f"Merge pull request #{branch.partition('-')[2]}: {message}", moment)
        login = f"{author.split(maxsplit=1)[0].lower()}-example"
        number = int(branch.partition("-")[2])
        self.pulls.append(Pull(number, self.system.says(message), (sha,), login, written(moment), merged))
        return sha

    def branch(self, name: str, message: str, files: Mapping[str, str | None], at: float) -> str:
        """A commit on a branch that nobody has merged; its pull request is open."""
        self.git.switch(name, "main")
        sha = self.git.commit(message, self.system.worded(files), self.system.clock.at(at), "Bo Example")
        self.git.switch("main")
        self.pulls.append(Pull(next(self._numbers), message, (sha,), "bo-example", None))
        return sha

    def release(self, version: str, at: float, revision: str = "main") -> str:
        """Tags `v<version>`, tells Sentry of the release and its commits (as `sentry-cli releases` does), and builds
        it: its folder is the tree at that tag."""
        moment, tag = self.system.clock.at(at), f"v{version}"
        self.git.tag(tag, revision)
        head = self.git.name_of(tag)
        self.system.clock.reach(moment)
        told: dict[str, Any] = {
            "version": f"{self.name}@{version}",
            "projects": [self.name],
            "dateReleased": written(moment),
            "commits": [self._commit(sha) for sha in self._new_in(head)],
        }
        self.system.tell_sentry("releases/", told)
        folder = self.system.built(self.name, version)
        packed = self.git.git("archive", "--format=tar", tag)
        subprocess.run(["tar", "-x", "--touch", "-C", str(folder)], input=packed, check=True, timeout=20)
        self._released.append(tag)
        return head

    def deploy(
        self,
        version: str,
        at: float,
        environment: str = "production",
        migrate: bool = True,
        servers: Sequence[str] = SERVERS,
        start: bool = True,
    ) -> None:
        """The pipeline's deploy: migrate where it is told to, roll out, and tell Sentry."""
        system, moment = self.system, self.system.clock.at(at)
        system.log(at - 1, "deploy", environment, "runner-1", f"deploying {self.name} {version} to {environment}")
        if migrate and (ended := self.migrate(version, at - 0.5, environment)).status:
            raise RuntimeError(f"the migrate job of {self.name} {version} was to succeed: {ended.text[-2_000:]}")
        if start:
            self.start(version, at - 0.2, environment, servers)
        system.log(at, "deploy", environment, "runner-1", f"rollout of deployment {self.name} to {version} finished")
        began = written(moment - timedelta(minutes=1))
        told = {"environment": environment, "dateStarted": began, "dateFinished": written(moment)}
        system.tell_sentry(f"releases/{self.name}%40{version}/deploys/", told)
        system.clock.reach(moment)

    def migrate(
        self, version: str, at: float, environment: str = "production", *arguments: str, **settings: str
    ) -> Ended:
        """The framework's own migrate command, in a job of its own."""
        job = self.framework.migrate(arguments)
        return self.run(job, version, at, environment, "migrate-job", "migrate", **settings)

    def start(self, version: str, at: float, environment: str = "production", servers: Sequence[str] = SERVERS) -> None:
        """What each container does first."""
        for server in servers:
            self.run(self.framework.start(), version, at, environment, server)

    def serve(
        self,
        version: str,
        since: float,
        until: float,
        pages: Mapping[str, float],
        environment: str = "production",
        servers: Sequence[str] = SERVERS,
        **settings: str,
    ) -> None:
        """People ask for `pages`, each every so many minutes, of one server after the other."""
        running = []
        for place, server in enumerate(servers):
            asked = [
                (since + number * every, page)
                for page, every in pages.items()
                for number in range(place, int((until - since) / every) + 1, len(servers))
            ]
            moments = [(self.system.clock.at(minute), self.system.says(page)) for minute, page in sorted(asked)]
            job = self.framework.visits([(moment.isoformat(), page) for moment, page in moments])
            running.append((server, self._running(job, version, moments[0][0], environment, server, settings)))
            self.system.clock.reach(moments[-1][0])
        for (server, _), ended in zip(running, all_ended([one for _, one in running]), strict=True):
            if ended.status:
                raise RuntimeError(f"{self.name} {version} could not serve: {ended.text[-2_000:]}")
            self.system.keep(documents(ended, self.name, environment, server))

    def run(
        self,
        job: Mapping[str, Any],
        version: str,
        at: float,
        environment: str,
        host: str,
        role: str = "",
        **settings: str,
    ) -> Ended:
        """One job of one release, to its end; what it printed is logged under the service's name, or its job's."""
        moment = self.system.clock.reach(self.system.clock.at(at))
        ended = self._running(job, version, moment, environment, host, settings).ended()
        self.system.keep(documents(ended, f"{self.name}-{role}" if role else self.name, environment, host))
        return ended

    def _running(
        self,
        job: Mapping[str, Any],
        version: str,
        moment: datetime,
        environment: str,
        host: str,
        more: Mapping[str, str],
    ) -> Running:
        settings = {
            "SENTRY_DSN": self.system.sentry.dsn(self.name),
            "SENTRY_RELEASE": f"{self.name}@{version}",
            "SENTRY_ENVIRONMENT": environment,
            "HOSTNAME": host,
            **self.settings.get(environment, {}),
            **more,
        }
        folder = self.system.built(self.name, version)
        return Running(self.framework.program, {**job, "at": moment.isoformat()}, moment, folder, settings)

    def _new_in(self, head: str) -> list[str]:
        since = [f"^{self._released[-1]}"] if self._released else []
        told = self.git.git("rev-list", "--first-parent", "-n", "50", head, *since)
        return told.decode().split()

    def _commit(self, sha: str) -> dict[str, Any]:
        told = self.git.git("show", "--no-patch", "--format=%an%x00%ae%x00%cI%x00%s", sha).decode().strip("\n")
        name, email, moment, subject = told.split("\0")
        who = {"author_name": name, "author_email": email}
        return {"id": sha, "repository": f"acme/{self.name}", "message": subject, "timestamp": moment, **who}
