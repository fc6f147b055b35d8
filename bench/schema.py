"""How long a thousand Django migrations take to fold, against merely parsing them."""

import ast
import time

from playbook.schema.history import history

MIGRATIONS = 1_000
FIELDS = 8


def measure() -> None:
    """Prints seconds of one core, and the ratio."""
    files = {f"app{n % 20}/migrations/{n // 20 + 1:04}_step.py": _migration(n) for n in range(MIGRATIONS)}
    began = time.process_time()
    for text in files.values():
        ast.parse(text)
    parsed = time.process_time() - began
    began = time.process_time()
    found = history(files)
    folded = time.process_time() - began
    assert len(found.relations) == MIGRATIONS, len(found.relations)
    print(
        f"schema: {MIGRATIONS:,} Django migrations folded in {folded:.2f} s of one core (at most 1 is promised), "
        f"{folded / parsed:.1f} times as long as parsing them"
    )


def _migration(number: int) -> str:
    """A migration as `makemigrations` writes them: a model with a few fields, after the one before in its app."""
    before = f'("app{number % 20}", "{number // 20:04}_step")' if number >= 20 else ""  # noqa: PLR2004 - apps
    fields = "\n".join(f'                ("field{one}", models.CharField(max_length=255)),' for one in range(FIELDS))
    return f"""\
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
"""
