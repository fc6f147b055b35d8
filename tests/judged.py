"""What the engine says of evidence that a test put together."""

from playbook.catalog.relation_missing import playbook
from playbook.diagnosis import Diagnosis
from playbook.evidence.collected import Evidence
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.judge import judge
from tests.facts import NOW


def a_diagnosis_of(known: Evidence) -> Diagnosis:
    return judge(playbook, Inquiry(ref=IssueRef(issue_id="5551234567"), at=NOW), known)
