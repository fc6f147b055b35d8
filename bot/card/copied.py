"""The card as text that can be pasted into a ticket: nothing in it means anything to Slack any more."""

import html
import re
from collections.abc import Iterator

from bot.card.escape import fence

LONGEST = 3_800  # characters; Slack advises at most 4,000 for a message

_LINK = re.compile(r"(\[?)<(https?://[^<>|\s]+)\|([^<>|]+)>(\]?)")
_BOLD = re.compile(r"(`[^`\n]*`)|\*")
_ITALIC = re.compile(r"(?m)^_(.+)_$")
_FENCED = re.compile(r"(?ms)^```\n(.*?)\n```$")


def copied(text: str) -> str:
    """A card's text as one code block, which Slack's clients copy as it stands; its links by number, at the end."""
    numbers: dict[str, int] = {}
    said = "".join(_bare(text, numbers)).strip("\n")
    addresses = "".join(f"\n[{number}] {url}" for url, number in numbers.items())
    return fence(html.unescape(f"{said}\n{addresses}"), LONGEST)


def _bare(text: str, numbers: dict[str, int]) -> Iterator[str]:
    """The text without markup; what stands in code blocks as it is."""

    def numbered(found: re.Match[str]) -> str:
        number = f"[{numbers.setdefault(found[2], len(numbers) + 1)}]"
        return number if found[1] and found[4] else f"{found[1]}{found[3]} {number}{found[4]}"

    for index, part in enumerate(_FENCED.split(text)):
        if index % 2:
            yield part
        else:
            yield _BOLD.sub(lambda found: found[1] or "", _ITALIC.sub(r"\1", _LINK.sub(numbered, part)))
