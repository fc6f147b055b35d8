"""Of pieces of a Liquibase changelog, the change sets and includes that are whole, in XML, YAML or JSON.

https://docs.liquibase.com/concepts/changelogs/home.html
"""

import json
import re
from collections.abc import Iterator

from playbook.schema.piece import MOST_TRIED, Line, indent


def _change_sets(lines: list[Line]) -> Iterator[Line]:
    """The change sets and includes of a changelog in XML that are whole."""
    found: list[Line] = []
    block: list[Line] = []
    for line in _uncommented(lines):
        if block or re.match(r"\s*<changeSet\b", line.text):
            block.append(line)
        elif re.match(r"\s*<include(?:All)?\b[^>]*/>\s*$", line.text):
            found.append(line)
        if block and re.search(r"</changeSet>", line.text):
            found += block
            block = []
    if found:
        yield Line("<databaseChangeLog>", lines[0].number, False)
        yield from found
        yield Line("</databaseChangeLog>", lines[-1].number, False)


def _uncommented(lines: list[Line]) -> Iterator[Line]:
    """The lines with what comments hide left blank; a comment may have begun before them."""
    whole = "\n".join(line.text for line in lines)
    begun = re.match(r"(?:(?!<!--).)*?-->", whole, re.DOTALL)
    if begun:
        whole = _blank(begun) + whole[begun.end() :]
    whole = re.sub(r"<!--.*?(?:-->|\Z)", _blank, whole, flags=re.DOTALL)
    texts = whole.split("\n") if lines else []
    yield from (line._replace(text=text) for line, text in zip(lines, texts, strict=True))


def _blank(hidden: re.Match[str]) -> str:
    return "\n" * hidden[0].count("\n")


def _items(lines: list[Line]) -> Iterator[Line]:
    """The same of one in YAML: items of its list, as deep as the first."""
    starts = [
        place for place, line in enumerate(lines) if re.match(r"\s*-\s+(?:changeSet|include(?:All)?):", line.text)
    ]
    if starts:
        level = indent(lines[starts[0]].text)
        yield Line("databaseChangeLog:", lines[0].number, False)
        yield from (line for line in lines[starts[0] :] if not line.text.strip() or indent(line.text) >= level)


def _objects(lines: list[Line]) -> Iterator[Line]:
    """The same of one in JSON: objects of its list that are whole."""
    found: list[list[Line]] = []
    start, failed = 0, 0
    while start < len(lines) and failed < MOST_TRIED:
        begins = ITEM.match("\n".join(line.text for line in lines[start : start + 2]))
        end = _whole_object(lines[start : start + MOST_TRIED]) if begins else 0
        found += [lines[start : start + end]] if end else []
        failed += bool(begins) and not end
        start += end or 1
    if found:
        yield Line('{"databaseChangeLog": [', lines[0].number, False)
        for place, item in enumerate(found):
            last = item[-1]._replace(
                text=item[-1].text.rstrip().removesuffix(",") + ("," if found[place + 1 :] else "")
            )
            yield from (*item[:-1], last)
        yield Line("]}", lines[-1].number, False)


ITEM = re.compile(r"\s*\{\s*\"(?:changeSet|include(?:All)?)\"")


def _whole_object(lines: list[Line]) -> int:
    """How many lines the object has that begins with them; 0 where it does not end among them."""
    text = "\n".join(line.text for line in lines)
    try:
        end = json.JSONDecoder().raw_decode(text, len(text) - len(text.lstrip()))[1]
    except (ValueError, RecursionError):
        return 0
    return text.count("\n", 0, end) + 1


CHANGELOGS = {"xml": _change_sets, "yaml": _items, "yml": _items, "json": _objects}
