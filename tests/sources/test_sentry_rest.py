"""Whatever Sentry says or fails to say comes out as data, as *none*, or as one sentence for the card."""

import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pydantic import SecretStr

from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.door import Question
from playbook.sources.sentry import Sentry
from playbook.sources.sentry_rest import MOST_PAGES, Forms, SentryAccess, sentry_door
from tests.stand_ins.sentry_server import (
    NO_EVENT,
    Fault,
    SentryServer,
    answer,
    broken_off,
    dripping,
    nobody_listens,
    page,
    raw,
    redirect,
    reset,
    slow,
)
from tests.stand_ins.sentry_world import EVENT_ID, VERSION, World, an_issue

TOKEN = "sntryu_0123456789abcdef0123456789abcdef"
NONE = None
NO_SUCH = {"detail": "The requested resource does not exist"}


def access(url: str, **changed: str) -> SentryAccess:
    return SentryAccess(url=url, token=SecretStr(TOKEN), **{"organization": "acme", **changed})


def sentry_at(url: str, seconds: float = 10.0) -> Sentry:
    return Sentry(sentry_door(access(url), Budget(seconds, sleep=lambda _: None)))


def refusal(call) -> str:
    """The sentence of an `Unavailable`: one that fits the card and tells nobody the token, nor does its trace."""
    with pytest.raises(Unavailable) as caught:
        call()
    sentence = caught.value.sentence
    assert_leaks_no_token(caught.value)
    assert 20 < len(sentence) <= 600
    assert sentence.isprintable()
    assert "<" not in sentence
    assert "Traceback" not in sentence
    return sentence


def assert_leaks_no_token(error: BaseException) -> None:
    told = "".join(traceback.format_exception(error)) + repr(error)
    assert TOKEN not in told
    assert TOKEN.removeprefix("sntryu_") not in told


FAULTS: list[tuple[str, Fault, str | None]] = [
    ("400 detail", answer(400, {"detail": "Invalid search"}), "did not accept the question about the issue (Invalid"),
    ("400 field", answer(400, {"statsPeriod": ["Invalid period"]}), "(statsPeriod: Invalid period)"),
    ("400 bare string", answer(400, "You are not allowed"), "(You are not allowed)"),
    ("400 object", answer(400, {"detail": {"code": "invalid-request", "message": "Bad."}}), "(Bad)"),
    ("400 hostile words", answer(400, {"detail": "<!channel> <https://evil.example|see>"}), "about the issue; check"),
    ("400 control characters", answer(400, {"detail": "a\u001b[31mb\u202e"}), "about the issue; check"),
    ("400 long", answer(400, {"detail": "x" * 100_000}), "xxx); check"),
    ("400 nothing", raw(400, b""), "did not accept the question"),
    ("401 string", answer(401, {"detail": "Invalid token"}), "does not accept the token (Invalid token); put a valid"),
    ("401 object", answer(401, {"detail": {"code": "sso-required", "message": "SSO first", "extra": {}}}), "SSO first"),
    ("401 code only", answer(401, {"detail": {"code": "2fa-required"}}), "(2fa-required)"),
    ("401 echo", answer(401, {"detail": f"Bad token {TOKEN}"}), "(Bad token …)"),
    ("401 page", page(401), "a web page instead of data"),
    ("403", answer(403, {"detail": "You do not have permission to perform this action."}), "lacks event:read"),
    ("403 page", page(403), "login page or proxy"),
    ("404 none", answer(404, NO_SUCH), NONE),
    ("404 events gone", answer(404, NO_EVENT), NONE),
    ("404 retention", answer(404, {"detail": "Event not found. The event ID may be incorrect"}), NONE),
    ("404 object", answer(404, {"detail": {"message": "gone", "code": "x"}}), NONE),
    ("404 info", answer(404, {"info": "Route not found, did you forget a trailing slash?"}), "no API for the issue"),
    ("404 plain", raw(404, b"Route not found", "text/plain"), "no API for the issue"),
    ("404 empty", raw(404, b""), "no API for the issue"),
    ("404 empty detail", answer(404, {"detail": ""}), "no API for the issue"),
    ("404 page", page(404), "check SENTRY_URL"),
    ("405", answer(405, {"detail": 'Method "GET" not allowed.'}), "no API for the issue"),
    ("408", answer(408, {"detail": {"code": "request-timeout"}}), "took too long over the issue"),
    ("410", answer(410, {"message": "This API no longer exists."}), "has withdrawn its API for the issue (This API"),
    ("410 page", page(410), "has withdrawn"),
    ("418", answer(418, {"detail": "teapot"}), "(status 418) (teapot)"),
    ("500", answer(500, {"detail": "Internal Error", "errorId": "abc123"}), "status 500, error id abc123"),
    ("500 page", page(500), "a web page instead of data"),
    ("500 hostile id", answer(500, {"errorId": "<!channel>"}), "(status 500)"),
    ("502", page(502), "down or overloaded (status 502"),
    ("503", raw(503, b"upstream", "text/plain"), "down or overloaded (status 503"),
    ("504", raw(504, b""), "down or overloaded (status 504"),
    ("200 page", page(200), "a web page instead of data"),
    ("200 page called JSON", page(200, "application/json"), "a web page instead of data"),
    ("200 page called plain", page(200, "text/plain"), "a web page instead of data"),
    ("200 text called a page", raw(200, b"Sign in, please", "text/html"), "a web page instead of data"),
    ("200 cut off", raw(200, b'{"id": "55512'), "JSON that is cut off or broken"),
    ("200 not UTF-8", raw(200, b'{"id": "\xff"}'), "JSON that is cut off or broken"),
    ("200 NaN", raw(200, b'{"id": NaN}'), "JSON that is cut off or broken"),
    ("200 too deep", raw(200, b'{"id":' + b"[" * 500 + b"]" * 500 + b"}"), "JSON that is cut off or broken"),
    ("200 far too deep", raw(200, b"[" * 200_000), "JSON that is cut off or broken"),
    ("200 long number", raw(200, b'{"id": ' + b"9" * 5000 + b"}"), "JSON that is cut off or broken"),
    ("200 list", answer(200, [{"id": "1"}]), "a shape Sentry's API does not have"),
    ("200 string", answer(200, "hello"), "a shape Sentry's API does not have"),
    ("200 null", answer(200, None), "a shape Sentry's API does not have"),
    ("200 empty", raw(200, b""), "answered with nothing"),
    ("200 blank", raw(200, b" \n"), "answered with nothing"),
    ("204", Fault(204), "answered with nothing"),
    ("200 bad gzip", Fault(200, b"\x1f\x8bxx", (("Content-Encoding", "gzip"),)), "broken compression"),
    ("302 nowhere", Fault(302), "redirects the issue"),
    ("302 out of the API", redirect("/auth/login/acme/"), "as a login page does"),
    ("302 garbage", redirect("http://[::1"), "redirects the issue to another address"),
    ("broken off", broken_off(), "broke off while asking for the issue"),
    ("reset", reset(), "broke off while asking for the issue"),
]


@pytest.mark.parametrize(("fault", "expected"), [pytest.param(f, e, id=name) for name, f, e in FAULTS])
def test_every_fault_is_none_or_a_sentence(fault, expected):
    with SentryServer() as server:
        server.fail("*", fault)
        sentry = sentry_at(server.url)
        if expected is None:
            assert sentry.issue("5551234567") is None
        else:
            assert expected in refusal(lambda: sentry.issue("5551234567"))


@pytest.mark.parametrize("fault", [page(404), page(200), page(500), answer(405, {}), answer(410, {"message": "gone"})])
def test_a_server_that_knows_neither_form_is_asked_twice_and_no_more(fault):
    with SentryServer() as server:
        server.fail("*", fault)
        refusal(lambda: sentry_at(server.url).issue("5551234567"))
        assert [call.path for call in server.calls()] == [
            "/api/0/organizations/acme/issues/5551234567/",
            "/api/0/issues/5551234567/",
        ]


@pytest.mark.parametrize(
    ("ask", "path", "scope"),
    [
        (lambda sentry: sentry.issue("SHOP-42"), "issues/SHOP-42/", "event:read"),
        (lambda sentry: sentry.event("SHOP-42", "latest"), "issues/SHOP-42/events/latest/", "event:read"),
        (lambda sentry: sentry.events("SHOP-42"), "issues/SHOP-42/events/", "event:read"),
        (lambda sentry: sentry.tags("SHOP-42"), "issues/SHOP-42/tags/", "event:read"),
        (lambda sentry: sentry.issues("", "42", "14d"), "issues/", "event:read"),
        (lambda sentry: sentry.issue_of_event(EVENT_ID), f"eventids/{EVENT_ID}/", "org:read"),
        (lambda sentry: sentry.counts_by(("environment",), "", "42", "24h"), "events/", "org:read"),
        (lambda sentry: sentry.code_mappings("42"), "code-mappings/", "org:read"),
        (lambda sentry: sentry.releases("42"), "releases/", "project:read"),
        (lambda sentry: sentry.release_commits(VERSION), "releases/shop%401.4.0/commits/", "project:read"),
        (lambda sentry: sentry.deploys(VERSION), "releases/shop%401.4.0/deploys/", "project:read"),
    ],
)
def test_a_refused_question_names_the_scope_that_its_path_wants(ask, path, scope):
    with SentryServer() as server:
        assert ask(sentry_at(server.url))
        server.fail(path, answer(403, {"detail": "You do not have permission to perform this action."}))
        assert f"lacks {scope} for" in refusal(lambda: ask(sentry_at(server.url)))


@pytest.mark.parametrize(
    "ask",
    [
        lambda sentry: sentry.issues("", "42", "14d"),
        lambda sentry: sentry.releases("42"),
        lambda sentry: sentry.code_mappings("42"),
        lambda sentry: sentry.counts_by(("environment",), "", "42", "24h"),
    ],
)
def test_a_list_that_is_not_found_is_a_wrong_organization_and_not_an_empty_one(ask):
    with SentryServer() as server:
        server.fail("*", answer(404, NO_SUCH))
        assert "knows no organization acme" in refusal(lambda: ask(sentry_at(server.url)))


def test_what_belongs_to_a_release_that_sentry_does_not_know_is_none():
    with SentryServer() as server:
        sentry = sentry_at(server.url)
        assert sentry.release_commits("shop@9.9.9") is None
        assert sentry.deploys("shop@9.9.9") is None
        assert sentry.issue_of_event("0" * 31 + "f") is None


def test_a_list_with_something_else_in_it_is_refused():
    with SentryServer() as server:
        server.fail("releases/", answer(200, [{"version": "1"}, "2"]))
        assert "shape" in refusal(lambda: sentry_at(server.url).releases("42"))
        server.fail("issues/SHOP-42/tags/", answer(200, {"detail": "?"}))
        assert "shape" in refusal(lambda: sentry_at(server.url).tags("SHOP-42"))


def test_json_that_is_labelled_a_web_page_is_read_all_the_same():
    with SentryServer() as server:
        server.fail("issues/SHOP-42/", raw(200, b'{"id": "1"}', "text/html"))
        assert sentry_at(server.url).issue("SHOP-42") == {"id": "1"}


def test_half_a_surrogate_pair_becomes_something_that_can_be_written():
    with SentryServer() as server:
        server.fail("issues/SHOP-42/", raw(200, rb'{"title": "cut \ud83d", "culprit": "\ud83d\ude00 \\ud"}'))
        told = sentry_at(server.url).issue("SHOP-42")
        assert told == {"title": "cut \N{REPLACEMENT CHARACTER}", "culprit": "\N{GRINNING FACE} \\ud"}


def test_an_answer_beyond_all_size_is_given_up_and_not_read_to_its_end():
    with SentryServer() as server:
        server.fail("issues/SHOP-42/", Fault(200, b'{"a": "' + b"x" * 21_000_000, missing_bytes=10**12))
        assert "more about the issue than can be taken in" in refusal(lambda: sentry_at(server.url).issue("SHOP-42"))


def test_nobody_listening_is_said_at_once():
    with nobody_listens() as url:
        began = time.monotonic()
        assert "nothing answers at 127.0.0.1" in refusal(lambda: sentry_at(url).issue("SHOP-42"))
        assert time.monotonic() - began < 1


def test_an_unknown_host_is_named():
    sentence = refusal(lambda: sentry_at("http://sentry.invalid").issue("SHOP-42"))
    assert "sentry.invalid" in sentence
    assert "check SENTRY_URL" in sentence


def test_http_where_https_is_asked_for_is_said_so():
    with SentryServer() as server:
        sentence = refusal(lambda: sentry_at(server.url.replace("http", "https")).issue("SHOP-42"))
        assert "speaks no TLS that fits" in sentence


def test_the_organization_itself_can_be_asked_for():
    with SentryServer() as server:
        server.fail("", answer(200, {"slug": "acme"}))
        assert sentry_door(access(server.url), Budget(10))(Question(source="sentry", call="")) == {"slug": "acme"}


@pytest.mark.parametrize("fault", [slow(30), dripping(0.05), dripping(0.05, head=True)], ids=["slow", "body", "head"])
def test_a_server_that_takes_for_ever_costs_no_more_than_the_run_has(fault):
    with SentryServer() as server:
        server.fail("*", fault)
        began = time.monotonic()
        assert "did not answer within a second" in refusal(lambda: sentry_at(server.url, 0.5).issue("SHOP-42"))
        assert time.monotonic() - began < 2


def test_a_redirect_that_drips_is_bounded_too():
    with SentryServer() as server:
        server.fail("*", Fault(302, b" " * 100_000, (("Location", "/api/0/x/"),), drip=0.05))
        began = time.monotonic()
        refusal(lambda: sentry_at(server.url, 0.5).issue("SHOP-42"))
        assert time.monotonic() - began < 2


def test_a_run_without_time_left_asks_nothing():
    with SentryServer() as server:
        assert "time was used up" in refusal(lambda: sentry_at(server.url, 0).issue("SHOP-42"))
        assert server.calls() == []


@pytest.mark.parametrize("fault", [reset(), broken_off(), page(502), raw(503, b""), raw(504, b"")])
def test_a_hiccup_is_forgiven_once(fault):
    with SentryServer() as server:
        server.fail("issues/SHOP-42/", fault, times=1)
        assert sentry_at(server.url).issue("SHOP-42") == server.world.issue("SHOP-42")
        server.fail("issues/SHOP-42/", fault)
        refusal(lambda: sentry_at(server.url).issue("SHOP-42"))
        assert server.count("issues/SHOP-42/") == 4


def test_a_failure_of_sentry_itself_is_not_asked_again():
    with SentryServer() as server:
        server.fail("issues/SHOP-42/", answer(500, {"detail": "Internal Error", "errorId": "e"}))
        refusal(lambda: sentry_at(server.url).issue("SHOP-42"))
        assert server.count("issues/SHOP-42/") == 1


def test_the_token_goes_to_the_configured_host_and_nowhere_else():
    with SentryServer() as home, SentryServer() as elsewhere:
        for status in (301, 302, 303, 307, 308):
            home.fail("*", redirect(f"{elsewhere.url}/api/0/organizations/acme/issues/SHOP-42/", status))
            assert "redirects the issue to another address" in refusal(lambda: sentry_at(home.url).issue("SHOP-42"))
        assert elsewhere.calls() == []
        assert home.authorizations() == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("location", ["//evil.example/api/0/x/", "https://127.0.0.1/api/0/x/", "http://127.0.0.1:1/x/"])
def test_another_scheme_or_port_is_another_host(location):
    with SentryServer() as server:
        server.fail("*", redirect(location))
        refusal(lambda: sentry_at(server.url).issue("SHOP-42"))
        assert len(server.calls()) == 1


def test_a_redirect_within_the_api_is_followed():
    with SentryServer() as server:
        server.fail("/api/0/organizations/old/issues/SHOP-42/", redirect("/api/0/organizations/acme/issues/SHOP-42/"))
        sentry = Sentry(sentry_door(access(server.url, organization="old"), Budget(10)))
        assert sentry.issue("SHOP-42") == server.world.issue("SHOP-42")
        assert server.authorizations() == {f"Bearer {TOKEN}"}


def test_a_redirect_to_a_login_page_of_the_same_host_is_not_followed():
    with SentryServer() as server:
        server.fail("issues/SHOP-42/", redirect("/auth/login/acme/"))
        assert "as a login page does" in refusal(lambda: sentry_at(server.url).issue("SHOP-42"))
        assert server.count("/auth/login/acme/") == 0


def test_redirects_in_a_circle_end():
    with SentryServer() as server:
        one, other = "/api/0/organizations/acme/issues/SHOP-42/", "/api/0/organizations/acme/issues/SHOP-43/"
        server.fail(one, redirect(other))
        server.fail(other, redirect(one))
        assert "without an end" in refusal(lambda: sentry_at(server.url).issue("SHOP-42"))
        assert len(server.calls()) == 4


def test_a_password_file_of_the_user_does_not_replace_the_token(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with SentryServer() as server:
        sentry_at(server.url).issue("SHOP-42")
        assert server.authorizations() == {f"Bearer {TOKEN}"}


def test_cookies_are_not_carried_from_one_question_to_the_next():
    with SentryServer() as server:
        server.fail("issues/SHOP-42/", Fault(200, b"{}", (("Set-Cookie", "session=stolen; Path=/"),)))
        door = sentry_door(access(server.url), Budget(10))
        for _ in range(2):
            door(Question(source="sentry", call="issues/SHOP-42/"))
        assert [call.cookie for call in server.calls()] == [None, None]


def test_a_version_keeps_its_percent_encoding_on_the_wire():
    version = "my app@1.0+a/b%2F?#é"
    with SentryServer() as server:
        sentry_at(server.url).release_commits(version)
        assert server.calls()[0].path == (
            "/api/0/organizations/acme/releases/my%20app%401.0%2Ba%2Fb%252F%3F%23%C3%A9/commits/"
        )


@pytest.mark.parametrize("version", [".", ".."])
def test_a_path_cannot_climb(version):
    with SentryServer() as server:
        refusal(lambda: sentry_at(server.url).release_commits(version))
        assert server.calls() == []


def test_lists_repeat_and_empty_parameters_are_sent_empty():
    with SentryServer() as server:
        sentry = sentry_at(server.url)
        sentry.counts_by(("environment", "release"), "", "42", "24h")
        assert server.calls()[0].query["field"] == ["environment", "release", "count()"]
        assert server.calls()[0].query["query"] == [""]
        assert "rows" not in server.calls()[0].query


def test_a_path_without_its_last_slash_gets_it():
    with SentryServer() as server:
        door = sentry_door(access(server.url), Budget(10))
        assert door(Question(source="sentry", call="issues/SHOP-42")) == server.world.issue("SHOP-42")


def test_a_merged_issue_comes_through_with_its_new_number():
    with SentryServer() as server:
        server.fail("issues/17/", answer(200, an_issue()))
        told = sentry_at(server.url).issue("17")
        assert isinstance(told, dict)
        assert told["id"] == "5551234567"


def many_releases(number: int) -> World:
    return World(releases=tuple({"version": f"shop@{index}"} for index in range(number)))


def rows_of(server: SentryServer, **arguments) -> tuple[list[str], bool]:
    door = sentry_door(access(server.url), Budget(10))
    question = Question(source="sentry", call="releases/", arguments={"rows": True, "per_page": 10, **arguments})
    told: Any = door(question)
    return [row["version"] for row in told["rows"]], told["more"]


def test_one_page_is_read_where_nothing_else_is_asked():
    with SentryServer(many_releases(25)) as server:
        assert rows_of(server) == ([f"shop@{index}" for index in range(10)], True)
        assert server.count("releases/") == 1


def test_pages_follow_the_cursor_until_the_last_which_says_so_itself():
    with SentryServer(many_releases(25)) as server:
        assert rows_of(server, pages=4) == ([f"shop@{index}" for index in range(25)], False)
        assert [call.query.get("cursor") for call in server.calls()] == [None, ["0:10:0"], ["0:20:0"]]


def test_the_last_page_is_the_last_though_its_link_names_a_next_one():
    with SentryServer(many_releases(10)) as server:
        assert rows_of(server, pages=3) == ([f"shop@{index}" for index in range(10)], False)
        assert server.count("releases/") == 1


def test_pages_have_a_hard_cap():
    with SentryServer(many_releases(200)) as server:
        rows, more = rows_of(server, pages=1000)
        assert (len(rows), more) == (10 * MOST_PAGES, True)
        assert server.count("releases/") == MOST_PAGES


def test_a_page_that_fails_later_leaves_what_was_read_and_says_that_there_is_more():
    with SentryServer(many_releases(25)) as server:
        good = server.answer
        server.answer = lambda call: page(500) if call.query.get("cursor") == ["0:10:0"] else good(call)
        assert rows_of(server, pages=3) == ([f"shop@{index}" for index in range(10)], True)


LINKS = [
    ('<http://x/?cursor=a>; rel="previous"; results="true"; cursor="a"', False, None),
    (
        '<http://x/>; rel="next"; results="false"; cursor="b", <http://x/>; rel="previous"; results="true"; cursor="a"',
        False,
        None,
    ),
    (
        '<http://x/>; rel="previous"; results="false"; cursor="a", <http://x/>; rel="next"; results="true"; cursor="b"',
        True,
        "b",
    ),
    ('<http://x/>; rel="next"; results="true"; cursor="cD0yMDI2=="', True, "cD0yMDI2=="),
    ('<http://x/?cursor=cD0%3D>; rel="next"; results="true"', True, "cD0="),
    ('<http://x/>; rel="next"; results="true"', False, None),
    ("rubbish; <", False, None),
    ("", False, None),
]


@pytest.mark.parametrize(("link", "more", "cursor"), LINKS)
def test_only_the_results_of_the_next_part_tell_that_there_is_more(link, more, cursor):
    with SentryServer() as server:
        server.fail("releases/", answer(200, [{"version": "1"}], {"Link": link}))
        assert rows_of(server, pages=2) == (["1", "1"] if more else ["1"], more)
        assert [call.query.get("cursor") for call in server.calls()][1:] == ([[cursor]] if more else [])


def test_an_unknown_release_has_no_rows_rather_than_none_of_them():
    with SentryServer() as server:
        door = sentry_door(access(server.url), Budget(10))
        assert door(Question(source="sentry", call="releases/nope/commits/", arguments={"rows": True})) is None


def test_eight_threads_share_one_door():
    with SentryServer(delay=0.2) as server:
        sentry = sentry_at(server.url)
        began = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(lambda _: sentry.issue("SHOP-42"), range(16)))
        assert told == [server.world.issue("SHOP-42")] * 16
        assert time.monotonic() - began < 16 * 0.2 / 2
        assert server.count("issues/SHOP-42/") == 16
        assert server.authorizations() == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://sentry.io", "https://sentry.io/api/0"),
        (" https://US.sentry.io/ ", "https://us.sentry.io/api/0"),
        ("https://sentry.example.com/api/0/", "https://sentry.example.com/api/0"),
        ("http://sentry.example.com:9000/prefix", "http://sentry.example.com:9000/prefix/api/0"),
    ],
)
def test_the_api_is_where_the_setting_says(url, root):
    assert access(url).api == root


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"url": "sentry.io"}, "SENTRY_URL"),
        ({"url": "ftp://sentry.io"}, "SENTRY_URL"),
        ({"url": "https://somebody:secret@sentry.io"}, "SENTRY_URL"),
        ({"url": "https://"}, "SENTRY_URL"),
        ({"organization": " "}, "SENTRY_ORG"),
        ({"organization": ".."}, "SENTRY_ORG"),
        ({"token": TOKEN + "\nX-Other: 1"}, "SENTRY_TOKEN"),
        ({"token": TOKEN + " x"}, "SENTRY_TOKEN"),
        ({"token": TOKEN + "é"}, "SENTRY_TOKEN"),
        ({"token": ""}, "SENTRY_TOKEN"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named_without_its_value(changed, named):
    given = {"url": "https://sentry.io", "organization": "acme", "token": TOKEN, **changed}
    with pytest.raises(ValueError, match=named) as caught:
        SentryAccess.model_validate(given)
    assert_leaks_no_token(caught.value)
    assert "secret" not in str(caught.value)


def test_the_token_does_not_show_where_the_access_does():
    assert TOKEN not in repr(access("https://sentry.io")) + access("https://sentry.io").model_dump_json()


def test_the_form_a_server_knows_can_be_shared_between_runs():
    forms = Forms()
    with SentryServer(flavour="glitchtip") as server:
        for _ in range(2):
            Sentry(sentry_door(access(server.url), Budget(10), forms)).issue("5551234567")
        assert server.count("issues/5551234567/") == 1
        assert server.count("/api/0/issues/5551234567/") == 2


def test_the_stand_in_serves_a_world_of_plain_json():
    with SentryServer(World.of({"issues": [an_issue("7", "SHOP-7")], "answers": {"repos/": [{"id": "1"}]}})) as server:
        told: Any = sentry_at(server.url).issue("shop-7")
        assert told["id"] == "7"
        door = sentry_door(access(server.url), Budget(10))
        repos = Question(source="sentry", call="repos/", arguments={"rows": True})
        assert door(repos) == {"rows": [{"id": "1"}], "more": False}
