"""The live GitHub door: one question, one request; absent is not unavailable; the token stays at home."""

import json
import time
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from playbook.evidence.unavailable import Unavailable
from playbook.sources import github_refs, github_sent, github_wire
from playbook.sources.budget import Budget
from playbook.sources.door import Door, side_by_side
from playbook.sources.github import GitHub
from playbook.sources.github_rest import GitHubAccess, github_door
from tests.openapi import as_json_schema, contract
from tests.stand_ins.github_server import Commit, File, GitHubServer, Pull, Repository
from tests.stand_ins.loopback import Loopback, Reply, a_closed_port, a_page, as_json

SECRET = "gh-token-of-the-test"
PATCH = "@@ -0,0 +1,2 @@\n+CREATE TABLE orders (\n+);"
FIRST = Commit("Start the shop", date="2026-05-01T10:00:00Z")
SECOND = Commit(
    "Add the orders table\n\nFor the checkout.",
    date="2026-05-02T10:00:00Z",
    files=(File("shop/migrations/0042_orders.sql", PATCH, "added"), File("logo.png", additions=0, deletions=0)),
)
THIRD = Commit("Use it", date="2026-05-03T10:00:00Z", files=(File("shop/views.py", "@@ -1 +1 @@\n-a\n+b"),))
SHOP = Repository(
    "acme/shop",
    (FIRST, SECOND, THIRD),
    {"v1.2.3": FIRST.sha, "v1.2.4": THIRD.sha, "feature/orders": SECOND.sha},
    (Pull(17, "Orders", (SECOND.sha,)), Pull(18, "Not merged yet", (THIRD.sha,), merged_at=None)),
)


def door_to(url: str, seconds: float = 20.0, token: str = SECRET) -> Door:
    return github_door(GitHubAccess(api_url=url, token=SecretStr(token)), Budget(seconds))


def asking(server: GitHubServer | Loopback, seconds: float = 20.0) -> GitHub:
    return GitHub(door_to(getattr(server, "url", server.origin), seconds))


@pytest.fixture
def server():
    with GitHubServer(SHOP) as running:
        yield running


def test_a_comparison_costs_one_request_and_holds_what_was_documented(server):
    told: Any = asking(server).compare("acme/shop", ["v1.2.3"], ["v1.2.4"])
    assert server.paths == ["GET /api/v3/repos/acme/shop/compare/v1.2.3...v1.2.4"]
    assert {name: told[name] for name in ("base", "head", "status", "total_commits", "incomplete")} == {
        "base": "v1.2.3",
        "head": "v1.2.4",
        "status": "ahead",
        "total_commits": 2,
        "incomplete": [],
    }
    assert told["html_url"] == "https://github.example.com/acme/shop/compare/v1.2.3...v1.2.4"
    assert told["commits"][0] == {
        "sha": SECOND.sha,
        "html_url": f"https://github.example.com/acme/shop/commit/{SECOND.sha}",
        "message": "Add the orders table\n\nFor the checkout.",
        "author": "Ada Example",
        "date": "2026-05-02T10:00:00Z",
        "authored": "2026-05-02T10:00:00Z",
        "parents": [FIRST.sha],
    }
    assert [commit["sha"] for commit in told["commits"]] == [SECOND.sha, THIRD.sha]
    assert told["files"][0] == {
        "filename": "shop/migrations/0042_orders.sql",
        "status": "added",
        "previous_filename": None,
        "patch": PATCH,
        "blob_url": f"https://github.example.com/acme/shop/blob/{THIRD.sha}/shop/migrations/0042_orders.sql",
        "additions": 2,
        "deletions": 0,
    }
    assert told["files"][1]["patch"] is None


def test_a_commit_costs_one_request_and_has_its_files(server):
    told: Any = asking(server).commit("acme/shop", [SECOND.sha])
    assert server.paths == [f"GET /api/v3/repos/acme/shop/commits/{SECOND.sha}"]
    assert told["author"] == "Ada Example"
    assert [file["filename"] for file in told["files"]] == ["shop/migrations/0042_orders.sql", "logo.png"]
    assert told["incomplete"] == []


def test_the_pull_requests_of_a_commit_cost_one_request(server):
    told: Any = asking(server).pulls_of("acme/shop", SECOND.sha)
    assert server.paths == [f"GET /api/v3/repos/acme/shop/commits/{SECOND.sha}/pulls"]
    assert told == [
        {
            "number": 17,
            "title": "Orders",
            "author": "ada-example",
            "merged_at": "2026-05-04T11:00:00Z",
            "state": "closed",
            "merge_commit_sha": SECOND.sha,
            "html_url": "https://github.example.com/acme/shop/pull/17",
        }
    ]


def test_a_commit_without_a_pull_request_has_an_empty_list(server):
    assert asking(server).pulls_of("acme/shop", FIRST.sha) == []


def test_every_answer_is_plain_json(server):
    github = asking(server)
    told = [github.compare("acme/shop", ["v1.2.3"], ["v1.2.4"]), github.commit("acme/shop", ["v1.2.4"])]
    assert json.loads(json.dumps(told)) == told


def test_refs_are_tried_in_turn_those_of_one_form_first(server):
    told: Any = asking(server).compare("acme/shop", ["1.2.3", "v1.2.3"], ["1.2.4", "v1.2.4"])
    assert (told["base"], told["head"]) == ("v1.2.3", "v1.2.4")
    assert server.paths == [
        "GET /api/v3/repos/acme/shop/compare/1.2.3...1.2.4",
        "GET /api/v3/repos/acme/shop/compare/v1.2.3...v1.2.4",
    ]


def test_a_repository_that_changed_how_it_names_releases_is_compared_all_the_same():
    names = {"1.2.3": FIRST.sha, "v1.2.4": THIRD.sha}
    with GitHubServer(Repository("acme/shop", SHOP.commits, names)) as server:
        told: Any = asking(server).compare("acme/shop", ["v1.2.3", "1.2.3"], ["v1.2.4", "1.2.4"])
    assert (told["base"], told["head"]) == ("1.2.3", "v1.2.4")


def test_a_branch_with_a_slash_is_one_ref(server):
    told: Any = asking(server).compare("acme/shop", ["v1.2.3"], ["feature/orders"])
    assert told["total_commits"] == 1
    assert asking(server).commit("acme/shop", ["feature/orders"]) is not None


def test_no_such_ref_is_absent_and_one_more_request_proves_it(server):
    github = asking(server)
    assert github.compare("acme/shop", ["v9"], ["v10"]) is None
    assert server.paths[1:] == ["GET /api/v3/repos/acme/shop"]
    assert github.compare("acme/shop", ["v9"], ["v11"]) is None
    assert len(server.paths) == 3, "the repository was seen once, and is not looked at again"


def test_no_such_commit_is_absent_by_githubs_own_words(server):
    github = asking(server)
    assert github.commit("acme/shop", ["v9", "9" * 40]) is None
    assert github.pulls_of("acme/shop", "9" * 40) is None
    assert len(server.paths) == 3, "422 No commit found already shows that the repository can be seen"


def test_an_empty_repository_has_no_commit():
    with GitHubServer(Repository("acme/new")) as server:
        assert asking(server).commit("acme/new", ["main"]) is None


def test_a_repository_the_token_cannot_see_is_unavailable_not_absent(server):
    with pytest.raises(Unavailable, match="shows no repository acme/hidden to this token"):
        asking(server).compare("acme/hidden", ["v1"], ["v2"])


@pytest.mark.parametrize(
    "ref", ["../../../user", "a..b", "v1 2", "x:y", "-q", "", "a\x00b", "@{1}", "v1?page=2", "a/../b"]
)
def test_a_ref_git_could_not_hold_asks_for_no_other_path(server, ref):
    assert asking(server).commit("acme/shop", [ref]) is None
    assert server.paths == ["GET /api/v3/repos/acme/shop"]


@given(st.text(max_size=40))
def test_whatever_the_ref_the_path_stays_below_the_repository(ref):
    for possible in github_refs.possible([ref]):
        assert ".." not in possible
        below = "https://api.example.com/repos/acme/shop/compare/"
        assert str(requests.Request("GET", f"{below}{quote(possible)}...v1").prepare().url).startswith(below)


@pytest.mark.parametrize("repository", ["acme", "acme/shop/x", "../user", "acme/..", "a b/c", "https://evil.example/x"])
def test_a_repository_that_is_no_owner_and_name_is_said_to_be_none(server, repository):
    with pytest.raises(Unavailable, match="not named as owner/name"):
        asking(server).commit(repository, ["main"])
    assert server.paths == []


def test_a_renamed_repository_is_followed_on_its_own_host():
    with GitHubServer(Repository("acme/old", moved_to="acme/shop"), SHOP) as server:
        told: Any = asking(server).compare("acme/old", ["v1.2.3"], ["v1.2.4"])
        assert told["total_commits"] == 2
        assert len(server.paths) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_refused_and_that_host_hears_nothing(server, status):
    with Loopback() as stranger:
        server.fault = Reply(status, headers={"Location": f"{stranger.origin}/repos/acme/shop/commits/v1.2.4"})
        with pytest.raises(Unavailable, match="redirects elsewhere") as caught:
            asking(server).commit("acme/shop", ["v1.2.4"])
        assert stranger.asked == []
    assert SECRET not in caught.value.sentence


@pytest.mark.parametrize("target", ["/api/v3/round", "{home}/api/v3/round", "//127.0.0.1/x", "https://[", ""])
def test_a_redirect_without_end_or_sense_is_given_up(server, target):
    server.fault = Reply(301, headers={"Location": target.format(home=server.origin)})
    with pytest.raises(Unavailable):
        asking(server).commit("acme/shop", ["v1.2.4"])
    assert len(server.paths) <= 3


def test_repositories_that_move_to_each_other_are_given_up():
    with GitHubServer(Repository("acme/a", moved_to="acme/b"), Repository("acme/b", moved_to="acme/a")) as server:
        with pytest.raises(Unavailable, match="redirects elsewhere"):
            asking(server).commit("acme/a", ["main"])
        assert len(server.paths) == 3


def test_only_the_configured_token_is_sent(server):
    asking(server).commit("acme/shop", ["v1.2.4"])
    assert server.authorizations == [f"token {SECRET}"]


def test_questions_asked_at_the_same_time_each_get_their_own_answer():
    commits = tuple(Commit(f"Change {number}") for number in range(40))
    with GitHubServer(Repository("acme/shop", commits), delay=0.02) as server:
        github = asking(server)
        told: list[Any] = side_by_side(*[lambda sha=one.sha: github.commit("acme/shop", [sha]) for one in commits])
    assert [one["message"] for one in told] == [one.message for one in commits]


def test_a_netrc_does_not_replace_the_token(server, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login x password y\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    asking(server).commit("acme/shop", ["v1.2.4"])
    assert server.authorizations == [f"token {SECRET}"]


LATER = str(int(time.time()) + 6_000)  # a hundred minutes after this file was read
FAULTS = {
    "401": (as_json({"message": "Bad credentials"}, 401), "does not accept the token .401."),
    "primary limit": (
        as_json({"message": "API rate limit exceeded"}, 403, x_ratelimit_remaining="0", x_ratelimit_reset=LATER),
        r"rate limit is used up .403.; it is free again in (9\d|100) minutes",
    ),
    "primary limit, 429": (
        as_json({"message": "limit"}, 429, x_ratelimit_remaining="0", x_ratelimit_reset=LATER),
        r"free again in (9\d|100) minutes",
    ),
    "secondary limit": (
        as_json({"message": "You have exceeded a secondary rate limit."}, 403, retry_after="45"),
        "free again in 45 seconds",
    ),
    "secondary limit without a time": (
        as_json({"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}, 403),
        "free again in 60 seconds",
    ),
    "429 and no more": (Reply(429), "free again in 60 seconds"),
    "nonsense reset": (
        as_json({"message": "limit"}, 429, x_ratelimit_remaining="0", x_ratelimit_reset="soon"),
        "is not GitHub's API",
    ),
    "sso": (
        as_json(
            {"message": "Resource protected"}, 403, x_github_sso="required; url=https://github.com/orgs/acme/sso?a=b"
        ),
        "single sign-on",
    ),
    "ip allow list": (as_json({"message": "`acme` has an IP allow list enabled"}, 403), "IP allow list"),
    "permission": (
        as_json({"message": "Resource not accessible"}, 403, x_accepted_github_permissions="contents=read"),
        "may not read this .403.; it needs: contents=read$",
    ),
    "permission unnamed": (as_json({"message": "Forbidden"}, 403), "it needs: contents=read, pull_requests=read"),
    "404 page": (a_page(404), "is not GitHub's API"),
    "404 empty": (Reply(404), "is not GitHub's API"),
    "410": (as_json({"message": "Gone"}, 410), "refused the request .410."),
    "422 too slow": (as_json({"message": "This diff is taking too long to generate."}, 422), "could not compute"),
    "500": (Reply(500), "could not compute the answer .500."),
    "502": (a_page(502), "could not compute the answer .502."),
    "503 later": (Reply(503, headers={"Retry-After": "60"}), "could not compute the answer .503."),
    "503 list": (as_json(["down"], 503), "could not compute the answer .503."),
    "202": (as_json({}, 202), "still computing"),
    "html": (a_page(), "a web page answered"),
    "cut-off": (Reply(body=b'{"sha": "abc', missing=500), "broke off"),
    "cut-off json": (Reply(body=b'{"sha": "abc'), "cut off or not JSON"),
    "deep": (Reply(body=b"[" * 200_000), "cut off or not JSON"),
    "empty": (Reply(), "empty answer"),
    "204": (Reply(204), "empty answer"),
    "list": (as_json([]), "not in the form"),
    "null": (as_json(None), "not in the form"),
    "number": (as_json(3), "not in the form"),
    "wrong types": (as_json({"sha": 3, "html_url": [], "commit": "x", "files": {}}), "not in the form"),
    "wrong message type": (as_json({"message": {"a": 1}}, 400), "refused the request .400."),
    "wrong encoding": (Reply(body=b"\xff\xfe\xff", headers={"Content-Encoding": "gzip"}), "broke off"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_failure_is_a_sentence_without_a_secret(server, name):
    server.fault, expected = FAULTS[name]
    began = time.monotonic()
    with pytest.raises(Unavailable, match=expected) as caught:
        asking(server).commit("acme/shop", ["v1.2.4"])
    assert time.monotonic() - began < 10, "no failure is waited out"
    assert SECRET not in caught.value.sentence
    assert "\n" not in caught.value.sentence
    assert len(caught.value.sentence) < 200


@pytest.mark.parametrize("question", ["compare", "pulls_of"])
@pytest.mark.parametrize("name", ["401", "500", "html", "cut-off json", "wrong types", "empty", "secondary limit"])
def test_the_other_questions_fail_alike(server, question, name):
    server.fault, _ = FAULTS[name]
    github = asking(server)
    with pytest.raises(Unavailable):
        if question == "compare":
            github.compare("acme/shop", ["v1.2.3"], ["v1.2.4"])
        else:
            github.pulls_of("acme/shop", SECOND.sha)


def test_half_of_a_surrogate_pair_in_a_commit_can_be_written_out_again():
    odd = Commit("odd \ud800 message \U0001f600", sha="0dd" * 13 + "0", date="2026-05-01T10:00:00Z")
    with GitHubServer(Repository("acme/odd", (odd,), {"v1": odd.sha})) as server:
        told: Any = asking(server).commit("acme/odd", ["v1"])
    assert told["message"].encode().decode() == "odd \ufffd message \U0001f600"


def test_a_gateway_that_fails_once_is_asked_once_more(server, monkeypatch):
    replies = [Reply(502), Reply(502)]
    monkeypatch.setattr(server, "respond", lambda _asked: replies.pop())
    with pytest.raises(Unavailable, match="502"):
        asking(server).commit("acme/shop", ["v1.2.4"])
    assert replies == []


def test_a_server_that_echoes_the_token_does_not_bring_it_onto_the_card(server):
    server.fault = as_json({"message": f"token {SECRET} is not permitted"}, 403, x_accepted_github_permissions=SECRET)
    with pytest.raises(Unavailable) as caught:
        asking(server).commit("acme/shop", ["v1.2.4"])
    assert SECRET not in caught.value.sentence


def test_nobody_at_the_port_is_said_so():
    with pytest.raises(Unavailable, match="cannot be reached"):
        GitHub(door_to(f"http://127.0.0.1:{a_closed_port()}")).commit("acme/shop", ["v1"])


def test_a_name_nobody_knows_is_said_so():
    with pytest.raises(Unavailable, match="cannot be resolved"):
        GitHub(door_to("http://github.invalid")).commit("acme/shop", ["v1"])


def test_plain_http_behind_https_is_a_sentence(server):
    with pytest.raises(Unavailable):
        GitHub(door_to(server.url.replace("http://", "https://"))).commit("acme/shop", ["v1"])


@pytest.mark.parametrize(
    "slow",
    [Reply(pause=20), Reply(body=b"{" * 500, drip=0.05), Reply(body=b"{}", drip_head=0.3)],
    ids=["mute", "body", "head"],
)
def test_a_slow_server_costs_the_time_of_the_run_and_no_more(server, slow):
    server.fault = slow
    began = time.monotonic()
    with pytest.raises(Unavailable, match="did not answer within 1 seconds"):
        asking(server, seconds=0.6).commit("acme/shop", ["v1.2.4"])
    assert time.monotonic() - began < 6


def test_a_run_without_time_asks_nothing(server):
    with pytest.raises(Unavailable, match="time of this run was used up"):
        asking(server, seconds=0).commit("acme/shop", ["v1.2.4"])
    assert server.paths == []


def test_an_answer_without_end_is_not_read_to_the_end(server, monkeypatch):
    monkeypatch.setattr(github_wire, "LARGEST_ANSWER", 1_000_000)
    server.fault = Reply(body=b" " * 2_000_000, missing=1)  # who reads to the end finds it cut off
    with pytest.raises(Unavailable, match="larger than 1 MB"):
        asking(server).commit("acme/shop", ["v1.2.4"])


def test_what_github_leaves_out_of_a_long_comparison_is_said():
    commits = [Commit(f"Change {number}", files=(File(f"f{number}.py", "+x"),)) for number in range(320)]
    with GitHubServer(Repository("acme/big", tuple(commits), {"v1": commits[0].sha, "v2": commits[-1].sha})) as server:
        told: Any = asking(server).compare("acme/big", ["v1"], ["v2"])
    assert told["incomplete"] == [
        "GitHub lists the newest 250 of 319 commits",
        "GitHub lists only the first 300 changed files",
    ]
    assert told["commits"][-1]["message"] == "Change 319"


def incomplete(*files: File) -> Any:
    commit = Commit("Much", files=files)
    with GitHubServer(Repository("acme/shop", (commit,))) as server:
        told: Any = asking(server).commit("acme/shop", [commit.sha])
    return told["incomplete"]


def test_a_patch_too_large_to_send_is_said():
    large = [File(f"db/{number}.sql", additions=30_000) for number in range(5)]
    assert incomplete(*large) == ["GitHub sent no patch for db/0.sql, db/1.sql, db/2.sql and 2 more: too large"]


def test_files_without_a_patch_are_no_gap_while_nothing_was_cut_off():
    assert incomplete(File("logo.png"), File("new.py", status="renamed", previous="old.py"), File("a.sql", "+x")) == []


def test_files_without_counts_past_githubs_line_limit_are_a_gap():
    long = File("data.sql", "\n".join(["+x"] * 19_000))
    empty = File("shop/migrations/__init__.py", status="added", blob=github_sent.EMPTY_BLOB)
    moved = File("b.py", status="renamed", previous="a.py")
    assert incomplete(long, File("db/0042.sql"), empty, moved) == [
        "GitHub sent neither patch nor counts for db/0042.sql: it stops at some 20,000 lines in all"
    ]


def test_histories_that_never_met_cannot_be_compared(server):
    server.fault = as_json({"message": "No common ancestor between v1 and v2."}, 404)
    with pytest.raises(Unavailable, match="no common history"):
        asking(server).compare("acme/shop", ["v1"], ["v2"])


@pytest.fixture(scope="module")
def app_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, pem, serialization.NoEncryption()).decode()


@pytest.mark.parametrize("installation", [None, 4711])
@pytest.mark.parametrize("escaped", [False, True])
def test_an_app_asks_with_a_token_of_its_installation(server, app_key, installation, escaped):
    key = SecretStr(app_key.replace("\n", "\\n") if escaped else app_key)
    access = GitHubAccess(api_url=server.url, app_id=7, app_key=key, installation_id=installation)
    github = GitHub(github_door(access, Budget(20)))
    github.commit("acme/shop", ["v1.2.4"])
    github.commit("acme/shop", ["v1.2.3"])
    looked_up = [] if installation else ["GET /api/v3/repos/acme/shop/installation"]
    assert server.paths == [
        *looked_up,
        "POST /api/v3/app/installations/4711/access_tokens",
        "GET /api/v3/repos/acme/shop/commits/v1.2.4",
        "GET /api/v3/repos/acme/shop/commits/v1.2.3",
    ]
    assert server.authorizations[-2:] == ["token ghs_given_1"] * 2


def test_an_app_that_is_not_installed_is_said_so(server, app_key):
    access = GitHubAccess(api_url=server.url, app_id=7, app_key=SecretStr(app_key))
    with pytest.raises(Unavailable, match="App is not installed for acme/other"):
        GitHub(github_door(access, Budget(20))).commit("acme/other", ["v1"])


def test_an_app_that_github_does_not_know_is_said_so(server, app_key):
    server.fault = as_json({"message": "A JSON web token could not be decoded"}, 401)
    access = GitHubAccess(api_url=server.url, app_id=7, app_key=SecretStr(app_key), installation_id=4711)
    with pytest.raises(Unavailable, match=r"does not accept the App .401."):
        GitHub(github_door(access, Budget(20))).commit("acme/shop", ["v1"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": None},
        {"token": SecretStr("a token")},
        {"token": SecretStr("tok\nen")},
        {"token": SecretStr("t\u00f6ken")},
        {"app_id": 7},
        {"token": None, "app_id": 7},
        {"token": None, "app_id": 7, "app_key": SecretStr("-----BEGIN RSA PRIVATE KEY-----\nnope")},
        {"api_url": "ftp://github.example.com"},
        {"api_url": "https://user:pass-word@github.example.com"},
    ],
)
def test_a_wrong_setting_is_refused_without_showing_it(wrong):
    with pytest.raises(ValidationError) as caught:
        GitHubAccess(**{"token": SecretStr(SECRET), **wrong})
    assert not any(hidden in str(caught.value) for hidden in (SECRET, "a token", "nope", "pass-word"))


def test_a_token_is_not_in_what_is_printed_of_the_settings():
    access = GitHubAccess(token=SecretStr(f" {SECRET}\n"))
    assert SECRET not in f"{access!r} {access} {access.model_dump()}"


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/compare/v1.2.3...v1.2.4", {"$ref": "#/components/schemas/commit-comparison"}),
        (f"/commits/{SECOND.sha}", {"$ref": "#/components/schemas/commit"}),
        (f"/commits/{SECOND.sha}/pulls", {"items": {"$ref": "#/components/schemas/pull-request-simple"}}),
        ("", {"$ref": "#/components/schemas/full-repository"}),
    ],
)
def test_the_stand_in_speaks_as_githubs_published_description_says(server, path, schema):
    components = as_json_schema(contract("github-openapi.json")["components"])
    answer = requests.get(
        f"{server.url}/repos/acme/shop{path}", headers={"Authorization": f"token {SECRET}"}, timeout=5
    ).json()
    whole = {**schema, "components": components}
    jsonschema.Draft7Validator(whole).validate(answer)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(whole).validate([{}] if isinstance(answer, list) else {})
