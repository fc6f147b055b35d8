"""Other issues that share the trouble: playbook step 7, "identify broader incidents"."""

from typing import ClassVar, Literal

from playbook.evidence.fact import Fact, Value
from playbook.evidence.instant import Instant

Link = Literal["same subject", "same first release", "same minute"]


class SimilarIssue(Value):
    """Another unresolved issue and what it shares with this one."""

    id: str
    short_id: str
    title: str
    project: str | None = None
    first_seen: Instant | None = None
    first_release: str | None = None
    count: int | None = None
    shares: tuple[Link, ...]
    url: str


class Similar(Fact):
    """`looked_at` is how many issues were compared; `more` says that the server had more than were read."""

    source: ClassVar[str] = "Sentry"

    issues: tuple[SimilarIssue, ...] = ()
    looked_at: int
    more: bool = False

    def sharing(self, link: Link) -> tuple[SimilarIssue, ...]:
        return tuple(issue for issue in self.issues if link in issue.shares)

    @property
    def finding(self) -> str:
        if not self.looked_at:
            return "no other open issue of the project comes into question"
        if not self.issues:
            return f"none of {self.looked_at} other issues shares subject, release or minute"
        told = [
            f"{len(self.sharing(link))} of the {link}"
            for link in ("same subject", "same first release", "same minute")
            if self.sharing(link)
        ]
        return " · ".join(told)
