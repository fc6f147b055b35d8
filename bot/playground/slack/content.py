"""What a message says, checked as Slack checks it before it is stored."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.card.blocks import text_size
from bot.card.refusals import refusals
from bot.playground.slack import json_in
from bot.playground.slack.refused import Refused

LONGEST_POST = 40_000  # characters; a longer text is cut, with a warning
LONGEST_EDIT = 4_000  # characters of an edit; a longer text is refused (msg_too_long)
MOST_BLOCK_TEXT = 13_200
"""Characters in all blocks: past it Slack says `msg_blocks_too_long`. Undocumented, and not exact:
13,172 and 13,297 were measured (https://github.com/slackapi/bolt-js/issues/2509)."""
LONGEST_MARKDOWN = 12_000  # characters of markdown_text
MOST_ATTACHMENTS = 100
CUT = "[WARN] Your message was truncated but still posted. The `text` field accepts up to 40,000 characters."


@dataclass(frozen=True)
class Content:
    """`blocks` and `attachments` are None where the call did not name them; `warnings` go into the answer."""

    text: str | None
    blocks: list[dict[str, Any]] | None
    attachments: list[dict[str, Any]] | None
    warnings: dict[str, list[str]] = field(default_factory=dict)


def content(given: Mapping[str, Any], longest: int = LONGEST_POST, *, cut: bool = True) -> Content:
    """Reads `text`, `markdown_text`, `blocks` and `attachments`; raises what Slack would answer.

    A text that is longer than `longest` is cut, with a warning, or else refused.
    """
    markdown, text = given.get("markdown_text"), given.get("text")
    blocks, attachments = listed(given, "blocks"), listed(given, "attachments")
    if markdown:
        if text or blocks:
            raise Refused("markdown_text_conflict")
        if len(str(markdown)) > LONGEST_MARKDOWN:
            raise Refused("msg_too_long")
        text, blocks = str(markdown), [{"type": "markdown", "text": str(markdown)}]
    text = None if text is None else str(text)
    if attachments and len(attachments) > MOST_ATTACHMENTS:
        raise Refused("too_many_attachments")
    checked(blocks, attachments)
    warnings = {}
    if text and len(text) > longest:
        if not cut:
            raise Refused("msg_too_long")
        text = text[:longest]
        warnings = {"messages": [CUT], "warnings": ["message_truncated"]}
    return Content(text, settled(blocks), _numbered(attachments), warnings)


def checked(blocks: list[dict[str, Any]] | None, attachments: list[dict[str, Any]] | None) -> None:
    """Raises `invalid_blocks` or `msg_blocks_too_long` for blocks, here or in an attachment."""
    for place, some in (("/blocks", blocks), *_attached(attachments)):
        found = refusals(some or [], "blocks")
        if found:
            errors = [f"{one.message} [json-pointer:{place}{one.pointer}]" for one in found]
            raise Refused("invalid_blocks", [f"[ERROR] {error}" for error in errors], {"errors": errors})
        if text_size(some or []) > MOST_BLOCK_TEXT:
            raise Refused("msg_blocks_too_long")


def listed(given: Mapping[str, Any], name: str) -> list[dict[str, Any]] | None:
    """A list of objects, as JSON or as text of it; None when it was not given."""
    value = given.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = json_in.read(value)
        except ValueError:
            raise Refused(f"invalid_{name}_format" if name == "blocks" else f"invalid_{name}") from None
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Refused(f"invalid_{name}_format" if name == "blocks" else f"invalid_{name}")
    return value


def settled(blocks: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    """The blocks as Slack keeps them: each with a `block_id`, each element that is pressed with an `action_id`."""
    if blocks is None:
        return None
    return [{"block_id": _name(), **_named(block)} for block in blocks]


def _named(block: dict[str, Any]) -> dict[str, Any]:
    named = dict(block)
    kind, place = block.get("type"), "actions" if block.get("type") == "card" else "elements"
    if isinstance(block.get(place), list) and kind in {"actions", "context_actions", "card"}:
        named[place] = [{"action_id": _name(), **element} for element in block[place]]
    if isinstance(block.get("elements"), list) and kind == "carousel":
        named["elements"] = settled(block["elements"])
    for place in ("accessory", "element"):
        inner = block.get(place)
        if isinstance(inner, dict) and inner.get("type") != "image":
            named[place] = {"action_id": _name(), **inner}
    if isinstance(block.get("child_blocks"), list):
        named["child_blocks"] = settled(block["child_blocks"])
    return named


def _name() -> str:
    return secrets.token_urlsafe(4)[:5]


def _numbered(attachments: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    if attachments is None:
        return None
    numbered = []
    for number, one in enumerate(attachments, 1):
        inner = {"blocks": settled(one["blocks"])} if isinstance(one.get("blocks"), list) else {}
        numbered.append({"id": number, "fallback": one.get("fallback") or "[no preview available]", **one, **inner})
    return numbered


def _attached(attachments: list[dict[str, Any]] | None) -> list[tuple[str, list[dict[str, Any]]]]:
    places = []
    for number, one in enumerate(attachments or []):
        inner = one.get("blocks")
        if inner is None:
            continue
        if not isinstance(inner, list) or not all(isinstance(block, dict) for block in inner):
            raise Refused("invalid_attachments")
        places.append((f"/attachments/{number}/blocks", inner))
    return places
