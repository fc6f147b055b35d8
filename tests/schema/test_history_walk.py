"""The changes of a repository, read one after another from their diffs alone, add up to the fold of its final tree."""

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.schema.diff import effect
from playbook.schema.history import history
from tests.schema.history_walk import Repository, Sum, summed, walked
from tests.stand_ins.git_repository import GitRepository


def django(*operations, after=None):
    """A migration of Django's; each operation on a line of its own."""
    listed = "".join(f"        {one},\n" for one in operations)
    depends = f'    dependencies = [("shop", "{after}")]\n' if after else ""
    head = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
    return f"{head}{depends}    operations = [\n{listed}    ]\n"


def model(name):
    return f'migrations.CreateModel("{name}", [("id", models.BigAutoField(primary_key=True))])'


def rails(name, *lines):
    body = "".join(f"    {line}\n" for line in lines)
    return f"class {name} < ActiveRecord::Migration[7.1]\n  def change\n{body}  end\nend\n"


def of_django(repository):
    folder = "shop/migrations"
    repository.commit("begin", {f"{folder}/0001_initial.py": django(model("Order"), model("Cart"))})
    repository.commit(
        "rename",
        {f"{folder}/0002_sale.py": django('migrations.RenameModel("Order", "Sale")', after="0001_initial")},
    )
    repository.switch("tags", "HEAD")
    tag = django(model("Tag"), after="0002_sale")
    repository.commit("a branch of its own", {f"{folder}/0003_tag.py": tag, "readme.txt": "x"})
    repository.switch("main")
    repository.commit(
        "meanwhile", {f"{folder}/0003_no_cart.py": django('migrations.DeleteModel("Cart")', after="0002_sale")}
    )
    repository.merge("tags")
    both = (
        'class Migration(migrations.Migration):\n    dependencies = [("shop", "0003_tag"), ("shop", "0003_no_cart")]\n'
    )
    repository.commit("join them", {f"{folder}/0004_merge.py": f"from django.db import migrations\n\n\n{both}"})
    repository.commit(
        "the file gets another name",
        {
            f"{folder}/0002_sale.py": None,
            f"{folder}/0002_order_is_sale.py": django('migrations.RenameModel("Order", "Sale")', after="0001_initial"),
            f"{folder}/0003_tag.py": tag.replace("0002_sale", "0002_order_is_sale"),
            f"{folder}/0003_no_cart.py": django('migrations.DeleteModel("Cart")', after="0002_order_is_sale"),
        },
    )
    squashed = django(model("Sale"), model("Tag"))
    old = ("0001_initial", "0002_order_is_sale", "0003_tag", "0003_no_cart", "0004_merge")
    repository.commit("squash", {f"{folder}/0001_all.py": squashed, **{f"{folder}/{one}.py": None for one in old}})
    repository.commit("format", {f"{folder}/0001_all.py": squashed.replace('"', "'")})
    return {"shop_sale", "shop_tag"}


def of_rails(repository):
    folder = "db/migrate"
    repository.commit(
        "begin", {f"{folder}/1_orders.rb": rails("Orders", "create_table :orders", "create_table :carts")}
    )
    repository.switch("feature", "HEAD")
    repository.commit("one", {f"{folder}/2_sales.rb": rails("Sales", "rename_table :orders, :sales")})
    repository.commit("two", {f"{folder}/3_gone.rb": rails("Gone", "drop_table :carts")})
    repository.switch("main")
    repository.squash("feature", "both at once")
    repository.git("mv", f"{folder}/3_gone.rb", f"{folder}/4_gone.rb")
    repository.commit("another number", {})
    brackets = rails("Orders", "create_table(:orders)", "create_table(:carts)")
    repository.commit("format", {f"{folder}/1_orders.rb": brackets})
    repository.commit("back", {f"{folder}/5_carts.rb": rails("Carts", "create_table :carts")})
    return {"sales", "carts"}


def of_sql(repository):
    repository.commit("begin", {"db/V1__a.sql": "CREATE TABLE a (x int);\nCREATE TABLE b (x int);\n"})
    repository.commit("rename", {"db/V2__b.sql": "ALTER TABLE a RENAME TO c;\nCREATE VIEW v AS SELECT 1;\n"})
    repository.commit(
        "rebuild", {"db/V3__c.sql": "CREATE TABLE n (x int);\nDROP TABLE c;\nALTER TABLE n RENAME TO c;\n"}
    )
    repository.commit(
        "a column more in an old file", {"db/V1__a.sql": "CREATE TABLE a (x int, y int);\nCREATE TABLE b (x int);\n"}
    )
    repository.git("mv", "db/V3__c.sql", "db/V3__c_anew.sql")
    repository.commit("another title", {})
    repository.commit("drop", {"db/V4__d.sql": "DROP TABLE b;\n"})
    return {"c", "v"}


@pytest.mark.parametrize("project", [of_django, of_rails, of_sql])
def test_the_changes_of_a_history_add_up_to_its_final_fold(project, tmp_path):
    made = GitRepository(tmp_path / "project")
    expected = project(made)
    total = Sum()
    found = list(walked(Repository(made.folder), models=True, total=total))
    differing = [one.verdict for one in found if one.verdict.kind not in {"agrees", "edited old"}]
    assert differing == []
    assert [one.told.dynamic for one in found if one.told.dynamic] == []
    assert total.relations == expected
    assert total.differs == {}


NAMES = st.sampled_from("abcdef")
STEPS = st.lists(st.tuples(st.sampled_from(["create", "drop", "rename", "squash", "move"]), NAMES, NAMES), max_size=12)


def statement(kind, name, other, there):
    """SQL that can be carried out on what is there; None for a step that cannot."""
    if kind == "create" and name not in there:
        return f"CREATE TABLE {name} (x int);\n", there | {name}
    if kind == "drop" and name in there:
        return f"DROP TABLE {name};\n", there - {name}
    if kind == "rename" and name in there and other not in there:
        return f"ALTER TABLE {name} RENAME TO {other};\n", there - {name} | {other}
    return None


def diff_of(before, after):
    """As `diff -u` writes it, without git."""
    parts = []
    for path in sorted(before.keys() | after.keys()):
        old, new = (tree.get(path, "").splitlines(keepends=True) for tree in (before, after))
        names = (f"old/{path}" if path in before else "/dev/null", f"new/{path}" if path in after else "/dev/null")
        parts += difflib.unified_diff(old, new, *names)
    return "".join(parts)


@settings(deadline=None)
@given(STEPS)
def test_whatever_is_done_to_a_schema_the_sum_of_the_diffs_is_the_fold(steps):
    tree: dict[str, str] = {}
    there, relations = frozenset[str](), frozenset[str]()
    for number, (kind, name, other) in enumerate(steps, 1):
        before = dict(tree)
        if kind == "squash" and tree:
            tree = {f"db/V{number}__all.sql": "".join(f"CREATE TABLE {one} (x int);\n" for one in sorted(there))}
        elif kind == "move":
            tree = {path.replace("__x", f"__moved{number}"): text for path, text in tree.items()}
        elif (made := statement(kind, name, other, there)) is not None:
            tree[f"db/V{number}__x.sql"], there = made
        relations = summed(relations, effect(diff_of(before, tree)))
        assert relations == there
    assert set(history(tree).relations) == there
