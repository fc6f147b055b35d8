"""Ten thousand error messages through recognition and extraction."""

import json
import time

from bot.classify import classify

MESSAGES = 10_000
FORMS = (
    ("ProgrammingError", 'relation "orders_{n}" does not exist\nLINE 1: SELECT * FROM "orders_{n}"\n             ^'),
    ("OperationalError", "(1146, \"Table 'shop.orders_{n}' doesn't exist\")"),
    ("PDOException", "SQLSTATE[42S02]: Base table or view not found: 1146 Table 'shop.orders_{n}' doesn't exist"),
    ("KeyError", "'order_{n}'"),
    ("ValueError", "invalid literal for int() with base 10: 'order {n}'"),
    ("ConnectionError", "HTTPConnectionPool(host='api.example.com', port=80): Max retries exceeded with url: /{n}"),
    ("ProgrammingError", 'column "total_{n}" does not exist\nLINE 1: SELECT total_{n} FROM orders'),
    (None, 'ОШИБКА:  отношение "orders_{n}" не существует'),
)


def measure() -> None:
    """Prints the rate, and what JSON alone takes of it."""
    lines = []
    for number in range(MESSAGES):
        kind, value = FORMS[number % len(FORMS)]
        lines.append(json.dumps({"type": kind, "value": value.replace("{n}", str(number))}))
    list(classify(lines[:100]))
    began = time.perf_counter()
    found = sum('"playbook": null' not in answer for answer in classify(lines))
    took = time.perf_counter() - began
    began = time.perf_counter()
    for line in lines:
        json.dumps(json.loads(line))
    parsing = time.perf_counter() - began
    assert found == MESSAGES // 2, found
    print(
        f"{MESSAGES:,} messages classified: {took:.2f} s, {took / parsing:.0f} times their reading and writing as JSON"
    )
