"""The incidents of `diagnose demo`, recorded: what the bot was told of the lab's scenarios, and nothing typed in."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from bot.app import investigator
from bot.kept import keep
from bot.settings import Settings
from playbook.investigate import Investigation, replay
from playbook.sources.recording import Recording
from tests.lab.asking import Sources, issue_of, serve
from tests.lab.happened import Happened
from tests.lab.happening import happen, scenario
from tests.lab.lacking import LACKS, Lack
from tests.lab.postgres import postgres
from tests.lab.sentry import LabSentry
from tests.lab.sentry_known import ALPHABET
from tests.real_elasticsearch import RealElasticsearch

INCIDENTS = Path(__file__).parent / "incidents"
"""Where `diagnose demo` finds them in a checkout; an installation has a copy."""

BARE = "no release, no Elasticsearch"

SHORT_IDS = {
    "lock_timeout": "42",
    "never_applied": "57",
    "workers_before_migration": "61",
    "model_without_migration": "64",
    "merged_after_the_release": "66",
    "dropped_and_rolled_back": "70",
    "renamed_while_the_old_serves": "73",
    "one_of_two_environments": "78",
    "wrong_database": "81",
    "mixed_case_unquoted": "83",
    "replica_held_behind": "85",
    "two_services": "90",
    "partition_of_next_month": "92",
    "temporary_table_behind_a_pooler": "93",
    "billing_failed_half_way": "94",
}
"""Under which short id each is known in the demonstration; no two alike, so that all can be at hand at once."""

LACKING = {
    "elasticsearch_down": ("lock_timeout", "Elasticsearch down", "95"),
    "bare_issue": ("never_applied", BARE, "99"),
}
"""And two of them again, with evidence missing (`LACKS`)."""

SENTRY, GITHUB, ELASTICSEARCH = "https://acme.sentry.example", "github.example.com", "elasticsearch.example.com"


def record(chosen: Sequence[str], elastic: RealElasticsearch) -> None:
    """Lets each happen that is in the demonstration and among the chosen, and keeps what the bot made of it."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diagnose-lab-")))
        for name in (name for name in SHORT_IDS if name in chosen):
            one = scenario(name)
            happened = happen(one, folder / name, server)
            lacking = [(case, told) for case, told in LACKING.items() if told[0] == name]
            everything = [(name, "", SHORT_IDS[name]), *((case, lack, digits) for case, (_, lack, digits) in lacking)]
            for case, lack, digits in everything:
                found = _asked(
                    _numbered(happened, digits), elastic, next((one for one in LACKS if one.name == lack), Lack(""))
                )
                keep(found, INCIDENTS / case, " ".join(one.about.split()) + (f" Asked with: {lack}." if lack else ""))
                print(f"recorded {case}: {found.diagnosis.verdict.grade} {found.diagnosis.verdict.cause or ''}")


def _asked(happened: Happened, elastic: RealElasticsearch, lack: Lack) -> Investigation:
    """The bot's answer; addresses on the loopback become those of example hosts, in the recording and so in all."""
    with ExitStack() as stack:
        served = serve(lack.happened(happened), lack.sources(Sources(elastic)), stack)
        settings = {**served.settings, **lack.settings}
        configured = Settings(_env_file=None, **settings)
        found = investigator(configured, served.mapping)(served.ref, happened.asked, lambda _progress: None)
        hosts = {
            settings["sentry_url"]: SENTRY,
            _host(settings.get("github_api_url", "")): GITHUB,
            _host(settings.get("elasticsearch_url", "")): ELASTICSEARCH,
        }
    text = found.recording.text()
    for address, name in hosts.items():
        text = text.replace(address, name) if address else text
    return replay(Recording.model_validate_json(text), lambda _progress: None)


def _host(address: str) -> str:
    return urlsplit(address).netloc


def _numbered(happened: Happened, digits: str) -> Happened:
    """The same, in projects that have had so many issues that the one asked about gets this number."""
    projects = happened.reported.projects
    with LabSentry(lambda: happened.asked, reported=happened.reported) as sentry:
        number = ALPHABET.index(issue_of(happened, sentry).rpartition("-")[2])
    before = (
        sum(ALPHABET.index(digit) * len(ALPHABET) ** place for place, digit in enumerate(reversed(digits))) - number
    )
    told = tuple(one.model_copy(update={"issues": before}) for one in projects)
    return replace(happened, reported=happened.reported.model_copy(update={"projects": told}))
