"""The four services as a doctor meets them: the stand-ins of a diagnosis, and what only a doctor asks."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.doctor.finding import Finding
from bot.settings import Mapping as Projects
from bot.settings import Settings
from tests.stand_ins.elastic_server import ElasticServer, a_part
from tests.stand_ins.github_server import Commit, GitHubServer, Pull, Repository
from tests.stand_ins.loopback import Asked, Reply, as_json
from tests.stand_ins.sentry_server import SentryServer
from tests.stand_ins.sentry_world import World, shop
from tests.stand_ins.slack_server import SlackServer

SENTRY_TOKEN = "sntryu_token-of-the-test"
GITHUB_TOKEN = "gh-token-of-the-test"
API_KEY = "es-key-of-the-test"
BOT_TOKEN = "xoxb-1-token-of-the-test"
APP_TOKEN = "xapp-1-token-of-the-test"
SCOPES = (
    "app_mentions:read,channels:history,channels:read,chat:write,commands,groups:history,groups:read,"
    "usergroups:read,users:read,users:read.email"
)
NEWEST = Commit("Count orders")
ADDRESSES = ("sentry_url", "github_api_url", "elasticsearch_url", "slack_api_url")


def settings(**given: Any) -> Settings:
    """Settings with these values and no others."""
    return Settings(_env_file=None, **given)


def projects(**shop: Any) -> Projects:
    """`diagnose.toml` with one project."""
    return Projects.model_validate({"projects": {"shop": shop}})


def by_state(findings: Sequence[Finding]) -> dict[str, list[str]]:
    """What was checked, by how it stands."""
    states = {finding.state for finding in findings}
    return {state: [one.what for one in findings if one.state == state] for state in states}


def one(findings: Sequence[Finding], what: str) -> Finding:
    """The only finding about this."""
    found = [finding for finding in findings if finding.what == what]
    assert len(found) == 1, [finding.what for finding in findings]
    return found[0]


def sentry(world: World | None = None, slugs: Sequence[str] = ("shop",), **more: Any) -> SentryServer:
    """Sentry with these projects."""
    listed = [{"id": str(number), "slug": slug, "name": slug} for number, slug in enumerate(slugs)]
    return SentryServer(dataclasses.replace(world or shop(), answers={"projects/": listed}), **more)


class Hub(GitHubServer):
    """GitHub that also tells about the token and the App; `forbidden` are ends of paths that they may not read."""

    left = 4321
    expires = "2027-01-31 09:00:00 UTC"
    forbidden: tuple[str, ...] = ()

    def answer(self, asked: Asked) -> Reply:
        told = super().answer(asked)
        path = asked.path.removeprefix("/api/v3")
        if told.status == 401:
            return told
        if path == "/rate_limit":
            core = {"limit": 5000, "remaining": self.left, "reset": 1795168800, "used": 1}
            return as_json({"resources": {"core": core}}, github_authentication_token_expiration=self.expires)
        if path == "/app":
            return as_json({"id": self.app, "name": "Diagnose of acme", "slug": "diagnose-acme"})
        if path.endswith(self.forbidden):
            message = {"message": "Resource not accessible by personal access token"}
            return as_json(message, 403, x_accepted_github_permissions="pull_requests=read")
        return told


def hub(*more: Repository) -> Hub:
    """GitHub with acme/shop, one commit and its pull request."""
    pull = Pull(7, "Count orders", (NEWEST.sha,))
    return Hub(Repository("acme/shop", (NEWEST,), {"main": NEWEST.sha}, (pull,)), *more)


@cache
def a_key() -> str:
    """A private key of nobody's, in PEM form."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


class LogServer(ElasticServer):
    """Elasticsearch that also answers whether a field exists, and sorts in milliseconds."""

    def _part(self, place: int, index: str, body: Mapping[str, object], lenient: bool) -> dict[str, object]:
        match body.get("query"):
            case {"exists": {"field": str(field)}}:
                return a_part(total=sum(field in line for line in self._lines(index)))
            case {"term": dict(wanted)}:
                return a_part(total=sum(wanted.items() <= line.items() for line in self._lines(index)))
        told = super()._part(place, index, body, lenient)
        for hit in told["hits"]["hits"] if "hits" in told else []:  # type: ignore[index]
            at = datetime.fromisoformat(str(hit["_source"].get("@timestamp")))
            hit["sort"] = [int(at.timestamp() * 1000)]
        return told

    def _lines(self, index: str) -> list[dict[str, object]]:
        return [dict(line) for name, lines in self.indices.items() if index in {name, "logs-*"} for line in lines]


def a_line(ago: timedelta = timedelta(minutes=1), **fields: str) -> dict[str, str]:
    """A log line with every field of the Elastic Common Schema that a diagnosis knows."""
    at = (datetime.now(UTC) - ago).isoformat()
    ecs = {
        "@timestamp": at,
        "message": "started",
        "log.level": "info",
        "service.name": "shop-web",
        "trace.id": "a" * 32,
    }
    return {**ecs, "service.environment": "production", "host.name": "web-1", **fields}


def logs(*lines: dict[str, str], **more: Any) -> LogServer:
    """Elasticsearch with one index, logs-shop."""
    return LogServer({"logs-shop": list(lines or [a_line()])}, **more)


class Workspace(SlackServer):
    """Slack that also tells the scopes of the token; `members` are the channels that the bot is in."""

    scopes: str | None = SCOPES
    members: frozenset[str] = frozenset({"C0123456789"})

    def answer(self, path: str, given: Mapping[str, Any]) -> tuple[int, dict[str, str], dict[str, Any] | None]:
        status, headers, told = super().answer(path, given)
        return status, headers | ({"X-OAuth-Scopes": self.scopes} if self.scopes is not None else {}), told

    def _conversations_history(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if given["channel"] in self.members:
            return {"ok": True, "messages": []}
        return {"ok": False, "error": "not_in_channel"}
