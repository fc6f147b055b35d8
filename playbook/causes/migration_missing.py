"""The code names a relation that no migration creates: not the failing release's, nor the default branch's."""

from playbook.causes import Cause, against, cite, cite_change, decisive, hint, place, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes, FileChange
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock, lasting
from playbook.evidence.issue import Issue
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.releases import Releases
from playbook.evidence.schema_history import SchemaEvent, SchemaHistory
from playbook.schema.asking import declares, introduced_by, runs
from playbook.schema.belonging import Belonging, of_another_service
from playbook.schema.commands import framework_of
from playbook.schema.making import changes_of, deed, in_use, making, newer
from playbook.schema.making import makes as makes_it
from playbook.schema.rolling_back import rolling_back


def write_the_migration(
    relation: MissingRelation | None, changes: Changes | None, schema: SchemaHistory | None, event: Event | None
) -> Remedy:
    """The framework's command that shows what is left to write."""
    label = relation.label if relation else "the relation"
    declared = schema.declared[0].framework if schema and schema.declared else framework_of(event)
    command, where = WRITE.get(declared or "", (None, ""))
    return Remedy(
        action=f"Write and ship the migration that creates {label}, or roll back to the last good release until it "
        "exists",
        command=command,
        verify=(f"Before shipping, `{command}` reports nothing left to write{where}; then " if command else "")
        + ("the errors stop" if command else "The errors stop"),
        rollback=rolling_back(changes),
    )


cause = Cause(__name__, claim="No migration creates the relation", remedy=write_the_migration)


@cause.signal(Strength.DECISIVE)
def nothing_creates_it(
    relation: MissingRelation, schema: SchemaHistory, belonging: Belonging, changes: Changes | None
) -> Signal | None:
    """Does the code declare the relation, and no migration in the whole repository ever create it?

    Diagnosis rule 3, over the whole history instead of one release. A relation that the repository's own code does not
    declare may be a package's; where many declared ones have no migration, tables are made by other means; and what the
    last good release declared already was there without a migration, or never asked for.
    """
    declared = [one for one in schema.declared if one.managed and declares(relation, one) and runs(one.path)]
    if not declared:
        return None
    one = next((each for each in declared if belonging.sure(each)), declared[0])
    told = in_use((*schema.events, *schema.later))
    if any(each.target in ("", one.target) for each in told) or (not one.target and told):
        return None
    usual = schema.covered >= COVERED * (schema.declaring - 1)
    new = one.brought == "release" and belonging.same_code
    sure = usual and schema.covered > 0 and schema.whole and new and belonging.sure(one) and not told
    aside = next((each for each in schema.events if makes_it(relation, each)), None)
    had = one.brought == "earlier" or any(makes_it(relation, each) for each in schema.gone)
    doubtful = had or not belonging.sure(one)
    commit = introduced_by(one, changes)
    return (decisive if sure and not aside and not doubtful else telling if usual and not doubtful else hint)(
        f"{one.path}:{one.line} declares {relation.label} ({one.model}), and {_none_creates(schema)}"
        + (f" but {place(aside)}, which may be for another database" if aside else "")
        + ("; the last good release declared it too" if one.brought == "earlier" else "")
        + (f"; {commit} brought the declaration" if commit else ""),
        cite(one, one.quote, "GitHub"),
        cite(schema, schema.finding),
    )


@cause.signal(Strength.TELLING)
def model_without_migration(relation: MissingRelation, changes: Changes, schema: SchemaHistory | None) -> Signal | None:
    """Does the release bring a model of it without a migration?

    Diagnosis rule 3: "new table references, ORM model additions, or query modifications referencing tables without
    corresponding migration files". Silent where the whole history was read and says it better.
    """
    if schema is not None and schema.declared:
        return None
    models = [one for one in changes_of(relation, changes, "models") if runs(one.path)]
    if not models or changes_of(relation, changes, "creates") or changes.incomplete:
        return None
    if any(_removes(file, models[0].quote) for file in changes.files):
        return None  # the model was only moved
    return telling(
        f"{place(models[0])} declares {relation.label}, and no migration of the release creates it",
        cite_change(models[0]),
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
def the_release_creates_it(
    relation: MissingRelation,
    changes: Changes | None,
    schema: SchemaHistory | None,
    belonging: Belonging | None,
    event: Event | None,
    issue: Issue,
) -> Signal | None:
    """Does a migration of the release create it after all?

    One of another service, or of a tool whose database may be another, only speaks against it.
    """
    creating = making(relation, changes, schema)
    if not creating:
        return None
    ours = [one for one in creating if not isinstance(one, SchemaEvent) or belonging is None or belonging.sure(one)]
    ours = [one for one in ours if not of_another_service(one.path, event, issue)]
    one = (ours or creating)[-1]
    return (rules_out if ours else against)(f"{place(one)} creates {relation.label}", cite_change(one))


@cause.signal(Strength.RULES_OUT)
def the_default_branch_creates_it(
    relation: MissingRelation, schema: SchemaHistory, belonging: Belonging
) -> Signal | None:
    """Is there a migration that creates it, on the default branch? Then another cause says why it is missing."""
    found = newer(relation, schema)
    if not found:
        return None
    sure = [one for one in found if belonging.sure(one)]
    one = (sure or found)[0]
    return (rules_out if sure else against)(
        f"On {schema.branch or 'the default branch'}, {place(one)} {deed(one)} {relation.label}", cite_change(one)
    )


def _none_creates(schema: SchemaHistory) -> str:
    if schema.migrations < 2:  # noqa: PLR2004 - none, or the only one
        return (
            "the release's only migration does not create it" if schema.migrations else "the release has no migrations"
        )
    return f"none of the release's {schema.migrations:,} migrations creates it"


def _removes(file: FileChange, line: str) -> bool:
    return any(row[:1] == "-" and row[1:].strip() == line.strip() for row in (file.patch or "").split("\n"))


WRITE = {
    "django": ("python manage.py makemigrations --check --dry-run", ""),
    "alembic": ("alembic check", ", on a development database that has it"),
}
"""Commands that tell what is left to write, and write nothing: docs.djangoproject.com (makemigrations);
alembic.sqlalchemy.org (check), which first refuses a database that is not up to date. Prisma's `migrate diff` needs a
shadow database, which it empties (prisma.io/docs, "About the shadow database"): none that one pastes at night."""

COVERED = 0.9
"""The share of the other declared relations that migrations create, from which on a repository is taken to make all of
its tables that way: below, `create_all`, a synchronising ORM or another repository makes some of them."""

DEPLOY_WINDOW = 3600.0
"""Seconds within which an onset is put down to a deploy: a rolling deploy with warm-up takes minutes, a canary an
hour; later the deploy is one change among many."""
