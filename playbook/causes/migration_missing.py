"""The code names a relation that no migration of the failing release creates."""

import re
from shlex import quote

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
from playbook.schema.asking import declares, introduced_by, newly_asked, runs
from playbook.schema.belonging import Belonging, of_another_service
from playbook.schema.commands import for_change, framework_of
from playbook.schema.making import changes_of, in_use, making, taken_away_by
from playbook.schema.making import makes as makes_it


def write_the_migration(
    relation: MissingRelation | None, changes: Changes | None, schema: SchemaHistory | None, event: Event | None
) -> Remedy:
    """Ship the migration that is waiting on the default branch; else the framework's command that writes it."""
    label = relation.label if relation else "the relation"
    waiting = [one for one in schema.later if makes_it(relation, one)] if relation and schema else []
    others = (
        [one for one in changes.schema_changes if one.kind != "models"] if changes and not changes.incomplete else None
    )
    safe = "Rolling the code back is safe: the release changes nothing else in the schema"
    unsafe = "Before rolling the code back, look what else the release changes in the schema"
    named = f": {others[0].path} {others[0].kind} {others[0].relation}" if others else ""
    rollback = safe if others == [] else unsafe + named
    if waiting and schema:
        branch, file = schema.branch or "the default branch", waiting[0].path
        return Remedy(
            action=f"Ship a release with {file}: deploy {branch}, or pick the commit that the command names; or roll "
            "back to the last good release",
            command=f"git fetch origin && git log --oneline {quote(schema.commit[:12])}..{quote(f'origin/{branch}')} "
            f"-- {quote(file)}",
            verify=for_change(waiting[0], event).state,
            rollback=rollback,
        )
    declared = schema.declared[0].framework if schema and schema.declared else framework_of(event)
    command, where = WRITE.get(declared or "", (None, ""))
    return Remedy(
        action=f"Write and ship the migration that creates {label}, or roll back to the last good release until it "
        "exists",
        command=command,
        verify=(f"Before shipping, `{command}` reports nothing left to write{where}; then " if command else "")
        + ("the errors stop" if command else "The errors stop"),
        rollback=rollback,
    )


cause = Cause(__name__, claim="The release brings no migration that creates the relation", remedy=write_the_migration)


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


@cause.signal(Strength.DECISIVE)
def only_the_default_branch_creates_it(
    relation: MissingRelation, schema: SchemaHistory, belonging: Belonging, changes: Changes | None
) -> Signal | None:
    """Is the migration that creates it newer than the failing release?

    A hint only where the code asked for it before (then it was there, and the migration adopts it), where the last good
    release had the migration (a rollback, a hotfix of older code), or where it may be for another database; likely
    where nothing tells since when the code asks, or where a newer release fails as well.
    """
    later = [one for one in in_use(schema.later) if makes_it(relation, one)]
    if not later or making(relation, None, schema) or taken_away_by(relation, schema):
        return None
    one, branch = later[0], schema.branch or "the default branch"
    had = any(makes_it(relation, each) for each in schema.gone)
    sure = schema.whole and belonging.same_code and belonging.newest
    asked_before = any(each.brought == "earlier" for each in schema.declared if declares(relation, each))
    doubtful = had or asked_before or IF_NOT_EXISTS.search(one.quote) or not belonging.sure(one)
    sure = sure and not doubtful and newly_asked(relation, schema, changes)
    return (decisive if sure else hint if doubtful else telling)(
        f"On {branch}, {place(one)} {_deed(one)} {relation.label}; the failing release ({schema.commit[:7]}) does not "
        "hold that",
        cite_change(one),
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


def _none_creates(schema: SchemaHistory) -> str:
    if schema.migrations < 2:  # noqa: PLR2004 - none, or the only one
        return (
            "the release's only migration does not create it" if schema.migrations else "the release has no migrations"
        )
    return f"none of the release's {schema.migrations:,} migrations creates it"


def _deed(one: SchemaEvent) -> str:
    return f"renames {one.relation} to" if one.kind == "renames" else "creates"


def _removes(file: FileChange, line: str) -> bool:
    return any(row[:1] == "-" and row[1:].strip() == line.strip() for row in (file.patch or "").split("\n"))


IF_NOT_EXISTS = re.compile(r"if\s+not\s+exists|if_not_exists|unless .{0,40}exists", re.IGNORECASE)
"""A migration that says so was written for databases that have the relation already."""

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
