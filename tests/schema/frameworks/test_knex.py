"""Knex's migrations are read forward, as PostgreSQL would name what they make; what only running tells is dynamic."""

import pytest

from playbook.schema.frameworks.knex import framework


def told(body, more=None):
    files = {"db/migrations/20240101_it.js": f"exports.up = async (knex) => {{ {body} }};", **(more or {})}
    (migration,) = framework.migrations(files)
    assert migration.unread is None
    return [shown(one) for one in migration.operations], [one.what for one in migration.dynamic]


def shown(one):
    schema = f"{one.schema_name}." if one.schema_name else ""
    return f"{one.kind} {schema}{one.relation}" + (f" to {one.to}" if one.to else "")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("await knex.schema.createTable('a', (t) => { t.increments(); });", ["creates a"]),
        ("await knex.schema.createTableLike('b', 'a');", ["creates b"]),
        ("await knex.schema.createTableIfNotExists('a', () => {});", ["creates a"]),
        ("await knex.schema.createView('v', () => {});", ["creates v"]),
        ("await knex.schema.createViewOrReplace('v', () => {});", ["creates v"]),
        ("await knex.schema.createMaterializedView('v', () => {});", ["creates v"]),
        ("await knex.schema.dropTable('a');", ["drops a"]),
        ("await knex.schema.dropTableIfExists('a');", ["drops a"]),
        ("await knex.schema.dropView('a').dropViewIfExists('b');", ["drops a", "drops b"]),
        ("await knex.schema.dropMaterializedView('a').dropMaterializedViewIfExists('b');", ["drops a", "drops b"]),
        ("await knex.schema.renameTable('a', 'b');", ["renames a to b"]),
        ("await knex.schema.renameView('a', 'b');", ["renames a to b"]),
        ("await knex.schema.table('a', () => {}).alterTable('b', () => {});", []),
        ("await knex.schema.withSchema('s').renameTable('a', 'b');", ["renames s.a to b"]),
        ("await knex.schema.createTable('a', f).createTable('b', f).withSchema('s');", ["creates s.a", "creates s.b"]),
        ("await knex.schema.createTable('s.a', () => {});", ["creates s.a"]),
        ("await knex.schema.raw('CREATE TABLE A (id int)');", ["creates a"]),
        ("await knex.raw('DROP TABLE ??', ['Some Table']);", ["drops Some Table"]),
        ("await knex.raw('ALTER TABLE ?? RENAME TO ??', ['s.a', 'b']);", ["renames s.a to b"]),
        ("await knex('a').insert({ note: 'DROP TABLE a' });", []),
        ("await knex.transaction(async (trx) => { await trx.schema.dropTable('a'); });", ["drops a"]),
        ("const trx = await knex.transaction(); await trx.schema.dropTable('a');", ["drops a"]),
        ("return Promise.all([knex.schema.dropTable('a'), knex.schema.dropTable('b')]);", ["drops a", "drops b"]),
        (
            "return knex.schema.hasTable('a').then((is) => { if (!is) return knex.schema.createTable('a'); });",
            ["creates a"],
        ),
        ("if (await knex.schema.hasTable('a')) { await knex.schema.dropTable('a'); }", ["drops a"]),
        ("if (!(await knex.schema.hasTable('a'))) return; await knex.schema.dropTable('a');", ["drops a"]),
        ("if (await knex.schema.hasTable('a')) return; await knex.schema.createTable('a');", ["creates a"]),
        ("if (x()) { await knex.schema.dropTable('a'); } else { await knex.raw('DROP TABLE a'); }", ["drops a"]),
        ("if (x()) throw new Error('no'); await knex.schema.dropTable('a');", ["drops a"]),
        ("for (const one of ['a', 'b']) await knex.schema.dropTable(one);", ["drops a", "drops b"]),
    ],
)
def test_an_operation_is_read_as_the_database_would_name_it(body, expected):
    assert told(body) == (expected, [])


@pytest.mark.parametrize(
    ("body", "sure", "word"),
    [
        ("await knex.schema.createTable(process.env.T, () => {});", [], "computed"),
        ("await knex.schema.createTable(`a_${process.env.T}`, () => {});", [], "computed"),
        ("await knex.raw(sql);", [], "computed"),
        ("await knex.raw(`${process.env.SQL}`);", [], "computed"),
        ("await knex.raw(`DROP ${process.env.WHAT} a`);", [], "computed"),
        ("await knex.raw('DROP TABLE ??', [name]);", [], "computed"),
        ("if (process.env.X) await knex.schema.createTable('a', () => {});", [], "creates a depends on"),
        ("if (process.env.X) return; await knex.schema.dropTable('a');", [], "drops a depends on"),
        ("for (const one of await names()) await knex.schema.dropTable('a');", [], "drops a depends on"),
        ("process.env.X && await knex.schema.dropTable('a');", [], "drops a depends on"),
        ("try { await x(); } catch (e) { await knex.schema.dropTable('a'); }", [], "drops a depends on"),
        (
            "if (await knex.schema.hasTable('a')) { await knex.schema.renameTable('a', 'b'); }",
            [],
            "renames a to b depends",
        ),
        ("await require('../lib')(knex);", [], "does to the database"),
        ("await seed({ knex });", [], "does to the database"),
        ("let t = 'a'; if (x()) t = 'b'; await knex.schema.dropTable(t);", [], "computed"),
        ("await knex.schema.createTable('k'); await knex.schema.dropTable(x);", ["creates k"], "computed"),
    ],
)
def test_what_only_running_would_tell_is_dynamic(body, sure, word):
    operations, dynamic = told(body)
    assert operations == sure
    assert word in dynamic[0]


def test_a_table_that_is_there_by_then_is_there_when_it_is_asked_for():
    files = {
        "migrations/1.js": "exports.up = (knex) => knex.schema.createTable('a', () => {});",
        "migrations/2.js": "exports.up = async (knex) => { if (await knex.schema.hasTable('a')) {"
        " await knex.schema.renameTable('a', 'b'); } else { await knex.schema.createTable('b', () => {}); } };",
    }
    first, second = framework.migrations(files)
    assert [shown(one) for one in (*first.operations, *second.operations)] == ["creates a", "renames a to b"]
    assert second.dynamic == ()


def test_the_way_back_is_never_the_way_forward():
    text = "module.exports = { up(knex) {}, down(knex) { return knex.schema.dropTable('a'); } };"
    (migration,) = framework.migrations({"migrations/1.js": text})
    assert (migration.operations, migration.dynamic, migration.unread) == ((), (), None)


def test_migrations_run_in_the_order_of_their_file_names_whatever_their_folder():
    files = {
        f"{folder}/migrations/{name}": "exports.up = (knex) => {}" for folder, name in (("b", "1.js"), ("a", "2.ts"))
    }
    assert [one.name for one in framework.migrations(files)] == ["1.js", "2.ts"]


def test_a_file_that_cannot_be_parsed_is_unread_and_the_others_are_read():
    files = {"migrations/1.js": "exports.up = (knex) => {{{", "migrations/2.js": "exports.up = (knex) => {}"}
    first, second = framework.migrations(files)
    assert "could not be parsed" in first.unread
    assert second.unread is None


@pytest.mark.parametrize(
    "text",
    [
        "module.exports = { up: (queryInterface) => queryInterface.createTable('a', {}) };",
        "exports.up = (pgm) => { pgm.createTable('a', {}); };",
        "export class A1600000000000 implements MigrationInterface { async up(queryRunner: QueryRunner) {} }",
        "export const helper = 1;",
    ],
)
def test_the_files_of_others_are_not_its_migrations(text):
    assert framework.migrations({"migrations/1.ts": text}) == ()


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("db/migrations/1_a.js", True),
        ("src/knex_migrations/1_a.ts", True),
        ("src/db/constants.ts", True),
        ("db/migrations/types.d.ts", False),
        ("db/migrations/1_a.test.js", False),
        ("src/index.ts", False),
        ("db/migrations/1.py", False),
    ],
)
def test_files_are_wanted_by_their_path(path, wanted):
    assert framework.wants(path) is wanted


def test_an_operation_has_its_line():
    text = (
        "exports.up = async (knex) => {\n  await knex.schema\n    .createTable('a', () => {})\n    .dropTable('b');\n};"
    )
    (migration,) = framework.migrations({"migrations/1.js": text})
    assert [one.line for one in migration.operations] == [3, 4]
