"""Texts, options and confirmations: the composition objects (https://docs.slack.dev/reference/block-kit/composition-objects)."""

from slack_sdk.models import blocks as sdk
from slack_sdk.models.blocks import block_elements as elements

from bot.card.grammar.rule import Fields, Rule, anything, each, exactly_one, flag, one_of, text, thing, typed

LONGEST_ID = sdk.Block.block_id_max_length
MOST_PLACEHOLDER = elements.InputInteractiveElement.placeholder_max_length
MOST_CHOICES = sdk.StaticSelectElement.options_max_length
MOST_VALUE = sdk.Option.value_max_length
BUTTON = sdk.ButtonElement


def _words(kinds: tuple[str, ...], most: int, least: int = 1) -> Rule:
    known: dict[str, Fields] = {
        "plain_text": {"type!": anything, "text!": text(most, least), "emoji": flag},
        "mrkdwn": {"type!": anything, "text!": text(most, least), "verbatim": flag},
    }
    return typed({kind: thing(known[kind]) for kind in kinds})


def plain(most: int, least: int = 1) -> Rule:
    return _words(("plain_text",), most, least)


def mrkdwn(most: int) -> Rule:
    return _words(("mrkdwn",), most)


def words(most: int) -> Rule:
    return _words(("plain_text", "mrkdwn"), most)


def kind(fields: Fields, further: Rule = anything) -> Rule:
    return thing({"type!": anything, **fields}, further)


def block(fields: Fields, further: Rule = anything) -> Rule:
    return kind({"block_id": text(LONGEST_ID, 1), **fields}, further)


URL = text(BUTTON.url_max_length, 1)
STYLE = one_of("primary", "danger")
CONFIRM = thing(
    {
        "title": plain(sdk.ConfirmObject.title_max_length),
        "text!": words(sdk.ConfirmObject.text_max_length),
        "confirm": plain(sdk.ConfirmObject.confirm_max_length),
        "deny": plain(sdk.ConfirmObject.deny_max_length),
        "style": STYLE,
    }
)


def option(label: Rule) -> Rule:
    return thing(
        {
            "text!": label,
            "value": text(MOST_VALUE),
            "description": plain(sdk.Option.label_max_length),
            "url": URL,
        }
    )


PLAIN_OPTION = option(plain(sdk.Option.label_max_length))
OPTION = option(words(sdk.Option.label_max_length))
GROUP = thing({"label!": plain(sdk.OptionGroup.label_max_length), "options!": each(PLAIN_OPTION, 1, MOST_CHOICES)})
OPTIONS: Fields = {"options": each(PLAIN_OPTION, 1, MOST_CHOICES), "option_groups": each(GROUP, 1, MOST_CHOICES)}
SLACK_FILE = thing({"id": text(least=1), "url": text(least=1)}, exactly_one("id", "url"))
