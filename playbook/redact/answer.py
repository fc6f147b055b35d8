"""A raw answer of a source, cleaned before anybody else sees it: free text by rules, known places by what they hold."""

import base64
import binascii
import re
from collections import Counter
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from playbook.evidence.fact import Value
from playbook.evidence.json import Json
from playbook.redact.marker import EMAIL, IP, SECRET, USER, VALUE, Hidden, is_hidden
from playbook.redact.place import Ruling, ruling
from playbook.redact.text import Manner, redact_text

Source: TypeAlias = Literal["sentry", "github", "elasticsearch"]

REMEMBERED = 200
"""Characters up to which a cleaned string is remembered for the rest of its answer: file names, tags, keys repeat."""


class _AsItIs:
    """Keeps pydantic from copying megabytes, and from refusing what is nested deeper than it can follow."""

    def __get_pydantic_core_schema__(self, _source: type[Any], _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.any_schema()


class Redacted(Value):
    """`value` is the cleaned answer; `hidden` says how many things of each kind were taken out, sorted by kind."""

    value: Annotated[Json, _AsItIs()]
    hidden: tuple[tuple[str, int], ...] = ()


class _Node(NamedTuple):
    raw: Any
    clean: Any
    place: str


def redact_json(value: Json, source: Source) -> Redacted:
    """One raw answer of `source` without secrets and people; the same types stand at the same places.

    Structures that hold nothing but private data (frame variables, request headers) become empty. Time is linear in
    the size of the answer, whatever stands in it; depth does not matter.
    """
    cleaner = _Cleaner(source)
    cleaned = cleaner.clean(value)
    return Redacted(value=cleaned, hidden=tuple(sorted((+cleaner.hidden).items())))


class _Cleaner:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.hidden: Hidden = Counter()
        self._known: dict[tuple[str, Manner], tuple[str, Hidden]] = {}

    def clean(self, value: Json) -> Any:
        holder: list[Any] = []
        todo = [_Node([value], holder, "")]
        while todo:
            node = todo.pop()
            if isinstance(node.raw, dict):
                for key, child in node.raw.items():
                    rule = ruling(self.source, node.place, node.raw, key, child)
                    node.clean[self._key(key, node.clean)] = self._child(child, rule, node.raw, todo)
            else:
                for child in node.raw:
                    rule = ruling(self.source, node.place, node.raw, "", child)
                    node.clean.append(self._child(child, rule, node.raw, todo))
        return holder[0]

    def _child(self, child: Any, rule: Ruling, parent: Any, todo: list[_Node]) -> Any:
        if rule.hide:
            return self._emptied(child, rule)
        if isinstance(child, dict | list | tuple):
            empty: Any = {} if isinstance(child, dict) else []
            todo.append(_Node(child, empty, rule.place))
            return empty
        if child is None or isinstance(child, bool | int | float) or rule.verbatim:
            return child
        text = str(child)
        if rule.encoded and isinstance(parent, dict) and parent.get("encoding") == "base64":
            return self._encoded(text)
        return self._text(text, rule.manner)

    def _emptied(self, child: Any, rule: Ruling) -> Any:
        if isinstance(child, dict | list | tuple):
            self.hidden[rule.hide] += len(child)
            return {} if isinstance(child, dict) else []
        if (
            child is None
            or isinstance(child, bool)
            or child in (0, "")
            or (isinstance(child, str) and is_hidden(child))
        ):
            return child
        self.hidden[rule.hide] += 1
        return _MARKERS.get(rule.hide, VALUE) if isinstance(child, str) else type(child)(0)

    def _text(self, text: str, manner: Manner) -> str:
        if len(text) > REMEMBERED:
            cleaned, hidden = redact_text(text, manner)
        else:
            known = self._known.get((text, manner))
            if known is None:
                known = self._known[(text, manner)] = redact_text(text, manner)
            cleaned, hidden = known
        if hidden:
            self.hidden.update(hidden)
        return cleaned

    def _key(self, key: Any, taken: dict[str, Any]) -> str:
        name = cleaned = self._text(str(key), "version")
        again = 1
        while name in taken and name != key:
            again += 1
            name = f"{cleaned} {again}"
        return name

    def _encoded(self, text: str) -> str:
        """A file's content as GitHub sends it: hidden secrets need it decoded; what is not text is left alone."""
        try:
            plain = base64.b64decode(re.sub(r"\s", "", text), validate=True).decode()
        except (binascii.Error, ValueError):
            return self._text(text, "code")
        cleaned = self._text(plain, "code")
        return text if cleaned == plain else base64.b64encode(cleaned.encode()).decode()


_MARKERS = {"secret": SECRET, "email": EMAIL, "ip": IP, "user": USER}
