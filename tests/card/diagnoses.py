"""Diagnoses and evidence as small as a test needs them, with sensible defaults."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from playbook.diagnosis import (
    Citation,
    DiagnosedIssue,
    Diagnosis,
    Gap,
    Grade,
    Hypothesis,
    NextStep,
    Remedy,
    RuledOut,
    Signal,
    Strength,
    Subject,
    Unchecked,
    Verdict,
)
from playbook.evidence.changes import Changes, Commit, PullRequest, Suspect
from playbook.evidence.collected import Evidence
from playbook.evidence.event import Event, Frame
from playbook.evidence.fact import Fact
from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Bucket
from playbook.evidence.logs import Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.releases import Deploy, Release, Releases

SENTRY = "https://acme.sentry.io/issues/5551234567/"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def a_citation(**given: Any) -> Citation:
    defaults = {"source": "Sentry event", "url": SENTRY, "quote": 'relation "orders_order" does not exist'}
    return Citation(**{**defaults, **given})


def a_signal(text: str = "The release holds the migration, and no log names it", **given: Any) -> Signal:
    defaults: dict[str, Any] = {"name": "shipped_but_never_ran", "strength": Strength.DECISIVE}
    return Signal(**{**defaults, "text": text, "citations": (a_citation(),), **given})


def an_unchecked(**given: Any) -> Unchecked:
    defaults = {
        "signal": "log_says_so",
        "asks": "Whether the migrate log names it",
        "at_most": Strength.DECISIVE,
        "needs": "Logs",
        "why": "Elasticsearch did not answer",
    }
    return Unchecked(**{**defaults, **given})


def a_remedy(**given: Any) -> Remedy:
    defaults = {
        "action": "Run the migration",
        "command": "python manage.py migrate orders 0042_order",
        "verify": "python manage.py showmigrations orders",
        "rollback": "Rolling back is safe: the table is new",
    }
    return Remedy(**{**defaults, **given})


def a_hypothesis(grade: Grade = "proved", **given: Any) -> Hypothesis:
    defaults: dict[str, Any] = {
        "cause": "migration_not_applied",
        "claim": "The migration was not applied",
        "signals": (a_signal(),),
        "remedy": a_remedy(),
    }
    return Hypothesis(**{**defaults, "grade": grade, **given})


def an_issue(**given: Any) -> DiagnosedIssue:
    defaults = {
        "id": "5551234567",
        "short_id": "SHOP-42",
        "title": "ProgrammingError",
        "project": "shop",
        "url": SENTRY,
    }
    return DiagnosedIssue(**{**defaults, **given})


def a_gap(**given: Any) -> Gap:
    return Gap(**{"fact": "Logs", "source": "Elasticsearch", "reason": "Elasticsearch did not answer in 10 s", **given})


def a_diagnosis(**given: Any) -> Diagnosis:
    remedy = a_remedy()
    defaults: dict[str, Any] = {
        "issue": an_issue(),
        "playbook": "relation_missing",
        "subject": Subject(name="orders_order", label='relation "orders_order"'),
        "asked_at": NOON,
        "verdict": Verdict(grade="proved", cause="migration_not_applied", claim="The migration was not applied"),
        "hypotheses": (a_hypothesis(), a_hypothesis("possible", cause="replica_behind", claim="A replica lags behind")),
        "ruled_out": (RuledOut(what="#815", reason="not in release 4.2.1", citations=(a_citation(source="PR #815"),)),),
        "next_step": NextStep(kind="remedy", **remedy.model_dump()),
    }
    return Diagnosis(**{**defaults, **given})


def an_undecided(**given: Any) -> Diagnosis:
    defaults: dict[str, Any] = {
        "verdict": Verdict(grade="undecided", because="Two causes explain it equally well"),
        "hypotheses": (
            a_hypothesis("possible", signals=(a_signal(strength=Strength.TELLING),), unchecked=(an_unchecked(),)),
            a_hypothesis("possible", cause="replica_behind", claim="A replica lags behind"),
        ),
        "gaps": (a_gap(),),
        "next_step": NextStep(
            kind="check", action="Ask the database whether the table is there", command="\\dt orders_*"
        ),
    }
    return a_diagnosis(**{**defaults, **given})


def a_frequency(counts: tuple[int, ...] = (0,) * 20 + (3, 40, 41, 38), **given: Any) -> Frequency:
    start = NOON - timedelta(hours=len(counts))
    defaults: dict[str, Any] = {
        "url": SENTRY,
        "buckets": tuple(Bucket(start=start + timedelta(hours=n), count=count) for n, count in enumerate(counts)),
        "bucket_seconds": 3600,
        "trend": "spike",
        "rule": "counts in the last hours exceed the Poisson bound of those before",
        "onset": NOON - timedelta(hours=3, minutes=50),
    }
    return Frequency(**{**defaults, **given})


def an_evidence(*facts: Fact, unavailable: Mapping[type[Fact], str] | None = None, **given: Any) -> Evidence:
    """Everything that a card draws from; `facts` replace the default of their type."""
    released = Release(version="4.2.1", url=SENTRY)
    deploy = Deploy(release="4.2.1", environment="production", at=NOON - timedelta(hours=4), url=SENTRY)
    pull = PullRequest(
        number=812, title="Orders get their own table", author="dev-a", merged_at=NOON - timedelta(hours=9),
        url="https://github.com/acme/shop/pull/812",
    )  # fmt: skip
    commit = Commit(sha="9f" * 20, message="orders: own table", url="https://github.com/acme/shop/commit/9f", pull=pull)
    suspect = Suspect(
        commit=commit, reasons=("its migration creates orders_order (orders/migrations/0042_order.py:9)",)
    )
    defaults: tuple[Fact, ...] = (
        MissingRelation(
            url=SENTRY, name="orders_order", dialect="postgresql", quote='relation "orders_order" does not exist'
        ),
        Event(
            url=SENTRY,
            id="e" * 32,
            which="latest",
            environment="production",
            in_app=Frame(filename="shop/views.py", line=4),
        ),
        a_frequency(),
        Releases(url=SENTRY, failing=released, deploys=(deploy,), onset=NOON - timedelta(hours=3, minutes=50)),
        Changes(
            url="https://github.com/acme/shop/compare/a...b", repository="acme/shop", head="b", suspects=(suspect,)
        ),
    )
    by_type = {type(fact): fact for fact in (*defaults, *facts)}
    refused: Mapping[type[Fact], str] = {Logs: "Elasticsearch did not answer"} if unavailable is None else unavailable
    return Evidence(facts=by_type, unavailable=refused, **{"hidden": {"e-mail": 3}, **given})
