"""Every metric there is, in one place, with what it means: the registry and the operator's page are held to this list.

Names follow prometheus.io/docs/practices/naming: one prefix, base units, `_total` on counters. No label takes a value
from outside: each has a closed list, and what is not on it counts as `other`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from bot.card import actions
from bot.card.joined import NOT_THE_SAME
from playbook.catalog import playbooks
from playbook.diagnosis import Grade
from playbook.steps import steps

OTHER = "other"
NONE = "none"

SOURCES = ("sentry", "github", "elasticsearch", "slack")
ERRORS = ("timeout", "rate_limited", "unauthorized", "unreachable", "server_error", "unreadable", "refused", "defect")
ACTIONS = (*(says for says, _ in actions.ACTIONS), NOT_THE_SAME)
LEVELS = ("debug", "info", "warning", "error", "critical")
THREADS = ("intake", "dispatcher", "heartbeat", "socket")
OUTCOMES = ("diagnosed", "failed", "defect", "stopped")

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
"""Seconds of an acknowledgement: Slack gives up after three, and a tenth is what we promise."""

ASKING = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 45.0)
"""Seconds of one call or one step; a run gives all of its steps 45."""

RUNNING = (1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 120.0, 300.0)
"""Seconds of a run, and of waiting for one: past a minute a person has opened Sentry by hand."""


@dataclass(frozen=True)
class Measure:
    """One metric; `labels` maps each label to the only values it takes, `other` beside them."""

    name: str
    kind: Literal["counter", "gauge", "histogram", "info"]
    meaning: str
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    buckets: tuple[float, ...] = ()

    @property
    def shown(self) -> str:
        """The name under which it is scraped, where that is one name: a histogram's begins so."""
        return {"counter": f"{self.name}_total", "info": f"{self.name}_info"}.get(self.kind, self.name)


def measures() -> dict[str, Measure]:
    """All of them by name, in the order of the operator's page."""
    causes = tuple(sorted({cause.name for playbook in playbooks() for cause in playbook.causes}))
    facts = tuple(sorted(fact.__name__ for fact in steps()))
    known = tuple(playbook.name for playbook in playbooks())
    grades = (*get_args(Grade), NONE)
    found = (
        Measure(
            "diagnose_runs",
            "counter",
            "Looks into an issue that ended, by how: `diagnosed`, `failed` (no source could tell of the issue, and the "
            "card says why), `defect` (ours; the log has it), `stopped` (another run answers the same issue, another "
            "replica has this run, or the database went away under it); by playbook, grade of the verdict and its "
            "cause, `none` where there is no such thing.",
            {
                "outcome": OUTCOMES,
                "playbook": (*known, NONE),
                "grade": grades,
                "cause": (*causes, NONE),
            },
        ),
        Measure(
            "diagnose_run_duration_seconds",
            "histogram",
            "Time of one look into an issue, from the first question to the verdict, without the time that it waited.",
            {"outcome": OUTCOMES},
            RUNNING,
        ),
        Measure(
            "diagnose_run_wait_seconds",
            "histogram",
            "Time from the request (an alert, a person's question) to the beginning of its run.",
            buckets=RUNNING,
        ),
        Measure(
            "diagnose_step_duration_seconds",
            "histogram",
            "Time of one step of a run, by the fact that it looks for and how it ended: `done` found it, `absent` "
            "looked and found none, `unavailable` could not look.",
            {"step": facts, "state": ("done", "absent", "unavailable")},
            ASKING,
        ),
        Measure(
            "diagnose_requests",
            "counter",
            "Requests heard, by their answer: `new` began a run, `repeat` was given the run that is known already, "
            "`redelivery` is the same delivery of Slack's once more, `refused` could not be written down.",
            {"answer": ("new", "repeat", "redelivery", "refused")},
        ),
        Measure(
            "diagnose_acknowledgement_seconds",
            "histogram",
            "Time from a request of Slack's to our acknowledgement; Slack gives up after 3 s and asks again.",
            {"over": ("http", "socket")},
            QUICK,
        ),
        Measure(
            "diagnose_source_calls",
            "counter",
            "Questions asked of a source, answered or not; one may take several requests on the network.",
            {"source": SOURCES},
        ),
        Measure(
            "diagnose_source_errors",
            "counter",
            "Questions that a source did not answer, by why: `timeout`, `rate_limited`, `unauthorized` (token or "
            "permission), `unreachable` (network, name, TLS, proxy), `server_error`, `unreadable` (not what its API "
            "gives), `refused`, `defect` (ours).",
            {"source": SOURCES, "kind": ERRORS},
        ),
        Measure(
            "diagnose_source_duration_seconds",
            "histogram",
            "Time of one question to a source, waits for its rate limit included.",
            {"source": SOURCES},
            ASKING,
        ),
        Measure(
            "diagnose_source_retries",
            "counter",
            "Times that a source asked for patience (429), or broke off, so that a call had to be made once more.",
            {"source": SOURCES},
        ),
        Measure(
            "diagnose_presses",
            "counter",
            "Presses of buttons that write somewhere, by what came of them: `changed` (or so already), `refused`.",
            {"action": ACTIONS, "outcome": ("changed", "refused")},
        ),
        Measure(
            "diagnose_feedback",
            "counter",
            "Answers of people to a diagnosis; who answers anew counts again.",
            {"answer": ("right", "wrong")},
        ),
        Measure("diagnose_takeovers", "counter", "Runs that this replica took over from one that no longer lives."),
        Measure(
            "diagnose_log_lines",
            "counter",
            "Lines of the log by level; `error` is a defect or a lost message.",
            {"level": LEVELS},
        ),
        Measure("diagnose_runs_running", "gauge", "Runs under way, of all replicas together; absent without database."),
        Measure("diagnose_runs_waiting", "gauge", "Runs that wait, of all replicas together; absent without database."),
        Measure(
            "diagnose_oldest_waiting_seconds",
            "gauge",
            "How long the oldest waiting run has waited, 0 when none waits; absent without database.",
        ),
        Measure(
            "diagnose_replicas_living",
            "gauge",
            "Replicas whose heartbeat is fresh, this one included; absent without database.",
        ),
        Measure("diagnose_database_up", "gauge", "1 when the database answered this very scrape in time, else 0."),
        Measure(
            "diagnose_slack_connected",
            "gauge",
            "1 when the connection to Slack is up (over HTTP: always 1, Slack comes to us), else 0.",
        ),
        Measure(
            "diagnose_thread_silence_seconds",
            "gauge",
            "Time since each thread that the bot cannot do without was last heard of.",
            {"thread": THREADS},
        ),
        Measure("diagnose_build", "info", "Always 1; the label `version` is the version at work."),
    )
    return {measure.name: measure for measure in found}
