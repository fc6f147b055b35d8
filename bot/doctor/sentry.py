"""Sentry: the token, the organization, and each scope by the very read that a diagnosis makes with it.

Sentry tells nobody which scopes a token has, so each is tried (docs.sentry.io/api/permissions).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bot.access import sentry_access
from bot.doctor.check import Check, findings
from bot.doctor.finding import Finding, Subject, broken, missing, not_configured, not_tried, ok
from bot.settings import Mapping, Settings, WrongSettings
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.door import Question
from playbook.sources.sentry import Sentry
from playbook.sources.sentry_access import SentryAccess
from playbook.sources.sentry_actions import AnswerLost, NotAllowed, SentryActions
from playbook.sources.sentry_endpoints import Gives, endpoint_of
from playbook.sources.sentry_errors import Misrouted, meaning
from playbook.sources.sentry_http import Parameters, SentryHttp
from playbook.sources.sentry_rest import MOST_PAGES, sentry_door

SERVICE: Subject = "Sentry"
NOBODY = "nobody@example.com"
"""An address that no member has: looking for it needs the scope, and nobody is found."""

NO_EVENT = "0" * 32
"""An event id that nobody has: asking for it needs the scope, and its answer is *none*."""

FORBIDDEN = 403
SCOPES = {
    "event:read": "Issue & Event: Read",
    "event:write": "Issue & Event: Read & Write",
    "member:read": "Member: Read",
    "project:read": "Project: Read",
    "org:read": "Organization: Read",
}
"""A scope as the form of an internal integration calls it."""


@dataclass(frozen=True)
class Read:
    """One question of a diagnosis in its smallest form, and what a diagnosis lacks without it."""

    path: str
    query: Parameters
    gives: Gives
    lost: str


ISSUES = Read(
    "issues/",
    {"query": "", "project": "-1", "statsPeriod": "14d", "limit": "1"},
    "list",
    "no issue can be read (steps 1, 2, 7 and 8), so there is no diagnosis at all",
)
READS = (
    Read(
        "releases/",
        {"per_page": "1"},
        "list",
        "nobody can say which release began it, nor which commit (steps 4 and 5)",
    ),
    Read(
        "events/",
        {
            "dataset": "errors",
            "field": ["environment", "count()"],
            "project": "-1",
            "statsPeriod": "24h",
            "per_page": "1",
        },
        "object",
        "who is affected cannot be compared with who is not (step 2)",
    ),
    Read(f"eventids/{NO_EVENT}/", {}, "object", "an event id or a link to an event is not understood (step 1)"),
    Read(
        "code-mappings/",
        {"project": "-1", "per_page": "1"},
        "list",
        "a project's repository is known only from diagnose.toml (step 5)",
    ),
)


def examine(settings: Settings, mapping: Mapping, budget: Budget) -> list[Finding]:
    """Every finding about Sentry; where the token or the server is no good, that is the only one."""
    try:
        access = sentry_access(settings)
    except WrongSettings:
        return [not_tried(SERVICE, "everything", "its settings are wrong, see above")]
    if access is None:
        lacks = " and ".join(
            name
            for name, value in (("SENTRY_ORG", settings.sentry_org), ("SENTRY_TOKEN", settings.sentry_token))
            if not value
        )
        sentence = f"without {lacks} no issue can be read"
        return [not_configured(SERVICE, "everything", sentence, f"set {lacks} (docs/settings.md)", needed=True)]
    return Patient(access, budget).examined(mapping)


class Patient:
    """One Sentry server and organization."""

    def __init__(self, access: SentryAccess, budget: Budget) -> None:
        self._access = access
        self._budget = budget
        self._http = SentryHttp(access, budget)

    def examined(self, mapping: Mapping) -> list[Finding]:
        """The issue list first: what it answers tells whether anything else is worth asking."""
        first = Check(SERVICE, "token", self._way_in)
        begun = findings([first], self._budget)
        if any(one.state == "broken" for one in begun):
            return begun
        checks = [Check(SERVICE, endpoint_of(read.path).name, partial(self._read, read)) for read in READS]
        checks.append(Check(SERVICE, "an event", self._event))
        checks.append(Check(SERVICE, "changing issues", partial(self._writing, wanted=bool(mapping.may_act))))
        if mapping.projects:
            checks.append(Check(SERVICE, "mapped projects", partial(self._projects, sorted(mapping.projects))))
        found = findings(checks, self._budget)
        return [*begun, *self._likeness(found), *found]

    def _way_in(self) -> Sequence[Finding]:
        listed = self._read(ISSUES)
        if listed[0].state in {"ok", "missing"} and listed[0].needed:
            known = f"{self._access.host} accepts the token and knows the organization {self._access.organization}"
            return [ok(SERVICE, "token", known), *listed] if listed[0].state == "ok" else listed
        return [broken(SERVICE, "token", listed[0].sentence, listed[0].fix)]

    def _read(self, read: Read) -> Sequence[Finding]:
        endpoint = endpoint_of(read.path)
        status = None
        try:
            reply = self._http.get(self._access.scope + read.path, read.query, endpoint.name)
            status = reply.status
            meaning(reply, endpoint, self._access, read.gives)
        except Misrouted as unknown:
            sentence = f"{unknown.sentence}; without it, {read.lost}"
            return [missing(SERVICE, endpoint.name, sentence, needed=False)]
        except Unavailable as unavailable:
            if status != FORBIDDEN:
                return [broken(SERVICE, endpoint.name, unavailable.sentence)]
            sentence = f"{unavailable.sentence}; without it, {read.lost}"
            return [missing(SERVICE, f"scope {endpoint.scope}", sentence, self._grant(endpoint.scope))]
        return [ok(SERVICE, f"scope {endpoint.scope}", f"{endpoint.name} can be read")]

    def _event(self) -> Sequence[Finding]:
        """The newest issue's event, in whichever form this server knows: the heart of every diagnosis."""
        sentry = Sentry(sentry_door(self._access, self._budget))
        issues = _rows(sentry.issues("", "-1", "14d"))
        number = next((str(row.get("id")) for row in issues), None)
        if number is None:
            return [not_tried(SERVICE, "an event", "no issue was seen in the last 14 days, so no event was tried")]
        if sentry.event(number, "recommended") is None:
            return [not_tried(SERVICE, "an event", "the newest issue has no event left, so none was tried")]
        return [ok(SERVICE, "an event", "the newest issue's event can be read, with its stack")]

    def _writing(self, *, wanted: bool) -> Sequence[Finding]:
        """Whether the buttons that change an issue can work: tried on an issue and a member that nobody has."""
        what, sentry = "changing issues", SentryActions(self._access)
        try:
            sentry.tried()
        except Unavailable as unavailable:
            if not wanted:
                off = "nobody may change issues from Slack, and the token only reads: the menu for it stays off"
                known = isinstance(unavailable, NotAllowed | Misrouted)
                return [ok(SERVICE, what, off) if known else not_tried(SERVICE, what, unavailable.sentence)]
            sentence = f"{unavailable.sentence}; without it, the menu that changes issues stays off"
            if isinstance(unavailable, NotAllowed):
                return [missing(SERVICE, f"scope {unavailable.scope}", sentence, self._grant(unavailable.scope))]
            if isinstance(unavailable, AnswerLost):
                return [broken(SERVICE, what, unavailable.sentence, needed=False)]
            return [missing(SERVICE, what, sentence, "empty `may_act` in diagnose.toml", needed=False)]
        if not wanted:
            sentence = "the token may change issues, but nobody may from Slack: the menu for it stays off"
            return [ok(SERVICE, what, f"{sentence} until `may_act` in diagnose.toml names somebody")]
        return [
            ok(SERVICE, "scope event:write", "issues can be changed by whom `may_act` names"),
            *self._members(sentry),
        ]

    def _members(self, sentry: SentryActions) -> Sequence[Finding]:
        try:
            sentry.member(NOBODY)
        except NotAllowed as refused:
            sentence = f"{refused.sentence}; without it, *Assign to me* finds nobody"
            return [missing(SERVICE, f"scope {refused.scope}", sentence, self._grant(refused.scope), needed=False)]
        except Unavailable as unavailable:
            return [broken(SERVICE, "the organization's members", unavailable.sentence, needed=False)]
        return [ok(SERVICE, "scope member:read", "the organization's members can be read, for *Assign to me*")]

    def _projects(self, slugs: Sequence[str]) -> Sequence[Finding]:
        """Whether Sentry knows the projects of `diagnose.toml`; one whose slug changed would be mapped in vain."""
        door = sentry_door(self._access, self._budget)
        try:
            listed = door(Question(source="sentry", call="projects/", arguments={"rows": True, "pages": MOST_PAGES}))
        except Misrouted as unknown:
            return [not_tried(SERVICE, "mapped projects", unknown.sentence)]
        known = {str(row.get("slug")) for row in _rows(listed)}
        cut = bool(isinstance(listed, dict) and listed.get("more"))
        return [self._project(slug, known, cut=cut) for slug in slugs]

    def _project(self, slug: str, known: set[str], *, cut: bool) -> Finding:
        what = f"project {slug}"
        if slug in known:
            return ok(SERVICE, what, "is there, and the token may see it")
        if cut:
            sentence = f"is not among the first {len(known)} projects, and no more were asked for"
            return not_tried(SERVICE, what, sentence)
        sentence = f"{self._access.organization} has no project {slug} that this token may see"
        return missing(SERVICE, what, sentence, f"correct [projects.{slug}] in diagnose.toml, or the token's reach")

    def _likeness(self, found: Sequence[Finding]) -> Iterator[Finding]:
        lacks = [
            one.what for one in found if one.state == "missing" and not one.needed and not one.what.startswith("scope ")
        ]
        if len(lacks) > 1:
            sentence = (
                f"{self._access.host} looks like GlitchTip, or a Sentry of long ago: it lacks {', '.join(lacks)}; "
                "issues are diagnosed all the same, and each card says what could not be looked at"
            )
            yield ok(SERVICE, "server", sentence)

    def _grant(self, scope: str) -> str:
        page = f"{self._access.url}/settings/{self._access.organization}/developer-settings/"
        return f"give the internal integration *{SCOPES.get(scope, scope)}* at {page}"


def _rows(answer: Json) -> list[dict[str, Json]]:
    rows = answer.get("rows") if isinstance(answer, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
