"""Table for table, the fold is what the real Knex, TypeORM and Sequelize make of their migrations on PostgreSQL."""

import json
import os
import subprocess

import pytest

from playbook.schema.frameworks import knex, sequelize, typeorm
from playbook.schema.frameworks.sequelize.plural import plural
from playbook.schema.history import history
from tests.schema.node_projects import KNEX, MODEL_NAMES, SEQUELIZE, TYPEORM
from tests.schema.node_referee import PACKAGE, migrated, missing, postgres

OF_THE_TOOLS = {"knex_migrations", "knex_migrations_lock", "migrations", "typeorm_metadata", "SequelizeMeta"}


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    if reason := missing():
        if os.environ.get("CI"):
            pytest.fail(f"in CI this test must run: {reason}")
        pytest.skip(reason)
    with postgres(tmp_path_factory.mktemp("pg")) as address:
        yield address


def folded(framework, files):
    made = history({path: text for path, text in files.items() if framework.wants(path)})
    assert made.gaps == ()
    return {name.removeprefix("public.") for name in made.relations}


@pytest.mark.parametrize(
    ("framework", "files"), [(knex.framework, KNEX), (typeorm.framework, TYPEORM), (sequelize.framework, SEQUELIZE)]
)
def test_the_fold_is_what_the_real_tool_makes_of_the_same_files(framework, files, host, tmp_path):
    said, there = migrated(framework.name, files, tmp_path, host)
    assert folded(framework, files) == there - OF_THE_TOOLS
    ran = [one.rpartition("/")[2] for one in (said if isinstance(said, list) else said["names"])]
    assert [one.name.partition(".")[0] for one in framework.migrations(files)] == [one.partition(".")[0] for one in ran]
    if isinstance(said, dict):
        declared = {
            f"{one.schema_name}.{one.relation}" if one.schema_name else one.relation
            for one in framework.declared(files)
        }
        assert declared == set(said["tables"])


def test_a_plural_that_is_told_is_the_one_that_sequelize_makes():
    if reason := missing():
        if os.environ.get("CI"):
            pytest.fail(f"in CI this test must run: {reason}")
        pytest.skip(reason)
    code = (
        "const {pluralize} = require('inflection');"
        "console.log(JSON.stringify(JSON.parse(process.argv[1]).map((word) => pluralize(word))))"
    )
    command = ["node", "-e", code, json.dumps(MODEL_NAMES)]
    environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(PACKAGE / "node_modules")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=True)
    told = {name: plural(name) for name in MODEL_NAMES}
    real = dict(zip(MODEL_NAMES, json.loads(done.stdout), strict=True))
    assert {name: many for name, many in told.items() if many is not None and many != real[name]} == {}
    assert sum(many is not None for many in told.values()) > 0.7 * len(told)
