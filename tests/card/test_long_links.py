"""A long link is cited all the same, and never makes the card longer than Slack takes."""

import pytest

from bot.card import About, card, evidence_view, problems
from bot.card.blocks import MOST_TEXT, SECTION, section, sections, text_size
from playbook.causes import cite
from playbook.diagnosis import RuledOut
from playbook.evidence.fact import LONGEST_LINK
from playbook.evidence.logs import Search
from playbook.sources.kibana import search_link
from tests.card.contract import breaches
from tests.card.diagnoses import a_citation, a_diagnosis, a_hypothesis, a_signal, an_evidence

KIBANA = "https://kibana.example.com"
SENTENCE = "The migration is in the release & was never run, says the log. " * 9


def a_search(length):
    """A link to a search that is `length` characters long; `&` stands in it as in any query."""
    return (f"{KIBANA}/app/discover#/?" + "q=created_at&" * length)[:length]


def in_sections(blocks):
    return [block["text"]["text"] for block in blocks if block["type"] == "section" and "text" in block]


def cited_everywhere(url):
    citations = (a_citation(url=url, quote="x" * 400), *(a_citation(url=f"{url[:-1]}{n}") for n in range(2)))
    signals = tuple(a_signal(f"{n} {SENTENCE}"[:600], citations=citations) for n in range(4))
    one = a_hypothesis(signals=signals)
    struck = RuledOut(what=SENTENCE[:600], reason=SENTENCE[:600], citations=citations)
    return a_diagnosis(hypotheses=(one,), ruled_out=(struck,) * 3)


def test_the_longest_search_that_is_linked_can_be_cited_and_pressed():
    def found(words):
        return search_link("https://es.example.com", KIBANA, "logs", {"query": {"words": "x" * words}})

    made = found(LONGEST_LINK - len(found(0)))
    assert len(made) == LONGEST_LINK
    assert len(found(LONGEST_LINK - len(found(0)) + 1)) < 200
    cited = cite(Search(purpose="migrations", total=0, url=made), "no line names it", "Elasticsearch")
    assert cited.url == made
    assert made in in_sections([section(f"<{made}|logs>")])[0]


@pytest.mark.parametrize("length", [600, 601, 999, 1_000, 1_001, LONGEST_LINK, LONGEST_LINK + 1, 9_000])
def test_a_card_full_of_long_links_is_one_that_slack_takes(length):
    diagnosis = cited_everywhere(a_search(length))
    shown = card(diagnosis, an_evidence(), About(run="r1"))
    message = {"text": shown.text, "blocks": list(shown.blocks)}
    assert (problems(message), breaches({"blocks": message["blocks"]})) == ([], [])
    assert text_size(shown.blocks) <= MOST_TEXT
    assert max(map(len, in_sections(shown.blocks))) <= SECTION
    view = evidence_view(diagnosis, an_evidence())
    assert max(map(len, in_sections(view["blocks"]))) <= SECTION
    assert (problems(view), breaches({"modal": view})) == ([], [])


def test_a_text_too_long_for_a_section_gives_up_its_longest_links_and_no_word():
    long, short = f"<https://a.example.com/{'x' * 1_900}|log line>", "<https://a.example.com/s|commit>"
    assert in_sections([section(f"one {long} two {short} three {long}")]) == [f"one log line two {short} three {long}"]
    assert in_sections([section(f"one {long} two {short}")]) == [f"one {long} two {short}"]
    assert [len(text) <= SECTION for text in in_sections(sections([f"{long} {long}", f"{long}", "word"]))] == [True] * 2
