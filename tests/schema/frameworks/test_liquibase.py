"""Liquibase in its four formats: the changelog's order, rollbacks never, what contexts decide dynamic."""

import pytest

from playbook.schema.frameworks.liquibase import framework

HERE = "src/main/resources/db/changelog"
MASTER = f"{HERE}/db.changelog-master.yaml"
FILES = {
    MASTER: """\
databaseChangeLog:
  - include:
      file: 001.xml
      relativeToChangelogFile: true
  - includeAll:
      path: classpath:db/changelog/more
  - changeSet:
      id: 9
      author: jane
      changes:
        - createTable:
            tableName: in_yaml
        - sql:
            sql: |
              -- made here
              CREATE TABLE in_block (id int);
      rollback:
        - dropTable:
            tableName: in_yaml
""",
    f"{HERE}/001.xml": """\
<?xml version="1.0"?>
<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">
<property name="prefix" value="app_"/>
<changeSet id="1" author="jane">
  <createTable tableName="${prefix}orders" schemaName="shop"/>
  <rollback><dropTable tableName="${prefix}orders"/></rollback>
</changeSet>
<changeSet id="2" author="jane">
  <preConditions onFail="MARK_RAN"><tableExists tableName="absent"/></preConditions>
  <dropTable tableName="app_orders" schemaName="shop"/>
</changeSet>
<changeSet id="3" author="jane" context="test"><createTable tableName="only_test"/></changeSet>
<changeSet id="4" author="jane">
  <sql>CREATE VIEW v AS SELECT 1</sql>
  <renameTable oldTableName="app_orders" newTableName="Orders" schemaName="shop"/>
  <createTable tableName="${unknown}"/>
</changeSet>
</databaseChangeLog>""",
    f"{HERE}/more/b.json": """{"databaseChangeLog": [{"changeSet": {"id": "j", "author": "jane", "changes": [
  {"createView": {"viewName": "in_json", "replaceIfExists": true}},
  {"sqlFile": {"path": "db/changelog/more/x.sql"}}]}}]}""",
    f"{HERE}/more/a.sql": """\
--liquibase formatted sql
--changeset jane:1
CREATE TABLE a (id int);
--rollback DROP TABLE a;
--changeset jane:2 dbms:oracle
CREATE TABLE b (id int);
""",
    f"{HERE}/more/x.sql": "CREATE TABLE from_file (id int);",
}


def told(files):
    return [
        (one.name.rpartition("/")[2], each.kind, each.relation, each.to, each.line)
        for one in framework.migrations(files)
        for each in one.operations
    ]


def test_change_sets_run_in_the_changelogs_order_and_forward_only():
    assert told(FILES) == [
        ("001.xml::1::jane", "creates", "app_orders", None, 5),
        ("001.xml::4::jane", "creates", "v", None, 14),
        ("001.xml::4::jane", "renames", "app_orders", "Orders", 15),
        ("a.sql::1::jane", "creates", "a", None, 3),
        ("b.json::j::jane", "creates", "in_json", None, 2),
        ("b.json::j::jane", "creates", "from_file", None, 3),
        ("db.changelog-master.yaml::9::jane", "creates", "in_yaml", None, 11),
        ("db.changelog-master.yaml::9::jane", "creates", "in_block", None, 16),
    ]


def test_what_the_run_decides_is_said_to_be_dynamic():
    said = [(each.line, each.what) for one in framework.migrations(FILES) for each in one.dynamic]
    assert said == [
        (12, "it creates only_test only in the context test"),
        (16, "the name that createTable gives is put in when it runs"),
        (6, "it creates b only on oracle"),
    ]


def test_a_missing_include_is_a_gap():
    (found,) = framework.migrations({MASTER: "databaseChangeLog:\n  - include:\n      file: nowhere.xml\n"})
    assert [one.what for one in found.dynamic] == ["it includes nowhere.xml, which could not be found among the files"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.xml", "<databaseChangeLog>" + "<a>" * 100_000),
        ("a.xml", '<!DOCTYPE x [<!ENTITY a "b">]><databaseChangeLog>&a;</databaseChangeLog>'),
        ("a.yaml", "databaseChangeLog: " + "[" * 100_000),
        ("a.yaml", "databaseChangeLog:\n" + "- " * 100_000),
        ("a.json", '{"databaseChangeLog": '),
        ("a.yaml", "databaseChangeLog:" + " " * 1_000_000),
    ],
)
def test_a_changelog_that_cannot_be_read_is_unread(name, text):
    (found,) = framework.migrations({f"{HERE}/{name}": text})
    assert found.unread


def test_a_changelog_that_includes_itself_ends():
    assert framework.migrations({MASTER: f"databaseChangeLog:\n  - include:\n      file: {MASTER}\n"}) == ()
