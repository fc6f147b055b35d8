"""How Laravel makes a table's name from a model's: the plural of its last word, in snake case.

`Str::snake(Str::pluralStudly(class_basename($this)))` (`getTable` in src/Illuminate/Database/Eloquent/Model.php); the
plural is Doctrine's (lib/Doctrine/Inflector/Rules/English/Inflectible.php and Uninflected.php in doctrine/inflector).
"""

import re

UNCOUNTABLE = frozenset(
    (
        "advice", "aircraft", "art", "audio", "baggage", "bison", "buffalo", "butter", "cattle", "clothes",
        "clothing", "coal", "cod", "compensation", "corps", "cotton", "data", "debris", "deer", "diabetes",
        "education", "elk", "emoji", "equipment", "evidence", "feedback", "fish", "flour", "food", "furniture",
        "gold", "headquarters", "homework", "information", "jeans", "knowledge", "leather", "love", "luggage",
        "management", "media", "metadata", "money", "moose", "music", "news", "nexus", "nutrition", "offspring",
        "oil", "pants", "patience", "people", "police", "polish", "proceedings", "progress", "rain",
        "recommended", "related", "research", "rice", "salmon", "sand", "scissors", "series", "sheep", "silk",
        "sms", "soap", "spam", "species", "staff", "sugar", "talent", "traffic", "travel", "trivia", "trousers",
        "trout", "tuna", "us", "weather", "wheat", "wood", "wool",
    )
)  # fmt: skip
IRREGULAR = {
    "chateau": "chateaux",
    "epoch": "epochs",
    "graffito": "graffiti",
    "hippopotamus": "hippopotami",
    "motto": "mottoes",
    "mythos": "mythoi",
    "niveau": "niveaux",
    "numen": "numina",
    "passerby": "passersby",
    "plateau": "plateaux",
    "thief": "thieves",
    "tornado": "tornadoes",
    "trilby": "trilbys",
    "turf": "turfs",
    "atlas": "atlases",
    "axis": "axes",
    "beef": "beefs",
    "blouse": "blouses",
    "cafe": "cafes",
    "cave": "caves",
    "canvas": "canvases",
    "cookie": "cookies",
    "corpus": "corpuses",
    "criterion": "criteria",
    "echo": "echoes",
    "curriculum": "curricula",
    "domino": "dominoes",
    "foot": "feet",
    "gas": "gases",
    "genus": "genera",
    "goose": "geese",
    "hoof": "hoofs",
    "human": "humans",
    "iris": "irises",
    "larva": "larvae",
    "leaf": "leaves",
    "lens": "lenses",
    "loaf": "loaves",
    "medium": "media",
    "memorandum": "memoranda",
    "move": "moves",
    "niche": "niches",
    "nucleus": "nuclei",
    "octopus": "octopuses",
    "opus": "opuses",
    "ox": "oxen",
    "person": "people",
    "safe": "safes",
    "save": "saves",
    "sex": "sexes",
    "sieve": "sieves",
    "taxon": "taxa",
    "tooth": "teeth",
    "valve": "valves",
    "zombie": "zombies",
    "man": "men",
    "child": "children",
}
PLURAL = tuple(
    (re.compile(pattern, re.IGNORECASE), to)
    for pattern, to in (
        (r"(s)tatus$", r"\1tatuses"),
        (r"(quiz)$", r"\1zes"),
        (r"(m|l)ouse$", r"\1ice"),
        (r"(matr|vert|ind)(?:ix|ex)$", r"\1ices"),
        (r"(x|ch|ss|sh)$", r"\1es"),
        (r"([^aeiouy]|qu)y$", r"\1ies"),
        (r"(hive|gulf)$", r"\1s"),
        (r"([^f])fe$", r"\1ves"),
        (r"([lr])f$", r"\1ves"),
        (r"sis$", "ses"),
        (r"([ti])um$", r"\1a"),
        (r"(p)erson$", r"\1eople"),
        (r"(m)an$", r"\1en"),
        (r"(c)hild$", r"\1hildren"),
        (r"(buffal|her|potat|tomat|volcan)o$", r"\1oes"),
        (r"(alumn|bacill|cact|foc|fung|nucle|radi|stimul|syllab|termin|vir)us$", r"\1i"),
        (r"us$", "uses"),
        (r"(alias)$", r"\1es"),
        (r"(ax|cris|test|thes)is$", r"\1es"),
        (r"s$", "s"),
        (r"$", "s"),
    )
)


def snake(name: str) -> str:
    """`Str::snake`: an underscore before every capital but the first."""
    return re.sub(r"(.)(?=[A-Z])", r"\1_", name).lower()


def plural(word: str) -> str:
    """`Str::plural` of one word in lower case."""
    if word in UNCOUNTABLE or word.endswith(("ware", "media")):
        return word
    if word in IRREGULAR:
        return IRREGULAR[word]
    return next((pattern.sub(to, word, count=1) for pattern, to in PLURAL if pattern.search(word)), word)


def table(model: str) -> str:
    """A model's default table: only the last word of its name is put in the plural (`Str::pluralStudly`)."""
    first, _, last = snake(model).rpartition("_")
    return f"{first}_{plural(last)}" if first else plural(last)


def pivot(one: str, other: str) -> str:
    """`joiningTable` in Eloquent/Concerns/HasRelationships.php: both models in snake case, in the alphabet's order."""
    return "_".join(sorted((snake(one), snake(other)))).lower()
