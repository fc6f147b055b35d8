"""Records the incidents anew: the real doors ask stand-in services, and what passed the door is kept, redacted.

`python -m tests.cases.record [NAME …]`, then `make golden`. Nothing in a recording is typed in by hand.
"""

import importlib
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from pydantic import SecretStr

from bot.app import NO_ELASTICSEARCH, NO_GITHUB
from playbook.evidence.inquiry import Inquiry
from playbook.investigate import investigate
from playbook.reference import reference
from playbook.sources.budget import Budget
from playbook.sources.door import Door, SourceName, closed, dispatch
from playbook.sources.elastic_access import ElasticAccess
from playbook.sources.elastic_client import elastic_door
from playbook.sources.github_rest import GitHubAccess, github_door
from playbook.sources.sentry_rest import SentryAccess, sentry_door
from tests.cases.served import served
from tests.cases.shop import ISSUE, Incident
from tests.stand_ins.elastic_server import ElasticServer
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.github_server import GitHubServer
from tests.stand_ins.sentry_server import SentryServer, nobody_listens
from tests.stand_ins.sentry_world import World

CASES = Path(__file__).parent
SENTRY = "https://acme.sentry.example"
SECONDS = 30.0
Opener = Callable[[Incident, World, RealRepository | None, ExitStack], tuple[Door, str]]


def main() -> None:
    names = sys.argv[1:] or [path.parent.name for path in sorted(CASES.glob("*/story.py"))]
    for name in names:
        incident: Incident = importlib.import_module(f"tests.cases.{name}.story").incident
        (CASES / name / "recording.json").write_text(recorded(incident), encoding="utf-8")
        print(f"recorded {name}")


def recorded(incident: Incident) -> str:
    """The text of the recording; addresses on the loopback become those of example hosts, SHOP-42 the story's own."""
    with ExitStack() as stack:
        doors: dict[SourceName, Door] = {}
        addresses: dict[str, str] = {}
        openers: dict[SourceName, Opener] = {"sentry": _sentry, "github": _github, "elasticsearch": _elasticsearch}
        world, repository = served(incident, stack)
        for source, open_door in openers.items():
            doors[source], address = open_door(incident, world, repository, stack)
            addresses[address] = f"{source}.example.com"
        ref = reference(incident.asked, SENTRY)
        inquiry = Inquiry(ref=ref, at=incident.moment, sentry_url=SENTRY, organization="acme")
        found = investigate(inquiry, incident.services, dispatch(doors), lambda _progress: None)
    text = found.recording.text()
    for address, name in addresses.items():
        text = text.replace(address, name) if address else text
    return text.replace("SHOP-42", incident.short_id).replace(ISSUE, ISSUE[:-2] + incident.short_id[-2:])


def _sentry(incident: Incident, world: World, repository: RealRepository | None, stack: ExitStack) -> tuple[Door, str]:
    server = stack.enter_context(SentryServer(world, flavour=incident.flavour))
    access = SentryAccess(url=server.url, organization="acme", token=SecretStr("sentry-token-of-the-test"))
    return sentry_door(access, Budget(SECONDS)), server.url.removeprefix("http://")


def _github(incident: Incident, world: World, repository: RealRepository | None, stack: ExitStack) -> tuple[Door, str]:
    if repository is None:
        return closed(NO_GITHUB), ""
    server = stack.enter_context(GitHubServer(repository))
    access = GitHubAccess(api_url=server.url, token=SecretStr("gh-token-of-the-test"))
    return github_door(access, Budget(SECONDS)), server.origin.removeprefix("http://")


def _elasticsearch(
    incident: Incident, world: World, repository: RealRepository | None, stack: ExitStack
) -> tuple[Door, str]:
    if incident.logs is None:
        return closed(NO_ELASTICSEARCH), ""
    if "elasticsearch" in incident.broken:
        url = stack.enter_context(nobody_listens())
    else:
        server = stack.enter_context(ElasticServer(incident.logs))
        server.parts.update(incident.log_parts)
        url = server.url
    access = ElasticAccess(
        urls=(url,), api_key=SecretStr("es-key-of-the-test"), kibana_url="https://kibana.example.com"
    )
    return elastic_door(access, Budget(SECONDS)), url.removeprefix("http://")


if __name__ == "__main__":
    main()
