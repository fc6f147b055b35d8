"""What was asked, and when: the clock of a run is a value, so that a replay reads the same one."""

from urllib.parse import quote

from playbook.evidence.fact import Value
from playbook.evidence.instant import Instant
from playbook.evidence.issue_ref import IssueRef


class Inquiry(Value):
    """The reference somebody gave and the moment (UTC) at which the run began.

    `sentry_url` and `organization` are the configured ones, for links only: servers that speak Sentry's API do not
    always say where their own pages are.
    """

    ref: IssueRef
    at: Instant
    sentry_url: str = "https://sentry.io"
    organization: str = ""

    def issue_url(self, issue: str, event: str | None = None) -> str:
        """The page of an issue, or of one of its events, on the configured server."""
        place = f"organizations/{quote(self.organization, safe='')}/" if self.organization else ""
        page = f"{self.sentry_url.rstrip('/')}/{place}issues/{quote(issue, safe='')}/"
        return f"{page}events/{quote(event, safe='')}/" if event else page
