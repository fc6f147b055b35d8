"""What is set, what contradicts itself, and what is set under a name that nothing reads; nothing is asked outside."""

import difflib
import os
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import SecretStr

from bot.access import elastic_access, github_access, sentry_access
from bot.doctor.finding import Finding, broken, missing, not_configured, ok
from bot.settings import Mapping, Settings, WrongSettings
from playbook.sources.budget import Budget

WHERE = "correct it in .env or the environment (docs/settings.md)"
GROUPS = ("sentry", "github", "elasticsearch", "slack")
ALIKE = 0.85
"""How alike a name must be to a setting's to pass for it: a doubled letter is 0.96, another tool's is under 0.84."""


def examine(settings: Settings, mapping: Mapping, _budget: Budget | None = None) -> list[Finding]:
    """Every finding about the settings themselves."""
    return [*_what_is_set(settings), *_mapped(settings, mapping), *_slips(settings), *_contradictions(settings)]


def _what_is_set(settings: Settings) -> Iterator[Finding]:
    for group in GROUPS:
        names = sorted(name.upper() for name in settings.model_fields_set if name.startswith(f"{group}_"))
        if names:
            yield ok("Settings", group, f"set are {', '.join(names)}")


def _mapped(settings: Settings, mapping: Mapping) -> Iterator[Finding]:
    path = settings.diagnose_config
    if not path.exists():
        sentence = f"there is no {path}: repositories are looked up in Sentry, and logs of every service count"
        yield not_configured("Settings", "projects", sentence, "copy diagnose.example.toml to it", needed=False)
    elif not mapping.projects:
        sentence = f"{path} maps no project to its repository and logs"
        yield not_configured("Settings", "projects", sentence, f"add [projects.SLUG] to {path}", needed=False)
    else:
        yield ok("Settings", "projects", f"{path} maps {', '.join(sorted(mapping.projects))}")


def _slips(settings: Settings) -> Iterator[Finding]:
    """Names in the environment or `.env` that are nearly a setting's."""
    known = {name.upper() for name in type(settings).model_fields}
    file = settings.model_config.get("env_file")
    written = dotenv_values(file) if isinstance(file, str) else {}
    for name in sorted({*os.environ, *written} - known):
        if alike := difflib.get_close_matches(name, known, n=1, cutoff=ALIKE):
            sentence = f"{name} is set, and nothing reads it; {alike[0]} is what it may be meant for"
            yield missing("Settings", name, sentence, f"rename it to {alike[0]}", needed=False)


def _contradictions(settings: Settings) -> Iterator[Finding]:
    accesses: Sequence[tuple[str, Callable[[Settings], object]]] = (
        ("Sentry's settings", sentry_access),
        ("GitHub's settings", github_access),
        ("Elasticsearch's settings", elastic_access),
    )
    for what, access in accesses:
        try:
            access(settings)
        except WrongSettings as wrong:
            yield broken("Settings", what, wrong.sentence, WHERE)
    yield from _alone(settings)
    yield from _tokens(settings)
    yield from _unencrypted(settings)


ALONE = (
    ("sentry_token", ("sentry_org",)),
    ("sentry_org", ("sentry_token",)),
    ("github_app_id", ("github_app_key", "github_app_key_file")),
    ("github_app_key", ("github_app_id",)),
    ("github_app_key_file", ("github_app_id",)),
    ("github_installation_id", ("github_app_id",)),
    ("elasticsearch_api_key", ("elasticsearch_url", "elasticsearch_cloud_id")),
    ("elasticsearch_username", ("elasticsearch_url", "elasticsearch_cloud_id")),
    ("slack_app_token", ("slack_bot_token",)),
    ("slack_signing_secret", ("slack_bot_token",)),
)
"""The first does nothing without one of the others."""


def _alone(settings: Settings) -> Iterator[Finding]:
    for name, others in ALONE:
        if getattr(settings, name) is not None and all(getattr(settings, other) is None for other in others):
            wanted = " or ".join(other.upper() for other in others)
            sentence = f"{name.upper()} is set and does nothing without {wanted}"
            yield broken("Settings", name.upper(), sentence, f"set {wanted} too, or remove {name.upper()}")


def _tokens(settings: Settings) -> Iterator[Finding]:
    """Tokens that are of the wrong kind by their first letters, which every kind of Slack's and Sentry's has."""
    bot, app, sentry = (
        _begins(one) for one in (settings.slack_bot_token, settings.slack_app_token, settings.sentry_token)
    )
    if bot == "xapp-" and app == "xoxb-":
        sentence = "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped: the first begins with xoxb-, the second with xapp-"
        yield broken("Settings", "Slack's tokens", sentence, "swap them")
        return
    if bot not in {None, "xoxb-", "xoxe."}:
        fix = "copy the Bot User OAuth Token of OAuth & Permissions on your app's page at https://api.slack.com/apps"
        yield broken("Settings", "SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN is no bot token: those begin with xoxb-", fix)
    if app not in {None, "xapp-"}:
        fix = "generate one under Basic Information → App-Level Tokens on your app's page at https://api.slack.com/apps"
        sentence = "SLACK_APP_TOKEN is no app-level token: those begin with xapp-"
        yield broken("Settings", "SLACK_APP_TOKEN", sentence, fix)
    if sentry == "sntry" and settings.sentry_token and settings.sentry_token.get_secret_value().startswith("sntrys_"):
        sentence = "SENTRY_TOKEN is an organization token, which is made for CI and cannot read issues"
        yield broken("Settings", "SENTRY_TOKEN", sentence, "use the token of an internal integration instead")


def _begins(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value().strip()[:5] if secret else None


def _unencrypted(settings: Settings) -> Iterator[Finding]:
    """Addresses by which a token would travel in the clear."""
    for name in ("sentry_url", "github_api_url", "elasticsearch_url", "slack_api_url"):
        parts = urlsplit(getattr(settings, name) or "")
        if parts.scheme == "http" and not _here(parts.hostname or ""):
            sentence = f"{name.upper()} begins with http://, so the token travels unencrypted"
            yield missing("Settings", name.upper(), sentence, "use https://", needed=False)


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
