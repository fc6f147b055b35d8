"""Where a log line was written, seen from the event: here, elsewhere, or nobody told.

A run in another environment proves nothing here, and a run whose environment nobody told, or that another service
logged, proves less than our own: they are kept apart, so that no signal can mistake staging's migrate job for
production's, or the billing service's for ours.
"""

import re
from typing import Literal

from playbook.evidence.environment import same_environment
from playbook.evidence.event import Event
from playbook.evidence.issue import Issue
from playbook.evidence.logs import LogLine

Place = Literal["here", "elsewhere", "untold"]


def place(line: LogLine, event: Event | None, issue: Issue) -> Place:
    """Where a log line was written, seen from the event; a line of a service that is not ours is never *here*."""
    found = environment(line, event)
    return "untold" if found == "here" and own_service(line, issue) is False else found


def environment(line: LogLine, event: Event | None) -> Place:
    """The same by the environment alone, for the lines of databases and of clusters."""
    if line.environment is None or event is None or event.environment is None:
        return "untold"
    match same_environment(line.environment, event.environment):
        case True:
            return "here"
        case False:
            return "elsewhere"
    return "untold"


def own_service(line: LogLine, issue: Issue) -> bool | None:
    """Whether the failing project's own service wrote the line; None where the line tells no service.

    The operator's mapping says it for certain. Without one the words of the names are compared, less those that say
    which part of a system it is: `shop-migrate` is shop's, `billing-migrate` and `postgresql` are not.
    """
    if line.service is None:
        return None
    return line.own or same_service(line.service, issue)


def same_service(service: str, issue: Issue) -> bool:
    """Whether the words of a name are those of the failing project or package, less those that say which part it is."""
    told = _words(service)
    packages = [release.rpartition("@")[0] for release in (issue.first_release, issue.last_release) if release]
    for name in (issue.project, *packages):
        own = _words(name)
        if told == own or (told - ROLES and told - ROLES == own - ROLES):
            return True
        if not own - ROLES and own and own <= told and not told - own - ROLES:
            return True
    return False


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"[\W\d_]+", name.casefold()[:200]) if word}


ROLES = frozenset(
    {"app", "application", "service", "svc", "server", "api", "web", "www", "backend", "site", "job", "jobs", "task"}
    | {"migrate", "migrator", "migration", "migrations", "db", "worker", "workers", "cron", "celery", "beat", "deploy"}
    | {"release", "init", "hook", "django", "rails", "prod", "production", "prd", "live", "staging", "stage", "stg"}
    | {"dev", "main"}
)
"""Words of a service's name that say which part of a system it is, or where it runs, not which system."""
