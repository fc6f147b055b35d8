"""The migration that creates it is on the default branch only: the failing release was cut before it."""

import re
from shlex import quote

from playbook.causes import Cause, against, cite, cite_change, decisive, hint, place, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import SchemaHistory
from playbook.schema.asking import declares, newly_asked
from playbook.schema.belonging import Belonging
from playbook.schema.commands import for_change
from playbook.schema.making import deed, makes, newer
from playbook.schema.rolling_back import rolling_back


def ship_the_migration(
    relation: MissingRelation | None, changes: Changes | None, schema: SchemaHistory | None, event: Event | None
) -> Remedy:
    """Ship the migration that is waiting on the default branch, or go back."""
    waiting = newer(relation, schema) if relation and schema else ()
    if not waiting or schema is None:
        return Remedy(
            action="Ship a release that holds the migration, or roll back to the last good release",
            verify="The errors stop",
            rollback=rolling_back(changes),
        )
    branch, file = schema.branch or "the default branch", waiting[0].path
    return Remedy(
        action=f"Ship a release with {file}: deploy {branch}, or pick the commit that the command names; or roll "
        "back to the last good release",
        command=f"git fetch origin && git log --oneline {quote(schema.commit[:12])}..{quote(f'origin/{branch}')} "
        f"-- {quote(file)}",
        verify=for_change(waiting[0], event).state,
        rollback=rolling_back(changes),
    )


cause = Cause(
    __name__,
    claim="The migration that creates the relation is newer than the failing release",
    remedy=ship_the_migration,
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
    later = newer(relation, schema)
    if not later:
        return None
    one, branch = later[0], schema.branch or "the default branch"
    had = any(makes(relation, each) for each in schema.gone)
    sure = schema.whole and belonging.same_code and belonging.newest
    asked_before = any(each.brought == "earlier" for each in schema.declared if declares(relation, each))
    doubtful = had or asked_before or IF_NOT_EXISTS.search(one.quote) or not belonging.sure(one)
    sure = sure and not doubtful and newly_asked(relation, schema, changes)
    return (decisive if sure else hint if doubtful else telling)(
        f"On {branch}, {place(one)} {deed(one)} {relation.label}; the failing release ({schema.commit[:7]}) does not "
        "hold that",
        cite_change(one),
        cite(schema, schema.finding),
    )


@cause.signal(Strength.AGAINST)
def it_was_there_before(relation: MissingRelation, schema: SchemaHistory) -> Signal | None:
    """Did the last good release ask for it, or have its migration? Then it was there before the newer one was written.

    The newer migration adopts the table then, or the failing release is older code without what the last good one had.
    """
    if not newer(relation, schema):
        return None
    asked = next((one for one in schema.declared if one.brought == "earlier" and declares(relation, one)), None)
    if asked is not None:
        return against(
            f"The last good release declared {relation.label} too ({asked.path}:{asked.line})",
            cite(asked, asked.quote, "GitHub"),
        )
    had = next((one for one in schema.gone if makes(relation, one)), None)
    if had is None:
        return None
    return against(f"The last good release had {place(had)}, which {deed(had)} {relation.label}", cite_change(had))


IF_NOT_EXISTS = re.compile(r"if\s+not\s+exists|if_not_exists|unless .{0,40}exists", re.IGNORECASE)
"""A migration that says so was written for databases that have the relation already."""
