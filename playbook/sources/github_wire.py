"""One request to GitHub is one short, bounded exchange with one host, and every failure of it is a sentence.

PyGithub signs and addresses the request and follows a renamed repository; it is given a connection of our own for each
request, because its own is shared by threads together with the request that is under way, reads without end, and its
retry sleeps until a rate limit is over.
"""

import re
import threading
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests
from github.Auth import Auth, Token
from github.Requester import HTTPSRequestsConnectionClass, Requester, RequestsResponse

from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.github_access import GitHubAccess, app_of
from playbook.sources.github_errors import Answer, GaveUp, broken, refused, says_there_is_none, unreadable
from playbook.sources.json_body import parsed
from playbook.sources.punctual import GATEWAY, NoAnswer, PunctualSession

REQUEST_SECONDS = 15.0
"""For one whole exchange, in seconds; GitHub itself gives a request up after ten."""

LARGEST_ANSWER = 32_000_000
"""In bytes, unpacked: a comparison at all of GitHub's own limits (300 files, 1 MB of patch) stays far below."""

REDIRECTS = 2
"""A repository that was renamed and then moved; https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api"""

API_VERSION = "2022-11-28"
"""Without it GitHub may answer in the shapes of a later version."""


class Wire:
    """Requests that read, in the name of whoever may see the repository; used from any thread."""

    def __init__(self, access: GitHubAccess, budget: Budget) -> None:
        self.host = urlsplit(access.api_url).netloc
        self.by_token = access.token is not None
        self._access = access
        self._budget = budget
        self._lock = threading.Lock()
        self._signed: dict[str, tuple[Requester, float]] = {}
        self._session = PunctualSession()

    def get(self, repository: str, path: str, **parameters: int) -> Answer:
        """What GitHub has at `path` below the repository; `Unavailable` unless it answered, if only *there is none*."""
        return self._send(self._signed_for(repository), "GET", f"/repos/{repository}{path}", parameters)

    def query(self, repository: str, text: str, variables: Mapping[str, str]) -> Answer:
        """GraphQL's answer to a query (never a mutation: it is sent with POST, and so never twice).

        Raises `GaveUp` where GitHub did not finish, and `Unavailable` where it refused; what stands under `errors` in
        its answer is not looked at here.
        """
        requester = self._signed_for(repository)
        answer = self._send(
            requester, "POST", requester.graphql_url, given={"query": text, "variables": dict(variables)}
        )
        if not answer.found:
            raise Unavailable(refused(answer, self.host, self.by_token))
        return answer

    def _signed_for(self, repository: str) -> Requester:
        if not re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", repository, re.ASCII):
            raise Unavailable(f"the repository is not named as owner/name: {repository[:100]}")
        access = self._access
        key = repository if access.app_id is not None and access.installation_id is None else ""
        with self._lock:
            requester, ends = self._signed.get(key, (None, 0.0))
            if requester is None or time.time() > ends:
                requester, ends = self._sign(repository)
                self._signed[key] = requester, ends
        return requester

    def _sign(self, repository: str) -> tuple[Requester, float]:
        access = self._access
        if access.token is not None:
            return self._requester(Token(access.token.get_secret_value())), float("inf")
        app = self._requester(app_of(access))
        installation: object = access.installation_id
        if installation is None:
            installation = self._field(self._send(app, "GET", f"/repos/{repository}/installation"), "id", repository)
        path = f"/app/installations/{installation}/access_tokens"
        token = self._field(self._send(app, "POST", path), "token", repository)
        half_an_hour = 1800.0  # such a token lives for an hour
        return self._requester(Token(str(token))), time.time() + half_an_hour

    def _field(self, answer: Answer, name: str, repository: str) -> object:
        if not answer.found:
            raise Unavailable(f"the GitHub App is not installed for {repository}: install it for that repository")
        value = answer.data.get(name) if isinstance(answer.data, dict) else None
        if not value:
            raise Unavailable(f"GitHub at {self.host} did not give the App a token; check GITHUB_API_URL")
        return value

    def _requester(self, auth: Auth) -> Requester:
        return Requester(
            auth=auth, base_url=self._access.api_url, timeout=int(REQUEST_SECONDS), user_agent="diagnose", per_page=100,
            verify=True, retry=None, pool_size=None, lazy=True, api_version=API_VERSION,
        )  # fmt: skip

    def _send(
        self,
        requester: Requester,
        verb: str,
        path: str,
        parameters: Mapping[str, int] | None = None,
        given: Mapping[str, object] | None = None,
    ) -> Answer:
        seconds = min(REQUEST_SECONDS, self._budget.left())
        if seconds <= 0:
            raise Unavailable("the time of this run was used up before GitHub could be asked; check again")
        ends = time.monotonic() + seconds
        try:
            status, received, text = self._exchange(requester, verb, path, parameters, given, ends)
            if verb == "GET" and status in GATEWAY:
                status, received, text = self._exchange(requester, verb, path, parameters, given, ends)
        except NoAnswer as none:
            unfinished = none.why in {"late", "broken off"}
            raise (GaveUp if unfinished else Unavailable)(broken(none.why, self.host, seconds)) from none
        except ValueError as error:
            raise Unavailable(f"what answers at {self.host} is not GitHub's API; check GITHUB_API_URL") from error
        return self._read(Answer(status, received, None), text)

    def _exchange(
        self,
        requester: Requester,
        verb: str,
        path: str,
        parameters: Mapping[str, int] | None,
        given: Mapping[str, object] | None,
        ends: float,
    ) -> tuple[int, dict[str, str], str]:
        connection = _Connection(self._session, self._access.api_url, ends)
        headers = {"Accept": "application/vnd.github+json"}
        return requester.requestJson(verb, path, dict(parameters or {}), headers, given, cnx=connection)

    def _read(self, answer: Answer, text: str) -> Answer:
        try:
            answer = answer._replace(data=parsed(text))
        except ValueError as error:
            if answer.status < requests.codes.bad_request:
                raise Unavailable(unreadable(text, self.host)) from error
        if answer.status in {200, 201}:
            return answer._replace(status=requests.codes.ok)
        if says_there_is_none(answer):
            return answer
        unfinished = answer.status >= requests.codes.server_error
        raise (GaveUp if unfinished else Unavailable)(refused(answer, self.host, self.by_token))


class _Connection(HTTPSRequestsConnectionClass):
    """One exchange's way out; PyGithub follows a 301 by asking the same connection again."""

    def __init__(self, session: PunctualSession, api_url: str, ends: float) -> None:
        self._session = session
        self._origin = urlsplit(api_url)
        self._ends = ends
        self._sent = 0

    def getresponse(self) -> RequestsResponse:
        """Never leaves the host it was made for: a redirect to another one is refused, not followed."""
        self._sent += 1
        response, body = self._session.fetch(
            self.verb,
            f"{self._origin.scheme}://{self._origin.netloc}{self.url}",
            headers=self.headers,
            body=self.input,
            seconds=max(self._ends - time.monotonic(), 0.01),
            most_bytes=LARGEST_ANSWER,
        )
        if len(body) > LARGEST_ANSWER:
            raise Unavailable(f"GitHub's answer is larger than {LARGEST_ANSWER // 1_000_000} MB and was not read")
        if response.is_redirect:
            target = urlsplit(response.headers["location"])
            home = (target.scheme, target.netloc) == (self._origin.scheme, self._origin.netloc)
            if not home or self._sent > REDIRECTS or target.path == self.url:
                raise Unavailable(f"GitHub at {self._origin.netloc} redirects elsewhere; correct GITHUB_API_URL")
            response.status_code = requests.codes.moved_permanently  # the only redirect that PyGithub follows
        elif response.status_code == requests.codes.accepted:
            raise Unavailable("GitHub is still computing this (202); check again in a minute")  # PyGithub would wait
        return _Received(response, body)


class _Received(RequestsResponse):
    """An answer whose body is in already."""

    def __init__(self, response: requests.Response, body: bytes) -> None:
        super().__init__(response)
        self._body = body

    def read(self) -> str:
        return self._body.decode("utf-8", "replace")
