"""A real project's migrations, run by its own tool on a real PostgreSQL and compared with what is folded; by hand.

`python -m tests.schema.referee.node TOOL GIT_DIRECTORY FOLDER [PATH=TEXT …]`, with TOOL knex, typeorm, sequelize or
prisma (whose `migration.sql` files are executed as they are) and FOLDER that of the migrations, in the repository's
newest commit. PATH=TEXT gives what a migration of data imports or starts from elsewhere in its project.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playbook.schema.framework import frameworks
from tests.schema.frameworks.django_referee import relations_after
from tests.schema.node_referee import _ask, migrated, postgres

OF_THE_TOOLS = {"knex_migrations", "knex_migrations_lock", "migrations", "typeorm_metadata", "SequelizeMeta"}
WITHOUT_EXTENSIONS = (
    (re.compile(r"CREATE EXTENSION (IF NOT EXISTS )?[\w\"-]+", re.IGNORECASE), "SELECT 1"),
    (re.compile(r"USING GIN \((\S+) gin_trgm_ops\)", re.IGNORECASE), r"(\1)"),
    (re.compile(r"USING gin\(\"teamId\"", re.IGNORECASE), '("teamId"'),
    (re.compile(r"uuid_generate_v4\(\)"), "gen_random_uuid()"),
)
"""This PostgreSQL comes without extensions; none of this concerns a relation."""
RELATIONS = (
    "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'"
)


def files_of(repository: str, folder: str) -> dict[str, str]:
    """The folder's files in the newest commit, by path."""
    git = ["git", "--git-dir", repository]
    names = subprocess.run(
        [*git, "ls-tree", "-r", "-z", "--name-only", "HEAD", folder], capture_output=True, check=True
    )
    found = {}
    for name in names.stdout.decode().split("\0"):
        if name.endswith((".js", ".cjs", ".ts", ".sql", ".toml")):
            shown = subprocess.run([*git, "show", f"HEAD:{name}"], capture_output=True, check=True)
            found[name] = shown.stdout.decode("utf-8")
    return found


def without_extensions(text: str) -> str:
    """The text with what a bare PostgreSQL can carry out."""
    for pattern, instead in WITHOUT_EXTENSIONS:
        text = pattern.sub(instead, text)
    return text


def executed(files: dict[str, str], host: str) -> set[str]:
    """The relations after Prisma's files, in the order of their folders."""
    import psycopg2  # noqa: PLC0415 - it comes with the test packages

    for name in sorted(name for name in files if name.endswith("/migration.sql")):
        _ask(psycopg2.connect(host=host, user="postgres", dbname="postgres"), files[name])
    rows = _ask(psycopg2.connect(host=host, user="postgres", dbname="postgres"), RELATIONS)
    return {name if schema == "public" else f"{schema}.{name}" for schema, name in rows}


def main(tool: str, repository: str, folder: str, *given: str) -> int:
    """Prints the figures; 1 where a relation is wrong without being told dynamic."""
    framework = next(one for one in frameworks() if one.name == tool)
    files = {name: without_extensions(text) for name, text in files_of(repository, folder.rstrip("/") + "/").items()}
    migrations = framework.migrations({name: text for name, text in files.items() if framework.wants(name)})
    folded = {name.removeprefix("public.") for name in relations_after(migrations)[-1]}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, postgres(Path(name) / "pg") as host:
        if tool == "prisma":
            there = executed(files, host)
        else:
            moved = {f"migrations/{path.removeprefix(folder).strip('/')}": text for path, text in files.items()}
            moved |= dict(one.split("=", 1) for one in given)
            _, there = migrated(tool, moved, Path(name) / "project", host)
    there -= OF_THE_TOOLS
    said = " ".join(one.what for migration in migrations for one in migration.dynamic)
    wrong = {one for one in there ^ folded if one.rpartition(".")[2] not in said}
    print(f"{len(migrations)} migrations, {len(there)} relations, {len(there & folded)} right,", end=" ")
    print(f"told dynamic: {sorted((there ^ folded) - wrong)}, wrong: {sorted(wrong)}")
    for migration in migrations:
        for one in migration.dynamic:
            print(f"{migration.path}:{one.line}: {one.what}")
        if migration.unread:
            print(f"{migration.path}: {migration.unread}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
