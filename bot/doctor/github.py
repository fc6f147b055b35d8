"""GitHub: the token or App, what is left of its rate limit, and each mapped repository by the reads of a diagnosis."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import requests
from github import Auth, Github, GithubException

from bot.access import github_access
from bot.doctor.check import Check, findings
from bot.doctor.finding import Finding, Subject, broken, missing, not_configured, not_tried, ok
from bot.settings import Mapping, Settings, WrongSettings
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.github_query import place
from playbook.sources.github_rest import GitHubAccess
from playbook.sources.github_wire import Wire

SERVICE: Subject = "GitHub"
CALL_SECONDS = 10
"""For asking about the token, in seconds: GitHub itself gives a request up after ten."""

FEW = 200
"""Requests left in the hour, under which it is worth a word: enough for twenty diagnoses that others share with us.

One takes nine of this limit as a rule when nothing is known of its releases: six questions about the changes, and a
list of files for each of three commits; more where tags are found under another form only. What those files hold comes
by GraphQL, which has a limit of its own.
"""

UNAUTHORIZED, NOT_FOUND = 401, 404
RIGHTS = "contents: read and pull requests: read"


def examine(settings: Settings, mapping: Mapping, budget: Budget) -> list[Finding]:
    """Every finding about GitHub; where the token is no good, that is the only one."""
    try:
        access = github_access(settings)
    except WrongSettings:
        return [not_tried(SERVICE, "everything", "its settings are wrong, see above")]
    if access is None:
        sentence = "without it no commit, pull request or migration is looked at (step 5), and cards say so"
        fix = "set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_KEY_FILE (docs/settings.md)"
        return [not_configured(SERVICE, "everything", sentence, fix, needed=False)]
    begun = findings([Check(SERVICE, "token", partial(_token, access))], budget)
    if any(one.state == "broken" for one in begun):
        return begun
    repositories = sorted({one.repository for one in mapping.projects.values() if one.repository})
    if not repositories:
        sentence = "no repository is mapped, so none was tried"
        return [*begun, not_tried(SERVICE, "repositories", sentence, "map them in diagnose.toml")]
    wire = Wire(access, budget)
    return [*begun, *findings([Check(SERVICE, one, partial(_repository, wire, one)) for one in repositories], budget)]


def _token(access: GitHubAccess) -> Sequence[Finding]:
    """Valid, for how long, and with how many requests left; an App is asked for itself, it has no limit of its own."""
    if access.token is not None:
        auth: Auth.Auth = Auth.Token(access.token.get_secret_value())
        what, path, renew = "token", "/rate_limit", "put a new one into GITHUB_TOKEN"
    else:
        key = access.app_key.get_secret_value().replace("\\n", "\n") if access.app_key else ""
        auth = Auth.AppAuth(access.app_id or 0, key.strip() + "\n")
        what, path, renew = "App", "/app", "check GITHUB_APP_ID, the App's private key, and this machine's clock"
    try:
        with Github(auth=auth, base_url=access.api_url, timeout=CALL_SECONDS, retry=None) as github:
            headers, data = github.requester.requestJsonAndCheck("GET", path)
    except GithubException as refused:
        return [_refused(access, what, refused.status, renew)]
    except (requests.RequestException, ValueError, AssertionError):
        data = None
    if not isinstance(data, dict) or not {"resources", "id"} & set(data):
        sentence = f"nothing that is GitHub's API answers at {access.api_url}"
        return [broken(SERVICE, what, sentence, "check GITHUB_API_URL and the network")]
    if what == "App":
        return [ok(SERVICE, what, f"the App {data.get('name', access.app_id)} is accepted")]
    return [ok(SERVICE, what, f"is accepted{_until(headers)}"), *_quota(data)]


def _refused(access: GitHubAccess, what: str, status: int, renew: str) -> Finding:
    if status == UNAUTHORIZED:
        return broken(SERVICE, what, f"GitHub at {access.api_url} does not accept the {what} (401)", renew)
    if status == NOT_FOUND and what == "token":  # an Enterprise Server without rate limits has no such page
        return ok(SERVICE, what, "is accepted, and this server has no rate limit")
    sentence = f"GitHub at {access.api_url} refused to say whose {what} it is ({status})"
    return broken(SERVICE, what, sentence, "check GITHUB_API_URL, and try again in a minute")


def _until(headers: dict[str, Any]) -> str:
    told = str(headers.get("github-authentication-token-expiration", ""))
    return f", until {told[:10]}" if re.match(r"\d{4}-\d\d-\d\d", told) else ""


def _quota(data: dict[str, Any]) -> Sequence[Finding]:
    resources = data.get("resources")
    hourly = resources.get("core") if isinstance(resources, dict) else None
    if not isinstance(hourly, dict) or not isinstance(left := hourly.get("remaining"), int):
        return []
    reset = hourly.get("reset")
    again = f", anew at {datetime.fromtimestamp(reset, UTC):%H:%M} UTC" if isinstance(reset, int) else ""
    sentence = f"{left} of {hourly.get('limit')} requests are left{again}"
    if left < FEW:
        return [missing(SERVICE, "rate limit", sentence, "give diagnose a token or App of its own", needed=False)]
    return [ok(SERVICE, "rate limit", sentence)]


def _repository(wire: Wire, repository: str) -> Sequence[Finding]:
    """The repository, its newest commit, and that commit's pull requests: each is a right of its own."""
    told = wire.get(repository, "")
    if not told.found:
        sentence = f"GitHub at {wire.host} shows no repository {repository} to this token or App"
        fix = f"check `repository` in diagnose.toml, and give the token or App {RIGHTS} on it"
        return [missing(SERVICE, repository, sentence, fix)]
    branch = told.data.get("default_branch") if isinstance(told.data, dict) else None
    rights = f"give the token or App {RIGHTS} on {repository}"
    try:
        commit = wire.get(repository, f"/commits/{branch or 'HEAD'}")
    except Unavailable as refused:
        sentence = f"{refused.sentence}; without it no change is looked at (step 5)"
        return [missing(SERVICE, f"{repository}, contents", sentence, rights)]
    if not commit.found or not isinstance(commit.data, dict):
        return [not_tried(SERVICE, repository, "is there and has no commit, so nothing more was tried")]
    try:
        wire.get(repository, f"/commits/{commit.data.get('sha')}/pulls", per_page=1)
    except Unavailable as refused:
        sentence = f"{refused.sentence}; without it no suspect's pull request is named (step 5)"
        return [missing(SERVICE, f"{repository}, pull requests", sentence, rights)]
    try:
        place(wire, repository, [])
    except Unavailable as refused:
        sentence = f"{refused.sentence}; without GraphQL no migration is read (step 5)"
        fix = f"{rights}; where a proxy stands between, let POST to GitHub's /graphql through"
        return [missing(SERVICE, f"{repository}, migrations", sentence, fix, needed=False)]
    return [ok(SERVICE, repository, "its commits, pull requests and migrations can be read")]
