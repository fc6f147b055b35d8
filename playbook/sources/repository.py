"""Which GitHub repository the failing code comes from: what the operator mapped, the releases say, or Sentry maps."""

import re

from playbook.evidence.event import Event
from playbook.evidence.issue import Issue
from playbook.evidence.releases import Releases
from playbook.evidence.service import Services
from playbook.evidence.unavailable import Unavailable
from playbook.sources.reading import rows, text
from playbook.sources.sentry import Sentry


def repository_of(issue: Issue, event: Event | None, releases: Releases, services: Services, sentry: Sentry) -> str:
    """`owner/name` by the operator's mapping, else what the releases say, else Sentry's code mappings (one call).

    Raises `Unavailable` where none of them tells, with what to set.
    """
    mapped = services.of(issue.project).repository
    if mapped:
        return mapped
    for release in (releases.failing, releases.last, releases.last_good):
        if release is not None:
            package = release.package or release.version.rpartition("@")[0]
            named = release.repository or (package if is_repository(package) else None)
            if named:
                return named
    ask = "set `repository` in diagnose.toml, or add a code mapping to the project in Sentry"
    try:
        answer = sentry.code_mappings(issue.project_id or issue.project)
    except Unavailable as why:
        told = f"no repository is known for {issue.project}, and Sentry's code mappings could not be read"
        raise Unavailable(f"{told} ({why.sentence}): {ask}") from why
    ours = [row for row in rows(answer, "rows") if text(row, "projectId") in (None, issue.project_id)]
    file = (event.in_app.filename if event and event.in_app else None) or ""
    ours.sort(key=lambda row: len(root) if file.startswith(root := text(row, "stackRoot") or "") else -1, reverse=True)
    for row in ours:
        name, provider = text(row, "repoName") or "", text(row, "provider", "key") or "github"
        if is_repository(name) and provider.startswith("github"):
            return name
    raise Unavailable(f"no GitHub repository is known for the project {issue.project}: {ask}")


def is_repository(name: str) -> bool:
    """Whether the text is `owner/name` as GitHub takes it."""
    return bool(re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", name, re.ASCII))
