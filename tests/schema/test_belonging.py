"""Which of several databases the failing code can be of, and when nothing tells."""

import pytest

from playbook.evidence.event import Frame
from playbook.schema.belonging import Belonging, of_another_service
from tests.facts import a_declaration, a_release, a_schema_event, a_schema_history, a_timeline, an_event, an_issue

SHOP, CRM, SQL = "rails:services/shop/db/migrate", "rails:services/crm/db/migrate", "plain:warehouse/migrations"


def belonging(*targets, event=None, issue=None, releases=None):
    return Belonging.of(a_schema_history(targets=targets), event or an_event(), issue or an_issue(), releases)


def raised_in(*names, driver=None):
    frames = tuple(Frame(filename=name, in_app=True) for name in names)
    below = (Frame(module=driver),) if driver else ()
    return an_event(in_app=frames[-1], frames=frames, database_frames=below)


def test_one_row_of_migrations_is_ours():
    one = belonging("django:")
    assert (one.ours, one.several) == ("django:", False)
    assert one.sure(a_schema_event(target="django:"))
    assert not one.sure(a_schema_event(target="plain:olap")), "only the default branch has that row"
    assert not one.sure(a_declaration()), "it lies outside of the service"


def test_a_history_without_targets_is_one_row():
    assert belonging().sure(a_schema_event())


def test_nothing_tells_which_of_two_services():
    both = belonging(SHOP, CRM)
    assert (both.ours, both.several) == (None, True)
    assert not both.sure(a_schema_event(target=SHOP))


@pytest.mark.parametrize(
    ("event", "issue"),
    [
        (raised_in("services/shop/app/models/order.rb"), None),
        (raised_in("./services/shop/lib/a.rb", "lib/b.rb"), None),
        (None, an_issue(project="shop")),
        (None, an_issue(project="python", first_release="shop-api@1.4.0")),
    ],
)
def test_a_frame_or_the_projects_name_tells(event, issue):
    one = belonging(SHOP, CRM, event=event, issue=issue)
    assert one.ours == SHOP
    assert one.sure(a_schema_event(target=SHOP))
    assert not one.sure(a_schema_event(target=CRM))


def test_the_driver_tells_one_tool_from_another():
    assert (
        belonging("django:", SQL, event=raised_in("orders/views.py", driver="django.db.backends.utils")).ours
        == "django:"
    )


def test_a_frame_below_the_folder_of_migrations_tells_nothing():
    assert belonging("plain:db", "alembic:alembic/versions", event=raised_in("db/session.py")).ours is None


def test_migrations_of_tests_are_nobodys():
    assert belonging("django:", "django:tests/orders").ours == "django:"
    only = belonging("django:tests/orders")
    assert (only.ours, only.sure(a_schema_event(target="django:tests/orders"))) == (None, False)


def test_the_event_is_of_the_release_that_was_read():
    assert belonging("django:", releases=a_timeline()).same_code
    assert not belonging("django:", releases=a_timeline(), event=an_event(release="backend@1.5.0")).same_code
    assert not belonging("django:", releases=None).same_code
    assert not belonging("django:", releases=a_timeline(last=a_release("backend@1.5.0"))).newest


def test_a_file_in_another_services_folder_is_anothers():
    path = "services/crm/db/migrate/1_a.rb"
    assert of_another_service(path, an_event(), an_issue())
    assert not of_another_service(path, an_event(), an_issue(project="crm"))
    assert not of_another_service(path, raised_in("services/crm/a.rb"), an_issue())
    assert not of_another_service("apps/crm/migrations/0001.py", an_event(), an_issue())
