"""An issue's state in Sentry, in the words that Sentry itself shows: who looks there must find the same."""

from playbook.evidence.fact import Value
from playbook.evidence.json import Json

LONGEST_NAME = 100  # characters of a release or a person's name: a state is one short line

SUBSTATUS = {
    "archived_until_escalating": "archived until it escalates",
    "archived_until_condition_met": "archived until its condition is met",
    "archived_forever": "archived for good",
}
"""What an issue of status `ignored` is called on the page since 2023; the API kept the old word."""


class IssueState(Value):
    """`assignee` is `user:7`, `team:3` or None; `assigned_to` what they are called, never an e-mail address.

    `resolution` says where it is resolved, where Sentry was told; `remark` is the line that was looked for in its
    comments, None where it was not looked for or is not there.
    """

    id: str
    short_id: str
    status: str
    substatus: str | None = None
    resolution: str | None = None
    assignee: str | None = None
    assigned_to: str | None = None
    remark: str | None = None

    @property
    def words(self) -> str:
        """`resolved in the next release, assigned to Ada`: outside text, not escaped."""
        return f"{self._status}, assigned to {self.assigned_to}" if self.assigned_to else self._status

    @property
    def _status(self) -> str:
        if self.status == "resolved":
            return f"resolved {self.resolution}" if self.resolution else "resolved"
        if self.status == "ignored":
            return SUBSTATUS.get(self.substatus or "", "archived")
        said = self.status.replace("_", " ")
        return f"{said} ({self.substatus})" if self.substatus and self.status == "unresolved" else said


def issue_state(told: dict[str, Json]) -> IssueState:
    """The state out of an issue's details; a field that a server does not send reads as not set."""
    number = str(told.get("id") or "")
    assignee, name = _assignee(told.get("assignedTo"))
    substatus = told.get("substatus")
    return IssueState(
        id=number,
        short_id=str(told.get("shortId") or number),
        status=str(told.get("status") or "unknown")[:LONGEST_NAME],
        substatus=str(substatus)[:LONGEST_NAME] if substatus else None,
        resolution=_resolution(told.get("statusDetails")),
        assignee=assignee,
        assigned_to=name,
    )


def remark_in(comments: Json, begins: str) -> str | None:
    """The line of a comment that begins so; None where there is none among the rows."""
    rows = comments.get("rows") if isinstance(comments, dict) else None
    for row in rows if isinstance(rows, list) else []:
        data = row.get("data") if isinstance(row, dict) else None
        text = data.get("text") if isinstance(data, dict) else None
        for line in text.splitlines() if isinstance(text, str) else []:
            if line.strip().startswith(begins):
                return line.strip()
    return None


def _assignee(told: Json) -> tuple[str | None, str | None]:
    if not isinstance(told, dict) or not told.get("id"):
        return None, None
    kind, number, name = str(told.get("type") or "user"), str(told["id"]), str(told.get("name") or "")
    # Sentry calls whoever gave no name by the e-mail address.
    return f"{kind}:{number}", name[:LONGEST_NAME] if name and "@" not in name else f"{kind} {number}"


def _resolution(details: Json) -> str | None:
    if not isinstance(details, dict):
        return None
    if details.get("inNextRelease") or details.get("inUpcomingRelease"):
        return "in the next release"
    if details.get("inRelease"):
        return f"in release {str(details['inRelease'])[:LONGEST_NAME]}"
    return "in a commit" if details.get("inCommit") else None
