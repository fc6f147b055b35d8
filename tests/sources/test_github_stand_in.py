"""The stand-in serves a real git repository in the shapes of GitHub's own description, so its answers can be real."""

import jsonschema
import pytest
import requests

from tests.openapi import as_json_schema, contract
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.git_repository import GitRepository
from tests.stand_ins.github_server import GitHubServer, Pull

SECRET = "gh-token-of-the-test"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    git = GitRepository(tmp_path_factory.mktemp("served") / "shop")
    git.commit("Start", {"a.py": "one\ntwo\nthree\n", "old.py": "a\nb\nc\nd\n", "gone.py": "x = 1\n"})
    git.tag("v1.0", annotated=True)
    git.switch("feature/orders", "main")
    git.commit("Change much", {"a.py": "one\n2\nthree", "new.py": "a\nb\nc\nd\n", "old.py": None, "gone.py": None})
    logo = git.commit("Draw", {"logo.png": b"\x89PNG\x00\x01"})
    git.switch("main")
    git.commit("Say", {"README.md": "hello\n"})
    git.switch("elsewhere", "main")
    git.git("checkout", "--quiet", "--orphan", "island")
    git.commit("Begin again", {"a.py": "one\n"})
    git.switch("main")
    merge = git.merge("feature/orders")
    git.switch("feature/orders")
    git.commit("More", {"more.py": "x\n"})
    with GitHubServer(RealRepository("acme/shop", git, (Pull(7, "Orders", (logo,), merge=merge),))) as running:
        running.logo, running.merge = logo, merge
        yield running


def ask(server, path):
    whole = f"{server.url}/repos/acme/shop{path}"
    return requests.get(whole, headers={"Authorization": f"token {SECRET}"}, timeout=5)


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/compare/v1.0...main", {"$ref": "#/components/schemas/commit-comparison"}),
        ("/compare/main...feature%2Forders", {"$ref": "#/components/schemas/commit-comparison"}),
        ("/commits/v1.0", {"$ref": "#/components/schemas/commit"}),
        ("/commits/main", {"$ref": "#/components/schemas/commit"}),
        ("/commits/{logo}/pulls", {"items": {"$ref": "#/components/schemas/pull-request-simple"}}),
        ("/git/trees/main?recursive=1", {"$ref": "#/components/schemas/git-tree"}),
    ],
)
def test_a_real_repository_is_served_as_githubs_published_description_says(server, path, schema):
    answer = ask(server, path.format(logo=server.logo))
    assert answer.status_code == 200
    assert answer.json()
    components = as_json_schema(contract("github-openapi.json")["components"])
    jsonschema.Draft7Validator({**schema, "components": components}).validate(answer.json())


def test_files_are_told_with_what_happened_to_them_and_gits_own_hunks(server):
    told = ask(server, "/compare/v1.0...main").json()
    assert (told["status"], told["ahead_by"], told["behind_by"], told["total_commits"]) == ("ahead", 4, 0, 4)
    files = {file["filename"]: file for file in told["files"]}
    assert {name: file["status"] for name, file in files.items()} == {
        "README.md": "added",
        "a.py": "modified",
        "gone.py": "removed",
        "logo.png": "added",
        "new.py": "renamed",
    }
    assert files["new.py"]["previous_filename"] == "old.py"
    assert "patch" not in files["new.py"]
    assert "patch" not in files["logo.png"]
    assert files["a.py"]["patch"] == "@@ -1,3 +1,3 @@\n one\n-two\n-three\n+2\n+three\n\\ No newline at end of file"
    assert (files["a.py"]["additions"], files["a.py"]["deletions"]) == (2, 2)


def test_two_lines_of_history_are_diverged_and_only_the_heads_own_changes_are_listed(server):
    told = ask(server, "/compare/main...feature%2Forders").json()
    assert (told["status"], told["ahead_by"], told["behind_by"]) == ("diverged", 1, 2)
    assert [file["filename"] for file in told["files"]] == ["more.py"]
    assert ask(server, "/compare/main...v1.0").json()["status"] == "behind"
    assert ask(server, "/compare/main...main").json()["status"] == "identical"


def test_a_merge_is_shown_against_its_first_parent(server):
    told = ask(server, "/commits/main").json()
    assert len(told["parents"]) == 2
    assert "README.md" not in [file["filename"] for file in told["files"]]


def test_a_pull_request_is_found_by_its_commits_and_by_its_merge(server):
    for sha in (server.logo, server.merge):
        (pull,) = ask(server, f"/commits/{sha}/pulls").json()
        assert (pull["number"], pull["merge_commit_sha"]) == (7, server.merge)
    assert ask(server, "/commits/v1.0/pulls").json() == []


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/compare/v1.0...v9", 404, "Not Found"),
        ("/compare/v1.0...island", 404, "No common ancestor"),
        ("/commits/v9", 422, "No commit found for SHA: v9"),
    ],
)
def test_what_is_not_there_is_refused_as_github_refuses_it(server, path, status, message):
    answer = ask(server, path)
    assert (answer.status_code, answer.json()["message"][: len(message)]) == (status, message)
