"""What a repository says of one relation at a release, compared with the last good one and with the default branch."""

import pytest

from playbook.evidence.schema_history import SchemaHistory
from playbook.schema.relation import Revision, told

PAGE = "https://github.example.com/acme/shop"


def migration(operations, after=None):
    dependencies = f'[("orders", "{after}")]' if after else "[]"
    return (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = {dependencies}\n    operations = [\n        {operations},\n    ]\n"
    )


CREATES = 'migrations.CreateModel(name="Order", fields=[("id", models.BigAutoField(primary_key=True))])'
CUSTOMER = CREATES.replace("Order", "Customer")
DROPS = 'migrations.DeleteModel(name="Order")'
RENAMES = 'migrations.RenameModel(old_name="Order", new_name="Purchase")'
MODEL = "from django.db import models\n\n\nclass Order(models.Model):\n    number = models.TextField()\n"
OTHERS = {"orders/migrations/__init__.py": "", "orders/migrations/0001_initial.py": migration(CUSTOMER)}


def files(**migrations):
    """`_0002_order="..."`: the operations of that migration, after the one before it."""
    found, before = dict(OTHERS), "0001_initial"
    for name, operations in sorted(migrations.items()):
        found[f"orders/migrations/{name[1:]}.py"] = migration(operations, before)
        before = name[1:]
    return found


ORDER, WITHOUT = files(_0002_order=CREATES), files()
LONG_AGO = files(_0002_order=CREATES, _0003_more='migrations.RunSQL("SELECT 1")')


def said(head, base=None, tip=None, relation="orders_order", unread=None):
    unread = unread or {}
    answer = told(
        relation,
        Revision("a" * 40, head, unread.get("head", {})),
        Revision("b" * 40, base, unread.get("base", {})) if base is not None else None,
        Revision("c" * 40, tip, unread.get("tip", {})) if tip is not None else None,
        page=PAGE,
    )
    return SchemaHistory.model_validate({**answer, "repository": "acme/shop", "branch": "main" if tip else None})


def brought(history):
    return [(event.kind, event.migration, event.brought) for event in history.events]


def test_a_migration_is_told_with_its_file_line_and_link_at_that_commit():
    (event,) = said(ORDER).events
    assert (event.path, event.line, event.migration) == ("orders/migrations/0002_order.py", 7, "orders.0002_order")
    assert event.quote == CREATES[:200] + ","
    assert event.url == f"{PAGE}/blob/{'a' * 40}/orders/migrations/0002_order.py#L7"


def test_it_is_new_where_the_last_good_release_lacks_the_file():
    assert brought(said(ORDER, WITHOUT)) == [("creates", "orders.0002_order", "release")]


def test_it_is_old_where_the_last_good_release_has_it():
    assert brought(said(LONG_AGO, ORDER)) == [("creates", "orders.0002_order", "earlier")]


def test_without_a_last_good_release_nobody_knows():
    assert brought(said(ORDER)) == [("creates", "orders.0002_order", "unknown")]


def test_a_table_written_into_an_older_file_is_edited():
    before = files(_0002_order='migrations.RunSQL("SELECT 1")')
    assert brought(said(ORDER, before)) == [("creates", "orders.0002_order", "edited")]


def test_a_comment_in_an_older_file_edits_nothing():
    before = ORDER | {"orders/migrations/0002_order.py": "# orders\n" + ORDER["orders/migrations/0002_order.py"]}
    assert brought(said(ORDER, before)) == [("creates", "orders.0002_order", "earlier")]


def test_a_renumbered_file_brings_nothing_new():
    assert brought(said(files(_0002_orders=CREATES), ORDER)) == [("creates", "orders.0002_orders", "earlier")]


def test_a_squashed_migration_brings_nothing_new():
    squashed = migration(f"{CUSTOMER},\n        {CREATES}").replace(
        "    operations", '    replaces = [("orders", "0001_initial"), ("orders", "0002_order")]\n    operations'
    )
    after = {"orders/migrations/__init__.py": "", "orders/migrations/0001_squashed.py": squashed}
    assert brought(said(after, ORDER)) == [("creates", "orders.0001_squashed", "earlier")]


def test_dropped_and_made_anew_the_second_time_is_the_new_one():
    history = said(
        files(_0002_order=CREATES, _0003_drop=DROPS, _0004_again=CREATES), files(_0002_order=CREATES, _0003_drop=DROPS)
    )
    assert [one for *_, one in brought(history)] == ["earlier", "earlier", "release"]
    assert history.standing == ("orders_order",)


def test_the_same_file_is_the_old_one_though_new_ones_come_before_it():
    head = files(_0002_try=CREATES, _0003_drop=DROPS, _0004_order=CREATES)
    base = {path: text for path, text in head.items() if "0002" not in path and "0003" not in path}
    base["orders/migrations/0004_order.py"] = migration(CREATES, "0001_initial")
    assert [one for *_, one in brought(said(head, base))] == ["release", "release", "earlier"]


def test_a_file_that_could_not_be_read_before_leaves_open_when_it_came():
    history = said(ORDER, WITHOUT, unread={"base": {"orders/migrations/0002_order.py": "it has 3,000,000 bytes"}})
    assert [one for *_, one in brought(history)] == ["unknown"]
    assert history.uncompared == (
        "orders/migrations/0002_order.py of the last good release was not read: it has 3,000,000 bytes",
    )


def test_what_only_the_default_branch_has_is_later():
    history = said(WITHOUT, WITHOUT, ORDER)
    assert (history.events, history.standing) == ((), ())
    assert [(one.kind, one.brought, one.url) for one in history.later] == [
        ("creates", "later", f"{PAGE}/blob/{'c' * 40}/orders/migrations/0002_order.py#L7")
    ]


def test_the_default_branch_without_news_adds_nothing():
    assert said(ORDER, WITHOUT, LONG_AGO).later == ()


def test_a_deleted_migration_is_gone():
    history = said(WITHOUT, ORDER)
    assert history.events == ()
    assert [(one.kind, one.url) for one in history.gone] == [
        ("creates", f"{PAGE}/blob/{'b' * 40}/orders/migrations/0002_order.py#L7")
    ]


@pytest.mark.parametrize(("relation", "standing"), [("orders_order", ()), ("orders_purchase", ("orders_purchase",))])
def test_a_rename_is_told_under_both_names(relation, standing):
    history = said(files(_0002_order=CREATES, _0003_rename=RENAMES), ORDER, relation=relation)
    assert [(one.kind, one.relation, one.to) for one in history.events] == [
        ("creates", "orders_order", None),
        ("renames", "orders_order", "orders_purchase"),
    ]
    assert history.standing == standing


def test_a_model_is_told_with_its_class_and_whether_it_is_new():
    path = "orders/models.py"
    head = WITHOUT | {path: MODEL}
    (declared,) = said(head, WITHOUT).declared
    assert (declared.model, declared.line, declared.quote) == ("Order", 4, "class Order(models.Model):")
    assert (declared.brought, declared.framework, declared.managed) == ("release", "django", True)
    assert said(head, head).declared[0].brought == "earlier"
    assert said(head, WITHOUT | {path: MODEL + "\n# more\n"}).declared[0].brought == "earlier"
    assert said(head).declared[0].brought == "unknown"


def test_it_is_counted_how_many_declared_relations_have_a_migration():
    models = MODEL + "\n\nclass Customer(models.Model):\n    name = models.TextField()\n"
    models += "\n\nclass Legacy(models.Model):\n    class Meta:\n        managed = False\n"
    history = said(WITHOUT | {"orders/models.py": models})
    assert (history.covered, history.declaring) == (1, 2)


def test_a_migration_that_cannot_be_parsed_makes_silence_mean_nothing():
    history = said(WITHOUT | {"orders/migrations/0002_order.py": "class Migration(\n"})
    assert not history.whole
    assert history.incomplete


def test_an_unread_file_of_a_framework_that_has_nothing_to_do_with_it_does_not_matter():
    elsewhere = {"head": {"db/migrate/20260101000000_big.rb": "it has 3,000,000 bytes"}}
    assert said(ORDER, unread=elsewhere).whole
    assert not said(WITHOUT, unread=elsewhere).whole, "where nobody names it, any may have made it"


def test_a_computed_name_is_told_as_dynamic():
    computed = 'migrations.CreateModel(name="A" + "B".lower().join(open("x")), fields=[])'
    history = said(files(_0002_order=CREATES, _0003_odd=computed))
    assert history.dynamic
    assert not history.whole


def test_many_sentences_are_counted_and_not_all_told():
    broken = {f"orders/migrations/{number:04}_x.py": "class Migration(\n" for number in range(2, 40)}
    history = said(WITHOUT | broken)
    assert len(history.incomplete) == 6
    assert history.incomplete[-1] == "33 more"


def test_a_repository_without_migrations_says_so():
    history = said({"orders/models.py": MODEL})
    assert history.migrations == 0
    assert not history.whole
    assert history.finding == "no migrations were found in acme/shop"
