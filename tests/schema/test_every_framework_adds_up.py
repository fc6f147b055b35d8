"""One project's life in each framework's own files: what its diffs say, one commit after another, is what folding says.

The same steps for all: a branch that is merged, a rename, a squash merge of two migrations, a migration reworded and
renamed as a file, all of them replaced by one, and one that is taken back by deleting its file.
"""

import pytest

from playbook.schema.framework import frameworks
from playbook.schema.history import history
from tests.schema.history_walk import Repository, Sum, walked
from tests.stand_ins.git_repository import GitRepository

STATEMENTS = {
    "create": "CREATE TABLE {0} (id int)",
    "drop": "DROP TABLE {0}",
    "rename": "ALTER TABLE {0} RENAME TO {1}",
}


def in_sql(*steps):
    return "".join(f"{STATEMENTS[kind].format(*names)};\n" for kind, *names in steps)


def one_file(path, up="", down=None):
    """SQL under the path; with the way back below the mark where the tool keeps both in one file."""

    def written(number, _after, *steps):
        back = "" if down is None else f"{down}\n{in_sql(*map(reversed_of, reversed(steps)))}"
        return {path.format(number): f"{up}{in_sql(*steps)}{back}"}

    return written


def two_files(up, down, **project):
    def written(number, _after, *steps):
        back = in_sql(*map(reversed_of, reversed(steps)))
        return {up.format(number): in_sql(*steps), down.format(number): back, **project}

    return written


def reversed_of(step):
    kind, *names = step
    return {"create": ("drop", *names), "drop": ("create", *names), "rename": ("rename", *reversed(names))}[kind]


def calls(path, template, create, drop, rename, indented=4):
    """A call in each line, in the template's place for what runs forward and its place for the way back."""
    said = {"create": create, "drop": drop, "rename": rename}

    def lines(steps):
        return "\n".join(f"{' ' * indented}{said[kind].format(*names)}" for kind, *names in steps)

    def written(number, after, *steps):
        forward, back = lines(steps), lines(map(reversed_of, reversed(steps)))
        parents = [f"r{one}" for one in after]
        text = template.replace("NUMBER", str(number)).replace("FORWARD", forward).replace("BACK", back)
        return {
            path.format(number): text.replace(
                "PARENTS", repr(tuple(parents) if len(parents) > 1 else parents[0] if parents else None)
            )
        }

    return written


def django(number, after, *steps):
    said = {
        "create": 'migrations.CreateModel(name="{0}", fields=[("id", models.BigAutoField(primary_key=True))])',
        "drop": 'migrations.DeleteModel(name="{0}")',
        "rename": 'migrations.RenameModel(old_name="{0}", new_name="{1}")',
    }
    listed = "".join(f"        {said[kind].format(*names)},\n" for kind, *names in steps)
    waits = ", ".join(f'("shop", "{one:04}_it")' for one in after)
    text = f"class Migration(migrations.Migration):\n    dependencies = [{waits}]\n    operations = [\n{listed}    ]\n"
    return {f"shop/migrations/{number:04}_it.py": f"from django.db import migrations, models\n\n\n{text}"}


def liquibase(number, _after, *steps):
    said = {
        "create": '<createTable tableName="{0}"><column name="id" type="int"/></createTable>',
        "drop": '<dropTable tableName="{0}"/>',
        "rename": '<renameTable oldTableName="{0}" newTableName="{1}"/>',
    }
    inside = "".join(f"    {said[kind].format(*names)}\n" for kind, *names in steps)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">\n'
    change = f'  <changeSet id="{number}" author="ada">\n{inside}  </changeSet>\n</databaseChangeLog>\n'
    every = '  <includeAll path="all/" relativeToChangelogFile="true"/>\n'
    return {
        "db/changelog/master.xml": f"{head}{every}</databaseChangeLog>\n",
        f"db/changelog/all/{number:04}.xml": f"{head}{change}",
    }


PROJECTS = {
    "alembic": calls(
        "migrations/versions/r{0}_it.py",
        'from alembic import op\nimport sqlalchemy as sa\n\nrevision = "rNUMBER"\ndown_revision = PARENTS\n\n\n'
        "def upgrade():\n    pass\nFORWARD\n\n\ndef downgrade():\n    pass\nBACK\n",
        'op.create_table("{0}", sa.Column("id", sa.Integer()))', 'op.drop_table("{0}")',
        'op.rename_table("{0}", "{1}")',
    ),
    "dbmate": one_file("db/migrations/{0:04}_it.sql", "-- migrate:up\n", "-- migrate:down"),
    "diesel": two_files("migrations/2024-01-01-{0:06}_it/up.sql", "migrations/2024-01-01-{0:06}_it/down.sql"),
    "django": django,
    "ecto": calls(
        "priv/repo/migrations/{0:04}_it.exs",
        "defmodule Shop.Repo.Migrations.ItNUMBER do\n  use Ecto.Migration\n\n  def up do\nFORWARD\n  end\n\n"
        "  def down do\nBACK\n  end\nend\n",
        'create table("{0}") do end', 'drop table("{0}")', 'rename table("{0}"), to: table("{1}")',
    ),
    "flyway": one_file("db/migration/V{0}__it.sql"),
    "golang_migrate": two_files("migrations/{0:04}_it.up.sql", "migrations/{0:04}_it.down.sql"),
    "goose": one_file("migrations/{0:05}_it.sql", "-- +goose Up\n", "-- +goose Down"),
    "knex": calls(
        "migrations/{0:04}_it.js",
        "exports.up = async function (knex) {\nFORWARD\n};\n\nexports.down = async function (knex) {\nBACK\n};\n",
        "await knex.schema.createTable('{0}', (t) => t.increments());", "await knex.schema.dropTable('{0}');",
        "await knex.schema.renameTable('{0}', '{1}');",
    ),
    "laravel": calls(
        "database/migrations/2024_01_01_{0:06}_it.php",
        "<?php\n\nreturn new class extends Migration {\n    public function up(): void\n    {\nFORWARD\n    }\n\n"
        "    public function down(): void\n    {\nBACK\n    }\n};\n",
        "Schema::create('{0}', function (Blueprint $t) {{ $t->id(); }});", "Schema::drop('{0}');",
        "Schema::rename('{0}', '{1}');", 8,
    ),
    "liquibase": liquibase,
    "plain": one_file("db/{0:04}_it.sql"),
    "prisma": one_file("prisma/migrations/2024010100{0:04}_it/migration.sql"),
    "rails": calls(
        "db/migrate/{0:04}_it.rb",
        "class It < ActiveRecord::Migration[7.1]\n  def up\nFORWARD\n  end\n\n  def down\nBACK\n  end\nend\n",
        "create_table :{0}", "drop_table :{0}", "rename_table :{0}, :{1}",
    ),
    "sequelize": calls(
        "migrations/{0:04}-it.js",
        "module.exports = {\n  up: async (queryInterface, Sequelize) => {\nFORWARD\n  },\n\n"
        "  down: async (queryInterface) => {\nBACK\n  },\n};\n",
        "await queryInterface.createTable('{0}', {{ id: Sequelize.INTEGER }});",
        "await queryInterface.dropTable('{0}');", "await queryInterface.renameTable('{0}', '{1}');",
    ),
    "south": calls(
        "shop/south_migrations/{0:04}_it.py",
        "from south.db import db\nfrom south.v2 import SchemaMigration\n\n\nclass Migration(SchemaMigration):\n"
        "    def forwards(self, orm):\n        pass\nFORWARD\n\n    def backwards(self, orm):\n        pass\nBACK\n",
        "db.create_table('{0}', ())", "db.delete_table('{0}')", "db.rename_table('{0}', '{1}')", 8,
    ),
    "sql_migrate": one_file("migrations/{0:04}_it.sql", "-- +migrate Up\n", "-- +migrate Down"),
    "sqlx": two_files("migrations/{0:04}_it.up.sql", "migrations/{0:04}_it.down.sql", **{"Cargo.toml": "[package]\n"}),
    "typeorm": calls(
        "src/migrations/{0:013}-It.ts",
        "export class ItNUMBER00000000000 implements MigrationInterface {\n"
        "  public async up(queryRunner: QueryRunner): Promise<void> {\nFORWARD\n  }\n\n"
        "  public async down(queryRunner: QueryRunner): Promise<void> {\nBACK\n  }\n}\n",
        "await queryRunner.createTable(new Table({{ name: '{0}' }}));", "await queryRunner.dropTable('{0}');",
        "await queryRunner.renameTable('{0}', '{1}');",
    ),
}  # fmt: skip


def test_every_framework_has_a_project():
    assert sorted(PROJECTS) == [one.name for one in frameworks()]


@pytest.mark.parametrize("name", PROJECTS)
def test_a_projects_diffs_add_up_to_what_folding_its_trees_says(name, tmp_path):
    write = PROJECTS[name]
    repository = GitRepository(tmp_path / "project")

    def commit(number, after, *steps):
        return repository.commit(f"{number}", write(number, after, *steps))

    commit(1, [], ("create", "orders"), ("create", "carts"), ("create", "held"))
    repository.switch("tags", "HEAD")
    commit(2, [1], ("create", "tags"))
    repository.switch("main")
    commit(3, [1], ("drop", "carts"))
    merge = repository.merge("tags")
    commit(4, [2, 3], ("rename", "orders", "sales"))
    repository.switch("feature", "HEAD")
    commit(5, [4], ("create", "draft"), ("create", "kept"))
    commit(6, [5], ("drop", "draft"), ("rename", "held", "freed"))
    repository.switch("main")
    squashed = repository.squash("feature", "both at once")
    commit(7, [6], ("create", "carts"))
    last = write(7, [6], ("create", "carts"))
    repository.commit("shorter lines", {path: text + "\n" for path, text in last.items()})
    every = {path: text for path, text in tree_of(repository).items() if "master" not in path and "Cargo" not in path}
    one = write(8, [], *(("create", name) for name in ("sales", "tags", "kept", "freed", "carts")))
    repository.commit("all in one", {**dict.fromkeys(every), **one})
    repository.switch("regretted", "HEAD")
    wrong = commit(9, [8], ("create", "wrong"))
    repository.revert(wrong)

    total = Sum()
    found = {one.change.commit: one for one in walked(Repository(repository.folder), total=total)}
    folded = history(tree_of(repository))
    assert [(one.verdict, one.told) for one in found.values() if one.verdict.kind not in ("agrees", "edited old")] == []
    assert [one.told.dynamic for one in found.values() if one.told.dynamic] == []
    assert found[merge].told.creates == tables(name, "tags")
    assert found[squashed].told.creates == tables(name, "kept")
    assert found[squashed].told.renames == (tables(name, "held", "freed"),)
    assert set(folded.relations) == {*tables(name, "sales", "tags", "kept", "freed", "carts")}
    # who has run a migration keeps its table, whether or not its file is there
    assert [(one.relation, one.missing, one.why) for one in total.differs.values()] == [
        (*tables(name, "wrong"), False, "edited old")
    ]


def tables(name, *models):
    return tuple(f"shop_{one}" for one in models) if name == "django" else models


def tree_of(repository):
    files = repository.folder
    return {
        path.relative_to(files).as_posix(): path.read_text("utf-8")
        for path in files.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
