"""What came too late is struck out, and no clock, tag, rebase or deploy elsewhere acquits or accuses wrongly."""

import pytest

from tests.evidence.shop_in_git import BRINGS, NEW_VIEW, VIEWS, a_line, brings_orders, deployed, look, struck, suspected
from tests.facts import minutes


def test_a_squash_that_was_committed_long_after_it_was_written_is_as_old_as_its_writing(git):
    git.switch("orders", "main")
    brings_orders(git)
    git.switch("main")
    git.git("merge", "--quiet", "--squash", "orders")
    git.commit("Orders (#7)", {}, at=minutes(30), authored_at=minutes(-600))
    git.tag("v1.4.0")
    found = look(git)
    assert suspected(found) == {"Orders (#7)": BRINGS}
    assert struck(found) == {}


def test_a_branch_that_was_rebased_after_the_trouble_is_as_old_as_its_writing(git):
    git.switch("orders", "main")
    brings_orders(git)
    git.switch("main")
    git.commit("Say more", {"README.md": "The shop\n"})
    git.switch("orders")
    git.rebase("main", at=minutes(60))
    git.tag("v1.4.0", force=True)
    found = look(git)
    assert suspected(found) == {"Keep orders": BRINGS}
    assert struck(found) == {}
    assert found.shortfalls[0].endswith("its tag was moved or it was built again, so what ran may differ from git")


def test_a_tag_that_was_moved_to_a_younger_commit_does_not_accuse_it(git):
    git.commit("Create orders", {VIEWS: NEW_VIEW})
    git.tag("v1.4.0")
    brings_orders(git, "Add the missing table", at=minutes(90))
    git.tag("v1.4.0", force=True)
    found = look(git)
    assert struck(found) == {"Add the missing table": "committed 20 Nov 11:32 UTC, 1 h 30 min after the trouble began"}
    assert list(suspected(found)) == ["Create orders"]
    assert found.schema_changes == ()
    assert found.shortfalls[0].startswith("backend@1.4.0 was there 20 Nov 10:00 UTC and its newest commit")


@pytest.mark.parametrize(
    ("deploys", "acquitted"),
    [
        ((deployed(minutes(-60)),), True),
        ((deployed(minutes(-60), "staging"),), False),
        ((deployed(minutes(-60)), deployed(minutes(-10))), False),
        ((deployed(minutes(-60)), deployed(minutes(45))), False),
        ((deployed(minutes(45)),), False),
    ],
    ids=["deployed before it", "only to staging", "deployed again", "a deploy that ended late", "all ended late"],
)
def test_a_commit_younger_than_the_deploy_to_this_environment_was_not_in_it(git, deploys, acquitted):
    brings_orders(git, at=minutes(-30))
    git.tag("v1.4.0")
    found = look(git, a_line(deploys=deploys))
    assert ("Keep orders" in struck(found)) is acquitted
    assert ("Keep orders" in suspected(found)) is not acquitted
    if acquitted:
        assert struck(found)["Keep orders"].endswith("30 min after backend@1.4.0 was deployed to production")


def test_deploys_that_could_not_be_read_acquit_nobody(git):
    brings_orders(git, at=minutes(-30))
    git.tag("v1.4.0")
    unread = a_line(deploys=(deployed(minutes(-60)),), deploys_unavailable="only one page was read")
    assert list(suspected(look(git, unread))) == ["Keep orders"]


def test_a_wrong_clock_acquits_nobody_whose_work_others_built_on_in_time(git):
    brings_orders(git, at=minutes(600))
    git.commit("Say more", {"README.md": "The shop\n"}, at=minutes(-60))
    git.tag("v1.4.0")
    found = look(git)
    assert suspected(found) == {"Keep orders": BRINGS}
    assert struck(found) == {}
