"""One card for one cause: every joined issue is named with what joined it, and can be taken out again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.card import plainer, problems
from bot.card.actions import Pressed
from bot.card.blocks import Card, sections
from bot.card.escape import length
from bot.card.joined import MOST_ALSO, MOST_BARE, NOT_THE_SAME, alone, also, briefly, pointing
from playbook.joining import Belonging, groups
from tests.card.contract import breaches
from tests.incidents import SENTRY, a_link, an_incident, undecided, unknown

PERMALINK = "https://acme.slack.com/archives/C1/p1795168000000100"
HOSTILE = "<!channel> *a* `b` <https://evil.example.com|x> & \u202e"


def belonging(number=43, **given):
    one = an_incident(number, **given)
    return Belonging(incident=one, link=a_link(), leading=a_link().citation)


def several(count):
    return [belonging(10 + number) for number in range(count)]


def said(shown: Card) -> str:
    return json.dumps(shown.blocks, ensure_ascii=False)


SMALL = {
    "proved": pointing(belonging(), an_incident(), PERMALINK),
    "without its link": pointing(belonging(), an_incident()),
    "undecided": pointing(
        Belonging(incident=undecided(), link=a_link(), leading=a_link().citation), an_incident(), PERMALINK
    ),
    "unknown": pointing(
        Belonging(incident=unknown(title=""), link=a_link("trace", "ab" * 16), leading=a_link().citation),
        an_incident(short_id=""),
        PERMALINK,
    ),
    "hostile": pointing(
        belonging(short_id=HOSTILE * 9, title=HOSTILE * 99, claim=HOSTILE * 99, url="javascript:alert(1)"),
        an_incident(short_id=HOSTILE),
        "https://x|y>",
    ),
}


def test_the_leading_card_of_a_lone_issue_says_nothing():
    assert also([]) == []


def test_one_joined_issue_is_named_with_its_title_and_what_joined_it():
    assert also([belonging()]) == [
        f'*Also this:* <{SENTRY}|SHOP-43> ProgrammingError: relation "orders_order" does not exist – '
        f"the same relation `orders_order` [<{SENTRY}|Sentry issue>]"
    ]


def test_several_are_counted_and_the_first_of_them_told_each_with_its_own_link():
    first, *lines = also(several(3))
    assert first == "*Also these 3 issues*"
    assert [f"|SHOP-1{place}>" in line for place, line in enumerate(lines)] == [True] * 3
    assert all("the same relation `orders_order` [<" in line for line in lines)


def test_those_beyond_the_first_are_still_named_and_then_counted():
    lines = also(several(MOST_ALSO + 2))
    assert lines[-1] == f"• <{SENTRY}|SHOP-15>, <{SENTRY}|SHOP-16>"
    last = also(several(MOST_ALSO + MOST_BARE + 7))[-1]
    assert last.count("|SHOP-") == MOST_BARE
    assert last.endswith(" and 7 more")


def test_a_card_without_room_still_names_and_counts_them():
    assert briefly([]) == []
    (line,) = briefly(several(MOST_BARE + 3))
    assert line.startswith("*Also:* SHOP-10, SHOP-11, ")
    assert f"SHOP-19 and 3 more, joined by the same relation `orders_order` [<{SENTRY}|Sentry issue>]" in line
    two = [*several(2), Belonging(incident=unknown(), link=a_link("trace", "ab" * 16), leading=a_link().citation)]
    assert "the same relation" in briefly(two)[0]
    assert "the same trace" in briefly(two)[0]


@given(st.integers(0, 40), st.text(max_size=300))
def test_whatever_the_titles_the_lines_fit_and_neither_ping_nor_break_out(count, title):
    others = [belonging(10, title=title + HOSTILE, short_id=f"S-{place}") for place in range(count)]
    blocks = sections(also(others))
    assert not blocks or problems({"blocks": blocks, "text": "x"}) == []
    text = "".join(block["text"]["text"] for block in blocks)
    assert "<!" not in text
    assert "|x>" not in text
    assert length(text) < 5_000


@pytest.mark.parametrize("name", SMALL)
def test_every_small_message_is_one_that_slack_takes(name):
    shown = SMALL[name]
    assert problems({"blocks": shown.blocks, "text": shown.text}) == []
    assert breaches({"blocks": list(shown.blocks)}) == []
    assert "<!channel>" not in said(shown) + shown.text
    while (next_one := plainer(shown)) != shown:
        shown = next_one
        assert problems({"blocks": shown.blocks, "text": shown.text}) == []


def test_the_small_message_says_what_joined_them_with_both_citations_and_where_the_card_is():
    text = SMALL["proved"].blocks[0]["text"]["text"]
    assert text.splitlines()[0] == (
        f"<{SENTRY}|SHOP-43> has the same cause as <{SENTRY}|SHOP-42>: the same relation `orders_order` "
        f"[<{SENTRY}|Sentry issue>]; <{PERMALINK}|the card of SHOP-42>"
    )
    other = Belonging(
        incident=an_incident(43),
        link=a_link(),
        leading=a_link().citation.model_copy(update={"url": SENTRY + "events/1/"}),
    )
    assert f"[<{SENTRY}|Sentry issue>] [<{SENTRY}events/1/|Sentry event>]" in said(pointing(other, an_incident()))


@pytest.mark.parametrize(
    ("joined", "leader"),
    [
        (undecided(), an_incident()),
        (an_incident(43), undecided(42)),
        (an_incident(43, grade="likely"), an_incident()),
        (an_incident(43, cause="migration_not_applied"), an_incident()),
        (unknown(43), unknown(42)),
    ],
    ids=["undecided", "beside one undecided", "likely", "another cause", "neither known"],
)
def test_one_cause_is_claimed_only_where_each_issue_alone_proved_it(joined, leader):
    shown = pointing(Belonging(incident=joined, link=a_link(), leading=a_link().citation), leader)
    assert f"<{SENTRY}|SHOP-43> is on one card with <{SENTRY}|SHOP-42>: the same relation" in said(shown)
    assert "same cause" not in said(shown) + shown.text


def test_without_a_permalink_the_card_is_named_all_the_same():
    assert "; the card of SHOP-42 is in this channel" in said(SMALL["without its link"])


def test_the_small_message_keeps_what_the_issue_was_judged_alone():
    assert "Judged alone: A migration failed or timed out – <https://kibana.example.com/|proved>" in said(
        SMALL["proved"]
    )
    assert "Judged alone: undecided" in said(SMALL["undecided"])
    assert alone(an_incident(proof=None)) == "proved"


def test_the_one_button_takes_the_joined_issue_out_and_carries_its_run_only():
    (button,) = SMALL["proved"].blocks[-1]["elements"]
    assert (button["action_id"], button["text"]["text"]) == (NOT_THE_SAME, "Not the same")
    assert Pressed.read(button["value"]) == Pressed("r-43", "5551234543")


def test_the_text_alone_is_the_whole_message():
    text = SMALL["proved"].text
    assert "SHOP-43> has the same cause as" in text
    assert PERMALINK in text
    assert "Judged alone" in text


def test_what_was_taken_out_leaves_no_trace_on_the_leading_card():
    one, other = an_incident(42), an_incident(43)
    (group,) = groups([one, other])
    assert also(group.others)
    apart = groups([one, other], {frozenset((one.issue, other.issue))})
    assert [also(group.others) for group in apart] == [[], []]
