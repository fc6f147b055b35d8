"""What free text loses and what it keeps, as two tables."""

import pytest

from playbook.redact import redact_text

HEX40, HEX32 = "2f1c0ffee2f1c0ffee2f1c0ffee2f1c0ffee2f1c", "0123456789abcdef0123456789abcdef"
TAIL = "Zx9Yw8Vu7Ts6Rq5Po4Nm3Lk2Ji1Hg0FeDcBa"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\nq1w2e3r4t5y6\n-----END RSA PRIVATE KEY-----"

HIDES = [
    # (what must be gone, the text it stands in, the kind it is counted as)
    (f"ghp_{TAIL}", f"fatal: could not read ghp_{TAIL} from remote", "secret"),
    (f"github_pat_11ABCDEFG0{TAIL}", f"token github_pat_11ABCDEFG0{TAIL}.", "secret"),
    (f"sntrys_eyJpYXQiOjE3_{TAIL}", f"SENTRY_AUTH=sntrys_eyJpYXQiOjE3_{TAIL}", "secret"),
    (f"sntryu_{HEX32}{HEX32}", f"using sntryu_{HEX32}{HEX32}", "secret"),
    (
        "xoxb-123456789012-123456789012-abcdefABCDEF",
        "xoxb-123456789012-123456789012-abcdefABCDEF sent",
        "secret",
    ),
    (
        f"xapp-1-A012ABCDEFG-1234567890123-{HEX32}",
        f"socket xapp-1-A012ABCDEFG-1234567890123-{HEX32}",
        "secret",
    ),
    (
        "T0AAA0AAA/B0BBB0BBB/abcdefghijkl",
        "https://hooks.slack.com/services/T0AAA0AAA/B0BBB0BBB/abcdefghijkl",
        "secret",
    ),
    ("AKIAIOSFODNN7EXAMPLE", "key id AKIAIOSFODNN7EXAMPLE is inactive", "secret"),
    (
        "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12",
        "aws_secret_access_key = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12'",
        "secret",
    ),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl",
        "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl expired",
        "secret",
    ),
    ("q1w2e3r4t5y6", f"could not load {PEM} from disk", "secret"),
    ("q1w2e3r4t5y6", PEM[:70] + " (cut off", "secret"),
    ("abcdef123456", "Authorization: Bearer abcdef123456", "secret"),
    ("dXNlcjpwYXNzd29yZA==", "header Basic dXNlcjpwYXNzd29yZA== refused", "secret"),
    ("VnVhQ2ZHY0JDZGJr", "Authorization: ApiKey VnVhQ2ZHY0JDZGJr", "secret"),
    ("theme=dark; sid=8f7a", "Cookie: theme=dark; sid=8f7a", "secret"),
    ("hunter2", "connect password=hunter2 host=db", "secret"),
    ("hunter2", "{'DB_PASSWORD': 'hunter2'}", "secret"),
    ("hunter2", '{"api_key": "hunter2"}', "secret"),
    ("hunter2", r"{\"client_secret\": \"hunter2\"}", "secret"),
    ("hunter2", "psql --password hunter2 -h db", "secret"),
    ("hunter2", "CREATE USER shop IDENTIFIED BY 'hunter2'", "secret"),
    ("hunter2", "postgres://shop:hunter2@db.internal:5432/shop", "secret"),
    ("p@ss/w0rd#1", "postgres://shop:p@ss/w0rd#1@db.internal/shop", "secret"),
    ("0000#A", "postgres://shop:0000#A@db.internal/shop", "secret"),
    (HEX32, f"https://{HEX32}@o1.ingest.sentry.io/4505", "secret"),
    ("cafe1234", "GET https://shop.example.com/reset?token=cafe1234&page=2", "token in URL"),
    ("cafe1234", "Max retries exceeded with url: /calls/text?sig=cafe1234 (Caused by", "token in URL"),
    ("cafe1234", "https://shop.example.com/cb#access_token=cafe1234", "token in URL"),
    ("jane.doe+shop@example.com", "no such customer: jane.doe+shop@example.com.", "email"),
    ("jane@example.com", "Co-authored-by: Jane <jane@example.com>", "email"),
    ("jane%40example.com", "mailto:jane%40example.com", "email"),
    ("jürgen@bücher.example", "an jürgen@bücher.example", "email"),
    ("10.0.3.17", 'connection to server at "db" (10.0.3.17), port 5432 failed', "ip"),
    ("203.0.113.9", "client=203.0.113.9:54321", "ip"),
    ("203.0.113.9", "Access denied for user 'shop'@'203.0.113.9'", "ip"),
    ("2001:db8::8a2e:370:7334", "from [2001:db8::8a2e:370:7334]:443", "ip"),
    ("fe80::1", "via fe80::1%eth0", "ip"),
    ("::ffff:10.0.3.17", "peer ::ffff:10.0.3.17 left", "ip"),
    ("4711", "user_id=4711 asked for orders", "user"),
    ("jane", '"username": "jane"', "user"),
    ("jane-7", 'user.id:"jane-7"', "user"),
    ("Jane", "SELECT * FROM \"orders\" WHERE name = 'Jane'", "SQL parameter"),
    ("4711", 'LINE 1: SELECT ... FROM "orders" WHERE id = 4711', "SQL parameter"),
    ("Jane", 'LINE 1: ...rs"."id" = 1 AND "orders"."name" = \'Jane', "SQL parameter"),
    ("Jane", "ZEILE 1: ...FROM bestellungen WHERE name LIKE 'Jane%'", "SQL parameter"),
    ("Jane", '第 1 行: ...rs"."id" = 1 AND "orders"."name" = \'Jane', "SQL parameter"),
    ("Jane", '第1行...rs"."id" = 1 AND "orders"."name" = \'Jane', "SQL parameter"),
    ("Jane", 'השורה  1: ...rs"."id" = 1 AND "orders"."name" = \'Jane', "SQL parameter"),
    ("O''Hara; it", "UPDATE people SET name = 'O''Hara; it', age = 3 WHERE id = 9", "SQL parameter"),
    ("4711", "INSERT INTO orders (id, note) VALUES (4711, 'x')", "SQL parameter"),
    ("9b\\'c", "INSERT INTO `orders` VALUES ('9b\\'c', 'd')", "SQL parameter"),
    ("ssn-1", "SELECT a FROM b WHERE c = 'x; y' AND d = 'ssn-1'", "SQL parameter"),
    ("ssn-1", "SELECT a FROM b WHERE c = 'x\n\ny' AND d = 'ssn-1'", "SQL parameter"),
    ("ssn-1", "DELETE FROM b WHERE c = $$ssn-1$$", "SQL parameter"),
    ("ssn-1", 'select `a` from `b` where `c` = "ssn-1"', "SQL parameter"),
    (
        "Jane",
        "[SQL: INSERT INTO t (a) VALUES (%(a)s)]\n[parameters: {'a': 'Jane'}]\n(Background on this error",
        "SQL parameter",
    ),
    ("Jane", "[parameters: ('a]b', 'Jane')] while flushing", "SQL parameter"),
    ("Jane", "(0.001) SELECT 1 FROM a; args=('Jane',); alias=default", "SQL parameter"),
    (
        "Jane",
        'User Load (0.3ms)  SELECT 1 FROM a WHERE b = $1  [["name", "Jane"], ["LIMIT", 1]]',
        "SQL parameter",
    ),
    ("Jane", "DETAIL:  Key (name)=(Jane) already exists.", "SQL parameter"),
    ("Jane) x", "DETAIL:  Schlüssel »(name)=(Jane) x)« existiert bereits.", "SQL parameter"),
    ("Jane", "DETAIL:  Failing row contains (1, Jane, null).", "SQL parameter"),
    ("Jane", "DETAIL:  La ligne en échec contient (1, Jane, null).", "SQL parameter"),
    ("Jane", "DETAIL:  失敗した行は(1, Jane, null)を含みます", "SQL parameter"),
    ("Jane", "DETAIL:  Ошибочная строка содержит (1, Jane).", "SQL parameter"),
    ("Jane", "DETAIL:  parameters: $1 = 'Jane', $2 = NULL", "SQL parameter"),
    ("Jane", "(1062, \"Duplicate entry 'Jane' for key 'people.name'\")", "SQL parameter"),
    ("Jane", "The duplicate key value is (Jane).", "SQL parameter"),
    ("Jane", 'invalid input syntax for type integer: "Jane"', "SQL parameter"),
    ("Jane", "near 'FROM people WHERE name = 'Jane' LIMIT 1' at line 1", "SQL parameter"),
]

KEEPS = [
    'relation "orders" does not exist\nLINE 1: SELECT "orders"."id" FROM "orders" LIMIT 21\n          ^',
    "(1146, \"Table 'shop.orders' doesn't exist\")",
    "Table 'shop.orders' doesn't exist",
    "Unknown column 'o.total' in 'field list'",
    "Invalid object name 'dbo.orders'.",
    "no such table: orders",
    "SQLSTATE[42S02]: Base table not found: 1146 Table 'orders' doesn't exist (SQL: select * from `orders` limit 1)",
    "select * from `orders` where `id` = ? - Table 'shop.orders' doesn't exist",
    "Relation »orders« existiert nicht",
    "la relation « shop.orders » n'existe pas",
    'ORA-00942: table or view "SHOP"."APADDRESSES" does not exist',
    'relation "orders" does not exist (SQLSTATE 42P01)',
    'select spec from tasks where id=$1\n - relation "tasks" does not exist code=42P01 position=31 line=1170',
    "SELECT * FROM a JOIN b ON a.user_id = b_1.id AND a.username = b_1.name",
    "CAST(x AS VARCHAR(255)) and numeric(10, 2)",
    'password authentication failed for user "shop"',
    'column "secret_key" of relation "tokens" does not exist',
    "Unrecognized token 'orders': was expecting",
    "password = os.environ['DB_PASSWORD'], token=None, api_key: str, secret=${SECRET}",
    "shop@1.4.0",
    "backend@" + HEX40,
    "backend@1.2.3+2f1c0ff",
    "com.acme.shop@2.0.1-beta",
    "shop@1.4.0.beta",
    HEX40,
    HEX32,
    f"trace_id={HEX32}",
    "0042_order_add",
    "orders.0042_order_add... OK",
    "Applying orders.0042_order_add... OK (0.312s)",
    "/srv/app/shop/migrations/0042_order_add.py",
    "app/orders/views.py:42",
    "C:\\app\\orders.py",
    "123e4567-e89b-12d3-a456-426614174000",
    "sha256:" + HEX32 + HEX32,
    "container 3f2a9c81d7be",
    "shop-web-6d5f7c9b8-x2k4q",
    "ip-10-0-3-17.ec2.internal",
    "celery@worker-1.shop.internal ready",
    "git@github.com:acme/shop.git",
    "2026-11-22T12:34:56.789Z took 34 ms",
    "12:34:56",
    "aa:bb:cc:dd:ee:ff",
    "Foo::Bar std::abs x::text '1'::date",
    "127.0.0.1:5432 and ::1 and 0.0.0.0 and netmask 255.255.255.0",
    "v1.2.3.4",
    "version 1.2.3.4",
    "shop@1.2.3.4",
    "Chrome/120.0.0.0",
    "requests==2.32.3.1",
    "1.2.3.4-rc1",
    "https://github.com/acme/shop/blob/main/orders/models.py#L42",
    "https://api.github.com/repos/acme/shop/contents/a.py?ref=" + HEX40,
    "https://acme.sentry.io/issues/5551234567/?environment=production&project=42",
    "postgres://shop@db.internal/shop?options=-csearch_path%3Dshop",
    "SELECT 1",
    "Please select a table from the list",
    "max_tokens=4096",
    "primary_key=True",
    "Duplicate key orders_order_customer_id_8b3c4a1e_fk_custome",
    "basic authentication is required",
    "Bearer authentication",
    "NotificationServiceFactory.models.orders",
]


@pytest.mark.parametrize(("secret", "text", "kind"), HIDES)
def test_hides(secret: str, text: str, kind: str):
    cleaned, hidden = redact_text(text)
    assert secret not in cleaned
    assert kind in hidden
    assert redact_text(cleaned) == (cleaned, {})


@pytest.mark.parametrize("text", KEEPS)
def test_keeps(text: str):
    assert redact_text(text) == (text, {})


def test_the_error_around_a_value_stays_readable():
    text = (
        'relation "orders" does not exist\nLINE 1: SELECT ... FROM "orders" WHERE id = 42\n                          ^'
    )
    assert redact_text(text)[0] == text.replace("42", "[value]")


def test_a_statement_keeps_its_names_and_its_shape():
    text = "[SQL: SELECT o.id FROM shop.\"orders\" o WHERE o.email = 'jane@example.com' AND o.n IN (1, 2) LIMIT 21]"
    expected = (
        "[SQL: SELECT o.id FROM shop.\"orders\" o WHERE o.email = '[value]' AND o.n IN ([value], [value]) LIMIT 21]"
    )
    assert redact_text(f"{text}\n[parameters: ('x',)]")[0] == f"{expected}\n[parameters: [value]]"


def test_code_keeps_expressions_and_literals_but_loses_secrets():
    patch = (
        "+password = request.POST.get('password')\n+AWS = 'AKIAIOSFODNN7EXAMPLE'\n"
        "+q = \"SELECT * FROM orders WHERE state = 'new'\"\n+DB_PASSWORD=hunter2\n"
    )
    cleaned, hidden = redact_text(patch, "code")
    assert cleaned == patch.replace("AKIAIOSFODNN7EXAMPLE", "[secret]").replace("hunter2", "[secret]")
    assert hidden == {"secret": 2}


def test_every_kind_is_counted():
    assert redact_text("a@example.com b@example.com 10.0.3.17")[1] == {"email": 2, "ip": 1}
