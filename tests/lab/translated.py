"""What a database said, said again in another language, with the sentences of PostgreSQL's own catalogues."""

import re
from collections.abc import Callable
from functools import cache, partial
from itertools import cycle
from typing import Any

from playbook.dialects.form import catalogue

LINES = {
    "de": "ZEILE {}: ", "es": "LÍNEA {}: ", "fr": "LIGNE {} : ", "it": "RIGA {}: ", "ja": "行 {}: ", "ka": "ხაზი {}: ",
    "ko": "줄 {}: ", "ru": "СТРОКА {}: ", "sv": "RAD {}: ", "uk": "РЯДОК {}: ", "zh_CN": "第{}行",
}  # fmt: skip
"""`LINE %d: ` of the client library (Debian package libpq5 15.18-0+deb12u1); where it has no catalogue of a language,
it writes English below the server's translated sentence."""

HOLE = re.compile(r"\{(\d?)\}")
LINE = re.compile(r"^LINE (\d+): ", re.MULTILINE)

Say = Callable[[str], str]


def languages() -> list[str]:
    """All but English."""
    return sorted({language for one in catalogue("postgresql")["reads"].values() for language in one} - {"en"})


@cache
def into(language: str) -> Say:
    """A function that says every sentence of the server's in that language, in whatever text it stands."""
    forms = sorted(
        (
            (_form(english), translations[language][0])
            for kind in ("reads", "refuses")
            for english, translations in catalogue("postgresql")[kind].items()
            if language in translations
        ),
        key=lambda pair: -len(pair[0].pattern),
    )
    line = LINES.get(language, "LINE {}: ")

    @cache
    def say(text: str) -> str:
        for form, translation in forms:
            text = form.sub(partial(_filled, translation), text)
        return LINE.sub(lambda found: line.format(found[1]), text)

    return say


def everywhere(value: Any, say: Say) -> Any:
    """Every text in the JSON."""
    match value:
        case str():
            return say(value)
        case dict():
            return {name: everywhere(one, say) for name, one in value.items()}
        case list():
            return [everywhere(one, say) for one in value]
    return value


def _form(english: str) -> re.Pattern[str]:
    parts = HOLE.split(english)[::2]
    return re.compile(r'([^"\s.]+)'.join(map(re.escape, parts)))


def _filled(translation: str, found: re.Match[str]) -> str:
    """`{2}` where the language turns the order around."""
    following = cycle(found.groups())
    return HOLE.sub(lambda hole: found[int(hole[1])] if hole[1] else next(following), translation)
