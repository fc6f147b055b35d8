"""What one check found out, as a frozen value: the examination makes them, the report prints them."""

from typing import Literal

from playbook.evidence.fact import Value

State = Literal["ok", "missing", "broken", "not configured", "not tried"]
"""*missing*: it works, and lacks this; *broken*: it does not work; *not configured*: nobody asked for it."""

Subject = Literal["Settings", "Sentry", "GitHub", "Elasticsearch", "Slack"]


class Finding(Value):
    """`what` was checked, `sentence` says how it stands, `fix` where to change it.

    `needed` False: a diagnosis does without it and says so, so it is told and does not fail the examination.
    """

    service: Subject
    what: str
    state: State
    sentence: str
    fix: str | None = None
    needed: bool = True

    @property
    def well(self) -> bool:
        """Whether nothing needs to be done about it."""
        return self.state in {"ok", "not tried"} or not self.needed


def ok(service: Subject, what: str, sentence: str) -> Finding:
    """It was tried, and works."""
    return Finding(service=service, what=what, state="ok", sentence=sentence)


def not_tried(service: Subject, what: str, sentence: str, fix: str | None = None) -> Finding:
    """It could not be tried, which says nothing about it."""
    return Finding(service=service, what=what, state="not tried", sentence=sentence, fix=fix)


def broken(service: Subject, what: str, sentence: str, fix: str | None = None, *, needed: bool = True) -> Finding:
    """It was tried, and does not work."""
    return Finding(service=service, what=what, state="broken", sentence=sentence, fix=fix, needed=needed)


def missing(service: Subject, what: str, sentence: str, fix: str | None = None, *, needed: bool = True) -> Finding:
    """It was tried, and this part is not there or not allowed."""
    return Finding(service=service, what=what, state="missing", sentence=sentence, fix=fix, needed=needed)


def not_configured(service: Subject, what: str, sentence: str, fix: str, *, needed: bool) -> Finding:
    """Nobody set it."""
    return Finding(service=service, what=what, state="not configured", sentence=sentence, fix=fix, needed=needed)
