"""Sentry's live door: questions become GETs, replies become plain JSON, *none*, or a sentence; pages become rows.

Paths are organization-scoped, as Sentry wants them (docs.sentry.io/api), or project-scoped where it has no other; the
form without the organization is asked only where a compatible server lacks the first.
"""

import re
from typing import Literal
from urllib.parse import parse_qs, quote, urlsplit

from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.door import Door, Question
from playbook.sources.sentry_access import SentryAccess
from playbook.sources.sentry_endpoints import Gives, endpoint_of
from playbook.sources.sentry_errors import Misrouted, Reply, meaning
from playbook.sources.sentry_http import Parameters, SentryHttp

__all__ = ["MOST_PAGES", "Forms", "SentryAccess", "sentry_door"]

MOST_PAGES = 5
"""Of one list, whatever is asked for: 500 rows; nothing in a diagnosis needs more than two."""

Form = Literal["scoped", "bare"]

_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*\w+="[^"]*")+)')
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_ISSUE = re.compile(r"issues/([^/]+)/.*")


class Forms:
    """Which form of the issue paths each server knows, learnt on the way: `scoped` below the organization, as Sentry
    has it, or `bare`, as GlitchTip has it. May be shared by runs and threads."""

    def __init__(self) -> None:
        self._learnt: dict[str, Form] = {}

    def first(self, server: str) -> Form:
        """The form to ask first."""
        return self._learnt.get(server, "scoped")

    def learn(self, server: str, form: Form) -> None:
        """This form was answered where the other was not."""
        self._learnt[server] = form


def sentry_door(
    access: SentryAccess, budget: Budget, forms: Forms | None = None, http: SentryHttp | None = None
) -> Door:
    """A door for questions of source `sentry`: `call` is a path relative to the organization, `arguments` its query.

    With `rows` true it gives `{"rows": [object], "more": bool}` of at most `pages` pages (1 where not told). An empty
    `call` is the organization itself. `forms` may be one for all runs; `http` is here for tests.
    """
    desk = _Desk(access, http or SentryHttp(access, budget), forms or Forms())

    def ask(question: Question) -> Json:
        query = dict(question.arguments)
        rows, pages = query.pop("rows", False), query.pop("pages", 1)
        path = question.call if question.call.endswith("/") or not question.call else f"{question.call}/"
        if rows:
            return desk.rows(path, _parameters(query), pages if isinstance(pages, int) else 1)
        return desk.answer(path, _parameters(query), endpoint_of(path).gives)[0]

    return ask


class _Desk:
    """One server's questions: which form of the path, how many pages."""

    def __init__(self, access: SentryAccess, http: SentryHttp, forms: Forms) -> None:
        self._access = access
        self._http = http
        self._forms = forms

    def rows(self, path: str, parameters: Parameters, pages: int) -> Json:
        """The rows of several pages; what could not be had after the first page is said by `more`."""
        rows: list[Json] = []
        cursor: str | None = None
        for number in range(max(1, min(pages, MOST_PAGES))):
            query = {**parameters, "cursor": cursor} if cursor else parameters
            try:
                page, reply = self.answer(path, query, "list")
            except Unavailable:
                if number == 0:
                    raise
                break
            if not isinstance(page, list):
                return None if number == 0 else {"rows": rows, "more": True}
            rows += page
            cursor = _next_cursor(reply)
            if cursor is None:
                break
        return {"rows": rows, "more": cursor is not None}

    def answer(self, path: str, parameters: Parameters, gives: Gives) -> tuple[Json, Reply]:
        """The answer in the form that this server knows; the other form is tried once where it does not."""
        if {".", ".."} & set(path.split("/")):
            raise Unavailable("Sentry cannot be asked for something named . or ..; look it up in Sentry itself")
        first = self._forms.first(self._access.url) if _ISSUE.fullmatch(path) else "scoped"
        try:
            return self._ask(path, first, parameters, gives)
        except Misrouted as misrouted:
            other: Form = "bare" if first == "scoped" else "scoped"
            issue = _ISSUE.fullmatch(path)
            if issue is None:
                raise
            if other == "bare" and not issue[1].isdecimal():
                raise Misrouted(
                    f"{misrouted.sentence}; if it is GlitchTip, give the issue's number, as in its URL: it does not "
                    "look up short ids"
                ) from misrouted
            try:
                answer = self._ask(path, other, parameters, gives)
            except Misrouted:
                raise misrouted from None
            self._forms.learn(self._access.url, other)
            return answer

    def _ask(self, path: str, form: Form, parameters: Parameters, gives: Gives) -> tuple[Json, Reply]:
        endpoint = endpoint_of(path)
        if re.match(r"projects/[^/]+/", path):  # `projects/` alone is the organization's list of them
            whole = f"/projects/{quote(self._access.organization, safe='')}/{path.removeprefix('projects/')}"
        elif form == "scoped":
            whole = self._access.scope + path
        else:  # GlitchTip has no `recommended` event
            whole = "/" + re.sub(r"/events/recommended/$", "/events/latest/", path)
        reply = self._http.get(whole, parameters, endpoint.name)
        return meaning(reply, endpoint, self._access, gives), reply


def _next_cursor(reply: Reply) -> str | None:
    """The cursor of the next page if it holds anything: `results` of the part that is `next`, and of no other.

    The URL beside it may be on another host, so it is read and never followed. (`requests` would lose a cursor
    with an equals sign in it, as GlitchTip's have.)
    """
    for url, text in _LINK.findall(reply.headers.get("Link", "")):
        told = dict(_PARAMETER.findall(text))
        if told.get("rel") == "next" and told.get("results") == "true":
            return told.get("cursor") or next(iter(parse_qs(urlsplit(url).query).get("cursor", [])), None)
    return None


def _parameters(arguments: dict[str, Json]) -> Parameters:
    return {
        name: [_text(one) for one in value] if isinstance(value, list) else _text(value)
        for name, value in arguments.items()
        if value is not None
    }


def _text(value: Json) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
