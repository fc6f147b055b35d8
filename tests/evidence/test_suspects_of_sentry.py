"""What Sentry says of commits is checked against git: its own suspects, and releases that git does not know."""

import pytest

from playbook.evidence.unavailable import Unavailable
from tests.evidence.shop_in_git import (
    BRINGS,
    NEW_VIEW,
    VIEWS,
    a_line,
    a_row,
    brings_orders,
    look,
    sentry_with,
    struck,
    suspected,
)
from tests.facts import minutes


def claim_of(git, *rows, timeline=None):
    found = look(git, timeline, sentry=sentry_with(*rows))
    return found, found.claimed[0]


def test_a_release_that_git_does_not_know_is_read_by_the_commits_that_sentry_has_of_it(git):
    brings_orders(git)
    git.commit("Say more", {"README.md": "The shop\n"})
    rows = [a_row(git, "main"), a_row(git, "main~1")]
    found = look(git, a_line(bad="2026.11.20-3"), sentry=sentry_with(release_commits=rows))
    assert [one.message for one in found.commits] == ["Keep orders", "Say more"]
    assert suspected(found) == {"Keep orders": BRINGS}
    assert found.base is None
    assert "has no commit or tag v2026.11.20-3" in found.shortfalls[0]


def test_a_release_that_neither_git_nor_sentry_knows_names_the_setting(git):
    with pytest.raises(Unavailable, match=r"has no commit or tag v2026\.11\.20-3 nor 2026\.11\.20-3: set `tag`"):
        look(git, a_line(bad="2026.11.20-3"), sentry=sentry_with())


def test_a_commit_that_sentry_suspects_and_that_something_connects_is_confirmed(git):
    brings_orders(git)
    git.tag("v1.4.0")
    _, claim = claim_of(git, a_row(git, "main", suspectCommitType="via SCM integration"))
    assert (claim.verdict, claim.reason, claim.how) == ("confirmed", BRINGS, "via SCM integration")


def test_a_commit_that_sentry_suspects_and_nothing_connects_is_only_possible(git):
    brings_orders(git)
    git.commit("Count orders_order by model", {"shop/counts.py": "A = 1\n"})
    git.commit("Add a page", {"shop/page.py": "A = 1\n"})
    git.tag("v1.4.0")
    found, claim = claim_of(git, a_row(git, "main"))
    assert claim.verdict == "possible"
    assert claim.reason.endswith("and nothing connects it with the error")
    assert "Add a page" not in struck(found)


def test_a_commit_that_sentry_suspects_and_the_last_good_release_has_is_impossible(git):
    brings_orders(git)
    git.tag("v1.4.0")
    found, claim = claim_of(git, a_row(git, "v1.3.0"))
    assert claim.verdict == "impossible"
    assert claim.reason == "it did not come between backend@1.3.0 and backend@1.4.0: the last good release has it too"
    assert struck(found)["Start the shop, Sentry's suspect"] == claim.reason


def test_a_commit_that_sentry_suspects_and_that_is_not_released_is_impossible(git):
    brings_orders(git)
    git.tag("v1.4.0")
    git.commit("Later work", {VIEWS: NEW_VIEW}, at=minutes(-90))
    _, claim = claim_of(git, a_row(git, "main"))
    assert claim.verdict == "impossible"
    assert claim.reason.startswith("it is none of what came between backend@1.3.0 and backend@1.4.0 (1 commit): the")


def test_a_commit_that_sentry_suspects_and_that_was_squashed_or_backported_is_not_called_impossible(git):
    git.switch("orders", "main")
    brings_orders(git, "Add the orders table")
    git.switch("main")
    git.squash("orders", "Orders (#7)\n\n* Add the orders table\n\n* Say more")
    git.tag("v1.4.0")
    _, claim = claim_of(git, a_row(git, "orders"))
    assert (claim.verdict, claim.reason) == (
        "unchecked",
        f"{git.name_of('main')[:7]} names it in its message and may be the same change",
    )


def test_a_commit_that_sentry_suspects_and_that_is_younger_than_the_trouble_is_impossible_for_that_reason(git):
    brings_orders(git)
    git.tag("v1.4.0")
    git.commit("Mend it", {VIEWS: NEW_VIEW}, at=minutes(90))
    _, claim = claim_of(git, a_row(git, "main"))
    assert (claim.verdict, claim.reason) == (
        "impossible",
        "committed 20 Nov 11:32 UTC, 1 h 30 min after the trouble began",
    )


def test_a_commit_that_sentry_suspects_by_the_name_it_has_elsewhere_is_found_by_its_cherry_pick(git):
    original = brings_orders(git)
    git.switch("release", "v1.3.0")
    picked = git.cherry_pick(original, told=True)
    git.tag("v1.4.0")
    _, claim = claim_of(git, a_row(git, "main"))
    assert (claim.verdict, claim.reason) == ("confirmed", f"here it is {picked[:7]}: {BRINGS}")


def test_without_a_last_good_release_a_claim_outside_of_what_was_read_is_unchecked(git):
    brings_orders(git)
    git.tag("v1.4.0")
    _, claim = claim_of(git, a_row(git, "v1.3.0"), timeline=a_line(good=None))
    assert claim.verdict == "unchecked"
    assert struck(look(git, a_line(good=None), sentry=sentry_with(a_row(git, "v1.3.0")))) == {}
