"""What is meant for Slack reaches the configured Slack or nobody: no redirect is followed, no stranger is answered.

urllib, which slack_sdk asks through, follows a redirect to any host and takes the token along.
"""

import json
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError

from playbook.sources.punctual import NoAnswer, PunctualSession

SLACK = "https://slack.com/api/"
CALL_SECONDS = 15  # of one call to Slack's Web API
ANSWER_SECONDS = 10.0  # a response_url answers at once or not at all
LARGEST_ANSWER = 20_000_000  # bytes; a page of two hundred messages with all their blocks stays below
SHORT_ANSWER = 100_000  # bytes; a response_url says "ok"

REDIRECTED = "redirected"
"""In the place of Slack's word for an error, where the address redirects: check SLACK_API_URL."""

log = structlog.get_logger()


class SlackWeb(WebClient):
    """Slack's Web API, at one address."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        """What the library does, without its redirects; `url` is the address of `req`."""
        if urlsplit(url).scheme not in {"https", "http"}:  # urllib opens files too
            raise SlackRequestError("Slack's address must begin with https://")
        openers = [_Stays(), HTTPSHandler(context=self.ssl)]
        if self.proxy:
            openers.append(ProxyHandler({"http": self.proxy, "https": self.proxy}))
        try:
            with build_opener(*openers).open(req, timeout=self.timeout) as answer:
                text = answer.read(LARGEST_ANSWER).decode("utf-8", "replace")
                return {"status": answer.code, "headers": answer.headers, "body": text}
        except HTTPError as refused:
            if refused.code // 100 != HTTPStatus.MULTIPLE_CHOICES // 100:
                raise
            refused.close()
            log.warning("Slack's address redirects and is not followed: check SLACK_API_URL", status=refused.code)
            body = json.dumps({"ok": False, "error": REDIRECTED})
            return {"status": refused.code, "headers": refused.headers, "body": body}


class _Stays(HTTPRedirectHandler):
    def http_error_302(self, *_: Any, **__: Any) -> None:
        """None: urllib then takes the redirect for the error that it is."""

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def web_client(token: str, api_url: str = SLACK) -> SlackWeb:
    """Slack's Web API; `api_url` may be a stand-in's."""
    return SlackWeb(token=token, base_url=api_url.rstrip("/") + "/", timeout=CALL_SECONDS)


def answered(response_url: str, sentence: str, api_url: str = SLACK) -> bool:
    """Tells the person who acted, at the address that came with the act, if that is Slack's; whether it was taken."""
    if not is_slacks(response_url, api_url):
        log.warning("a response_url is not Slack's: nothing is sent there")
        return False
    told = json.dumps({"text": sentence, "response_type": "ephemeral", "replace_original": False})
    try:
        with PunctualSession() as session:
            answer, _ = session.fetch(
                "POST",
                response_url,
                headers={"Content-Type": "application/json;charset=utf-8"},
                body=told.encode(),
                seconds=ANSWER_SECONDS,
                most_bytes=SHORT_ANSWER,
            )
    except NoAnswer:
        return False
    return answer.status_code == HTTPStatus.OK  # 404 and 410 once the half hour is over


def is_slacks(url: str, api_url: str = SLACK) -> bool:
    """Whether `url` is of `hooks.` before the API's own host, or of the very same scheme, host and port as the API."""
    try:
        asked, home = urlsplit(url), urlsplit(api_url)
        same = (asked.scheme, asked.hostname, asked.port) == (home.scheme, home.hostname, home.port)
        hooks = asked.scheme == "https" and asked.netloc == f"hooks.{home.hostname}"
    except (ValueError, AttributeError, TypeError):
        return False
    spelt = url.isascii() and url.isprintable() and "@" not in asked.netloc
    return spelt and (same or hooks)
