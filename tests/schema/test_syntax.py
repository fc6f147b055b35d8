"""Syntax trees of foreign code: bounded in size and time, and never silently half read."""

import contextlib
import time

import pytest

from playbook.schema import syntax
from playbook.schema.unread import Unread

RUBY = 'class A\n  def up\n    create_table :a\n    execute "x"\n  end\nend\n'


def test_a_tree_has_names_lines_and_text():
    calls = [node for node in syntax.walk(syntax.tree(RUBY, "ruby")) if node.type == "call"]
    assert [(syntax.text(node.child_by_field_name("method")), syntax.line(node)) for node in calls] == [
        ("create_table", 3),
        ("execute", 4),
    ]


def test_bytes_and_text_read_alike():
    assert syntax.text(syntax.tree(RUBY.encode(), "ruby")) == syntax.text(syntax.tree(RUBY, "ruby"))


def test_a_walk_leaves_out_what_is_below_a_node_it_may_not_enter():
    kinds = [node.type for node in syntax.walk(syntax.tree(RUBY, "ruby"), lambda node: node.type != "method")]
    assert "method" in kinds
    assert "call" not in kinds


@pytest.mark.parametrize(("grammar", "text"), [("ruby", "def a"), ("php", "<?php if ("), ("elixir", "def a do")])
def test_broken_code_is_unread_and_its_line_is_told(grammar, text):
    with pytest.raises(Unread, match=r"could not be parsed \(line 1\)"):
        syntax.tree(text, grammar)


def test_binary_is_unread():
    with pytest.raises(Unread, match="binary"):
        syntax.tree(b"a\0b", "ruby")


def test_more_than_a_megabyte_is_unread_without_parsing():
    started = time.monotonic()
    with pytest.raises(Unread, match="longer than"):
        syntax.tree("a\n" * 25_000_000, "ruby")
    assert time.monotonic() - started < 1


HOSTILE = [
    "(" * 500_000 + ")" * 490_000,
    "<<A+" * 240_000,
    "if a\n" * 190_000,
    "[" * 900_000,
    'a("#{' * 180_000,
    "a+" * 490_000,
]


@pytest.mark.parametrize("grammar", ["ruby", "php", "elixir"])
@pytest.mark.parametrize("text", HOSTILE, ids=["brackets", "heredocs", "ifs", "arrays", "interpolations", "sums"])
def test_hostile_text_costs_a_bounded_time(grammar, text):
    started = time.monotonic()
    with contextlib.suppress(Unread):
        syntax.tree("<?php " + text if grammar == "php" else text, grammar)
    assert time.monotonic() - started < 4 * syntax.SECONDS


def test_a_quote_is_one_short_line():
    node = syntax.tree("a(1,\n  2)\n", "ruby")
    assert syntax.quote(node) == "a(1, 2)"
    assert len(syntax.quote(syntax.tree("a" * 500, "ruby"), 40)) == 40
