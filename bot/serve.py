"""`diagnose serve`: the bot at work, over a socket that it opens itself or over HTTP, until it is told to stop."""

import gc
import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack

import structlog
import uvicorn
from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy import text

from bot.access import configured, sentry_access
from bot.app import investigator
from bot.assembly import Kept, Writes, desk_of, web_client
from bot.doors import hang_up, http_mode, socket_mode
from bot.http_door import uvicorn_options
from bot.listen.desk import Desk
from bot.observe.acknowledged import over_http, over_socket
from bot.observe.beats import Beats
from bot.observe.health import Health, health_app, serving
from bot.observe.logs import log_to_standard_error, tell_what_nobody_caught
from bot.observe.metrics import Metrics
from bot.observe.scraped import Scraped
from bot.observe.spans import own_spans_only
from bot.observe.states import States
from bot.runs.database import NoDatabase, address, opened
from bot.runs.past import HistoryInTables
from bot.settings import Mapping as Projects
from bot.settings import Settings, WrongSettings
from playbook.evidence.unavailable import Unavailable
from playbook.sources.sentry_actions import NotAllowed, SentryActions
from playbook.sources.sentry_rest import Forms

STOP_SECONDS = 20.0
"""That runs under way may take after SIGTERM; what is left of Kubernetes' thirty is for the doors and the database."""

COLLECT_AFTER = (20_000, 50, 100)
"""Objects, and rounds, between two collections: with Python's own (700, 10, 10) the slowest acknowledgements of a
storm took three times as long."""

log = structlog.get_logger()


def serve(settings: Settings, projects: Projects, *, http: bool) -> None:
    """Runs until SIGTERM or Ctrl-C, lets the runs under way end or hands them over, and returns.

    Raises `WrongSettings` before anything is opened where a setting is missing, Slack refuses a token, or the database
    or a port cannot be had.
    """
    bot_token = _needed("SLACK_BOT_TOKEN", settings.slack_bot_token)
    second = (
        _needed("SLACK_SIGNING_SECRET", settings.slack_signing_secret)
        if http
        else _needed("SLACK_APP_TOKEN", settings.slack_app_token)
    )
    metrics, beats = Metrics(), Beats()
    own_spans_only()
    log_to_standard_error(
        secrets=_secrets(settings), heard=lambda level: metrics.count("diagnose_log_lines", level=level)
    )
    tell_what_nobody_caught()
    states = States(configured(settings), metrics)
    investigate = investigator(settings, projects, states)
    client = web_client(bot_token, settings.slack_api_url, metrics)
    workspace = _greet(client, http=http)
    kept = kept_by(settings)
    desk = desk_of(
        investigate,
        client,
        kept,
        settings.sentry_url,
        projects.alert_apps,
        projects.alert_channels(),
        writes=writes_of(settings, projects),
        metrics=metrics,
        keep_days=settings.diagnose_keep_days,
        workspace=workspace,
        sources=states,
    )
    leave_what_stays_alone()
    with ExitStack() as open_doors:
        connected, work = (
            _over_http(client, second, desk, settings, metrics)
            if http
            else _over_socket(client, second, desk, metrics, beats, open_doors)
        )
        health = _watched(desk, kept, metrics, beats, connected)
        try:
            open_doors.enter_context(
                serving(health_app(health, metrics), settings.diagnose_host, settings.diagnose_metrics_port)
            )
        except OSError as taken:
            raise WrongSettings(f"DIAGNOSE_METRICS_PORT: {taken.strerror or taken}; name another port") from taken
        work(health)
    if desk.durable is not None:
        desk.durable.close(STOP_SECONDS)


def leave_what_stays_alone() -> None:
    """Python looks through everything that was imported each time it collects: in a storm that makes people wait."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def kept_by(settings: Settings) -> Kept:
    """The database of the settings, up to date; raises `WrongSettings`."""
    url = settings.diagnose_database_url.get_secret_value() if settings.diagnose_database_url else None
    try:
        return Kept(opened(address(url, settings.diagnose_data)), settings.diagnose_replica)
    except NoDatabase as none:
        raise WrongSettings(none.sentence) from none


def writes_of(settings: Settings, projects: Projects) -> Writes | None:
    """Who may write to Sentry; None where nobody may, or where the token cannot."""
    access = sentry_access(settings)
    if not projects.may_act or access is None:
        return None
    sentry = SentryActions(access, Forms())
    try:
        sentry.tried()
    except NotAllowed as refused:
        log.warning("cards get no menu that writes to Sentry", why=refused.sentence)
        return None
    except Unavailable as unknown:
        log.info("whether the token may write is not known yet", why=unknown.sentence)
    return Writes(sentry, projects.may_act)


def _over_socket(
    client: WebClient, app_token: str, desk: Desk, metrics: Metrics, beats: Beats, doors: ExitStack
) -> tuple[Callable[[], bool], Callable[[Health], None]]:
    handler = socket_mode(client, app_token, desk)
    over_socket(handler, metrics)
    handler.connect()  # type: ignore[no-untyped-call] # Bolt leaves it untyped
    doors.callback(hang_up, handler)
    beats.watch("socket", handler.client.current_session_runner.is_alive)

    def work(health: Health) -> None:
        until_told_to_stop()
        health.stop()

    return handler.client.is_connected, work


def _over_http(
    client: WebClient, signing_secret: str, desk: Desk, settings: Settings, metrics: Metrics
) -> tuple[Callable[[], bool], Callable[[Health], None]]:
    app = over_http(http_mode(client, signing_secret, desk), metrics)

    def work(health: Health) -> None:
        # uvicorn sends the signal that ended it once more: that is not to kill the process before the runs have ended.
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: None)
        options = {**uvicorn_options(), "host": settings.diagnose_host, "port": settings.diagnose_port}
        try:
            uvicorn.Server(uvicorn.Config(app, log_config=None, **options)).run()
        finally:
            health.stop()

    return lambda: True, work


def _watched(desk: Desk, kept: Kept, metrics: Metrics, beats: Beats, connected: Callable[[], bool]) -> Health:
    """What tells how the bot does: its threads, its database, its Slack."""
    runs, history = desk.durable, HistoryInTables(kept.engine)

    def answers() -> None:
        with kept.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    if runs is not None:
        metrics.show(Scraped(history.load, lambda: runs.replicas.living, connected, beats))
        for name, lives in runs.threads.items():
            beats.watch(name, lives)
    return Health({"database": answers, "slack": connected}, beats)


def _secrets(settings: Settings) -> list[str]:
    """The values that no line of the log may hold."""
    given = (getattr(settings, name) for name in type(settings).model_fields)
    return [one.get_secret_value() for one in given if isinstance(one, SecretStr)]


def _needed(name: str, secret: SecretStr | None) -> str:
    if secret is None:
        raise WrongSettings(f"{name} is not set: write it to .env or the environment (see docs/settings.md)")
    return secret.get_secret_value()


def _greet(client: WebClient, *, http: bool) -> str:
    """The workspace's address."""
    try:
        who = client.auth_test()
    except SlackApiError as refused:
        error = refused.response.get("error")
        raise WrongSettings(f"Slack refuses SLACK_BOT_TOKEN ({error}): run `diagnose doctor`") from refused
    except (SlackClientError, OSError) as unreachable:
        raise WrongSettings(f"Slack cannot be reached at SLACK_API_URL: {type(unreachable).__name__}") from unreachable
    log.info("at work", team=who.get("team"), bot=who.get("user"), over="HTTP" if http else "Socket Mode")
    return str(who.get("url") or "")


def until_told_to_stop() -> None:
    """Returns on SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    stop.wait()
    log.info("stopping; the runs under way may end")
