"""Odd commits, dates and tags neither accuse nor acquit wrongly: on real git repositories."""

from datetime import UTC, datetime

import pytest

from tests.evidence.shop_in_git import (
    BRINGS,
    CREATES,
    MIGRATION,
    NEW_VIEW,
    OLD_VIEW,
    VIEWS,
    a_line,
    a_row,
    brings_orders,
    look,
    sentry_with,
    struck,
    suspected,
)
from tests.facts import a_release, a_timeline, minutes
from tests.stand_ins.git_repository import GitRepository

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def test_what_was_touched_up_after_it_came_is_not_taken_for_taken_back(git):
    git.commit("Ask for orders", {VIEWS: OLD_VIEW + '    rows("FROM orders_order SELECT id")\n'})
    git.commit("Format", {VIEWS: OLD_VIEW + "    return rows('FROM orders_order SELECT id, state')\n"})
    git.tag("v1.4.0")
    found = look(git)
    assert struck(found) == {}
    assert "Ask for orders" in suspected(found)


def test_what_was_replaced_by_something_else_in_its_place_is_not_called_changed_back(git):
    git.commit("Ask for all orders", {VIEWS: OLD_VIEW + "    first()\n"})
    git.commit("Ask for some orders", {VIEWS: OLD_VIEW + "    second()\n"})
    git.tag("v1.4.0")
    assert struck(look(git)) == {}


def test_a_partial_revert_acquits_nobody(git):
    brought = git.commit("Ask for orders", {VIEWS: OLD_VIEW + '    rows("FROM orders_order SELECT id")\n'})
    less = OLD_VIEW + '    rows("FROM orders_order SELECT 1")\n'
    git.commit(f'Revert "Ask for orders" in part\n\nThis reverts commit {brought}.', {VIEWS: less})
    git.tag("v1.4.0")
    assert struck(look(git)) == {}


def test_a_file_that_was_moved_and_rewritten_is_still_the_work_of_who_brought_it(git):
    brought = git.commit("Ask for orders", {"orders/ask.py": 'def ask():\n    rows("FROM orders_order")\n'})
    moved = {"orders/ask.py": None, "orders/asking.py": 'def ask(all):\n    return rows( "FROM orders_order", all)\n'}
    git.commit(f"Move it\n\nThis reverts commit {brought}.", moved)
    git.tag("v1.4.0")
    assert struck(look(git)) == {}


def test_an_empty_file_beside_it_does_not_hide_that_a_commit_was_reverted(git):
    brought = git.commit("Keep orders", {MIGRATION: CREATES, "orders/migrations/__init__.py": ""})
    git.revert(brought)
    git.tag("v1.4.0")
    assert len(struck(look(git))) == 2


def test_of_an_octopus_merge_each_branch_is_looked_at(git):
    for name, files in (("orders", {MIGRATION: CREATES}), ("page", {"shop/page.py": "A = 1\n"})):
        git.switch(name, "v1.3.0")
        git.commit(f"Work on {name}", files)
    git.switch("main")
    git.git("merge", "--quiet", "-m", "Merge both", "orders", "page", environment=author())
    git.tag("v1.4.0")
    found = look(git)
    assert suspected(found) == {"Work on orders": BRINGS}
    assert struck(found) == {}


def test_a_release_that_is_the_first_commit_of_its_repository_brings_all_it_holds(tmp_path):
    git = GitRepository(tmp_path / "shop")
    brings_orders(git)
    git.tag("v1.4.0")
    found = look(git, a_line(good=None))
    assert suspected(found) == {"Keep orders": BRINGS}


def test_a_tag_of_a_tag_is_the_release(git):
    brings_orders(git)
    git.tag("inner", annotated=True)
    git.git("tag", "-a", "-m", "outer", "v1.4.0", "inner", environment=author())
    assert suspected(look(git)) == {"Keep orders": BRINGS}


def test_a_release_whose_line_endings_changed_is_read_as_any_other(git):
    brought = git.commit("Keep orders", {MIGRATION: CREATES.replace("\n", "\r\n")})
    git.tag("v1.4.0")
    assert suspected(look(git)) == {"Keep orders": BRINGS}
    git.revert(brought)
    git.commit("Say more", {"README.md": "The shop\r\n"})
    git.tag("v1.4.0", force=True)
    assert len(struck(look(git))) == 2


def test_pictures_and_submodules_are_no_suspects_and_no_gap(git):
    git.commit("Show a picture", {"shop/logo.png": b"\x89PNG\x00\x01"})
    git.git("update-index", "--add", "--cacheinfo", f"160000,{git.name_of('v1.3.0')},vendor/library")
    git.git("commit", "--quiet", "-m", "Take the new library", environment=author())
    git.tag("v1.4.0")
    found = look(git)
    assert (found.suspects, found.struck, found.incomplete) == ((), (), ())


@pytest.mark.parametrize("author", ["dependabot[bot]", "renovate[bot]"])
def test_a_bot_is_suspected_and_acquitted_as_anybody(git, author):
    brings_orders(git, author=author)
    git.tag("v1.4.0")
    assert suspected(look(git)) == {"Keep orders": BRINGS}


def test_a_date_of_1970_acquits_nobody(git):
    brings_orders(git, at=LONG_AGO)
    git.tag("v1.4.0")
    found = look(git)
    assert suspected(found) == {"Keep orders": BRINGS}
    assert struck(found) == {}


def test_a_release_that_is_called_by_its_commit_holds_it_whatever_its_clock_says(git):
    sha = brings_orders(git, at=minutes(600))
    release = a_release(f"backend@{sha}", commit=sha)
    found = look(git, a_timeline(failing=release, last_good=a_release("backend@1.3.0", commit=None)))
    assert suspected(found) == {"Keep orders": BRINGS}
    assert (struck(found), found.shortfalls) == ({}, ())


def test_a_commit_of_a_fork_with_the_same_name_is_only_unchecked(git):
    brings_orders(git)
    git.tag("v1.4.0")
    row = {**a_row(git, "v1.3.0"), "repository": {"name": "somebody/backend"}}
    found = look(git, sentry=sentry_with(row))
    assert (found.claimed[0].verdict, struck(found)) == ("unchecked", {})


def test_of_more_commits_than_github_lists_none_is_struck_out_for_what_is_not_seen(git):
    brought = brings_orders(git)
    git.revert(brought)
    ada = "committer Ada <ada@example.com> 1762000000 +0000"
    steps = [f"commit refs/heads/main\n{ada}\ndata {len(f'Work {n:03}')}\nWork {n:03}\n" for n in range(250)]
    first = steps[0] + f"from {git.name_of('main')}\n"
    git.git("fast-import", "--quiet", "--force", given="".join([first, *steps[1:]]).encode())
    git.tag("v1.4.0")
    found = look(git, sentry=sentry_with(a_row(git, brought)))
    assert struck(found) == {}
    assert found.claimed[0].verdict == "unchecked"
    assert "GitHub lists the newest 250 of 252 commits" in found.shortfalls


def test_of_more_files_than_github_lists_nothing_is_taken_for_changed_back(git):
    pages = {f"a{number:03}/page.py": "A = 1\n" for number in range(301)}
    git.commit("Ask for orders_order", {VIEWS: NEW_VIEW})
    git.commit("Add pages", pages)
    git.tag("v1.4.0")
    found = look(git)
    assert "Ask for orders_order" in suspected(found)
    assert struck(found) == {}
    assert any(told.startswith("GitHub lists only the first 300 changed files") for told in found.shortfalls)


def author():
    """Who merges and tags where git is asked directly."""
    return {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.com"), ("DATE", "2026-11-02T09:00:00Z"))
    }
