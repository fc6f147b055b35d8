"""The only place where everything is put together: settings in, an investigator or a serving bot out."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr, ValidationError

from bot.settings import Mapping, Settings, WrongSettings
from playbook.evidence.fact import Value
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.gather import STEP_SECONDS, Tell
from playbook.investigate import Investigation, investigate
from playbook.sources.budget import Budget
from playbook.sources.door import Door, closed, dispatch

Access = TypeVar("Access", bound=Value)
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
    from playbook.sources.sentry_rest import SentryAccess, sentry_door

    require_sentry(settings)
    access = _checked(
        SentryAccess,
        url=settings.sentry_url,
        organization=settings.sentry_org,
        token=settings.sentry_token,
        ca_file=settings.sentry_ca,
    )
    return sentry_door(access, budget)


def _github(settings: Settings, budget: Budget) -> Door:
    if settings.github_token is None and settings.github_app_id is None:
        return closed("GitHub is not configured: set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_KEY_FILE")
    from playbook.sources.github_rest import GitHubAccess, github_door

    access = _checked(
        GitHubAccess,
        api_url=settings.github_api_url,
        token=settings.github_token,
        app_id=settings.github_app_id,
        app_key=settings.github_app_key or _key_in(settings.github_app_key_file),
        installation_id=settings.github_installation_id,
    )
    return github_door(access, budget)


def _elasticsearch(settings: Settings, budget: Budget) -> Door:
    if settings.elasticsearch_url is None and settings.elasticsearch_cloud_id is None:
        return closed("Elasticsearch is not configured: set ELASTICSEARCH_URL and ELASTICSEARCH_API_KEY")
    from playbook.sources.elastic_client import ElasticAccess, elastic_door

    access = _checked(
        ElasticAccess,
        urls=(settings.elasticsearch_url,) if settings.elasticsearch_url else (),
        cloud_id=settings.elasticsearch_cloud_id,
        api_key=settings.elasticsearch_api_key,
        username=settings.elasticsearch_username,
        password=settings.elasticsearch_password,
        ca_file=settings.elasticsearch_ca,
        index=settings.elasticsearch_index,
        kibana_url=settings.kibana_url,
    )
    return elastic_door(access, budget)


def _checked(access: type[Access], **given: object) -> Access:
    """The access that these settings give; `WrongSettings` with its own sentence where they do not fit together."""
    try:
        return access(**given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise WrongSettings(first["msg"].removeprefix("Value error, ")) from error


def _key_in(file: Path | None) -> SecretStr | None:
    if file is None:
        return None
    try:
        return SecretStr(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongSettings(f"GITHUB_APP_KEY_FILE: {file} cannot be read: {error.strerror}") from error
