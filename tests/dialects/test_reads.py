"""Every form in which a product, driver or framework says that a relation is missing is read; look-alikes are refused.

`reads.jsonl` and `refuses.jsonl` hold one form a line: our own wording of what drivers print, with example names.
`reads` is "database/schema/name", parts left empty where the message has none, null where it names no relation.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from playbook.dialects.reading import missing_relation
from playbook.evidence.error import Error
from tests.shared import shared

HERE = Path(__file__).parent


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


def told(row: dict[str, Any]) -> str | None:
    found = missing_relation([Error(type=row["type"], value=row["value"])])
    if found is None:
        return "refused"
    assert found.quote
    assert len(found.quote) <= 300
    return None if found.name is None else f"{found.database or ''}/{found.schema_name or ''}/{found.name}"


@pytest.mark.parametrize("row", lines(HERE / "reads.jsonl"), ids=lambda row: f"{row['type']}-{row['reads']}")
def test_it_reads(row: dict[str, Any]) -> None:
    assert told(row) == row["reads"]


@pytest.mark.parametrize("row", lines(HERE / "refuses.jsonl"), ids=lambda row: str(row["type"]))
def test_it_refuses(row: dict[str, Any]) -> None:
    assert told(row) == "refused"


def test_it_reads_what_people_reported() -> None:
    wrong = []
    for row in lines(shared("samples/messages.jsonl")):
        found = missing_relation([Error(type=row["type"], value=row["value"])])
        right = (found is not None) == (row["label"] == "relation_missing")
        if not right or (found and (found.label if found.name else None) != row["relation"]):
            wrong.append((row["value"], row["relation"], found))
    assert not wrong


def test_the_subject_is_found_in_a_chain_of_any_order() -> None:
    chain = [
        Error(type="UndefinedTable", value='relation "orders" does not exist\nLINE 1: SELECT 1'),
        Error(type="ProgrammingError", value='relation "orders" does not exist\nLINE 1: SELECT 1'),
        Error(type="InFailedSqlTransaction", value="current transaction is aborted"),
        Error(type="ImportFailed", value="could not import the catalogue"),
    ]
    for errors in (chain, chain[::-1], chain[2:] + chain[:2]):
        found = missing_relation(errors, url="https://sentry.example.com/issues/7/")
        assert found is not None
        assert (found.name, found.url) == ("orders", "https://sentry.example.com/issues/7/")


def test_one_that_names_the_relation_wins_over_one_that_does_not() -> None:
    nameless = Error(type="DatabaseError", value="ORA-00942: table or view does not exist")
    naming = Error(type=None, value='ORA-00942: table or view "SHOP"."ORDERS" does not exist')
    found = missing_relation([nameless, naming])
    assert found is not None
    assert (found.schema_name, found.name) == ("SHOP", "ORDERS")


def test_nothing_is_no_relation() -> None:
    assert missing_relation([]) is None


@pytest.mark.parametrize(
    ("value", "kind", "dialect"),
    [
        ('relation "orders" does not exist', "relation", "postgresql"),
        ('view "orders" does not exist', "view", "postgresql"),
        ('materialized view "orders" does not exist', "materialized view", "postgresql"),
        ('sequence "orders_id_seq" does not exist', "sequence", "postgresql"),
        ("Tabelle »orders« existiert nicht", "table", "postgresql"),
        ("Tabelle 'shop.orders' existiert nicht", "table", "mysql"),
        ("Table 'shop.orders' doesn't exist", "table", "mysql"),
        ("no such table: orders", "table", "sqlite"),
        ("ORA-00942: table or view does not exist", "relation", "oracle"),
        ("ORA-02289: sequence does not exist", "sequence", "oracle"),
        ("Invalid object name 'dbo.Orders'.", "relation", "sqlserver"),
        ("The table `Order` does not exist in the current database.", "table", None),
    ],
)
def test_the_kind_and_the_product_are_told_where_the_words_tell_them(
    value: str, kind: str, dialect: str | None
) -> None:
    found = missing_relation([Error(value=value)])
    assert found is not None
    assert (found.kind, found.dialect) == (kind, dialect)
