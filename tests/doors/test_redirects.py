"""A token goes to the one address that is configured: no redirect carries it on, no netrc replaces it."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError

from bot.slack.wire import REDIRECTED, answered, is_slacks, web_client
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.door import Question
from playbook.sources.elastic_access import ElasticAccess
from playbook.sources.elastic_client import elastic_door
from playbook.sources.github_rest import GitHubAccess, github_door
from playbook.sources.github_wire import Wire
from playbook.sources.sentry_access import SentryAccess
from playbook.sources.sentry_rest import sentry_door
from tests.stand_ins.loopback import Loopback, Reply, a_closed_port, as_json

SECRET = "token-of-the-test"
MOVED = (301, 302, 303, 307, 308)


def sentry(url: str) -> None:
    access = SentryAccess(url=url, organization="acme", token=SecretStr(SECRET))
    sentry_door(access, Budget(10))(Question(source="sentry", call="issues/17"))


def github(url: str) -> None:
    access = GitHubAccess(api_url=url, token=SecretStr(SECRET))
    github_door(access, Budget(10))(
        Question(source="github", call="commit", arguments={"repository": "acme/shop", "ref": ["v1"]})
    )


def github_by_post(url: str) -> None:
    Wire(GitHubAccess(api_url=url, token=SecretStr(SECRET)), Budget(10)).query("acme/shop", "query { viewer }", {})


def elasticsearch(url: str) -> None:
    access = ElasticAccess(urls=(url,), api_key=SecretStr(SECRET))
    body: dict[str, Json] = {"query": {"match_all": {}}}
    elastic_door(access, Budget(10))(Question(source="elasticsearch", call="msearch", arguments={"searches": [body]}))


def slack_by_post(url: str) -> None:
    web_client(SECRET, f"{url}/api").chat_postMessage(channel="C1", text="x")


def slack_by_get(url: str) -> None:
    web_client(SECRET, f"{url}/api").api_call("conversations.replies", http_verb="GET", params={"channel": "C1"})


SENTENCES: dict[Callable[[str], None], str] = {
    sentry: "redirects the issue to another address.*set SENTRY_URL",
    github: "redirects elsewhere; correct GITHUB_API_URL",
    github_by_post: "redirects elsewhere; correct GITHUB_API_URL",
    elasticsearch: "redirects elsewhere .*correct ELASTICSEARCH_URL",
    slack_by_post: f"'error': '{REDIRECTED}'",
    slack_by_get: f"'error': '{REDIRECTED}'",
}


@pytest.fixture
def home():
    with Loopback() as server:
        yield server


@pytest.fixture
def stranger():
    with Loopback() as server:
        yield server


@pytest.mark.parametrize("status", MOVED)
@pytest.mark.parametrize("ask", SENTENCES, ids=lambda ask: ask.__name__)
def test_another_host_hears_nothing_and_the_sentence_names_the_setting(home, stranger, ask, status):
    for location in (stranger.origin + "/x", stranger.origin.removeprefix("http:") + "/x"):
        home.asked.clear()
        home.fault = Reply(status, headers={"Location": location})
        with pytest.raises((Unavailable, SlackApiError), match=SENTENCES[ask]) as caught:
            ask(home.origin)
        assert SECRET not in str(caught.value)
        assert stranger.asked == []
        assert len(home.asked) == 1
        assert SECRET in home.asked[0].headers["authorization"]


LOCATIONS = (
    "{home}@{stranger}/x", "http://{home}.example.com/x", "http://{home}@{stranger}/x", "http:/\\{stranger}/x",
    "\\\\{stranger}\\x", "HTTP://{stranger}/x", "file:///etc/passwd", "ftp://{stranger}/x", "http://[", "", "#",
)  # fmt: skip


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("ask", SENTENCES, ids=lambda ask: ask.__name__)
def test_no_spelling_of_an_address_leads_away(home, stranger, ask, location):
    hosts = {"home": home.origin.removeprefix("http://"), "stranger": stranger.origin.removeprefix("http://")}
    home.fault = Reply(302, headers={"Location": location.format(**hosts)})
    with pytest.raises((Unavailable, SlackApiError)):
        ask(home.origin)
    assert stranger.asked == []


@pytest.mark.parametrize("ask", SENTENCES, ids=lambda ask: ask.__name__)
def test_a_netrc_does_not_replace_the_token(home, ask, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login x password y\ndefault login x password y\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    with suppress(Unavailable, SlackApiError):
        ask(home.origin)
    assert home.asked
    assert all(SECRET in one for one in home.authorizations)


def test_a_proxy_of_the_environment_is_used_for_slack_and_redirects_nowhere_either(home, stranger, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", home.origin)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    home.fault = Reply(302, headers={"Location": f"{stranger.origin}/x"})
    with pytest.raises(SlackApiError, match=REDIRECTED):
        web_client(SECRET, "http://slack.example.com/api").chat_postMessage(channel="C1", text="x")
    assert [one.target for one in home.asked] == ["http://slack.example.com/api/chat.postMessage"]
    assert stranger.asked == []


def test_slack_itself_is_read_as_ever(home):
    home.fault = as_json({"ok": True, "ts": "1.2"})
    assert web_client(SECRET, f"{home.origin}/api").chat_postMessage(channel="C1", text="x")["ts"] == "1.2"
    home.fault = as_json({"ok": False, "error": "ratelimited"}, 429, retry_after="7")
    with pytest.raises(SlackApiError) as caught:
        web_client(SECRET, f"{home.origin}/api").chat_postMessage(channel="C1", text="x")
    assert caught.value.response["error"] == "ratelimited"
    assert caught.value.response.headers["Retry-After"] == "7"


def test_an_address_that_is_no_address_is_not_opened(tmp_path):
    (tmp_path / "chat.postMessage").write_text('{"ok": true}')
    with pytest.raises(Exception, match="must begin with https"):
        web_client(SECRET, f"file://{tmp_path}").chat_postMessage(channel="C1", text="x")


@pytest.mark.parametrize("status", MOVED)
def test_a_response_url_is_answered_where_it_is_and_nowhere_else(home, stranger, status):
    home.fault = Reply(status, headers={"Location": f"{stranger.origin}/x"})
    assert not answered(f"{home.origin}/response/1", "said", f"{home.origin}/api/")
    assert len(home.asked) == 1
    assert stranger.asked == []


def test_a_response_url_is_answered_once_it_is_slacks(home, stranger):
    home.fault = as_json({"ok": True})
    assert answered(f"{home.origin}/response/1", "said", f"{home.origin}/api/")
    assert not answered(f"{stranger.origin}/response/1", "said", f"{home.origin}/api/")
    assert not answered(f"{home.origin}/response/1", "said")
    assert stranger.asked == []
    assert [one.body for one in home.asked] == [
        b'{"text": "said", "response_type": "ephemeral", "replace_original": false}'
    ]
    assert not answered(f"http://127.0.0.1:{a_closed_port()}/", "said", "http://127.0.0.1/api/")


SLACKS = ("https://hooks.slack.com/commands/T0/1/x", "https://slack.com/x", "https://hooks.slack.com/actions/T0/1/x")
NOT_SLACKS = (
    "http://hooks.slack.com/x", "https://hooks.slack.com.example.com/x", "https://hooks.slack.com@example.com/x",
    "https://example.com/https://hooks.slack.com/", "https://hooks.slack.com:8443/x", "file:///etc/passwd", "", "x",
    "https://hooks.slack.com\\@example.com/", "https://x@slack.com/", "https://example.com#@hooks.slack.com/",
    "https://[", "//hooks.slack.com/x", "https://slack.com:1/x", "https://slack.com:x/", "https://hooks.slack.com\n/x",
)  # fmt: skip


@pytest.mark.parametrize("url", SLACKS)
def test_what_is_slacks(url):
    assert is_slacks(url)


@pytest.mark.parametrize("url", NOT_SLACKS)
def test_what_is_not_slacks(url):
    assert not is_slacks(url)


def test_another_slack_has_its_own_hooks():
    assert is_slacks("https://hooks.slack-gov.com/x", "https://slack-gov.com/api/")
    assert not is_slacks("https://hooks.slack.com/x", "https://slack-gov.com/api/")
