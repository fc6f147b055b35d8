"""How Rails makes a table's name from a class's: underscored, in the plural, by rules that are frozen.

"The current set of inflection rules is frozen" (activesupport/lib/active_support/inflections.rb), so they are written
out here; a package that ports them (inflection 0.5.1) has drifted: `cow` is `kine` there, `blouse` is `blice`.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

PLURAL = (
    (r"(quiz)$", r"\1zes"),
    (r"^(oxen)$", r"\1"),
    (r"^(ox)$", r"\1en"),
    (r"^(m|l)ice$", r"\1ice"),
    (r"^(m|l)ouse$", r"\1ice"),
    (r"(matr|vert|ind)(?:ix|ex)$", r"\1ices"),
    (r"(x|ch|ss|sh)$", r"\1es"),
    (r"([^aeiouy]|qu)y$", r"\1ies"),
    (r"(hive)$", r"\1s"),
    (r"([^f])fe$", r"\1ves"),
    (r"([lr])f$", r"\1ves"),
    (r"sis$", "ses"),
    (r"([ti])a$", r"\1a"),
    (r"([ti])um$", r"\1a"),
    (r"(buffal|tomat)o$", r"\1oes"),
    (r"(bu)s$", r"\1ses"),
    (r"(alias|status)$", r"\1es"),
    (r"(octop|vir)(?:us|i)$", r"\1i"),
    (r"^(ax|test)is$", r"\1es"),
    (r"s$", "s"),
    (r"$", "s"),
)
SINGULAR = (
    (r"(database)s$", r"\1"),
    (r"(quiz)zes$", r"\1"),
    (r"(matr)ices$", r"\1ix"),
    (r"(vert|ind)ices$", r"\1ex"),
    (r"^(ox)en", r"\1"),
    (r"(alias|status)(?:es)?$", r"\1"),
    (r"(octop|vir)(?:us|i)$", r"\1us"),
    (r"^(a)x[ie]s$", r"\1xis"),
    (r"(cris|test)(?:is|es)$", r"\1is"),
    (r"(shoe)s$", r"\1"),
    (r"(o)es$", r"\1"),
    (r"(bus)(?:es)?$", r"\1"),
    (r"^(m|l)ice$", r"\1ouse"),
    (r"(x|ch|ss|sh)es$", r"\1"),
    (r"(m)ovies$", r"\1ovie"),
    (r"(s)eries$", r"\1eries"),
    (r"([^aeiouy]|qu)ies$", r"\1y"),
    (r"([lr])ves$", r"\1f"),
    (r"(tive)s$", r"\1"),
    (r"(hive)s$", r"\1"),
    (r"([^f])ves$", r"\1fe"),
    (r"(analy|ba|diagno|parenthe|progno|synop|the)(?:sis|ses)$", r"\1sis"),
    (r"([ti])a$", r"\1um"),
    (r"(n)ews$", r"\1ews"),
    (r"(ss)$", r"\1"),
    (r"s$", ""),
)
IRREGULAR = {
    "person": "people",
    "man": "men",
    "child": "children",
    "sex": "sexes",
    "move": "moves",
    "zombie": "zombies",
}
UNCOUNTABLE = frozenset(
    ("equipment", "information", "rice", "money", "species", "series", "fish", "sheep", "jeans", "police")
)

_PLURAL = tuple((re.compile(pattern, re.IGNORECASE), to) for pattern, to in PLURAL)
_SINGULAR = tuple((re.compile(pattern, re.IGNORECASE), to) for pattern, to in SINGULAR)


class Inflections(NamedTuple):
    """An application's own rules besides (`config/initializers/inflections.rb`), those that are written out."""

    irregular: Mapping[str, str] = {}
    uncountable: frozenset[str] = frozenset()
    acronyms: frozenset[str] = frozenset()

    def plural(self, word: str) -> str:
        """`String#pluralize`."""
        pairs = {**IRREGULAR, **self.irregular}
        return self._inflected(word, {**{many: many for many in pairs.values()}, **pairs}, _PLURAL)

    def singular(self, word: str) -> str:
        """`String#singularize`."""
        pairs = {many: one for one, many in {**IRREGULAR, **self.irregular}.items()}
        return self._inflected(word, {**{one: one for one in pairs.values()}, **pairs}, _SINGULAR)

    def _inflected(self, word: str, pairs: Mapping[str, str], rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
        low = word.lower()
        for same in UNCOUNTABLE | self.uncountable:
            # A word boundary before it: `news_series` has none, for `_` is part of a word.
            if low.endswith(same) and not re.match(r"\w", low[: -len(same)][-1:]):
                return word
        for end, to in reversed(list(pairs.items())):
            if low.endswith(end):
                return f"{word[: -len(end)]}{to}"
        for pattern, to in rules:
            if pattern.search(word):
                return pattern.sub(to, word, count=1)
        return word

    def underscored(self, name: str) -> str:
        """`String#underscore`: `HTTPServer` is `http_server`; `::` is a slash."""
        word = name.replace("::", "/")
        for acronym in sorted(self.acronyms, key=len, reverse=True):
            word = re.sub(rf"(^|[a-z\d/])({re.escape(acronym)})(?=\b|[^a-z])", _acronym, word)
        word = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z\d])(?=[A-Z])", "_", word)
        return word.replace("-", "_").lower()


def _acronym(found: re.Match[str]) -> str:
    return f"{found[1]}_{found[2].lower()}" if found[1] and found[1] != "/" else f"{found[1]}{found[2].lower()}"


def camelized(stem: str) -> str:
    """`String#camelize` of a file's name: the class that Rails looks for in it."""
    return "".join(part[:1].upper() + part[1:] for part in stem.split("_"))


def join_table(first: str, second: str) -> str:
    """`derive_join_table_name` in activerecord/lib/active_record/model_schema.rb: in the order of the alphabet, what
    both begin with (up to `_` or `.`) said once."""
    one, other = sorted((first, second))
    for end in range(len(one) - 1, 0, -1):
        shared = one[:end]
        if shared[-1] in "_." and other.startswith(shared) and len(other) > end:
            return f"{one}_{other[end:]}"
    return f"{one}_{other}"
