"""From a catalogue's template to what reads it: tolerant of quotes, white space, apostrophes and punctuation.

Servers of different ages quote differently in the same language, terminals and loggers change spaces, so only the
letters of a translation are taken literally.
"""

import re
from functools import cache

from playbook.dialects.naming import BARE, CLOSING, OPENING, quoted

HOLE = re.compile(r"\{\d?\}")
TELLING = 3
"""Letters: shorter words stand in every text and tell nothing."""
_SCRIPT_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef（）]")
_SAME = {"'": "['’ʼ´`]{1,2}", "(": "[(（]", ")": "[)）]", ",": "[,，、]", "、": "[,，、]", "，": "[,，、]"}
_SAME |= {":": "[:：]", "：": "[:：]", ".": "[.。]", "。": "[.。]"}


ENDS_WORD = r"(?-i:(?![^\WA-ZА-Я]))"
"""The end of a word; loggers that lose line breaks write `does not existLINE 1:` and `does not existPosition: 15`."""


def _spaceless(letter: str) -> bool:
    return bool(_SCRIPT_WITHOUT_SPACES.match(letter))


def literal(text: str) -> str:
    """The pattern of fixed words: any white space for white space, none where a script needs none."""
    out: list[str] = []
    for found in re.finditer(r"\s+|\S", text):
        token = found.group(0)
        if token.isspace():
            before, after = text[: found.start()][-1:], text[found.end() :][:1]
            optional = not before or not after or _spaceless(before) or _spaceless(after)
            out.append(r"\s{0,9}" if optional else r"\s{1,9}")
        else:
            out.append(_SAME.get(token, re.escape(token)))
    return "".join(out)


def single(template: str) -> str:
    """`{}.{}` is one name with a dot in it, and a message's final full stop may be missing."""
    return re.sub(r"\{\d?\}(?:\.?\{\d?\})+", "{}", template.strip()).rstrip(".。")


def words(template: str) -> tuple[str, ...]:
    """What a text must hold, in lower case, before it is worth trying the pattern; the longest first."""
    found = {word.lower() for word in re.findall(r"[^\W\d_]+", HOLE.sub(" ", template))}
    telling = {word for word in found if len(word) >= TELLING or _spaceless(word)} or found
    return tuple(sorted(telling, key=lambda word: (-len(word), word)))


def pattern(template: str, marks: str = "") -> str:
    """The pattern that reads a template back, in any quotes or in `marks` only; its groups are the names."""
    template = single(template)
    pieces = HOLE.split(template)
    made = ""
    for index in range(len(pieces) - 1):
        left, right = pieces[index].rstrip(), pieces[index + 1].lstrip()
        in_quotes = left[-1:] in tuple(OPENING) and right[:1] in tuple(CLOSING)
        if in_quotes:
            left, pieces[index + 1] = left[:-1].rstrip(), right[1:].lstrip()
            stop = pieces[index + 1][:1]
            name = quoted(literal(stop) if _spaceless(stop) else "", marks)
        else:
            pieces[index + 1] = right
            name = f"(?:{quoted()}|{BARE})"
        # A name that opens the sentence must not open in the middle of a word, or of another name.
        made += literal(left.lstrip()) + (r"\s{0,9}" if left.strip() else r"(?<!\w)") + name
        made += r"\s{0,9}" if pieces[index + 1] or index + 2 < len(pieces) else ""
    made += literal(pieces[-1])
    if template[:1].isalpha() and not _spaceless(template[:1]):
        made = r"(?<!\w)" + made
    if not pieces[-1]:
        return made + r"(?!\w)"
    return made + (ENDS_WORD if template[-1:].isalpha() and not _spaceless(template[-1:]) else "")


@cache
def compiled(source: str) -> re.Pattern[str]:
    """Compiled at first use: most of the languages never come up in one process."""
    return re.compile(source, re.IGNORECASE)
