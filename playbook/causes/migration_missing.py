"""The code names a relation that no migration creates."""

from playbook.causes import Cause, cite, hint, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes, FileChange
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock, lasting
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.releases import Releases
from playbook.schema.commands import framework_of
from playbook.schema.story import changes_of


def write_the_migration(relation: MissingRelation | None, changes: Changes | None, event: Event | None) -> Remedy:
    """The framework's command that writes the missing migration."""
    command = {
        "django": "python manage.py makemigrations --check --dry-run",
        "alembic": "alembic check",
    }.get(framework_of(event) or "")
    others = (
        [one for one in changes.schema_changes if one.kind != "models"] if changes and not changes.incomplete else None
    )
    safe = "Rolling the code back is safe: the release changes nothing else in the schema"
    unsafe = "Before rolling the code back, look what else the release changes in the schema"
    named = f": {others[0].path} {others[0].kind} {others[0].relation}" if others else ""
    return Remedy(
        action="Write and ship the migration that creates "
        + (relation.label if relation else "the relation")
        + ", or roll back to the last good release until it exists",
        command=command,
        verify=(f"Before shipping, `{command}` reports nothing left to write; then " if command else "")
        + ("the errors stop" if command else "The errors stop"),
        rollback=safe if others == [] else unsafe + named,
    )


cause = Cause(__name__, claim="The release brings no migration that creates the relation", remedy=write_the_migration)


@cause.signal(Strength.TELLING)
def model_without_migration(relation: MissingRelation, changes: Changes) -> Signal | None:
    """Does the release bring a model of it without a migration?

    Diagnosis rule 3: "new table references, ORM model additions, or query modifications referencing tables without
    corresponding migration files".
    """
    models = changes_of(relation, changes, "models")
    if not models or changes_of(relation, changes, "creates") or changes.incomplete:
        return None
    if any(_removes(file, models[0].quote) for file in changes.files):
        return None  # the model was only moved
    return telling(
        f"{models[0].path} declares {relation.label}, and no migration of the release creates it",
        cite(models[0], models[0].quote, "GitHub"),
        cite(changes, f"{len(changes.files)} changed files, none creates {relation.label}"),
    )


@cause.signal(Strength.HINT)
def began_with_the_deploy(releases: Releases, frequency: Frequency, event: Event | None) -> Signal | None:
    """Did a spike begin right after a deploy? Diagnosis rules 1 and 2: deployment-related code references it."""
    environment = event.environment if event else None
    deploy, lag = releases.deploy_before(environment), releases.lag(environment)
    if deploy is None or lag is None or frequency.trend != "spike" or lag.total_seconds() > DEPLOY_WINDOW:
        return None
    return hint(
        f"The errors rose {lasting(lag.total_seconds())} after {deploy.release} was deployed to {deploy.environment}",
        cite(deploy, f"deployed {clock(deploy.at)}", "Sentry"),
        cite(frequency, frequency.rule),
    )


@cause.signal(Strength.HINT)
def first_release_has_it(releases: Releases) -> Signal | None:
    """Did it begin with the release that first has it? Diagnosis rule 2: `firstRelease` against the onset."""
    failing, last = releases.failing, releases.last
    if failing is None or failing.created_at is None or releases.onset is None:
        return None
    lag = (releases.onset - failing.created_at).total_seconds()
    if not 0 <= lag <= DEPLOY_WINDOW:
        return None
    same = last is None or last.version == failing.version
    return hint(
        f"It began with {failing.version}" + ("" if same or last is None else f" and goes on in {last.version}"),
        cite(failing, f"release first seen {clock(failing.created_at)}", "Sentry"),
    )


@cause.signal(Strength.RULES_OUT)
def the_release_creates_it(relation: MissingRelation, changes: Changes) -> Signal | None:
    """Does a migration of the release create it after all?"""
    creating = changes_of(relation, changes, "creates")
    if not creating:
        return None
    return rules_out(f"{creating[0].path} creates {relation.label}", cite(creating[0], creating[0].quote, "GitHub"))


def _removes(file: FileChange, line: str) -> bool:
    return any(row[:1] == "-" and row[1:].strip() == line.strip() for row in (file.patch or "").split("\n"))


DEPLOY_WINDOW = 3600.0
"""Seconds within which an onset is put down to a deploy: a rolling deploy with warm-up takes minutes, a canary an
hour; later the deploy is one change among many."""
