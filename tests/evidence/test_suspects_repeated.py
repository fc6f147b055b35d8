"""What commits say of each other is read as git and GitHub write it."""

import pytest

from playbook.evidence.changes import Commit
from playbook.evidence.repeated import reverted, same_change, without_hearsay
from playbook.evidence.suspects import Candidate
from tests.facts import minutes


def a_commit(letter, message="Change something", **given):
    sha = letter * 40
    first = message.partition("\n")[0]
    return Candidate(Commit(sha=sha, message=first, url=f"https://github.com/acme/shop/commit/{sha}"), message, **given)


def pairs(*commits):
    return {sha[0]: by.commit.sha[0] for sha, by in reverted(commits).items()}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Add orders", f'Revert "Add orders"\n\nThis reverts commit {"a" * 40}.'),
        ("Add orders", "Take it out\n\nThis reverts commit aaaaaaaaaaaa."),
        ("Add orders (#11)", 'Revert "Add orders" (#12)\n\nReverts acme/shop#11'),
        ("Merge pull request #11 from acme/orders", "Merge pull request #12 from acme/revert\n\nReverts acme/shop#11"),
        ("Add orders", 'Revert "Add orders" (#12)'),
    ],
    ids=["git", "an abbreviated name", "GitHub's button, squashed", "GitHub's button, merged", "by the title alone"],
)
def test_a_revert_names_what_it_takes_back(first, second):
    assert pairs(a_commit("a", first), a_commit("b", second)) == {"a": "b"}


def test_a_revert_that_was_reverted_takes_nothing_back():
    commits = [
        a_commit("a", "Add orders"),
        a_commit("b", f'Revert "Add orders"\n\nThis reverts commit {"a" * 40}.'),
        a_commit("c", f'Reapply "Add orders"\n\nThis reverts commit {"b" * 40}.'),
    ]
    assert pairs(*commits) == {"b": "c"}
    again = a_commit("d", f'Revert "Reapply "Add orders""\n\nThis reverts commit {"c" * 40}.')
    assert pairs(*commits, again) == {"c": "d", "a": "b"}


@pytest.mark.parametrize(
    "commits",
    [
        [a_commit("b", f"This reverts commit {'a' * 40}."), a_commit("a", "Add orders")],
        [a_commit("a", "Add orders (#111)"), a_commit("b", "Reverts acme/shop#11")],
        [a_commit("a", "Add"), a_commit("c", "Add"), a_commit("b", 'Revert "Add"')],
        [a_commit("a", "Add orders"), a_commit("b", "Revert to the old way")],
    ],
    ids=["what came later", "another pull request", "two of one title", "no revert of a commit"],
)
def test_what_names_no_earlier_commit_takes_nothing_back(commits):
    assert pairs(*commits) == {}


def test_unread_commits_that_cancel_out_by_their_own_words_are_not_suspected_by_them():
    commits = [a_commit("a", "Add orders"), a_commit("b", f"No\n\nThis reverts commit {'a' * 40}."), a_commit("c")]
    assert [one.short[0] for one in without_hearsay(commits, commits)] == ["c"]


def test_a_change_is_the_same_under_two_names_where_they_say_so_or_were_written_at_once():
    original, third = a_commit("a", "Add orders"), a_commit("d", f"Add\n\n(cherry picked from commit {'a' * 40})")
    picked = a_commit("b", f"Add orders\n\n(cherry picked from commit {'a' * 40})")
    assert same_change(original, picked)
    assert same_change(picked, original)
    assert same_change(picked, third)
    rebased = a_commit("c", "Add orders", authored=minutes(-60))
    assert same_change(rebased, a_commit("e", "Add orders", authored=minutes(-60)))
    assert not same_change(rebased, a_commit("e", "Add orders", authored=minutes(-50)))
    assert not same_change(original, a_commit("e", "Add orders"))
