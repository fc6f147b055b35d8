"""The text of an error without what carried it: colours, HTML, JSON, repr and Markdown escapes, however often applied.

Every stage that a message can have gone through is tried; a text of any length costs a
bounded time because only its two ends are kept.
"""

import html
import re
from collections.abc import Iterator

KEPT_AT_EACH_END = 100_000
"""Characters. Chains of causes stand at the end of a log, the error itself at its start."""

_COLOUR = re.compile(
    r"(?:\x1b|\\x1b|\\u001b|\\033|\\e|#033|\^\[)\[[0-9;]{0,20}[A-Za-z]|\[(?:\d{1,3};){0,3}\d{1,3}m", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:quot|apos|lt|gt|amp|nbsp|laquo|raquo|[lr][sd]quo|bdquo|#\d{1,6}|#[xX][0-9a-fA-F]{1,6});")
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\"'\\/ntr_*\[\]-])|\""
)
_BYTES = re.compile(r"(?:\\x[0-9a-f]{2}){2,400}")
_ESCAPED_QUOTE = re.compile(r"\\{1,20}(?=[\"'])")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r"}
ROUNDS = 3
"""A log line inside a log line inside a report: nobody has shown us more."""


def cut(text: str) -> str:
    """The two ends of a long text, on separate lines."""
    if len(text) <= 2 * KEPT_AT_EACH_END:
        return text
    return text[:KEPT_AT_EACH_END] + "\n" + text[-KEPT_AT_EACH_END:]


def _bytes(found: re.Match[str]) -> str:
    raw = bytes.fromhex(found.group(0).replace("\\x", ""))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return found.group(0)


def _unescaped(text: str) -> str:
    """One level of JSON or repr taken off; a quote that was not escaped delimited a string, so it ends a line."""
    delimited = '\\"' in text

    def simple(found: re.Match[str]) -> str:
        piece = found.group(0)
        if piece == '"':
            return "\n" if delimited else '"'
        if piece[1] == "u":
            units = bytes.fromhex(piece.replace("\\u", ""))
            return units.decode("utf-16-be", errors="replace")
        if piece[1] == "x":
            return chr(int(piece[2:], 16))
        return _SIMPLE.get(piece[1], piece[1])

    return _ESCAPE.sub(simple, _BYTES.sub(_bytes, text))


def stages(value: str) -> Iterator[str]:
    """The text at every stage of unwrapping, each once: the barest first if quotes or letters are escaped."""
    text = _COLOUR.sub("", cut(value))
    for _ in range(ROUNDS):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    seen = [text]
    while len(seen) <= ROUNDS and "\\" in seen[-1]:
        opened = _COLOUR.sub("", _unescaped(seen[-1]))
        if opened == seen[-1]:
            break
        seen.append(opened)
    if any(mark in text for mark in ('\\"', "\\'", "\\u", "\\_")):
        seen.reverse()
    bare = _ESCAPED_QUOTE.sub("", text)
    yield from seen if bare in seen else (*seen, bare)


_WRAPPED = re.compile(r"\r?\n[ \t|│]{0,40}")
LONGEST_COPY = 20_000
"""Characters of what somebody copied from a terminal."""


def unbroken(text: str) -> str | None:
    """A copy from a terminal that broke lines in the middle of words, in one line; None where it has only one."""
    if "\n" not in text or len(text) > LONGEST_COPY:
        return None
    return _WRAPPED.sub("", text)
