"""Slack: both tokens, every scope of `manifest.yml`, the alert channels, and every card, tried on the real workspace.

Slack names a bot token's scopes in the header `x-oauth-scopes` of every answer; an app-level token has none to read
there, so it is used (docs.slack.dev/authentication/tokens).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.doctor.cards import Call, cards
from bot.doctor.check import Check, findings
from bot.doctor.finding import Finding, Subject, broken, missing, not_configured, not_tried, ok
from bot.settings import Mapping as Projects
from bot.settings import Settings
from bot.slack.wire import SlackWeb
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget

SERVICE: Subject = "Slack"
CALL_SECONDS = 10
"""For one call of Slack's Web API, in seconds; it answers within one."""

SCOPES = {
    "commands": "/diagnose and the message shortcut do not exist",
    "chat:write": "no card can be posted",
    "app_mentions:read": "@diagnose is not heard",
    "channels:history": "alerts in public channels are missed silently",
    "groups:history": "alerts in private channels are missed silently",
    "channels:read": "the Home tab shows nobody but their own runs",
    "groups:read": "the Home tab shows no run of a private channel",
    "users:read": "the record of presses names people by their ids only",
    "users:read.email": "Assign to me finds nobody",
    "usergroups:read": "user groups in may_act let nobody act",
}
"""The bot scopes of `manifest.yml`, and what does not happen without each."""

CHANNEL = re.compile(r"[CG][A-Z0-9]{6,}")
APPS = "https://api.slack.com/apps"
REINSTALL = f"add it under OAuth & Permissions on your app's page at {APPS}, and reinstall the app"


def examine(settings: Settings, mapping: Projects, budget: Budget) -> list[Finding]:
    """Every finding about Slack; where the bot token is no good, little else is tried."""
    if settings.slack_bot_token is None:
        sentence = "without SLACK_BOT_TOKEN there is no bot; the command line works"
        fix = f"create the app from manifest.yml at {APPS} (docs/settings.md)"
        return [not_configured(SERVICE, "everything", sentence, fix, needed=False)]
    call = partial(_call, _client(settings.slack_bot_token, settings.slack_api_url))
    checks = [Check(SERVICE, "bot token", partial(_bot, call)), *_doors(settings)]
    begun = findings(checks, budget)
    if begun[0].state == "broken":
        return begun
    channels = [
        Check(SERVICE, f"channel {one}", partial(_channel, call, one)) for one in sorted(mapping.alert_channels())
    ]
    checks = [*channels, Check(SERVICE, "cards", partial(cards, call, budget))]
    return [*begun, *findings(checks, budget)]


def _client(token: SecretStr, api_url: str) -> WebClient:
    return SlackWeb(token=token.get_secret_value().strip(), base_url=f"{api_url.rstrip('/')}/", timeout=CALL_SECONDS)


def _call(client: WebClient, method: str, **arguments: object) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """What the method answered, *not ok* included, and its headers in lower case; raises `Unavailable`."""
    try:
        answer = client.api_call(method, params=arguments)
    except SlackApiError as refused:
        data, headers = refused.response.data, refused.response.headers
        if not isinstance(data, dict) or not re.fullmatch(r"[a-z_]{1,60}", str(data.get("error"))):
            raise Unavailable(f"what answers at {client.base_url} is not Slack's API; check SLACK_API_URL") from refused
        return data, _lower(headers)
    except (SlackClientError, OSError, ValueError) as error:
        reason = type(getattr(error, "reason", error)).__name__
        sentence = f"Slack at {client.base_url} cannot be reached ({reason}); check SLACK_API_URL and the network"
        raise Unavailable(sentence) from error
    if not isinstance(answer.data, dict):
        raise Unavailable(f"what answers at {client.base_url} is not Slack's API; check SLACK_API_URL")
    return answer.data, _lower(answer.headers)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _bot(call: Call) -> Sequence[Finding]:
    told, headers = call("auth.test")
    if not told.get("ok"):
        fix = f"copy the Bot User OAuth Token of OAuth & Permissions at {APPS} into SLACK_BOT_TOKEN"
        return [broken(SERVICE, "bot token", f"Slack does not accept SLACK_BOT_TOKEN ({told.get('error')})", fix)]
    if not told.get("bot_id"):
        sentence = "SLACK_BOT_TOKEN is a person's token, and the bot would speak in that name"
        return [broken(SERVICE, "bot token", sentence, "use the Bot User OAuth Token, which begins with xoxb-")]
    known = f"is accepted: the bot is {told.get('user')} ({told.get('user_id')}) in {told.get('team')}"
    return [ok(SERVICE, "bot token", known), *_scopes(headers.get("x-oauth-scopes"))]


def _scopes(header: str | None) -> Iterator[Finding]:
    if header is None:
        sentence = "the server named none (no x-oauth-scopes header), as Slack itself would"
        yield not_tried(SERVICE, "scopes", sentence)
        return
    granted = {scope.strip() for scope in header.split(",")}
    for scope, lost in SCOPES.items():
        if scope not in granted:
            yield missing(SERVICE, f"scope {scope}", f"it was not granted, so {lost}", REINSTALL)
    if held := [scope for scope in SCOPES if scope in granted]:
        yield ok(SERVICE, "scopes", f"granted are {', '.join(held)}")
    if more := sorted(granted - set(SCOPES) - {""}):
        yield ok(SERVICE, "scopes beyond need", f"{', '.join(more)} could be taken away: nothing uses them")


def _doors(settings: Settings) -> list[Check]:
    """How Slack reaches the bot: by a socket, by HTTP, or not at all."""
    app_token, secret = settings.slack_app_token, settings.slack_signing_secret
    if app_token is None:
        return [Check(SERVICE, "HTTP mode", partial(_secret, secret))]
    call = partial(_call, _client(app_token, settings.slack_api_url))
    by_socket = Check(SERVICE, "Socket Mode", partial(_socket, call))
    return [by_socket, Check(SERVICE, "HTTP mode", partial(_secret, secret))] if secret else [by_socket]


def _socket(call: Call) -> Sequence[Finding]:
    told, _ = call("apps.connections.open")
    if told.get("ok") and str(told.get("url", "")).startswith(("wss://", "ws://")):
        return [ok(SERVICE, "Socket Mode", "SLACK_APP_TOKEN opens a socket")]
    if told.get("error") == "missing_scope":
        sentence, fix = "SLACK_APP_TOKEN lacks the scope connections:write", "generate one with that scope"
        return [
            missing(SERVICE, "Socket Mode", sentence, f"{fix} under Basic Information → App-Level Tokens at {APPS}")
        ]
    sentence = f"SLACK_APP_TOKEN opens no socket ({told.get('error') or 'Slack named no address'})"
    fix = f"enable Socket Mode, and generate a token with connections:write under Basic Information at {APPS}"
    return [broken(SERVICE, "Socket Mode", sentence, fix)]


def _secret(secret: SecretStr | None) -> Sequence[Finding]:
    where = f"copy the Signing Secret of Basic Information at {APPS} into SLACK_SIGNING_SECRET"
    if secret is None:
        sentence = "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set, so Slack cannot reach the bot"
        fix = f"set SLACK_APP_TOKEN for Socket Mode, or for HTTP mode {where}"
        return [not_configured(SERVICE, "Socket Mode or HTTP mode", sentence, fix, needed=True)]
    if secret.get_secret_value().startswith("x"):  # as every token does, and no signing secret: those are hexadecimal
        return [broken(SERVICE, "HTTP mode", "SLACK_SIGNING_SECRET holds a token instead", where)]
    sentence = "SLACK_SIGNING_SECRET is set; whether it is this app's shows with the first request from Slack"
    return [not_tried(SERVICE, "HTTP mode", sentence)]


def _channel(call: Call, channel: str) -> Sequence[Finding]:
    """Whether alerts there can be read: by reading, which needs the very scope and the very membership."""
    what = f"channel {channel}"
    if not CHANNEL.fullmatch(channel):
        fix = "write its id, at the bottom of the channel's *About* in Slack, into alert_channels"
        return [broken(SERVICE, what, "alert_channels holds ids such as C0123456789, not names", fix)]
    told, _ = call("conversations.history", channel=channel, limit=1)
    error = told.get("error")
    if told.get("ok"):
        return [ok(SERVICE, what, "the bot is a member, and reads it")]
    if error in {"not_in_channel", "channel_not_found"}:
        sentence = "the bot is no member (or there is no such channel), so alerts there are missed silently"
        return [missing(SERVICE, what, sentence, "type `/invite @diagnose` there, or correct alert_channels")]
    if error == "missing_scope":
        scope = str(told.get("needed", "channels:history or groups:history"))[:100]
        return [missing(SERVICE, what, f"reading it needs {scope}, so alerts there are missed silently", REINSTALL)]
    return [broken(SERVICE, what, f"Slack refused to show it ({error})", "try again in a minute")]
