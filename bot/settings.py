"""Tokens, addresses and the mapping of projects, from the environment, `.env` and `diagnose.toml`; no judgement."""

import difflib
import re
import socket
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

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
    parts = urlsplit(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname or any(char.isspace() for char in text):
        raise ValueError("must be an address that begins with https://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must hold no user, password or query, only an address")
    return text.rstrip("/")


def _repository(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", text):
        raise ValueError("must be owner/name, as in the repository's address")
    return text


def _person(text: str) -> str:
    if not re.fullmatch(r"[UWS][A-Z0-9]{2,30}", text):
        raise ValueError('must be ids of users or user groups in Slack, such as ["U0123ABCD", "S0456EFGH"]')
    return text


Person = Annotated[str, AfterValidator(_person)]
Address = Annotated[str, AfterValidator(_address)]
Repository = Annotated[str, AfterValidator(_repository)]


class Project(BaseModel):
    """One `[projects.SLUG]` table of `diagnose.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repository: Repository | None = None
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
    may_act: tuple[Person, ...] = ()

    def services(self) -> Services:
        """The mapping as the playbook knows it."""
        mapped = tuple(project.service(slug) for slug, project in sorted(self.projects.items()))
        return Services(mapped=mapped, log_fields=self.log_fields)

    def alert_channels(self) -> frozenset[str]:
        """The channels whose alerts are answered; empty means every channel the bot is in."""
        return frozenset(channel for project in self.projects.values() for channel in project.alert_channels)


class Settings(BaseSettings):
    """Every setting by its name in the environment. None means: not set, do without, and say so on the card."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )

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
    diagnose_metrics_port: int = Field(9465, ge=0, le=65535)
    diagnose_data: Path = Path("diagnose-data")
    diagnose_database_url: SecretStr | None = None
    diagnose_replica: str = Field(default_factory=socket.gethostname, min_length=1, max_length=200)
    diagnose_keep_days: int = Field(90, ge=1)


def load() -> tuple[Settings, Mapping]:
    """The settings and the mapping; raises `WrongSettings` with one sentence that names what is wrong."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise WrongSettings(_sentence(error, str.upper)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings(f".env cannot be read: {_reason(error)}") from error
    path = settings.diagnose_config
    if "diagnose_config" in settings.model_fields_set and not path.exists():
        raise WrongSettings(f"DIAGNOSE_CONFIG: there is no file {path}")
    return settings, mapping(path)


def mapping(path: Path) -> Mapping:
    """The mapping in that file, an empty one where there is no file; raises `WrongSettings`."""
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Mapping()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings(f"{path} cannot be read: {_reason(error)}") from error
    except tomllib.TOMLDecodeError as error:
        raise WrongSettings(f"{path} is not TOML: {error}") from error
    try:
        return Mapping.model_validate(told)
    except ValidationError as error:
        raise WrongSettings(f"{path}: {_sentence(error, str)}") from error


KEYS = frozenset({*Mapping.model_fields, *Project.model_fields, *LogFields.model_fields})
PLAINER = {
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "string_type": "must be text in quotes",
    "tuple_type": 'must be a list, such as ["C0123456789"]',
    "dict_type": "must be a table",
    "model_type": "must be a table",
}
"""What pydantic says to programmers, said to people; the rest of its messages will do."""


def _sentence(error: ValidationError, spelt: Callable[[str], str]) -> str:
    """The first thing that is wrong and where, without the value, which may be a secret."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(spelt(str(part)) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{where}: nothing reads this key{_meant(str(first['loc'][-1]), KEYS)}"
    return f"{where}: {PLAINER.get(first['type'], first['msg'].removeprefix('Value error, '))}"


def _meant(name: str, known: Iterable[str]) -> str:
    alike = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.55)  # `repo` is `repository`
    return f"; {alike[0]} is what it may be meant for" if alike else " (docs/settings.md lists those that are read)"


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or "unknown reason") if isinstance(error, OSError) else "it is not UTF-8 text"
