"""Numbered SQL files of no tool that is known by a mark: `001_orders.sql`, with the way back in another file or folder.

So do node-pg-migrate, Drizzle, Supabase, Hasura (`{version}_{name}/up.sql`) and many a home-made runner; Play's
evolutions keep both ways in one file (https://www.playframework.com/documentation/latest/Evolutions). The order is the
number's, then the name's.
"""

import re

from playbook.evidence.logs import MigrationRun
from playbook.schema.framework import Commands, Files, Framework, Migration, printed
from playbook.schema.migrate_forms import form
from playbook.schema.sql_files import Script, base, belonging, by_folder, fold, folder, is_project, is_script, is_used

IN_FOLDER = re.compile(r"(?:^|/)\d[^/]*/up\.sql$")
BACKWARD_FOLDER = re.compile(r"(?:^|/)(?:down|undo|rollbacks?|revert|verify)/[^/]*$", re.IGNORECASE)
BACKWARD = re.compile(r"[._-](?:down|undo|rollback|revert)\.sql$", re.IGNORECASE)
EVOLUTION = re.compile(r"^\s*(?:#|--)\s*(?:---\s*)?!(?P<way>Ups|Downs)\b", re.IGNORECASE)


def _wants(path: str) -> bool:
    return is_script(path) or (bool(IN_FOLDER.search(path)) and is_used(path)) or is_project(path)


def _migrations(files: Files) -> tuple[Migration, ...]:
    texts = {path: text for path, text in belonging("plain", files) if not _is_backward(path)}
    found: list[Migration] = []
    for paths in by_folder(texts, _set_of).values():
        found += fold("plain", (Script(path, _name(path), _forward(texts[path])) for path in sorted(paths, key=_order)))
    return tuple(found)


def _is_backward(path: str) -> bool:
    return base(path) == "down.sql" or bool(BACKWARD.search(path)) or bool(BACKWARD_FOLDER.search(path))


def _set_of(path: str) -> str:
    return folder(folder(path)) if base(path) == "up.sql" else folder(path)


def _name(path: str) -> str:
    return base(folder(path)) if base(path) == "up.sql" else base(path)


def _order(path: str) -> tuple[int, str]:
    number = re.match(r"[Vv]?(\d+)", _name(path))
    return (int(number[1][:20]) if number else 0, _name(path))


def _forward(text: str) -> str:
    """Of an evolution, the part under `!Ups`; the rest is blanked, lines kept. Other texts as they are."""
    lines, forward, marked = text.split("\n"), False, False
    kept = []
    for line in lines:
        if found := EVOLUTION.match(line):
            forward, marked = found["way"].lower() == "ups", True
            line = ""  # noqa: PLW2901 - the mark itself is no SQL (it may begin with #)
        kept.append(line if forward else "")
    return "\n".join(kept) if marked else text


def _commands(_migration: str | None, path: str | None) -> Commands:
    """Which tool runs them is not known. A file with both ways in it is no way by hand, and an evolution has both."""
    is_evolution = path is not None and EVOLUTION_PATH.search(path)
    return Commands(by_hand=None if is_evolution else printed(path))


EVOLUTION_PATH = re.compile(r"(?:^|/)evolutions/")
FORMS = (
    # https://github.com/supabase/cli: pkg/migration/apply.go
    form("started", "Applying migration ", r"^\s*Applying migration (?P<name>\d+_[\w.-]{1,200}\.sql)\.\.\.\s*$"),
    # https://github.com/salsita/node-pg-migrate: src/migration.ts, before it runs; the name is without its ending
    form("started", "### MIGRATION ", r"### MIGRATION (?P<name>\d[\w.-]{0,200}) \(UP\) ###"),
    form("reverted", "### MIGRATION ", r"### MIGRATION (?P<name>\d[\w.-]{0,200}) \(DOWN\) ###"),
)


def _is_of(name: str, _path: str, run: MigrationRun) -> bool:
    return run.migration in (name, name.removesuffix(".sql"), name.removesuffix(".sql").removesuffix(".up"))


framework = Framework(
    "plain", _wants, _migrations, commands=_commands, forms=FORMS, early=frozenset({"reverted"}), is_of=_is_of
)
