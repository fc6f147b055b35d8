"""A link says what opens; nothing is linked twice in a row; text to copy holds no markup."""

import pytest

from bot.card import card
from bot.card.citing import links, named
from bot.card.copied import copied
from tests.card.diagnoses import SENTRY, a_citation, a_diagnosis, an_evidence

GITHUB = "https://github.com/acme/shop"
KIBANA = "https://kibana.example.com/app/discover#/?_a=(%27query%27:%27"


@pytest.mark.parametrize(
    ("source", "url", "name"),
    [
        ("GitHub", f"{GITHUB}/pull/812/files", "PR #812"),
        ("GitHub", f"{GITHUB}/blob/{'2c' * 20}/orders/migrations/0042_order.py#L8", "0042_order.py#L8"),
        ("GitHub", f"{GITHUB}/blob/{'2c' * 20}/README%20first.md", "README first.md"),
        ("GitHub", f"{GITHUB}/commit/{'2c' * 20}", "commit 2c2c2c2"),
        ("GitHub", f"{GITHUB}/compare/a...b", "diff"),
        ("GitHub", f"{GITHUB}/wiki", "GitHub"),
        ("Elasticsearch", KIBANA + "_id%20:%20%223%22%27)", "log line"),
        ("Elasticsearch", KIBANA + "message%27)", "logs"),
        ("Sentry", SENTRY, "Sentry issue"),
        ("Sentry", SENTRY + "events/abc/", "Sentry event"),
        ("Sentry", "https://acme.sentry.io/releases/4.2.1/", "Sentry release"),
        ("GlitchTip", SENTRY, "GlitchTip"),
        ("GitHub", "javascript:/pull/812", "GitHub"),
    ],
)
def test_a_citation_is_named_by_what_opens(source: str, url: str, name: str):
    assert named(a_citation(source=source, url=url)) == name


def test_the_same_link_is_told_once():
    pull = a_citation(source="GitHub", url=f"{GITHUB}/pull/812")
    assert links((pull, a_citation(), pull)) == f"[<{GITHUB}/pull/812|PR #812>] [<{SENTRY}|Sentry event>]"


def test_a_card_as_text_names_each_address_once_and_at_the_end():
    shown = copied(card(a_diagnosis(), an_evidence()).text)
    assert shown == (
        "```\n"
        'relation "orders_order" is missing in production\n'
        "The migration was not applied – proved [1]\n"
        "1 finding for it, none against\n"
        "• The release holds the migration, and no log names it\n"
        '      ↳ Sentry event [1] `relation "orders_order" does not exist`\n'
        "Do this next: Run the migration\n"
        "python manage.py migrate orders 0042_order\n"
        "Then verify: `python manage.py showmigrations orders`\n"
        "Rolling back: Rolling back is safe: the table is new [1]\n"
        "\n"
        f"[1] {SENTRY}\n"
        "```"
    )


def test_what_is_pasted_keeps_the_signs_that_slack_would_read():
    text = "*Do this:* now\n```\nSELECT count(*) FROM a WHERE b &lt; 2 &amp;&amp; c;\n```\n*Then:* `a * b`"
    assert "SELECT count(*) FROM a WHERE b &lt; 2 &amp;&amp; c;\nThen: `a * b`" in copied(text)


def test_text_without_links_is_only_itself():
    assert copied("*nothing*") == "```\nnothing\n```"
