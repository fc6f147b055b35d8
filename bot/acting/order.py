"""What was asked for, and what each step of carrying it out gave: plain values, so that a step's result can be kept."""

from collections.abc import Mapping
from typing import Literal

from bot.card.actions import ACTIONS
from bot.runs.press import Press
from bot.runs.run import Place
from playbook.evidence.fact import Value
from playbook.evidence.instant import Instant
from playbook.sources.sentry_actions import Member
from playbook.sources.sentry_state import IssueState

Action = Literal["resolve", "archive", "assign", "comment"]

LABELS: Mapping[str, str] = dict(ACTIONS)
"""Each action as the menu calls it."""


class Order(Value):
    """One press: `press` is its own id, the same however often Slack delivers it; `issue` is the number in Sentry.

    `answer_to` is Slack's response_url, for what only the person who pressed is told.
    """

    press: str
    run: str
    issue: str
    action: Action
    user: str
    at: Instant
    place: Place
    answer_to: str | None = None

    @property
    def remark(self) -> str:
        """How the last line of a comment of this run's verdict begins, whoever pressed."""
        return f"(diagnose {self.run} "

    @property
    def signature(self) -> str:
        """The last line of the comment that this press writes."""
        return f"{self.remark}{self.press})"

    def pressed(self, name: str, before: str = "", after: str = "", refused: str = "") -> Press:
        """The press as it goes on record."""
        return Press(
            run=self.run,
            issue=self.issue,
            user=self.user,
            name=name,
            action=self.action,
            at=self.at,
            before=before,
            after=after,
            refused=refused,
        )


class Look(Value):
    """The issue as it was read, or the sentence that says why it could not be; `sentence` is empty where it was."""

    state: IssueState | None = None
    sentence: str = ""


class Whom(Value):
    """To whom an issue is to be assigned, or the sentence that says why that is not known."""

    member: Member | None = None
    sentence: str = ""


class Written(Value):
    """`already`: it was so before anything was sent; `lost`: it was sent and the answer never came."""

    how: Literal["done", "already", "refused", "lost"]
    sentence: str = ""


class Outcome(Value):
    """The press as it is on record now, and what only the person who pressed is told; empty where the card says it."""

    press: Press
    sentence: str = ""
