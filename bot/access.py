"""Settings as the sources want them: one function for each service; what does not fit together is one sentence."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr, ValidationError

from bot.settings import Settings, WrongSettings
from playbook.evidence.fact import Value

if TYPE_CHECKING:  # a source that is not configured is not imported: a client library takes a while
    from playbook.sources.elastic_access import ElasticAccess
    from playbook.sources.github_rest import GitHubAccess
    from playbook.sources.sentry_access import SentryAccess

Access = TypeVar("Access", bound=Value)


def sentry_access(settings: Settings) -> "SentryAccess | None":
    """None where SENTRY_ORG or SENTRY_TOKEN is not set; raises `WrongSettings`."""
    if not settings.sentry_org or settings.sentry_token is None:
        return None
    from playbook.sources.sentry_access import SentryAccess  # noqa: PLC0415

    return _checked(
        SentryAccess,
        url=settings.sentry_url,
        organization=settings.sentry_org,
        token=settings.sentry_token,
        ca_file=_readable("SENTRY_CA", settings.sentry_ca),
    )


def github_access(settings: Settings) -> "GitHubAccess | None":
    """None where neither a token nor an App is set; raises `WrongSettings`."""
    if settings.github_token is None and settings.github_app_id is None:
        return None
    if settings.github_token is not None and settings.github_app_id is not None:
        raise WrongSettings("GITHUB_TOKEN and GITHUB_APP_ID are both set: keep the one that diagnose shall ask with")
    if settings.github_app_key is not None and settings.github_app_key_file is not None:
        raise WrongSettings("GITHUB_APP_KEY and GITHUB_APP_KEY_FILE are both set: keep one")
    from playbook.sources.github_rest import GitHubAccess  # noqa: PLC0415

    return _checked(
        GitHubAccess,
        api_url=settings.github_api_url,
        token=settings.github_token,
        app_id=settings.github_app_id,
        app_key=settings.github_app_key or _key_in(settings.github_app_key_file),
        installation_id=settings.github_installation_id,
    )


def elastic_access(settings: Settings) -> "ElasticAccess | None":
    """None where neither an address nor a cloud id is set; raises `WrongSettings`."""
    if settings.elasticsearch_url is None and settings.elasticsearch_cloud_id is None:
        return None
    if settings.elasticsearch_url is not None and settings.elasticsearch_cloud_id is not None:
        raise WrongSettings("ELASTICSEARCH_URL and ELASTICSEARCH_CLOUD_ID are both set: keep one")
    if settings.elasticsearch_api_key is not None and settings.elasticsearch_username is not None:
        raise WrongSettings("ELASTICSEARCH_API_KEY and ELASTICSEARCH_USERNAME are both set: keep one")
    if (settings.elasticsearch_username is None) != (settings.elasticsearch_password is None):
        raise WrongSettings("ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD are set together or not at all")
    from playbook.sources.elastic_access import ElasticAccess  # noqa: PLC0415

    return _checked(
        ElasticAccess,
        urls=(settings.elasticsearch_url,) if settings.elasticsearch_url else (),
        cloud_id=settings.elasticsearch_cloud_id,
        api_key=settings.elasticsearch_api_key,
        username=settings.elasticsearch_username,
        password=settings.elasticsearch_password,
        ca_file=_readable("ELASTICSEARCH_CA", settings.elasticsearch_ca),
        index=settings.elasticsearch_index,
        kibana_url=settings.kibana_url,
    )


def configured(settings: Settings) -> dict[str, bool]:
    """Which of the sources have settings; raises `WrongSettings`."""
    return {
        "sentry": sentry_access(settings) is not None,
        "github": github_access(settings) is not None,
        "elasticsearch": elastic_access(settings) is not None,
    }


SPELT = {
    "api_key": "ELASTICSEARCH_API_KEY",
    "urls": "ELASTICSEARCH_URL",
    "cloud_id": "ELASTICSEARCH_CLOUD_ID",
    "kibana_url": "KIBANA_URL",
}
"""What a source calls otherwise than its setting is called."""


def _checked(access: type[Access], **given: object) -> Access:
    """The access that these settings give; `WrongSettings` with its own sentence where they do not fit together."""
    try:
        return access(**given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        sentence = first["msg"].removeprefix("Value error, ")
        setting = SPELT.get(str(first["loc"][0])) if first["loc"] else None
    raise WrongSettings(f"{setting} {sentence}" if setting else sentence)


def _key_in(file: Path | None) -> SecretStr | None:
    readable = _readable("GITHUB_APP_KEY_FILE", file)
    try:
        return SecretStr(readable.read_text(encoding="utf-8")) if readable else None
    except UnicodeDecodeError:
        raise WrongSettings(f"GITHUB_APP_KEY_FILE: {file} is no key in PEM form") from None


def _readable(setting: str, file: Path | None) -> Path | None:
    if file is None:
        return None
    try:
        with file.open("rb"):
            return file
    except OSError as error:
        raise WrongSettings(f"{setting}: {file} cannot be read: {error.strerror}") from error
