"""What was asked, and when: the clock of a run is a value, so that a replay reads the same one."""

from playbook.evidence.fact import Value
from playbook.evidence.instant import Instant
from playbook.evidence.issue_ref import IssueRef


class Inquiry(Value):
    """The reference somebody gave and the moment (UTC) at which the run began."""

    ref: IssueRef
    at: Instant
