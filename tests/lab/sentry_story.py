"""A short story told to the lab's Sentry by a real SDK and in `sentry-cli`'s way, to be read back by tests."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from pydantic import SecretStr

from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.sources.budget import Budget
from playbook.sources.sentry import Sentry
from playbook.sources.sentry_access import SentryAccess
from playbook.sources.sentry_rest import sentry_door
from tests.lab.reported import Reported
from tests.lab.sentry import LabSentry

GOOD, BAD = "shop@1.3.9", "shop@1.4.0"
DAY = datetime(2026, 11, 20, tzinfo=UTC)
ASKED = DAY + timedelta(hours=12, minutes=30)
BEARER = {"Authorization": "Bearer of-the-test"}
API = "/api/0/organizations/acme/"

CODE = """\
def page():
    try:
        raise LookupError("there is no 17")
    except LookupError as error:
        raise RuntimeError('relation "orders_order" does not exist\\nLINE 1: SELECT') from error


def mail():
    raise TimeoutError("no answer within 30 s")
"""

LETTERS = 60
"""Failures of the mail, half of them in each environment and on each server, one a minute from ten o'clock on."""

PAGES = 40
"""Failures of the page, all in production, every other minute from 10:02 on, on both servers in turn."""
LAST_PAGE = DAY + timedelta(minutes=602 + 2 * 39)


def failures() -> list[dict[str, Any]]:
    """Every failure, in the order in which they happen."""

    def one(
        minutes: float,
        kind: str,
        release: str = BAD,
        environment: str = "production",
        server: str = "web-1",
        user: str | None = None,
    ) -> dict[str, Any]:
        at = (DAY + timedelta(minutes=minutes)).isoformat()
        place = {"release": release, "environment": environment, "server": server}
        return {"at": at, "kind": kind, "user": user, **place}

    old = [one(-3 * 24 * 60, "mail", GOOD), one(-11 * 60, "mail", GOOD), one(550, "mail", GOOD)]
    both = ("production", "eu")
    letters = [one(600 + n, "mail", BAD, both[n % 2], f"web-{1 + n // 2 % 2}") for n in range(LETTERS)]
    pages = [one(602 + 2 * n, "page", server=f"web-{1 + n % 2}", user=str(n % 3)) for n in range(PAGES)]
    return sorted([*old, *letters, *pages, one(700, "warning", environment="eu")], key=lambda told: str(told["at"]))


@cache
def reported() -> Reported:
    """What the lab's Sentry was told, through JSON and back."""
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder) / "srv" / "shop" / "1.4.0"
        build.mkdir(parents=True)
        (build / "orders.py").write_text(CODE, encoding="utf-8")
        moment = [DAY - timedelta(days=4)]
        with LabSentry(lambda: moment[0], {"shop": "acme/shop", "billing": ""}) as sentry:
            announced(sentry, moment)
            report(sentry.dsn("shop"), failures(), build)
            return Reported.model_validate_json(sentry.reported.model_dump_json())


def report(dsn: str, told: Sequence[Mapping[str, Any]], build: Path) -> None:
    """Lets a process in the folder fail as it is told, under a real SDK."""
    command = [sys.executable, "-W", "ignore", str(Path(__file__).parent / "sentry_sends.py")]
    job, settings = json.dumps({"dsn": dsn, "failures": told}), {"PATH": os.environ["PATH"], "TZ": "UTC"}
    done = subprocess.run(
        command, cwd=build, input=job, env=settings, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)


def announced(sentry: LabSentry, moment: list[datetime]) -> None:
    """As `sentry-cli releases new`, `set-commits --local` and `deploys new` do it."""
    ours = [
        commit("a" * 40, 9.5, "acme/shop"),
        commit("b" * 40, 9.75, "acme/shop"),
        commit("c" * 40, 9.0, "else/where"),
    ]
    for version, hours, commits in ((GOOD, -4 * 24, []), (BAD, 9.8, ours)):
        moment[0] = DAY + timedelta(hours=hours)
        released = moment[0].isoformat()
        body = {"version": version, "projects": ["shop"], "commits": commits, "dateReleased": released}
        post(sentry, "releases/", body).raise_for_status()
        for minutes, environment in ((10, "production"), (40, "eu")):
            ended = (moment[0] + timedelta(minutes=minutes)).isoformat()
            deployed = {"environment": environment, "dateFinished": ended, "name": "by the pipeline"}
            post(sentry, f"releases/{quote(version)}/deploys/", deployed).raise_for_status()


def commit(sha: str, hours: float, repository: str) -> dict[str, Any]:
    """As `sentry-cli` reads it from the local repository."""
    when = (DAY + timedelta(hours=hours)).isoformat()
    who = {"author_name": "Ada Example", "author_email": "ada@example.com"}
    return {"id": sha, "message": f"At {hours}", "timestamp": when, "repository": repository, **who}


def post(
    sentry: LabSentry, path: str, body: Mapping[str, Any], method: str = "POST", headers: Mapping[str, str] = BEARER
) -> requests.Response:
    """Tells Sentry something."""
    return requests.request(method, f"{sentry.url}{API}{path}", json=body, headers=headers, timeout=10)


def get(sentry: LabSentry, path: str, headers: Mapping[str, str] = BEARER, **query: str) -> requests.Response:
    """Asks Sentry without the product."""
    return requests.get(f"{sentry.url}{API}{path}", params=query, headers=headers, timeout=10)


def asked_of(server: LabSentry) -> Sentry:
    """The bot's own way to Sentry."""
    access = SentryAccess(url=server.url, organization="acme", token=SecretStr("of-the-test"))
    return Sentry(sentry_door(access, Budget(20)))


def of(short_id: str, environment: str | None = None) -> Inquiry:
    """Somebody asks about the issue at the moment `ASKED`."""
    return Inquiry(ref=IssueRef(short_id=short_id, environment=environment), at=ASKED)
