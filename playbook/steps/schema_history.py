"""Playbook step 5: what the repository's own migrations say of the relation, at the failing release's commit."""

from pydantic import ValidationError

from playbook.evidence.event import Event
from playbook.evidence.issue import Issue
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.release_order import refs
from playbook.evidence.releases import Releases
from playbook.evidence.schema_history import SchemaHistory
from playbook.evidence.service import Services
from playbook.evidence.unavailable import Unavailable
from playbook.sources.github import GitHub
from playbook.sources.repository import repository_of
from playbook.sources.sentry import Sentry


def schema_history(
    issue: Issue,
    event: Event | None,
    releases: Releases,
    relation: MissingRelation,
    services: Services,
    sentry: Sentry,
    github: GitHub,
) -> SchemaHistory:
    """Schema history.

    Its migrations, folded at the failing release, and what the last good one and the default branch say otherwise.
    One question to GitHub's door. Raises `Unavailable` where the release's commit is not known, or not in the
    repository: what another commit says would be no evidence.
    """
    if releases.failing is None:
        raise Unavailable("no failing release is known, so there is no commit whose migrations could be read")
    if relation.name is None:
        raise Unavailable("the error names no relation, so no migration can be looked for")
    tag = services.of(issue.project).tag
    repository = repository_of(issue, event, releases, services, sentry)
    head = refs(releases.failing, tag)
    base = refs(releases.last_good, tag) if releases.last_good else []
    answer = github.schema(repository, head, base, relation.name)
    if answer is None:
        tried = " nor ".join(head)
        raise Unavailable(
            f"{repository} has no commit or tag {tried}: set `tag` in diagnose.toml to the form of its tags"
        )
    try:
        return SchemaHistory.model_validate(answer)
    except ValidationError as error:
        raise Unavailable("what was kept of the repository's migrations is not in the form of this version") from error
