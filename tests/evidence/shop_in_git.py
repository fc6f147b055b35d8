"""A shop in a real git repository, looked at by the step through the real door: what the tests of suspects share."""

from datetime import datetime

from pydantic import SecretStr

from playbook.evidence.prescription import Prescription
from playbook.evidence.service import Service, Services
from playbook.sources.budget import Budget
from playbook.sources.commits_read import MOST_CALLS
from playbook.sources.github import GitHub
from playbook.sources.github_rest import GitHubAccess, github_door
from playbook.sources.sentry import Sentry
from playbook.steps.changes import changes
from tests.facts import a_deploy, a_release, a_timeline, an_event, an_issue
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.github_server import GitHubServer

MIGRATION = "orders/migrations/0042_order.py"
CREATES = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0041_customer")]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[("id", models.BigAutoField(primary_key=True))],
        ),
    ]
"""
VIEWS = "orders/views.py"
OLD_VIEW = "def index(request):\n    return render(request)\n\n\ndef create(request):\n    return render(request)\n"
NEW_VIEW = OLD_VIEW.replace(
    "def create(request):\n", "def create(request):\n    Order.objects.create(user=request.user)\n"
)
BRINGS = f"its migration creates orders_order ({MIGRATION}:8)"
CHANGES_VIEW = f"it changes {VIEWS}, where the error is raised"


def a_line(good="backend@1.3.0", bad="backend@1.4.0", **given):
    """A timeline whose releases are known by their tags alone."""
    last_good = a_release(good, commit=None) if good else None
    return a_timeline(failing=a_release(bad, commit=None), last_good=last_good, **given)


def look(git, timeline=None, pulls=(), sentry=lambda _question: None, services=None, event=None):
    mapped = Services(mapped=(Service(project="backend", repository="acme/backend"),))
    with GitHubServer(RealRepository("acme/backend", git, pulls)) as server:
        access = GitHubAccess(api_url=server.url, token=SecretStr("gh-token-of-the-test"))
        asked = []
        door = github_door(access, Budget(20))

        def counted(question):
            asked.append(question)
            return door(question)

        found = changes(
            an_issue(),
            event or an_event(),
            None,
            timeline or a_line(),
            services or mapped,
            Prescription(same_trouble="orders_order"),
            Sentry(sentry),
            GitHub(counted),
        )
    assert len(asked) <= MOST_CALLS
    return found


def suspected(found):
    return {one.commit.message: one.reasons[0] for one in found.suspects}


def struck(found):
    return {one.what.partition(" ")[2]: one.reason for one in found.struck}


def brings_orders(git, message="Keep orders", **given):
    return git.commit(message, {MIGRATION: CREATES}, **given)


def deployed(at: datetime, environment="production"):
    return a_deploy(at=at, environment=environment)


def sentry_with(*commits, release_commits=()):
    """A Sentry that suspects these commits, and has those of the release."""

    def door(question):
        if question.call.endswith("/committers/"):
            return {"committers": [{"author": {}, "commits": [one]} for one in commits]} if commits else None
        return {"rows": list(release_commits), "more": False}

    return door


def a_row(git, revision, **given):
    """Sentry's own row about a commit: with the author's date."""
    sha = git.name_of(revision)
    message, written = git.git("show", "--no-patch", "--format=%B%x00%aI", sha).decode().strip().split("\0")
    return {"id": sha, "message": message.strip("\n"), "dateCreated": written, **given}
