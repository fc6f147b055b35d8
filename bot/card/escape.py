"""Text from outside stays text: it can ping nobody, forge no link and break no block.

Slack reads `&`, `<` and `>` as markup in every mrkdwn field and in a message's `text`
(https://docs.slack.dev/messaging/formatting-message-text); escaping comes with cutting here, because a cut made
after escaping can fall inside an entity, and one made before it can still be too long.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playbook.evidence.fact import LONGEST_LINK

ELLIPSIS = "…"
MOST_PARTS = 9  # of a sentence with code in it: four spans; one with more of them is no sentence of ours
LONGEST_READ = 50_000  # characters of one outside text that are looked at; Slack shows 3,000 of them at most

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
"""Controls, direction marks, zero-width signs, fillers, private and broken code points. Written out, since Python's
Unicode tables differ between versions and the same diagnosis must give the same card."""

_SPACES = re.compile(r"\s+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FENCES = re.compile(r"`{3,}")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKUP = str.maketrans({"`": "'", "*": "∗", "~": "∼"})
_ANGLES = str.maketrans({"<": "‹", ">": "›"})
_NOT_IN_LINKS = re.compile(r"[\s<>|\"`\\^{}]")


def clean(text: str) -> str:
    """The text without what a reader cannot see; newlines and tabs stay."""
    return UNSEEN.sub("", text[:LONGEST_READ].replace("\r\n", "\n").replace("\r", "\n"))


def mrkdwn(text: str, limit: int) -> str:
    """One line of running text for a mrkdwn field, at most `limit` characters when escaped.

    Backticks, asterisks and tildes become look-alikes: they would style, or swallow a link that follows.
    """
    return _escaped(_cut(_line(text).translate(_MARKUP), limit, _escaped_width))


def prose(text: str, limit: int) -> str:
    """As `mrkdwn`, but what stands between two backticks becomes a code span: for sentences that name a command."""
    parts = clean(text).split("`")
    if len(parts) % 2 and len(parts) <= MOST_PARTS and all(part.strip() for part in parts[1::2]):
        spans = [code(part, limit) if index % 2 else _edged(part, limit) for index, part in enumerate(parts)]
        shown = "".join(spans).strip()
        if length(shown) <= limit:
            return shown
    return mrkdwn(text, limit)


def _edged(text: str, limit: int) -> str:
    """One line that keeps a space at its ends where there was one."""
    before, after = text[:1].isspace(), text[-1:].isspace()
    return " " * before + mrkdwn(text, limit) + " " * after if text.strip() else " " * bool(text)


def plain(text: str, limit: int) -> str:
    """One line for a `plain_text` or rich text field.

    Slack documents no escaping for these fields and has decoded entities in some of them, so angle brackets become
    single guillemets, which mean nothing to it either way.
    """
    return _cut(_line(text).translate(_ANGLES), limit, _width)


def code(text: str, limit: int) -> str:
    """One line as an inline code span of at most `limit` characters, for words quoted as they stand."""
    inner = _escaped(_cut(_line(text).replace("`", "'"), limit - 2, _escaped_width))
    return f"`{inner or ' '}`"


def fence(text: str, limit: int) -> str:
    """A code block of at most `limit` characters, line breaks kept, that can be copied and pasted."""
    kept = _FENCES.sub("'''", clean(text)).strip("\n")
    return f"```\n{_escaped(_cut(kept, limit - 8, _escaped_width))}\n```"


def link(url: str, label: str, limit: int = 200) -> str:
    """`<url|label>`, or the bare label where the url is no plain web link; a url is never cut."""
    shown = mrkdwn(label, limit).replace("|", "/")
    return f"<{_escaped(url)}|{shown}>" if is_web_link(url) and shown else shown


def spoken(name: str, *others: str) -> str:
    """`MissingRelation` as one says it: `Missing relation`; `Missing relation, logs and tags` with others. What is no
    such name stays as it is."""
    told = [_words(name), *(_words(other, first=False) for other in others)]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _words(name: str, *, first: bool = True) -> str:
    if not (name.isascii() and name.isalpha()):
        return name
    words = _HUMPS.split(name)
    return " ".join([words[0] if first else words[0].lower(), *(word.lower() for word in words[1:])])


def counted(count: int, what: str) -> str:
    """`1 finding`, `1,200 findings`."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def is_web_link(url: str) -> bool:
    """Whether a url may become a link: http or https, a host, nobody's name before it, nothing that ends markup."""
    if len(url) > LONGEST_LINK or _NOT_IN_LINKS.search(url) or UNSEEN.search(url):
        return False
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def length(text: str) -> int:
    """Characters as Slack's clients count them (UTF-16 units): never less than Python's own count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _line(text: str) -> str:
    return _SPACES.sub(" ", clean(text)).strip()


def _escaped(text: str) -> str:
    return re.sub("[&<>]", lambda sign: _ENTITIES[sign[0]], text)


def _width(sign: str) -> int:
    return 2 if sign > "\uffff" else 1


def _escaped_width(sign: str) -> int:
    return len(_ENTITIES[sign]) if sign in _ENTITIES else _width(sign)


def _cut(text: str, limit: int, width: Callable[[str], int]) -> str:
    """The text, or its longest beginning that fits `limit` together with the ellipsis."""
    begun = text[: limit + 1]  # every sign is at least one wide
    if sum(map(width, begun)) <= limit:
        return text
    used = [width(ELLIPSIS)]
    for sign in begun:
        used.append(used[-1] + width(sign))
    fitting = max((index for index, total in enumerate(used) if total <= limit), default=0)
    return begun[:fitting].rstrip() + ELLIPSIS
