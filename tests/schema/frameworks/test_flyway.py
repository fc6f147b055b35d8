"""Flyway: versions by their numbers, repeatable ones last, undo never, a baseline for what it holds."""

from playbook.schema.frameworks.flyway import framework, version

HERE = "src/main/resources/db/migration"


def names(files):
    return [one.name for one in framework.migrations({f"{HERE}/{name}": text for name, text in files.items()})]


FILES = {
    "V10__ten.sql": "CREATE TABLE ten (id int);",
    "V2_1__two.sql": "CREATE TABLE two (id int);",
    "V2.1.1__more.sql": "DROP TABLE two;",
    "V1__one.sql": "CREATE TABLE one (id int);",
    "U1__one.sql": "DROP TABLE one;",
    "R__totals.sql": "CREATE OR REPLACE VIEW totals AS SELECT 1;",
    "V3__Code.java": "class V3__Code {}",
    "afterMigrate.sql": "CREATE TABLE IF NOT EXISTS audit (id int);",
    "beforeClean.sql": "DROP TABLE one;",
    "later/V11__below.sql": "CREATE TABLE below (id int);",
}


def test_versions_are_numbers_and_repeatable_ones_come_last():
    assert names(FILES) == ["1", "2.1", "2.1.1", "3", "10", "11", "totals", "afterMigrate"]


def test_undo_never_runs_and_code_is_unread():
    found = {one.name: one for one in framework.migrations({f"{HERE}/{name}": text for name, text in FILES.items()})}
    assert found["3"].unread == "it is written in code: only running it would tell"
    assert [each.relation for one in found.values() for each in one.operations if each.kind == "drops"] == ["two"]


def test_the_newest_baseline_replaces_the_versions_up_to_its_own():
    files = {**FILES, "B2.1.1__base.sql": "CREATE TABLE one (id int);", "B1__old.sql": "CREATE TABLE old (id int);"}
    assert names(files) == ["2.1.1", "3", "10", "11", "totals", "afterMigrate"]


def test_a_folder_of_one_database_is_a_row_of_its_own():
    found = framework.migrations(
        {
            f"{HERE}/mysql/V1__a.sql": "CREATE TABLE `A` (id int);",
            f"{HERE}/postgresql/V1__a.sql": "CREATE TABLE A (id int);",
        }
    )
    assert [each.relation for one in found for each in one.operations] == ["A", "a"]


def test_a_placeholder_in_a_name_is_dynamic():
    (found,) = framework.migrations(
        {f"{HERE}/V1__a.sql": "CREATE TABLE ${schema}.orders (id int);\nDROP TABLE a_${env};"}
    )
    assert found.operations == ()
    assert [one.line for one in found.dynamic] == [1, 2]


def test_zeros_at_the_end_of_a_version_say_nothing():
    assert version("V1.0.0__a.sql") == version("V1__a.sql") == (1,)
