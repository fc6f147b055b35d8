"""Finds the issue that a Slack message is about, from the surest place down, and keeps quiet when unsure.

Sentry's own blocks name the issue as JSON in `block_id`; links are believed on our Sentry's host only.
A metric alert, an activity, Seer's progress, a deploy notice or a person's link starts nothing.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, islice

from pydantic import ValidationError

from playbook.evidence.issue_ref import IssueRef
from playbook.reference import NotAReference, labelled_in, linked, links_in

SENTRY_APP = "A011MFBJEUU"
"""Sentry's own Slack app; a self-hosted Sentry has its own, so alert apps are a setting, this its default."""

POSTS = frozenset({"", "bot_message", "thread_broadcast", "file_share"})
"""Subtypes of a new message; `message_changed` comes with each press of Resolve and each unfurled link."""

ALERT_MARKS = ("alert_rule_id=", "workflow_id=", "alert_type=")
"""What Sentry adds to the title link when a rule fired; notices to a team have the link without."""

MOST_BLOCKS = 100  # Slack's limits are 50 blocks in a message and 100 attachments
MOST_ALERTED = 20  # issues in one message; Slack advises no more attachments
LONGEST_JSON_ID = 255  # characters; Slack's limit of a block_id
MOST_NODES = 2_000
MOST_CHARACTERS = 100_000  # Slack cuts the text of a message at 40,000
MOST_LINKS = 300

ATTACHMENT_LINKS = ("title_link", "from_url", "original_url", "app_unfurl_url")
ATTACHMENT_TEXTS = ("pretext", "text", "fields", "actions", "footer")
HOLDS_LINKS = ("url", "title_url", "text", "value", "fields", "elements", "accessory")

Node = Mapping[str, object]


def alert_reference(event: Node, sentry_url: str, alert_apps: Collection[str]) -> tuple[IssueRef, ...]:
    """The issues that an alert is about, from the surest place; empty for whatever is not an issue alert.

    `alert_apps` holds app ids, bot ids or bot names of the posters whose alerts count. Whatever the shape of
    the event, it never raises. `root` and `previous_message` are never read.
    """
    event = _node(event)
    if not _is_post(event) or not _is_by(event, {name.casefold() for name in alert_apps}):
        return ()
    if any("run_id" in state for state in (*_stated(event), *_stated_attached(event))):
        return ()
    urls = list(_links(_texts(event)))
    named = _named(_stated(event), urls, sentry_url) or _named(_stated_attached(event), urls, sentry_url)
    try:
        title = _title(urls, sentry_url)
        attached = [ref for each in _attachments(event)[:MOST_ALERTED] if (ref := _attached(each, sentry_url))]
    except NotAReference as refusal:
        return named if refusal.kind == "alert rule" else ()
    if named or _is_reply(event):
        return named
    if attached:
        return _distinct(attached)
    if _is_by(event, {SENTRY_APP.casefold()}, "sentry") and not _is_marked(event, urls):
        return ()
    return (title,) if title else tuple(_footers(event))[-1:]


def shared_reference(message: Node, sentry_url: str) -> IssueRef:
    """The issue in any message that a person points at, a person's own included.

    `NotAReference` if it names none or several: which of them is meant, nobody said.
    """
    message = _node(message)
    urls = list(_links(_texts(message)))
    named = _named(_stated(message), urls, sentry_url) or _named(_stated_attached(message), urls, sentry_url)
    try:
        _title(urls, sentry_url)
    except NotAReference as refusal:
        if _text(message, "bot_id") and not (named and refusal.kind == "alert rule"):
            raise
    titles = _texts({"attachments": [_only(each, ATTACHMENT_LINKS) for each in _attachments(message)]})
    for found in (
        named,
        _read(_links(titles), sentry_url),
        _read(urls, sentry_url),
        _distinct(_footers(message)),
    ):
        if len({ref.target for ref in found}) > 1:
            several = ", ".join(str(ref) for ref in found[:5])
            sentence = f"This message names several issues ({several}): run /diagnose with the one you mean."
            raise NotAReference(sentence, "several")
        if found:
            return found[0]
    raise _refusal(urls, sentry_url)


def _is_post(event: Node) -> bool:
    return _text(event, "type") in {"", "message"} and _text(event, "subtype") in POSTS and not event.get("hidden")


def _is_by(event: Node, names: Collection[str], beginning: str = "\0") -> bool:
    """Whether a bot of one of these names or ids posted it, or one whose name begins so; never a person."""
    if not _text(event, "bot_id") and _text(event, "subtype") != "bot_message":
        return False
    profile = _node(event.get("bot_profile"))
    said = [_text(event, key) for key in ("app_id", "bot_id", "username")]
    said += [_text(profile, key) for key in ("app_id", "id", "name")]
    return any(name and (name.casefold() in names or name.casefold().startswith(beginning)) for name in said)


def _is_reply(event: Node) -> bool:
    """A plain reply in a thread, where Sentry tells what people did; a repeated alert goes to the channel."""
    thread = _text(event, "thread_ts")
    return thread not in {"", _text(event, "ts")} and _text(event, "subtype") != "thread_broadcast"


def _is_marked(event: Node, urls: list[str]) -> bool:
    """Whether a message of Sentry without JSON is an issue alert after all: by its title, rule or footer."""
    titled = any(_text(block, "type") == "rich_text" for block in _blocks(event)[:1])
    return titled or any(mark in url for url in urls for mark in ALERT_MARKS) or any(_footers(event))


def _stated(message: Node) -> list[Node]:
    """What Sentry wrote as JSON into the ids of the message's own blocks."""
    return [state for block in _blocks(message) if (state := _json(_text(block, "block_id")))]


def _stated_attached(message: Node) -> list[Node]:
    """The same of its attachments: Sentry's alerts until early 2024, and links that Sentry unfurled."""
    ids = []
    for attachment in _attachments(message):
        ids.append(_text(attachment, "callback_id"))
        ids += [_text(block, "block_id") for block in _inner_blocks(attachment)]
    return [state for text in ids[:MOST_BLOCKS] if (state := _json(text))]


def _json(text: str) -> Node:
    """Most ids are short random strings; not being JSON is normal."""
    if not text.startswith("{") or len(text) > LONGEST_JSON_ID:
        return {}
    try:
        return _node(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _named(stated: Iterable[Node], urls: list[str], sentry_url: str) -> tuple[IssueRef, ...]:
    """The issues that JSON names, each with the environment and event of the first link to that issue."""
    read = cache(lambda url: next(_each([url], sentry_url), None))
    numbers = dict.fromkeys(issue for state in stated if isinstance(issue := state.get("issue"), int))
    found = []
    for issue in islice(numbers, MOST_ALERTED):
        try:
            ref = IssueRef(issue_id=str(issue))
        except ValidationError:
            continue
        # A link to the issue holds its number as it is: reading every link would be half of an alert's cost.
        links = (link for url in urls if ref.target in url and (link := read(url)))
        found.append(next((link for link in links if link.target == ref.target), ref))
    return _distinct(found)


def _attached(attachment: Node, sentry_url: str) -> IssueRef | None:
    """The issue of one attachment: its title's link, else the first link in what it says."""
    linked_to = _title(_links(_text(attachment, key) for key in ATTACHMENT_LINKS), sentry_url)
    return linked_to or _title(_links(_texts({"attachments": [attachment]})), sentry_url)


def _title(urls: Iterable[str], sentry_url: str) -> IssueRef | None:
    """The first link to an issue; refused if an alert rule or feedback comes first, for it is about that."""
    for url in urls:
        if "seerDrawer" in url:
            continue
        try:
            return linked(url, sentry_url)
        except NotAReference as refusal:
            if refusal.kind in {"alert rule", "feedback"}:
                raise
    return None


def _read(urls: Iterable[str], sentry_url: str) -> tuple[IssueRef, ...]:
    """Every issue that links name, each once, as its first link names it."""
    return _distinct(_each(urls, sentry_url))


def _each(urls: Iterable[str], sentry_url: str) -> Iterator[IssueRef]:
    for url in urls:
        try:
            yield linked(url, sentry_url)
        except NotAReference:
            continue


def _distinct(refs: Iterable[IssueRef]) -> tuple[IssueRef, ...]:
    found: dict[str, IssueRef] = {}
    for ref in refs:
        found.setdefault(ref.target, ref)
    return tuple(found.values())


def _refusal(urls: list[str], sentry_url: str) -> NotAReference:
    """The most telling reason why a message names no issue."""
    for url in urls:
        try:
            linked(url, sentry_url)
        except NotAReference as refusal:
            if refusal.kind in {"share", "alert rule", "feedback"}:
                return refusal
    return NotAReference("This message links to no issue of our Sentry: run /diagnose with the issue you mean.")


def _footers(message: Node) -> Iterator[IssueRef]:
    """Short ids after `Short ID:` where Sentry writes it: in a context block or an attachment's footer."""
    contexts = [block for block in _blocks(message) if _text(block, "type") == "context"]
    footers = [_text(attachment, "footer") for attachment in _attachments(message)]
    return chain.from_iterable(map(labelled_in, _within(map(_strings, [*contexts, *footers]))))


def _links(texts: Iterable[str]) -> Iterator[str]:
    return islice(chain.from_iterable(map(links_in, texts)), MOST_LINKS)


def _texts(message: Node) -> Iterator[str]:
    """Every text and address of a message in reading order: blocks, attachments, then the fallback text."""
    parts: list[object] = [_blocks(message)]
    for attachment in _attachments(message):
        parts += [_text(attachment, key) for key in ATTACHMENT_LINKS]
        parts += [_inner_blocks(attachment), *(attachment.get(key) for key in ATTACHMENT_TEXTS)]
    return _within(map(_strings, [*parts, _text(message, "text")]))


def _within(texts: Iterable[Iterable[str]]) -> Iterator[str]:
    """Whole texts up to a sum of characters; a text cut in two could hold another number."""
    left = MOST_CHARACTERS
    for text in chain.from_iterable(texts):
        left -= len(text)
        if left < 0:
            return
        yield text


def _strings(top: object) -> Iterator[str]:
    """The texts and addresses below a block in reading order, up to a number of parts."""
    waiting = [top]
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, list):
            waiting += reversed(_list(node))
        elif isinstance(node, dict):
            waiting += [node[key] for key in reversed(HOLDS_LINKS) if key in node]


def _blocks(message: Node) -> list[Node]:
    return [block for block in _list(message.get("blocks")) if isinstance(block, dict)]


def _inner_blocks(attachment: Node) -> list[Node]:
    """An attachment's blocks, and those of a message that somebody forwarded in it."""
    forwarded = [_node(_node(each).get("message")) for each in _list(attachment.get("message_blocks"))]
    return list(islice(chain.from_iterable(map(_blocks, (attachment, *forwarded))), MOST_BLOCKS))


def _attachments(message: Node) -> list[Node]:
    return [each for each in _list(message.get("attachments")) if isinstance(each, dict)]


def _only(node: Node, keys: Collection[str]) -> Node:
    return {key: node[key] for key in keys if key in node}


def _list(value: object) -> list[object]:
    return value[:MOST_BLOCKS] if isinstance(value, list) else []


def _node(value: object) -> Node:
    return value if isinstance(value, dict) else {}


def _text(node: Node, key: str) -> str:
    value = node.get(key)
    return value if isinstance(value, str) else ""
