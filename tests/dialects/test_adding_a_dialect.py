"""Adding a file is enough for a dialect, and one command for a newer catalogue."""

import struct
import sys
from pathlib import Path

import pytest

import playbook.dialects
from playbook.dialects import reading
from playbook.evidence.error import Error
from tools import message_catalogues


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch):
    """What was discovered so far is forgotten, before the test and after it."""
    for cached in (reading.dialects, reading._by_anchor, reading._covers, reading._notice):
        cached.cache_clear()
    yield monkeypatch
    sys.modules.pop("playbook.dialects.exampledb", None)
    for cached in (reading.dialects, reading._by_anchor, reading._covers, reading._notice):
        cached.cache_clear()


def test_a_new_file_in_the_folder_is_found(tmp_path: Path, forgotten: pytest.MonkeyPatch) -> None:
    error = Error(value="exampledb: no trace of {{orders}}")
    assert reading.missing_relation([error]) is None
    (tmp_path / "exampledb.py").write_text(
        '"""Example."""\n'
        "from playbook.dialects.form import Dialect, fits\n"
        'DIALECT = Dialect("exampledb", reads=(fits(r"no trace of \\{\\{(\\w+)\\}\\}", "no trace of"),))\n',
        encoding="utf-8",
    )
    forgotten.setattr(playbook.dialects, "__path__", [*playbook.dialects.__path__, str(tmp_path)])
    for cached in (reading.dialects, reading._by_anchor):
        cached.cache_clear()
    found = reading.missing_relation([error])
    assert found is not None
    assert (found.name, found.dialect) == ("orders", "exampledb")


@pytest.mark.parametrize(
    ("wording", "template"),
    [
        ('relation "%s" does not exist', 'relation "{}" does not exist'),
        ('リレーション"%2$s"の列"%1$s"は存在しません', 'リレーション"{2}"の列"{1}"は存在しません'),
        ("Table '%-.192s.%-.192s' doesn't exist", "Table '{}.{}' doesn't exist"),
        ("Unknown table '%-.100sT'", "Unknown table '{}'"),
        ("relation with OID %u does not exist", "relation with OID {} does not exist"),
        ("100%% of %d", "100% of {}"),
    ],
)
def test_printf_s_placeholders_have_one_spelling(wording: str, template: str) -> None:
    assert message_catalogues.template(wording) == template


def test_a_compiled_gettext_catalogue_is_read(tmp_path: Path) -> None:
    pairs = [(b"", b"charset"), (b'table "%s" does not exist', "Tabelle »%s« fehlt".encode())]
    head, data, tables = 28, b"", [b"", b""]
    start = head + 16 * len(pairs)
    for pair in pairs:
        for column, text in enumerate(pair):
            tables[column] += struct.pack("<2I", len(text), start + len(data))
            data += text + b"\0"
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    counts = struct.pack("<6I", 0, len(pairs), head, head + 8 * len(pairs), 0, 0)
    (folder / "postgres-99.mo").write_bytes(b"\xde\x12\x04\x95" + counts + b"".join(tables) + data)
    assert list(message_catalogues.gettext_catalogues(tmp_path)) == [
        ("de", {'table "%s" does not exist': "Tabelle »%s« fehlt"})
    ]


def test_mysql_s_own_source_of_its_messages_is_read(tmp_path: Path) -> None:
    (tmp_path / "errmsg-utf8.txt").write_text(
        'ER_NO_SUCH_TABLE 42S02\n        eng "Table \'%s.%s\' doesn\'t exist"\n        ger "Tabelle fehlt"\n',
        encoding="utf-8",
    )
    assert list(message_catalogues.errmsg_text_catalogues(tmp_path)) == [
        ("english", {"ER_NO_SUCH_TABLE": "Table '%s.%s' doesn't exist"}),
        ("german", {"ER_NO_SUCH_TABLE": "Tabelle fehlt"}),
    ]
