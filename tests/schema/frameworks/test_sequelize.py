"""Sequelize's migrations as sequelize-cli and umzug call them, and its models where their table's name is sure."""

import pytest

from playbook.schema.frameworks.sequelize import framework
from playbook.schema.frameworks.sequelize.declarations import underscore
from playbook.schema.frameworks.sequelize.plural import plural


def told(body, head="module.exports = {{ up: async (queryInterface, Sequelize) => {{ {} }} }};"):
    (migration,) = framework.migrations({"migrations/20240101-it.js": "// sequelize\n" + head.format(body)})
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
        ("await queryInterface.createTable('Users', { id: Sequelize.INTEGER });", ["creates Users"]),
        ("await queryInterface.createTable('a', {}, { schema: 's' });", ["creates s.a"]),
        ("await queryInterface.createTable({ tableName: 'a', schema: 's' }, {});", ["creates s.a"]),
        ("await queryInterface.dropTable('a');", ["drops a"]),
        ("await queryInterface.dropTable({ tableName: 'a', schema: 's' });", ["drops s.a"]),
        ("await queryInterface.renameTable('a', 'b', { transaction: t });", ["renames a to b"]),
        ("await queryInterface.sequelize.query('CREATE TABLE A (id int)');", ["creates a"]),
        ("await queryInterface.sequelize.query({ query: 'DROP TABLE a' });", ["drops a"]),
        ("const { sequelize } = queryInterface; await sequelize.query('DROP TABLE a');", ["drops a"]),
        ("await queryInterface.sequelize.transaction((t) => queryInterface.dropTable('a'));", ["drops a"]),
        ("await queryInterface.addColumn('a', 'b', {});", []),
        (
            "await queryInterface.createTable('a', {}); await queryInterface.createTable('b', {});"
            "await queryInterface.dropAllTables({ skip: ['b'] });",
            ["creates a", "creates b", "drops a"],
        ),
        (
            "await queryInterface.createTable('a', {}, { schema: 's' }); await queryInterface.dropSchema('s');",
            ["creates s.a", "drops s.a"],
        ),
    ],
)
def test_an_operation_is_read_as_the_database_would_name_it(body, expected):
    assert told(body) == (expected, [])


@pytest.mark.parametrize(
    "head",
    [
        "module.exports = {{ async up(queryInterface) {{ {} }}, down: (qi) => qi.dropTable('x') }};",
        "exports.up = async ({{ context: queryInterface }}) => {{ {} }};",
        "export const up = async ({{ context: queryInterface }}) => {{ {} }};",
        "export default {{ up: async (queryInterface) => {{ {} }} }};",
        "exports.up = async function (qi) {{ const queryInterface = qi.context; {} }};",
        "module.exports.up = (queryInterface) => Promise.resolve().then(() => {{ {} }});",
    ],
)
def test_up_is_found_however_it_is_exported(head):
    assert told("queryInterface.createTable('a', {})", head) == (["creates a"], [])


@pytest.mark.parametrize(
    "body",
    [
        "await queryInterface.createTable(name, {});",
        "await queryInterface.createTable(`${process.env.PREFIX}users`, {});",
        "await queryInterface.createTable('a', {}, { schema: process.env.SCHEMA });",
        "await queryInterface.sequelize.query(fs.readFileSync(file));",
        "await queryInterface.sequelize.sync();",
        "await helper(queryInterface);",
        "if (queryInterface.sequelize.getDialect() === 'mysql') await queryInterface.dropTable('a');",
    ],
)
def test_what_only_running_would_tell_is_dynamic(body):
    operations, dynamic = told(body)
    assert operations == []
    assert dynamic


def declared(models, more=None):
    found = framework.declared({"models/it.js": models, **(more or {})})
    return {f"{one.schema_name}.{one.relation}" if one.schema_name else one.relation for one in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sequelize.define('User', {});", {"Users"}),
        ("sequelize.define('UserStory', {}, { underscored: true });", {"user_stories"}),
        ("sequelize.define('Person', {}, { freezeTableName: true });", {"Person"}),
        ("sequelize.define('User', {}, { tableName: 'people', schema: 's' });", {"s.people"}),
        ("sequelize.define('User', {}, { tableName: process.env.T });", set()),
        ("sequelize.define(process.env.T, {});", set()),
        ("sequelize.define('Hardware', {});", set()),
        ("sequelize.define('Knife', {});", set()),
        ("class Invoice extends Model {}\nInvoice.init({}, { sequelize });", {"Invoices"}),
        ("class A extends Model {}\nA.init({}, { sequelize, modelName: 'Bill' });", {"Bills"}),
        ("class Bill extends Model { static init(s) { return super.init({}, { sequelize: s }); } }", {"Bills"}),
        ("User.belongsToMany(Role, { through: 'UserRole' });", {"UserRole"}),
        ("User.belongsToMany(Role, { through: UserRole });", set()),
    ],
)
def test_a_model_declares_the_table_that_sequelize_names(text, expected):
    assert declared(text) == expected


def test_a_model_with_decorators_declares_its_table():
    text = (
        "@Table({ tableName: 'people' }) export class User extends Model {}\n@Table export class Role extends Model {}"
    )
    assert {one.relation for one in framework.declared({"src/models/user.ts": text})} == {"people", "Roles"}


def test_options_of_the_connection_count_for_all_models_and_computed_ones_make_names_unsure():
    model = "sequelize.define('User', {}); sequelize.define('Thing', {}, { tableName: 'things' });"
    known = {"models/index.js": "const s = new Sequelize('x', { define: { freezeTableName: true } });"}
    assert declared(model, known) == {"User", "things"}
    assert declared(model, {"models/index.js": "const s = new Sequelize(config.url, config);"}) == {"things"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("User", "Users"), ("Category", "Categories"), ("Day", "Days"), ("Box", "Boxes"), ("SalesPerson", "SalesPeople"),
     ("Status", "Statuses"), ("Address", "Addresses"), ("Orders", "Orders"), ("Music", None), ("Criterion", None)],
)  # fmt: skip
def test_a_plural_is_told_only_where_it_is_sure(name, expected):
    assert plural(name) == expected


def test_underscores_stand_between_the_words_of_camel_case():
    assert [underscore(one) for one in ("UserStories", "APIKeys", "V2Things")] == [
        "user_stories",
        "api_keys",
        "v2_things",
    ]
