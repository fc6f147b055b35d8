"""Tries every token, scope, host and permission for real, and says what is missing and exactly where to fix it.

People set a bot up once a year and from a list of scopes; what is missing then fails silently
(https://github.com/ColeMurray/background-agents/issues/59), or months later, in an incident.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bot.doctor import button, configuration, elasticsearch, github, sentry, slack
from bot.doctor.check import CHECK_SECONDS, SERVICE_SECONDS, Check, settled
from bot.doctor.finding import Finding, Subject
from bot.doctor.report import report
from bot.settings import Mapping, Settings
from playbook.sources.budget import Budget

__all__ = ["Finding", "examine", "examined"]

Examination = Callable[[Settings, Mapping, Budget], Sequence[Finding]]

EXAMINATIONS: tuple[tuple[Subject, Examination], ...] = (
    ("Settings", configuration.examine),
    ("Sentry", sentry.examine),
    ("GitHub", github.examine),
    ("Elasticsearch", elasticsearch.examine),
    ("Slack", slack.examine),
)


def examine(settings: Settings, mapping: Mapping, button_in: str | None = None) -> bool:
    """Prints one line for each finding on standard output; whether everything that is needed works.

    With `button_in`, a channel's id, a button is posted there and a person has a minute to press it.
    """
    return report(examined(settings, mapping, button_in), settings)


def examined(settings: Settings, mapping: Mapping, button_in: str | None = None) -> Iterator[Sequence[Finding]]:
    """The findings of each service, in a fixed order, while the services are tried side by side; the button last."""
    with ThreadPoolExecutor(max_workers=len(EXAMINATIONS), thread_name_prefix="examine") as pool:
        yield from pool.map(lambda one: _examination(one[0], one[1], settings, mapping), EXAMINATIONS)
    seconds = button.PRESS_SECONDS + CHECK_SECONDS
    yield settled(Check("Slack", button.WHAT, partial(button.examine, settings, button_in)), Budget(seconds), seconds)


def _examination(service: Subject, look: Examination, settings: Settings, mapping: Mapping) -> Sequence[Finding]:
    check = Check(service, "examination", partial(look, settings, mapping, Budget(SERVICE_SECONDS)))
    return settled(check, Budget(SERVICE_SECONDS + CHECK_SECONDS), SERVICE_SECONDS + CHECK_SECONDS)
