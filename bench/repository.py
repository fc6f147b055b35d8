"""What reading a large repository's schema from GitHub costs: calls, and seconds where each call takes 200 ms."""

import tempfile
import time
from pathlib import Path

from pydantic import SecretStr

from bench.schema import migration
from playbook.sources.budget import Budget
from playbook.sources.github import GitHub
from playbook.sources.github_objects import Objects
from playbook.sources.github_rest import GitHubAccess, github_door
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.git_repository import GitRepository
from tests.stand_ins.github_server import GitHubServer

DELAY = 0.2
MIGRATIONS = 500
MODELS = 60


def measure() -> None:
    """Prints calls and seconds of three questions: nothing known, the same again, and about another relation."""
    with tempfile.TemporaryDirectory() as folder:
        git = _repository(Path(folder, "shop"))
        objects = Objects()
        with GitHubServer(RealRepository("acme/shop", git), delay=DELAY) as server:
            cold = _asked(server, objects, f"app7_model{MIGRATIONS - 13}")
            warm = _asked(server, objects, f"app7_model{MIGRATIONS - 13}")
            other = _asked(server, objects, "app3_model3")
    held = objects.bytes / 1_000_000
    print(
        f"schema of a repository with {MIGRATIONS} migrations from GitHub, {DELAY * 1000:.0f} ms a call, three commits:"
    )
    print(f"  cold {cold[0]} calls (<= 6), {cold[1]:.2f} s; warm {warm[0]} call (1), {warm[1]:.2f} s")
    print(f"  another relation, warm: {other[0]} call (1), {other[1]:.2f} s; {held:.1f} MB held")
    assert cold[0] <= 6  # noqa: PLR2004 - what is promised
    assert (warm[0], other[0]) == (1, 1)


def _asked(server: GitHubServer, objects: Objects, relation: str) -> tuple[int, float]:
    server.asked.clear()
    access = GitHubAccess(api_url=server.url, token=SecretStr("gh-token-of-the-test"))
    began = time.perf_counter()
    told = GitHub(github_door(access, Budget(60), objects)).schema("acme/shop", ["v1.4.0"], ["v1.3.9"], relation)
    assert isinstance(told, dict)
    assert told["events"], told
    return len(server.asked), time.perf_counter() - began


def _repository(folder: Path) -> GitRepository:
    """The last good release, the failing one with a migration more, and a default branch with one more than that."""
    git = GitRepository(folder)
    files = dict(migration(number) for number in range(MIGRATIONS))
    last = list(files)[-2:]
    models = {f"part{number}/models.py": f"PART = {number}\n" for number in range(MODELS)}
    git.commit("Shop", models | {path: text for path, text in files.items() if path not in last})
    git.tag("v1.3.9")
    git.commit("Keep orders", {last[0]: files[last[0]]})
    git.tag("v1.4.0")
    git.commit("Keep more", {last[1]: files[last[1]]})
    return git
