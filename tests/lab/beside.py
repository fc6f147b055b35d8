"""What goes on beside an incident and has nothing to do with it, though it uses some of the same words."""

import dataclasses
import json
import random
from datetime import datetime, timedelta

from tests.lab.clock import written
from tests.lab.happened import Happened
from tests.lab.reported import Received

OTHER_PROJECTS = ("birds", "cinema", "newsletter", "search")
OTHER_ERRORS = (
    ("TypeError", "'NoneType' object is not subscriptable"),
    ("KeyError", "'season'"),
    ("TimeoutError", "no answer within 30 s"),
    ("ValueError", "invalid literal for int() with base 10: 'three'"),
    ("ConnectionResetError", "[Errno 104] Connection reset by peer"),
    ("ProgrammingError", 'relation "sightings" does not exist\nLINE 1: SELECT * FROM "sightings"\n'),
    ("IntegrityError", 'duplicate key value violates unique constraint "films_pkey"'),
)
OTHER_LINES = (
    ("birds", "info", "migration of the cranes complete, {} seen over Lake Example"),
    ("birds", "warning", "the migration of the swallows failed to show up on camera {}"),
    ("cinema", "info", "release of film {} moved to spring"),
    ("cinema", "info", "deployed {} extra chairs to room 4"),
    ("newsletter", "info", "letter {} sent"),
    ("newsletter", "error", "mailbox {} is full, will retry"),
    ("search", "info", "rebuilding index products took {} ms"),
    ("search", "info", "GET /search?q=replica+of+a+clock&page={} 200"),
    ("search", "debug", "cache miss for key {}"),
    ("gate", "info", "door {} opened"),
)
SO_MANY_LINES = 500


def unrelated_issues(happened: Happened) -> Happened:
    """Twenty: in other projects, now and before; and in each of the incident's own projects a few that ended long
    before it, since what goes on beside it there is what Sentry compares it with."""
    reported, dice = happened.reported, chance(happened)
    projects = [
        *reported.projects,
        *(
            reported.projects[0].model_copy(
                update={"id": str(900 + number), "slug": slug, "repository": None, "issues": 0}
            )
            for number, slug in enumerate(OTHER_PROJECTS)
        ),
    ]
    made: list[Received] = []
    for number in range(20):
        kind, value = OTHER_ERRORS[number % len(OTHER_ERRORS)]
        own = number % 4 == 0 and kind != "ProgrammingError"
        project = reported.projects[number // 4 % len(reported.projects)].slug if own else OTHER_PROJECTS[number % 4]
        began = happened.asked - (timedelta(days=12) if own else timedelta(minutes=dice.randrange(5, 3_000)))
        for again in range(6):
            at = min(began + timedelta(minutes=17 * again), happened.asked)
            made.append(_event(project, at, kind, value, number, again))
    received = (*reported.received, *made)
    told = reported.model_copy(update={"projects": tuple(projects), "received": received})
    return dataclasses.replace(happened, reported=told)


def _event(project: str, at: datetime, kind: str, value: str, number: int, again: int) -> Received:
    frame = {
        "filename": f"{project}/page_{number}.py",
        "abs_path": f"/srv/app/{project}/page_{number}.py",
        "module": f"{project}.page_{number}",
        "function": f"show_{number}",
        "lineno": 10 + number,
        "in_app": True,
    }
    event = {
        "event_id": f"{number:016x}{again:016x}",
        "timestamp": written(at),
        "platform": "python",
        "level": "error",
        "environment": "production",
        "server_name": f"{project}-1",
        "release": f"{project}@1.3.8",
        "exception": {
            "values": [
                {
                    "type": kind,
                    "value": value,
                    "module": "builtins",
                    "mechanism": {"type": "logging", "handled": True},
                    "stacktrace": {"frames": [frame]},
                }
            ]
        },
        "sdk": {"name": "sentry.python", "version": "2.0.0"},
        "contexts": {},
    }
    return Received(project=project, at=at, event=event)


def unrelated_lines(happened: Happened) -> Happened:
    """Of other services, in the hours around it, in words that mean something else there."""
    dice, lines = chance(happened), []
    for number in range(SO_MANY_LINES):
        service, level, message = OTHER_LINES[number % len(OTHER_LINES)]
        at = happened.asked - timedelta(seconds=dice.uniform(0, 6 * 3600))
        lines.append(
            {
                "@timestamp": written(at),
                "message": message.format(number),
                "log": {"level": level},
                "service": {"name": service, "environment": "production"},
                "host": {"name": f"{service}-1"},
            }
        )
    both = sorted([*happened.logs, *lines], key=lambda line: str(line["@timestamp"]))
    return dataclasses.replace(happened, logs=tuple(both))


def chance(happened: Happened) -> random.Random:
    """The same for the same scenario."""
    return random.Random(json.dumps(happened.name))  # noqa: S311
