"""What Slack would refuse of blocks, a message or a view: types, fields, lengths, counts, and what holds across blocks.

Pure, and it never raises, whatever JSON it gets. `grammar` holds the rules of one block; here are those across blocks,
and slack_sdk's models have the last word on each block that they know
(https://docs.slack.dev/reference/methods/blocks.validate, https://docs.slack.dev/reference/block-kit/blocks).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block as TypedBlock
from slack_sdk.models.views import View

from bot.card.grammar.blocks import BLOCKS, VIEWS
from bot.card.grammar.rule import Refusal, Rule, each, flag, refused, text, typed

__all__ = ["Kind", "Refusal", "refusals"]

Kind = Literal["blocks", "message", "view"]
Surface = Literal["message", "modal", "home"]

MOST_TOLD = 100  # refusals; a message of fifty blocks that are all wrong needs no more
MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": View.blocks_max_length, "home": View.blocks_max_length}
MOST_MARKDOWN = 12_000  # characters in all markdown blocks of a message
AT_MOST = {"plan": 1, "table": 1, "data_visualization": 2}  # in one message
NOT_IN_MESSAGES = frozenset({"alert"})
NOT_IN_VIEWS = frozenset(
    {
        "markdown", "table", "plan", "task_card", "container", "context_actions", "data_visualization",
        "data_table", "card", "carousel", "file",
    }
)  # fmt: skip
MODELLED = frozenset(BLOCKS) - {"data_table", "data_visualization"}
"""Blocks that slack_sdk has a model of."""

_UNBUILT = (SlackObjectFormationError, TypeError, AttributeError, ValueError, KeyError)


def refusals(value: object, kind: Kind) -> tuple[Refusal, ...]:
    """Every reason for which Slack would refuse it, with a pointer to the place; empty when Slack would take it.

    `blocks` is a list of blocks as for a message, `message` an object with `blocks`, `view` a modal or a Home tab.
    A missing `text` is no reason: Slack takes a message without.
    """
    found = _view(value) if kind == "view" else _message(value) if kind == "message" else _blocks(value, "", "message")
    return tuple(islice(found, MOST_TOLD))


def _message(value: object) -> Iterator[Refusal]:
    if not isinstance(value, Mapping):
        yield refused("", "must be an object", "type", "object")
        return
    if value.get("blocks") is not None:
        yield from _blocks(value["blocks"], "/blocks", "message")
    for name, rule in _SAID.items():
        if value.get(name) is not None:
            yield from rule(value[name], f"/{name}")


def _view(value: object) -> Iterator[Refusal]:
    found = list(typed(VIEWS)(value, ""))
    kind = value.get("type") if isinstance(value, Mapping) else None
    if isinstance(value, Mapping) and kind in ("modal", "home") and value.get("blocks") is not None:
        surface: Surface = "home" if kind == "home" else "modal"
        found += [*_blocks(value["blocks"], "/blocks", surface), *_unsent(value)]
        if not found and (told := _objection(lambda: View(**value).to_dict())):
            found.append(refused("", told, "model", "slack_sdk"))
    yield from found


def _unsent(view: Mapping[str, Any]) -> Iterator[Refusal]:
    """A modal that asks for something needs a button that sends it (https://docs.slack.dev/reference/views)."""
    blocks = view["blocks"] if isinstance(view["blocks"], list | tuple) else ()
    asks = any(isinstance(block, Mapping) and block.get("type") == "input" for block in blocks)
    if view["type"] == "modal" and asks and view.get("submit") is None:
        yield refused("", "missing required field: submit", "required", ["submit"])


def _blocks(value: object, pointer: str, surface: Surface) -> Iterator[Refusal]:
    allowed = frozenset(BLOCKS) - (NOT_IN_MESSAGES if surface == "message" else NOT_IN_VIEWS)
    rule = typed({kind: BLOCKS[kind] for kind in allowed})
    least = 0 if surface == "message" else 1
    yield from each(_modelled(rule), least, MOST_BLOCKS[surface])(value, pointer)
    if isinstance(value, list | tuple):
        blocks = [(index, block) for index, block in enumerate(value) if isinstance(block, Mapping)]
        yield from _ids(blocks, pointer)
        yield from _counts(blocks, pointer)
        if surface != "modal":
            yield from _no_files(blocks, pointer)


def _modelled(rule: Rule) -> Rule:
    """The rule, and for what passes it the check of slack_sdk's own model."""

    def both(value: Any, pointer: str) -> Iterator[Refusal]:
        found = list(rule(value, pointer))
        if not found and value["type"] in MODELLED and (told := _objection(lambda: _built(value))):
            found.append(refused(pointer, told, "model", "slack_sdk"))
        yield from found

    return both


def _built(block: Mapping[str, Any]) -> None:
    model = TypedBlock.parse(dict(block))
    if model is not None:
        model.to_dict()


def _objection(build: Callable[[], object]) -> str:
    """What slack_sdk's model says against it; "" when it takes it."""
    try:
        build()
    except _UNBUILT as objection:
        return str(objection)[:300] or type(objection).__name__
    return ""


def _ids(blocks: Sequence[tuple[int, Mapping[str, Any]]], pointer: str) -> Iterator[Refusal]:
    counted = Counter(block["block_id"] for _, block in blocks if isinstance(block.get("block_id"), str))
    seen: set[str] = set()
    for index, block in blocks:
        name = block.get("block_id")
        if isinstance(name, str) and counted[name] > 1 and name in seen:
            told = f"block_id {name[:60]!r} is used {counted[name]} times"
            yield refused(f"{pointer}/{index}/block_id", told, "unique", "block_id", name)
        if isinstance(name, str):
            seen.add(name)


def _counts(blocks: Sequence[tuple[int, Mapping[str, Any]]], pointer: str) -> Iterator[Refusal]:
    kinds = Counter(str(block.get("type")) for _, block in blocks)
    for kind, most in AT_MOST.items():
        if kinds[kind] > most:
            place = [index for index, block in blocks if block.get("type") == kind][most]
            told = f"{kinds[kind]} {kind} blocks, at most {most} allowed in a message"
            yield refused(f"{pointer}/{place}", told, "max_blocks", most, kinds[kind])
    texts = [block.get("text") for _, block in blocks if block.get("type") == "markdown"]
    size = sum(len(text) for text in texts if isinstance(text, str))
    if size > MOST_MARKDOWN:
        told = f"{size} characters of markdown, at most {MOST_MARKDOWN} allowed in a message"
        yield refused(pointer, told, "max_length", MOST_MARKDOWN, size)


def _no_files(blocks: Sequence[tuple[int, Mapping[str, Any]]], pointer: str) -> Iterator[Refusal]:
    """A file input is for modals only (https://docs.slack.dev/reference/block-kit/block-elements/file-input-element)."""
    for index, block in blocks:
        element = block.get("element")
        if isinstance(element, Mapping) and element.get("type") == "file_input":
            yield refused(f"{pointer}/{index}/element/type", "unsupported type: file_input", "enum", ["modal"])


_SAID: Mapping[str, Rule] = {
    "text": text(),
    "attachments": each(lambda _value, _pointer: iter(()), 0, 100),
    "mrkdwn": flag,
}
