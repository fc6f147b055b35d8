"""The alert that Sentry would have posted of an incident, block by block as its Slack app posts it.

No buttons: Resolve, Archive and the assignee menu are Sentry's own, and no Sentry is here to answer a press.
"""

import json
from typing import Any

from bot.card.escape import fence, mrkdwn
from playbook.evidence.event import Event
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue

LONGEST_VALUE = 256  # characters of the error's text; Sentry cuts it there
RULE, PROJECT = 45, 42  # numbers of the alert rule and the project; nobody reads them


def alert(issue: Issue, event: Event | None, sentry_url: str) -> dict[str, Any]:
    """`text` and `blocks` of the post; the issue's number stands in the first `block_id`, where Sentry writes it."""
    environment = event.environment if event else None
    release = event.release if event else None
    scope = f"&amp;environment={environment}" if environment else ""
    link = f"{issue.url}?referrer=slack{scope}&amp;alert_rule_id={RULE}&amp;alert_type=issue"
    value = issue.error.value or issue.title
    shown = value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "..."
    tags = [f"{name}: `{mrkdwn(tag, 80)}`" for name, tag in (("environment", environment), ("release", release)) if tag]
    told = [f"Events: *{issue.count:,}*"] if issue.count is not None else []
    told += [f"Users Affected: *{issue.users:,}*"] if issue.users else []
    told += ["State: *New*"]
    told += [f"First Seen: *{clock(issue.first_seen)}*"] if issue.first_seen else []
    rules = f"{sentry_url}/organizations/acme/issues/alerts/rules/{issue.project}/{RULE}/details/"
    footer = (
        f"Project: <{sentry_url}/issues/?project={PROJECT}|{mrkdwn(issue.project, 80)}>    "
        f"Alert: {issue.short_id} via <{rules}|New issues>    Short ID: {issue.short_id}"
    )
    state = json.dumps({"issue": int(issue.id), "rule": RULE}, separators=(",", ":"))
    blocks = [
        _section(f":red_circle: <{link}|*{mrkdwn(issue.error.type or issue.title, 100)}*>", state),
        *([_context(mrkdwn(issue.culprit, 200), "culprit")] if issue.culprit else []),
        _section(fence(shown, 2_000), "value"),
        *([_section("  ".join(tags), f"tags_issue_{issue.id}_rule_{RULE}")] if tags else []),
        _context("   ".join(told), "told"),
        _context(footer, "footer"),
        {"type": "divider", "block_id": "end"},
    ]
    return {"text": f"[{issue.project}] {mrkdwn(issue.title, 500)}", "blocks": blocks}


def _section(text: str, block_id: str) -> dict[str, Any]:
    return {"type": "section", "block_id": block_id, "text": {"type": "mrkdwn", "text": text, "verbatim": False}}


def _context(text: str, block_id: str) -> dict[str, Any]:
    return {
        "type": "context",
        "block_id": block_id,
        "elements": [{"type": "mrkdwn", "text": text, "verbatim": False}],
    }
