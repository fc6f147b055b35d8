"""What can be pressed, under names that never change, and the little that a button carries."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    ContextActionsBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    StaticSelectElement,
)

from bot.card.blocks import Block, json_of
from bot.card.escape import is_web_link, plain

SHOW_EVIDENCE = "show_evidence"
CHECK_AGAIN = "check_again"
MORE = "more"
ACT = "act_in_sentry"
FEEDBACK = "verdict_feedback"
EARLIER_PAGE = "evidence_earlier"
LATER_PAGE = "evidence_later"
SHORTCUT = "diagnose_message"
EVIDENCE_VIEW = "evidence"

RIGHT = "right"
WRONG = "wrong"
AS_TEXT = "as_text"

ACTIONS = (
    ("resolve", "Resolve"),
    ("archive", "Archive"),
    ("assign", "Assign to me"),
    ("comment", "Comment the verdict"),
)
"""What can be done in Sentry: what an entry says, and what it is called."""

LONGEST_CHOICE = 75  # characters of an entry of the menu
LONGEST_VALUE = 150  # characters that an entry of a menu may carry
MOST_LINKS = 4  # entries beside *Show as text*; Slack takes five

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True)
class Pressed:
    """All that a button knows: which run and which issue (its number in Sentry), and what was pressed or turned to.

    Nothing else is kept in Slack's message: a card is drawn from the run's result, or not at all.
    """

    run: str = ""
    issue: str = ""
    says: str = ""
    page: int = 0

    def value(self) -> str:
        """The button's value: JSON of at most 2,000 characters, without what is empty."""
        kept = {"run": token(self.run), "issue": token(self.issue), "says": token(self.says), "page": self.page}
        return json.dumps({name: value for name, value in kept.items() if value}, sort_keys=True)

    @classmethod
    def read(cls, value: str) -> Self:
        """What a press carried; whatever is not ours reads as empty, and so leads to no run."""
        try:
            given = json.loads(value)
        except ValueError:
            return cls()
        if not isinstance(given, dict):
            return cls()
        texts = {name: text for name in ("run", "issue", "says") if isinstance(text := given.get(name), str)}
        page = given.get("page", 0)
        return cls(**texts, page=page if isinstance(page, int) and page >= 0 else 0)


def token(name: str) -> str:
    """An id as it may travel in a button or in a view's metadata: ASCII letters, digits, `_`, `.`, `-`, at most 100."""
    return _NOT_IN_IDS.sub("", name)[:100]


def buttons(pressed: Pressed, *, evidence: bool = True) -> Block:
    """*Show evidence* and *Check again*, and no third: more of them split attention."""
    return json_of(ActionsBlock(elements=_visible(pressed, evidence)))


def buttons_and_menu(pressed: Pressed, links: Sequence[tuple[str, str]], changes: str = "") -> Block:
    """The two buttons, and the rest in a menu: pages to open (what they are called, where they are), the card as text.

    Slack opens an entry's url by itself and tells the app too, which need only say that it heard
    (https://docs.slack.dev/reference/block-kit/composition-objects/option-object). `changes` is what the issue is
    called that a second menu changes in Sentry; without it there is no such menu.
    """
    choices = [
        Option(value=f"link-{index}", text=_label(text), url=url)
        for index, (text, url) in enumerate(links[:MOST_LINKS])
        if is_web_link(url)
    ]
    as_text = Option(value=Pressed(pressed.run, says=AS_TEXT).value(), text=_label("Show as text, for a ticket"))
    menu = OverflowMenuElement(action_id=MORE, options=[*choices, as_text])
    writing = _writing(pressed, changes) if changes else []
    return json_of(ActionsBlock(elements=[*_visible(pressed, True), *writing, menu]))


def _writing(pressed: Pressed, issue: str) -> list[StaticSelectElement]:
    """What changes the issue, behind a question: a menu of its own, since an overflow would ask before showing text.

    None where its entries would carry more than Slack takes: a card without it is better than no card.
    """
    values = [(Pressed(pressed.run, pressed.issue, says).value(), label) for says, label in ACTIONS]
    if any(len(value) > LONGEST_VALUE for value, _ in values):
        return []
    named = plain(issue, 40) or "the issue"
    question = ConfirmObject(
        title=f"Change {named} in Sentry?",
        text=PlainTextObject(
            text=f"{named} changes for everybody, in Sentry too, in the name of the integration that I use there. "
            "This card will show that you did it, and how Sentry says that it stands.",
            emoji=False,
        ),
        confirm="Do it",
        deny="Leave it",
    )
    options = [Option(value=value, text=_label(label)) for value, label in values]
    return [StaticSelectElement(action_id=ACT, placeholder=_label("Act in Sentry"), options=options, confirm=question)]


def _visible(pressed: Pressed, evidence: bool) -> list[ButtonElement]:
    again = _button("Check again", CHECK_AGAIN, pressed)
    return [_button("Show evidence", SHOW_EVIDENCE, pressed), again] if evidence else [again]


def _label(text: str) -> PlainTextObject:
    return PlainTextObject(text=plain(text, LONGEST_CHOICE) or "Open", emoji=False)


def feedback(pressed: Pressed) -> Block:
    """*Right* and *Wrong*, as Slack's own pair of feedback buttons."""

    def one(text: str, says: str, label: str) -> FeedbackButtonObject:
        value = Pressed(pressed.run, pressed.issue, says).value()
        return FeedbackButtonObject(
            text=PlainTextObject(text=text, emoji=False), accessibility_label=label, value=value
        )

    pair = FeedbackButtonsElement(
        action_id=FEEDBACK,
        positive_button=one("Right", RIGHT, "This diagnosis is right"),
        negative_button=one("Wrong", WRONG, "This diagnosis is wrong"),
    )
    return json_of(ContextActionsBlock(elements=[pair]))


def pages(pressed: Pressed, last: int) -> Block | None:
    """Buttons to the pages before and after, as far as there are any."""
    turns = []
    if pressed.page > 0:
        turns.append(_turn("Earlier", EARLIER_PAGE, pressed, pressed.page - 1))
    if pressed.page < last:
        turns.append(_turn("Later", LATER_PAGE, pressed, pressed.page + 1))
    return json_of(ActionsBlock(elements=turns)) if turns else None


def _turn(text: str, action_id: str, pressed: Pressed, page: int) -> ButtonElement:
    return _button(f"{text} (page {page + 1})", action_id, Pressed(pressed.run, pressed.issue, "", page))


def _button(text: str, action_id: str, pressed: Pressed) -> ButtonElement:
    return ButtonElement(text=PlainTextObject(text=text, emoji=False), action_id=action_id, value=pressed.value())
