"""One card for one cause: the leading card names every issue that joined it, and each of those points back to it.

Pure, and of `playbook.joining` alone: what a person took apart is no longer in the group, so both cards are drawn as if
never joined.
"""

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, PlainTextObject

from bot.card.actions import Pressed
from bot.card.blocks import Card, json_of, sections
from bot.card.citing import links
from bot.card.escape import link, mrkdwn, prose
from playbook.incident import Incident
from playbook.joining import Belonging

NOT_THE_SAME = "not_the_same"
"""The button that takes a joined issue out again; its value is `Pressed` with the joined issue's run and number."""

MOST_ALSO = 5  # joined issues with their titles; more of them push the next step off a phone's screen
MOST_BARE = 10  # of the others, by their names only
MOST_TIES = 3  # different links in one line
TITLE = 120  # characters of a title
WORDS = 200  # characters of a link's words


def also(others: Sequence[Belonging]) -> list[str]:
    """Lines of the leading card: each joined issue, what joined it, and where that was read. [] where nothing did."""
    told = [_also(one) for one in others[:MOST_ALSO]]
    if not told:
        return []
    if len(others) == 1:
        return [f"*Also this:* {told[0]}"]
    left = others[MOST_ALSO : MOST_ALSO + MOST_BARE]
    lines = [f"*Also these {len(others):,} issues*", *(f"• {one}" for one in told)]
    if left:
        unnamed = len(others) - MOST_ALSO - len(left)
        more = f" and {unnamed:,} more" if unnamed else ""
        lines.append(f"• {', '.join(_named(one.incident) for one in left)}{more}")
    return lines


def briefly(others: Sequence[Belonging]) -> list[str]:
    """The same in one line without titles, where a card has no room: no joined issue goes unsaid."""
    if not others:
        return []
    shown = ", ".join(mrkdwn(one.incident.name, 60) for one in others[:MOST_BARE])
    more = f" and {len(others) - MOST_BARE:,} more" if len(others) > MOST_BARE else ""
    ties = {one.link.words: one.link.citation for one in reversed(others)}
    by = "; ".join(f"{prose(words, WORDS)} {links((cited,))}" for words, cited in sorted(ties.items())[:MOST_TIES])
    return [f"*Also:* {shown}{more}, joined by {by}"]


def pointing(one: Belonging, leader: Incident, permalink: str | None = None) -> Card:
    """The small message where the joined issue's own card would be: what joined it, and how it was judged alone."""
    joined = one.incident
    card = f"the card of {mrkdwn(leader.name, 60)}"
    where = link(permalink, f"the card of {leader.name}", 80) if permalink else f"{card} is in this channel"
    cited = links((one.link.citation, one.leading))
    lines = [
        f"{_named(joined)} {_how(joined, leader)} {_named(leader)}: {prose(one.link.words, WORDS)} {cited}; {where}",
        f"_{mrkdwn(joined.title, TITLE)}_" if joined.title.strip() else "",
        f"Judged alone: {alone(joined)}",
    ]
    told = [line for line in lines if line]
    pressed = Pressed(joined.run, joined.issue)
    button = ButtonElement(
        text=PlainTextObject(text="Not the same", emoji=False), action_id=NOT_THE_SAME, value=pressed.value()
    )
    blocks = (*sections(told), json_of(ActionsBlock(elements=[button])))
    return Card(blocks, "\n".join(told)).stamped(joined.run or "joined")


def _how(joined: Incident, leader: Incident) -> str:
    """A shared link puts two issues on one card; that they have one cause is said only where each alone proved it."""
    proved = joined.grade == leader.grade == "proved" and joined.cause is not None
    return "has the same cause as" if proved and joined.cause == leader.cause else "is on one card with"


def alone(one: Incident) -> str:
    """An issue's own verdict in one line, its grade a link to what decided it."""
    if one.claim is None or one.proof is None:
        return one.grade
    return f"{mrkdwn(one.claim, 300)} – {link(one.proof.url, one.grade)}"


def _also(one: Belonging) -> str:
    joined = one.incident
    title = mrkdwn(joined.title, TITLE)
    return f"{_named(joined)} {title} – {prose(one.link.words, WORDS)} {links((one.link.citation,))}".replace("  ", " ")


def _named(one: Incident) -> str:
    return link(one.url, one.name, 60)
