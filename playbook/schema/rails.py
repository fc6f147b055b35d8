"""What a Rails migration does on the way up, read line by line: `change` and `up`, never `down`.

https://guides.rubyonrails.org/active_record_migrations.html
"""

import re
from collections.abc import Iterator

from playbook.schema import sql
from playbook.schema.operation import Kind, Operation

METHOD = re.compile(r"\s*def\s+(?:self\.)?(\w+)")
BACKWARD = re.compile(r"(\s*)\w+\.down\b")
FORWARD = re.compile(r"\s*\w+\.up\s*(?:\{|do\b)")
HEREDOC = re.compile(r"\bexecute[\s(]+<<[~-]?['\"`]?([A-Z]\w*)['\"`]?")
NAME = r"[:]?[\"']?([\w.]+)[\"']?"
CREATE = re.compile(rf"\s*create_table[\s(]+{NAME}")
JOIN = re.compile(rf"\s*create_join_table[\s(]+{NAME}\s*,\s*{NAME}(?:.*\btable_name:\s*{NAME})?")
DROP = re.compile(r"\s*drop_table[\s(]+((?:[:]?[\"']?[\w.]+[\"']?\s*,\s*)*[:]?[\"']?[\w.]+[\"']?)")
RENAME = re.compile(rf"\s*rename_table[\s(]+{NAME}\s*,\s*{NAME}")
EXECUTE = re.compile(r"\s*execute[\s(]+(\"[^\"]*\"|'[^']*')")

LINE = 2_000
"""Characters of one line that are read: a statement that matters fits."""


def operations(source: str) -> tuple[Operation, ...]:
    """What the lines of `change` and `up` do; raises `Unread` where their SQL cannot be read."""
    found: list[Operation] = []
    lines = list(enumerate((line[:LINE] for line in source.split("\n")), 1))
    forward = _forward(lines)
    for number, line in forward:
        if heredoc := HEREDOC.search(line):
            found += sql.operations("\n".join(_until(heredoc[1], forward)), number + 1)
        else:
            found += _read(number, line)
    return tuple(found)


def _forward(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines that run on the way up; blocks of `direction.down` are left out by their indentation."""
    method, skipped = "", None
    for number, line in lines:
        if match := METHOD.match(line):
            method, skipped = match[1], None
        indent = len(line) - len(line.lstrip())
        if skipped is not None and line.strip() and indent <= skipped:
            skipped = None
        elif skipped is None and (down := BACKWARD.match(line)):
            skipped = len(down[1])
            continue
        if method in ("change", "up") and skipped is None:
            yield number, FORWARD.sub("", line)


def _until(mark: str, lines: Iterator[tuple[int, str]]) -> Iterator[str]:
    for _, line in lines:
        if line.strip() == mark:
            return
        yield line


def _read(number: int, line: str) -> list[Operation]:
    if match := CREATE.match(line):
        return [_named("creates", match[1], number)]
    if match := JOIN.match(line):
        return [_named("creates", match[3] or "_".join(sorted((match[1], match[2]))), number)]
    if match := DROP.match(line):
        names = [part.strip(" :\"'") for part in match[1].split(",")]
        return [_named("drops", name, number) for name in names if name and "=>" not in name]
    if match := RENAME.match(line):
        return [_named("renames", match[1], number, match[2])]
    if match := EXECUTE.match(line):
        return list(sql.operations(match[1][1:-1], number))
    return []


def _named(kind: Kind, name: str, number: int, to: str | None = None) -> Operation:
    schema, _, bare = name.rpartition(".")
    return Operation(kind, bare, number, to, schema or None)
