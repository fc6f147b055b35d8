"""What a dialect declares: the sentences that mean something, those that only look like it, and the codes for it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from playbook.dialects import wording
from playbook.dialects.naming import Order
from playbook.evidence.missing_relation import Kind

Meaning = Literal["relation_missing"]
"""What a sentence means; a further family of playbooks adds its own."""


@dataclass(frozen=True)
class Form:
    """One sentence of a product.

    `source` is its pattern; whichever group catches something is the name, none means that it names none. `anchors`
    are the lower-case words without which it cannot fit. `needs` is a pattern that must be found in the error's type
    or text, for sentences that people also write. `order` is what a qualified name begins with.
    """

    source: str
    anchors: tuple[str, ...]
    kind: Kind = "relation"
    order: Order = "schema"
    needs: str = ""
    opening: str = ""
    """The quote that opens the name in the product's own words: where two products fit, its own quote decides."""
    meaning: Meaning = "relation_missing"
    to_line_end: bool = False
    """The name is not quoted and may hold spaces: it is cut where drivers begin their own words."""


@dataclass(frozen=True)
class Code:
    """A code that says the same in every language: `source` is looked for in the type and the text.

    Unless one of `unless` fits the sentence, or one of `unless_anywhere` the text. The name is then the one quoted
    name of the sentence, if there is exactly one.
    """

    source: str
    unless: tuple[Form, ...] = ()
    unless_anywhere: tuple[Form, ...] = ()
    kind: Kind = "relation"
    order: Order = "schema"
    named: bool = True
    meaning: Meaning = "relation_missing"


@dataclass(frozen=True)
class Dialect:
    """A product: `reads` mean that something is missing; where one of `covers` fits around it, that was meant."""

    product: str | None
    reads: tuple[Form, ...] = ()
    covers: tuple[Form, ...] = ()
    codes: tuple[Code, ...] = ()
    notices: tuple[str, ...] = field(default=())
    """Severities, in every language, of messages that are no error."""


def said(template: str, kind: Kind = "table", order: Order = "schema", needs: str = "", marks: str = "") -> Form:
    """A form from a template: `{}` is the name, in whatever quotes (or `marks` only) if the template quotes it."""
    text = wording.single(template)
    opening = text.partition("{")[0].rstrip()[-1:]
    return Form(wording.pattern(text, marks), wording.words(text), kind, order, needs, opening)


def fits(
    source: str,
    *anchors: str,
    kind: Kind = "table",
    order: Order = "schema",
    needs: str = "",
    to_line_end: bool = False,
) -> Form:
    """A form from a pattern of its own."""
    return Form(source, anchors, kind, order, needs, to_line_end=to_line_end)


EVERYDAY: tuple[Kind, ...] = ("view", "sequence")


@cache
def catalogue(product: str) -> dict[str, Any]:
    """The committed translations of a product; see tools/message_catalogues.py for their shape and origin."""
    file = Path(__file__).with_name(f"{product}.json")
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def _wordings(by_language: Mapping[str, Iterable[str]]) -> list[str]:
    return sorted({wording.single(text) for texts in by_language.values() for text in texts})


def translated_reads(product: str, order: Order) -> tuple[Form, ...]:
    """Every recognised message of a catalogue in every language, each wording once."""
    data = catalogue(product)
    forms: dict[str, Form] = {}
    for message in sorted(data["reads"]):
        kind = data["kinds"][message]
        for text in _wordings(data["reads"][message]):
            # People speak of views and sequences of other things too, in English and in other quotes.
            english = text in data["reads"][message].get("en", ())
            form = said(text, kind, order, marks='"“' if english and kind in EVERYDAY else "")
            forms.setdefault(form.source, form)
    return tuple(forms.values())


def translated_covers(product: str) -> tuple[Form, ...]:
    """Every message of a catalogue that holds a recognised one in its own words."""
    return tuple(said(text) for text in _wordings(catalogue(product)["covers"]))


def translated(product: str, *messages: str) -> tuple[Form, ...]:
    """Refused messages in every language, for the codes that they share with the recognised ones."""
    refused = catalogue(product)["refuses"]
    return tuple(said(text) for message in messages for text in _wordings(refused[message]))
