"""What may name a commit: refs that git could hold, and no other path of the API."""

import re

BARRED = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|@\{|^[-/.]|/\.|[/.]$|\.lock$|^$")
"""https://git-scm.com/docs/git-check-ref-format"""


def possible(refs: list[str]) -> list[str]:
    """The refs that git could hold at all, each once."""
    return [ref for ref in dict.fromkeys(refs) if not BARRED.search(ref)]
