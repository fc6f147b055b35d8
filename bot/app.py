"""The only place where everything is put together: settings in, an investigator out."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from bot.access import elastic_access, github_access, sentry_access
from bot.settings import Mapping, Settings, WrongSettings
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.gather import STEP_SECONDS, Tell
from playbook.investigate import Investigation, investigate
from playbook.sources.budget import Budget
from playbook.sources.door import Door, SourceName, closed, dispatch

Investigator = Callable[[IssueRef, datetime, Tell], Investigation]
"""Which issue, asked when, and who hears of the progress."""


class Watch(Protocol):
    """Somebody who counts what passes the doors."""

    def door(self, door: Door) -> Door:
        """The same door, watched."""
        ...

    def budget(self, budget: Budget, source: SourceName) -> Budget:
        """The same seconds, each wait of that source counted."""
        ...


NO_SENTRY = "Sentry is not configured: set SENTRY_ORG and SENTRY_TOKEN"
NO_GITHUB = "GitHub is not configured: set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_KEY_FILE"
NO_ELASTICSEARCH = "Elasticsearch is not configured: set ELASTICSEARCH_URL and ELASTICSEARCH_API_KEY"


def investigator(settings: Settings, mapping: Mapping, watch: Watch | None = None) -> Investigator:
    """What carries out one investigation with these settings; raises `WrongSettings` where they do not fit."""
    for name, value in (("SENTRY_ORG", settings.sentry_org), ("SENTRY_TOKEN", settings.sentry_token)):
        if not value:
            raise WrongSettings(f"{name} is not set: write it to .env or the environment (see docs/settings.md)")
    services, doors = mapping.services(), live_doors(settings, watch)

    def run(ref: IssueRef, at: datetime, tell: Tell) -> Investigation:
        inquiry = Inquiry(ref=ref, at=at, sentry_url=settings.sentry_url, organization=settings.sentry_org or "")
        return investigate(inquiry, services, doors(Budget(STEP_SECONDS)), tell)

    return run


def live_doors(settings: Settings, watch: Watch | None = None) -> Callable[[Budget], Door]:
    """The sources of one run, within its budget; one that is not configured is closed and says what to set."""
    sentry, github, elastic = sentry_access(settings), github_access(settings), elastic_access(settings)

    def doors(budget: Budget) -> Door:
        from playbook.sources.elastic_client import elastic_door
        from playbook.sources.github_rest import github_door
        from playbook.sources.sentry_rest import sentry_door

        waits = watch.budget(budget, "sentry") if watch else budget
        return dispatch(
            {
                "sentry": seen(sentry_door(sentry, waits, forms)) if sentry else closed(NO_SENTRY),
                "github": seen(github_door(github, budget, objects)) if github else closed(NO_GITHUB),
                "elasticsearch": seen(elastic_door(elastic, budget)) if elastic else closed(NO_ELASTICSEARCH),
            }
        )

    def seen(door: Door) -> Door:
        return watch.door(door) if watch else door

    from playbook.sources.github_objects import Objects
    from playbook.sources.sentry_rest import Forms

    forms, objects = Forms(), Objects()
    return doors


def now() -> datetime:
    """The clock of a run, read once, at its beginning."""
    return datetime.now(UTC)
