"""Whole chains: files of a repository as people write them, the fold, logs and events, and the verdict.

Each row is a truth that an engineer knows afterwards. The engine may say less than the truth, and never proves another.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from pydantic import SecretStr

from playbook.catalog.relation_missing import playbook
from playbook.diagnosis import Diagnosis
from playbook.evidence.event import Frame
from playbook.evidence.fact import Fact
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.logs import MIGRATIONS
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import SchemaHistory
from playbook.judge import judge
from playbook.schema.migrate_log import migration_runs
from playbook.schema.relation import Revision, told
from playbook.sources.budget import Budget
from playbook.sources.github import GitHub
from playbook.sources.github_rest import GitHubAccess, github_door
from tests.facts import (
    NOW,
    a_line,
    a_relation,
    a_release,
    a_search,
    a_timeline,
    an_event,
    an_issue,
    evidence,
    minutes,
    some_changes,
    some_logs,
)
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.git_repository import GitRepository
from tests.stand_ins.github_server import GitHubServer

Files = Mapping[str, str]
PAGE = "https://github.com/acme/backend"
MISSING, NEWER, NOT_APPLIED, DROPPED, WRONG = (
    "migration_missing",
    "newer_than_the_release",
    "migration_not_applied",
    "relation_dropped",
    "wrong_database",
)


class Chain(NamedTuple):
    """`must` is the verdict that is owed; without one, `proves` are the causes that may be proved and `leads` those
    that may be called likely. `stands` must not be ruled out, whatever the verdict."""

    name: str
    head: Files
    base: Files | None
    tip: Files | None = None
    facts: tuple[Fact, ...] = ()
    proves: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    must: tuple[str, str] | None = None
    stands: str | None = None


# --- how people write it ---------------------------------------------------------------------------------------------


def django(operations: str, *after: tuple[str, str]) -> str:
    return (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = {list(after)!r}\n    operations = [\n        {operations},\n    ]\n"
    )


def creates(name: str, options: str = "") -> str:
    return f'migrations.CreateModel(name="{name}", fields=[("id", models.BigAutoField(primary_key=True))]{options})'


def model(*names: str, meta: str = "") -> str:
    bodies = (
        f"class {name}(models.Model):\n    number = models.TextField()\n"
        + (f"\n    class Meta:\n        {meta}\n" * bool(meta))
        for name in names
    )
    return "from django.db import models\n\n\n" + "\n\n".join(bodies)


def app(folder: str, *migrations: str, models: str = "", label: str | None = None) -> dict[str, str]:
    """A Django app whose migrations hold these operations, one after another."""
    label = label or folder.rpartition("/")[2]
    files = {f"{folder}/migrations/__init__.py": "", f"{folder}/models.py": models, f"{folder}/__init__.py": ""}
    before: list[tuple[str, str]] = []
    for number, operations in enumerate(migrations, 1):
        files[f"{folder}/migrations/{number:04}_step.py"] = django(operations, *before)
        before = [(label, f"{number:04}_step")]
    return files


def settings(folder: str = "shop", more: str = "") -> dict[str, str]:
    return {f"{folder}/settings.py": f"INSTALLED_APPS = ['orders']\n{more}\n"}


def revision(number: int, body: str, down: int | None = None) -> str:
    return (
        f"from alembic import op\nimport sqlalchemy as sa\n\nrevision = 'a{number}'\n"
        f"down_revision = {None if down is None else f'a{down}'!r}\n\n\ndef upgrade():\n    {body}\n\n\n"
        "def downgrade():\n    pass\n"
    )


def alembic(folder: str, *bodies: str) -> dict[str, str]:
    files = {f"{folder}/env.py": "from alembic import context\n"}
    for number, body in enumerate(bodies, 1):
        files[f"{folder}/versions/a{number}_x.py"] = revision(number, body, number - 1 or None)
    return files


def table(name: str, more: str = "") -> str:
    return f'op.create_table("{name}", sa.Column("id", sa.Integer(), primary_key=True){more})'


def tables(*names: str, more: str = "") -> str:
    head = (
        "from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import DeclarativeBase\n\n\n"
        "class Base(DeclarativeBase):\n    pass\n"
    )
    return head + "".join(
        f'\n\nclass {name.title().replace("_", "")}(Base):\n    __tablename__ = "{name}"\n    id = Column(Integer, '
        f"primary_key=True)\n{more}"
        for name in names
    )


def rails(body: str, name: str = "CreateThings") -> str:
    return f"class {name} < ActiveRecord::Migration[7.1]\n  def change\n    {body}\n  end\nend\n"


def record(name: str) -> str:
    return f"class {name} < ApplicationRecord\nend\n"


RAILS_BASE = {
    "config/application.rb": "module Shop\nend\n",
    "db/migrate/20250101000000_create_customers.rb": rails(
        "create_table :customers do |t|\n    end", "CreateCustomers"
    ),
    "app/models/application_record.rb": (
        "class ApplicationRecord < ActiveRecord::Base\n  self.abstract_class = true\nend\n"
    ),
    "app/models/customer.rb": record("Customer"),
}
RAILS_ORDERS = {"app/models/order.rb": record("Order")}
CREATE_ORDERS = rails("create_table :orders do |t|\n    end", "CreateOrders")
PRISMA = {
    "prisma/migrations/20250101000000_init/migration.sql": 'CREATE TABLE "Customer" ("id" SERIAL PRIMARY KEY);\n',
    "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n}\n\nmodel Customer {\n  id Int @id\n}\n',
}

# --- what is seen of it ----------------------------------------------------------------------------------------------


def missing(name: str, **given: Any) -> MissingRelation:
    return a_relation(name=name, quote=f'relation "{name}" does not exist', **given)


ORDERS, USERS = missing("orders"), missing("users")


def frames(*names: str, driver: str = "django/db/backends/utils.py", release: str = "backend@1.4.0") -> Fact:
    ours = tuple(Frame(filename=name, function="create", line=4, in_app=True) for name in names)
    below = Frame(filename=driver, module=driver.removesuffix(".py").replace("/", "."), function="_execute")
    return an_event(in_app=ours[-1], frames=(*ours, below), database_frames=(below,), release=release)


SQLALCHEMY = frames("app/main.py", driver="sqlalchemy/engine/base.py")
RAILS = frames("app/models/order.rb", driver="active_record/connection_adapters/postgresql_adapter.rb")
NODE = frames("src/orders.ts", driver="@prisma/client/runtime/library.js")
GO = frames("internal/orders/store.go", driver="github.com/lib/pq/conn.go")


def logs(*lines: tuple[float, str]) -> Fact:
    found = tuple(a_line(text, minutes(at), "production", service="backend") for at, text in lines)
    return some_logs(searches=(a_search(MIGRATIONS, *found),)).model_copy(
        update={"migration_runs": migration_runs(found)}
    )


CUSTOMER, ORDER = creates("Customer"), creates("Order")
SHOP = settings() | app("orders", CUSTOMER, models=model("Customer"))
WANTS = {"orders/models.py": model("Customer", "Order")}
SHOP_ORDERS = settings() | app("orders", CUSTOMER, ORDER, models=model("Customer", "Order"))
DELETES = 'migrations.DeleteModel(name="Order")'
RENAMES = 'migrations.RenameModel(old_name="Order", new_name="Purchase")'
OK = "Applying orders.0002_step... OK"
WRITES = an_event(sql='INSERT INTO "orders_order" ("number") VALUES (?)')
PENDING = (
    "You have 1 unapplied migration(s). Your project may not work properly until you apply the migrations for app(s): "
    "orders."
)


def beside(folder: str, files: Files) -> dict[str, str]:
    return {f"{folder}/{path}": text for path, text in files.items()}


LIB = app("billing", creates("Invoice"), models=model("Invoice"))
A, B = "services/shop", "services/crm"
A_SHOP, A_WANTS = beside(A, SHOP), beside(A, WANTS)
B_CRM = beside(B, settings("crm") | app("people", creates("Person"), models=model("Person")))
B_ORDERS = beside(B, app("orders", CUSTOMER, ORDER, models=model("Customer", "Order")) | settings("crm"))
B_DROPS = beside(B, settings("crm") | app("orders", CUSTOMER, ORDER, DELETES, models=model("Customer")))
IN_SHOP = frames(f"{A}/orders/views.py")
API = alembic("alembic", table("customers"))
API_MODELS = {"app/models.py": tables("customers")}
API_WANTS = {"app/models.py": tables("customers", "orders")}
SQL = {"db/migrations/001_customers.sql": "CREATE TABLE customers (id int);\n", "go.mod": "module acme\n"}
ASKS = some_changes(
    files=(
        some_changes()
        .files[0]
        .model_copy(
            update={
                "path": "internal/orders/store.go",
                "patch": "@@ -1 +1,2 @@\n x\n+\tdb.Query(`SELECT id FROM orders`)",
            }
        ),
    )
)
GONE_UNMANAGED = model("Customer") + "\n\n" + model("Order", meta="managed = False").partition("\n\n\n")[2]

JAVA = frames("com/acme/Orders.java", driver="org/postgresql/core/v3/QueryExecutorImpl.java")
FLYWAY = {
    "src/main/resources/db/migration/V1__customers.sql": "CREATE TABLE customers (id int);\n",
    "src/main/resources/db/migration/V2__orders.sql": "CREATE TABLE orders (id int);\n",
}
GOLANG = {
    "go.mod": "module acme\n",
    "db/migrations/000001_orders.up.sql": "CREATE TABLE orders (id int);\n",
    "db/migrations/000001_orders.down.sql": "DROP TABLE orders;\n",
}
LARAVEL = """<?php
return new class extends Migration {
    public function up(): void
    {
        Schema::create('customers', function (Blueprint $table) {
            $table->id();
        });
    }
};
"""
TYPEORM = """export class Init1700000000000 implements MigrationInterface {
    public async up(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(`CREATE TABLE "customer" ("id" integer)`);
    }
}
"""
ECTO = {
    "priv/repo/migrations/20250101000000_c.exs": "defmodule Shop.Repo.Migrations.C do\n  use Ecto.Migration\n\n"
    "  def change do\n    create table(:customers) do\n    end\n  end\nend\n",
    "lib/shop/customer.ex": 'defmodule Shop.Customer do\n  use Ecto.Schema\n\n  schema "customers" do\n  end\nend\n',
}


def eloquent(name: str) -> str:
    return f"<?php\nnamespace App\\Models;\n\nclass {name} extends Model\n{{\n}}\n"


def entity(name: str) -> str:
    return f'@Entity("{name}")\nexport class {name.title()} {{\n    @PrimaryGeneratedColumn()\n    id: number;\n}}\n'


def schema(name: str) -> str:
    return f'defmodule Shop.X do\n  use Ecto.Schema\n\n  schema "{name}" do\n  end\nend\n'


NO_TABLE = 'migrations.RunSQL("SELECT 1", "SELECT 1")'
BRINGS_B = some_changes(
    files=(some_changes().files[0].model_copy(update={"path": f"{B}/orders/migrations/0002_step.py"}),)
)

CHAINS = [
    # --- Django: nothing creates it
    Chain("forgot makemigrations", SHOP | WANTS, SHOP, must=("proved", MISSING)),
    Chain("forgot makemigrations of a new app", SHOP | LIB | {"cart/models.py": model("Item"), "cart/__init__.py": ""},
          SHOP | LIB, facts=(missing("cart_item"),), must=("proved", MISSING)),
    Chain("the model was there before, and so was its table, made by hand", SHOP | WANTS, SHOP | WANTS),
    Chain("the model is older, and no last good release is known", SHOP | WANTS, None, leads=(MISSING,)),
    Chain("the event is of another release", SHOP | WANTS, SHOP, facts=(an_event(release="backend@1.5.0"),),
          leads=(MISSING,)),
    Chain("adopted: the state only, the table is the DBA's",
          settings() | app("orders", CUSTOMER, f"migrations.SeparateDatabaseAndState(state_operations=[{ORDER}])",
                           models=model("Customer", "Order")), SHOP),
    Chain("the model is not managed", SHOP | {"orders/models.py": model("Customer") + "\n\n" + model("Order",
          meta="managed = False").partition("\n\n\n")[2]}, SHOP),
    Chain("the model is a test's", SHOP | {"tests/orders/models.py": model("Order")}, SHOP),
    Chain("the model is in a file of tests", SHOP | {"orders/test_models.py": model("Order")}, SHOP),
    Chain("the model is an example's", SHOP | {"examples/orders/models.py": model("Order")}, SHOP),
    Chain("a vendored package's model", SHOP | {"vendor/orders/models.py": model("Order")}, SHOP),
    Chain("only tests have a migration of it", SHOP | WANTS | app("tests/orders", CUSTOMER, ORDER), SHOP,
          must=("likely", MISSING)),
    Chain("only an example has a migration of it", SHOP | WANTS | app("examples/orders", CUSTOMER, ORDER), SHOP,
          must=("likely", MISSING)),
    Chain("a model of a table made by hand moved to a file of its own", settings() | app("orders", CUSTOMER) | {
          "orders/models.py": "", "orders/models/customer.py": model("Customer"),
          "orders/models/order.py": model("Order")},
          SHOP | WANTS),
    Chain("a class of a table made by hand got another name", SHOP | {"orders/models.py": model("Customer") + "\n\n"
          + model("Purchase", meta='db_table = "orders_order"').partition("\n\n\n")[2]}, SHOP | WANTS),
    Chain("db_table was changed, and no migration renames", SHOP | LIB | {"orders/models.py": model(
          "Customer", meta='db_table = "orders_order"')}, SHOP | LIB, must=("proved", MISSING)),
    Chain("a package's own table", SHOP, SHOP, facts=(missing("auth_user"),)),
    Chain("migrations are not committed", settings() | WANTS, settings()),
    Chain("db_table in capitals, table made by hand", SHOP | {"orders/models.py": model("Customer") + "\n\n" + model(
          "Order", meta='db_table = "Orders"').partition("\n\n\n")[2]}, SHOP, facts=(missing("Orders"),),
          proves=(MISSING,)),
    Chain("the last good release created it, this one deleted the migration",
          SHOP | WANTS, SHOP_ORDERS),
    Chain("the last good release created it for raw queries, this one brings a model and deletes the migration",
          SHOP | WANTS | LIB, settings() | app("orders", CUSTOMER, ORDER, models=model("Customer")) | LIB),
    Chain("the only model, and migrations that make no tables", settings() | app("orders", NO_TABLE,
          models=model("Order")), settings() | app("orders", NO_TABLE), leads=(MISSING,)),
    Chain("a hotfix off an old tag, whose model is new there only", SHOP | WANTS, SHOP_ORDERS, SHOP_ORDERS),
    Chain("a squash forgot it", settings() | app("orders", CUSTOMER, models=model("Customer", "Order")) | {
          "orders/migrations/0001_step.py": django(CUSTOMER).replace("    operations",
          '    replaces = [("orders", "0001_old"), ("orders", "0002_old")]\n    operations')}, SHOP_ORDERS),
    # --- Django: newer than the release
    Chain("its migration came a day later", SHOP | WANTS, SHOP, SHOP_ORDERS, must=("proved", NEWER)),
    Chain("main adopts with a migration what was there", SHOP | WANTS, SHOP | WANTS, SHOP_ORDERS),
    Chain("main makes it in another service", A_SHOP | B_CRM, A_SHOP | B_CRM, A_SHOP | B_CRM | B_ORDERS),
    Chain("main makes it, the event is of a release in between", SHOP | WANTS, SHOP, SHOP_ORDERS,
          facts=(a_timeline(last=a_release("backend@1.5.0")),), leads=(NEWER,)),
    Chain("main makes it in a test", SHOP | WANTS, SHOP, SHOP | WANTS | app("tests/orders", CUSTOMER, ORDER),
          must=("proved", MISSING)),
    # --- Django: dropped or renamed
    Chain("the release drops it", settings() | app("orders", CUSTOMER, ORDER, DELETES, models=model("Customer")),
          SHOP_ORDERS, must=("proved", DROPPED)),
    Chain("the release renames it", settings() | app("orders", CUSTOMER, ORDER, RENAMES, models=model("Customer",
          "Purchase")), SHOP_ORDERS, must=("proved", DROPPED)),
    Chain("given to another repository: not managed, then dropped from here", settings() | app("orders", CUSTOMER,
          ORDER,
          DELETES, models=GONE_UNMANAGED), settings() | app("orders", CUSTOMER, ORDER, DELETES, models=GONE_UNMANAGED)),
    Chain("state only: the table moved to another app", settings() | app("orders", CUSTOMER, ORDER,
          f"migrations.SeparateDatabaseAndState(state_operations=[{DELETES}])", models=model("Customer")), SHOP_ORDERS),
    Chain("another service drops its own", A_SHOP | A_WANTS | B_DROPS, A_SHOP | B_DROPS, facts=(IN_SHOP,),
          stands=MISSING, proves=(MISSING,), leads=(MISSING,)),
    Chain("another service drops its own, and nothing says which fails", A_SHOP | B_DROPS, A_SHOP | B_ORDERS),
    Chain("both services have it, one drops its own", beside(A, SHOP_ORDERS) | B_DROPS, beside(A, SHOP_ORDERS)
          | B_ORDERS, facts=(IN_SHOP,)),
    Chain("a test drops it", SHOP_ORDERS | app("tests/orders", CUSTOMER, ORDER, DELETES), SHOP_ORDERS),
    Chain("dropped and made again", settings() | app("orders", CUSTOMER, ORDER, DELETES, ORDER, models=model("Customer",
          "Order")), SHOP_ORDERS),
    Chain("older code runs again on the renamed table", SHOP_ORDERS, settings() | app("orders", CUSTOMER, ORDER,
          RENAMES,
          models=model("Customer", "Purchase")), must=("likely", DROPPED)),
    Chain("main will drop it", SHOP_ORDERS, SHOP_ORDERS, settings() | app("orders", CUSTOMER, ORDER, DELETES)),
    # --- Django: monorepos
    Chain("another service makes a table of that name", A_SHOP | A_WANTS | B_ORDERS, A_SHOP | B_ORDERS,
          facts=(IN_SHOP,),
          stands=MISSING),
    Chain("another service makes it, nothing says which fails", A_SHOP | A_WANTS | B_ORDERS, A_SHOP | B_ORDERS,
          stands=MISSING),
    Chain("our service makes its tables by run_syncdb, the other migrates", beside(A, settings() | {
          "orders/models.py": model("Order")}) | B_CRM, beside(A, settings()) | B_CRM, facts=(IN_SHOP,)),
    Chain("the other service's model, our query", A_SHOP | B_CRM | beside(B, {"orders/models.py": model("Order")}),
          A_SHOP | B_CRM, facts=(IN_SHOP,)),
    Chain("our service forgot its migration, the other is whole", A_SHOP | A_WANTS | B_CRM, A_SHOP | B_CRM,
          facts=(IN_SHOP,), must=("proved", MISSING)),
    Chain("apps of one project below apps/", beside("apps", SHOP) | LIB | beside("apps", WANTS), beside("apps",
          SHOP) | LIB,
          must=("proved", MISSING)),
    # --- Django: applied, and still missing
    Chain("applied, written to elsewhere", SHOP_ORDERS, SHOP, facts=(logs((-4, OK)), WRITES), must=("proved", WRONG)),
    Chain("applied, read elsewhere or from a replica that stands still", SHOP_ORDERS, SHOP, facts=(logs((-4, OK)),),
          must=("likely", WRONG)),
    Chain("a router keeps it from this database", SHOP_ORDERS | settings("shop", 'DATABASE_ROUTERS = ["shop.Router"]'),
          SHOP, facts=(logs((-4, OK)),), leads=(WRONG,)),
    Chain("tenants have schemas of their own", SHOP_ORDERS | settings("shop",
          "DATABASE_ROUTERS = (\n    'django_tenants.routers.TenantSyncRouter',\n)"), SHOP, facts=(logs((-4, OK)),),
          leads=(WRONG,)),
    Chain("the other service's was applied", A_SHOP | A_WANTS | B_ORDERS, A_SHOP, facts=(logs((-4, OK)),)),
    Chain("applied, and a later migration drops it", settings() | app("orders", CUSTOMER, ORDER, DELETES,
          models=model("Customer")), SHOP, facts=(logs((-4, OK)),), proves=(DROPPED,)),
    Chain("pending", SHOP_ORDERS, SHOP, facts=(logs((-2, PENDING)),), proves=(NOT_APPLIED,)),
    Chain("the other service brings it, ours has another one pending", A_SHOP | B_ORDERS, A_SHOP | B_CRM,
          facts=(logs((-2, PENDING)), BRINGS_B), leads=(NOT_APPLIED,)),
    # --- Alembic
    Chain("forgot the revision", API | API_WANTS, API | API_MODELS, facts=(ORDERS, SQLALCHEMY), must=("proved",
          MISSING)),
    Chain("create_all makes the tables, Alembic one of them", API | {"app/models.py": tables("customers", "a", "b", "c",
          "orders")}, API | {"app/models.py": tables("customers", "a", "b", "c")}, facts=(ORDERS, SQLALCHEMY)),
    Chain("our service has create_all, the other Alembic", beside(B, API | API_MODELS) | {
          f"{A}/app/models.py": tables("orders")}, beside(B, API | API_MODELS), facts=(ORDERS,
          frames(f"{A}/app/main.py", driver="sqlalchemy/engine/base.py"))),
    Chain("plain SQL makes the tables, and one file could not be parsed", {
          "sql/migrations/001_customers.sql": "CREATE TABLE customers (id int);\n",
          "sql/migrations/002_orders.sql": "CREATE TABLE ((((;\n"} | API_WANTS,
          {"sql/migrations/001_customers.sql": "CREATE TABLE customers (id int);\n"} | API_MODELS,
          facts=(ORDERS, SQLALCHEMY), leads=(MISSING,)),
    Chain("a name is computed", alembic("alembic", table("customers"), "for n in open('x'): op.create_table(n)")
          | API_WANTS, API | API_MODELS, facts=(ORDERS, SQLALCHEMY), leads=(MISSING,)),
    Chain("two databases with a folder each", alembic("alembic_main", table("customers")) | alembic("alembic_olap",
          table("orders")) | API_WANTS, alembic("alembic_main", table("customers")) | alembic("alembic_olap",
          table("orders")) | API_MODELS, facts=(ORDERS, SQLALCHEMY), stands=MISSING),
    Chain("the other database drops it", alembic("alembic_main", table("customers")) | alembic("alembic_olap",
          table("orders"), 'op.drop_table("orders")') | API_WANTS, alembic("alembic_main", table("customers"))
          | alembic("alembic_olap", table("orders")) | API_MODELS, facts=(ORDERS, SQLALCHEMY), stands=MISSING),
    Chain("dropped by a revision", alembic("alembic", table("orders"), 'op.drop_table("orders")'), alembic("alembic",
          table("orders")), facts=(ORDERS, SQLALCHEMY), must=("proved", DROPPED)),
    Chain("dropped on the way down only", {**alembic("alembic", table("orders")),
          "alembic/versions/a2_x.py": revision(2,
          "pass", 1).replace("def downgrade():\n    pass", 'def downgrade():\n    op.drop_table("orders")')},
          alembic("alembic", table("orders")), facts=(ORDERS, SQLALCHEMY)),
    Chain("swapped by renames", alembic("alembic", table("orders"), table("orders_new")
          + '\n    op.rename_table("orders", "orders_old")\n    op.rename_table("orders_new", "orders")'),
          alembic("alembic", table("orders")), facts=(ORDERS, SQLALCHEMY)),
    Chain("made in the schema of the tenants' template, asked for in a tenant's", alembic("alembic", table("orders",
          ', schema="template"')), alembic("alembic", table("orders", ', schema="template"')),
          facts=(missing("orders", schema_name="tenant_42"), SQLALCHEMY)),
    Chain("made in two regions' schemas, asked for in a third", alembic("alembic", table("orders", ', schema="eu"')
          + "\n    " + table("orders", ', schema="us"') + "\n    " + table("items", ', schema="apac"')), None,
          facts=(missing("orders", schema_name="apac"), SQLALCHEMY)),
    Chain("a temporary table of a migration", alembic("alembic", table("customers"),
          'op.execute("CREATE TEMPORARY TABLE orders AS SELECT 1")') | API_WANTS, API | API_MODELS,
          facts=(ORDERS, SQLALCHEMY), stands=MISSING, proves=(MISSING,)),
    # --- Rails
    Chain("forgot the migration", RAILS_BASE | RAILS_ORDERS, RAILS_BASE, facts=(ORDERS, RAILS), must=("proved",
          MISSING)),
    Chain("schema.rb holds it, its migration was deleted", RAILS_BASE | RAILS_ORDERS | {"db/schema.rb":
          'ActiveRecord::Schema[7.1].define(version: 2026_01_01_000000) do\n  create_table "customers" do |t|\n  end\n'
          '  create_table "orders" do |t|\n  end\nend\n'}, RAILS_BASE, facts=(ORDERS, RAILS)),
    Chain("structure.sql holds it", RAILS_BASE | RAILS_ORDERS | {"db/structure.sql":
          "CREATE TABLE public.customers (id bigint);\nCREATE TABLE public.orders (id bigint);\n"}, RAILS_BASE,
          facts=(ORDERS, RAILS)),
    Chain("the second database of the application has it", RAILS_BASE | RAILS_ORDERS | {
          "db/animals_migrate/20260101000000_create_orders.rb": CREATE_ORDERS}, RAILS_BASE, facts=(ORDERS, RAILS),
          stands=MISSING),
    Chain("an engine has it", RAILS_BASE | RAILS_ORDERS | {
          "engines/sales/db/migrate/20260101000000_create_orders.rb": CREATE_ORDERS}, RAILS_BASE, facts=(ORDERS,
          RAILS)),
    Chain("the engine drops it",
          RAILS_BASE | {"engines/sales/db/migrate/20260101000000_create_orders.rb": CREATE_ORDERS,
          "engines/sales/db/migrate/20260201000000_drop_orders.rb": rails("drop_table :orders", "DropOrders")},
          RAILS_BASE | {"engines/sales/db/migrate/20260101000000_create_orders.rb": CREATE_ORDERS}, facts=(ORDERS,
          RAILS),
          must=("proved", DROPPED)),
    Chain("the spec's dummy application has it", RAILS_BASE | RAILS_ORDERS | {
          "spec/dummy/db/migrate/20260101000000_create_orders.rb": CREATE_ORDERS}, RAILS_BASE, facts=(ORDERS, RAILS),
          must=("likely", MISSING)),
    Chain("another service's Rails drops it", beside(A, RAILS_BASE) | beside(B, RAILS_BASE | {
          "db/migrate/20260101000000_create_orders.rb": CREATE_ORDERS,
          "db/migrate/20260201000000_drop_orders.rb": rails("drop_table :orders", "DropOrders")}), None,
          facts=(ORDERS, RAILS)),
    Chain("created unless it exists, on main", RAILS_BASE | RAILS_ORDERS, RAILS_BASE, RAILS_BASE | RAILS_ORDERS | {
          "db/migrate/20260101000000_create_orders.rb": rails(
          "create_table :orders, if_not_exists: true do |t|\n    end", "CreateOrders")}, facts=(ORDERS, RAILS)),
    # --- what only looks like a drop, or like another name
    Chain("a drop in case it exists, of what is made elsewhere", {**SQL, "db/migrations/000_clean.sql":
          "DROP TABLE IF EXISTS orders;\n"}, {**SQL, "db/migrations/000_clean.sql": "DROP TABLE IF EXISTS orders;\n"},
          facts=(ORDERS, GO)),
    Chain("the release drops what it never made", {**SQL, "db/migrations/002_drop.sql": "DROP TABLE orders;\n"},
          SQL, facts=(ORDERS, GO), must=("likely", DROPPED)),
    Chain("the drop was written into an older migration", settings() | app("orders", CUSTOMER,
          f"{ORDER},\n        {DELETES}", models=model("Customer")), SHOP_ORDERS, leads=(DROPPED,)),
    Chain("main renames another table to it", SHOP | {"orders/models.py": model("Order")}, SHOP, settings() | app(
          "orders", CUSTOMER, 'migrations.RenameModel(old_name="Customer", new_name="Order")', models=model("Order")),
          proves=(NEWER,), leads=(NEWER,)),
    Chain("unquoted capitals in op.execute", alembic("alembic", 'op.execute("CREATE TABLE Orders (id int)")'),
          None, facts=(ORDERS, SQLALCHEMY)),
    Chain("unquoted capitals in RunSQL", settings() | app("orders",
          'migrations.RunSQL("CREATE TABLE Orders (id int)")'), None, facts=(ORDERS,)),
    Chain("unquoted capitals in Rails' execute", RAILS_BASE | {"db/migrate/20260101000000_o.rb": rails(
          'execute "CREATE TABLE Orders (id int)"', "O")}, None, facts=(ORDERS, RAILS)),
    Chain("unquoted capitals in Flyway's SQL", {"src/main/resources/db/migration/V1__o.sql":
          "CREATE TABLE Orders (id int);\n"}, None, facts=(ORDERS, JAVA)),
    Chain("unquoted capitals in Prisma's SQL, by hand", PRISMA | {"prisma/migrations/20260101000000_o/migration.sql":
          "CREATE TABLE Orders (id int);\n"}, None, facts=(ORDERS, NODE)),
    # --- Prisma, SQL
    Chain("a Prisma model without a migration", PRISMA | {"prisma/schema.prisma": PRISMA["prisma/schema.prisma"]
          + "\nmodel Order {\n  id Int @id\n}\n"}, PRISMA, facts=(missing("Order"), NODE), must=("proved", MISSING)),
    Chain("another package's Prisma", beside("packages/db", PRISMA) | beside("packages/olap", PRISMA | {
          "prisma/migrations/20260101000000_o/migration.sql": 'CREATE TABLE "Order" (id int);\nDROP TABLE "Order";\n'}),
          None, facts=(missing("Order"), NODE)),
    Chain("created in capitals by Prisma, asked for in small letters", PRISMA, PRISMA, facts=(missing("customer"),
          NODE),
          proves=(WRONG,)),
    Chain("unquoted capitals of plain SQL are small letters", {**SQL, "db/migrations/002_o.sql":
          "CREATE TABLE Orders (id int);\n"}, SQL, facts=(ORDERS, GO)),
    Chain("a warehouse's numbered SQL beside Django", SHOP | WANTS | {
          "warehouse/migrations/001_orders.sql": "CREATE TABLE orders_order (id int);\n"}, SHOP, stands=MISSING),
    Chain("the warehouse drops it", SHOP_ORDERS | {"warehouse/migrations/001_orders.sql":
          "CREATE TABLE orders_order (id int);\n", "warehouse/migrations/002_drop.sql": "DROP TABLE orders_order;\n"},
          SHOP_ORDERS),
    Chain("only the warehouse knows it, and drops it", SHOP | {"warehouse/migrations/001_orders.sql":
          "CREATE TABLE orders_order (id int);\n",
          "warehouse/migrations/002_drop.sql": "DROP TABLE orders_order;\n"}, SHOP),
    Chain("a view is made anew", {**SQL, "db/migrations/002_v.sql": "CREATE VIEW orders AS SELECT * FROM customers;\n",
          "db/migrations/003_v.sql": "DROP VIEW orders;\nCREATE VIEW orders AS SELECT id FROM customers;\n"}, None,
          facts=(ORDERS, GO)),
    Chain("a view is dropped", {**SQL, "db/migrations/002_v.sql": "CREATE VIEW orders AS SELECT * FROM customers;\n",
          "db/migrations/003_v.sql": "DROP VIEW orders;\n"}, None, facts=(ORDERS, GO), must=("proved", DROPPED)),
    Chain("the query is new, its migration on main", SQL, SQL, {**SQL, "db/migrations/002_o.sql":
          "CREATE TABLE orders (id int);\n"}, facts=(ORDERS, GO, ASKS), must=("proved", NEWER)),
    Chain("the query is old, and main adopts the table", SQL, SQL, {**SQL, "db/migrations/002_o.sql":
          "CREATE TABLE IF NOT EXISTS orders (id int);\n"}, facts=(ORDERS, GO)),
    Chain("a partition that a job makes each month", {**SQL, "db/migrations/002_o.sql":
          "CREATE TABLE orders (id int, d date) PARTITION BY RANGE (d);\n"
          "CREATE TABLE orders_2026_10 PARTITION OF orders "
          "FOR VALUES FROM ('2026-10-01') TO ('2026-11-01');\n"}, None, facts=(missing("orders_2026_11"), GO)),
    Chain("an old partition is dropped, not ours", {**SQL, "db/migrations/002_o.sql":
          "CREATE TABLE orders (id int);\nCREATE TABLE orders_old (id int);\nDROP TABLE orders_old;\n"}, None,
          facts=(ORDERS, GO)),
    Chain("dropped in another schema", {**SQL, "db/migrations/002_o.sql": "CREATE TABLE orders (id int);\n"
          "CREATE TABLE archive.orders (id int);\nDROP TABLE archive.orders;\n"}, None, facts=(ORDERS, GO)),
    # --- where people keep their files: what is missing is found wherever that is
    Chain("Django with config/settings/base.py and apps/", beside("backend", {**app("apps/orders", CUSTOMER,
          models=model(
          "Customer", "Order")), "config/settings/base.py": "INSTALLED_APPS = []\n", "config/settings/test.py": ""}),
          beside("backend", {**app("apps/orders", CUSTOMER, models=model("Customer")), "config/settings/base.py":
          "INSTALLED_APPS = []\n"}), must=("proved", MISSING)),
    Chain("Django without any settings", app("orders", CUSTOMER, models=model("Customer", "Order")), app("orders",
          CUSTOMER,
          models=model("Customer")), must=("proved", MISSING)),
    Chain("apps with settings of their own", SHOP | WANTS | LIB | {"orders/settings.py": "PAGE = 20\n"}, SHOP | LIB,
          must=("proved", MISSING)),
    Chain("FastAPI below backend/app", beside("backend/app", alembic("alembic",
          table("customers")) | {"models.py": tables(
          "customers", "orders")}), beside("backend/app", alembic("alembic", table("customers")) | {"models.py": tables(
          "customers")}), facts=(ORDERS, SQLALCHEMY), must=("proved", MISSING)),
    Chain("Alembic inside the package", beside("src/shop", alembic("db/migrations",
          table("customers")) | {"db/models.py":
          tables("customers", "orders")}), beside("src/shop", alembic("db/migrations", table("customers")) | {
          "db/models.py": tables("customers")}), facts=(ORDERS, SQLALCHEMY), must=("proved", MISSING)),
    Chain("Flask's migrations/", alembic("migrations", table("customers")) | API_WANTS, alembic("migrations", table(
          "customers")) | API_MODELS, facts=(ORDERS, SQLALCHEMY), must=("proved", MISSING)),
    Chain("models in SQLAlchemy, migrations in SQL",
          {"sql/migrations/001_customers.sql": "CREATE TABLE customers (id int);"}
          | API_WANTS, {"sql/migrations/001_customers.sql": "CREATE TABLE customers (id int);"} | API_MODELS,
          facts=(ORDERS, SQLALCHEMY), must=("proved", MISSING)),
    Chain("Rails below api/", beside("api", RAILS_BASE | RAILS_ORDERS), beside("api", RAILS_BASE), facts=(ORDERS,
          RAILS),
          must=("proved", MISSING)),
    Chain("Rails' packs", RAILS_BASE | {"packs/sales/app/models/order.rb": record("Order"),
          "packs/sales/db/migrate/20250201000000_create_items.rb": rails("create_table :items do |t|\n    end",
          "CreateItems")}, RAILS_BASE, facts=(ORDERS, RAILS), must=("proved", MISSING)),
    Chain("Prisma in packages/db of a monorepo", beside("packages/db", PRISMA | {"prisma/schema.prisma": PRISMA[
          "prisma/schema.prisma"] + "\nmodel Order {\n  id Int @id\n}\n"}), beside("packages/db", PRISMA),
          facts=(missing("Order"), NODE), must=("proved", MISSING)),
    Chain("Laravel", {"database/migrations/2025_01_01_000000_create_customers_table.php": LARAVEL,
          "app/Models/Customer.php":
          eloquent("Customer"), "app/Models/Order.php": eloquent("Order")}, {
          "database/migrations/2025_01_01_000000_create_customers_table.php": LARAVEL, "app/Models/Customer.php":
          eloquent("Customer")}, facts=(ORDERS, frames("app/Http/Orders.php",
          driver="illuminate/database/Connection.php")),
          must=("proved", MISSING)),
    Chain("TypeORM", {"src/migration/1700000000000-Init.ts": TYPEORM,
          "src/entity/Customer.ts": "import { Entity } from \"typeorm\";\n" + entity("customer"),
          "src/entity/Order.ts": "import { Entity } from \"typeorm\";\n" + entity("orders")},
          {"src/migration/1700000000000-Init.ts": TYPEORM,
          "src/entity/Customer.ts": "import { Entity } from \"typeorm\";\n" + entity("customer")}, facts=(ORDERS,
          frames("src/orders.ts",
          driver="typeorm/driver/postgres/PostgresQueryRunner.js")), must=("proved", MISSING)),
    Chain("Ecto", ECTO | {"lib/shop/order.ex": schema("orders")}, ECTO, facts=(ORDERS, frames("lib/shop/orders.ex",
          driver="lib/ecto/adapters/sql.ex")), must=("proved", MISSING)),
    Chain("Ecto's second repository has it", ECTO | {"lib/shop/order.ex": schema("orders"),
          "priv/olap_repo/migrations/20260101000000_o.exs": ECTO["priv/repo/migrations/20250101000000_c.exs"].replace(
          "customers", "orders")}, ECTO, facts=(ORDERS, frames("lib/shop/orders.ex",
          driver="lib/ecto/adapters/sql.ex")),
          stands=MISSING),
    Chain("dropped by Flyway", FLYWAY | {"src/main/resources/db/migration/V3__drop.sql": "DROP TABLE orders;\n"},
          FLYWAY,
          facts=(ORDERS, JAVA), must=("proved", DROPPED)),
    Chain("dropped by Flyway's undo only", FLYWAY | {"src/main/resources/db/migration/U2__orders.sql":
          "DROP TABLE orders;\n"}, FLYWAY, facts=(ORDERS, JAVA)),
    Chain("dropped by Flyway, a Java migration comes after", FLYWAY | {"src/main/resources/db/migration/V3__drop.sql":
          "DROP TABLE orders;\n", "src/main/java/db/migration/V4__Back.java": "class V4__Back {}\n"}, FLYWAY,
          facts=(ORDERS, JAVA), must=("likely", DROPPED)),
    Chain("another module's Flyway drops it", beside("services/crm", FLYWAY | {
          "src/main/resources/db/migration/V3__drop.sql": "DROP TABLE orders;\n"}) | beside("services/shop", {
          "src/main/resources/db/migration/V1__c.sql": "CREATE TABLE customers (id int);\n"}), None, facts=(ORDERS,
          JAVA)),
    Chain("our module's Flyway drops it", beside("services/backend", FLYWAY | {
          "src/main/resources/db/migration/V3__drop.sql": "DROP TABLE orders;\n"}) | beside("services/crm", {
          "src/main/resources/db/migration/V1__c.sql": "CREATE TABLE customers (id int);\n"}), None, facts=(ORDERS,
          JAVA),
          must=("proved", DROPPED)),
    Chain("golang-migrate: dropped on the way down only", GOLANG, None, facts=(ORDERS, GO)),
    Chain("golang-migrate: dropped", GOLANG | {"db/migrations/000002_drop.up.sql": "DROP TABLE IF EXISTS orders;\n"},
          GOLANG,
          facts=(ORDERS, GO), must=("proved", DROPPED)),
    Chain("a seed folder's SQL", {**SQL,
          "db/seeds/001_orders.sql": "CREATE TABLE orders (id int);\nDROP TABLE orders;\n"},
          SQL, facts=(ORDERS, GO)),
    Chain("MySQL swaps two tables in one statement", {**SQL,
          "db/migrations/002_o.sql": "CREATE TABLE `orders` (id int);\n",
          "db/migrations/003_o.sql": "CREATE TABLE `orders_new` (id int);\nRENAME TABLE `orders` TO `orders_old`, "
          "`orders_new` TO `orders`;\n"}, None, facts=(missing("orders", dialect="mysql"), GO)),
    Chain("the swapped user model of another app", settings("shop", 'AUTH_USER_MODEL = "people.User"') | app("people",
          creates("User", ', options={"swappable": "AUTH_USER_MODEL"}'), models=model("User")), None,
          facts=(missing("people_user"),)),
    Chain("created by another app under db_table", settings() | app("orders", CUSTOMER, models=model("Customer")) | app(
          "cart", creates("Order", ', options={"db_table": "orders_order"}'), models=model("Order",
          meta='db_table = "orders_order"')), None),
    Chain("no migrations at all", API_WANTS, API_MODELS, facts=(ORDERS, SQLALCHEMY)),
]  # fmt: skip


def revision_of(letter: str, files: Files) -> Revision:
    """In the order of the paths, as git lists them."""
    return Revision(letter * 40, dict(sorted(files.items())))


def history(chain: Chain) -> SchemaHistory:
    relation = next((one for one in chain.facts if isinstance(one, MissingRelation)), a_relation())
    assert relation.name is not None
    answer = told(
        relation.name,
        revision_of("a", chain.head),
        revision_of("b", chain.base) if chain.base is not None else None,
        revision_of("c", chain.tip) if chain.tip is not None else None,
        page=PAGE,
    )
    return SchemaHistory.model_validate({**answer, "repository": "acme/backend", "branch": "main"})


def diagnosed(chain: Chain) -> Diagnosis:
    facts = (an_issue(last_seen=NOW), some_changes(), *chain.facts, history(chain))
    return judge(playbook, Inquiry(ref=IssueRef(issue_id="5551234567"), at=NOW), evidence(*facts))


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.name)
def test_a_chain_proves_the_truth_or_nothing(chain):
    found = diagnosed(chain)
    verdict = found.verdict
    if chain.must is not None:
        assert (verdict.grade, verdict.cause) == chain.must, (verdict, history(chain))
    else:
        allowed = {"proved": chain.proves, "likely": chain.leads}.get(verdict.grade, (verdict.cause,))
        assert verdict.cause in allowed, (verdict, found.hypotheses[0].signals)
    if chain.stands is not None:
        assert chain.stands in {one.cause for one in found.hypotheses}, found.ruled_out


THROUGH_THE_DOOR = [one for one in CHAINS if one.base is not None and one.facts == ()][::2]


@pytest.mark.parametrize("chain", THROUGH_THE_DOOR, ids=lambda chain: chain.name)
def test_the_door_to_a_real_repository_tells_the_same(chain, tmp_path):
    """The last good release and the failing one are tags, the default branch has moved on."""
    git = GitRepository(tmp_path / "backend")
    assert chain.base is not None
    before: Files = {}
    for tag, files in (("1.3.0", chain.base), ("1.4.0", chain.head), (None, chain.tip or chain.head)):
        git.commit(f"To {tag}", {path: None for path in before if path not in files} | dict(files))
        before = files
        if tag:
            git.tag(tag)
    with GitHubServer(RealRepository("acme/backend", git)) as server:
        access = GitHubAccess(api_url=server.url, token=SecretStr("gh-token-of-the-test"))
        answer: Any = GitHub(github_door(access, Budget(20.0))).schema(
            "acme/backend", ["1.4.0"], ["1.3.0"], "orders_order"
        )
    told_by_door, told_by_hand = SchemaHistory.model_validate(answer), history(chain)
    placed = {"url", "commit", "base", "events", "later", "gone", "declared", "branch"}
    assert told_by_door.model_dump(exclude=placed) == told_by_hand.model_dump(exclude=placed)
    for one in ("events", "later", "gone", "declared"):
        by_door, by_hand = getattr(told_by_door, one), getattr(told_by_hand, one)
        assert [each.model_dump(exclude={"url"}) for each in by_door] == [
            each.model_dump(exclude={"url"}) for each in by_hand
        ]


def test_there_are_chains_of_both_kinds():
    assert len(CHAINS) >= 60
    assert sum(chain.must is not None for chain in CHAINS) >= 15
