"""The playbook while it runs, and afterwards the folded trail of what was looked at: one card for each step."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from slack_sdk.models.blocks import (
    PlanBlock,
    RichTextBlock,
    RichTextElementParts,
    RichTextSectionElement,
    TaskCardBlock,
    UrlSourceElement,
)

from bot.card.blocks import Block, Card, context, json_of
from bot.card.escape import is_web_link, mrkdwn, plain

STATUS = {
    "pending": "pending",
    "running": "in_progress",
    "done": "complete",
    "absent": "complete",  # looked, and there is none: that is an answer
    "unavailable": "error",  # could not look
}
MOST_TASKS = 20  # the longest playbook prescribes half as many steps
MOST_ASKED = 2  # questions under way that the title names; the others are counted
TITLE = 100  # characters
LONG_TITLE = 150  # characters of the plan's own title, which is all that a folded plan shows
OUTPUT = 250  # characters: one line on a wide screen


class Told(Protocol):
    """What a run tells of one step: `state` is pending, running, done, absent or unavailable."""

    @property
    def fact(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def finding(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def asks(self) -> str: ...


def progress(title: str, states: Sequence[Told], waiting: int = 0) -> Card:
    """The running playbook: what is being asked right now, and of each step its finding and where to read it.

    `waiting` runs have not begun: in a storm, nobody is to wonder where an answer stays.
    """
    done = sum(one.state not in {"pending", "running"} for one in states)
    asking = _asking([one for one in states if one.state == "running"])
    begun = f"{done} of {len(states)} steps done" if states else ""
    text = ": ".join(filter(None, (mrkdwn(title, TITLE), "; ".join(filter(None, (begun, mrkdwn(asking, TITLE)))))))
    drawn = plan(" · ".join(filter(None, (title[:TITLE], asking))), states)
    return Card((drawn, *([context(_queue(waiting))] if waiting > 0 else [])), text or "Diagnosing")


def _queue(waiting: int) -> str:
    waits = "issue waits for its" if waiting == 1 else "issues wait for their"
    return f"{waiting:,} more {waits} turn: oldest first, people ahead of alerts."


def _asking(running: Sequence[Told]) -> str:
    """`asking Elasticsearch for logs of migrations and Sentry for tags`: of each source the newest question."""
    newest = {one.source: one.asks for one in running if one.source and one.asks}
    named = [f"{source} for {asks}" for source, asks in newest.items()]
    more = len(running) - min(len(named), MOST_ASKED)
    return f"asking {' and '.join(named[:MOST_ASKED])}" + (f", +{more} more" if more else "") if named else ""


def trail(states: Sequence[Told]) -> Block:
    """The same steps once all is over, headed by what came of them."""
    count = Counter(one.state for one in states)
    told = [f"{len(states)} steps"]
    if count["absent"]:
        told.append(f"{count['absent']} found nothing")
    if count["unavailable"]:
        told.append(f"{count['unavailable']} could not be made")
    return plan("What was checked: " + ", ".join(told), states)


def plan(title: str, states: Sequence[Told]) -> Block:
    """One `plan` block; a message may hold only one."""
    tasks = [_task(index, one) for index, one in enumerate(states[:MOST_TASKS])]
    return json_of(PlanBlock(title=plain(title, LONG_TITLE) or "Diagnosing", tasks=tasks))


def _task(index: int, step: Told) -> TaskCardBlock:
    output = plain(step.finding or _in_place_of_a_finding(step), OUTPUT)
    task = TaskCardBlock(
        task_id=f"step-{index}",
        title=plain(step.title, TITLE) or plain(step.fact, TITLE) or f"Step {index + 1}",
        status=STATUS.get(step.state, "pending"),
        output=_rich(output) if output else None,
        sources=[UrlSourceElement(url=step.url, text="Open")] if is_web_link(step.url) else None,
    )
    task.validate_json()
    return task


def _in_place_of_a_finding(step: Told) -> str:
    if step.state == "running" and step.source:
        return f"asking {step.source}" + (f" for {step.asks}" if step.asks.lower() != step.title.lower() else "")
    return "there is none" if step.state == "absent" else ""


def _rich(text: str) -> RichTextBlock:
    return RichTextBlock(elements=[RichTextSectionElement(elements=[RichTextElementParts.Text(text=text)])])
