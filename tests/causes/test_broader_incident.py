"""What speaks for and against several issues being one incident."""

from playbook.causes.broader_incident import cause
from playbook.evidence.similar import SimilarIssue
from tests.facts import evidence, no_similar


def strengths(*facts):
    signals, _ = cause.weigh(evidence(*facts))
    return {signal.name: str(signal.strength) for signal in signals}


def another(number, *shares, title='ProgrammingError: relation "x" does not exist'):
    url = f"https://acme.sentry.io/organizations/acme/issues/{number}/"
    return SimilarIssue(id=str(number), short_id=f"BACKEND-{number}", title=title, shares=shares, url=url)


def test_two_others_of_the_same_first_release_are_telling():
    similar = no_similar(issues=(another(1, "same first release"), another(2, "same first release")))
    assert strengths(similar) == {"others_began_with_this_release": "telling"}


def test_one_other_of_the_same_release_is_not_enough():
    assert strengths(no_similar(issues=(another(1, "same first release"),))) == {}


def test_the_same_relation_elsewhere_is_a_hint():
    assert strengths(no_similar(issues=(another(1, "same subject"),))) == {"others_miss_it_too": "hint"}


def test_the_same_minute_is_a_hint():
    assert strengths(no_similar(issues=(another(1, "same minute"),))) == {"others_began_the_same_minute": "hint"}


def test_standing_alone_speaks_against_it():
    assert strengths(no_similar()) == {"it_stands_alone": "against"}


def test_standing_alone_among_those_that_were_read_says_nothing_when_there_are_more():
    assert strengths(no_similar(more=True)) == {}


def test_other_new_errors_of_a_release_that_are_not_about_the_schema_are_a_hint():
    others = [another(n, "same first release", title="TypeError: 'NoneType' object is not iterable") for n in (1, 2)]
    assert strengths(no_similar(issues=tuple(others))) == {"others_began_with_this_release": "hint"}
