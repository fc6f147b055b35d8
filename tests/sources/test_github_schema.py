"""What a repository's files say at three commits: six calls cold, one warm, and no file is left out in silence."""

import json
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import graphql
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jsonschema import Draft7Validator
from pydantic import SecretStr

from bot.app import live_doors
from bot.settings import Settings
from playbook.evidence.schema_history import SchemaHistory
from playbook.evidence.unavailable import Unavailable
from playbook.schema.wanted import is_wanted
from playbook.sources import github_files, github_schema, github_wire
from playbook.sources.budget import Budget
from playbook.sources.checkout import checkout
from playbook.sources.door import side_by_side
from playbook.sources.github import GitHub
from playbook.sources.github_objects import Objects
from playbook.sources.github_query import place
from playbook.sources.github_rest import GitHubAccess, github_door
from playbook.sources.github_schema import Revisions, revisions
from playbook.sources.github_wire import Wire
from tests.openapi import as_json_schema, contract
from tests.stand_ins import github_objects
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.git_repository import GitRepository
from tests.stand_ins.github_objects import Served
from tests.stand_ins.github_server import GitHubServer, Repository
from tests.stand_ins.loopback import Asked, Loopback, Reply, a_page, as_json

SECRET = "gh-token-of-the-test"
QUERY = "POST /api/graphql"
MODELS = 60


def migration(number: int, app: str = "shop") -> tuple[str, str]:
    """A migration of Django's that creates `<app>_model<number>`, after the one before it."""
    before = f'("{app}", "{number - 1:04}_step")' if number else ""
    text = (
        "from django.db import migrations, models\n\n\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = [{before}]\n"
        f'    operations = [migrations.CreateModel("Model{number}", [("id", models.AutoField(primary_key=True))])]\n'
    )
    return f"{app}/migrations/{number:04}_step.py", text


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> GitRepository:
    """498 migrations in the last good release, 499 in the failing one, 500 on the default branch; 60 other files."""
    git = GitRepository(tmp_path_factory.mktemp("large") / "shop")
    models = {f"part{number}/models.py": f"PART = {number}\n" for number in range(MODELS)}
    git.commit("Shop", dict(migration(number) for number in range(498)) | models | {"README.md": "Shop\n"})
    git.tag("v1.2.3", annotated=True)
    git.commit("Keep orders", dict([migration(498)]))
    git.tag("v1.2.4")
    git.commit("Keep more", dict([migration(499)]))
    return git


class Spoiled(GitHubServer):
    """Answers with what `spoil` gives for a request, and with the truth where that is None."""

    spoil: Callable[[Asked], Reply | None] = staticmethod(lambda _asked: None)

    def answer(self, asked: Asked) -> Reply:
        return self.spoil(asked) or super().answer(asked)


def served(git: GitRepository, name: str = "acme/shop") -> Spoiled:
    return Spoiled(RealRepository(name, git))


def asking(server: Loopback, objects: Objects | None = None, seconds: float = 20.0) -> GitHub:
    access = GitHubAccess(api_url=getattr(server, "url", server.origin), token=SecretStr(SECRET))
    return GitHub(github_door(access, Budget(seconds), objects))


def read(server: GitHubServer, head: str, base: str | None = None, objects: Objects | None = None) -> Revisions:
    """The files as the door reads them before they are folded."""
    wire = Wire(GitHubAccess(api_url=server.url, token=SecretStr(SECRET)), Budget(20))
    at = place(wire, "acme/shop", [head, *([base] if base else [])])
    return revisions(wire, objects or Objects(), at, at.points[head], at.points.get(base) if base else None)


def calls(server: Loopback) -> Counter[str]:
    return Counter("tree" if "/git/trees/" in path else path for path in server.paths)


@pytest.fixture
def small(tmp_path) -> GitRepository:
    """One application with three migrations; the last is only in `v2` and on `main`."""
    git = GitRepository(tmp_path / "shop")
    git.commit("Two", dict(migration(number) for number in range(2)))
    git.tag("v1")
    git.commit("Three", dict([migration(2)]))
    git.tag("v2")
    return git


def test_a_large_repository_costs_six_calls_cold_and_one_warm(large):
    objects = Objects()
    with served(large) as server:
        told: Any = asking(server, objects).schema("acme/shop", ["v1.2.4"], ["v1.2.3"], "shop_model498")
        assert calls(server) == {QUERY: 3, "tree": 3}
        assert told["events"][0]["brought"] == "release"
        server.asked.clear()
        again: Any = asking(server, objects).schema("acme/shop", ["v1.2.4"], ["v1.2.3"], "shop_model498")
        other: Any = asking(server, objects).schema("acme/shop", ["v1.2.4"], ["v1.2.3"], "shop_model499")
        assert server.paths == [QUERY, QUERY], "one for each question, whatever the relation"
    assert again == told
    assert [event["brought"] for event in other["later"]] == ["later"]


def test_calls_that_are_left_make_the_batches_smaller(large):
    with served(large) as server:
        read(server, "v1.2.4")
        assert calls(server) == {QUERY: 4, "tree": 2}, "three batches where there is no third tree"
    with served(large) as server:
        read(server, "main")
        assert calls(server) == {QUERY: 5, "tree": 1}


def test_what_is_read_is_what_a_checkout_holds_at_each_of_the_three_commits(large):
    with served(large) as server:
        found = read(server, "v1.2.4", "v1.2.3")
    for revision, name in ((found.head, "v1.2.4"), (found.base, "v1.2.3"), (found.tip, "main")):
        there = checkout(large.folder, name, is_wanted)
        assert (revision.commit, revision.texts, revision.unread) == tuple(there)
    assert len(found.head.texts) == 499 + MODELS


def test_a_new_commit_costs_its_tree_and_its_new_files_only(small):
    objects = Objects()
    with served(small) as server:
        asking(server, objects).schema("acme/shop", ["v2"], ["v1"], "shop_model2")
        server.asked.clear()
        small.commit("Four", dict([migration(3)]))
        told: Any = asking(server, objects).schema("acme/shop", ["v2"], ["v1"], "shop_model3")
        assert calls(server) == {QUERY: 2, "tree": 1}
        asked = json.loads(server.asked[-1].body)["variables"]
        assert len([name for name in asked if name.startswith("b")]) == 1, "one blob is new"
    assert [event["path"] for event in told["later"]] == ["shop/migrations/0003_step.py"]


def test_the_app_keeps_what_one_run_read_for_the_next(small):
    with served(small) as server:
        settings = Settings(_env_file=None, github_api_url=server.url, github_token=SecretStr(SECRET))
        doors = live_doors(settings)
        for _ in range(2):
            server.asked.clear()
            assert GitHub(doors(Budget(20))).schema("acme/shop", ["v2"], ["v1"], "shop_model2") is not None
        assert server.paths == [QUERY]


def test_commits_of_one_tree_are_listed_once(small):
    small.commit("Nothing changed", {})
    with served(small) as server:
        found = read(server, "v2", "v2")
        assert calls(server)["tree"] == 1
    assert found.base == found.head
    assert found.tip is not None
    assert found.tip.texts == found.head.texts
    assert found.tip.commit != found.head.commit


def test_the_answer_is_the_fact_with_line_and_address(small):
    with served(small) as server:
        told = asking(server).schema("acme/shop", ["v2"], ["v1"], "shop_model2")
    fact = SchemaHistory.model_validate(told)
    assert (fact.repository, fact.branch, fact.base) == ("acme/shop", "main", small.name_of("v1"))
    event = fact.events[0]
    assert event.url == f"https://github.example.com/acme/shop/blob/{small.name_of('v2')}/{event.path}#L{event.line}"
    assert fact.incomplete == ()
    assert fact.migrations == 3


def test_nothing_of_a_file_leaves_the_door_but_the_line_that_names_the_relation(small):
    path, text = migration(3)
    small.commit("Notes", {path: text + "\n# mulberry\n", "shop/models.py": "NAME = 'quince'\n"})
    with served(small) as server:
        told = json.dumps(asking(server).schema("acme/shop", ["main"], ["v1"], "shop_model3"))
    assert "Model3" in told
    assert "mulberry" not in told
    assert "quince" not in told
    assert "Model2" not in told


def test_an_answer_that_is_kept_cannot_be_changed_by_who_got_it(small):
    objects = Objects()
    with served(small) as server:
        first: Any = asking(server, objects).schema("acme/shop", ["v2"], ["v1"], "shop_model2")
        first["events"].clear()
        second: Any = asking(server, objects).schema("acme/shop", ["v2"], ["v1"], "shop_model2")
        second["events"].clear()
        third: Any = asking(server, objects).schema("acme/shop", ["v2"], ["v1"], "shop_model2")
    assert len(third["events"]) == 1


def test_the_same_question_is_folded_once(small, monkeypatch):
    folded = []

    def counting(*arguments: Any, **named: Any) -> Any:
        folded.append(arguments[0])
        return told(*arguments, **named)

    told = github_schema.told
    monkeypatch.setattr(github_schema, "told", counting)
    objects = Objects()
    with served(small) as server:
        for relation in ("shop_model2", "shop_model2", "shop_model1"):
            asking(server, objects).schema("acme/shop", ["v2"], ["v1"], relation)
        small.commit("Four", dict([migration(3)]))
        asking(server, objects).schema("acme/shop", ["v2"], ["v1"], "shop_model2")
    assert folded == ["shop_model2", "shop_model1", "shop_model2"], "the branch moved before the last"


def test_refs_are_tried_in_their_order(small):
    with served(small) as server:
        told: Any = asking(server).schema("acme/shop", ["2", "v2", "v1"], ["1", "v1"], "shop_model2")
        assert calls(server)[QUERY] == 2, "all of them in one question, and the texts"
    assert (told["commit"], told["base"]) == (small.name_of("v2"), small.name_of("v1"))


@pytest.mark.parametrize("length", [40, 12, 7])
def test_a_commit_is_found_by_its_name_and_by_the_beginning_of_it(small, length):
    sha = small.name_of("v1")
    with served(small) as server:
        told: Any = asking(server).schema("acme/shop", [sha[:length]], [], "shop_model2")
    assert told["commit"] == sha
    assert told["base"] is None
    assert [event["brought"] for event in told["later"]] == ["later"]


def test_an_annotated_tag_is_its_commit_and_so_is_the_tag_of_a_tag(small):
    small.tag("release-1", "v1", annotated=True)
    small.tag("shipped", "release-1", annotated=True)
    with served(small) as server:
        for name in ("release-1", "shipped"):
            told: Any = asking(server).schema("acme/shop", [name], [], "shop_model0")
            assert told["commit"] == small.name_of("v1")


def test_of_a_tag_and_a_branch_with_one_name_the_tag_is_meant(small):
    small.git("branch", "1.0", "v2")
    small.tag("1.0", "v1")
    with served(small) as server:
        told: Any = asking(server).schema("acme/shop", ["1.0"], [], "shop_model0")
    assert told["commit"] == small.name_of("v1")


def test_a_branch_with_a_slash_is_a_ref(small):
    small.git("branch", "feature/orders", "v1")
    with served(small) as server:
        told: Any = asking(server).schema("acme/shop", ["feature/orders"], [], "shop_model0")
    assert told["commit"] == small.name_of("v1")


def test_a_tag_of_something_that_is_no_commit_is_no_release(small):
    small.tag("picture", "v1^{tree}")
    with served(small) as server:
        assert asking(server).schema("acme/shop", ["picture"], [], "shop_model0") is None


def test_no_such_release_is_absent_and_costs_one_call(small):
    with served(small) as server:
        assert asking(server).schema("acme/shop", ["v9", "9" * 40], ["v1"], "shop_model0") is None
        assert asking(server).schema("acme/shop", [], ["v1"], "shop_model0") is None
        assert server.paths == [QUERY, QUERY]


def test_no_last_good_release_leaves_nothing_to_compare_with(small):
    with served(small) as server:
        told: Any = asking(server).schema("acme/shop", ["v2"], ["v0"], "shop_model2")
    assert told["base"] is None
    assert told["events"][0]["brought"] == "unknown"


@pytest.mark.parametrize("ref", ["v1:shop", "v1^{tree}", "@{1}", "-q", "", 'v1") { id } }', "a\x00b", "v1~1"])
def test_a_ref_git_could_not_hold_is_not_asked_for(small, ref):
    with served(small) as server:
        assert asking(server).schema("acme/shop", [ref], [], "shop_model0") is None
        assert set(json.loads(server.asked[0].body)["variables"]) == {"owner", "name"}


def test_a_repository_without_a_default_branch_is_compared_with_none(small):
    small.git("branch", "--move", "main", "trunk")
    with served(small) as server:
        told: Any = asking(server).schema("acme/shop", ["v1"], [], "shop_model2")
    assert told["branch"] is None
    assert told["later"] == []


def test_an_empty_repository_has_no_release(tmp_path):
    with served(GitRepository(tmp_path / "new")) as server:
        assert asking(server).schema("acme/shop", ["v1"], [], "orders") is None
    with GitHubServer(Repository("acme/shop")) as server:
        assert asking(server).schema("acme/shop", ["v1"], [], "orders") is None


def test_a_renamed_repository_is_read_under_its_new_name(small):
    with Spoiled(RealRepository("acme/shop", small), Repository("acme/old", moved_to="acme/shop")) as server:
        told: Any = asking(server).schema("acme/old", ["v2"], ["v1"], "shop_model2")
        assert all("acme/shop/git/trees" in path for path in server.paths if "/git/" in path)
    assert told["repository"] == "acme/shop"
    assert len(told["events"]) == 1


def test_only_queries_are_sent_and_nothing_found_becomes_part_of_one(small):
    small.tag("v3-'\"$x")
    with served(small) as server:
        asking(server).schema("acme/shop", ["v3-'\"$x"], ["v1"], "shop_model2")
        sent = [json.loads(one.body) for one in server.asked if one.method == "POST"]
    assert len(sent) == 2
    for one in sent:
        parsed = [each for each in graphql.parse(one["query"]).definitions if each.kind == "operation_definition"]
        assert [str(each.operation.value) for each in parsed] == ["query"]
        assert not any(value in one["query"] for value in one["variables"].values() if len(value) > 2)


def test_the_stand_in_refuses_a_mutation_and_a_field_that_github_has_not(small):
    for text in ("mutation { addStar }", 'query { repository(owner: "acme", name: "shop") { nonsense } }'):
        told = json.loads(github_objects.query(json.dumps({"query": text}).encode(), {}).body)
        assert told["errors"]
        assert "data" not in told


@pytest.mark.parametrize(("below", "graphql_at"), [("/api/v3", "/api/graphql"), ("", "/graphql")])
def test_enterprise_and_github_itself_are_asked_where_they_answer(small, below, graphql_at):
    with served(small) as server:
        access = GitHubAccess(api_url=f"{server.origin}{below}", token=SecretStr(SECRET))
        GitHub(github_door(access, Budget(20))).schema("acme/shop", ["v2"], ["v1"], "shop_model2")
        assert {one.path for one in server.asked if one.method == "POST"} == {graphql_at}
        assert all(one.path.startswith(f"{below}/repos/acme/shop/git/trees/") for one in server.asked if not one.body)


def test_an_app_asks_with_the_token_of_its_installation(small):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.PrivateFormat.TraditionalOpenSSL
    text = key.private_bytes(serialization.Encoding.PEM, pem, serialization.NoEncryption()).decode()
    with served(small) as server:
        access = GitHubAccess(api_url=server.url, app_id=7, app_key=SecretStr(text))
        told: Any = GitHub(github_door(access, Budget(20))).schema("acme/shop", ["v2"], ["v1"], "shop_model2")
        assert server.paths[:2] == [
            "GET /api/v3/repos/acme/shop/installation",
            "POST /api/v3/app/installations/4711/access_tokens",
        ]
        assert set(server.authorizations[2:]) == {"token ghs_given_1"}
    assert len(told["events"]) == 1


def test_questions_at_the_same_time_each_get_their_own_files(large):
    objects = Objects()
    names = ["v1.2.4", "v1.2.3", "main"] * 3
    with served(large) as server:
        found = side_by_side(*(partial(read, server, name, None, objects) for name in names))
    expected = [tuple(checkout(large.folder, name, is_wanted)) for name in names]
    assert [tuple(one.head) for one in found if isinstance(one, Revisions)] == expected


# What is no text, or too large


ODD = "shop/migrations/0009_naïve name #1 \"q\" 'x'.py"


@pytest.fixture
def odd(small: GitRepository) -> GitRepository:
    small.commit(
        "Odd files",
        {
            "shop/migrations/0003_binary.py": b"\x00\x01\xff" * 9,
            "shop/migrations/0004_huge.py": b"# long\n" * (github_files.LARGEST // 7 + 1),
            "shop/migrations/0005_latin.py": "# caf\u00e9\n".encode("latin-1"),
            "shop/migrations/0006_empty.py": "",
            ODD: "# odd\n",
        },
    )
    (small.folder / "shop/migrations/0007_link.py").symlink_to("0001_step.py")
    small.commit("Linked", {})
    added = ["update-index", "--add", "--cacheinfo", f"160000,{small.name_of('v1')},shop/migrations/0008_module.py"]
    small.git(*added)
    name = ["-c", "user.name=Ada Example", "-c", "user.email=ada@example.com"]
    small.git(*name, "commit", "--quiet", "-m", "A submodule")
    small.tag("odd")
    return small


def test_every_wanted_file_is_read_or_its_reason_told_and_links_are_no_files(odd):
    with served(odd) as server:
        found = read(server, "odd").head
        asked = json.loads(server.asked[-1].body)["variables"].values()
    assert found.unread == {
        "shop/migrations/0003_binary.py": "it is binary",
        "shop/migrations/0004_huge.py": "it has 500,003 bytes, more than the 500,000 that are read",
    }
    assert found.texts["shop/migrations/0005_latin.py"] == "# caf\u00e9\n"
    assert found.texts["shop/migrations/0006_empty.py"] == ""
    assert found.texts[ODD] == "# odd\n"
    paths = {*found.texts, *found.unread}
    assert not any("link" in path or "module.py" in path for path in paths)
    for path in ("0004_huge.py", "0006_empty.py"):
        oid = odd.git("rev-parse", f"odd:shop/migrations/{path}").decode().strip()
        assert oid not in asked, "what its size tells is not asked for"


def test_what_was_not_read_is_told_of_the_answer_and_the_address_of_an_odd_path_holds(odd):
    odd.commit("More", {ODD: migration(10)[1].replace('("shop", "0009_step")', '("shop", "0002_step")')})
    with served(odd) as server:
        told: Any = asking(server).schema("acme/shop", ["main"], [], "shop_model10")
    assert any("0003_binary.py: it is binary" in sentence for sentence in told["incomplete"])
    assert any("0004_huge.py" in sentence for sentence in told["incomplete"])
    assert "/0009_na%C3%AFve%20name%20%231%20%22q%22%20%27x%27.py#L6" in told["events"][0]["url"]


def test_a_text_that_github_cut_off_is_not_taken_for_the_whole(small, monkeypatch):
    long = migration(0)[1] + "# a remark that is longer than a dependency\n"
    small.commit("Long", {"shop/migrations/0000_step.py": long})
    monkeypatch.setattr(github_objects, "TEXT_BYTES", len(long) - 1)
    with served(small) as server:
        found = read(server, "main").head
    assert found.unread == {"shop/migrations/0000_step.py": f"GitHub cut its {len(long):,} bytes off"}
    assert len(found.texts) == 2


def test_past_the_bound_migrations_go_first_and_the_rest_is_told(large, monkeypatch):
    monkeypatch.setattr(github_files, "MOST_FILES", 505)
    with served(large) as server:
        found = read(server, "v1.2.4").head
    assert len([path for path in found.texts if "/migrations/" in path]) == 499
    assert len(found.texts) == 504, "one migration of the default branch is read too"
    assert set(found.unread.values()) == {
        "the repository has more than 505 files or 16 MB of such files, and the rest was not read"
    }
    assert len(found.unread) == MODELS - 5


def test_many_bytes_are_read_in_more_questions_and_bounded(large, monkeypatch):
    monkeypatch.setattr(github_files, "BYTES_IN_ONE_QUESTION", 30_000)
    with served(large) as server:
        found = read(server, "v1.2.4", "v1.2.3")
        assert calls(server)[QUERY] >= 5
    assert not found.head.unread
    monkeypatch.setattr(github_files, "MOST_BYTES", 30_000)
    with served(large) as server:
        found = read(server, "v1.2.4")
    assert 0 < sum(map(len, found.head.texts.values())) <= 30_000
    assert {*found.head.texts, *found.head.unread} == {*checkout(large.folder, "v1.2.4", is_wanted).texts}


# Lists that GitHub cuts off


def cutting(git: GitRepository, *, at: str, most: int) -> Callable[[Asked], Reply | None]:
    tree = git.git("rev-parse", f"{at}^{{tree}}").decode().strip()

    def spoil(asked: Asked) -> Reply | None:
        if not asked.path.endswith(f"/git/trees/{tree}"):
            return None
        return github_objects.tree(Served("acme/shop", git), tree, "https://api.example.com", recursive=True, most=most)

    return spoil


def test_a_cut_off_list_of_the_failing_release_is_told_and_compared_with_nothing(small):
    with served(small) as server:
        server.spoil = cutting(small, at="v2", most=4)
        told: Any = asking(server).schema("acme/shop", ["v2"], ["v1"], "shop_model1")
    assert told["incomplete"][0] == "GitHub does not list all files of the failing release: there are too many"
    assert told["base"] is None
    assert told["events"][0]["brought"] == "unknown"
    assert told["gone"] == [], "what the cut-off list does not hold may be there"


def test_a_cut_off_list_of_the_last_good_release_brings_nothing_new(small):
    with served(small) as server:
        server.spoil = cutting(small, at="v1", most=3)
        told: Any = asking(server).schema("acme/shop", ["v2"], ["v1"], "shop_model1")
    assert told["uncompared"] == ["the last good release was not compared: GitHub does not list all of its files"]
    assert told["events"][0]["brought"] == "unknown", "without the whole list it would look new"


def test_a_last_good_release_that_cannot_be_listed_is_told_and_the_rest_stands(small):
    def spoil(asked: Asked) -> Reply | None:
        return as_json({"message": "Server Error"}, 500) if asked.path.endswith(tree) else None

    tree = small.git("rev-parse", "v1^{tree}").decode().strip()
    with served(small) as server:
        server.spoil = spoil
        told: Any = asking(server).schema("acme/shop", ["v2"], ["v1"], "shop_model1")
    assert told["uncompared"] == [
        f"the last good release was not compared: GitHub at {server.url.split('/')[2]} could not compute the answer "
        "(500); check again in a minute"
    ]
    assert told["incomplete"] == [], "the failing release itself was read whole"
    assert len(told["events"]) == 1


# What GitHub does not finish


def spoiling_blobs(spoil: Callable[[Asked, int], Reply | None]) -> Callable[[Asked], Reply | None]:
    """Applies to questions for blobs; told how many blobs one asks for."""

    def spoiled(asked: Asked) -> Reply | None:
        number = asked.body.count(b"object(oid:") if asked.method == "POST" else 0
        return spoil(asked, number) if number else None

    return spoiled


WENT_WRONG = {"message": "Something went wrong while executing your query. This may be the result of a timeout."}
UNFINISHED = {
    "502": a_page(502),
    "504": Reply(504),
    "500": as_json({"message": "Server Error"}, 500),
    "went wrong": as_json({"data": None, "errors": [WENT_WRONG]}),
    "went wrong without data": as_json({"errors": [WENT_WRONG]}),
    "went wrong, 502": as_json({"errors": [WENT_WRONG]}, 502),
    "resource limits": as_json(
        {
            "data": {"repository": None},
            "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."}],
        }
    ),
    "broken off": Reply(body=b'{"data": {', missing=500),
}


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_batch_that_github_gives_up_is_asked_again_in_halves(large, name):
    with served(large) as server:
        server.spoil = spoiling_blobs(lambda _asked, number: UNFINISHED[name] if number > 200 else None)
        found = read(server, "v1.2.4", "v1.2.3")
        assert calls(server) == {QUERY: 7, "tree": 3}, "the refs, two batches, four halves"
    assert not found.head.unread
    assert len(found.head.texts) == 499 + MODELS


def test_a_batch_that_is_not_answered_in_time_is_asked_again_in_halves(small, monkeypatch):
    monkeypatch.setattr(github_wire, "REQUEST_SECONDS", 2.0)
    with served(small) as server:
        server.spoil = spoiling_blobs(lambda _asked, number: Reply(pause=30.0) if number > 2 else None)
        found = read(server, "v2")
    assert len(found.head.texts) == 3


def test_what_is_not_given_twice_is_unread_and_the_rest_is_there(small):
    lost = small.git("rev-parse", "v2:shop/migrations/0001_step.py").decode().strip()
    with served(small) as server:
        server.spoil = spoiling_blobs(lambda asked, _: a_page(502) if lost.encode() in asked.body else None)
        found = read(server, "v2").head
    assert found.unread["shop/migrations/0001_step.py"] == github_files.UNGIVEN
    assert found.texts, "the half without it was given"
    assert len(found.texts) + len(found.unread) == 3


def partially(asked: Asked, git: GitRepository, error: dict[str, Any]) -> Reply:
    told = json.loads(github_objects.query(asked.body, {"acme/shop": Served("acme/shop", git)}).body)
    told["data"]["repository"]["b0"] = None
    told["errors"] = [{**error, "path": ["repository", "b0"]}]
    return as_json(told)


def test_blobs_that_an_answer_leaves_out_are_asked_again(small):
    seen: list[int] = []

    def spoil(asked: Asked, number: int) -> Reply | None:
        seen.append(number)
        return partially(asked, small, {"message": "Resource limits for this query exceeded."}) if number == 3 else None

    with served(small) as server:
        server.spoil = spoiling_blobs(spoil)
        found = read(server, "v2").head
    assert seen == [3, 1], "only the one that is missing"
    assert not found.unread


def test_a_blob_that_github_does_not_give_at_all_is_told_and_asked_again_another_time(small):
    objects = Objects()
    with served(small) as server:
        server.spoil = spoiling_blobs(lambda asked, _: partially(asked, small, {"type": "NOT_FOUND", "message": "No"}))
        told: Any = asking(server, objects).schema("acme/shop", ["v2"], [], "shop_model1")
        assert any(github_files.UNGIVEN in sentence for sentence in told["incomplete"])
        server.spoil = Spoiled.spoil
        told = asking(server, objects).schema("acme/shop", ["v2"], [], "shop_model1")
    assert told["incomplete"] == [], "neither the gap nor the answer that has it was kept"


def test_nothing_given_at_all_is_unavailable_not_a_repository_full_of_gaps(small):
    with served(small) as server:
        server.spoil = spoiling_blobs(lambda _asked, _: a_page(502))
        with pytest.raises(Unavailable, match="gave none of the files"):
            asking(server).schema("acme/shop", ["v2"], [], "shop_model1")


def test_a_question_for_refs_that_github_gives_up_is_asked_once_more(small):
    replies = [a_page(502)]
    with served(small) as server:
        server.spoil = lambda _asked: replies.pop() if replies else None
        told: Any = asking(server).schema("acme/shop", ["v2"], ["v1"], "shop_model2")
    assert len(told["events"]) == 1


# What GitHub refuses


LATER = str(int(time.time()) + 6_000)


def erring(kind: str | None, message: str = "No.", **more: Any) -> dict[str, Any]:
    return {
        "data": {"repository": None},
        "errors": [{"type": kind, "path": ["repository"], "message": message, **more}],
    }


FAULTS = {
    "not found": (
        as_json(erring("NOT_FOUND", "Could not resolve to a Repository with the name 'acme/shop'.")),
        "shows no repository acme/shop to this token: check the name",
    ),
    "rate limit": (
        as_json(erring("RATE_LIMITED", "API rate limit exceeded"), x_ratelimit_remaining="0", x_ratelimit_reset=LATER),
        r"rate limit is used up .GraphQL.; it is free again in (9\d|100) minutes",
    ),
    "rate limit in other words": (
        as_json(erring("RATE_LIMITED", "Slow down, please"), retry_after="30"),
        "free again in 30 seconds",
    ),
    "rate limit without data": (
        as_json({"errors": [{"type": "RATE_LIMIT", "message": "API rate limit already exceeded"}]}),
        "free again in 60 seconds",
    ),
    "secondary limit": (
        as_json({"message": "You have exceeded a secondary rate limit."}, 403, retry_after="45"),
        "free again in 45 seconds",
    ),
    "forbidden": (
        as_json(erring("FORBIDDEN", "Resource not accessible by integration")),
        "may not read this .403.; it needs: contents=read",
    ),
    "scopes": (as_json(erring("INSUFFICIENT_SCOPES", "Your token has not been granted")), "may not read this"),
    "sso": (
        as_json(erring("FORBIDDEN", "Resource protected by organization SAML enforcement", extensions={})),
        "single sign-on",
    ),
    "sso by extension": (as_json(erring("FORBIDDEN", extensions={"saml_failure": True})), "single sign-on"),
    "ip allow list": (as_json(erring("FORBIDDEN", "`acme` has an IP allow list enabled")), "IP allow list"),
    "unknown field": (
        as_json({"errors": [{"message": "Field 'x' doesn't exist", "extensions": {"code": "undefinedField"}}]}),
        "its version is too old",
    ),
    "401": (as_json({"message": "Bad credentials"}, 401), "does not accept the token .401."),
    "no graphql": (as_json({"message": "Not Found"}, 404), "is not GitHub's API .404."),
    "404 page": (a_page(404), "is not GitHub's API .404."),
    "502": (a_page(502), "could not compute the answer .502."),
    "html": (a_page(), "a web page answered"),
    "cut-off json": (Reply(body=b'{"data": {"repository"'), "cut off or not JSON"),
    "empty": (Reply(), "empty answer"),
    "list": (as_json([]), "not in the form"),
    "null": (as_json(None), "not in the form"),
    "no repository": (as_json({"data": {}}), "gave no answer"),
    "data is a list": (as_json({"data": []}), "not in the form"),
    "wrong types": (as_json({"data": {"repository": {"nameWithOwner": 3}}}), "not in the form"),
    "wrong page": (
        as_json({"data": {"repository": {"nameWithOwner": "acme/shop", "url": "javascript:alert(1)"}}}),
        "not in the form",
    ),
    "wrong errors": (as_json({"errors": [3]}), "not in the form"),
    "part unknown": (
        as_json({"data": {"repository": {"t0": None}}, "errors": [{"message": "Oops", "path": ["repository", "t0"]}]}),
        "could not say where a ref stands",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_failure_is_a_sentence_without_a_secret(small, name):
    with served(small) as server:
        server.fault, expected = FAULTS[name]
        began = time.monotonic()
        with pytest.raises(Unavailable, match=expected) as caught:
            asking(server).schema("acme/shop", ["v2"], ["v1"], "shop_model1")
    assert time.monotonic() - began < 10, "no failure is waited out"
    assert SECRET not in caught.value.sentence
    assert "\n" not in caught.value.sentence
    assert len(caught.value.sentence) < 200


@pytest.mark.parametrize("name", ["rate limit", "secondary limit", "forbidden", "401", "html"])
def test_a_refusal_in_the_middle_is_no_gap_but_the_answer(small, name):
    reply, expected = FAULTS[name]
    with served(small) as server:
        server.spoil = spoiling_blobs(lambda _asked, _number: reply)
        with pytest.raises(Unavailable, match=expected):
            asking(server).schema("acme/shop", ["v2"], ["v1"], "shop_model1")


@pytest.mark.parametrize(
    "reply",
    [
        as_json({"message": "Not Found"}, 404),
        as_json([]),
        as_json({"tree": [{"path": 3}], "truncated": False}),
        a_page(),
    ],
)
def test_a_list_of_files_that_is_none_is_unavailable(small, reply):
    with served(small) as server:
        server.fault, server.fault_at = reply, "/git/trees/"
        with pytest.raises(Unavailable):
            asking(server).schema("acme/shop", ["v2"], ["v1"], "shop_model1")


def test_a_run_without_time_left_does_not_ask(small):
    with served(small) as server:
        with pytest.raises(Unavailable, match="time of this run was used up"):
            asking(server, seconds=0).schema("acme/shop", ["v2"], ["v1"], "shop_model1")
        assert server.asked == []


@pytest.mark.parametrize("repository", ["acme", "acme/shop/x", "acme/..", "a b/c"])
def test_a_repository_that_is_no_owner_and_name_is_said_to_be_none(small, repository):
    with served(small) as server:
        with pytest.raises(Unavailable, match="not named as owner/name"):
            asking(server).schema(repository, ["v2"], [], "orders")
        assert server.asked == []


def test_the_stand_ins_tree_is_one_that_github_could_give(odd):
    components = as_json_schema(contract("github-openapi.json")["components"])
    whole = {"$ref": "#/components/schemas/git-tree", "components": components}
    with served(odd) as server:
        told = requests.get(
            f"{server.url}/repos/acme/shop/git/trees/odd?recursive=1",
            headers={"Authorization": f"token {SECRET}"},
            timeout=5,
        ).json()
    Draft7Validator(whole).validate(told)
    assert not Draft7Validator(whole).is_valid({**told, "tree": [{"path": 3}]})
    assert {entry["mode"] for entry in told["tree"]} == {"040000", "100644", "120000", "160000"}


def test_a_folder_is_listed_with_its_first_level_only_unless_asked_for_all(small: GitRepository) -> None:
    there = Served("acme/shop", small)
    first = json.loads(github_objects.tree(there, "v2", "https://api.example.com", recursive=False).body)
    assert [entry["path"] for entry in first["tree"]] == ["shop"]
    all_of_it = json.loads(github_objects.tree(there, "v2", "https://api.example.com", recursive=True).body)
    assert "shop/migrations/0001_step.py" in [entry["path"] for entry in all_of_it["tree"]]
