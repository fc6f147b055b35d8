"""`diagnose serve`: the bot at work, over a socket that it opens itself or over HTTP, until it is told to stop."""

import logging
import signal
import sys
import threading

import structlog
import uvicorn
from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.app import investigator
from bot.doors import desk_of, http_mode, socket_mode, web_client
from bot.settings import Mapping, Settings, WrongSettings

log = structlog.get_logger()


def serve(settings: Settings, mapping: Mapping, *, http: bool) -> None:
    """Runs until SIGTERM or Ctrl-C, lets the runs under way end, and returns.

    Raises `WrongSettings` before anything is opened where a setting is missing or Slack refuses a token.
    """
    bot_token = _needed("SLACK_BOT_TOKEN", settings.slack_bot_token)
    second = (
        _needed("SLACK_SIGNING_SECRET", settings.slack_signing_secret)
        if http
        else _needed("SLACK_APP_TOKEN", settings.slack_app_token)
    )
    log_to_standard_error()
    client = web_client(bot_token, settings.slack_api_url)
    desk = desk_of(
        investigator(settings, mapping), client, settings.sentry_url, mapping.alert_apps, mapping.alert_channels()
    )
    _greet(client, http=http)
    if http:
        app = http_mode(client, second, desk)
        uvicorn.run(app, host=settings.diagnose_host, port=settings.diagnose_port, log_level="warning")
    else:
        handler = socket_mode(client, second, desk)
        handler.connect()  # type: ignore[no-untyped-call] # Bolt leaves it untyped
        until_told_to_stop()
        handler.close()  # type: ignore[no-untyped-call]
    desk.runs.close()


def _needed(name: str, secret: SecretStr | None) -> str:
    if secret is None:
        raise WrongSettings(f"{name} is not set: write it to .env or the environment (see docs/settings.md)")
    return secret.get_secret_value()


def _greet(client: WebClient, *, http: bool) -> None:
    try:
        who = client.auth_test()
    except SlackApiError as refused:
        error = refused.response.get("error")
        raise WrongSettings(f"Slack refuses SLACK_BOT_TOKEN ({error}): run `diagnose doctor`") from refused
    except (SlackClientError, OSError) as unreachable:
        raise WrongSettings(f"Slack cannot be reached at SLACK_API_URL: {type(unreachable).__name__}") from unreachable
    log.info("at work", team=who.get("team"), bot=who.get("user"), over="HTTP" if http else "Socket Mode")


def until_told_to_stop() -> None:
    """Returns on SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    stop.wait()
    log.info("stopping; the runs under way may end")


def log_to_standard_error(level: int = logging.INFO) -> None:
    """One JSON object a line, from this level up."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # A source that cannot be reached becomes a gap with a sentence; its client need not say it a second time.
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)
