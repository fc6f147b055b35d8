"""Rich text, as Slack's composer writes it (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""

from collections.abc import Mapping

from bot.card.grammar.rule import Fields, Rule, each, flag, number, one_of, text, thing, typed
from bot.card.grammar.text import block, kind

STYLED: Fields = {"style": thing(dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))}
LINK = kind({**STYLED, "url!": text(least=1), "text": text(), "unsafe": flag})
SAID = kind({**STYLED, "text!": text(least=1)})
RICH: Mapping[str, Rule] = {
    "text": SAID,
    "link": LINK,
    "emoji": kind({**STYLED, "name!": text(least=1), "unicode": text(), "url": text()}),
    "user": kind({**STYLED, "user_id!": text(least=1)}),
    "channel": kind({**STYLED, "channel_id!": text(least=1)}),
    "usergroup": kind({**STYLED, "usergroup_id!": text(least=1)}),
    "team": kind({**STYLED, "team_id!": text(least=1)}),
    "broadcast": kind({**STYLED, "range!": one_of("here", "channel", "everyone")}),
    "color": kind({**STYLED, "value!": text(least=1)}),
    "date": kind({**STYLED, "timestamp!": number(), "format!": text(least=1), "url": text(), "fallback": text()}),
}
BORDER = one_of(0, 1)
RICH_SECTION = kind({"elements!": each(typed(RICH))})
RICH_PARTS: Mapping[str, Rule] = {
    "rich_text_section": RICH_SECTION,
    "rich_text_quote": kind({"elements!": each(typed(RICH)), "border": BORDER}),
    "rich_text_preformatted": kind({"elements!": each(typed({"text": SAID, "link": LINK})), "border": BORDER}),
    "rich_text_list": kind(
        {
            "elements!": each(typed({"rich_text_section": RICH_SECTION})),
            "style!": one_of("bullet", "ordered"),
            "indent": number(0, 8),
            "offset": number(0),
            "border": BORDER,
        }
    ),
}
RICH_TEXT = block({"elements!": each(typed(RICH_PARTS))})
ONE_RICH_TEXT = typed({"rich_text": RICH_TEXT})
