"""Tokens, addresses and the mapping of projects, from the environment, `.env` and `diagnose.toml`; no judgement."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from playbook.evidence.service import LogFields, Service, Services

SENTRY_APP = "A011MFBJEUU"
"""The id of Sentry's own Slack app; self-hosted Sentrys have one of their own."""


class WrongSettings(Exception):
    """A setting is missing or wrong; `sentence` names it and says what to write."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def _address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(char.isspace() for char in text):
        raise ValueError("must be an address that begins with https://")
    return text.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]


class Project(BaseModel):
    """One `[projects.SLUG]` table of `diagnose.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repository: str | None = Field(None, pattern=r"^[\w.-]+/[\w.-]+$")
    tag: str | None = None
    log_service: str | None = None
    log_index: str | None = None
    log_fields: LogFields | None = None
    alert_channels: tuple[str, ...] = ()

    def service(self, slug: str) -> Service:
        """What the playbook needs of it."""
        return Service(project=slug, **self.model_dump(exclude={"alert_channels"}))


class Mapping(BaseModel):
    """`diagnose.toml`, whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    projects: dict[str, Project] = Field(default_factory=dict)
    log_fields: LogFields = LogFields()
    alert_apps: tuple[str, ...] = (SENTRY_APP,)

    def services(self) -> Services:
        """The mapping as the playbook knows it."""
        mapped = tuple(project.service(slug) for slug, project in sorted(self.projects.items()))
        return Services(mapped=mapped, log_fields=self.log_fields)

    def alert_channels(self) -> frozenset[str]:
        """The channels whose alerts are answered; empty means every channel the bot is in."""
        return frozenset(channel for project in self.projects.values() for channel in project.alert_channels)


class Settings(BaseSettings):
    """Every setting by its name in the environment. None means: not set, do without, and say so on the card."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    sentry_url: Address = "https://sentry.io"
    sentry_org: str | None = None
    sentry_token: SecretStr | None = None
    sentry_ca: Path | None = None

    github_token: SecretStr | None = None
    github_app_id: int | None = None
    github_app_key: SecretStr | None = None
    github_app_key_file: Path | None = None
    github_installation_id: int | None = None
    github_api_url: Address = "https://api.github.com"

    elasticsearch_url: Address | None = None
    elasticsearch_cloud_id: str | None = None
    elasticsearch_api_key: SecretStr | None = None
    elasticsearch_username: str | None = None
    elasticsearch_password: SecretStr | None = None
    elasticsearch_ca: Path | None = None
    elasticsearch_index: str = "logs-*"
    kibana_url: Address | None = None

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: Address = "https://slack.com/api"

    diagnose_config: Path = Path("diagnose.toml")
    diagnose_host: str = "127.0.0.1"
    diagnose_port: int = Field(3000, ge=1, le=65535)


def load() -> tuple[Settings, Mapping]:
    """The settings and the mapping; raises `WrongSettings` with one sentence that names what is wrong."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise WrongSettings(_sentence(error, str.upper)) from error
    return settings, mapping(settings.diagnose_config)


def mapping(path: Path) -> Mapping:
    """The mapping in that file, an empty one where there is no file; raises `WrongSettings`."""
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Mapping()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongSettings(f"{path} cannot be read: {error}") from error
    try:
        return Mapping.model_validate(told)
    except ValidationError as error:
        raise WrongSettings(f"{path}: {_sentence(error, str)}") from error


def _sentence(error: ValidationError, spelt: Any) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(spelt(str(part)) for part in first["loc"])
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"
