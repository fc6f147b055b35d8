"""Reads what people paste and Sentry links to; a link counts only when its host is the configured Sentry.

A link is never more than a name: no address is built from one, so a forged link cannot send a token anywhere.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import ValidationError

from playbook.evidence.issue_ref import SHORT_ID, UNSEEN, IssueRef

LONGEST_ARGUMENT = 4_000  # characters; Slack's own limit of a link is 3,000
LONGEST_TEXT = 40_000  # characters; Slack cuts a message there
LONGEST_LINK = 3_000  # characters; Slack's limit of a button's link
MOST_QUERY_FIELDS = 100  # Sentry's longest own query strings have a dozen

REGIONS = frozenset({"us", "eu", "de", "www"})
"""First labels of sentry.io hosts that are not an organization's name."""

PAGES = frozenset({"BREACHED-METRICS"})
"""Pages of Sentry directly below `/issues/` whose names happen to read as a short id."""

STANDARDS = "AES ANSI ASCII CVE CWE ECMA FIPS HTTP HTTPS IEC IEEE IPV ISO MD PEP RFC RSA SHA SSL TLS UCS UTF"
"""First parts of names such as UTF-8, HTTP-500, ISO-8859-1 or CVE-2024-1234, which read as short ids.

A guess, made only for a bare word and only where numbers follow: a project that is really called `http` is
one link, or one number, away. Platforms (`python`, `windows`) stay out: Sentry names new projects after them.
"""

SHORTEST_NUMBER = 6  # digits; fewer in a later word are a count or a status ("SHOP-42 500 errors")

Kind = Literal["nothing", "foreign", "share", "alert rule", "feedback", "no issue", "several"]

_WAYS = "its short id (SHOP-42), its number, a link to it, or an event id of 32 hex digits"
_NOTHING = f"That is not a reference to a Sentry issue: give {_WAYS}."
_STANDARD = re.compile(rf"(?:{'|'.join(STANDARDS.split())})(?:-[0-9]+X*)+(?:LE|BE)?")
_SHORT_ID = re.compile(SHORT_ID)
_DIGITS = re.compile(r"[0-9]+")
_EVENT_ID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SAAS = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.sentry\.io")
_LABELLED = re.compile(r"Short ID:[*_]{0,2}\s{0,3}[*_`]{0,3}([A-Za-z0-9_-]{3,120})")
_LINK = re.compile(
    r"<(?P<slack>[^<>]*)>"  # Slack's own <url> or <url|label>; a label is never read
    r"|\[[^\[\]<>]*\]\((?P<markdown>[^\s<>()]+)\)"
    r"|(?P<bare>https?://[^\s<>|\"`]+)",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_OPENING = "\"'`*~([{“‘«"
_CLOSING = "\"'`*~)]}”’».,;:!?"


class NotAReference(ValueError):
    """The text names no issue of ours; `sentence` says why and what to give, `kind` tells it to code."""

    def __init__(self, sentence: str, kind: Kind = "nothing") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind: Kind = kind


def reference(text: str, sentry_url: str) -> IssueRef:
    """Read the argument of a command: one issue or event, in any form that people paste.

    The first word is the argument; words after it are courtesy ("please") unless one points somewhere else.
    Where the first word is no reference, a single link to our Sentry anywhere in the text is. Short ids are
    never picked out of prose, where `UTF-8` has the same form.
    """
    if len(text) > LONGEST_ARGUMENT:
        raise NotAReference(f"That is too long to be one issue: give {_WAYS}.")
    text = text.strip()
    if any(unicodedata.category(sign) in UNSEEN and sign not in "\t\r\n" for sign in text):
        raise NotAReference("That holds invisible characters: type the short id, or copy the link again.")
    words = _words(text)
    if not words:
        raise NotAReference(f"Name the issue to diagnose: {_WAYS}.")
    try:
        first = _word(words[0], sentry_url)
    except NotAReference as refusal:
        found = references_in(text, sentry_url) if refusal.kind == "nothing" else []
        if not found:
            raise
    else:
        found = [first, *_unmistakable(words[1:], first, sentry_url)]
    if any(other.target != found[0].target for other in found):
        raise NotAReference("That names several issues: give one at a time.", "several")
    return found[0]


def references_in(text: str, sentry_url: str) -> list[IssueRef]:
    """Links to issues of our Sentry in free text, in order, each once; without any, what `Short ID:` says."""
    found: dict[str, IssueRef] = {}
    for url in links_in(text):
        try:
            ref = linked(url, sentry_url)
        except NotAReference:
            continue
        found.setdefault(ref.target, ref)
    return list(found.values()) or list(dict.fromkeys(labelled_in(text)))


def links_in(text: str) -> Iterator[str]:
    """Every web link in a text as Slack escapes it: `<url>`, `<url|label>` (label unread), Markdown, bare."""
    for match in _LINK.finditer(_bounded(text)):
        if match["bare"]:
            url = _unescaped(match["bare"]).partition("<")[0].partition(">")[0]
            url = "" if url.endswith("..") else url.rstrip(_CLOSING + "_")  # cut off: its number may be, too
        else:
            url = _unescaped((match["slack"] or match["markdown"] or "").partition("|")[0])
        if url[:8].lower().startswith(("http://", "https://")):
            yield url


def labelled_in(text: str) -> Iterator[IssueRef]:
    """Short ids that a text names as such: `Short ID: SHOP-42`, as the footer of Sentry's alerts does."""
    for match in _LABELLED.finditer(_bounded(text)):
        short_id = match[1].rstrip("_-").upper()
        if _SHORT_ID.fullmatch(short_id):
            yield IssueRef(short_id=short_id)


def linked(url: str, sentry_url: str) -> IssueRef:
    """Read one unescaped link in any form that Sentry has used, on the host of `sentry_url` only.

    Configured on sentry.io, every organization's host there is ours; self-hosted, exactly that host and port.
    """
    where = _ours(url, sentry_url)
    steps = [step for step in where.path.split("/") if step]
    try:
        query = parse_qsl(where.query, max_num_fields=MOST_QUERY_FIELDS)
    except ValueError:
        query = []
    organization, rest = _below_issues(steps[2:] if steps[:2] == ["api", "0"] else steps)
    ref = _issue(rest, organization or _organization_of(where), query)
    if ref is None:
        raise _refusal(steps, dict(query))
    return ref


def _below_issues(steps: list[str]) -> tuple[str | None, list[str]]:
    """The organization that a path names, and what it holds after `issues`."""
    match steps:
        case ["share" | "shared", *_]:
            return None, []
        case ["organizations", organization, "issues", *rest]:
            return organization, rest
        case ["issues", *rest]:
            return None, rest
        case ["organizations", *_]:
            return None, []
        case [organization, "issues", *rest] | [organization, _, "issues", *rest]:
            return organization, rest
    return None, []


def _issue(rest: list[str], organization: str | None, query: list[tuple[str, str]]) -> IssueRef | None:
    """What stands after `/issues/`: an issue, perhaps `events/EVENT`, or one of Sentry's pages (None)."""
    if not rest:
        return None
    name, event_id = rest[0].upper(), None
    match rest:
        case [_, "events", event, *_] if _EVENT_ID.fullmatch(event):
            event_id = event.replace("-", "").lower()
    environments = {value for key, value in query if key == "environment" and value}
    organization = (organization or "").lower()
    issue_id = name if _DIGITS.fullmatch(name) else None
    short_id = name if _SHORT_ID.fullmatch(name) and name not in PAGES else None
    if not issue_id and not short_id:
        return None
    try:
        ref = IssueRef(
            issue_id=issue_id,
            short_id=short_id,
            event_id=event_id,
            organization=organization if _SLUG.fullmatch(organization) else None,
        )
    except ValidationError:
        return None
    if len(environments) != 1:  # several: narrowing to one of them would answer what nobody asked
        return ref
    try:
        return IssueRef.model_validate({**ref.model_dump(), "environment": environments.pop()})
    except ValidationError:
        return ref


def _refusal(steps: list[str], query: dict[str, str]) -> NotAReference:
    if "share" in steps or "shared" in steps:
        return NotAReference("That is a share link: open it and give the link of the issue itself.", "share")
    if "feedback" in steps or "feedbackSlug" in query:
        return NotAReference("That is user feedback: give a link to an issue with an error.", "feedback")
    if "alerts" in steps or "metric_alert" in query.get("referrer", ""):
        sentence = "That is an alert rule or metric alert: open the issue behind it and give its link."
        return NotAReference(sentence, "alert rule")
    return NotAReference("That link names no issue: open the issue in Sentry and copy its link.", "no issue")


def _ours(url: str, sentry_url: str) -> SplitResult:
    """Take a link apart; refuse it unless it leads to the configured Sentry and reads in one way only."""
    foreign = NotAReference(f"That link leads elsewhere: give a link to {_host(sentry_url)}.", "foreign")
    if len(url) > LONGEST_LINK or "\\" in url or any(sign <= " " or sign == "\x7f" for sign in url):
        raise foreign
    try:
        link, home = urlsplit(url), urlsplit(_with_scheme(sentry_url))
        link_port, home_port = _port(link), _port(home)
    except ValueError:
        raise foreign from None
    host, home_host = link.hostname or "", home.hostname or ""
    if link.scheme not in {"http", "https"} or not home_host or link_port != home_port:
        raise foreign
    if "@" in link.netloc:
        raise foreign
    if host != home_host and not (_is_saas(home_host) and _is_saas(host)):
        raise foreign
    steps = link.path.lower().replace("%2e", ".").split("/")
    if not link.path.isascii() or "." in steps or ".." in steps:
        raise NotAReference("That link is not as Sentry writes it: copy the issue's link again.", "no issue")
    return link


def _is_saas(host: str) -> bool:
    return host == "sentry.io" or (_SAAS.fullmatch(host) is not None and not host.startswith("xn--"))


def _organization_of(link: SplitResult) -> str | None:
    label, dot, home = (link.hostname or "").partition(".")
    return label if dot and home == "sentry.io" and label not in REGIONS else None


def _port(link: SplitResult) -> int | None:
    """The port where it is not the scheme's own; Slack turns `host/path` into `http://host/path`."""
    return None if link.port == {"http": 80, "https": 443}.get(link.scheme) else link.port


def _host(sentry_url: str) -> str:
    return _with_scheme(sentry_url).partition("://")[2].partition("/")[0].rpartition("@")[2]


def _with_scheme(url: str) -> str:
    return url if "://" in url else f"https://{url}"


def _words(text: str) -> list[str]:
    """Split at white space, but never inside Slack's `<url|label>` or a Markdown link."""
    return re.findall(r"\[[^\[\]<>]*\]\((?:<[^<>]*>|[^\s<>()]+)\)|<[^<>]*>|[^\s<>]+", text)


def _word(word: str, sentry_url: str) -> IssueRef:
    """Read one word, which is to be a reference as a whole."""
    if word.startswith("[") and (url := next(links_in(word), None)):
        return linked(url, sentry_url)
    word = _unescaped(word.lstrip("<").partition("|")[0]).strip("<>").partition("|")[0]
    cut_off = word.endswith("..")
    word = word.lstrip(_OPENING).rstrip(_CLOSING)
    if _EVENT_ID.fullmatch(word):
        return IssueRef(event_id=word.replace("-", "").lower())
    if _DIGITS.fullmatch(word):
        try:
            return IssueRef(issue_id=word)
        except ValidationError:
            raise NotAReference(f"No Sentry issue has that number: give {_WAYS}.") from None
    if word.isascii() and _STANDARD.fullmatch(word.upper()):
        raise NotAReference(f"{word.upper()} reads like a standard: give the issue's number or a link to it.")
    if word.isascii() and _SHORT_ID.fullmatch(word.upper()):
        return IssueRef(short_id=word.upper())
    if "/" in word and not cut_off:
        return linked(_with_scheme(word), sentry_url)
    raise NotAReference(_NOTHING)


def _unmistakable(words: list[str], first: IssueRef, sentry_url: str) -> Iterator[IssueRef]:
    """Later words that can only be meant as an issue: not the `re-deploy` or the `500` of a sentence."""
    for word in words:
        try:
            ref = _word(word, sentry_url)
        except NotAReference:
            continue
        tail = (ref.short_id or "").rpartition("-")[2]
        spelled = any(digit in tail for digit in "0123456789") or word == word.upper()
        counted = first.issue_id is not None or len(ref.issue_id or "") >= SHORTEST_NUMBER
        if "/" in word or ref.event_id or (ref.short_id and spelled) or (ref.issue_id and counted):
            yield ref


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[1]], text)


def _bounded(text: str) -> str:
    """The text up to a length, cut between words: a number that is cut off is another number."""
    if len(text) <= LONGEST_TEXT:
        return text
    *whole, _ = text[:LONGEST_TEXT].rsplit(maxsplit=1) or [""]
    return "".join(whole)
