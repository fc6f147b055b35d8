"""Every translation of the servers' catalogues is read, and every look-alike refused, whatever it is wrapped in."""

import html
import json
import re
from itertools import cycle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playbook.dialects.form import catalogue
from playbook.dialects.reading import missing_relation
from playbook.evidence.error import Error

STATEMENT = "\n\n[SQL: SELECT x.id FROM x]\n(Background on this error)"
POSITION = '\nLINE 1: SELECT "id" FROM x\n                         ^\n'
HOLE = re.compile(r"\{\d?\}")
PRODUCTS = ("postgresql", "mysql")

READS = [
    (product, language, text)
    for product in PRODUCTS
    for by_language in catalogue(product)["reads"].values()
    for language, texts in by_language.items()
    for text in texts
]
ALL_REFUSED = [
    (product, language, text)
    for product in PRODUCTS
    for by_language in [*catalogue(product)["refuses"].values(), catalogue(product)["covers"]]
    for language, texts in by_language.items()
    for text in texts
]
# The state of 1932 is that of a missing table as well (42S02), and it is read as one.
REFUSED = sorted({one for one in ALL_REFUSED if not one[2].endswith("doesn't exist in engine")})
TEMPLATES = sorted({text for _, _, text in READS})


def fill(template: str, *names: str) -> str:
    given_names = cycle(names)
    return HOLE.sub(lambda _: next(given_names), template)


def read(value: str, error_type: str | None = None) -> tuple[str | None, str | None] | None:
    found = missing_relation([Error(type=error_type, value=value)])
    return (found.schema_name or found.database, found.name) if found else None


@pytest.mark.parametrize(("product", "language", "template"), READS)
def test_a_translation_is_read_alone_and_among_severity_and_position(
    product: str, language: str, template: str
) -> None:
    names = ("shop", "orders") if len(HOLE.findall(template)) == 2 else ("orders",)
    expected = ("shop" if len(names) == 2 else None, "orders")
    sentence = fill(template, *names)
    severities = catalogue("postgresql")["severities"]["ERROR"] if product == "postgresql" else ["ERROR 1146 (42S02)"]
    assert read(sentence) == expected, language
    for severity in severities:
        assert read(f"{severity}:  {sentence}") == expected, language
        assert read(f"{severity}:  {sentence}{POSITION}") == expected, language


@pytest.mark.parametrize(("product", "language", "template"), REFUSED)
def test_a_look_alike_is_refused_in_every_language(product: str, language: str, template: str) -> None:
    sentence = fill(template, "state", "orders", "shop")
    assert read(sentence) is None, (product, language)
    assert read(f"ERROR:  {sentence}") is None, (product, language)
    assert read(json.dumps({"message": sentence})) is None, (product, language)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_translations_name_their_source_and_its_version(product: str) -> None:
    sources = catalogue(product)["sources"]
    assert sources
    assert all(re.search(r"package \S+ .*\d+\.\d+", source) for source in sources)


def test_the_catalogues_hold_the_languages_that_the_servers_are_translated_to() -> None:
    languages = {product: {language for one, language, _ in READS if one == product} for product in PRODUCTS}
    assert {"de", "es", "fr", "ja", "ko", "pl", "pt_BR", "ru", "tr", "zh_CN"} <= languages["postgresql"]
    assert {"german", "spanish", "french", "japanese", "korean", "chinese", "russian"} <= languages["mysql"]


# A name as people give them: letters of any script, digits, $ and _, single spaces, quotes only inside a word.
LETTERS = st.characters(categories=["Lu", "Ll", "Lo", "Nd"], include_characters="_$")
WORD = st.text(LETTERS, min_size=1, max_size=20)
IDENTIFIER = st.lists(WORD, min_size=1, max_size=3).map(" ".join).filter(lambda name: len(name.encode()) <= 63)
QUOTED_INSIDE = st.tuples(WORD, st.sampled_from(["'", '"', "`"]), WORD).map("".join)
LATIN_TEMPLATES = st.sampled_from([text for text in TEMPLATES if not re.search(r"[\u3040-\uffef]", text)])
QUALIFIER = st.none() | WORD

WRAPPERS = {
    "alone": lambda text: text,
    "logger": lambda text: f"2024-05-01 10:11:12,131 [worker-3] ERROR app.db - {text}",
    "position": lambda text: text + POSITION,
    "statement": lambda text: "(psycopg2.errors.UndefinedTable) " + text + STATEMENT,
    "html": html.escape,
    "html twice": lambda text: html.escape(html.escape(text)),
    "json": lambda text: json.dumps({"level": "error", "msg": text}),
    "json of any script": lambda text: json.dumps({"level": "error", "msg": text}, ensure_ascii=False),
    "json in json": lambda text: json.dumps({"log": json.dumps({"msg": text})}),
    "colour": lambda text: f"\x1b[31mERROR\x1b[0m {text}\x1b[0m",
}


@given(st.sampled_from(READS), IDENTIFIER, QUALIFIER, st.sampled_from(sorted(WRAPPERS)))
@example(("postgresql", "fr", "la relation « {} » n'existe pas"), "commandes", "boutique", "json in json")
def test_any_name_in_any_language_and_wrapper_is_read_exactly(
    row: tuple[str, str, str], name: str, qualifier: str | None, wrapper: str
) -> None:
    template = HOLE.sub("{}", row[2]).replace("{}.{}", "{}")
    if '"{' not in template and "'{" not in template and not re.search(r"[«»„“]\s?\{", template):
        name = name.split(" ", maxsplit=1)[0]  # one Georgian translation writes no quotes
    sentence = fill(template, f"{qualifier}.{name}" if qualifier else name)
    assert read(WRAPPERS[wrapper](sentence)) == (qualifier, name)


@given(LATIN_TEMPLATES, QUOTED_INSIDE, st.sampled_from(["alone", "logger", "position", "statement"]))
def test_quotes_inside_a_name_are_part_of_it(template: str, name: str, wrapper: str) -> None:
    template = template.replace("{}.{}", "{}")
    if re.search(r": \{\}$", template):
        return
    assert read(WRAPPERS[wrapper](fill(template, name))) == (None, name)


@given(st.sampled_from(REFUSED), WORD, WORD, st.sampled_from(sorted(WRAPPERS)))
def test_a_look_alike_is_refused_with_any_names_in_any_wrapper(
    row: tuple[str, str, str], first: str, second: str, wrapper: str
) -> None:
    if wrapper == "statement":
        return  # that wrapper says itself that a table is missing
    assert read(WRAPPERS[wrapper](fill(row[2], first, second))) is None


@given(LATIN_TEMPLATES, WORD)
def test_python_s_repr_of_a_text_reads_like_the_text(template: str, name: str) -> None:
    text = fill(template.replace("{}.{}", "{}"), name)
    assert read(f"UndefinedTable({text!r})") == (None, name)
    assert read(repr(f"{text}\nLINE 1: SELECT \"a\", 'b'")) == (None, name)
