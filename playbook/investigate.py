"""The whole story in one screen: from a reference to a diagnosis, with the recording to replay it."""

from collections.abc import Callable
from dataclasses import dataclass

from playbook import catalog
from playbook.diagnosis import Diagnosis
from playbook.evidence.collected import Evidence
from playbook.evidence.event import Event
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Issue
from playbook.evidence.prescription import Prescription
from playbook.evidence.service import Services
from playbook.evidence.unavailable import Unavailable
from playbook.gather import Tell, gather
from playbook.judge import judge, without_playbook
from playbook.sources.door import Door, Tally, once, redacting
from playbook.sources.elastic import Elastic
from playbook.sources.github import GitHub
from playbook.sources.recording import Recorder, Recording
from playbook.sources.sentry import Sentry


@dataclass(frozen=True)
class Investigation:
    """The diagnosis, what it rests on, and the (redacted) recording that gives the same again."""

    diagnosis: Diagnosis
    evidence: Evidence
    recording: Recording


def investigate(inquiry: Inquiry, services: Services, door: Door, tell: Tell) -> Investigation:
    """Asks the sources behind `door` and judges what they answered; `tell` hears of every step.

    Raises `Unavailable` when the issue itself cannot be had: then there is nothing to diagnose. Every other failure
    of a source is a gap of the diagnosis.
    """
    tally, recorder = Tally(), Recorder()
    evidence, diagnosis = _examine(inquiry, services, recorder.listening(once(redacting(door, tally))), tell)
    hidden = tally.hidden()
    evidence = Evidence(evidence.facts, evidence.absent, evidence.unavailable, hidden)
    return Investigation(diagnosis, evidence, recorder.recording(inquiry, services, hidden))


def replay(recording: Recording, tell: Tell, between: Callable[[Door], Door] = lambda door: door) -> Investigation:
    """The same investigation from its recording: no network, no clock.

    `between` may put something before the recording's door: a rehearsal makes a source slow there, or fail.
    """
    evidence, diagnosis = _examine(recording.inquiry, recording.services, once(between(recording.door())), tell)
    evidence = Evidence(evidence.facts, evidence.absent, evidence.unavailable, recording.hidden)
    return Investigation(diagnosis, evidence, recording)


def _examine(inquiry: Inquiry, services: Services, door: Door, tell: Tell) -> tuple[Evidence, Diagnosis]:
    given: dict[type, object] = {
        Inquiry: inquiry,
        Services: services,
        Prescription: Prescription(),
        Sentry: Sentry(door),
        GitHub: GitHub(door),
        Elastic: Elastic(door),
    }
    first = gather([Issue, Event], Evidence(), given, tell)
    issue, event = first.get(Issue), first.get(Event)
    if issue is None:
        raise Unavailable(first.why_not(Issue))

    errors = [*(event.errors if event else ()), issue.error]
    recognised = catalog.recognise(errors, issue.url)
    if recognised is None:
        return first, without_playbook(inquiry, first)
    playbook, subject = recognised
    known = Evidence({**first.facts, playbook.subject_type: subject}, first.absent, first.unavailable)
    evidence = gather(playbook.prescribes, known, {**given, Prescription: playbook.prescription(subject)}, tell)
    return evidence, judge(playbook, inquiry, evidence)
