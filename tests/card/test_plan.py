"""The running playbook: absent is an answer, unavailable is an error, and neither is the other."""

from bot.card import failure, problems, progress
from bot.card.actions import Pressed
from playbook.gather import Progress
from tests.card.contract import breaches
from tests.card.diagnoses import SENTRY

STATES = (
    Progress("Issue", "Issue details", "done", "ProgrammingError in shop · 122 events", SENTRY),
    Progress("Event", "Latest event", "running", source="Sentry", asks="latest event"),
    Progress("Similar", "Similar issues", "absent", "looked in Sentry, there is none"),
    Progress("Tags", "Tags", "absent"),
    Progress("Logs", "Logs", "unavailable", "Elasticsearch refused the API key: set another one"),
)


def tasks(states=STATES):
    return progress("Diagnosing SHOP-42", states).blocks[0]["tasks"]


def test_the_plan_is_one_that_slack_takes():
    shown = progress("Diagnosing SHOP-42", STATES)
    assert problems({"blocks": shown.blocks, "text": shown.text}) == []
    assert breaches({"blocks": list(shown.blocks)}) == []
    assert shown.text == "Diagnosing SHOP-42: 4 of 5 steps done; asking Sentry for latest event"
    assert shown.blocks[0]["title"] == "Diagnosing SHOP-42 · asking Sentry for latest event"


def test_the_title_names_what_each_source_is_asked_right_now():
    logs = Progress("Logs", "Logs around the onset", "running", source="Elasticsearch", asks="logs of migrations")
    tags, spread = (
        Progress(one, one, "running", source="Sentry", asks=one.lower()) for one in ("Tags", "Spread of users")
    )
    changes = Progress("Changes", "Code changes", "running", source="GitHub", asks="code changes")
    titles = [
        progress("Diagnosing SHOP-42", states).blocks[0]["title"].removeprefix("Diagnosing SHOP-42")
        for states in ((logs,), (tags, spread), (tags, spread, logs), (tags, logs, changes), (STATES[0],), ())
    ]
    assert titles == [
        " · asking Elasticsearch for logs of migrations",
        " · asking Sentry for spread of users, +1 more",
        " · asking Sentry for spread of users and Elasticsearch for logs of migrations, +1 more",
        " · asking Sentry for tags and Elasticsearch for logs of migrations, +1 more",
        "",
        "",
    ]


def test_a_running_step_says_who_is_asked_and_for_what_if_its_title_does_not():
    logs = Progress("Logs", "Logs", "running", source="Elasticsearch", asks="logs of migrations")
    tags = Progress("Tags", "Tags", "running", source="Sentry", asks="tags")
    outputs = [task["output"]["elements"][0]["elements"][0]["text"] for task in tasks((logs, tags))]
    assert outputs == ["asking Elasticsearch for logs of migrations", "asking Sentry"]


def test_a_plan_before_the_first_step_is_one_that_slack_takes():
    shown = progress("Diagnosing SHOP-42", ())
    assert problems({"blocks": shown.blocks, "text": shown.text}) == []


def test_each_step_shows_its_state():
    assert [task["status"] for task in tasks()] == ["complete", "in_progress", "complete", "complete", "error"]


def test_absent_says_that_there_is_none_and_unavailable_says_why():
    outputs = [task["output"]["elements"][0]["elements"][0]["text"] if "output" in task else None for task in tasks()]
    assert outputs == [
        "ProgrammingError in shop · 122 events",
        "asking Sentry",
        "looked in Sentry, there is none",
        "there is none",
        "Elasticsearch refused the API key: set another one",
    ]


def test_a_step_links_to_its_source_only_where_that_is_a_web_link():
    assert tasks()[0]["sources"] == [{"type": "url", "url": SENTRY, "text": "Open"}]
    assert "sources" not in tasks((Progress("Issue", "Issue", "done", "x", "javascript:alert(1)"),))[0]


def test_a_failure_is_one_sentence_and_a_press_away_from_another_try():
    shown = failure("Sentry is down <!channel>: try again in a minute", Pressed("r1", "42"))
    assert shown.blocks[0]["text"]["text"] == "Sentry is down &lt;!channel&gt;: try again in a minute"
    assert [element["text"]["text"] for element in shown.blocks[1]["elements"]] == ["Check again"]
    assert problems({"blocks": shown.blocks, "text": shown.text}) == []
    assert breaches({"blocks": list(shown.blocks)}) == []
