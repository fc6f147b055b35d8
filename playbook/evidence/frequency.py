"""How often it happens and since when: playbook step 2, "constant, spike, gradual increase"."""

from typing import ClassVar, Literal

from playbook.evidence.fact import Fact
from playbook.evidence.instant import Instant, clock, lasting
from playbook.evidence.issue import Bucket

Trend = Literal["spike", "gradual", "constant", "intermittent", "stopped", "too few to say"]


class Frequency(Fact):
    """`buckets` of `bucket_seconds` each, oldest first, the last one possibly still running.

    `onset` is when the present trouble began, true to `onset_seconds`; `new` says that the issue did not exist
    before it (the onset is its first event). `rule` is the sentence of the statistical rule that decided `trend`
    (evidence/trend.py). `floor` says that only the newest events could be counted, so that there were more.
    """

    source: ClassVar[str] = "Sentry"

    buckets: tuple[Bucket, ...]
    bucket_seconds: int
    trend: Trend
    rule: str
    onset: Instant | None = None
    onset_seconds: int = 60
    new: bool = False
    floor: bool = False

    @property
    def total(self) -> int:
        """Events in the window."""
        return sum(bucket.count for bucket in self.buckets)

    @property
    def finding(self) -> str:
        window = lasting(len(self.buckets) * self.bucket_seconds)
        since = f" since {clock(self.onset)}" if self.onset else ""
        least = "at least " if self.floor else ""
        return f"{self.trend}{since} · {least}{self.total:,} events in {window}"
