"""The lines that a patch adds, as text that can be read: a whole new file, or pieces of a changed one."""

import io
from typing import NamedTuple

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk, PatchSet

LONGEST = 200_000
"""Characters of one patch that are read: GitHub itself sends none of a file past 500 KB or 20,000 lines."""


class Unread(Exception):
    """The text could not be read; `args[0]` says why, in words fit for the card."""


class Added(NamedTuple):
    """Consecutive added lines; `first_line` is the number of the first in the new file."""

    text: str
    first_line: int
    whole: bool


def added(patch: str) -> tuple[Added, ...]:
    """The added lines of one file's patch (GitHub's form: hunks without a file header); raises `Unread`.

    A file that is new comes as one piece with `whole` true. Of a changed file each run of added lines is a piece.
    """
    if len(patch) > LONGEST:
        raise Unread(f"its patch is longer than {LONGEST:,} characters")
    try:
        # GitHub leaves the header out; unidiff wants one. The newline stops a last line without one.
        files = PatchSet(io.StringIO(f"--- a/file\n+++ b/file\n{patch.rstrip(chr(10))}\n", newline="\n"))
    except UnidiffParseError as error:
        raise Unread("its patch is not a unified diff") from error
    hunks = [hunk for file in files for hunk in file]
    if len(hunks) == 1 and hunks[0].source_start == 0 and hunks[0].source_length == 0:
        return (Added("".join(line.value for line in hunks[0].target_lines()), 1, True),)
    return tuple(piece for hunk in hunks for piece in _pieces(hunk))


def _pieces(hunk: Hunk) -> list[Added]:
    pieces: list[Added] = []
    texts: list[str] = []
    first = 0
    for line in hunk:
        if line.is_added:
            first = first if texts else line.target_line_no or 0
            texts.append(line.value)
        elif line.is_context and texts:
            pieces.append(Added("".join(texts), first, False))
            texts = []
    if texts:
        pieces.append(Added("".join(texts), first, False))
    return pieces
