"""It was dropped or renamed while code still uses it; a rollback counts."""

from playbook.causes import Cause, against, cite, decisive, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.logs import MIGRATIONS, Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.commands import look_for
from playbook.schema.story import after, changes_of, here, made_again, not_elsewhere, place, runs_of, tells_drop


def bring_it_back(relation: MissingRelation | None, changes: Changes | None) -> Remedy:
    """Data may be at stake: say what is safe before what is quick."""
    renamed = _renames(relation, changes) if relation else ()
    if renamed:
        action = f"Deploy code that uses the new name {renamed[0].to or 'of the relation'}, everywhere it runs"
    else:
        action = (
            "Find out whether the data is still needed, then restore the relation or deploy code that does not use it"
        )
    return Remedy(
        action=action,
        verify=look_for(relation) if relation else None,
        rollback="Rolling the code back is NOT enough: the old code needs the relation that is gone; reverse the "
        "migration only if it can be reversed without losing data",
    )


cause = Cause(__name__, claim="The relation was dropped or renamed while code still uses it", remedy=bring_it_back)


@cause.signal(Strength.DECISIVE)
def a_drop_was_logged(
    relation: MissingRelation, logs: Logs, frequency: Frequency, event: Event | None
) -> Signal | None:
    """Does a log line show that the relation was dropped or renamed before the errors began?"""
    if frequency.onset is None:
        return None
    for line in reversed(logs.lines(MIGRATIONS)):
        if not tells_drop(relation, line) or after(line.at, frequency.onset) or place(line, event) == "elsewhere":
            continue
        if not made_again(relation, logs.lines(MIGRATIONS), line.at, frequency.onset):
            made = decisive if place(line, event) == "here" else telling
            return made(
                f"{relation.label} was dropped or renamed at {clock(line.at)}, before the errors began",
                cite(line, line.message, "Elasticsearch"),
            )
    return None


@cause.signal(Strength.DECISIVE)
def the_release_removes_it(
    relation: MissingRelation, changes: Changes, logs: Logs | None, frequency: Frequency, event: Event | None
) -> Signal | None:
    """Does the failing release drop or rename the relation, and did that migration run before the onset?"""
    removing = (*changes_of(relation, changes, "drops"), *_renames(relation, changes))
    if not removing:
        return None
    change = removing[0]
    text = f"{change.path} {change.kind} {relation.label}" + (f" to {change.to}" if change.to else "")
    ran = (
        [
            run
            for run in not_elsewhere(runs_of(relation, logs, removing, "applied"), event)
            if frequency.onset is not None and not after(run.at, frequency.onset)
        ]
        if logs
        else []
    )
    if not ran:
        return telling(f"The failing release removes it: {text}", cite(change, change.quote, "GitHub"))
    made = decisive if here(ran[-1:], event) else telling
    return made(
        f"{text}, and that migration ran at {clock(ran[-1].at)}, before the errors began",
        cite(change, change.quote, "GitHub"),
        cite(ran[-1].line, ran[-1].line.message, "Elasticsearch"),
    )


@cause.signal(Strength.DECISIVE)
def its_migration_was_reverted(
    relation: MissingRelation, changes: Changes | None, logs: Logs, frequency: Frequency, event: Event | None
) -> Signal | None:
    """Was the migration that creates it taken back before the errors began?"""
    taken_back = tuple(one for one in changes.taken_back if relation.matches(one.relation)) if changes else ()
    made_by = (*changes_of(relation, changes, "creates"), *taken_back)
    for run in not_elsewhere(runs_of(relation, logs, made_by, "reverted"), event):
        if frequency.onset is not None and not after(run.at, frequency.onset):
            made = decisive if here([run], event) else telling
            return made(
                f"The migration of {relation.label} was taken back at {clock(run.at)}, before the errors began",
                cite(run.line, run.line.message, "Elasticsearch"),
            )
    return None


@cause.signal(Strength.TELLING)
def code_was_rolled_back(relation: MissingRelation, changes: Changes) -> Signal | None:
    """Is the failing release a rollback to code from before the relation was dropped or renamed?"""
    for change in changes.taken_back:
        if changes.rolled_back and change.kind in ("drops", "renames") and relation.matches(change.relation):
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
