"""What is read as JSON can be walked, written out again and replayed; everything else is refused, never a crash."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.sources.json_body import DEEPEST, parsed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_any_program_writes_is_read_as_it_was_meant(value):
    assert parsed(json.dumps(value)) == value
    assert parsed(json.dumps(value, ensure_ascii=False)) == value


NONE = [
    *("", "{", '{"a": 1', "<html>", "[1] [2]", "NaN", "[Infinity]", '{"a": -Infinity}'),
    "[" * 200_000,
    '{"a":' * 200_000,
]


@pytest.mark.parametrize("text", NONE, ids=lambda text: text[:12])
def test_what_is_no_json_or_cut_off_or_endlessly_deep_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        parsed(text)


def test_depth_is_allowed_up_to_its_limit_and_no_further():
    assert parsed("[" * DEEPEST + "]" * DEEPEST)
    with pytest.raises(ValueError, match="nested"):
        parsed("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))


@pytest.mark.parametrize("half", [r"\ud800", r"\uDFFF", r"\udc00\ud800"])
def test_half_of_a_surrogate_pair_becomes_something_that_can_be_written(half):
    [text] = parsed(f'["a{half}b \\ud83d\\ude00"]')
    assert text.encode().decode() == f"a{chr(0xFFFD) * half.count(chr(92))}b \U0001f600"


def test_half_a_pair_in_a_key_can_be_written_too():
    assert [key.encode().decode() for key in parsed('{"a\\ud800": 1}')] == ["a\ufffd"]
