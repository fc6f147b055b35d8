"""Who is affected: everyone, or a segment that is over-represented against the project's baseline."""

from typing import ClassVar, Literal

from playbook.evidence.fact import Fact, Value


class Segment(Value):
    """A tag value with its share among this issue's events and among the project's other events."""

    key: str
    value: str
    count: int
    of: int
    baseline_count: int
    baseline_of: int

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0

    @property
    def baseline_share(self) -> float:
        return self.baseline_count / self.baseline_of if self.baseline_of else 0.0

    @property
    def told(self) -> str:
        """`environment=eu-1: 120 of 120 events here, 300 of 900 in the project`."""
        return (
            f"{self.key}={self.value}: {self.count:,} of {self.of:,} events here, "
            f"{self.baseline_count:,} of {self.baseline_of:,} in the project"
        )


class Spread(Fact):
    """`reach` is *segment* when some tag value is over-represented by the stated rule, *everyone* when none is
    although the data could have shown it, and *too few to say* otherwise. `compared` are the keys by which somebody
    could have been seen to be spared (all that were looked at, where there is none), `rule` is the sentence that
    decided (evidence/overrepresented.py), `incomplete` what of the baseline was not seen."""

    source: ClassVar[str] = "Sentry"

    reach: Literal["everyone", "segment", "too few to say"]
    segments: tuple[Segment, ...] = ()
    compared: tuple[str, ...] = ()
    rule: str
    users: int | None = None
    incomplete: str | None = None

    @property
    def shortfalls(self) -> tuple[str, ...]:
        return (self.incomplete,) if self.incomplete else ()

    @property
    def finding(self) -> str:
        if self.reach == "segment":
            return "a segment: " + "; ".join(segment.told for segment in self.segments[:2])
        if self.reach == "everyone":
            return "everyone: no " + ", ".join(self.compared) + " stands out"
        return "too few events to say who is affected"
