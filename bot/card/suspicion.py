"""The commits that can be guilty, each with what connects it with the error, and our word on those Sentry suspects."""

from bot.card.escape import counted, link, mrkdwn, prose
from playbook.evidence.changes import Changes, Claim, Commit, Suspect

MOST_SUSPECTS = 5  # told one by one; the comparison on GitHub has them all
MOST_REASONS = 3  # of one suspect, on one line
REASON = 220  # characters


def suspicion(changes: Changes) -> list[str]:
    """One line for each suspect, the most telling first, and one for each commit that Sentry suspects itself."""
    lines = [_suspect(one) for one in changes.suspects[:MOST_SUSPECTS]]
    left = len(changes.suspects) - MOST_SUSPECTS
    more = [f"• {counted(left, 'more suspect')}"] if left > 0 else []
    return [*lines, *more, *(_claim(one) for one in changes.claimed)]


def _suspect(one: Suspect) -> str:
    by = f" of {link(one.commit.pull.url, f'#{one.commit.pull.number}', 20)}" if one.commit.pull else ""
    reasons = "; ".join(prose(reason, REASON) for reason in one.reasons[:MOST_REASONS])
    return f"• suspect: {_named(one.commit)}{by} – {reasons}"


def _claim(one: Claim) -> str:
    how = f" ({mrkdwn(one.how, 80)})" if one.how else ""
    return f"• Sentry suspects {_named(one.commit)}{how}: *{one.verdict}* – {prose(one.reason, REASON)}"


def _named(commit: Commit) -> str:
    return link(commit.url, f"{commit.sha[:7]} {commit.message}".strip(), 100)
