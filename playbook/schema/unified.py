"""The changed files of a diff, in every form that people have one: `git diff`, `git format-patch`, a merge's `--cc`,
other prefixes or none, quoted paths, or nothing but `---` and `+++`.

https://git-scm.com/docs/diff-format#generate_patch_text_with_p; files that nobody asks for are skipped unread, so a
diff may be of any size.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

LONGEST = 4_000_000
"""Characters of one file's part that are read: migrations have some thousands."""

LONGEST_LINE = 10_000
"""Characters of a file's header line."""

SECTION = re.compile(r"^diff --(?:git|cc|combined) (.*)", re.MULTILINE)
PLAIN = re.compile(r"^--- [^\n]*\n\+\+\+ [^\n]*\n(?=@@ )", re.MULTILINE)
HUNK = re.compile(r"^(@@+) -(\d+)(?:,(\d+))? (?:-\d+(?:,\d+)? )*\+(\d+)(?:,(\d+))? \1(?: (.*))?$")
HUNKS = re.compile(r"^@@+ -", re.MULTILINE)
BEFORE = re.compile(r'^--- (?:"((?:[^"\\\n]|\\.)*)"|([^\t\n\r]*))', re.MULTILINE)
AFTER = re.compile(r'^\+\+\+ (?:"((?:[^"\\\n]|\\.)*)"|([^\t\n\r]*))', re.MULTILINE)
BINARY = re.compile(r"^(?:Binary files (.*) differ|GIT binary patch)\r?$", re.MULTILINE)
COPIED = re.compile(r"^copy from ([^\n]{1,1000})", re.MULTILINE)
RENAMED = re.compile(r"^rename from ([^\n]{1,9999})\nrename to ([^\n]{1,9999})", re.MULTILINE)
COMMIT = re.compile(r"\A\s*(?:From|commit) [0-9a-f]{7,64}\b")
PREFIXES = ("a/", "b/", "i/", "w/", "c/", "o/", "1/", "2/")
"""What git puts before a path (https://git-scm.com/docs/diff-config#Documentation/diff-config.txt-diffmnemonicPrefix)."""

NOWHERE = "/dev/null"


class Part(NamedTuple):
    """One hunk's lines on one side; `start` is the first one's number, `fresh` says which the other side lacks.

    `heading` is the line that git shows after the second `@@`: what the hunk stands in.
    """

    heading: str
    start: int
    lines: tuple[str, ...]
    fresh: tuple[bool, ...]


class Changed(NamedTuple):
    """A file's parts before and after the change; a path is None where the file is not there on that side.

    `unread` is the sentence of why its contents cannot be read, None where they can.
    """

    previous: str | None
    path: str | None
    before: tuple[Part, ...] = ()
    after: tuple[Part, ...] = ()
    unread: str | None = None


def changed(diff: str, wanted: Callable[[str], bool]) -> Iterator[Changed]:
    """The files that are wanted, by either path, in their order; never raises."""
    starts = [found.start() for found in SECTION.finditer(diff)]
    first = starts[0] if starts else len(diff)
    plain = [found.start() for found in PLAIN.finditer(diff, 0, first)]
    bounds = [*plain, *starts, len(diff)]
    for start, end in itertools.pairwise(bounds):
        found = _file(diff, start, end, wanted)
        if found is not None:
            yield found


def is_diff(text: str) -> bool:
    """Whether it is a diff, if perhaps of nothing: a commit that changes no file is shown by its head alone."""
    return not text.strip() or any(form.search(text) for form in (SECTION, PLAIN, COMMIT))


def of_file(patch: str) -> Changed:
    """One file's patch in GitHub's form: hunks without a file header."""
    before, after = _hunks(patch[:LONGEST])
    long = len(patch) > LONGEST
    new = len(before) == 1 and before[0].start == 0 and not before[0].lines
    unread = f"its patch is longer than {LONGEST:,} characters" if long else None
    if patch.strip() and not after:
        unread = "its patch is not a unified diff"
    return Changed(None if new else "", "", () if new else before, after, unread)


def _file(diff: str, start: int, end: int, wanted: Callable[[str], bool]) -> Changed | None:
    line = diff[start : min(end, start + LONGEST_LINE)].partition("\n")[0]
    hunks = HUNKS.search(diff, start, end)
    head_end = hunks.start() if hunks else min(end, start + 20_000)
    previous, path = _paths(diff[start:head_end], line)
    if not any(one and wanted(one) for one in (previous, path)):
        return None
    if hunks is None:
        copied = COPIED.search(diff, start, head_end)
        if copied:
            return Changed(None, path, unread=f"it is a copy of {_path(copied[1])}, which the diff does not show")
        if renamed := RENAMED.search(diff, start, head_end):
            return Changed(_path(renamed[1]), _path(renamed[2]))
        binary = BINARY.search(diff, start, head_end)
        new = f"{binary[1]} ".startswith(f"{NOWHERE} ") if binary and binary[1] else False
        return Changed(None if new else previous, path, unread="it is binary") if binary else None
    if end - hunks.start() > LONGEST:
        return Changed(previous, path, unread=f"its part of the diff is longer than {LONGEST:,} characters")
    before, after = _hunks(diff[hunks.start() : end])
    return Changed(previous, path, before if previous else (), after if path else ())


def _paths(head: str, line: str) -> tuple[str | None, str | None]:
    """The file's path before and after, without git's prefixes; None for one that is not there."""
    old, new = BEFORE.search(head), AFTER.search(head)
    if old is None or new is None:  # no hunks: a mode, a rename, a binary file
        return _of_line(line.rstrip("\r"))
    before, after = (_unquoted(one[1]) if one[1] is not None else one[2].rstrip("\r") for one in (old, new))
    bare = (
        line.startswith("diff --git ")
        and (halves := line[11:].rstrip("\r"))[: len(halves) // 2] == (halves[len(halves) // 2 + 1 :])
    )
    if line.startswith("---") or not bare:
        before, after = _stripped(before, after)
    return (None if before == NOWHERE else before), (None if after == NOWHERE else after)


def _stripped(before: str, after: str) -> tuple[str, str]:
    if NOWHERE in (before, after):
        return _without_prefix(before), _without_prefix(after)
    (first, _, rest), (second, _, other) = before.partition("/"), after.partition("/")
    if rest == other and rest and first != second:  # `orig/x` and `new/x` too
        return rest, other
    if before.startswith(PREFIXES) and after.startswith(PREFIXES) and first != second:  # a rename
        return rest, other
    return before, after


def _without_prefix(path: str) -> str:
    return path[2:] if path.startswith(PREFIXES) else path


def _of_line(line: str) -> tuple[str | None, str | None]:
    """`diff --git a/x b/x`, where nothing else tells: both halves are the same path."""
    words = line.partition(" ")[2].partition(" ")[2]
    if words.startswith('"'):
        words = words.split('"')[1]
        return (name := _without_prefix(_unquoted(words))), name
    half = words[len(words) // 2 + 1 :]
    return (name := _without_prefix(half)), name


def _path(words: str) -> str:
    words = words.rstrip("\r")
    return _unquoted(words[1:-1]) if words[:1] == words[-1:] == '"' else words


def _unquoted(name: str) -> str:
    """A path as git writes it in quotes: C's escapes, bytes in octal (`core.quotePath`)."""
    plain = name.encode("utf-8", "replace").decode("latin-1")
    try:
        return plain.encode("latin-1").decode("unicode_escape").encode("latin-1", "replace").decode("utf-8", "replace")
    except UnicodeDecodeError:
        return name


def _hunks(text: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The parts of both sides; lines past a hunk's own count (a mail's signature) belong to nobody."""
    before: list[Part] = []
    after: list[Part] = []
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        found = HUNK.match(lines[place].rstrip("\r")[:1_000])
        place += 1
        if found is None:
            continue
        place, old, new = _hunk(lines, place, found)
        before.append(old)
        after.append(new)
    return tuple(before), tuple(after)


def _hunk(lines: list[str], place: int, found: re.Match[str]) -> tuple[int, Part, Part]:
    """A merge's hunk has a column for each parent: the first one's is the branch that was merged into."""
    columns = len(found[1]) - 1
    left_old, left_new = (int((found[one] or "1")[:12]) for one in (3, 5))
    old: list[tuple[str, bool]] = []
    new: list[tuple[str, bool]] = []
    while place < len(lines) and (left_new > 0 or left_old > 0):
        line = lines[place].removesuffix("\r")
        if line.startswith("\\"):
            place += 1
            continue
        marks, content = line[:columns] or " " * columns, line[columns:]
        if marks.strip(" +-"):
            break
        if place == len(lines) - 1 and not line:  # the end of the text, not an empty line of the file
            break
        place += 1
        removed = "-" in marks
        if not removed:
            new.append((content, marks[0] == "+"))
            left_new -= 1
        if marks[0] == "-" or (not removed and marks[0] == " "):
            old.append((content, marks[0] == "-"))
            left_old -= 1
    heading = (found[6] or "").rstrip()
    return place, _part(heading, int(found[2][:12]), old), _part(heading, int(found[4][:12]), new)


def _part(heading: str, start: int, lines: list[tuple[str, bool]]) -> Part:
    return Part(heading, start, tuple(one for one, _ in lines), tuple(fresh for _, fresh in lines))
