"""A JSON text from outside becomes values that can be walked, written out again and replayed, or is refused.

Python's own reader takes three things that no other program takes back: `NaN`, half of a surrogate pair, and nesting
without end.
"""

import json

DEEPEST = 100
"""Levels of nesting; Sentry trims what SDKs send to about ten, a log document holds a few, and readers recurse."""


def parsed(text: str) -> object:
    """The value; raises ValueError where the text is no JSON, is cut off, or is nested beyond reason."""
    try:
        value: object = json.loads(text, parse_constant=_refuse)
        if "\\ud" in text.lower():
            whole = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            value = json.loads(whole)
    except RecursionError:
        raise ValueError("nested beyond reason") from None
    if not _within_depth(value):
        raise ValueError("nested beyond reason")
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _within_depth(value: object) -> bool:
    level: list[object] = [value]
    for _ in range(DEEPEST):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
        ]
        if not level:
            return True
    return False
