"""What a run does once it has begun: it looks into an issue."""

from collections.abc import Callable
from datetime import datetime

from playbook.evidence.issue_ref import IssueRef
from playbook.gather import Tell
from playbook.investigate import Investigation

Investigate = Callable[[IssueRef, datetime, Tell], Investigation]
"""Which issue, asked when, and who hears of each step; raises `Unavailable` when the issue cannot be had."""

Watch = Callable[[Investigate, str], Investigate]
"""The same investigation with somebody who measures it; the run's id is the second."""
