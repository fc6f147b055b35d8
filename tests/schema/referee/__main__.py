"""`make referee`: the frameworks run real packages' migrations on a real PostgreSQL, compared with what is folded.

`python -m tests.schema.referee PYTHON` with the Python that has the packages; exits 1 where a relation is wrong and the
fold does not say that only running would tell.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playbook.schema.framework import Migration
from playbook.schema.frameworks import alembic, django
from tests.schema.frameworks.django_referee import _files
from tests.schema.node_referee import SERVER, _ask
from tests.schema.referee.comparison import Row, compared
from tests.schema.referee.packages import ALWAYS, TREES, groups

SECONDS = 400
"""How long one run may take; the longest takes a quarter of it."""

HERE = Path(__file__).parent


def run(python: str, script: str, folder: Path, *arguments: str) -> None:
    """In a home of its own, for packages write there as soon as they are imported."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AIRFLOW_HOME": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [python, "-W", "ignore", str(HERE / script), *arguments],
        cwd=folder,
        env=environment,
        timeout=SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A server's socket folder. It need not outlive a crash, so it does not wait for the disk."""
    import psycopg2  # noqa: PLC0415 - it comes with the test packages

    command = [sys.executable, "-W", "ignore", "-c", SERVER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        host = process.stdout.readline().strip().partition("host=")[2]
        for statement in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
            _ask(psycopg2.connect(host=host, user="postgres", dbname="postgres"), statement)
        try:
            yield host
        finally:
            process.stdin.close()
            process.wait(SECONDS)


def database(host: str, name: str) -> str:
    """A new one, by its name."""
    import psycopg2  # noqa: PLC0415 - it comes with the test packages

    _ask(psycopg2.connect(host=host, user="postgres", dbname="postgres"), f'CREATE DATABASE "{name}"')
    return name


def of_django(python: str, host: str, folder: Path, group: str) -> dict[str, Row]:
    """A group of Django's packages, after every single migration."""
    packages = groups()[group]
    entries = [entry for apps in packages.values() for entry in apps]
    written = folder / group / "ran.json"
    run(python, "run_django.py", folder / group, host, database(host, group), json.dumps(entries), str(written))
    ran = json.loads(written.read_text(encoding="utf-8"))
    files = {"project/settings.py": ran["settings"]}
    for name, path in ran["folders"].items():
        files |= _files(name, Path(path))
    labels = {ran["labels"][entry]: package for package, apps in packages.items() for entry in apps}
    of = {name: labels[name.partition(".")[0]] for name, _ in ran["steps"]}
    rows = compared(django.framework.migrations(files), ran["steps"], of)
    return rows if group == "small" else {name: row for name, row in rows.items() if name not in ALWAYS or row.wrong}


def of_alembic(python: str, host: str, folder: Path, place: Path, name: str) -> dict[str, Row]:
    """One tree of Alembic's revisions, after every single one."""
    tree = TREES[name]
    written = folder / name / "ran.json"
    address = f"postgresql+psycopg2://postgres@/{database(host, name)}?host={host}"
    run(python, "run_alembic.py", folder / name, json.dumps(tree.told(address, str(place), str(written))))
    ran = json.loads(written.read_text(encoding="utf-8"))
    of = {revision: tree.package for revision, _ in ran["steps"]}
    (row,) = compared(
        migrations_of(place, tree.versions.partition("/")[0], tree.but), ran["steps"], of, ran["first"]
    ).values()
    return {name: row}


def migrations_of(place: Path, package: str, but: tuple[str, ...]) -> tuple[Migration, ...]:
    """What is folded from the package's files, but for those of its other trees."""
    paths = {path.relative_to(place).as_posix(): path for path in (place / package).rglob("*.py")}
    wanted = {name: path for name, path in paths.items() if alembic.framework.wants(name) and not name.startswith(but)}
    return alembic.framework.migrations({name: path.read_text("utf-8") for name, path in wanted.items()})


def main(python: str) -> int:
    """Prints the table; what went wrong comes last."""
    asked = (
        "import json, sysconfig, importlib.metadata as m; print(json.dumps([sysconfig.get_path('purelib'), "
        "{one.name.lower().replace('_', '-'): one.version for one in m.distributions()}]))"
    )
    told = subprocess.run([python, "-c", asked], capture_output=True, text=True, timeout=60, check=True)
    place, versions = json.loads(told.stdout)
    rows: dict[str, Row] = {}
    failed: list[str] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, postgres(Path(name) / "pg") as host:
        django_runs = {group: partial(of_django, python, host, Path(name), group) for group in groups()}
        trees = [tree for tree, one in TREES.items() if one.package in versions]
        alembic_runs = {tree: partial(of_alembic, python, host, Path(name), Path(place), tree) for tree in trees}
        with ThreadPoolExecutor(2) as pool:
            futures = {what: pool.submit(one) for what, one in (django_runs | alembic_runs).items()}
        for what, future in futures.items():
            try:
                rows |= future.result()
            except (RuntimeError, ValueError, subprocess.TimeoutExpired) as error:
                failed.append(f"{what}: {error}")
    print("| package | version | relations | right | told dynamic | wrong |\n|---|---|---:|---:|---:|---|")
    for what, row in sorted(rows.items()):
        package = TREES[what].package if what in TREES else what
        print(f"| {what} | {versions.get(package, '')} | {row} |")
    every = list(rows.values())
    wrong = sum(len(row.wrong) for row in every)
    print(
        f"{len(every)} packages, {sum(r.relations for r in every)} relations, {sum(r.right for r in every)} right, "
        f"{sum(len(r.dynamic) for r in every)} told to be dynamic, {wrong} wrong; {len(failed)} could not be compared"
    )
    print("\n".join([*failed, *(f"{tree} has no wheel for this Python" for tree in TREES if tree not in trees)]))
    return 1 if wrong or failed else 0


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).absolute())))
