"""DBOS Transact as far as runs need it: a queue, workflows made of steps whose results are kept, and their recovery."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import ParamSpec, TypeVar

import structlog
from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from sqlalchemy import URL, Engine, column, table, update
from sqlalchemy.exc import SQLAlchemyError

from bot.runs.database import reason
from bot.runs.run import NotShown
from bot.runs.tempo import Tempo

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

RUNS, PRESSES = "runs", "presses"
"""The queues: a press of a button does not wait behind the runs."""

RUN, PRESS = "diagnose_run", "diagnose_press"
"""The workflows, under names that never change."""

STEPS_VERSION = "1"
"""Of the workflow's steps. Replicas of one version carry out each other's runs, whatever version of diagnose they are;
raise it only when a run that was begun by the old steps cannot be gone on with by the new ones."""

AT_ONCE_IN_ALL = 8
"""Runs of all replicas together: they ask one Sentry organization, which lets some 25 questions of a kind through at
once (https://docs.sentry.io/api/ratelimits/), and a run asks up to three of a kind. The living replicas share it: a
limit that DBOS itself holds for all makes them wait for each other's looks into the queue, up to two minutes."""

TRY_SECONDS, TRY_GROWTH, LONGEST_TRY_SECONDS = 1.0, 1.5, 20.0
"""Between the tries of a step while Slack or the database does not answer: each wait is half as long again as the one
before. It is tried until it succeeds, for a run is never dropped because somebody else is down."""

FORGOTTEN_AT_ONCE = 500  # workflows in one statement

ALIVE = frozenset({"PENDING", "ENQUEUED", "DELAYED"})
"""States of a workflow that somebody goes on with."""

log = structlog.get_logger()


class LeftToOthers(BaseException):
    """The run stays in the database as it is, for whoever goes on with it: this process stops, or lost it.

    No `Exception`, for DBOS would write that down as the end of the run.
    """


class Workflows:
    """One a process, as DBOS is. Begins at once with what this replica left when it was last killed."""

    def __init__(
        self, engine: Engine, replica: str, tempo: Tempo, run: Callable[[str], None], press: Callable[[str], None]
    ) -> None:
        self._engine = engine
        self._stopping = threading.Event()
        self._replica = replica
        self._at_work: set[str] = set()
        self._idle: set[str] = set()

        def diagnose_run(given: str) -> None:
            self._work(run, given)

        def diagnose_press(given: str) -> None:
            self._work(press, given)

        self._tempo, self._shares = tempo, 1
        DBOS(config=config(engine.url, replica, tempo.poll_seconds))
        self._run = DBOS.workflow(name=RUN)(diagnose_run)
        self._press = DBOS.workflow(name=PRESS)(diagnose_press)

    def launch(self) -> None:
        """From now on the queues are worked off, beginning with what this replica left when it was last killed."""
        with ThreadPoolExecutor(1) as apart:  # whoever calls may have an event loop, beside which DBOS begins nothing
            apart.submit(self._launch).result()

    def _launch(self) -> None:
        DBOS.launch()
        for queue in (RUNS, PRESSES):
            DBOS.register_queue(
                queue, worker_concurrency=self._tempo.at_once, polling_interval_sec=self._tempo.poll_seconds
            )

    def run(self, name: str, run: str, priority: int) -> None:
        """Puts a run into the queue under that name; one that is known already stays as it is."""
        with SetWorkflowID(name), SetEnqueueOptions(priority=priority):
            DBOS.enqueue_workflow(RUNS, self._run, run)

    def hurry(self, name: str, priority: int) -> None:
        """Gives a workflow another place in the queue; one that has begun stays as it is.

        DBOS has no call for that, but documents its table: https://docs.dbos.dev/explanations/system-tables
        """
        schema = None if self._engine.dialect.name == "sqlite" else "dbos"
        kept = table("workflow_status", *map(column, ("workflow_uuid", "status", "priority")), schema=schema)
        waits = (kept.c.workflow_uuid == name) & (kept.c.status == "ENQUEUED")
        with self._engine.begin() as connection:
            connection.execute(update(kept).where(waits).values(priority=priority))

    def press(self, name: str, order: str) -> None:
        """The same for the press of a button."""
        with SetWorkflowID(name):
            DBOS.enqueue_workflow(PRESSES, self._press, order)

    def _work(self, carry_out: Callable[[str], None], given: str) -> None:
        name = str(DBOS.workflow_id)
        self._at_work.add(name)
        try:
            carry_out(given)
        finally:
            self._at_work.discard(name)

    def take_up(self) -> None:
        """Puts what is this replica's, and what no thread of it carries out at two looks, into the queue again: the
        disk was full, say, when a workflow's end was to be written, so that it still counts as under way."""
        mine = {one.workflow_id: one for one in DBOS.list_workflows(status="PENDING", executor_id=self._replica)}
        idle = mine.keys() - self._at_work
        for name in idle & self._idle:
            log.warning("a broken workflow is taken up again", workflow=name)
            DBOS.resume_workflow(name, queue_name=mine[name].queue_name or RUNS)
        self._idle = idle - self._idle

    def states(self, names: Iterable[str]) -> dict[str, str]:
        """The states of those workflows that are known."""
        return {one.workflow_id: one.status for one in DBOS.list_workflows(workflow_ids=list(names))}

    def take_over(self, dead: str) -> int:
        """Puts the workflows that a dead replica left into the queue again, and gives how many those were."""
        left = DBOS.list_workflows(status="PENDING", executor_id=dead)
        for workflow in left:
            DBOS.resume_workflow(workflow.workflow_id, queue_name=workflow.queue_name or RUNS)
        return len(left)

    def step(self, name: str, function: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs) -> Answer:
        """The function's result, kept: a resumed run is given it, and does not call the function again."""

        def patiently() -> Answer:
            seconds = TRY_SECONDS
            while True:
                try:
                    return function(*given, **named)
                except (NotShown, SQLAlchemyError) as passing:
                    log.warning("a step is tried again", step=name, reason=reason(passing), seconds=seconds)
                    if self._stopping.wait(seconds):
                        raise LeftToOthers from passing
                    seconds = min(seconds * TRY_GROWTH, LONGEST_TRY_SECONDS)

        return DBOS.run_step({"name": name}, patiently)

    def share(self, living: int) -> None:
        """So many replicas share what may run at once in all."""
        if living != self._shares:
            queue = DBOS.retrieve_queue(RUNS)
            if queue is not None:
                queue.set_worker_concurrency(max(1, min(self._tempo.at_once, AT_ONCE_IN_ALL // living)))
                self._shares = living

    def forget(self, before: datetime) -> None:
        """Deletes what DBOS keeps of workflows that ended before then: nothing needs it once a run has ended."""
        while True:
            ended = DBOS.list_workflows(
                status=["SUCCESS", "ERROR"],
                completed_before=before.isoformat(),
                limit=FORGOTTEN_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            DBOS.delete_workflows([one.workflow_id for one in ended])
            if len(ended) < FORGOTTEN_AT_ONCE:
                return

    def stop(self, seconds: float) -> None:
        """Begins no other workflow, and waits so long for those under way."""
        if seconds < 1:
            self._stopping.set()
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=int(seconds))
        self._stopping.set()


def config(where: URL, replica: str, poll_seconds: float = 0.2) -> DBOSConfig:
    """DBOS over that database, as this replica; it asks nobody outside and sends nothing anywhere."""
    return {
        "name": "diagnose",
        "system_database_url": where.render_as_string(hide_password=False),
        "executor_id": replica,
        "application_version": STEPS_VERSION,
        "log_level": "WARNING",
        "use_listen_notify": False,
        "notification_listener_polling_interval_sec": 5 * poll_seconds,  # for messages between workflows: none is sent
        "scheduler_polling_interval_sec": 3_600.0,
        "sys_db_pool_size": 10,
    }
