"""Every signal rests on what it cites: without that evidence it falls silent or weakens, in every recorded incident."""

import json

import pytest

from playbook.catalog.relation_missing import playbook
from playbook.evidence.collected import Evidence
from playbook.evidence.logs import Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import Partitioned
from playbook.investigate import replay
from playbook.schema.migrate_log import migration_runs
from tests.cases.golden import names, recording
from tests.facts import (
    a_line,
    a_relation,
    a_schema_event,
    a_schema_history,
    a_search,
    an_event,
    evidence,
    minutes,
    some_changes,
    some_logs,
)

WORTH = {"hint": 1, "against": 1, "telling": 2, "decisive": 3, "rules_out": 3}
CAUSES = {cause.name: cause for cause in playbook.causes}
GONE = object()


def collected(case):
    return replay(recording(case), lambda _progress: None).evidence


def at_run_time(name, *facts, **told):
    """Evidence of a relation that is made at run time, of which there is no recording."""
    relation = a_relation(name=name, quote=f'relation "{name}" does not exist', **told)
    return evidence(relation, some_changes(), *facts)


PARENT = a_schema_event(relation="events", quote="CREATE TABLE events (")
DIVIDED = a_schema_history(partitioned=Partitioned(parent=PARENT, by="PARTITION BY RANGE (at)"))
NOT_MADE = a_line(
    "CREATE TABLE events_20261120 PARTITION OF events failed: canceling statement due to lock timeout",
    minutes(-5),
    service="backend",
    own=True,
)
TRACED = a_line("CREATE TEMP TABLE totals (id int)", minutes(-1), service="backend", own=True, trace_id="t")

RECORDED = {case: collected(case) for case in names()}
MADE_UP = {
    "a temporary table": at_run_time(
        "totals", an_event(statements=("CREATE TEMP TABLE totals (id int)",)), a_schema_history()
    ),
    "a temporary table in the trace": at_run_time(
        "totals", an_event(trace_id="t"), a_schema_history(), some_logs(searches=(a_search("same trace", TRACED),))
    ),
    "a temporary name": at_run_time("#totals", dialect="sqlserver"),
    "a part of next month": at_run_time("events_2026_12", DIVIDED),
    "a part that could not be made": at_run_time(
        "events_20261120",
        DIVIDED,
        some_logs(*migration_runs([NOT_MADE]), searches=(a_search("migrations", NOT_MADE),)),
    ),
    "a part of long ago": at_run_time("events_2026_03", DIVIDED),
    "a part that a migration makes": at_run_time(
        "events_2026_12", a_schema_history(a_schema_event(relation="events_2026_12"))
    ),
}
EVIDENCE = RECORDED | MADE_UP
FOUND = [
    (case, cause.name, signal)
    for case in EVIDENCE
    for cause in playbook.causes
    for signal in cause.weigh(EVIDENCE[case])[0]
    if case in RECORDED or cause.name == "made_at_run_time"
]


def weighed(cause, name, evidence):
    """The signal as the cause gives it for that evidence; None where it is silent or could not be asked."""
    return next((one for one in CAUSES[cause].weigh(evidence)[0] if one.name == name), None)


def bare(text):
    return " ".join(text.split()).removesuffix("…")


def holds(value, citation):
    """Whether a part of a fact is what the citation leads to: its own link, and the quoted words in it."""
    if value.get("url") != citation.url:
        return False
    texts = [bare(one) for one in value.values() if isinstance(one, str)]
    parts = [" ".join(part.split()) for part in citation.quote.split("…") if part.strip()]
    return "source" not in value and any(all(part in text for part in parts) for text in texts)


def without(value, citation):
    """The JSON without the parts that the citation leads to, and without what is made of them."""
    if isinstance(value, list):
        return [kept for one in value if (kept := without(one, citation)) is not GONE]
    if not isinstance(value, dict):
        return value
    if holds(value, citation):
        return GONE
    kept = {key: without(one, citation) for key, one in value.items()}
    if kept.get("line") is GONE:
        return GONE
    return {key: None if one is GONE else one for key, one in kept.items()}


def removed(evidence, citation):
    """The evidence without what is cited: the part with that link, else the whole facts that have it."""
    facts = {}
    for kind, fact in evidence.facts.items():
        told = json.loads(fact.model_dump_json())
        parts = {key: without(one, citation) for key, one in told.items()}
        changed = kind.source == citation.source and parts != told
        whole = kind.source == citation.source and told["url"] == citation.url
        if changed:
            facts[kind] = kind.model_validate(parts)
        elif not whole:
            facts[kind] = fact
    return Evidence(facts=facts, unavailable=evidence.unavailable, absent=evidence.absent)


def cited_lines(evidence, signal, **changed):
    """The evidence in which every cited log line tells otherwise, and every line of the same words (two servers start
    with the same warning), read again by the real reader."""
    cited = {citation.url for citation in signal.citations if citation.source == "Elasticsearch"}
    logs = evidence.get(Logs)
    words = {line.message for search in logs.searches for line in search.lines if line.url in cited}
    searches = tuple(
        search.model_copy(
            update={
                "lines": tuple(
                    line.model_copy(update=changed) if line.message in words else line for line in search.lines
                )
            }
        )
        for search in logs.searches
    )
    runs = migration_runs([line for search in searches for line in search.lines])
    mutated = logs.model_copy(update={"searches": searches, "migration_runs": runs})
    return Evidence(facts={**evidence.facts, Logs: mutated})


def named(one):
    case, cause, signal = one
    return f"{case}-{cause}.{signal.name}"


@pytest.mark.parametrize("one", FOUND, ids=named)
def test_a_signal_does_not_survive_without_what_it_cites(one):
    case, cause, signal = one
    for citation in signal.citations:
        left = weighed(cause, signal.name, removed(EVIDENCE[case], citation))
        weaker = left is None or WORTH[left.strength] < WORTH[signal.strength]
        assert weaker or citation not in left.citations, citation
        assert weaker or left.citations != signal.citations, citation


STRONG = [one for one in FOUND if one[2].strength in ("decisive", "rules_out")]
BY_LOG = [one for one in STRONG if any(citation.source == "Elasticsearch" for citation in one[2].citations)]


@pytest.mark.parametrize(
    "changed", [{"message": "GET /healthz 200"}, {"environment": None}, {"service": "billing", "own": False}], ids=str
)
@pytest.mark.parametrize("one", BY_LOG, ids=named)
def test_a_log_line_that_tells_no_deed_no_place_or_another_service_proves_and_refutes_nothing(one, changed):
    case, cause, signal = one
    left = weighed(cause, signal.name, cited_lines(EVIDENCE[case], signal, **changed))
    assert left is None or left.strength not in ("decisive", "rules_out")


@pytest.mark.parametrize("one", STRONG, ids=named)
def test_nothing_strong_about_one_relation_is_said_of_another(one):
    case, cause, signal = one
    relation = EVIDENCE[case].get(MissingRelation)
    other = relation.model_copy(update={"name": "quite_another", "quote": 'relation "quite_another" does not exist'})
    facts = {**EVIDENCE[case].facts, MissingRelation: other}
    assert weighed(cause, signal.name, Evidence(facts=facts)) is None


def test_there_is_something_to_mutate():
    assert len(FOUND) > 40
    assert len(BY_LOG) > 10
