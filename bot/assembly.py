"""The bot put together: one database, one Slack, and everything that works between them."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from slack_sdk import WebClient
from sqlalchemy import Engine

from bot.acting.authorization import Authorization
from bot.acting.carry_out import Acting, carry_out
from bot.acting.order import Order
from bot.acting.people import People
from bot.card import home
from bot.listen.actions import redrawing, telling, verdict_of
from bot.listen.desk import Desk
from bot.listen.home import HomeDesk
from bot.observe.books import CountedFeedback, CountedPresses, CountedRuns, TimedAudience
from bot.observe.looks import watched
from bot.observe.metrics import Metrics
from bot.observe.sources import CountedClient
from bot.runs.durable import TEMPO, Durable
from bot.runs.feedback import FeedbackInTables
from bot.runs.look import Investigate
from bot.runs.past import HistoryInTables
from bot.runs.record import PressesInTables
from bot.runs.tempo import Tempo
from bot.runs.together import Together
from bot.runs.upkeep import Upkeep
from bot.slack.delivery import Delivery
from bot.slack.membership import Membership
from bot.slack.message import Messages
from bot.slack.pace import PACE_SECONDS, Allowance, Pace
from bot.slack.wire import CALL_SECONDS, SLACK
from playbook.sources.sentry_actions import SentryActions

KEEP_DAYS = 90
LOST = 70  # exit status (EX_SOFTWARE) of a replica that others have declared dead: whoever runs it starts it anew

log = structlog.get_logger()


@dataclass(frozen=True)
class Kept:
    """Where runs are kept, and as whom this process carries them out."""

    engine: Engine
    replica: str


@dataclass(frozen=True)
class Writes:
    """Who may write to Sentry from a card, and with what."""

    sentry: SentryActions
    may_act: tuple[str, ...]


def web_client(token: str, api_url: str = SLACK, metrics: Metrics | None = None) -> WebClient:
    """Slack's Web API; `api_url` may be a stand-in's."""
    client = CountedClient(
        token=token,
        base_url=api_url.rstrip("/") + "/",
        timeout=CALL_SECONDS,
        retry_handlers=[],  # the library's own would post a second message where the answer to the first was lost
    )
    return client.note(metrics) if metrics else client


def leave_at_once() -> None:
    """This replica was declared dead, and another carries its runs out: nothing more may be written by it."""
    log.critical("this replica ends, since another took over its runs; it may be started anew")
    os._exit(LOST)


def desk_of(
    investigate: Investigate,
    client: WebClient,
    kept: Kept,
    sentry_url: str,
    alert_apps: Iterable[str] = (),
    alert_channels: Iterable[str] = (),
    *,
    writes: Writes | None = None,
    metrics: Metrics | None = None,
    keep_days: int = KEEP_DAYS,
    workspace: str = "",
    sources: Callable[[], tuple[home.SourceState, ...]] = tuple,
    tempo: Tempo = TEMPO,
    pace_seconds: float = PACE_SECONDS,
    lost: Callable[[], None] = leave_at_once,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Desk:
    """All that the doors need. The runs begin to work at once, those that a killed process left included."""
    metrics = metrics or Metrics()
    pace, edits = Pace(pace_seconds), Allowance()
    messages = Messages(client, pace, edits=edits)
    feedback = CountedFeedback(FeedbackInTables(kept.engine), metrics)
    presses = CountedPresses(PressesInTables(kept.engine), metrics)
    delivery = Delivery(messages, feedback, presses, Together(kept.engine), acts=writes is not None)
    runs = Durable(
        kept.engine,
        investigate,
        TimedAudience(delivery, metrics),
        kept.replica,
        sentry_url,
        tempo,
        now,
        lost,
        watch=lambda look, run: watched(look, run, metrics),
        begin=False,
    )
    history = HistoryInTables(kept.engine)
    delivery.waiting, delivery.known = runs.waiting, runs.run
    runs.upkeep = Upkeep(runs.book, history, delivery.recount, keep_days, runs.forget)
    runs.took_over = lambda left: metrics.count("diagnose_takeovers", by=left)
    pace.share = edits.share = lambda: runs.replicas.living
    messages.still = lambda: runs.replicas.sure
    authorization = Authorization(client, writes.may_act) if writes else None
    tab = HomeDesk(
        history,
        Membership(client),
        acting=lambda user: _acting(writes, authorization, user),
        sources=sources,
        replicas=lambda: _replicas(runs),
        workspace=workspace,
        client=client,
    )
    desk = Desk(
        CountedRuns(runs, metrics),
        delivery,
        messages,
        feedback,
        sentry_url,
        frozenset(alert_apps),
        frozenset(alert_channels),
        now,
        home=tab,
        act=(lambda order: runs.press(f"press-{order.press}", order.model_dump_json())) if writes else None,
        durable=runs,
    )
    if writes and authorization:
        acting = Acting(
            writes.sentry,
            People(client),
            authorization,
            presses,
            verdict_of(desk),
            redrawing(desk),
            telling(desk),
        )
        runs.act = lambda order: carry_out(Order.model_validate_json(order), acting, runs.kept)
    runs.begin()
    return desk


def _acting(writes: Writes | None, authorization: Authorization | None, user: str) -> home.Acting:
    if writes is None or authorization is None:
        return home.Acting()
    return home.Acting(allowed=writes.may_act, refusal=authorization.refusal(user))


def _replicas(runs: Durable) -> tuple[home.Replica, ...]:
    return tuple(
        home.Replica(name=name, alive=alive, here=name == runs.replicas.id) for name, alive in runs.replicas.known
    )
