"""The event step reads exceptions, frames and places from every shape of event that was seen in the wild."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.evidence.event import Event
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.unavailable import Unavailable
from playbook.sources.sentry import Sentry
from playbook.steps.event import event

RECORDED = Path(__file__).parents[1] / "recorded" / "sentry" / "event.json"
NOW = datetime(2026, 11, 20, 12, 0, 36, tzinfo=UTC)
ID = "a" * 32
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
OURS = {
    "filename": "shop/orders/views.py",
    "module": "shop.orders.views",
    "function": "create",
    "lineNo": 42,
    "inApp": True,
}
ORM = {
    "filename": "django/db/models/query.py",
    "module": "django.db.models.query",
    "function": "get",
    "lineNo": 9,
    "inApp": False,
}
DRIVER = {
    "filename": "django/db/backends/utils.py",
    "module": "django.db.backends.utils",
    "lineNo": 105,
    "inApp": False,
}
STATEMENT = 'SELECT 1 FROM "orders_order"'
MISSING = 'relation "orders_order" does not exist'


def recorded():
    return json.loads(RECORDED.read_text())


def an_event(*entries, **fields):
    return {"eventID": ID, "id": ID, "groupID": "5551234567", "entries": list(entries), "tags": [], **fields}


def exceptions(*values):
    return {"type": "exception", "data": {"values": list(values), "hasSystemFrames": True, "excOmitted": None}}


def exception(value, *frames, kind="ProgrammingError", **more):
    return {"type": kind, "value": value, "stacktrace": {"frames": list(frames)} if frames else None, **more}


def read(answer, asked=None, **ref):
    def door(question):
        if asked is not None:
            asked.append((question.call, question.arguments))
        return answer(question) if callable(answer) else answer

    given_ref = IssueRef(**(ref or {"issue_id": "5551234567"}))
    return event(
        Inquiry(ref=given_ref, at=NOW, sentry_url="https://sentry.example.com", organization="acme"), Sentry(door)
    )


def test_the_event_of_a_real_application_is_read_whole():
    found = read(recorded())
    assert [error.type for error in found.errors] == ["UndefinedTable", "ProgrammingError"]
    assert "does not exist" in found.errors[0].value
    assert found.in_app is not None
    assert found.in_app.in_app
    assert found.in_app.code
    assert found.database_frames
    assert all("django/db" in (frame.filename or "") for frame in found.database_frames)
    assert (found.environment, found.release, found.server_name) == ("production", "backend@1.4.0", "web-1")
    assert found.sql is not None
    assert found.sql.upper().startswith(("SELECT", "INSERT"))
    assert found.trace_id
    assert found.which == "recommended"
    assert found.url == f"https://sentry.example.com/organizations/acme/issues/5551234567/events/{found.id}/"


def test_the_variables_of_frames_are_never_read():
    secret = "hunter2-correct-horse"
    frame = {**OURS, "vars": {"password": secret}, "context": [[42, "create(order)"]]}
    assert secret not in read(an_event(exceptions(exception(MISSING, frame)))).model_dump_json()


def test_the_recommended_event_of_the_links_environment_is_asked_for():
    asked = []
    read(an_event(), asked, issue_id="5551234567", environment="production")
    assert asked == [("issues/5551234567/events/recommended/", {"environment": "production"})]


def test_the_latest_is_read_where_none_is_recommended():
    found = read(lambda question: an_event() if "/latest/" in question.call else None)
    assert found.which == "latest"


def test_the_event_that_the_link_names_is_read_and_another_only_when_it_is_gone():
    assert read(an_event(), issue_id="1", event_id=ID).which == ID
    assert (
        read(lambda question: None if ID in question.call else an_event(), issue_id="1", event_id=ID).which
        == "recommended"
    )


def test_events_past_retention_are_absent():
    assert read(None) is None
    assert read(None, event_id=ID) is None


def test_an_event_id_alone_needs_no_second_call_when_the_look_up_brings_the_event():
    asked = []
    found = read({"groupId": "7", "event": an_event(exceptions(exception(MISSING, OURS)))}, asked, event_id=ID)
    assert [call for call, _ in asked] == [f"eventids/{ID}/"]
    assert found.errors[0].value == MISSING


def test_an_event_id_alone_is_asked_for_by_its_issue_when_the_look_up_brings_no_entries():
    found = read(
        lambda question: (
            {"groupId": "7"} if question.call.startswith("eventids") else an_event(exceptions(exception("x")))
        ),
        event_id=ID,
    )
    assert found.errors[0].value == "x"


def test_a_failing_source_is_not_taken_for_an_absent_event():
    def refuses(_question):
        raise Unavailable("Sentry at sentry.example.com is down")

    with pytest.raises(Unavailable, match="is down"):
        read(refuses)


def test_the_last_frame_of_our_own_code_in_the_last_exception_with_frames_is_where_it_was_raised():
    found = read(
        an_event(
            exceptions(
                exception(MISSING, DRIVER, kind="UndefinedTable"),
                exception(MISSING, DRIVER, {**OURS, "lineNo": 7}, OURS, ORM, DRIVER),
                exception("wrapped", kind="OrderError"),
            )
        )
    )
    assert found.in_app.place == "shop/orders/views.py:42 in create"
    assert [frame.filename for frame in found.database_frames] == [
        "django/db/models/query.py",
        "django/db/backends/utils.py",
    ]
    assert found.outermost.filename == "django/db/backends/utils.py"


def test_without_a_frame_of_our_own_the_last_frame_is_named_and_said_to_be_foreign():
    found = read(an_event(exceptions(exception(MISSING, ORM, DRIVER))))
    assert found.in_app is None
    assert "no frame of our own code" in found.finding
    assert len(found.database_frames) == 2


def test_of_an_exception_group_a_members_stack_is_read():
    group = exception(
        "2 sub-exceptions", {**OURS, "function": "wait"}, kind="ExceptionGroup", mechanism={"is_exception_group": True}
    )
    assert read(an_event(exceptions(exception(MISSING, OURS), group))).in_app.function == "create"


@pytest.mark.parametrize(
    "data",
    [
        {"values": None},
        {"values": []},
        {"values": [None, exception(MISSING, OURS), None]},
        {"value": exception(MISSING, OURS)},
        {"values": [{"type": None, "value": None, "stacktrace": {"frames": None}}]},
        None,
    ],
)
def test_every_seen_shape_of_the_exception_entry_is_tolerated(data):
    found = read(an_event({"type": "exception", "data": data}))
    held = "orders_order" in json.dumps(data)
    assert bool(found.errors) is held
    assert (found.in_app is not None) is held


def test_a_thread_or_a_bare_stack_stands_in_for_the_missing_exception():
    other = {"id": 1, "crashed": False, "stacktrace": {"frames": [DRIVER]}}
    crashed = {"id": 2, "crashed": True, "stacktrace": {"frames": [OURS]}}
    assert read(an_event({"type": "threads", "data": {"values": [other, crashed]}})).in_app.line == 42
    assert read(an_event({"type": "stacktrace", "data": {"frames": [OURS]}})).in_app.line == 42


def test_a_logged_text_is_the_error_of_an_event_without_an_exception():
    found = read(an_event({"type": "message", "data": {"formatted": f"ERROR: {MISSING}", "message": None}}))
    assert [error.value for error in found.errors] == [f"ERROR: {MISSING}"]


@pytest.mark.parametrize(
    ("filename", "module", "database"),
    [
        ("django/db/backends/utils.py", "django.db.backends.utils", True),
        ("sqlalchemy/engine/default.py", "sqlalchemy.engine.default", True),
        ("psycopg2/extras.py", None, True),
        ("activerecord (7.1.2) lib/active_record/relation.rb", None, True),
        ("/app/node_modules/pg/lib/client.js", None, True),
        ("/app/node_modules/@prisma/client/runtime/library.js", None, True),
        (None, "org.hibernate.engine.jdbc.spi.SqlExceptionHelper", True),
        (None, "com.mysql.cj.jdbc.ClientPreparedStatement", True),
        ("/vendor/laravel/framework/src/Illuminate/Database/Connection.php", None, True),
        ("lib/ecto/adapters/sql.ex", "Elixir.Ecto.Adapters.SQL", True),
        ("gorm.io/gorm@v1.25.5/finisher_api.go", "gorm.io/gorm", True),
        ("github.com/jackc/pgx/v5/conn.go", None, True),
        (None, "Npgsql.Internal.NpgsqlConnector", True),
        ("sentry/db/postgres/base.py", "sentry.db.postgres.base", True),
        ("django/core/handlers/exception.py", "django.core.handlers.exception", False),
        ("requests/sessions.py", "requests.sessions", False),
        ("shop/pgettext.py", "shop.pgettext", False),
        (None, None, False),
    ],
)
def test_database_frames_are_those_of_drivers_and_orms(filename, module, database):
    frame = {"filename": filename, "module": module, "inApp": False}
    found = read(an_event(exceptions(exception(MISSING, OURS, frame))))
    assert bool(found.database_frames) is database


@pytest.mark.parametrize(
    ("value", "entries", "sql"),
    [
        (
            '(psycopg2.errors.UndefinedTable) relation "orders" does not exist\n\n'
            "[SQL: SELECT a[1] FROM orders\nWHERE id = %(id)s]\n(Background on this error at: https://sqlalche.me/e/20/f405)",
            [],
            "SELECT a[1] FROM orders\nWHERE id = %(id)s",
        ),
        (
            "SQLSTATE[42S02]: Base table or view not found: 1146 Table 'shop.orders' doesn't exist "
            "(Connection: mysql, SQL: select * from `orders` where `id` in (1))",
            [],
            "select * from `orders` where `id` in (1)",
        ),
        (
            f"{MISSING}\nLINE 1: {STATEMENT}...\n                      ^",
            [],
            f"{STATEMENT}...",
        ),
        (MISSING, [("query", 'SELECT 1 FROM "orders_order"')], 'SELECT 1 FROM "orders_order"'),
        (MISSING, [("query", 'SELECT 1 FROM "auth_user"')], None),
        (MISSING, [("http", 'SELECT 1 FROM "orders_order"')], None),
        (MISSING, [], None),
    ],
)
def test_the_statement_is_taken_only_where_it_is_the_one_that_failed(value, entries, sql):
    crumbs = {
        "type": "breadcrumbs",
        "data": {"values": [{"category": kind, "message": text} for kind, text in entries]},
    }
    assert read(an_event(exceptions(exception(value, OURS)), crumbs)).sql == sql


def test_the_statement_of_a_span_or_of_extra_data_counts_as_well():
    statement = "INSERT INTO orders_order (id) VALUES (1)"
    spans = {"type": "spans", "data": [{"op": "db.sql.query", "description": statement}]}
    assert read(an_event(exceptions(exception(MISSING)), spans)).sql == statement
    assert read(an_event(exceptions(exception(MISSING)), context={"sql": statement})).sql == statement


def test_the_statements_of_breadcrumbs_that_make_or_take_away_a_relation_are_kept_in_their_order():
    told = [
        ("query", "SELECT 1 FROM auth_user"),
        ("query", "\n    CREATE TEMP TABLE totals (id int)\n"),
        ("sql.query", "/* app=shop */ drop table totals"),
        ("query", "SELECT id INTO TEMP sums FROM orders"),
        ("http", "CREATE TABLE in_a_request (id int)"),
        ("query", "INSERT INTO created (id) VALUES (1)"),
        ("query", None),
    ]
    crumbs = {"type": "breadcrumbs", "data": {"values": [{"category": kind, "message": text} for kind, text in told]}}
    assert read(an_event(exceptions(exception(MISSING, OURS)), crumbs)).statements == (
        "CREATE TEMP TABLE totals (id int)",
        "/* app=shop */ drop table totals",
        "SELECT id INTO TEMP sums FROM orders",
    )
    assert read(an_event(exceptions(exception(MISSING, OURS)))).statements == ()


def test_of_many_statements_the_last_are_kept():
    values = [{"category": "query", "message": f"CREATE TABLE t{number} (id int)"} for number in range(100)]
    statements = read(an_event({"type": "breadcrumbs", "data": {"values": values}})).statements
    assert (len(statements), statements[-1]) == (50, "CREATE TABLE t99 (id int)")


def test_tags_lose_their_nulls_and_whoever_they_name():
    tags = [
        {"key": "environment", "value": "eu"},
        {"key": None, "value": "x"},
        {"key": "user", "value": "email:someone@example.com"},
        {"key": "clientIp", "value": "192.0.2.1"},
        {"key": "server_name", "value": None},
        None,
        "malformed",
    ]
    found = read(an_event(tags=tags, release="backend@1.4.0"))
    assert [(one.key, one.value) for one in found.tags] == [("environment", "eu")]
    assert (found.environment, found.server_name, found.release) == ("eu", None, "backend@1.4.0")


@settings(deadline=None)
@given(ANY_JSON)
def test_whatever_comes_back_gives_an_event_or_none_or_a_sentence(answer):
    for ref in ({"issue_id": "1"}, {"event_id": ID}):
        try:
            found = read(answer, **ref)
        except Unavailable as refusal:
            assert refusal.sentence
        else:
            assert found is None or Event.model_validate_json(found.model_dump_json()) == found


@settings(deadline=None)
@given(st.data())
def test_any_part_of_a_real_event_may_hold_anything(data):
    answer = recorded()
    place = answer
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(ANY_JSON)
            break
        place = place[key]
    try:
        found = read(answer)
    except Unavailable as refusal:
        assert refusal.sentence
    else:
        assert found is not None
        assert found.finding


def test_hostile_text_costs_a_bounded_time():
    long = "from " * 200_000 + "[SQL: " * 50_000 + "a_b." * 100_000
    crumb = {"type": "breadcrumbs", "data": {"values": [{"category": "query", "message": "select " + long}] * 50}}
    frames = [{"filename": "x/" * 50_000, "module": "db/" * 50_000, "lineNo": 1, "context": [[1, long]]}] * 50
    found = read(an_event(exceptions(exception(long, *frames)), crumb))
    assert len(found.model_dump_json()) < 20_000_000
