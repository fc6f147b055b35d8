"""What stands where something was hidden: short, readable, inert in Slack, and never itself taken for a secret."""

import re
from collections import Counter
from typing import TypeAlias

Hidden: TypeAlias = Counter[str]
"""How many things were hidden, by kind."""

SECRET, EMAIL, IP, USER, VALUE = "[secret]", "[email]", "[ip]", "[user]", "[value]"

_MARKER = re.compile(r"\[(?:secret|email|ip|user|value|Filtered|REDACTED)\]")


def is_hidden(text: str) -> bool:
    """Whether nothing but markers (ours, or the `[Filtered]` that Sentry puts) and punctuation is left of `text`."""
    return _MARKER.search(text) is not None and not re.search(r"\w", _MARKER.sub("", text))


def words(told: str) -> frozenset[str]:
    """A set of words, written as one writes them."""
    return frozenset(told.split())


class Scissors:
    """Collects the spans to hide in one text, then cuts them all at once; overlapping spans become one.

    The first word for a span wins, so rules are asked in the order of how much they know.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._spans: list[tuple[int, int, str, str]] = []

    def hide(self, start: int, end: int, marker: str, kind: str) -> None:
        """Hide `text[start:end]` unless it is empty or hidden already."""
        if start < end and not is_hidden(self.text[start:end]):
            self._spans.append((start, end, marker, kind))

    def cut(self, hidden: Hidden) -> str:
        """The text with every span replaced; each replacement is counted in `hidden`."""
        if not self._spans:
            return self.text
        pieces: list[str] = []
        done = 0
        for start, end, marker, kind in sorted(self._spans, key=lambda span: (span[0], -span[1])):
            if start < done:
                done = max(done, end)
                continue
            pieces += (self.text[done:start], marker)
            hidden[kind] += 1
            done = end
        pieces.append(self.text[done:])
        return "".join(pieces)
