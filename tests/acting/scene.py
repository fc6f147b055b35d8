"""A press as it happens: a Sentry and a Slack on the loopback, a book of presses, and what everybody is told."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.acting.authorization import Authorization
from bot.acting.carry_out import Acting, Step, at_once, carry_out
from bot.acting.order import Order, Outcome
from bot.acting.people import People
from bot.doors import web_client
from bot.runs.press import Press
from bot.runs.run import NotStarted, Place
from playbook.sources.sentry_access import SentryAccess
from playbook.sources.sentry_actions import SentryActions
from tests.stand_ins.sentry_server import SentryServer
from tests.stand_ins.slack_server import SlackServer

ISSUE, RUN, ADA = "5551234567", "r-1", "U0ADA"
AT = datetime(2026, 11, 20, 3, 12, tzinfo=UTC)
TOKEN = "sntryu_token-of-the-test"
VERDICT = "The migration was not applied"


class Workspace(SlackServer):
    """Slack that tells about people and user groups. `profiles` are `users.info` answers, `groups` their members."""

    def __enter__(self) -> "Workspace":
        self.profiles: dict[str, dict[str, Any]] = {ADA: person("Ada", "ada@example.com")}
        super().__enter__()
        return self

    def _users_info(self, given: Mapping[str, Any]) -> dict[str, Any]:
        known = self.profiles.get(given["user"])
        return (
            {"ok": True, "user": {"id": given["user"], **known}} if known else {"ok": False, "error": "user_not_found"}
        )

    def _usergroups_users_list(self, given: Mapping[str, Any]) -> dict[str, Any]:
        known = self.groups.get(given["usergroup"])
        return {"ok": True, "users": known} if known is not None else {"ok": False, "error": "no_such_subteam"}


def person(name: str, email: str | None = None, **more: Any) -> dict[str, Any]:
    """What `users.info` tells of somebody."""
    return {"name": name.lower(), "profile": {"display_name": name, "email": email}, **more}


@dataclass
class Book:
    """The presses on record; `refuses` makes it unable to write, `on_record` is called after each."""

    kept: list[Press] = field(default_factory=list)
    refuses: bool = False
    on_record: Callable[[], object] = lambda: None

    def record(self, press: Press) -> None:
        if self.refuses:
            raise NotStarted("The database does not answer: try again in a minute.")
        self.kept.append(press)
        self.on_record()

    def of(self, run_id: str) -> tuple[Press, ...]:
        return tuple(one for one in self.kept if one.run == run_id)


@dataclass
class Scene:
    """`told` is what only the person who pressed was told, `redrawn` counts the cards drawn anew."""

    sentry: SentryServer
    slack: Workspace
    book: Book
    acting: Acting
    told: list[str]
    redrawn: list[Order]

    def press(self, action: str, user: str = ADA, press: str = "p-1", step: Step = at_once) -> Outcome:
        return carry_out(an_order(action, user=user, press=press), self.acting, step)

    @property
    def issue(self) -> dict[str, Any]:
        """The issue as Sentry has it."""
        return self.sentry.world.issues[0]

    @property
    def comments(self) -> list[str]:
        return [one["data"]["text"] for one in self.sentry.world.comments.get(ISSUE, [])]

    @property
    def writes(self) -> int:
        """How often Sentry was written to."""
        return sum(call.method != "GET" for call in self.sentry.calls())


def an_order(action: str = "resolve", **given: Any) -> Order:
    defaults: dict[str, Any] = {
        "press": "p-1",
        "run": RUN,
        "issue": ISSUE,
        "user": ADA,
        "at": AT,
        "place": Place(channel="C1", message="1.1"),
    }
    return Order(**{**defaults, "action": action, **given})


@contextmanager
def scene(may_act: tuple[str, ...] = (ADA,)) -> Iterator[Scene]:
    with SentryServer() as sentry, Workspace() as slack:
        client = web_client("xoxb-test", slack.url)
        book, told, redrawn = Book(), list[str](), list[Order]()
        acting = Acting(
            sentry=SentryActions(SentryAccess(url=sentry.url, organization="acme", token=TOKEN)),
            people=People(client),
            authorization=Authorization(client, may_act),
            presses=book,
            verdict=lambda run: VERDICT if run == RUN else None,
            redraw=redrawn.append,
            tell=lambda _, sentence: told.append(sentence),
            wait=lambda _: None,
        )
        yield Scene(sentry, slack, book, acting, told, redrawn)
