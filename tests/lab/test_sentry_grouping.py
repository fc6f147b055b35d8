"""Events become issues, versions are read, and envelopes are opened as Sentry does it."""

import copy
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.lab.reported import Project, Received, Reported
from tests.lab.sentry_grouping import grouping
from tests.lab.sentry_known import base32, world
from tests.lab.sentry_releases import version_info
from tests.stand_ins.sentry_ingest import api_event, events_of

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def frame(function, line="    run()", module="shop.views", in_app=True, number=7):
    file = {"filename": f"{module.replace('.', '/')}.py", "abs_path": f"/build/{module}.py"}
    return {**file, "module": module, "function": function, "context_line": line, "lineno": number, "in_app": in_app}


def failed(*values, **more):
    exceptions = [
        {"type": kind, "value": value, "module": None, "stacktrace": {"frames": frames}}
        for kind, value, frames in values
    ]
    told = {"event_id": "e" * 32, "timestamp": NOW.isoformat(), "platform": "python", "level": "error"}
    return {**told, "exception": {"values": exceptions}, **more}


DRIVER = frame("execute", module="django.db", in_app=False)
PAGE = failed(
    ("UndefinedTable", 'relation "a" does not exist\nLINE 1: x', [DRIVER]), ("Error", "a", [frame("index"), DRIVER])
)


def changed(**paths):
    """PAGE with one thing changed, the path written with double underscores."""
    other = copy.deepcopy(PAGE)
    for path, value in paths.items():
        *way, last = path.split("__")
        found = other["exception"]["values"]
        for key in way:
            found = found[int(key[1:])] if key[0] == "n" else found[key]
        found[last] = value
    return other


@pytest.mark.parametrize(
    "other",
    [
        changed(n1__value="another text"),  # its frames count, not its words
        changed(n1__stacktrace__frames__n0__lineno=99, n1__stacktrace__frames__n0__filename="moved.py"),
        changed(n1__stacktrace__frames__n0__context_line="run()"),  # indented otherwise
        changed(n1__stacktrace__frames__n1__function="execute_again"),  # not in-app
        changed(n0__value='relation "a" does not exist\nLINE 20: x'),  # a number
        {**PAGE, "release": "2", "environment": "eu", "transaction": "/other/"},
        {**PAGE, "fingerprint": ["{{ default }}"]},
    ],
)
def test_the_same_trouble_is_one_issue(other):
    assert grouping(other) == grouping(PAGE)


@pytest.mark.parametrize(
    "other",
    [
        changed(n1__type="OtherError"),
        changed(n1__stacktrace__frames__n0__function="detail"),
        changed(n1__stacktrace__frames__n0__module="shop.mail"),
        changed(n1__stacktrace__frames__n0__context_line="    walk()"),
        changed(n0__value='relation "b" does not exist\nLINE 1: x'),  # without in-app frames its words count
        {**PAGE, "fingerprint": ["{{ default }}", "tenant"]},
        {**PAGE, "fingerprint": ["mine"]},
    ],
)
def test_another_trouble_is_another_issue(other):
    assert grouping(other) != grouping(PAGE)


def test_without_any_frame_of_the_application_all_frames_count():
    one, other = (failed(("E", "same", [frame(name, in_app=False)])) for name in ("one", "other"))
    assert grouping(one) != grouping(other)


def test_a_recursion_counts_once():
    deep, flat = (failed(("E", "", [frame("f")] * times)) for times in (30, 1))
    assert grouping(deep) == grouping(flat)


def test_messages_are_one_issue_before_their_parameters_are_put_in():
    odd = {"logentry": {"message": "order %s is odd", "params": [4], "formatted": "order 4 is odd"}}
    again = {"logentry": {"message": "order %s is odd", "params": [5], "formatted": "order 5 is odd"}}
    assert grouping(odd) == grouping(again) != grouping({"logentry": {"message": "order %s is even"}})


def test_the_same_trouble_in_two_projects_is_two_issues():
    projects = (Project(id="42", slug="shop"), Project(id="43", slug="billing"))
    received = tuple(
        Received(project=slug, at=NOW - timedelta(minutes=n), event={**PAGE, "event_id": f"{n:032x}"})
        for n, slug in enumerate(["shop", "billing", "shop"])
    )
    known = world(Reported(projects=projects, received=received), NOW)
    assert [(one["shortId"], one["count"]) for one in known.issues] == [("SHOP-1", "2"), ("BILLING-1", "1")]
    oldest = known.events[known.issues[0]["id"]][-1]
    assert (oldest["previousEventID"], oldest["nextEventID"]) == (None, f"{0:032x}")


def test_a_release_that_only_events_name_is_known_without_commits():
    received = Received(project="shop", at=NOW, event={**PAGE, "release": "shop@2"})
    (release,) = world(Reported(projects=(Project(id="42", slug="shop"),), received=(received,)), NOW).releases
    assert (release["version"], release["dateReleased"], release["lastCommit"]) == ("shop@2", None, None)
    assert (release["commitCount"], release["newGroups"]) == (0, 1)


def test_short_ids_count_in_crockfords_base_32():
    assert [base32(number) for number in (1, 9, 10, 18, 31, 32, 1024)] == ["1", "9", "A", "J", "Z", "10", "100"]


SHA = "2f1c0ff0" * 5

VERSIONS = [
    ("backend@1.2.3", "backend", "1.2.3", None, "1.2.3"),
    (f"backend@{SHA}", "backend", SHA, SHA, SHA[:12]),
    (SHA, None, SHA, SHA, SHA[:12]),
    ("2f1c0ff", None, "2f1c0ff", None, "2f1c0ff"),
    ("backend@2f1c0ff", "backend", "2f1c0ff", None, "backend@2f1c0ff"),
    ("backend@1.2.3+2f1c0ff", "backend", "1.2.3+2f1c0ff", None, "1.2.3 (2f1c0ff)"),
    ("1.2.3", None, "1.2.3", None, "1.2.3"),
    ("prod-2026-08-01", None, "prod-2026-08-01", None, "prod-2026-08-01"),
    ("my app@1.0", "my app", "1.0", None, "1.0"),
]
"""Version, package, raw, build hash, description: what sentry-relay 0.10.1 made of them."""


@pytest.mark.parametrize(("version", "package", "raw", "build", "description"), VERSIONS)
def test_a_version_is_read(version, package, raw, build, description):
    told = version_info(version)
    assert (told["package"], told["buildHash"], told["description"]) == (package, build, description)
    assert told["version"]["raw"] == raw
    assert ("major" in told["version"]) == (version in {"backend@1.2.3", "backend@1.2.3+2f1c0ff", "my app@1.0"})


def test_a_version_with_a_slash_is_not_read():
    assert version_info("owner/repo@1.0") is None


def test_an_envelope_may_hold_several_items_with_and_without_a_length():
    event = json.dumps({"event_id": "a"}, indent=1).encode()
    last = json.dumps({"event_id": "b"}).encode()
    lines = [
        b"{}",
        b'{"type": "session"}',
        b'{"started": 1}',
        json.dumps({"type": "event", "length": len(event)}).encode(),
        event,
        b'{"type": "attachment", "length": 3}',
        b"a\nb",
        b'{"type": "event"}',
        last,
    ]
    assert [one["event_id"] for one in events_of(b"\n".join(lines))] == ["a", "b"]
    assert [one["event_id"] for one in events_of(b"\n".join([*lines, b""]))] == ["a", "b"]


def test_the_crash_is_the_last_frame_of_the_application():
    told = api_event(PAGE)
    assert (told["location"], told["metadata"]["function"], told["culprit"]) == (
        "shop/views.py",
        "index",
        "shop.views in index",
    )


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/builds/x-1/srv/shop/1.4.0/shop/views.py", "/srv/app/shop/views.py"),
        (
            "/home/me/.venv/lib/python3.11/site-packages/django/db/utils.py",
            "/srv/venv/site-packages/django/db/utils.py",
        ),
        ("/usr/lib/python3.11/runpy.py", "/usr/lib/python3/runpy.py"),
        ("/somewhere/else/start.py", "/usr/lib/python3/start.py"),
        ("/srv/app/shop/views.py", "/srv/app/shop/views.py"),
    ],
)
def test_paths_are_those_of_a_container(path, place):
    told = api_event(failed(("E", "", [{**frame("f"), "abs_path": path}])))
    assert told["entries"][0]["data"]["values"][0]["stacktrace"]["frames"][0]["absPath"] == place


def test_a_message_has_its_words_for_a_title():
    told = api_event({**PAGE, "exception": None, "logentry": {"message": "order %s", "formatted": "order 4"}})
    assert (told["type"], told["title"], told["metadata"]) == ("default", "order 4", {"title": "order 4"})
    assert [entry["type"] for entry in told["entries"]] == ["message"]
