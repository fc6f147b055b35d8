"""The commits that can be guilty, each with what connects it with the error, and our word on those Sentry suspects."""

from bot.card.escape import counted, link, mrkdwn, prose
from playbook.evidence.changes import Changes, Claim, Commit, Suspect

MOST_SUSPECTS = 5  # told one by one; the comparison on GitHub has them all
MOST_REASONS = 3  # of one suspect, on one line
REASON = 220  # characters


def suspicion(changes: Changes) -> list[str]:
    """One line for each suspect, the most telling first, with Sentry's word where it suspects the same; and one for
    each other commit that Sentry suspects."""
    shown = changes.suspects[:MOST_SUSPECTS]
    lines = [_suspect(one, sentry_too(changes, one.commit)) for one in shown]
    left = len(changes.suspects) - len(shown)
    more = [f"• {counted(left, 'more suspect')}"] if left > 0 else []
    told = [sentry_too(changes, one.commit) for one in shown]
    return [*lines, *more, *(_claim(one) for one in changes.claimed if one not in told)]


def sentry_too(changes: Changes, commit: Commit) -> Claim | None:
    """Sentry's claim about the very commit, where we found the same."""
    confirmed = (one for one in changes.claimed if one.verdict == "confirmed")
    return next((one for one in confirmed if one.commit.sha == commit.sha), None)


def _suspect(one: Suspect, claim: Claim | None) -> str:
    by = f" of {link(one.commit.pull.url, f'#{one.commit.pull.number}', 20)}" if one.commit.pull else ""
    reasons = "; ".join(prose(reason, REASON) for reason in one.reasons[:MOST_REASONS])
    too = f" – Sentry suspects it too{_how(claim)}: *{claim.verdict}*" if claim else ""
    return f"• suspect: {_named(one.commit)}{by} – {reasons}{too}"


def _claim(one: Claim) -> str:
    return f"• Sentry suspects {_named(one.commit)}{_how(one)}: *{one.verdict}* – {prose(one.reason, REASON)}"


def _how(claim: Claim) -> str:
    return f" ({mrkdwn(claim.how, 80)})" if claim.how else ""


def _named(commit: Commit) -> str:
    return link(commit.url, commit.named, 100)
