"""The lines of the Home tab as rich text, where text from outside is no markup at all and a moment is the reader's own.

A rich text part is typed: what stands in a `text` part can be no link, no name and no ping, whatever it says
(https://docs.slack.dev/reference/block-kit/blocks/rich-text-block). A `date` part is shown in the zone and the
manner of whoever reads it; the words in UTC stand in for it where a client cannot.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from slack_sdk.models.blocks import RichTextBlock, RichTextElementParts, RichTextSectionElement
from slack_sdk.models.blocks.block_elements import RichTextElement

from bot.card.blocks import Block, json_of
from bot.card.escape import is_web_link, plain
from bot.card.footnotes import USER
from bot.runs.history import Entry
from playbook.evidence.instant import clock

NAME = 40  # characters of an issue's name; Sentry's short ids are shorter
TITLE = 80  # of its title: two lines on a phone
VERDICT = 100  # of a verdict, or of the sentence that stands in its place
WORKSPACE = 60  # of a workspace's address; Slack's are shorter
FORMAT = "{date_short_pretty}, {time}"  # `today, 3:14 AM`

CHANNEL = re.compile(r"[CDG][A-Z0-9]{1,20}")
STAMP = re.compile(r"([0-9]{1,12})\.([0-9]{1,6})")
GROUP = re.compile(r"S[A-Z0-9]{1,30}")

Part = RichTextElement
_Parts = RichTextElementParts


def line(*parts: Sequence[Part]) -> list[Part]:
    """The parts as one line, ` · ` between those that say something."""
    told: list[Part] = []
    for part in filter(None, parts):
        told += [*([_Parts.Text(text=" · ")] if told else []), *part]
    return told


def led(word: str, parts: Sequence[Part]) -> list[Part]:
    """The parts with a word of ours before them; nothing where there are none."""
    return [_Parts.Text(text=f"{word} "), *parts] if parts else []


def lines(told: Iterable[Sequence[Part]]) -> Block:
    """One block of lines; at least one of them must say something."""
    broken: list[Part] = []
    for one in filter(None, told):
        broken += [*([_Parts.Text(text="\n")] if broken else []), *one]
    return json_of(RichTextBlock(elements=[RichTextSectionElement(elements=broken)]))


def words(text: str, limit: int, *, bold: bool = False) -> list[Part]:
    """Text from outside, cut and cleaned; nothing where it says nothing."""
    shown = plain(text, limit)
    return [_Parts.Text(text=shown, style=_Parts.TextStyle(bold=True) if bold else None)] if shown else []


def moment(at: datetime | None, before: str = "") -> list[Part]:
    """`since today, 3:14 AM`: a moment with a word before it."""
    if at is None:
        return []
    date: list[Part] = [_Parts.Date(timestamp=int(at.timestamp()), format=FORMAT, fallback=clock(at))]
    return led(before, date) if before else date


def person(user: str) -> list[Part]:
    """A person or a user group by name; an id that is neither is left out."""
    if USER.fullmatch(user):
        return [_Parts.User(user_id=user)]
    return [_Parts.UserGroup(usergroup_id=user)] if GROUP.fullmatch(user) else []


def under_way(entry: Entry, workspace: str) -> Block:
    """A run that is not over: which issue, who asked for it and when, how often it was asked for since."""
    asked = line(moment(entry.asked_at, "asked"), led("by", person(entry.asker or "")), _repeats(entry))
    return lines([_head(entry, workspace), asked])


def ended(entry: Entry, workspace: str) -> Block:
    """A run that is over: what it said, how sure, and how many people called that right or wrong."""
    if entry.verdict is None:
        verdict = words(f"no diagnosis: {entry.failed or 'it ended without a result'}", VERDICT)
    else:
        verdict = line(words(entry.grade or "", 20, bold=True), words(entry.verdict, VERDICT))
    below = line(moment(entry.ended_at or entry.asked_at), words(_judged(entry), 60), _repeats(entry))
    return lines([_head(entry, workspace), verdict, below])


def archive_link(workspace: str, channel: str, message: str | None, thread: str | None = None) -> str:
    """Where a message stands, without asking Slack for it; "" where the parts are not what Slack gives.

    Slack's own form of a permalink: https://docs.slack.dev/reference/methods/chat.getPermalink
    """
    stamp = STAMP.fullmatch(message or "")
    if not (stamp and CHANNEL.fullmatch(channel) and is_web_link(workspace) and len(workspace) <= WORKSPACE):
        return ""
    within = f"?thread_ts={thread}&cid={channel}" if thread and thread != message and STAMP.fullmatch(thread) else ""
    return f"{workspace.rstrip('/')}/archives/{channel}/p{stamp[1]}{stamp[2]}{within}"


def _head(entry: Entry, workspace: str) -> list[Part]:
    """The issue's name, which leads to its card, and its title."""
    name = plain(entry.short_id or entry.target, NAME) or plain(entry.run, NAME) or "A run"
    url = archive_link(workspace, entry.channel, entry.message, entry.thread)
    title = words(entry.title or "", TITLE)
    if not url:
        return line(words(name, NAME, bold=True), title)
    return line([_Parts.Link(url=url, text=name, style=_Parts.TextStyle(bold=True))], title)


def _repeats(entry: Entry) -> list[Part]:
    return [_Parts.Text(text=f"asked {entry.asked:,} times")] if entry.asked > 1 else []


def _judged(entry: Entry) -> str:
    said = [(len(entry.right), "right"), (len(entry.wrong), "wrong")]
    return ", ".join(f"{count:,} {'says' if count == 1 else 'say'} {word}" for count, word in said if count)
