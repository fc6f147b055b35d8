"""The only place where everything is put together: settings in, an investigator or a serving bot out."""

from collections.abc import Callable
from datetime import UTC, datetime

from bot.settings import Mapping, Settings, WrongSettings
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.gather import STEP_SECONDS, Tell
from playbook.investigate import Investigation, investigate
from playbook.sources.budget import Budget
from playbook.sources.door import Door, closed, dispatch

Investigator = Callable[[IssueRef, Tell], Investigation]


def investigator(settings: Settings, mapping: Mapping) -> Investigator:
    """What carries out one investigation with these settings; raises `WrongSettings` where Sentry is not set."""
    require_sentry(settings)
    services = mapping.services()

    def run(ref: IssueRef, tell: Tell) -> Investigation:
        inquiry = Inquiry(
            ref=ref,
            at=datetime.now(UTC),
            sentry_url=settings.sentry_url,
            organization=settings.sentry_org or "",
        )
        return investigate(inquiry, services, doors(settings, Budget(STEP_SECONDS)), tell)

    return run


def require_sentry(settings: Settings) -> None:
    """`WrongSettings` with the first setting without which no issue can be read."""
    for name, value in (("SENTRY_ORG", settings.sentry_org), ("SENTRY_TOKEN", settings.sentry_token)):
        if not value:
            raise WrongSettings(f"{name} is not set: write it to .env or the environment (see docs/settings.md)")


def doors(settings: Settings, budget: Budget) -> Door:
    """The live sources of one run; one that is not configured is closed, with the sentence that says what to set."""
    return dispatch(
        {
            "sentry": _sentry(settings, budget),
            "github": _github(settings, budget),
            "elasticsearch": _elasticsearch(settings, budget),
        }
    )


def _sentry(settings: Settings, budget: Budget) -> Door:
    from playbook.sources.sentry_access import SentryAccess
    from playbook.sources.sentry_rest import sentry_door

    if settings.sentry_org is None or settings.sentry_token is None:
        return closed("Sentry is not configured: set SENTRY_ORG and SENTRY_TOKEN")
    access = SentryAccess(
        url=settings.sentry_url,
        organization=settings.sentry_org,
        token=settings.sentry_token,
        ca_file=settings.sentry_ca,
    )
    return sentry_door(access, budget)


def _github(settings: Settings, budget: Budget) -> Door:
    from playbook.sources.github_rest import GitHubAccess, github_door

    if settings.github_token is None and settings.github_app_id is None:
        return closed("GitHub is not configured: set GITHUB_TOKEN")
    return github_door(GitHubAccess(), budget)


def _elasticsearch(settings: Settings, budget: Budget) -> Door:
    from playbook.sources.elastic_client import ElasticAccess, elastic_door

    if settings.elasticsearch_url is None and settings.elasticsearch_cloud_id is None:
        return closed("Elasticsearch is not configured: set ELASTICSEARCH_URL and ELASTICSEARCH_API_KEY")
    return elastic_door(ElasticAccess(), budget)
