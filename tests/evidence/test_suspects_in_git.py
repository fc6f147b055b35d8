"""Who is suspect, who is struck out and why, whatever way a change came into the release: on real git repositories."""

import pytest

from tests.evidence.shop_in_git import (
    BRINGS,
    CHANGES_VIEW,
    CREATES,
    MIGRATION,
    NEW_VIEW,
    OLD_VIEW,
    VIEWS,
    a_line,
    brings_orders,
    look,
    struck,
    suspected,
)
from tests.stand_ins.github_server import Pull


def test_of_a_merged_branch_its_commits_are_suspect_and_the_merge_is_not(git):
    git.switch("orders", "main")
    migration = brings_orders(git, "Add the orders table")
    git.commit("Create orders in the table", {VIEWS: NEW_VIEW})
    git.switch("main")
    git.commit("Say more", {"README.md": "The shop\n"})
    merge = git.merge("orders", "Merge pull request #7 from acme/orders")
    git.tag("v1.4.0")
    found = look(git, pulls=[Pull(7, "Orders", (migration,), merge=merge)])
    assert list(suspected(found).items()) == [
        ("Add the orders table", BRINGS),
        ("Create orders in the table", CHANGES_VIEW),
    ]
    assert found.suspects[0].commit.pull.number == 7
    assert found.suspects[1].reasons[1] == "it changes the function `create`, which is on the stack"
    assert struck(found) == {}
    assert len(found.commits) == 4


def test_a_squash_is_one_suspect_with_everything_it_brought(git):
    git.switch("orders", "main")
    brings_orders(git)
    git.commit("Use it", {VIEWS: NEW_VIEW})
    git.switch("main")
    squash = git.squash("orders", "Orders (#7)")
    git.tag("v1.4.0")
    found = look(git, pulls=[Pull(7, "Orders", ("1" * 40,), merge=squash)])
    (suspect,) = found.suspects
    assert suspect.commit.sha == squash
    assert suspect.commit.pull.number == 7
    assert suspect.reasons[:2] == (BRINGS, CHANGES_VIEW)


def test_what_the_last_good_release_took_by_cherry_pick_is_struck_out_of_the_next_one(git):
    brings_orders(git)
    git.switch("release", "v1.3.0")
    picked = git.cherry_pick("main", told=True)
    git.tag("v1.3.1")
    git.switch("main")
    git.commit("Use it", {VIEWS: NEW_VIEW})
    git.tag("v1.4.0")
    found = look(git, a_line(good="backend@1.3.1"))
    assert struck(found) == {"Keep orders": f"backend@1.3.1 has the same change, as {picked[:7]}"}
    assert suspected(found) == {"Use it": CHANGES_VIEW}
    assert [file.path for file in found.files] == [VIEWS]
    assert found.schema_changes == ()


@pytest.mark.parametrize("told", [True, False])
def test_a_hotfix_that_is_picked_from_the_last_good_release_brings_nothing(git, told):
    original = git.commit("Create orders", {VIEWS: NEW_VIEW})
    git.tag("v1.4.0")
    git.switch("hotfix", "v1.3.0")
    git.cherry_pick(original, told=told)
    git.commit("Say less", {"README.md": "A\n"})
    git.tag("v1.3.1")
    found = look(git, a_line(good="backend@1.4.0", bad="backend@1.3.1"))
    assert struck(found)["Create orders"] == f"backend@1.4.0 has the same change, as {original[:7]}"
    assert suspected(found) == {}


def test_a_hotfix_that_was_picked_without_the_migration_beside_it_stays_suspect(git):
    brings_orders(git)
    original = git.commit("Create orders", {VIEWS: NEW_VIEW})
    git.tag("v1.4.0")
    git.switch("hotfix", "v1.3.0")
    git.cherry_pick(original, told=True)
    git.tag("v1.3.1")
    found = look(git, a_line(good="backend@1.4.0", bad="backend@1.3.1"))
    assert struck(found) == {}
    assert list(suspected(found)) == ["Create orders"]


def test_what_the_last_good_release_did_otherwise_to_the_same_file_acquits_nobody(git):
    git.commit("Create orders", {VIEWS: NEW_VIEW})
    git.switch("release", "v1.3.0")
    git.commit("Show all", {VIEWS: OLD_VIEW.replace("index(request)", "index(request, all=True)")})
    git.tag("v1.3.1")
    git.tag("v1.4.0", "main")
    found = look(git, a_line(good="backend@1.3.1"))
    assert suspected(found) == {"Create orders": CHANGES_VIEW}
    assert struck(found) == {}


def test_a_cherry_pick_that_was_taken_back_on_the_other_side_brings_something(git):
    git.commit("Create orders", {VIEWS: NEW_VIEW})
    git.switch("release", "v1.3.0")
    picked = git.cherry_pick("main", told=True)
    git.revert(picked)
    git.tag("v1.3.1")
    git.tag("v1.4.0", "main")
    found = look(git, a_line(good="backend@1.3.1"))
    assert suspected(found) == {"Create orders": CHANGES_VIEW}


def test_a_revert_in_the_same_release_acquits_both(git):
    brought = brings_orders(git)
    taken = git.revert(brought)
    git.commit("Say more", {"README.md": "The shop\n"})
    git.tag("v1.4.0")
    found = look(git)
    assert struck(found) == {
        "Keep orders": f"reverted by {taken[:7]}, which is in the release too",
        'Revert "Keep orders"': f"it only takes back {brought[:7]}, which came with the same release",
    }
    assert suspected(found) == {}
    assert [one.message for one in found.commits] == ["Say more"]


def test_a_revert_of_a_revert_brings_the_first_one_back(git):
    brought = brings_orders(git)
    git.revert(git.revert(brought))
    git.tag("v1.4.0")
    found = look(git)
    assert BRINGS in suspected(found).values()
    assert "Keep orders" not in struck(found)


def test_a_revert_of_what_the_last_good_release_had_is_a_suspect_itself(git):
    git.commit("Create orders", {VIEWS: NEW_VIEW})
    git.tag("v1.3.1")
    git.revert("v1.3.1")
    git.tag("v1.4.0")
    found = look(git, a_line(good="backend@1.3.1"))
    assert suspected(found) == {'Revert "Create orders"': CHANGES_VIEW}
    assert struck(found) == {}


def test_a_revert_of_a_merge_takes_back_all_that_was_merged(git):
    git.switch("orders", "main")
    brings_orders(git)
    git.switch("main")
    git.commit("Keep carts", {"carts/migrations/0007_cart.py": CREATES.replace("Order", "Cart")})
    taken = git.revert(git.merge("orders"), merge=True)
    git.tag("v1.4.0")
    found = look(git)
    assert struck(found)["Keep orders"] == f"reverted by {taken[:7]}, which is in the release too"
    assert suspected(found) == {}


def test_a_revert_that_leaves_the_migration_in_place_acquits_nobody(git):
    brought = git.commit("Keep orders", {MIGRATION: CREATES, VIEWS: NEW_VIEW})
    git.commit(f'Revert "Keep orders"\n\nThis reverts commit {brought}.', {VIEWS: OLD_VIEW})
    git.tag("v1.4.0")
    found = look(git)
    assert suspected(found)["Keep orders"] == BRINGS
    assert "Keep orders" not in struck(found)


def test_what_was_reverted_and_landed_again_without_a_word_is_suspect(git):
    brought = brings_orders(git)
    git.revert(brought)
    brings_orders(git, "Orders, second attempt")
    git.tag("v1.4.0")
    found = look(git)
    assert BRINGS in suspected(found).values()
    assert "Orders, second attempt" not in struck(found)


def test_what_was_changed_back_without_a_word_is_struck_out(git):
    brings_orders(git)
    git.commit("Not yet: the orders table", {MIGRATION: None})
    git.tag("v1.4.0")
    found = look(git)
    assert set(struck(found).values()) == {"what it changed was changed back before the release"}
    assert suspected(found) == {}


def test_a_migration_that_was_renamed_later_is_not_taken_for_undone(git):
    brings_orders(git)
    git.commit("Renumber the table", {MIGRATION: None, "orders/migrations/0043_order.py": CREATES})
    git.tag("v1.4.0")
    found = look(git)
    assert struck(found) == {}
    assert "Renumber the table" in suspected(found)


def test_a_release_that_is_older_code_brings_nothing(git):
    brings_orders(git)
    git.tag("v1.4.0")
    found = look(git, a_line(good="backend@1.4.0", bad="backend@1.3.0"))
    assert (found.rolled_back, found.suspects, found.commits) == (True, (), ())
    assert [(one.kind, one.relation) for one in found.taken_back] == [("creates", "orders_order")]
