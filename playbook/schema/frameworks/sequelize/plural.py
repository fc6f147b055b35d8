"""The plural that Sequelize gives a model's name, where it is sure.

Sequelize asks the npm package inflection 1.x (https://www.npmjs.com/package/inflection), which takes the whole name as
one word. Rules of our own for the plain cases of English, and for the words that people name models after; None for
any other, since a wrong name would be proof of nothing.
"""

import re

IRREGULAR = {
    "person": "people", "child": "children", "man": "men",
    "mouse": "mice", "louse": "lice", "quiz": "quizzes", "matrix": "matrices", "vertex": "vertices", "datum": "data",
    "axis": "axes", "alias": "aliases", "status": "statuses", "bus": "buses", "virus": "viruses",
    "buffalo": "buffaloes",
}  # fmt: skip
"""Endings with their plurals; those of the package that models may end in."""

UNCOUNTABLE = frozenset(
    word
    for line in (
        "access accommodation advertising advice aid air aircraft alcohol anger applause art assistance attention",
        "bacon baggage behavior biology blood bread business butter cardboard cash chess clothing commerce corn",
        "cotton currency damage danger data deer dignity dirt distribution dust economics education electricity",
        "employment energy engineering enjoyment entertainment equipment ethics evidence evolution failure faith",
        "fame feedback fiction fish flour flu food freedom fruit fuel fun furniture gallows game garbage garlic",
        "gas glass gold gossip grass ground guilt hair happiness hardware harm health heat help homework honey",
        "housework ice importance inflation information insurance intelligence iron jam jewelry juice justice",
        "knowledge labour land laughter leather leisure lightning literature litter livestock logic love luck",
        "luggage machinery magic mail management marble mathematics measles meat media metadata metal milk money",
        "motion mud music nature news nutrition oil oxygen paper passion pasta patience people pepper permission",
        "photography physics poetry police pollution poverty power pride production progress psychology publicity",
        "punctuation quality quantity rain recreation relaxation reliability research respect revenge rice rubbish",
        "safety salt sand scenery seafood series sheep shopping sleep smoke smoking snow soap software soil space",
        "spaghetti species staff steam sugar sunshine symmetry tea tennis text thunder timber time traffic",
        "transportation travel trust understanding underwear unemployment unity validity vegetation violence",
        "vision warmth wealth weather welfare wheat wildlife wisdom wood work yoga zinc",
    )
    for word in line.split()
)
"""Words that have no plural, to the package or to a reader: of them none is told."""

ODD = re.compile(
    r"(?:[^aeiou]o|(?<![aeiou])f|fe|ff|foot|tooth|goose|rf|lf|[eo][ae]f|ief|oof|sis|us|um|is|ix|ex|^ox"
    r"|human|[dr]ion|enon|ia|ss?ies|eau|z|as|os|ns|ics)$"
)
"""Endings whose plurals the package makes by rules of its own."""


def plural(name: str) -> str | None:
    """The plural of a model's name; None where only the package itself could tell."""
    lower = name.lower()
    if lower in UNCOUNTABLE or not re.search(r"[a-z]$", name):
        return None
    for one, many in IRREGULAR.items():
        if lower.endswith(one) and not (one == "man" and lower.endswith("human")):
            return name[: len(name) - len(one)] + _like(name[len(name) - len(one) :], many)
    if ODD.search(lower):
        return None
    if lower.endswith("s") and not lower.endswith("ss"):
        return name
    if re.search(r"[^aeiou]y$", lower):
        return name[:-1] + "ies"
    if re.search(r"(?:x|ch|ss|sh)$", lower):
        return name + "es"
    return name + "s"


def _like(one: str, many: str) -> str:
    return many[0].upper() + many[1:] if one[0].isupper() else many
