"""TypeORM's migrations in the order of their timestamps, and its entities under the names it would give them."""

import pytest

from playbook.schema.frameworks.typeorm import framework
from playbook.schema.frameworks.typeorm.entities import snake


def told(body):
    down = "async down(queryRunner) { await queryRunner.dropTable('never'); }"
    text = f"export class A1600000000000 {{ async up(queryRunner) {{ {body} }} {down} }}"
    (migration,) = framework.migrations({"src/migration/1600000000000-A.ts": text})
    assert migration.unread is None
    operations = [
        f"{one.kind} {one.schema_name + '.' if one.schema_name else ''}{one.relation}"
        + (f" to {one.to}" if one.to else "")
        for one in migration.operations
    ]
    return operations, [one.what for one in migration.dynamic]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("await queryRunner.createTable(new Table({ name: 'a' }));", ["creates a"]),
        ("await queryRunner.createTable(new Table({ name: 'a', schema: 's' }), true);", ["creates s.a"]),
        ("await queryRunner.createTable(new Table({ name: 's.a' }));", ["creates s.a"]),
        ("await queryRunner.createView(new View({ name: 'v', expression: 'SELECT 1' }));", ["creates v"]),
        ("await queryRunner.dropTable('a', true);", ["drops a"]),
        ("await queryRunner.dropTable(new Table({ name: 'a' }));", ["drops a"]),
        ("await queryRunner.dropView('a');", ["drops a"]),
        ("await queryRunner.renameTable('a', 'b');", ["renames a to b"]),
        ("await queryRunner.renameTable('s.a', 'b');", ["renames s.a to b"]),
        ('await queryRunner.query(`CREATE TABLE "CamelCase" ("id" integer)`);', ["creates CamelCase"]),
        ("await queryRunner.query('CREATE TABLE CamelCase (id integer)');", ["creates camelcase"]),
        ("await queryRunner.query('CREATE TABLE `Kept` (`id` int) ENGINE=InnoDB');", ["creates Kept"]),
        ("await queryRunner.manager.query('DROP TABLE a');", ["drops a"]),
        ("await queryRunner.connection.transaction(async (m) => { await m.query('DROP TABLE a'); });", ["drops a"]),
        ("const t = await queryRunner.getTable('a'); if (t) { await queryRunner.dropTable(t); }", ["drops a"]),
        ("await queryRunner.addColumn('a', new TableColumn({ name: 'b' }));", []),
    ],
)
def test_an_operation_is_read_as_the_database_would_name_it(body, expected):
    assert told(body) == (expected, [])


@pytest.mark.parametrize(
    "body",
    [
        "await queryRunner.query(sql);",
        "await queryRunner.createTable(table);",
        "await queryRunner.createTable(new Table({ name: process.env.T }));",
        "await queryRunner.createTable(new Table({ ...options }));",
        "await queryRunner.connection.synchronize();",
        "await helper(queryRunner);",
        "await helper(queryRunner.manager);",
        "if (process.env.X) await queryRunner.dropTable('a');",
    ],
)
def test_what_only_running_would_tell_is_dynamic(body):
    operations, dynamic = told(body)
    assert operations == []
    assert dynamic


def test_the_timestamp_at_the_end_of_the_name_orders_and_a_name_property_counts_before_the_class():
    files = {
        "src/migrations/a.ts": "export class A1600000000002 { async up(queryRunner) {} }",
        "src/migrations/b.ts": "export class B { name = 'Named1600000000001'; async up(queryRunner) {} }",
        "src/migrations/c.ts": "export class C1600000000000 { async up(queryRunner) {} }\n"
        "export class D1600000000003 { async up(queryRunner) {} }",
    }
    names = [one.name for one in framework.migrations(files)]
    assert names == ["C1600000000000", "Named1600000000001", "A1600000000002", "D1600000000003"]


def test_a_file_that_cannot_be_parsed_is_unread():
    (migration,) = framework.migrations(
        {"src/migrations/1600000000000-a.ts": "class A implements MigrationInterface {{"}
    )
    assert "could not be parsed" in migration.unread


def declared(**files):
    made = framework.declared(
        {f"src/entities/{name}.ts": f"import {{}} from 'typeorm';\n{text}" for name, text in files.items()}
    )
    return {(one.schema_name, one.relation) for one in made}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Entity() export class UserProfile {}", {(None, "user_profile")}),
        ("@Entity('users') export class User {}", {(None, "users")}),
        ("@Entity('users', { schema: 's' }) export class User {}", {("s", "users")}),
        ("@Entity({ name: 'Users', schema: 's' }) export class User {}", {("s", "Users")}),
        ("const NAME = 'users';\n@Entity(NAME) class User {}", {(None, "users")}),
        ("@Entity(process.env.T) class User {}", set()),
        ("@ViewEntity() class TopUser {}", {(None, "top_user")}),
        ("@ChildEntity() class Admin extends User {}", set()),
        ("export const X = new EntitySchema({ name: 'UserRole' });", {(None, "user_role")}),
        ("export const X = new EntitySchema({ name: 'UserRole', tableName: 'roles' });", {(None, "roles")}),
        ("export class Plain {}", set()),
    ],
)
def test_an_entity_declares_the_table_that_the_default_strategy_names(text, expected):
    assert declared(one=text) == expected


def test_a_junction_table_is_named_after_both_tables_and_the_property():
    question = "@Entity() export class Question { @ManyToMany(() => Category) @JoinTable() categories: Category[]; }"
    both = declared(question=question, category="@Entity('cat') export class Category {}")
    assert both == {(None, "question"), (None, "cat"), (None, "question_categories_cat")}
    assert declared(question=question) == {(None, "question")}


def test_with_another_naming_strategy_only_written_names_are_told():
    text = "@Entity() export class One {}\n@Entity('two') export class Two {}"
    own = "new DataSource({ namingStrategy: new SnakeNamingStrategy() });"
    assert declared(entities=text, source=own) == {(None, "two")}


def test_the_entities_of_mikro_orm_are_not_its_own():
    assert (
        framework.declared({"src/entities/a.ts": "import { Entity } from '@mikro-orm/core';\n@Entity() class A {}"})
        == ()
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("User", "user"), ("UserProfile", "user_profile"), ("ABTest", "ab_test"), ("V2Thing", "v2_thing")],
)
def test_snake_case_is_the_strategys(name, expected):
    assert snake(name) == expected
