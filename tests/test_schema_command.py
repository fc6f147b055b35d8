"""`diagnose schema` on a real repository and on diffs."""

import json
import os
import subprocess

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.schema import of_patch_file

FIRST = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(name="Order", fields=[("id", models.BigAutoField(primary_key=True))]),
    ]
"""
SECOND = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [migrations.RenameModel("Order", "Sale")]
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    identity = {
        f"GIT_{who}_{what}": word
        for who in ("AUTHOR", "COMMITTER")
        for what, word in (("NAME", "Ada Example"), ("EMAIL", "ada@example.com"))
    }

    def git(*arguments):
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **identity},
            timeout=30,
        )
        return done.stdout

    git("init")
    migrations = folder / "orders" / "migrations"
    migrations.mkdir(parents=True)
    for name, text in (("__init__", ""), ("0001_initial", FIRST), ("0002_rename", SECOND)):
        (migrations / f"{name}.py").write_text(text, encoding="utf-8")
        git("add", ".")
        git("commit", "-m", name)
    (folder / "change.diff").write_text(git("diff", "HEAD~2", "HEAD~1"), encoding="utf-8")
    return folder


def run(*arguments):
    return CliRunner().invoke(app, ["schema", *map(str, arguments)])


def test_the_story_of_a_relation_with_file_and_line(repository):
    done = run("--repo", repository, "--relation", "orders_sale")
    assert done.exit_code == 0
    assert "orders_sale is there once every migration has run." in done.stdout
    brought = subprocess.run(
        ["git", "-C", repository, "rev-parse", "HEAD~1"], capture_output=True, text=True, check=True, timeout=30
    ).stdout[:7]
    place = f"orders/migrations/0001_initial.py:6, {brought} 0001_initial"
    assert f"orders.0001_initial creates orders_order ({place})" in done.stdout
    assert "orders.0002_rename renames orders_order to orders_sale" in done.stdout
    assert "To run the last of them: python manage.py migrate orders" in done.stdout


def test_the_json_of_a_relation_names_the_commit_and_the_command_of_each_migration(repository):
    told = json.loads(run("--repo", repository, "--relation", "orders_sale", "--json").stdout)
    assert [(event["commit"]["message"], event["command"]) for event in told["events"]] == [
        ("0001_initial", "python manage.py migrate orders"),
        ("0002_rename", "python manage.py migrate orders"),
    ]


def test_at_an_earlier_commit_the_later_rename_has_not_happened(repository):
    told = json.loads(run("--repo", repository, "--at", "HEAD~1", "--json").stdout)
    assert told["relations"] == ["orders_order"]
    assert len(told["commit"]) == 40


def test_a_relation_that_nothing_creates_is_said_not_to_be_there(repository):
    assert "No migration and no model" in run("--repo", repository, "--relation", "nothing").stdout


def test_each_diff_gives_one_line_of_json_in_order(repository, tmp_path):
    other = tmp_path / "other.diff"
    other.write_text("", encoding="utf-8")
    lines = run("--patch", repository / "change.diff", "--patch", other).stdout.splitlines()
    first, second = map(json.loads, lines)
    assert first["creates"] == ["orders_order"]
    assert second == {"creates": [], "drops": [], "renames": [], "models_without_migration": [], "dynamic": []}


def test_what_is_no_diff_is_said_in_its_own_line_and_the_others_are_read(repository, tmp_path):
    texts = {
        "prose": "Hello,\nthis is no diff.\n",
        "bytes": "\0\x01\x02" * 500,
        "nameless": "@@ -0,0 +1 @@\n+CREATE TABLE a (x int);\n",
        "commit of nothing": f"From {'1' * 40} Mon Sep 17 00:00:00 2001\nSubject: [PATCH] none\n\n---\n-- \n2.39.5\n",
        "blank": "\n\n",
    }
    given = []
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        given += ["--patch", tmp_path / name]
    done = run(*given, "--patch", repository / "change.diff", "--json")
    assert done.exit_code == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["creates"] for one in lines] == [[], [], [], [], [], ["orders_order"]]
    said = ["it is no diff: it names no file that changes"]
    assert [one["dynamic"] for one in lines] == [said, said, said, [], [], []]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8-sig", "utf-16"])
def test_a_diff_is_read_whatever_its_bytes_are(encoding, tmp_path):
    file = tmp_path / "change.diff"
    diff = "--- /dev/null\n+++ b/db/V1__x.sql\n@@ -0,0 +1 @@\n+CREATE TABLE orders (x text DEFAULT 'é');\n"
    file.write_bytes(diff.replace("\n", "\r\n").encode(encoding))
    assert json.loads(of_patch_file(file))["creates"] == ["orders"]


@pytest.mark.parametrize(
    "arguments", [[], ["--repo", ".", "--patch", "x"], ["--patch", "nothing.diff"], ["--repo", "/", "--at", "x"]]
)
def test_wrong_use_leaves_with_two_and_a_sentence(arguments):
    done = run(*arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output
