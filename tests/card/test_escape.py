"""Text from outside stays text, however it is cut."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.card.escape import UNSEEN, code, fence, is_web_link, length, link, mrkdwn, plain, prose, spoken

HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            ["<!channel>", "<@U123>", "<https://evil.example|ok>", "```", "`", "&lt;", "&", "\u202e", "\x00", "😀", "|"]
        ),
    ),
    max_size=30,
).map("".join)


@given(HOSTILE, st.integers(20, 300))
def test_running_text_is_escaped_whole_and_as_short_as_asked(text: str, limit: int):
    shown = mrkdwn(text, limit)
    assert length(shown) <= limit
    assert not re.search(r"[<>`*~\n]|&(?!amp;|lt;|gt;)", shown)
    assert not UNSEEN.search(shown)


@given(HOSTILE, st.integers(20, 300))
def test_a_sentence_with_code_in_it_is_escaped_whole_and_its_spans_end(text: str, limit: int):
    shown = prose(text, limit)
    assert length(shown) <= limit
    assert shown.count("`") % 2 == 0
    assert not re.search(r"[<>\n]|&(?!amp;|lt;|gt;)", shown)
    assert not re.search(r"[*~]", re.sub("`[^`]*`", "", shown))
    assert not UNSEEN.search(shown)


def test_a_command_within_a_sentence_stays_code():
    assert (
        prose("Before, `a *b* <c>` says\nnothing; *then* `d`.", 99)
        == "Before, `a *b* &lt;c&gt;` says nothing; ∗then∗ `d`."
    )
    assert prose("a `b", 99) == "a 'b"
    assert prose("a ``` b", 99) == "a ''' b"


@given(st.text(alphabet="ab <>&", max_size=200))
def test_short_text_reads_as_it_was_written(text: str):
    assert html.unescape(mrkdwn(text, 2_000)) == " ".join(text.split())


@given(HOSTILE, st.integers(20, 300))
def test_plain_text_holds_no_angle_bracket(text: str, limit: int):
    shown = plain(text, limit)
    assert length(shown) <= limit
    assert not re.search(r"[<>\n]", shown)


@given(HOSTILE, st.integers(20, 300))
def test_a_code_span_ends_where_it_should(text: str, limit: int):
    shown = code(text, limit)
    assert length(shown) <= limit
    assert re.fullmatch(r"`[^`<>\n]+`", shown)


@given(HOSTILE, st.integers(20, 300))
def test_a_code_block_ends_where_it_should(text: str, limit: int):
    shown = fence(text, limit)
    assert length(shown) <= limit
    assert shown.startswith("```\n")
    assert shown.endswith("\n```")
    assert "```" not in shown[4:-4]
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", shown)


@given(HOSTILE, HOSTILE)
def test_a_link_is_one_link_or_none(url: str, label: str):
    assert re.fullmatch(r"(<https?://[^<>|\s]+\|[^<>|`\n]+>|[^<>|`\n]*)", link(url, label))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://example.com/",
        "https://",
        "https://sentry.io@evil.example/",
        "https://example.com/a b",
        "https://example.com/|x",
        "https://example.com/>",
        "https://example.com/\u202e",
        "https://example.com:99999/",
        "https://[::1/",
        "https://example.com/" + "x" * 2_000,
        "//example.com",
        "",
    ],
)
def test_what_is_no_plain_web_link_becomes_no_link(url: str):
    assert not is_web_link(url)
    assert link(url, "Sentry") == "Sentry"


def test_an_ampersand_in_a_link_is_escaped_and_the_link_kept_whole():
    assert link("https://example.com/?a=1&b=2", "a|b") == "<https://example.com/?a=1&amp;b=2|a/b>"


def test_a_command_keeps_its_lines_and_can_be_copied():
    assert fence("psql <<EOF\nselect 1 && 2;\nEOF", 200) == "```\npsql &lt;&lt;EOF\nselect 1 &amp;&amp; 2;\nEOF\n```"


def test_a_cut_is_marked_and_falls_outside_an_entity():
    assert mrkdwn("a<<<<<<", 10) == "a&lt;&lt;…"
    assert mrkdwn("abc", 3) == "abc"
    assert mrkdwn("abcd", 3) == "ab…"


def test_the_name_of_a_fact_is_told_in_words():
    assert [spoken(name) for name in ("MissingRelation", "Logs", "a <b>")] == ["Missing relation", "Logs", "a <b>"]
    assert spoken("Logs", "SchemaHistory", "a <B>", "Tags") == "Logs, schema history, a <B> and tags"
