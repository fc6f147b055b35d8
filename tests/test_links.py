"""Hard links: each names one thing in the world, says where it was read, and is left out where it might be two."""

from datetime import timedelta

import pytest

from playbook.diagnosis import Citation
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.releases import Releases
from playbook.evidence.spread import Segment
from playbook.links import LONGEST, Link, links, rose
from tests.cases.golden import names
from tests.facts import (
    DEPLOYED,
    ONSET,
    a_deploy,
    a_frequency,
    a_relation,
    a_release,
    a_spread,
    a_timeline,
    an_event,
    an_issue,
    evidence,
    minutes,
)
from tests.incidents import recorded
from tests.judged import a_diagnosis_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def found(*facts, without=()):
    known = evidence(*facts, without=without)
    return links(known, a_diagnosis_of(known))


def values(kind, *facts, without=()):
    return [link.value for link in found(*facts, without=without) if link.kind == kind]


def test_a_relation_is_named_with_its_project_as_the_database_names_it():
    assert values("relation") == ["backend/orders_order"]
    assert values("relation", a_relation(name="Invoice", schema_name="billing")) == ["backend/billing.Invoice"]
    assert values("relation", an_issue(project="shop")) == ["shop/orders_order"]


def test_the_kind_that_a_server_names_makes_no_second_relation():
    assert values("relation", a_relation(kind="table")) == values("relation", a_relation(kind="relation"))


def test_a_relation_without_a_name_is_no_link():
    assert values("relation", a_relation(name=None)) == []


def test_a_name_too_long_to_be_compared_whole_is_no_link():
    assert values("relation", a_relation(name="x" * (LONGEST - 8))) != []
    assert values("relation", a_relation(name="x" * (LONGEST - 7))) == []


def test_the_words_are_what_a_person_says_and_no_name_can_break_out_of_them():
    (link,) = [one for one in found(a_relation(name="a`b\n*c*")) if one.kind == "relation"]
    assert link.words == "the same relation `a'b *c*`"
    assert link.value == "backend/a`b\n*c*"


def test_every_link_cites_where_it_was_read():
    link = next(one for one in found() if one.kind == "relation")
    assert link.citation == Citation(
        source="Sentry", url=a_relation().url, quote='relation "orders_order" does not exist'
    )
    assert found(a_relation(url="")) == tuple(one for one in found() if one.kind != "relation")


@pytest.mark.parametrize("name", names())
def test_every_link_of_a_recorded_incident_is_cited_and_can_be_read_again(name):
    told = recorded(name).links
    assert told
    for link in told:
        assert link.citation.url.startswith("https://")
        assert Link.model_validate_json(link.model_dump_json()) == link


@pytest.mark.parametrize(
    ("told", "values_of_it"),
    [(TRACE, [TRACE]), (TRACE.upper(), [TRACE]), ("0" * 32, []), ("abc", []), (None, []), ("", [])],
)
def test_a_trace_is_a_whole_id_and_not_the_empty_one(told, values_of_it):
    assert values("trace", an_event(trace_id=told)) == values_of_it


def test_a_release_is_named_with_its_project_and_by_its_commit():
    assert values("release") == ["backend/backend@1.4.0"]
    timeline = a_timeline(failing=a_release(repository="acme/backend"))
    assert values("release", timeline) == ["backend/backend@1.4.0", f"acme/backend@{'a' * 40}"]


@pytest.mark.parametrize(
    "timeline",
    [
        a_timeline(last_good=None),
        a_timeline(onset=None),
        a_timeline(failing=None),
        a_timeline(deploys=(a_deploy(at=DEPLOYED - timedelta(hours=1)),)),
        a_timeline(deploys=(a_deploy(environment="staging"),)),
        a_timeline(deploys=(a_deploy(at=ONSET + timedelta(hours=1)),)),
        a_timeline(deploys=(), failing=a_release(created_at=ONSET - timedelta(days=2))),
        a_timeline(deploys=(), failing=a_release(created_at=None)),
    ],
    ids=["the first of all", "no onset", "none", "an hour ago", "elsewhere", "later", "known for days", "undated"],
)
def test_a_release_that_the_trouble_did_not_begin_with_is_no_link(timeline):
    assert isinstance(timeline, Releases)
    assert values("release", timeline) == []


def test_an_event_of_another_release_does_not_speak_for_the_first_one():
    assert values("release", an_event(release="backend@1.4.1")) == []
    assert values("release", an_event(release=None)) == ["backend/backend@1.4.0"]


def test_without_deploys_a_release_counts_from_when_it_was_first_seen():
    assert values("release", a_timeline(deploys=())) == ["backend/backend@1.4.0"]


def test_the_release_that_still_served_while_another_renamed_the_table_is_no_link():
    assert "release" not in {one.kind for one in recorded("lab/renamed_while_the_old_serves").links}


def on_a_host(count=90, of=100, key="server_name", reach="segment"):
    segment = Segment(key=key, value="web-2", count=count, of=of, baseline_count=1, baseline_of=90)
    return a_spread(reach=reach, segments=(segment,))


def test_a_host_is_a_link_where_it_stands_out_and_has_most_of_the_events():
    assert values("host", on_a_host()) == ["backend/web-2"]
    assert values("host", on_a_host(count=40)) == []
    assert values("host", on_a_host(key="tenant")) == []
    assert values("host", on_a_host(reach="too few to say")) == []
    assert values("host") == []


def test_what_could_not_be_read_gives_no_link():
    assert {link.kind for link in found(without=(Event, Releases))} == {"relation"}


def test_a_trouble_rose_at_its_onset_else_with_its_first_event():
    assert rose(evidence(a_frequency(onset=minutes(5)))) == minutes(5)
    assert rose(evidence(without=(Frequency,))) == ONSET


def test_an_onset_known_to_the_hour_only_is_not_known():
    assert rose(evidence(a_frequency(onset_seconds=3600))) is None


def test_the_first_event_of_a_trouble_that_came_back_is_that_of_another_day():
    again = an_issue(first_seen=minutes(-60 * 24 * 9), substatus="regressed")
    assert rose(evidence(again, without=(Frequency,))) is None
    assert rose(evidence(again, a_frequency(onset=minutes(3), new=False))) == minutes(3)
