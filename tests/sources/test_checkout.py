"""A real git repository read at a commit: its objects only, whatever the work tree holds."""

import os
import subprocess

import pytest

from playbook.evidence.unavailable import Unavailable
from playbook.sources import checkout as module
from playbook.sources.checkout import checkout, origins
from tests.stand_ins.git_repository import GitRepository


@pytest.fixture
def repository(tmp_path):
    def git(*arguments):
        identity = {"GIT_AUTHOR_NAME": "Ada Example", "GIT_AUTHOR_EMAIL": "ada@example.com"}
        identity |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in identity.items()}
        command = ["git", "-C", str(tmp_path), "-c", "init.defaultBranch=main", *arguments]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, **identity}, timeout=30)

    git("init")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "größe.sql").write_text("CREATE TABLE a (x text);\n", encoding="utf-8")
    (tmp_path / "app" / "latin.sql").write_bytes(b"-- caf\xe9\n")
    (tmp_path / "app" / "empty.sql").touch()
    (tmp_path / "README.md").write_text("read me\n", encoding="utf-8")
    (tmp_path / "app" / "link.sql").symlink_to("/etc/hostname")
    git("add", ".")
    git("commit", "-m", "first")
    git("tag", "v1")
    (tmp_path / "app" / "empty.sql").write_text("DROP TABLE a;\n", encoding="utf-8")
    git("commit", "-am", "second")
    return tmp_path


def sql(path):
    return path.endswith(".sql")


def test_it_reads_the_wanted_files_at_the_revision(repository):
    read = checkout(repository, "v1", sql)
    assert read.texts == {
        "app/größe.sql": "CREATE TABLE a (x text);\n",
        "app/latin.sql": "-- caf\ufffd\n",
        "app/empty.sql": "",
    }
    assert len(read.commit) == 40
    assert checkout(repository, "main", sql).texts["app/empty.sql"] == "DROP TABLE a;\n"


def test_what_was_not_committed_is_not_read(repository):
    (repository / "app" / "empty.sql").write_text("-- changed\n", encoding="utf-8")
    (repository / "new.sql").touch()
    read = checkout(repository, "HEAD", sql)
    assert read.texts["app/empty.sql"] == "DROP TABLE a;\n"
    assert "new.sql" not in read.texts


def test_a_symbolic_link_is_not_followed(repository):
    assert "app/link.sql" not in checkout(repository, "HEAD", sql).texts


def test_a_file_that_is_too_large_is_named_not_read(repository, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 10)
    read = checkout(repository, "v1", sql)
    assert list(read.unread) == ["app/größe.sql"]
    assert "25 bytes" in read.unread["app/größe.sql"]


def test_nothing_wanted_is_nothing_read(repository):
    assert checkout(repository, "HEAD", lambda _: False).texts == {}


@pytest.mark.parametrize("revision", ["nothing", "--help", "-h", "HEAD:app", ""])
def test_what_is_no_commit_is_refused_with_a_sentence(repository, revision):
    with pytest.raises(Unavailable, match="no git repository with a commit"):
        checkout(repository, revision, sql)


def test_a_folder_without_a_repository_is_refused(tmp_path):
    with pytest.raises(Unavailable, match="no git repository"):
        checkout(tmp_path, "HEAD", sql)


def test_without_git_it_says_what_to_install(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match="git is not installed"):
        checkout(repository, "HEAD", sql)


def test_a_file_is_told_with_the_commit_that_brought_it(tmp_path):
    git = GitRepository(tmp_path / "shop")
    first = git.commit("Begin: commit:", {"a.sql": "1\n", "b.sql": "1\n"})
    git.commit("Change a", {"a.sql": "2\n"})
    git.commit("Take b away", {"b.sql": None})
    git.switch("side", first)
    third = git.commit("Add ü.sql", {"ü.sql": "1\n"})
    git.switch("main")
    merged = git.merge("side")
    last = git.commit("Bring b back", {"b.sql": "3\n"})
    found = origins(git.folder, last, ["a.sql", "b.sql", "ü.sql", "none.sql"])
    assert {path: origin.commit for path, origin in found.items()} == {"a.sql": first, "b.sql": last, "ü.sql": third}
    assert found["a.sql"].message == "Begin: commit:"
    assert found["ü.sql"].at == "2026-11-01T09:40:00+00:00"
    assert merged not in {origin.commit for origin in found.values()}
    assert origins(git.folder, last, []) == {}
