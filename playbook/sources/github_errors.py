"""Each way in which GitHub does not answer, in a sentence that says what to do; nothing it sent is quoted.

A server may echo the token that was sent to it, so its words are only looked at.
"""

import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

import requests

from playbook.evidence.unavailable import Unavailable
from playbook.sources.punctual import Why

UNTOLD_WAIT = 60.0
"""Seconds that GitHub asks for when it names no time."""

IN_SECONDS = 100
"""A wait up to this is told in seconds, a longer one in minutes, as one says it."""


SINGLE_SIGN_ON = "the organisation wants single sign-on (403): authorise the token for it under *Configure SSO*"


class GaveUp(Unavailable):
    """GitHub did not finish with this request; a smaller one may be answered."""


class Answer(NamedTuple):
    """`status` is 200, or 404, 409 or 422 where GitHub itself says that there is no such thing."""

    status: int
    headers: Mapping[str, str]
    data: object

    @property
    def found(self) -> bool:
        return self.status == HTTPStatus.OK

    @property
    def message(self) -> str:
        """GitHub's own words about an error, for telling cases apart; never shown."""
        message = self.data.get("message") if isinstance(self.data, dict) else None
        return message if isinstance(message, str) else ""


def says_there_is_none(answer: Answer) -> bool:
    """Only GitHub's own words count: a proxy's 404 page, or a diff that took too long (422), says nothing of that."""
    message = answer.message.lower()
    return (
        (answer.status == requests.codes.not_found and bool(message))
        or (answer.status == requests.codes.conflict and "empty" in message)
        or (answer.status == requests.codes.unprocessable and message.startswith("no commit found"))
    )


def broken(why: Why, host: str, seconds: float) -> str:
    """Why there was no answer at all, after `seconds` at most."""
    match why:
        case "late" | "late connection":
            return f"GitHub at {host} did not answer within {seconds:.0f} seconds; check again in a minute"
        case "certificate" | "TLS":
            return f"the certificate of {host} is not trusted here; point REQUESTS_CA_BUNDLE at its authority's file"
        case "proxy":
            return f"the proxy on the way to GitHub at {host} does not let the request through; check HTTPS_PROXY"
        case "unknown name":
            return f"the name {host} cannot be resolved; check GITHUB_API_URL and the network"
        case "refused":
            return f"GitHub at {host} cannot be reached (connection refused); check GITHUB_API_URL and the network"
    return f"GitHub at {host} broke off before its answer was complete; check again in a minute"


def unreadable(text: str, host: str) -> str:
    """What came instead of JSON."""
    if text.lstrip().startswith("<"):
        return f"a web page answered at {host} instead of GitHub's API (a log-in page?); check GITHUB_API_URL"
    if not text.strip():
        return f"GitHub at {host} gave an empty answer; check again in a minute"
    return f"GitHub at {host} sent an answer that is cut off or not JSON; check again in a minute"


def unseen(repository: str, host: str) -> str:
    """GitHub says that there is no such repository, as it also says of one that the asker must not know of."""
    return (
        f"GitHub at {host} shows no repository {repository} to this token: "
        "check the name, and that the token or App may read it"
    )


def refused(answer: Answer, host: str, by_token: bool) -> str:
    """Why GitHub does not answer this; of its own words only what is known to be harmless."""
    status, headers, message = answer.status, answer.headers, answer.message.lower()
    who = "token" if by_token else "App"
    if status == requests.codes.unauthorized:
        remedy = "put a new one into GITHUB_TOKEN" if by_token else "check the App's id, its private key and this clock"
        return f"GitHub at {host} does not accept the {who} (401): {remedy}"
    if status in {403, 429} and (limit := rate_limit(headers, message, status)):
        return limit
    if status == requests.codes.forbidden and "required" in headers.get("x-github-sso", ""):
        return SINGLE_SIGN_ON
    if status == requests.codes.forbidden and "ip allow list" in message:
        return "the organisation's IP allow list does not let this machine ask GitHub (403)"
    if status == requests.codes.forbidden:
        named = re.fullmatch(r"[a-z_=;, ]{1,80}", headers.get("x-accepted-github-permissions", ""))
        needs = named.group() if named else "contents=read, pull_requests=read"
        return f"the GitHub {who} may not read this (403); it needs: {needs}"
    if status == requests.codes.not_found:
        return f"what answers at {host} is not GitHub's API (404); check GITHUB_API_URL"
    if status >= requests.codes.server_error or status == requests.codes.unprocessable:
        return f"GitHub at {host} could not compute the answer ({status}); check again in a minute"
    return f"GitHub at {host} refused the request ({status})"


def rate_limit(headers: Mapping[str, str], message: str, status: int | str) -> str | None:
    """When a limit is used up, until when; None where it is not that.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    """
    wait, reset = None, headers.get("x-ratelimit-reset", "")
    if re.fullmatch(r"\d{1,6}", headers.get("retry-after", "")):
        wait = float(headers["retry-after"])
    elif headers.get("x-ratelimit-remaining") == "0" and re.fullmatch(r"\d{1,11}", reset):
        wait = max(float(reset) - time.time(), 0.0) + 1
    elif "rate limit" in message or status == requests.codes.too_many_requests:
        wait = UNTOLD_WAIT
    if wait is None:
        return None
    told = f"{wait:.0f} seconds" if wait < IN_SECONDS else f"{wait / 60:.0f} minutes"
    return f"GitHub's rate limit is used up ({status}); it is free again in {told}, check again then"
