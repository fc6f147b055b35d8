"""Playbook step 2: one event, read for its exceptions, its frames and where it happened."""

from playbook.evidence.event import Event, Tagged
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.json import Json
from playbook.evidence.tags import is_personal
from playbook.evidence.unavailable import Unavailable
from playbook.sources.reading import at, moment, rows, text
from playbook.sources.sentry import Sentry
from playbook.sources.stack import stack_of
from playbook.sources.statement import schema_statements, statement_of

MOST_TAGS = 200
"""Tags of one event that are kept; Sentry itself keeps no more."""


def event(inquiry: Inquiry, sentry: Sentry) -> Event | None:
    """Latest event.

    The event the reference names, else the one Sentry recommends, else the newest. `None` where the issue has none
    left: events go after 30 or 90 days, the issue stays.
    """
    ref = inquiry.ref
    issue = ref.issue_id or ref.short_id
    if issue is None:
        which, answer = ref.event_id or "", _by_id_alone(ref.event_id or "", sentry)
    else:
        which, answer = _of_issue(issue, inquiry, sentry)
    if answer is None:
        return None
    number = text(answer, "eventID") or text(answer, "id")
    if number is None:
        raise Unavailable(f"Sentry's answer about an event of {ref} holds none; check that SENTRY_URL leads to Sentry")
    stack = stack_of(answer)
    tags = tuple(
        Tagged(key=key, value=value)
        for row in rows(answer, "tags")[:MOST_TAGS]
        if (key := text(row, "key")) and (value := text(row, "value")) and not is_personal(key)
    )
    tag = {one.key: one.value for one in reversed(tags)}
    return Event(
        url=inquiry.issue_url(text(answer, "groupID") or issue or "", number),
        id=number,
        which=which,
        at=moment(answer, "dateCreated"),
        received_at=moment(answer, "dateReceived"),
        errors=stack.errors,
        in_app=stack.in_app,
        outermost=stack.outermost,
        frames=stack.frames,
        database_frames=stack.database,
        sql=statement_of(answer, stack.errors),
        statements=schema_statements(answer),
        trace_id=text(answer, "contexts", "trace", "trace_id"),
        release=_release(answer) or tag.get("release"),
        environment=tag.get("environment") or text(answer, "environment"),
        server_name=tag.get("server_name"),
        transaction=tag.get("transaction"),
        tags=tags,
    )


def _of_issue(issue: str, inquiry: Inquiry, sentry: Sentry) -> tuple[str, Json]:
    """Which event was had, and the event."""
    named, environment = inquiry.ref.event_id, inquiry.ref.environment
    if named:
        answer = sentry.event(issue, named)
        if answer is not None:
            return named, answer
    answer = sentry.event(issue, "recommended", environment)
    if answer is not None:
        return "recommended", answer
    return "latest", sentry.event(issue, "latest", environment)


def _by_id_alone(event_id: str, sentry: Sentry) -> Json:
    """The event that the look-up of its id brings along; asked for by itself where it comes without its entries."""
    found = sentry.issue_of_event(event_id)
    issue = text(found, "groupId")
    whole = at(found, "event")
    if issue is None or rows(whole, "entries"):
        return whole
    return sentry.event(issue, event_id)


def _release(answer: Json) -> str | None:
    """The release as an object (Sentry), or as a bare version."""
    release = at(answer, "release")
    return text(release) if isinstance(release, str) else text(release, "version")
