"""Two issues are one incident only for a hard link, a common beginning, and nothing that says otherwise."""

from datetime import timedelta
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.incident import Incident, incident
from playbook.joining import REQUEST, TOGETHER, disagree, groups, joined, taken_out
from tests.cases.golden import names
from tests.facts import (
    MIGRATION,
    a_relation,
    a_run,
    a_schema_event,
    a_schema_history,
    a_timeline,
    an_issue,
    evidence,
    minutes,
    no_similar,
    some_logs,
)
from tests.incidents import ONSET, a_link, an_incident, recorded, twin, undecided, unknown
from tests.judged import a_diagnosis_of

TRACE = a_link("trace", "4bf92f3577b34da6a3ce929d0e0e4736")
RELEASE = a_link("release", "shop/shop@1.4.0")
HOST = a_link("host", "shop/web-2")
LINES = a_link("relation", "shop/orders_line")

ALONE = {"bare_issue", "lab/bare_issue"}
"""Recordings that say too little for any join: undecided, and without a release, or without an event."""

SAME = {
    ("glitchtip", "migration_failed"): "one story, told by another server",
    ("lab/never_applied", "lab/two_services"): "the shop's deploy without its migrate step, in both",
    ("lab/elasticsearch_down", "lab/lock_timeout"): "one incident, once without its logs",
    ("lab/bare_issue", "lab/never_applied"): "one incident, once without release and logs; the very same request",
    ("elasticsearch_down", "glitchtip"): "one incident, once without its logs",
    ("elasticsearch_down", "migration_failed"): "one incident, once without its logs",
    ("elasticsearch_down", "migration_not_applied"): "the logs, which would tell them apart, could not be read",
}
"""Pairs of recordings that join, each read and found to be one as far as its evidence goes. All 33 happen to one shop
and its billing service at the same minutes of one day, so that nothing but their evidence keeps them apart."""


@pytest.fixture(scope="module")
def told():
    return {name: recorded(name) for name in names()}


def at_once(told):
    """As if every one had begun in the same second."""
    return {name: one.model_copy(update={"rose": ONSET, "seen": minutes(100)}) for name, one in told.items()}


@pytest.mark.parametrize("forced", [False, True], ids=["as they happened", "all at once"])
def test_of_all_pairs_of_recorded_incidents_only_those_join_that_are_one(told, forced):
    known = at_once(told) if forced else told
    pairs = {pair for pair in combinations(known, 2) if joined(known[pair[0]], known[pair[1]])}
    print(f"{len(pairs)} of {len(list(combinations(known, 2)))} pairs join")
    assert pairs == set(SAME)


@pytest.mark.parametrize("forced", [False, True], ids=["as they happened", "all at once"])
def test_no_card_of_the_recorded_incidents_holds_two_causes(told, forced):
    known = at_once(told) if forced else told
    together = {frozenset(one.run for one in group.members) for group in groups(known.values()) if group.others}
    assert together == {
        frozenset({"glitchtip", "migration_failed"}),
        frozenset({"lab/never_applied", "lab/two_services", "lab/bare_issue"}),
        frozenset({"lab/elasticsearch_down", "lab/lock_timeout"}),
    }


@pytest.mark.parametrize("name", names())
def test_a_second_issue_of_a_recorded_incident_joins_it_by_the_relation(name, told):
    link = joined(told[name], twin(name))
    assert (link.kind if link else None) == (None if name in ALONE else "relation")


@pytest.mark.parametrize("name", names())
def test_what_is_kept_of_a_recorded_incident_is_small_and_read_again_as_it_was(name, told):
    text = told[name].model_dump_json()
    assert Incident.model_validate_json(text) == told[name]
    assert len(text) < 5_000


def two_relations(outcome="failed", other="orders.0042_order"):
    """What is known of two relations that one release should have brought, each by a migration of the release."""
    found = []
    for name, migration in (("orders_order", "orders.0042_order"), ("orders_line", other)):
        runs = [
            a_run(outcome, f"Applying {one}... canceling statement due to lock timeout", migration=one)
            for one in sorted({"orders.0042_order", other})
        ]
        event = a_schema_event("creates", name, migration=migration, path=MIGRATION.replace("0042_order", migration))
        quote = f'relation "{name}" does not exist'
        known = evidence(
            an_issue(id=name, short_id=name),
            a_relation(name=name, quote=quote),
            a_timeline(),
            a_schema_history(event),
            some_logs(*runs),
            no_similar(),
        )
        found.append(incident(name, known, a_diagnosis_of(known)))
    return found


def test_two_relations_of_one_failed_migration_are_one_by_the_release():
    one, other = two_relations()
    assert (one.grade, one.cause) == (other.grade, other.cause) == ("proved", "migration_failed")
    link = joined(one, other)
    assert link is not None
    assert link.kind == "release"


def test_two_relations_of_two_failed_migrations_of_one_release_are_two():
    one, other = two_relations(other="orders.0043_line")
    assert one.cause == other.cause == "migration_failed"
    assert joined(one, other) is None


def both(link, **given):
    return an_incident(42, links=(link,), **given), an_incident(43, links=(link,), **given)


@pytest.mark.parametrize("link", [a_link(), RELEASE, HOST, TRACE], ids=lambda link: link.kind)
def test_every_kind_of_link_joins_what_was_proved_alike(link):
    assert joined(*both(link)) == link


def test_the_hardest_link_is_the_one_that_is_named():
    one, other = an_incident(links=(HOST, RELEASE, a_link())), an_incident(43, links=(RELEASE, a_link(), HOST))
    link = joined(one, other)
    assert link is not None
    assert link.kind == "relation"


@pytest.mark.parametrize("link", [RELEASE, HOST], ids=lambda link: link.kind)
@pytest.mark.parametrize(
    "other",
    [
        {"cause": "relation_dropped"},
        {"grade": "likely"},
        {"todo": "Run another one"},
        {"deciding": ("Elasticsearch: Applying orders.0043_line... lock timeout",)},
        {"deciding": ()},
        {"grade": "undecided", "cause": None, "open": ("migration_failed",)},
    ],
    ids=["another cause", "not proved", "another remedy", "another line", "no line", "undecided"],
)
def test_a_release_or_a_host_alone_joins_nothing_but_one_proof(link, other):
    one, second = both(link)
    assert joined(one, second.model_copy(update=other)) is None


def test_the_same_line_of_code_is_no_logged_event():
    assert joined(*both(RELEASE, deciding=("GitHub: shop/orders/migrations/0042_order.py#L8 CreateModel(",))) is None


@pytest.mark.parametrize(
    "other",
    [
        {"issue": "5551234542"},
        {"run": "r-42"},
        {"audience": "C2"},
        {"rose": None},
        {"rose": ONSET + TOGETHER + timedelta(seconds=1)},
        {"rose": ONSET - TOGETHER - timedelta(seconds=1)},
        {"environment": "staging"},
        {"environment": "production-eu"},
        {"environment": None},
        {"databases": ("replica-1",)},
        {"commit": "b" * 40},
        {"cause": "migration_not_applied"},
        {"deciding": ("Elasticsearch: Applying orders.0039_basket... lock timeout",)},
        {"links": (LINES,)},
        {"links": ()},
        {"over": True, "last": minutes(20)},
    ],
    ids=lambda other: ", ".join(f"{key} {value}"[:40] for key, value in other.items()),
)
def test_a_relation_does_not_join_what_something_else_keeps_apart(other):
    one, second = an_incident(42), an_incident(43)
    assert joined(one, second) is not None
    assert joined(one, second.model_copy(update=other)) is None
    assert joined(second.model_copy(update=other), one) is None


def test_neither_joins_where_the_environment_of_both_is_unknown():
    assert joined(an_incident(environment=None), an_incident(43, environment=None)) is None
    assert joined(an_incident(environment=""), an_incident(43, environment="")) is not None
    assert joined(an_incident(environment="prod"), an_incident(43, environment="Production")) is not None


def test_two_tenants_that_lack_a_relation_are_two():
    one, other = an_incident(parts=(("tenant", "acme"),)), an_incident(43, parts=(("tenant", "globex"),))
    assert joined(one, other) is None
    assert joined(one, other.model_copy(update={"parts": (("tenant", "acme"), ("tenant", "globex"))})) is not None
    assert joined(one, other.model_copy(update={"parts": ()})) is not None


def test_onsets_may_lie_apart_by_a_quarter_of_an_hour():
    assert joined(an_incident(), an_incident(43, rose=ONSET + TOGETHER)) is not None


def test_an_undecided_issue_joins_a_cause_that_it_could_not_look_at():
    assert joined(an_incident(), undecided()) is not None
    assert joined(an_incident(), undecided(open=("relation_dropped",))) is None


def test_an_undecided_issue_joins_in_one_release_only():
    for other in (undecided(version=None), undecided(version="shop@1.4.1", commit=None)):
        assert joined(an_incident(), other) is None
        assert joined(undecided(), other.model_copy(update={"issue": "1", "run": "r-1"})) is None
    assert joined(an_incident(), an_incident(43, version="shop@1.3.9", commit=None)) is not None


def test_one_request_joins_an_error_that_no_playbook_knows_to_the_one_that_is_understood():
    cause, upstream = an_incident(links=(TRACE,)), unknown(links=(TRACE,), project="web")
    assert joined(upstream, cause) == TRACE
    assert joined(upstream, cause.model_copy(update={"databases": ("primary",)})) == TRACE
    assert joined(upstream, unknown(45, links=(TRACE,))) is None


def test_a_trace_that_outlasts_a_request_joins_nothing():
    cause, upstream = an_incident(links=(TRACE,)), unknown(links=(TRACE,))
    assert joined(upstream.model_copy(update={"seen": cause.seen + REQUEST}), cause) is not None
    assert joined(upstream.model_copy(update={"seen": cause.seen + REQUEST + timedelta(seconds=1)}), cause) is None
    assert joined(upstream.model_copy(update={"seen": None}), cause) is None


def test_one_request_that_misses_two_relations_has_two_troubles():
    one = an_incident(links=(TRACE,))
    other = an_incident(43, links=(TRACE,), subject="orders_line", todo="Run another one")
    assert joined(one, other) is None


def test_users_of_two_services_are_two():
    one = an_incident(links=(a_link(value="shop/users"),))
    other = an_incident(43, project="billing", links=(a_link(value="billing/users"),))
    assert joined(one, other) is None


NUMBERS = st.integers(10, 15)
ANY = st.builds(
    an_incident,
    NUMBERS,
    rose=st.sampled_from([None, *(minutes(after) for after in (0, 1, 10, 15, 20, 31))]),
    asked=st.sampled_from([minutes(after) for after in (1, 2, 3)]),
    links=st.lists(st.sampled_from([a_link(), LINES, TRACE, RELEASE, HOST]), max_size=3, unique=True).map(tuple),
    environment=st.sampled_from(["production", "prod", "staging", "", None]),
    playbook=st.sampled_from(["ProgrammingError-RelationMissing", None]),
    grade=st.sampled_from(["proved", "likely", "undecided"]),
    cause=st.sampled_from([None, "migration_failed", "relation_dropped"]),
    open=st.sampled_from([(), ("migration_failed",), ("migration_failed", "relation_dropped")]),
    deciding=st.sampled_from([(), ("Elasticsearch: a",), ("Elasticsearch: a", "GitHub: b"), ("GitHub: b",)]),
    version=st.sampled_from([None, "1.2.0", "1.2.1"]),
    commit=st.sampled_from([None, "a" * 40, "b" * 40]),
    parts=st.sampled_from([(), (("tenant", "acme"),), (("tenant", "globex"),)]),
    last=st.sampled_from([None, minutes(20), minutes(90)]),
    over=st.booleans(),
    audience=st.sampled_from(["C1", "C2"]),
)
ALIKE = st.builds(
    an_incident,
    NUMBERS,
    rose=st.sampled_from([minutes(after) for after in (0, 7, 14, 21)]),
    asked=st.sampled_from([minutes(after) for after in (1, 2, 3)]),
    grade=st.sampled_from(["proved", "likely"]),
    cause=st.sampled_from(["migration_failed", "migration_failed", "relation_dropped"]),
) | st.builds(undecided, NUMBERS, rose=st.sampled_from([minutes(0), minutes(7)]))


@given(ANY | ALIKE, ANY | ALIKE)
def test_joining_is_symmetric(one, other):
    link, back = joined(one, other), joined(other, one)
    assert (link.kind, link.value) == (back.kind, back.value) if link and back else link is back is None


@given(ANY | ALIKE)
def test_nothing_joins_itself(one):
    assert joined(one, one) is None
    assert joined(one, one.model_copy(update={"run": "r-again", "asked": minutes(50)})) is None


@given(ANY | ALIKE)
def test_an_incident_is_read_again_as_it_was_written(one):
    assert Incident.model_validate_json(one.model_dump_json()) == one


@given(st.lists(ANY | ALIKE, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_incidents_changes_no_group(found, random):
    found = [one.model_copy(update={"run": f"r-{place}"}) for place, one in enumerate(found)]
    shuffled = random.sample(found, len(found))
    assert groups(shuffled) == groups(found)


@given(st.lists(ALIKE, min_size=3, max_size=3, unique_by=lambda one: one.issue))
def test_three_issues_become_the_same_cards_in_whatever_order_they_come(three):
    assert len({groups(order) for order in permutations(three)}) == 1


@given(st.lists(ANY | ALIKE, max_size=8), st.sets(st.tuples(NUMBERS, NUMBERS), max_size=4))
def test_a_group_holds_each_issue_once_and_none_that_disagree_or_were_taken_apart(found, pairs):
    found = [one.model_copy(update={"run": f"r-{place}"}) for place, one in enumerate(found)]
    apart = {frozenset((f"55512345{a}", f"55512345{b}")) for a, b in pairs}
    made = groups(found, apart)
    members = [one for group in made for one in group.members]
    assert sorted((one.audience, one.issue) for one in members) == sorted({(one.audience, one.issue) for one in found})
    for group in made:
        for one, other in combinations(group.members, 2):
            assert not disagree(one, other)
            assert frozenset((one.issue, other.issue)) not in apart
        for belonging in group.others:
            assert joined(belonging.incident, group.leader) == belonging.link
            assert belonging.leading in [link.citation for link in group.leader.links]


@given(st.lists(ALIKE, max_size=8, unique_by=lambda one: one.issue))
def test_what_a_person_took_out_is_never_joined_to_the_same_again(found):
    for group in groups(found):
        for belonging in group.others:
            out = belonging.incident.issue
            again = groups([one.model_copy(update={"run": f"{one.run}-again"}) for one in found], taken_out(group, out))
            (now,) = [one for one in again if out in {member.issue for member in one.members}]
            assert {member.issue for member in now.members} & {member.issue for member in group.members} == {out}


def test_a_proof_never_hides_below_a_doubt():
    (group,) = groups([undecided(42, asked=minutes(1)), an_incident(43, asked=minutes(9))])
    assert [one.issue for one in group.members] == ["5551234543", "5551234542"]


def test_of_equals_the_one_that_was_asked_for_first_leads_however_often_it_is_checked_again():
    first, second = an_incident(42, asked=minutes(1)), an_incident(43, asked=minutes(2))
    again = first.model_copy(update={"run": "r-again", "asked": minutes(60), "claim": "now"})
    (group,) = groups([again, second, first])
    assert (group.leader.run, group.leader.claim) == ("r-again", "now")


def test_an_undecided_issue_that_two_causes_claim_belongs_to_neither():
    two = [an_incident(42), an_incident(43, cause="migration_not_applied", deciding=())]
    assert [len(group.members) for group in groups([*two, undecided(44)])] == [1, 1, 1]
    assert [len(group.members) for group in groups([two[0], undecided(44)])] == [2]


def test_issues_join_a_leader_and_no_chain():
    chain = [an_incident(40 + place, asked=minutes(place), rose=minutes(place * 10)) for place in range(4)]
    held = [[one.issue[-2:] for one in group.members] for group in groups(chain)]
    assert held == [["40", "41"], ["42", "43"]]


def test_what_proved_it_is_named_alike_whichever_release_and_period_it_was_read_of(told):
    for name in ("migration_not_applied", "relation_dropped", "lab/lock_timeout"):
        deciding = " ".join(told[name].deciding)
        assert deciding
        assert "_g=" not in deciding
        assert str(told[name].commit) not in deciding


def test_an_environment_is_compared_by_its_own_rule_and_no_part(told):
    assert told["one_environment_only"].parts == (("server_name", "eu-1"),)
    assert told["lab/one_of_two_environments"].parts == ()
