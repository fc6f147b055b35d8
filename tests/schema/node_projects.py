"""Small projects with the ways in which people write migrations for three tools, nasty ones among them."""

KNEX = {
    "constants.ts": 'export enum Tables { Orders = "orders", Lines = "order_lines" }',
    "migrations/20200101_first.js": """
const USERS = 'users';
exports.up = function (knex) {
  return knex.schema
    .createTable(USERS, (t) => { t.increments('id'); t.string('email').notNullable().unique(); })
    .createTable('Weird Name', (t) => { t.increments(); })
    .createView('active_users', (v) => { v.columns(['id']); v.as(knex(USERS).select('id')); })
    .then(() => knex.raw(`
      -- CREATE TABLE not_me (id int);
      CREATE TABLE Audit (id int);
      CREATE TABLE "Audit" (id int, note text DEFAULT 'CREATE TABLE not_me_either (id int)')`));
};
exports.down = (knex) => knex.schema.dropTable('users').dropTable('never_there');
""",
    "migrations/20200102_schemas.js": """
module.exports = {
  async up(knex) {
    await knex.schema.createSchema('shop');
    await knex.schema.createSchemaIfNotExists('attic');
    await knex.schema.createTable('items', (t) => { t.increments(); })
      .createTable('tags', (t) => { t.increments(); }).withSchema('shop');
    await knex.schema.withSchema('attic').createTable('old', (t) => t.increments())
      .createTable('older', (t) => t.increments());
    await knex.schema.createTable('attic.oldest', (t) => t.increments());
    await knex.schema.dropSchema('attic', true);
    await knex.schema.withSchema('shop').renameTable('tags', 'labels');
  },
  down: async (knex) => { await knex.schema.dropSchema('shop', true); },
};
""",
    "migrations/20200103_if.js": """
exports.up = async (knex) => {
  const { schema } = knex;
  const exists = await schema.hasTable('settings');
  if (!exists) {
    await knex.schema.createTable('settings', (t) => { t.increments(); });
  }
  if (await knex.schema.hasTable('users')) return;
  await knex.schema.createTable('unreached', (t) => { t.increments(); });
};
exports.down = async (knex) => {};
exports.config = { transaction: false };
""",
    "migrations/20200104_loops.ts": """
import type { Knex } from "knex";
import { Tables } from "../constants";

const kept: string[] = ["a", "b"].map((one) => `kept_${one}`);

async function createAll(knex: Knex, names: string[], suffix = ""): Promise<void> {
  for (const name of names) {
    await knex.schema.createTable(name + suffix, (t: Knex.CreateTableBuilder) => { t.increments("id"); });
  }
}

export async function up(knex: Knex): Promise<void> {
  await createAll(knex, kept);
  await createAll(knex, [Tables.Orders, Tables.Lines], "_v2");
  await Promise.all(
    ["x", "y"].map((one) => knex.schema.createTable(`log_${one}`, (t) => { t.increments(); })),
  );
  await knex.schema.renameTable(`${Tables.Orders}_v2`, Tables.Orders);
  await knex.transaction(async (trx) => {
    await trx.schema.dropTableIfExists("log_y");
    await trx.raw("ALTER TABLE ?? RENAME TO ??", ["log_x", "Log X"]);
    await trx.raw("CREATE TABLE :name: (id int, note text DEFAULT 'x')", { name: "bound" });
  });
  await knex.schema.createMaterializedView("mv", (view) => {
    view.columns(["id"]);
    view.as(knex("users").select("id"));
  });
  await knex.schema.createTableLike("users_copy", "users", (t) => { t.string("more"); });
  await knex.schema.createTableIfNotExists("users", (t) => { t.increments("id"); });
  await knex("users").insert({ email: "DROP TABLE users" });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("users");
}
""",
    "migrations/20200105_views.js": """
'use strict';
exports.up = (knex) => Promise.resolve()
  .then(() => knex.schema.dropView('active_users'))
  .then(() => knex.schema.createViewOrReplace('people', (v) => {
    v.columns(['id']);
    v.as(knex('users').select('id'));
  }))
  .then(() => knex.schema.alterTable('users', (t) => { t.string('name'); }))
  .then(() => knex.schema.table('users', (t) => { t.dropColumn('name'); }))
  .then(() => knex.schema.raw('CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at)'))
  .then(() => knex.schema.raw("CREATE TABLE parts_2020 PARTITION OF parts"
    + " FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')"))
  .catch((error) => { throw error; });
exports.down = (knex) => knex.schema.dropTable('parts');
""",
    "migrations/20200106_empty.js": "exports.up = async () => {};\nexports.down = async () => {};\n",
}

TYPEORM = {
    "migrations/aLater1600000000002-names.ts": """
import { MigrationInterface, QueryRunner } from "typeorm";
export class ALater1600000000002 implements MigrationInterface {
  name = "ALater1600000000002";
  public async up(queryRunner: QueryRunner): Promise<any> {
    await queryRunner.renameTable("question", "inquiry");
    await queryRunner.query(`DROP TABLE "to_go"`, undefined);
    if (!(await queryRunner.hasTable("once"))) {
      await queryRunner.query('CREATE TABLE "once" ("id" integer)');
    }
    const table = await queryRunner.getTable("gone_too");
    if (table) {
      await queryRunner.dropTable(table);
    }
    await queryRunner.query(`CREATE SCHEMA "attic"`);
    await queryRunner.query(`CREATE TABLE "attic"."box" ("id" integer)`);
    await queryRunner.query(`ALTER TABLE "box_of_things" SET SCHEMA "attic"`);
    await this.more(queryRunner, ["first", "second"]);
  }
  private async more(queryRunner: QueryRunner, names: string[]) {
    for (const name of names) {
      await queryRunner.manager.query(`CREATE TABLE "more_${name}" (id int)`);
    }
  }
  public async down(queryRunner: QueryRunner): Promise<any> {
    await queryRunner.query(`DROP TABLE "inquiry"`);
  }
}
""",
    "migrations/zFirst1600000000001.ts": """
import { MigrationInterface, QueryRunner, Table, View } from "typeorm";
export class ZFirst1600000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = [{ name: "id", type: "int", isPrimary: true }];
    await queryRunner.createTable(new Table({ name: "question", columns }), true);
    await queryRunner.createSchema("shop", true);
    await queryRunner.createTable(new Table({ name: "order", schema: "shop", columns: [{ name: "id", type: "int" }] }));
    await queryRunner.createTable(new Table({ name: "shop.line", columns: [{ name: "id", type: "int" }] }));
    await queryRunner.renameTable("shop.line", "order_line");
    await queryRunner.query("CREATE TABLE " + '"to_go" ' + `("id" SERIAL NOT NULL, PRIMARY KEY ("id"))`);
    await queryRunner.query('CREATE TABLE gone_too (id int)');
    await queryRunner.query('CREATE TABLE box_of_things (id int)');
    await queryRunner.query('CREATE TABLE "MixedCase" (id int); CREATE TABLE Folded (id int)');
    await queryRunner.createView(new View({ name: "questions", expression: 'SELECT id FROM "question"' }));
    const counted = { name: "counted", materialized: true, expression: 'SELECT count(*) AS n FROM "question"' };
    await queryRunner.createView(new View(counted));
    const junction = { name: "question_categories_category", columns: [{ name: "a", type: "int" }] };
    await queryRunner.createTable(new Table(junction));
    await queryRunner.dropTable("never_there", true);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable("question");
  }
}
""",
    "migrations/plain1600000000003.js": """
const { Table } = require("typeorm");
module.exports = class Plain1600000000003 {
  name = "Plain1600000000003";
  async up(queryRunner) {
    await queryRunner.query(`CREATE TABLE "from_javascript" ("id" integer)`);
  }
  async down(queryRunner) {
    await queryRunner.query(`DROP TABLE "from_javascript"`);
  }
};
""",
    "entities/Category.ts": """
import { Entity, PrimaryGeneratedColumn, ManyToMany } from "typeorm";
@Entity()
export class Category {
  @PrimaryGeneratedColumn() id!: number;
}
""",
    "entities/Question.ts": """
import { Entity, PrimaryGeneratedColumn, ManyToMany, JoinTable, ViewEntity } from "typeorm";
import { Category } from "./Category";
@Entity()
export class HTTPQuestionABTest {
  @PrimaryGeneratedColumn() id!: number;
  @ManyToMany(() => Category) @JoinTable() categories!: Category[];
  @ManyToMany(() => Category)
  @JoinTable({ name: "named_junction" })
  others!: Category[];
}
@Entity("order", { schema: "shop" })
export class Order {
  @PrimaryGeneratedColumn() id!: number;
}
@Entity({ name: "CamelKept" })
export class Another {
  @PrimaryGeneratedColumn() id!: number;
}
""",
}

SEQUELIZE = {
    "migrations/20200101000000-first.js": """
'use strict';
/** @type {import('sequelize-cli').Migration} */
module.exports = {
  up: async (queryInterface, Sequelize) => {
    await queryInterface.createTable('Users', { id: { type: Sequelize.INTEGER, primaryKey: true } });
    await queryInterface.createTable('Users', { id: { type: Sequelize.INTEGER } });
    await queryInterface.createSchema('shop');
    await queryInterface.createTable('orders', { id: Sequelize.INTEGER }, { schema: 'shop' });
    await queryInterface.createTable({ tableName: 'lines', schema: 'shop' }, { id: Sequelize.INTEGER });
    await queryInterface.renameTable({ tableName: 'lines', schema: 'shop' }, 'Order Lines');
  },
  down: async (queryInterface) => { await queryInterface.dropTable('Users'); },
};
""",
    "migrations/20200102000000-chains.js": """
module.exports = {
  up: (queryInterface, Sequelize) => queryInterface.createTable('a', { id: Sequelize.INTEGER })
    .then(() => queryInterface.createTable('b', { id: Sequelize.INTEGER }))
    .then(function () { return queryInterface.renameTable('b', 'c'); })
    .then(() => queryInterface.sequelize.query(
      'CREATE VIEW "vUsers" AS SELECT id FROM "Users"; CREATE TABLE PlainName (id int)')),
  down: (queryInterface) => queryInterface.dropAllTables(),
};
""",
    "migrations/20200103000000-transaction.js": """
const TABLES = ['one', 'two'];
module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.sequelize.transaction(async (transaction) => {
      for (const name of TABLES) {
        await queryInterface.createTable(`t_${name}`, { id: Sequelize.INTEGER }, { transaction });
      }
      await queryInterface.dropTable('a', { transaction });
    });
    const t = await queryInterface.sequelize.transaction();
    try {
      await queryInterface.createTable('tried', { id: { type: Sequelize.INTEGER } }, { transaction: t });
      await t.commit();
    } catch (error) {
      await t.rollback();
      throw error;
    }
    if (!(await queryInterface.tableExists('Users'))) {
      await queryInterface.createTable('unreached', { id: Sequelize.INTEGER });
    }
    await queryInterface.createSchema('attic');
    await queryInterface.createTable('old', { id: Sequelize.INTEGER }, { schema: 'attic' });
    await queryInterface.dropSchema('attic');
  },
  async down(queryInterface) {},
};
""",
    "migrations/20200104000000-umzug.js": """
exports.ofUmzug = true;
exports.up = async ({ context: queryInterface }) => {
  await queryInterface.createTable('of_umzug', { id: 'INTEGER' });
  await queryInterface.addColumn('of_umzug', 'note', { type: 'TEXT' });
  await queryInterface.dropTable('never_there');
};
exports.down = async ({ context: queryInterface }) => { await queryInterface.dropTable('of_umzug'); };
""",
    "models/everything.js": """
module.exports = (sequelize, DataTypes) => {
  const User = sequelize.define('User', { name: DataTypes.STRING });
  const Story = sequelize.define('UserStory', {}, { underscored: true });
  sequelize.define('Person', {}, { freezeTableName: true });
  sequelize.define('Child', {});
  sequelize.define('Thing', {}, { tableName: 'my_things' });
  User.belongsToMany(Story, { through: 'UserStoryLinks' });
  Story.belongsToMany(User, { through: 'UserStoryLinks' });
  class Invoice extends require('sequelize').Model {}
  Invoice.init({ total: DataTypes.INTEGER }, { sequelize, modelName: 'Invoice' });
  return User;
};
""",
}

MODEL_NAMES = [
    "User",
    "UserProfile",
    "Category",
    "Person",
    "SalesPerson",
    "Child",
    "Address",
    "Status",
    "OrderStatus",
    "Box",
    "Bus",
    "Quiz",
    "Analysis",
    "Company",
    "Policy",
    "Query",
    "Class",
    "Process",
    "Man",
    "Woman",
    "Alias",
    "Virus",
    "Settings",
    "Users",
    "Orders",
    "Cache",
    "Branch",
    "Match",
    "Hash",
    "Tax",
    "Day",
    "Key",
    "Survey",
    "Journey",
    "History",
    "City",
    "Entity",
    "Activity",
    "Inventory",
    "Gallery",
    "Battery",
    "Delivery",
    "Reply",
    "Story",
    "Agency",
    "Property",
    "Facility",
    "Employee",
    "Fee",
    "Tree",
    "Committee",
    "Referee",
    "Log",
    "Blog",
    "Tag",
    "Role",
    "RolePermission",
    "Session",
    "Token",
    "Job",
    "Task",
    "Project",
    "Team",
    "Member",
    "Group",
    "Event",
    "Ticket",
    "Comment",
    "Post",
    "Like",
    "Upload",
    "File",
    "Folder",
    "Document",
    "Note",
    "Setting",
    "Config",
    "Configuration",
    "Account",
    "Payment",
    "Order",
    "OrderItem",
    "Product",
    "ProductImage",
    "Cart",
    "Coupon",
    "Review",
    "Rating",
    "Wishlist",
    "Notification",
    "Subscription",
    "Plan",
    "Feature",
    "ApiKey",
    "Webhook",
    "Audit",
    "AuditLog",
    "Preference",
    "Language",
    "Locale",
    "Translation",
    "Region",
    "State",
    "Location",
    "Store",
    "Vendor",
    "Customer",
    "Client",
    "Lead",
    "Contact",
    "Deal",
    "Campaign",
    "Email",
    "Template",
    "Layout",
    "Theme",
    "Widget",
    "Dashboard",
    "Report",
    "Metric",
    "Chart",
    "Price",
    "Invoice",
    "Device",
    "Service",
    "Message",
    "Image",
    "Page",
    "Purchase",
    "House",
    "Course",
    "Case",
    "Database",
    "Release",
    "License",
    "Expense",
    "Response",
    "Exercise",
    "Cookie",
    "Movie",
    "Toy",
    "Genre",
    "Recipe",
    "Trip",
    "Flight",
    "Seat",
    "Booking",
    "Reservation",
    "Hotel",
    "Guest",
    "Doctor",
    "Patient",
    "Appointment",
    "Prescription",
    "Medicine",
    "Dose",
    "Diagnosis",
    "Disease",
    "Music",
    "Hardware",
    "Criterion",
    "Genus",
    "Campus",
    "Canvas",
    "Photo",
    "Hero",
    "Leaf",
    "Knife",
    "Life",
    "Wife",
    "Foot",
    "Goose",
    "Octopus",
    "Stadium",
    "Album",
    "Index",
    "Matrix",
    "Vertex",
    "Axis",
    "Metadata",
    "Feedback",
    "News",
    "Series",
    "Money",
]
