"""One request for every purpose; silence, a cut-off answer and no answer are three different things."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.logs import MIGRATIONS, START_UP
from playbook.evidence.prescription import LogSearch, Prescription
from playbook.evidence.service import LogFields, Service, Services
from playbook.evidence.unavailable import Unavailable
from playbook.sources.elastic import Elastic
from playbook.steps.logs import SHOWN, logs
from tests.facts import DEPLOYED, NOW, ONSET, a_deploy, a_timeline, an_event, an_issue, minutes

WANTED = Prescription(
    searches=(
        LogSearch(purpose=MIGRATIONS, phrases=("migrate", "CREATE TABLE")),
        LogSearch(purpose=START_UP, phrases=("starting",), levels=("error",)),
    )
)


def hit(message="  Applying orders.0042_order... OK", at=DEPLOYED, **source):
    return {"_id": "1", "_source": {"@timestamp": at.isoformat(), "message": message, **source}, "url": "https://k/1"}


def answer(*hits, **given):
    total = {"value": len(hits), "relation": "eq"}
    shards = {"total": 3, "successful": 3, "failed": 0}
    return {"status": 200, "timed_out": False, "_shards": shards, "hits": {"total": total, "hits": list(hits)}, **given}


REFUSED = {"status": 404, "error": {"type": "index_not_found_exception", "reason": "no such index [logs]"}}


def search(*answers, prescription=WANTED, issue=None, event=None, releases=None, services=None, at=NOW):
    asked = []

    def door(question):
        asked.append(question.arguments)
        return list(answers)

    services = services or Services()
    inquiry = Inquiry(ref=IssueRef(short_id="BACKEND-4KD"), at=at)
    issue = issue or an_issue()
    return logs(inquiry, issue, event, None, releases, services, prescription, Elastic(door)), asked


def filters(asked, place=0):
    return asked[0]["searches"][place]["query"]["bool"]["filter"]


def window(asked, place=0):
    times = filters(asked, place)[0]["range"]["@timestamp"]
    return times["gte"], times["lte"]


def test_every_purpose_is_asked_in_one_request_with_a_bound_and_a_time_limit():
    _, asked = search(answer(), answer())
    assert len(asked) == 1
    body = asked[0]["searches"][0]
    assert len(asked[0]["searches"]) == 3  # the last one asks whether there is any document at all
    assert body["timeout"] == "10s"
    assert body["size"] == 200
    assert body["sort"] == ["_score", {"@timestamp": {"order": "asc", "unmapped_type": "date"}}]
    assert "track_total_hits" not in body


def test_an_index_without_any_document_of_that_time_could_not_be_looked_at():
    """A wrong index, or another name for the time: silence there is no silence of the system."""
    with pytest.raises(Unavailable, match=r"no document with a `@timestamp` between .*set `log_index` or `log_fields`"):
        search(answer(), answer(), answer())


def test_documents_about_other_things_make_silence_mean_something():
    found, _ = search(answer(), answer(), answer(hit("GET /healthz 200")))
    assert [one.lines for one in found.searches] == [(), ()]


def test_an_answer_that_was_cut_off_says_nothing_of_whether_there_is_any_document():
    found, _ = search(answer(), answer(), answer(timed_out=True))
    assert found.searches[0].unavailable is None


def test_one_of_the_phrases_must_stand_in_the_message_at_one_of_the_levels():
    _, asked = search(answer(), answer())
    assert filters(asked)[1]["bool"] == {
        "should": [{"match_phrase": {"message": "migrate"}}, {"match_phrase": {"message": "CREATE TABLE"}}],
        "minimum_should_match": 1,
    }
    assert {"terms": {"log.level": ["error", "ERROR", "Error"]}} in filters(asked, 1)


def test_only_the_start_up_is_looked_for_under_the_services_own_name():
    services = Services(mapped=(Service(project="backend", log_service="shop"),))
    _, asked = search(answer(), answer(), services=services)
    own = {"term": {"service.name": "shop"}}
    assert own not in filters(asked, 0)
    assert own in filters(asked, 1)


def test_the_window_reaches_from_before_the_onset_to_after_it_but_not_past_the_question():
    _, asked = search(answer(), answer(), at=minutes(30))
    assert window(asked) == ("2026-11-20T04:02:00Z", "2026-11-20T10:32:00Z")
    _, asked = search(answer(), answer(), at=minutes(60 * 24))
    assert window(asked)[1] == "2026-11-20T16:02:00Z"


def test_an_earlier_deploy_is_inside_the_window():
    timeline = a_timeline(deploys=(a_deploy(at=minutes(-24 * 60)),))
    _, asked = search(answer(), answer(), releases=timeline)
    assert window(asked)[0] == "2026-11-19T09:32:00Z"


def test_a_deploy_of_last_week_does_not_stretch_the_window_without_end():
    timeline = a_timeline(deploys=(a_deploy(at=minutes(-7 * 24 * 60)),))
    _, asked = search(answer(), answer(), releases=timeline)
    assert window(asked)[0] == "2026-11-17T10:02:00Z"


def test_the_gap_between_the_two_clocks_widens_the_window_on_both_sides():
    event = an_event(at=ONSET, received_at=ONSET + timedelta(minutes=7), trace_id=None)
    _, asked = search(answer(), answer(), event=event, at=minutes(60 * 24))
    assert window(asked) == ("2026-11-20T03:55:00Z", "2026-11-20T16:09:00Z")


def test_the_events_trace_is_one_more_search_around_the_event():
    event = an_event(at=NOW, trace_id="ab" * 16)
    found, asked = search(answer(), answer(), answer(hit("boom", NOW)), event=event)
    assert filters(asked, 2)[1] == {"term": {"trace.id": "ab" * 16}}
    assert window(asked, 2) == ("2026-11-20T11:00:00Z", "2026-11-20T13:00:00Z")
    assert [line.message for line in found.lines("same trace")] == ["boom"]


def test_a_line_is_read_from_dotted_and_from_nested_fields():
    dotted = {"log.level": "info", "service.name": "shop", "host.name": "h1", "service.environment": "eu"}
    nested = {"log": {"level": "warn"}, "service": {"name": "shop", "environment": "us"}, "trace": {"id": "t"}}
    found, _ = search(answer(hit("a", **dotted), hit("b", **nested)), answer())
    first, second = found.lines(MIGRATIONS)
    assert (first.level, first.service, first.host, first.environment) == ("info", "shop", "h1", "eu")
    assert (second.level, second.service, second.environment, second.trace_id) == ("warn", "shop", "us", "t")


def test_a_projects_own_field_names_are_asked_for_and_read():
    fields = LogFields(timestamp="ts", message="msg")
    services = Services(mapped=(Service(project="backend", log_index="shop-*", log_fields=fields),))
    document = {"_source": {"ts": 1795168800000, "msg": "  Applying orders.0042_order... OK"}}
    found, asked = search(answer(document), answer(), services=services)
    assert asked[0]["index"] == "shop-*"
    assert filters(asked)[0]["range"]["ts"]["gte"] == "2026-11-20T04:02:00Z"
    assert found.lines(MIGRATIONS)[0].at == DEPLOYED


def test_what_the_migrate_command_said_is_read_off_the_lines():
    found, _ = search(answer(hit()), answer(hit()))
    assert [(run.outcome, run.migration) for run in found.migration_runs] == [("applied", "orders.0042_order")]


def test_silence_is_a_fact_without_lines():
    found, _ = search(answer(), answer())
    assert found.whole(MIGRATIONS)
    assert found.shortfalls == ()


def test_a_cut_off_search_is_partial_and_its_silence_means_nothing():
    found, _ = search(answer(timed_out=True), answer(_shards={"total": 3, "failed": 2}))
    assert not found.whole(MIGRATIONS)
    assert found.shortfalls == (
        "migrations: cut off after 10 seconds, so lines may be missing",
        "start-up: 2 of 3 shards failed, so lines may be missing",
    )


def test_ten_thousand_and_more_is_a_floor():
    total = {"total": {"value": 10_000, "relation": "gte"}, "hits": [hit()]}
    found, _ = search(answer(hits=total), answer())
    assert (found.search(MIGRATIONS).total, found.search(MIGRATIONS).total_is_floor) == (10_000, True)


def test_a_refused_search_costs_only_itself():
    found, _ = search(REFUSED, answer(hit("starting")))
    assert found.search(MIGRATIONS).unavailable == "Elasticsearch refused the search: no such index [logs]"
    assert len(found.lines(START_UP)) == 1


def test_a_search_that_is_missing_from_the_answer_is_unavailable():
    found, _ = search(answer())
    assert found.search(START_UP).unavailable == "Elasticsearch did not answer this search"


def test_a_pattern_that_matches_no_index_is_not_silence():
    with pytest.raises(Unavailable, match="no index matches"):
        search(answer(_shards={"total": 0, "failed": 0}), REFUSED)


def test_when_no_search_is_answered_the_logs_are_unavailable():
    with pytest.raises(Unavailable, match="no such index"):
        search(REFUSED, REFUSED)


def test_documents_without_a_message_are_said_to_be_unreadable():
    found, _ = search(answer({"_source": {"@timestamp": DEPLOYED.isoformat(), "log": "x"}}), answer())
    assert found.shortfalls == ("migrations: 1 documents have no readable `message` or `@timestamp` field",)


def test_a_long_message_keeps_both_ends():
    found, _ = search(answer(hit("a" * 50_000 + "the end")), answer())
    message = found.lines(MIGRATIONS)[0].message
    assert len(message) == SHOWN + 1
    assert message.endswith("the end")


def test_nothing_to_look_for_is_not_silence():
    with pytest.raises(Unavailable, match="looks for nothing"):
        search(prescription=Prescription())


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["message", "@timestamp", "log", "level", "hits", "total"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
hits = st.fixed_dictionaries({"_source": anything}, optional={"sort": anything, "url": anything})
answers = st.fixed_dictionaries(
    {"hits": anything | st.fixed_dictionaries({"hits": st.lists(hits, max_size=3), "total": anything})},
    optional=dict.fromkeys(("error", "timed_out", "_shards", "url", "status"), anything),
)


@given(st.lists(answers | anything, max_size=4))
def test_no_answer_of_elasticsearch_raises_anything_but_unavailable(given):
    try:
        found, _ = search(*given)
    except Unavailable as unavailable:
        assert unavailable.sentence
    else:
        assert len(found.searches) == 2


def test_a_line_of_the_mapped_service_is_known_to_be_our_own():
    answer = {
        "status": 200,
        "_shards": {"total": 1, "failed": 0},
        "hits": {
            "total": {"value": 2, "relation": "eq"},
            "hits": [
                {"_source": {"@timestamp": "2026-11-20T10:00:00Z", "message": "Applying", "service": {"name": name}}}
                for name in ("till", "other")
            ],
        },
    }
    mapped = Services(mapped=(Service(project="backend", log_service="till"),))
    searches = Prescription(searches=(LogSearch(purpose="migrations", phrases=("Applying",)),))
    inquiry = Inquiry(ref=IssueRef(issue_id="1"), at=NOW)
    found = logs(inquiry, an_issue(), None, None, None, mapped, searches, Elastic(lambda _question: [answer]))
    assert {line.service: line.own for line in found.searches[0].lines} == {"till": True, "other": False}
