"""The SQL below libpq's marker is found in every language that libpq prints it in."""

import gettext
import time
from pathlib import Path

import pytest

from playbook.evidence.error import Error
from playbook.sources.statement import LINE_MARKERS, statement_of

SQL = 'SELECT "o"."id" FROM "orders" "o" WHERE "o"."paid"'
INSTALLED = sorted(Path("/usr/share/locale").glob("*/LC_MESSAGES/libpq5-*.mo"))
PRINTED = [(language, marker) for language, markers in LINE_MARKERS.items() for marker in markers]


def found(text):
    return statement_of({}, [Error(type="UndefinedTable", value=text)])


@pytest.mark.parametrize(("language", "marker"), PRINTED)
@pytest.mark.parametrize("number", [1, 42, 12_345])
def test_the_statement_stands_behind_the_marker_in_every_language(language, marker, number):
    said = f'relation "orders" does not exist\n{marker.format(number)}{SQL}\n             ^\n'
    assert found(said) == SQL, language


@pytest.mark.parametrize(("language", "marker"), PRINTED)
def test_a_statement_cut_off_at_its_beginning_is_found_as_it_was_cut(language, marker):
    assert found(f'x\n{marker.format(3)}...r"."id" FROM "orders"') == '...r"."id" FROM "orders"', language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "LIGNE 1 : SELECT 1"),
        ("fr", "LIGNE 1\u00a0: SELECT 1"),
        ("ka", "ხაზი 1: SELECT 1"),
        ("ko", "줄 1: SELECT 1"),
        ("sv", "RAD 1: SELECT 1"),
        ("uk", "РЯДОК 1: SELECT 1"),
        ("zh_CN", "第1行SELECT 1"),
        ("zh_CN", "第 1 行: SELECT 1"),
        ("cs", "ŘÁDKA 1: SELECT 1"),
        ("el", "ΓΡΑΜΜΗ 1: SELECT 1"),
    ],
)
def test_the_markers_are_read_as_libpq_writes_them(language, text):
    assert found(f"missing\n{text}\n") == "SELECT 1", language


@pytest.mark.skipif(not INSTALLED, reason="libpq's catalogues are not installed (Debian: libpq5)")
def test_the_table_holds_what_the_installed_libpq_prints():
    for path in INSTALLED:
        with path.open("rb") as file:
            marker = gettext.GNUTranslations(file).gettext("LINE %d: ")
        assert marker.replace("%d", "{}") in LINE_MARKERS[path.parts[-3]], path


@pytest.mark.parametrize(
    "text", ["第1行出现错误", "第1行：出现错误", "on LINE 1: SELECT 1", "GRAD 1: SELECT 1", "LINE: SELECT", "LINE 1:"]
)
def test_what_only_looks_like_a_marker_is_none(text):
    assert found(f"syntax\n{text}") is None


@pytest.mark.parametrize("piece", ["LINE 1", "第 1 ", "LIGNE 1  ", "\n第1行", "RAD 12345", "LINE 1: \n", " ", "\n"])
def test_a_hostile_text_takes_bounded_time(piece):
    text = piece * (200_000 // len(piece))
    begin = time.perf_counter()
    found(text)
    assert time.perf_counter() - begin < 1.0
