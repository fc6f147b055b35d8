"""It was dropped or renamed while code still uses it; a rollback counts."""

from datetime import timedelta

from playbook.causes import Cause, against, cite, decisive, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.logs import MIGRATIONS, Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.commands import look_for
from playbook.schema.statement import removes, same_schema
from playbook.schema.story import (
    FAILING_LEVELS,
    after,
    changes_of,
    environment,
    here,
    latest_onset,
    made_again,
    not_elsewhere,
    of_relation,
    place,
    runs_making,
    runs_named,
    unbroken,
)


def bring_it_back(relation: MissingRelation | None, changes: Changes | None) -> Remedy:
    """Data may be at stake: say what is safe before what is quick."""
    renamed = _renames(relation, changes) if relation else ()
    if renamed:
        action = f"Deploy code that uses the new name {renamed[0].to or 'of the relation'}, everywhere it runs"
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
def a_drop_was_logged(
    relation: MissingRelation,
    changes: Changes | None,
    logs: Logs,
    frequency: Frequency,
    issue: Issue,
    event: Event | None,
) -> Signal | None:
    """Does a log line show that the relation was dropped or renamed before the errors began?"""
    onset, latest = frequency.onset, latest_onset(frequency)
    if onset is None or latest is None:
        return None
    made = not_elsewhere(runs_making(relation, logs, changes_of(relation, changes, "creates"), "applied"), event)
    for line in reversed(logs.lines(MIGRATIONS)):
        told = removes(relation, line.message)
        if told is None or (line.level or "").casefold() in FAILING_LEVELS:
            continue
        if (
            after(line.at, latest)
            or environment(line, event) == "elsewhere"
            or made_again(relation, logs, line.at, latest)
        ):
            continue
        if any(line.at <= run.at <= latest for run in made):
            continue
        sure = told == "surely" and place(line, event, issue) == "here" and unbroken(logs) and not after(line.at, onset)
        return (decisive if sure and onset - line.at <= BEGAN_WITH_IT else telling)(
            f"A statement at {clock(line.at)}, before the errors began, drops or renames {relation.label}",
            cite(line, line.message, "Elasticsearch"),
        )
    return None


@cause.signal(Strength.DECISIVE)
def the_release_removes_it(
    relation: MissingRelation,
    changes: Changes,
    logs: Logs | None,
    frequency: Frequency,
    issue: Issue,
    event: Event | None,
) -> Signal | None:
    """Does the failing release drop or rename the relation, and did that migration run before the onset?"""
    removing = (*changes_of(relation, changes, "drops"), *_renames(relation, changes))
    if not removing:
        return None
    change, onset, latest = removing[0], frequency.onset, latest_onset(frequency)
    text = f"{change.path} {change.kind} {relation.label}" + (f" to {change.to}" if change.to else "")
    runs = not_elsewhere(runs_named(logs, (change,), "applied", "reverted"), event) if logs else ()
    ran = [run for run in runs if latest is not None and not after(run.at, latest)]
    if ran and ran[-1].outcome == "reverted":
        return None
    if logs is None or onset is None or latest is None or not ran:
        return telling(f"The failing release removes it: {text}", cite(change, change.quote, "GitHub"))
    sure = here(ran[-1:], event, issue) and same_schema(relation, change.schema_name) and unbroken(logs)
    sure = sure and not after(ran[-1].at, onset) and not made_again(relation, logs, ran[-1].at, latest)
    return (decisive if sure else telling)(
        f"{text}, and that migration ran at {clock(ran[-1].at)}, before the errors began",
        cite(change, change.quote, "GitHub"),
        cite(ran[-1].line, ran[-1].line.message, "Elasticsearch"),
    )


@cause.signal(Strength.DECISIVE)
def its_migration_was_reverted(
    relation: MissingRelation,
    changes: Changes | None,
    logs: Logs,
    frequency: Frequency,
    issue: Issue,
    event: Event | None,
) -> Signal | None:
    """Was the migration that creates it taken back before the errors began, and not applied again?"""
    taken_back = of_relation(relation, changes.taken_back if changes else (), "creates")
    made_by = (*changes_of(relation, changes, "creates"), *taken_back)
    runs = not_elsewhere(runs_making(relation, logs, made_by, "started", "applied", "reverted"), event)
    onset, latest = frequency.onset, latest_onset(frequency)
    done = [run for run in runs if latest is not None and not after(run.at, latest)]
    if not done or done[-1].outcome != "reverted" or "FAKED" in done[-1].line.message:
        return None  # a faked way back only forgets that it was applied
    run = done[-1]
    sure = here([run], event, issue) and run.framework not in ONLY_BEGINS and unbroken(logs)
    sure = sure and onset is not None and not after(run.at, onset)
    return (decisive if sure else telling)(
        f"The migration of {relation.label} was taken back at {clock(run.at)}, before the errors began",
        cite(run.line, run.line.message, "Elasticsearch"),
    )


@cause.signal(Strength.TELLING)
def code_was_rolled_back(relation: MissingRelation, changes: Changes) -> Signal | None:
    """Is the failing release a rollback to code from before the relation was dropped or renamed?"""
    gone = (*of_relation(relation, changes.taken_back, "drops"), *of_relation(relation, changes.taken_back, "renames"))
    for change in gone:
        if changes.rolled_back:
            return telling(
                f"The failing release is older code; newer code {change.kind} {relation.label} ({change.path}), and "
                "a rollback of code does not bring it back",
                cite(change, change.quote, "GitHub"),
                cite(changes, f"{changes.repository}: {changes.head[:12]} is older than {(changes.base or '')[:12]}"),
            )
    return None


@cause.signal(Strength.AGAINST)
def the_release_creates_it(relation: MissingRelation, changes: Changes) -> Signal | None:
    """Does the failing release create the relation? Then it was not there to be dropped."""
    creating = changes_of(relation, changes, "creates")
    if not creating:
        return None
    return against(
        f"The failing release creates {relation.label} ({creating[0].path})",
        cite(creating[0], creating[0].quote, "GitHub"),
    )


def _renames(relation: MissingRelation, changes: Changes | None) -> tuple[SchemaChange, ...]:
    return changes_of(relation, changes, "renames")


BEGAN_WITH_IT = timedelta(hours=1)
"""How long after a statement errors may begin that are put down to it: code in use asks within the hour; later, the
relation may have been made again by something that logs nothing."""

ONLY_BEGINS = ("alembic", "ecto")
"""Commands that log a way back when it begins, and not that it was done."""
