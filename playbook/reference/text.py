"""Reads what people type and alerts say: the one issue of a command, every link of a message.

Short ids are never picked out of prose, where `UTF-8` has the same form.
"""

import re
import unicodedata
from collections.abc import Iterator

from pydantic import ValidationError

from playbook.evidence.issue_ref import UNSEEN, IssueRef
from playbook.reference.link import EVENT_ID, NUMBER, SHORT_ID_FORM, NotAReference, linked, with_scheme

LONGEST_ARGUMENT = 4_000
"""Characters of a command's argument; Slack's own limit of a link is 3,000."""

LONGEST_TEXT = 40_000
"""Characters of a message that are read; Slack cuts one there."""

STANDARDS = "AES ANSI ASCII CVE CWE ECMA FIPS HTTP HTTPS IEC IEEE IPV ISO MD PEP RFC RSA SHA SSL TLS UCS UTF"
"""First parts of names such as UTF-8, HTTP-500, ISO-8859-1 or CVE-2024-1234, which read as short ids.

A guess, made only for a bare word and only where numbers follow: a project that is really called `http` is
one link, or one number, away. Platforms (`python`, `windows`) stay out: Sentry names new projects after them.
"""

SHORTEST_NUMBER = 6
"""Digits; fewer in a later word are a count or a status ("SHOP-42 500 errors")."""

_WAYS = "its short id (SHOP-42), its number, a link to it, or an event id of 32 hex digits"
_NOTHING = f"That is not a reference to a Sentry issue: give {_WAYS}."
_STANDARD = re.compile(rf"(?:{'|'.join(STANDARDS.split())})(?:-[0-9]+X*)+(?:LE|BE)?")
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
    if "://" not in text:  # most texts of a message, and looking through them is what an alert costs most
        return
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
        if SHORT_ID_FORM.fullmatch(short_id):
            yield IssueRef(short_id=short_id)


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
    if EVENT_ID.fullmatch(word):
        return IssueRef(event_id=word.replace("-", "").lower())
    if NUMBER.fullmatch(word):
        try:
            return IssueRef(issue_id=word)
        except ValidationError:
            raise NotAReference(f"No Sentry issue has that number: give {_WAYS}.") from None
    if word.isascii() and _STANDARD.fullmatch(word.upper()):
        raise NotAReference(f"{word.upper()} reads like a standard: give the issue's number or a link to it.")
    if word.isascii() and SHORT_ID_FORM.fullmatch(word.upper()):
        return IssueRef(short_id=word.upper())
    if "/" in word and not cut_off:
        return linked(with_scheme(word), sentry_url)
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
