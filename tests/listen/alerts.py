"""Recorded alerts of every app that posts some, and the issues that each names."""

import json
from pathlib import Path

from bot.listen.alert import SENTRY_APP
from playbook.evidence.issue_ref import IssueRef

SENTRY = "https://acme.sentry.io"
HOSTED = "https://sentry.example.com"
GLITCHTIP = "https://glitchtip.example.com"
RECORDED = Path(__file__).parents[1] / "recorded" / "slack"
APPS = frozenset({SENTRY_APP, "B0SELFHOST", "sentry", "GlitchTip", "PagerDuty", "Opsgenie", "A0DATADOG"})


def recorded(name):
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def acme(issue_id, environment=None, event_id=None):
    return IssueRef(issue_id=issue_id, organization="acme", environment=environment, event_id=event_id)


ALERTS = {
    "issue_alert": (SENTRY, [acme("5551234567", "prod")]),
    "repeat_sent_to_channel": (SENTRY, [acme("5551234567", "prod")]),
    "issue_alert_self_hosted": (HOSTED, [acme("731")]),
    "issue_alert_of_2023": (SENTRY, [acme("4001", "staging")]),
    "old_plugin_webhook": (HOSTED, [acme("88")]),
    "rich_text_title": (SENTRY, [acme("6001", "prod")]),
    "seer_enhanced": (SENTRY, [acme("6002")]),
    "glitchtip_two_issues": (GLITCHTIP, [acme("12"), acme("15")]),
    "pagerduty_card": (SENTRY, [acme("8001")]),
    "opsgenie_card": (SENTRY, [acme("8002", "prod")]),
    "datadog_card": (SENTRY, [acme("8003")]),
}
