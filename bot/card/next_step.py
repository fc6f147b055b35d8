"""What to do now, fit to be pasted; and what nobody could look at, with what mends that."""

import re
from collections.abc import Iterator

from bot.card.citing import first_of, links
from bot.card.escape import clean, code, fence, mrkdwn, prose, spoken
from bot.card.judgement import lead, more, weighed
from playbook.diagnosis import Diagnosis, by_reason

MOST_GAPS = 4
ONE_LINE = 60  # characters of a command that stay inside a sentence; a longer one is a block that can be copied

_PROSE = re.compile(r"[A-Z][a-z]*,? ")  # `The same statement shows ...`, but not `SELECT 1` or `python manage.py`


def next_step(diagnosis: Diagnosis) -> Iterator[str]:
    """The one thing to do, how to see that it worked, and whether going back is safe."""
    step, leading = diagnosis.next_step, lead(diagnosis)
    title = "Do this next" if step.kind == "remedy" else "The one check that would decide"
    yield f"*{title}:* {prose(_without_reasons(step.action, diagnosis), 600)}"
    if step.command:
        yield fence(step.command, 1_200)
    if step.verify:
        yield from _then("Then verify", step.verify)
    if step.rollback:
        cited = links(first_of(weighed(leading)[:1])) if leading else ""
        yield f"*Rolling back:* {prose(step.rollback, 400)} {cited}".rstrip()


def gaps(diagnosis: Diagnosis) -> Iterator[str]:
    """What could not be looked at, and why; each reason once, with all that it kept from being seen."""
    told = [
        f"{mrkdwn(spoken(*facts), 120)} ({mrkdwn(source, 60)}): {mrkdwn(reason, 200)}"
        for (source, reason), facts in by_reason(diagnosis.gaps).items()
    ]
    left = len(told) - MOST_GAPS
    told = told[:MOST_GAPS]
    if len(told) == 1:
        yield f"⚠ *Could not be checked:* {told[0]}"
    elif told:
        yield "⚠ *Could not be checked*"
        yield from (f"• {one}" for one in told)
    yield from more(left, "gap")


def _then(title: str, text: str) -> Iterator[str]:
    """A sentence as a sentence, a short command inside the line, a long one as a block."""
    if _PROSE.match(text):
        yield f"*{title}:* {prose(text, 500)}"
    elif len(text) <= ONE_LINE and "\n" not in clean(text):
        yield f"*{title}:* {code(text, 500)}"
    else:
        yield f"*{title}*"
        yield fence(text, 500)


def _without_reasons(action: str, diagnosis: Diagnosis) -> str:
    """The action without a reason in brackets that stands, word for word, among the gaps below it."""
    for gap in diagnosis.gaps:
        action = action.replace(f" ({gap.reason})", "")
    return action
