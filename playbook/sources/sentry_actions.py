"""What a person may change of an issue in Sentry, each change one exchange; and the issue as it stands, read back.

A write whose answer was lost is not sent again: it may have been carried out, and only reading tells. That is left to
whoever called, so that it can be shown (docs.sentry.io/api/events/update-an-issue).
"""

import json
from collections.abc import Mapping

from requests import codes

from playbook.evidence.fact import Value
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.door import Question
from playbook.sources.punctual import NoAnswer, PunctualSession, Why
from playbook.sources.sentry_access import SentryAccess
from playbook.sources.sentry_endpoints import Endpoint
from playbook.sources.sentry_errors import Misrouted, Reply, in_words, meaning, unreachable
from playbook.sources.sentry_http import MOVED, SentryHttp
from playbook.sources.sentry_rest import Forms, sentry_door
from playbook.sources.sentry_state import IssueState, issue_state, remark_in

WRITE_SECONDS = 20.0
"""From the connection to the last byte of a write's answer; Sentry's own gateway gives up after 30."""

LOOK_SECONDS = 30.0
"""For reading the issue, its comments or a member, waits for the rate limit included: somebody is watching."""

MOST_BYTES = 2_000_000  # of the answer to a write, which is one issue and is not used: reading back tells more
COMMENT_PAGES = 3  # of a hundred comments each, newest first, in which ours is looked for
NO_ISSUE = "0"
"""A number that no issue has: writing to it needs the scope, changes nothing, and is answered *none such*."""

NOT_SENT: frozenset[Why] = frozenset({"unknown name", "refused", "late connection", "certificate", "TLS"})
"""Ways of failing before the request was on its way, so that it was certainly not carried out."""

MEMBERS = Endpoint("members/", "the organization's members", "member:read", can_be_none=False, gives="list")


class AnswerLost(Unavailable):
    """It was sent, and nobody knows whether it was carried out: read the issue back before anything else."""


class NotAllowed(Unavailable):
    """The token may not do this; `scope` is what it lacks."""

    def __init__(self, sentence: str, scope: str) -> None:
        super().__init__(sentence)
        self.scope = scope


class Member(Value):
    """Somebody to whom an issue can be assigned; `id` is the user's number in Sentry. Holds no e-mail address."""

    id: str
    name: str


class SentryActions:
    """Writes to one Sentry organization, from any thread. Every failure is an `Unavailable` with a sentence."""

    def __init__(self, access: SentryAccess, forms: Forms | None = None) -> None:
        self._access = access
        self._forms = forms or Forms()

    def state(self, issue: str, remark: str = "") -> IssueState | None:
        """The issue as it stands; None when there is no such issue (any more).

        With `remark`, its comments are read too: the state's `remark` is the first line of one that begins so.
        """
        door = sentry_door(self._access, Budget(LOOK_SECONDS), self._forms)
        told = door(Question(source="sentry", call=f"issues/{issue}/", arguments={}))
        if not isinstance(told, dict):
            return None
        state = issue_state(told)
        if not remark:
            return state
        arguments: dict[str, Json] = {"rows": True, "pages": COMMENT_PAGES}
        comments = door(Question(source="sentry", call=f"issues/{issue}/comments/", arguments=arguments))
        return state.model_copy(update={"remark": remark_in(comments, remark)})

    def member(self, email: str) -> Member | None:
        """Who has that e-mail address and has joined the organization; None when nobody has.

        The address is in no sentence, and nothing keeps it.
        """
        if not email or any(sign.isspace() or sign in "\"'" for sign in email):
            return None
        http = SentryHttp(self._access, Budget(LOOK_SECONDS))
        reply = http.get(self._access.scope + MEMBERS.path, {"query": f"email:{email}"}, MEMBERS.name)
        if reply.status == codes.forbidden:
            raise self._not_allowed(reply, MEMBERS)
        rows = meaning(reply, MEMBERS, self._access, "list")
        found = (_member(row, email.casefold()) for row in rows) if isinstance(rows, list) else ()
        return next((one for one in found if one is not None), None)

    def resolve(self, issue: str) -> None:
        """Resolved, whatever the release."""
        self._update(issue, {"status": "resolved"}, "resolving the issue")

    def archive(self, issue: str) -> None:
        """Archived until it escalates, as Sentry's own *Archive* does."""
        change = {"status": "ignored", "substatus": "archived_until_escalating"}
        self._update(issue, change, "archiving the issue")

    def assign(self, issue: str, member: Member) -> None:
        """Assigned to that member, whoever had it before."""
        self._update(issue, {"assignedTo": f"user:{member.id}"}, "assigning the issue")

    def comment(self, issue: str, text: str) -> None:
        """A comment below the issue; it goes to linked trackers too."""
        form = self._forms.first(self._access.url)
        scope = self._access.scope if form == "scoped" else "/"
        path = f"{scope}issues/{_number(issue)}/comments/"
        self._write("POST", path, {"text": text}, "commenting on the issue")

    def tried(self) -> None:
        """Whether this token may write, tried on an issue that nobody has; raises `Unavailable` where it may not.

        Sentry asks for the scope before it looks for the issue (getsentry/sentry, `src/sentry/api/permissions.py`).
        """
        try:
            self._update(NO_ISSUE, {}, "changing issues")
        except _NoSuchIssue:
            return

    def _update(self, issue: str, change: Mapping[str, str], doing: str) -> None:
        self._write("PUT", f"{self._access.scope}issues/{_number(issue)}/", change, doing)

    def _write(self, method: str, path: str, body: Mapping[str, str], doing: str) -> None:
        """One exchange, sent once, redirected nowhere."""
        asked = Endpoint("", doing, "event:write")
        reply = self._sent(method, path, json.dumps(body).encode(), doing)
        at = f"Sentry at {self._access.host}"
        if reply.status in MOVED:
            raise Unavailable(
                f"{at} redirects {doing} to another address, and nothing is written there; set SENTRY_URL and "
                "SENTRY_ORG to where Sentry really is"
            )
        if reply.status < codes.multiple_choices:
            return
        if reply.status == codes.request_timeout or reply.status >= codes.internal_server_error:
            raise AnswerLost(f"{at} failed over {doing} (status {reply.status})")
        if reply.status == codes.too_many_requests:
            raise Unavailable(f"Sentry's rate limit holds back {doing}; nothing was changed, try again in a minute")
        if reply.status == codes.forbidden:
            raise self._not_allowed(reply, asked)
        try:
            meaning(reply, asked, self._access, "object")
        except Misrouted:
            raise
        except Unavailable as refused:
            if reply.status != codes.bad_request:
                raise
            said = refused.sentence.rpartition("; ")[0]  # what to check is told for a question, and this is none
            raise Unavailable(f"{said}; nothing was changed") from refused
        raise _NoSuchIssue(f"{at} has no such issue any more, deleted or merged into another; nothing was changed")

    def _sent(self, method: str, path: str, body: bytes, doing: str) -> Reply:
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {self._access.token.get_secret_value()}",
            "Content-Type": "application/json",
            "User-Agent": "diagnose",
        }
        try:
            with PunctualSession() as session:
                response, received = session.fetch(
                    method,
                    self._access.api + path,
                    seconds=WRITE_SECONDS,
                    most_bytes=MOST_BYTES,
                    headers=headers,
                    body=body,
                    verify=str(self._access.ca_file) if self._access.ca_file else True,
                )
        except NoAnswer as none:
            if none.why in NOT_SENT:
                raise Unavailable(unreachable(none.why, self._access.host, doing, WRITE_SECONDS)) from None
            late = f"did not answer within {in_words(WRITE_SECONDS)}" if none.why == "late" else "broke off"
            raise AnswerLost(f"Sentry at {self._access.host} {late} over {doing}") from None
        return Reply(response.status_code, response.headers, received, too_long=len(received) > MOST_BYTES)

    def _not_allowed(self, reply: Reply, asked: Endpoint) -> NotAllowed:
        try:
            meaning(reply, asked, self._access, asked.gives)
        except Unavailable as refused:
            return NotAllowed(refused.sentence, asked.scope)
        return NotAllowed(f"the Sentry token lacks {asked.scope}", asked.scope)


class _NoSuchIssue(Unavailable):
    """The issue that was to be changed is not there."""


def _number(issue: str) -> str:
    """The issue's number: without one, the path would be that of all issues, and change every one of them."""
    if not (issue.isascii() and issue.isdecimal()):
        raise Unavailable("this card does not say which issue it is about, so nothing was changed; diagnose it again")
    return issue


def _member(row: Json, email: str) -> Member | None:
    """The member of that row, if the address is theirs; whoever was invited and has not joined has no user yet."""
    user = row.get("user") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(user, dict) or not user.get("id"):
        return None
    further = user.get("emails")
    verified = (
        [one.get("email") for one in further if isinstance(one, dict) and one.get("is_verified") is True]
        if isinstance(further, list)
        else []
    )
    known = {str(one).casefold() for one in (row.get("email"), user.get("email"), *verified) if one}
    number = str(user["id"])
    name = str(user.get("name") or "")
    return Member(id=number, name=name if name and "@" not in name else f"user {number}") if email in known else None
