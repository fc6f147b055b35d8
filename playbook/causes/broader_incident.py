"""Several issues began together: code was deployed before the migrations that it needs."""

import re

from playbook.causes import Cause, against, cite, hint, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.event import Event
from playbook.evidence.similar import Similar
from playbook.schema.commands import commands, framework_of


def treat_as_one(event: Event | None) -> Remedy:
    """One incident, one action: the deploy, not the issues one by one."""
    paste = commands(framework_of(event), None)
    return Remedy(
        action="Treat these issues as one incident: look which migrations are pending, then run them or roll back",
        command=paste.migrate,
        verify=paste.state,
        rollback="Rolling the whole release back is safe as long as none of its migrations has run",
    )


cause = Cause(
    __name__,
    claim="A broader incident: code was deployed before its migrations",
    remedy=treat_as_one,
    gives_way=True,
)


@cause.signal(Strength.TELLING)
def others_began_with_this_release(similar: Similar) -> Signal | None:
    """Do similar issues share the release? Diagnosis rule 6: "shared release timestamps"."""
    sharing = similar.sharing("same first release")
    alike = tuple(one for one in sharing if OF_SCHEMA.search(one.title[:500]))
    several = len(alike) >= SEVERAL
    told = alike if several else sharing
    if len(told) < SEVERAL:
        return None
    return (telling if several else hint)(
        f"{len(told)} other issues{' about the schema' if several else ''} began with the same release: "
        + ", ".join(one.short_id for one in told[:5]),
        *(cite(one, one.title, "Sentry") for one in told[:3]),
    )


@cause.signal(Strength.HINT)
def others_miss_it_too(similar: Similar) -> Signal | None:
    """Do other issues name the same relation?"""
    sharing = similar.sharing("same subject")
    if not sharing:
        return None
    return hint(
        "Other issues name the same relation: " + ", ".join(one.short_id for one in sharing[:5]),
        *(cite(one, one.title, "Sentry") for one in sharing[:3]),
    )


@cause.signal(Strength.HINT)
def others_began_the_same_minute(similar: Similar) -> Signal | None:
    """Did other issues begin in the same minute? Playbook step 7: "common release or deployment timestamps"."""
    sharing = similar.sharing("same minute")
    if not sharing:
        return None
    return hint(
        "Other issues began in the same minute: " + ", ".join(one.short_id for one in sharing[:5]),
        *(cite(one, one.title, "Sentry") for one in sharing[:3]),
    )


@cause.signal(Strength.AGAINST)
def it_stands_alone(similar: Similar) -> Signal | None:
    """Does no other issue share anything with it?"""
    if similar.issues or similar.more:
        return None
    return against(
        "No other issue of the project shares its release, minute or relation", cite(similar, similar.finding)
    )


OF_SCHEMA = re.compile(
    r"(?:relation|table|view|column)\b.{0,200}(?:not exist|n't exist|unknown|missing)|no such (?:table|column)"
    r"|unknown column|ProgrammingError|StatementInvalid|UndefinedTable|UndefinedColumn|SQLGrammarException",
    re.IGNORECASE,
)
"""Titles of errors that a schema brings about which is behind its code; a release has other new issues as well."""

SEVERAL = 2
"""Issues besides this one from which on it is an incident: one other may be the same error in another wrapping."""
