"""It was dropped or renamed while code still uses it; a rollback counts."""

from datetime import timedelta

from playbook.causes import Cause, against, cite, cite_change, cite_run, decisive, hint, place, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.logs import MIGRATIONS, MigrationRun
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import SchemaHistory
from playbook.schema.belonging import Belonging
from playbook.schema.brought import Brought
from playbook.schema.commands import look_for
from playbook.schema.framework import framework_named
from playbook.schema.making import changes_of, in_use, makes, of_relation, taken_away_by, takes_away
from playbook.schema.place import environment
from playbook.schema.place import place as place_of
from playbook.schema.statement import removes, same_schema
from playbook.schema.story import (
    FAILING_LEVELS,
    Story,
    after,
    before,
    latest_onset,
    not_elsewhere,
    runs_making,
    runs_named,
)


def bring_it_back(relation: MissingRelation | None, changes: Changes | None, schema: SchemaHistory | None) -> Remedy:
    """Data may be at stake: say what is safe before what is quick."""
    away = taken_away_by(relation, schema) if relation and schema else None
    renamed = away if away and away.kind == "renames" else next(iter(_renames(relation, changes)), None)
    if renamed:
        action = f"Deploy code that uses the new name {renamed.to or 'of the relation'}, everywhere it runs"
    else:
        action = "Deploy code that does not use it; where its data is needed, restore the relation from a backup first"
    return Remedy(
        action=action,
        verify=look_for(relation) if relation else None,
        rollback="Rolling the code back is NOT enough: the old code needs the relation that is gone. Reversing a drop "
        "brings it back empty; reversing a rename is safe once no code uses the new name",
    )


cause = Cause(__name__, claim="The relation was dropped or renamed while code still uses it", remedy=bring_it_back)


@cause.signal(Strength.DECISIVE)
def a_drop_was_logged(story: Story, frequency: Frequency) -> Signal | None:
    """Does a log line show that the relation was dropped or renamed before the errors began?"""
    onset, latest, relation = frequency.onset, latest_onset(frequency), story.relation
    if onset is None or latest is None:
        return None
    made = story.near("applied")
    for line in reversed(story.logs.lines(MIGRATIONS)):
        told = removes(relation, line.message)
        if told is None or (line.level or "").casefold() in FAILING_LEVELS:
            continue
        if after(line.at, latest) or environment(line, story.event) == "elsewhere" or story.made_again(line.at, latest):
            continue
        if any(line.at <= run.at <= latest for run in made):
            continue
        sure = told == "surely" and place_of(line, story.event, story.issue) == "here" and story.unbroken
        sure = sure and not after(line.at, onset) and onset - line.at <= BEGAN_WITH_IT
        return (decisive if sure else telling)(
            f"A statement at {clock(line.at)}, before the errors began, drops or renames {relation.label}",
            cite(line, line.message, "Elasticsearch"),
        )
    return None


@cause.signal(Strength.DECISIVE)
def its_migrations_remove_it(relation: MissingRelation, schema: SchemaHistory, belonging: Belonging) -> Signal | None:
    """Do the release's own migrations take the relation away, and none bring it back?

    Then it is gone wherever they have run, and code of that very release still asks for it. A drop of what they never
    made may be there in case it exists, and one written into an older migration does not run again: likely only. Where
    that code leaves the table to others, or the migrations may be of another database, it is a lead only.
    """
    away = taken_away_by(relation, schema)
    if away is None:
        return None
    theirs = any(not one.managed for one in schema.declared)
    made = any(makes(relation, one) and one.target == away.target for one in schema.events)
    doubtful = theirs or not belonging.sure(away) or (not made and away.brought == "earlier")
    sure = schema.whole and belonging.same_code and not doubtful and made and away.brought != "edited"
    to = f" to {away.to}" if away.to else ""
    return (decisive if sure and not schema.standing else hint if doubtful else telling)(
        f"{place(away)} {away.kind} {relation.label}{to}, and no later migration of the release brings it back",
        cite_change(away),
    )


@cause.signal(Strength.DECISIVE)
def the_release_removes_it(
    brought: Brought,
    schema: SchemaHistory | None,
    belonging: Belonging | None,
    story: Story | None,
    frequency: Frequency,
) -> Signal | None:
    """Does the failing release drop or rename the relation, and did that migration run before the onset?

    Where the whole history says so already, only the run is news.
    """
    if not brought.removing:
        return None
    relation, change = brought.relation, brought.removing[0]
    onset, latest = frequency.onset, latest_onset(frequency)
    text = f"{place(change)} {change.kind} {relation.label}" + (f" to {change.to}" if change.to else "")
    runs = not_elsewhere(runs_named(story.logs, (change,), "applied", "reverted"), story.event) if story else ()
    ran = [run for run in runs if latest is not None and not after(run.at, latest)]
    if ran and ran[-1].outcome == "reverted":
        return None
    if story is None or onset is None or latest is None or not ran:
        if schema is not None and taken_away_by(relation, schema):
            return None
        return telling(f"The failing release removes it: {text}", cite_change(change))
    sure = story.is_here(ran[-1]) and same_schema(relation, change.schema_name) and story.unbroken
    sure = sure and not after(ran[-1].at, onset) and not story.made_again(ran[-1].at, latest)
    told = [one for one in schema.events if one.path == change.path] if schema else []
    sure = sure and (belonging is None or belonging.all_sure(told))
    return (decisive if sure else telling)(
        f"{text}, and that migration ran at {clock(ran[-1].at)}, before the errors began",
        cite_change(change),
        cite_run(ran[-1]),
    )


@cause.signal(Strength.DECISIVE)
def its_migration_was_reverted(story: Story, changes: Changes | None, frequency: Frequency) -> Signal | None:
    """Was the migration that creates it taken back before the errors began, and not applied again?"""
    taken_back = of_relation(story.relation, changes.taken_back if changes else (), "creates")
    made_by = (*story.creating, *taken_back)
    runs = runs_making(story.relation, story.logs, made_by, "started", "applied", "reverted")
    onset, latest = frequency.onset, latest_onset(frequency)
    near = not_elsewhere(runs, story.event)
    done = [run for run in near if latest is not None and not after(run.at, latest)]
    if not done or done[-1].outcome != "reverted" or "FAKED" in done[-1].line.message:
        return None  # a faked way back only forgets that it was applied
    run, framework = done[-1], framework_named(done[-1].framework)
    sure = story.is_here(run) and not (framework and "reverted" in framework.early) and story.unbroken
    sure = sure and onset is not None and not after(run.at, onset)
    return (decisive if sure else telling)(
        f"The migration of {story.relation.label} was taken back at {clock(run.at)}, before the errors began",
        cite_run(run),
    )


@cause.signal(Strength.TELLING)
def code_was_rolled_back(relation: MissingRelation, changes: Changes) -> Signal | None:
    """Is the failing release a rollback to code from before the relation was dropped or renamed?"""
    gone = (*of_relation(relation, changes.taken_back, "drops"), *of_relation(relation, changes.taken_back, "renames"))
    for change in gone:
        if changes.rolled_back:
            return telling(
                f"The failing release is older code; newer code {change.kind} {relation.label} ({place(change)}), and "
                "a rollback of code does not bring it back",
                cite_change(change),
                cite(changes, f"{changes.repository}: {changes.head[:12]} is older than {(changes.base or '')[:12]}"),
            )
    return None


@cause.signal(Strength.DECISIVE)
def newer_code_removes_it(
    relation: MissingRelation,
    schema: SchemaHistory,
    changes: Changes | None,
    belonging: Belonging | None,
    story: Story | None,
    frequency: Frequency | None,
) -> Signal | None:
    """Does newer code than the failing release's take the relation away: the last good release's, or the branch's?

    So it is in the middle of a rollout, after a rollback, and with a hotfix of older code. Decisive where the logs show
    that migration run here, shortly before the errors began.
    """
    if taken_away_by(relation, schema) or (changes and changes.taken_back):
        return None
    for events, told, made in ((schema.gone, "the last good release", telling), (schema.later, schema.branch, hint)):
        away = [one for one in in_use(events) if takes_away(relation, one)]
        if not away or not told:
            continue
        change, run = away[-1], _ran_before(away[-1], story, frequency)
        text = f"{place(change)} {change.kind} {relation.label} in {told}, not in the failing release"
        if run is None or story is None:
            return made(f"{text}: this may be older code on a database that has moved on", cite_change(change))
        onset = frequency.onset if frequency else None
        sure = story.is_here(run) and story.unbroken and schema.whole and onset is not None
        sure = sure and not (onset and after(run.at, onset)) and (belonging is None or belonging.sure(change))
        return (decisive if sure else telling)(
            f"{text}, and that migration ran at {clock(run.at)}, before the errors began: older code asks for it",
            cite_change(change),
            cite_run(run),
        )
    return None


@cause.signal(Strength.AGAINST)
def the_release_creates_it(brought: Brought, story: Story | None, frequency: Frequency | None) -> Signal | None:
    """Does the failing release create the relation? Then it was not there to be dropped, unless it had run before."""
    onset = frequency.onset if frequency else None
    ran = story.here("applied") if story else ()
    if not brought.creating or any(onset is not None and before(run.at, onset) for run in ran):
        return None
    one = brought.creating[0]
    return against(f"The failing release creates {brought.relation.label} ({place(one)})", cite_change(one))


def _ran_before(change: SchemaChange, story: Story | None, frequency: Frequency | None) -> MigrationRun | None:
    """The run of that migration within the hour before the errors began; None where it was taken back, or the relation
    was made again after it."""
    latest = latest_onset(frequency)
    if story is None or latest is None:
        return None
    runs = not_elsewhere(runs_named(story.logs, (change,), "applied", "reverted"), story.event)
    ran = [run for run in runs if not after(run.at, latest)]
    if not ran or ran[-1].outcome == "reverted" or latest - ran[-1].at > BEGAN_WITH_IT:
        return None
    return None if story.made_again(ran[-1].at, latest) else ran[-1]


def _renames(relation: MissingRelation | None, changes: Changes | None) -> tuple[SchemaChange, ...]:
    return changes_of(relation, changes, "renames") if relation else ()


BEGAN_WITH_IT = timedelta(hours=1)
"""How long after a statement errors may begin that are put down to it: code in use asks within the hour; later, the
relation may have been made again by something that logs nothing."""
