"""The `diagnose` command: what it prints, and with which status it leaves."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from bot.cli import app
from bot.demo import FIRST, incidents
from playbook.evidence.collected import Evidence
from playbook.investigate import replay
from playbook.sources.recording import Recording
from tests.cases.migration_failed.story import incident
from tests.facts import a_relation, an_event, an_issue
from tests.stand_ins.sentry_server import SentryServer, nobody_listens

CASES = Path(__file__).parent / "cases"
RECORDING = CASES / FIRST / "recording.json"


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs `diagnose` in an empty folder, with these settings and no others."""
    monkeypatch.chdir(tmp_path)
    for name in ("SENTRY_URL", "SENTRY_ORG", "SENTRY_TOKEN", "GITHUB_TOKEN", "ELASTICSEARCH_URL", "DIAGNOSE_CONFIG"):
        monkeypatch.delenv(name, raising=False)

    def diagnose(*arguments, stdin=None, **settings):
        return CliRunner().invoke(app, [str(one) for one in arguments], input=stdin, env=settings)

    return diagnose


@pytest.fixture
def sentry():
    with SentryServer(incident.world) as server:
        yield {"SENTRY_URL": server.url, "SENTRY_ORG": "acme", "SENTRY_TOKEN": "sentry-token-of-the-test"}


def test_replay_prints_the_golden_json_and_leaves_with_zero(run):
    done = run("replay", RECORDING, "--json")
    assert done.exit_code == 0
    assert done.stdout == (CASES / FIRST / "diagnosis.json").read_text(encoding="utf-8")


def test_the_json_carries_what_scripts_rely_on(run):
    told = json.loads(run("replay", RECORDING, "--json").stdout)
    assert {"issue", "playbook", "subject", "verdict", "hypotheses", "ruled_out", "gaps", "next_step"} <= set(told)
    assert {"grade", "cause", "claim"} <= set(told["verdict"])
    hypothesis = next(one for one in told["hypotheses"] if one["signals"])
    assert {"cause", "grade", "signals", "unchecked"} <= set(hypothesis)
    assert {"name", "strength", "text", "citations"} <= set(hypothesis["signals"][0])
    assert {"source", "url", "quote"} == set(hypothesis["signals"][0]["citations"][0])


def test_replay_draws_the_verdict_the_evidence_and_the_command(run):
    shown = run("replay", RECORDING).stdout
    for words in ("The migration failed", "proved", "Ruled out", "python manage.py migrate orders", "[1]"):
        assert words in shown


def test_progress_goes_to_standard_error_so_that_json_can_be_piped(run):
    done = run("replay", RECORDING, "--json")
    json.loads(done.stdout)
    assert "Issue details" in done.stderr


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), ("{}", "not a recording"), ("no", "not a rec")]
)
def test_replay_of_something_else_is_wrong_use(run, tmp_path, content, words):
    file = tmp_path / "recording.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    done = run("replay", file)
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Traceback" not in done.output


def test_an_issue_is_diagnosed_with_what_is_configured_and_saved(run, sentry, tmp_path):
    done = run("issue", "SHOP-42", "--json", "--save", tmp_path / "run.json", **sentry)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["issue"]["short_id"] == "SHOP-42"
    assert {gap["fact"] for gap in told["gaps"]} >= {"Changes", "Logs"}
    saved = (tmp_path / "run.json").read_text(encoding="utf-8")
    assert "sentry-token-of-the-test" not in saved
    again = run("replay", tmp_path / "run.json", "--json")
    assert again.stdout == done.stdout


def test_what_keeps_several_steps_from_looking_is_said_once(run, sentry):
    done = run("issue", "SHOP-42", **sentry)
    shown = " ".join(done.stdout.split())  # lines are folded
    assert "Changes, SchemaHistory (GitHub): GitHub is not configured" in shown
    assert shown.count("(GitHub): GitHub is not configured") == 1


@pytest.mark.parametrize(
    ("reference", "status", "words"),
    [("SHOP-999", 3, "SHOP-999"), ("UTF-8", 2, "UTF-8"), ("https://evil.example/issues/1/", 2, "evil.example")],
)
def test_what_cannot_be_had_is_three_and_what_is_no_reference_is_two(run, sentry, reference, status, words):
    done = run("issue", reference, **sentry)
    assert done.exit_code == status, done.output
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()[-1]) < 400
    assert "Traceback" not in done.output


def test_a_missing_setting_is_named(run):
    done = run("issue", "SHOP-42", SENTRY_TOKEN="t")
    assert done.exit_code == 2
    assert "SENTRY_ORG" in done.stderr


def test_sentry_out_of_reach_is_three_and_one_sentence(run):
    with nobody_listens() as url:
        done = run("issue", "SHOP-42", SENTRY_URL=url, SENTRY_ORG="acme", SENTRY_TOKEN="sentry-token-of-the-test")
    assert done.exit_code == 3
    assert "sentry-token-of-the-test" not in done.output


def test_classify_answers_each_line_in_order(run):
    lines = [
        {"type": "ProgrammingError", "value": 'relation "public.orders" does not exist'},
        {"type": "KeyError", "value": "'orders'"},
        {"type": None, "value": "Table 'shop.orders' doesn't exist"},
    ]
    done = run("classify", stdin="\n".join(json.dumps(line) for line in lines))
    assert done.exit_code == 0
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"playbook": "relation_missing", "subject": {"name": "orders", "schema": "public"}},
        {"playbook": None, "subject": None},
        {"playbook": "relation_missing", "subject": {"name": "orders", "database": "shop"}},
    ]


@pytest.mark.parametrize("line", ["not json", "[1]", '{"type": 1, "value": "x"}', '{"value": ["x"]}'])
def test_classify_names_the_line_that_is_wrong(run, line):
    done = run("classify", stdin='{"type": null, "value": "x"}\n' + line)
    assert done.exit_code == 2
    assert "line 2" in done.stderr


def brought(tmp_path, **parts):
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(parts), encoding="utf-8")
    return file


def test_judge_takes_facts_and_fetches_nothing(run, tmp_path):
    found = replay(Recording.model_validate_json(RECORDING.read_text(encoding="utf-8")), lambda _progress: None)
    done = run("judge", brought(tmp_path, **found.evidence.as_json()), "--json")
    assert done.exit_code == 0, done.output
    told, expected = json.loads(done.stdout), json.loads(found.diagnosis.model_dump_json())
    assert {**told, "asked_at": None} == {**expected, "asked_at": None}


def test_judge_finds_the_subject_itself(run, tmp_path):
    issue, event = an_issue(), an_event()
    facts = {"Issue": issue.model_dump(mode="json"), "Event": event.model_dump(mode="json")}
    done = run("judge", brought(tmp_path, facts=facts, unavailable={"Logs": "no one shipped them"}), "--json")
    told = json.loads(done.stdout)
    assert told["subject"]["name"] == "orders_order"
    assert {"fact": "Logs", "source": "Elasticsearch", "reason": "no one shipped them"} in told["gaps"]


def test_judge_takes_the_facts_alone_too(run, tmp_path):
    facts = {"Issue": an_issue().model_dump(mode="json"), "Event": an_event().model_dump(mode="json")}
    wrapped = run("judge", brought(tmp_path, facts=facts), "--json").stdout
    assert json.loads(wrapped)["subject"]["name"] == "orders_order"
    assert run("judge", brought(tmp_path, **facts), "--json").stdout == wrapped


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"facts": {}}, "no Issue"),
        ({"facts": {"Isue": {}}}, "no fact 'Isue'"),
        ({"facts": {"Issue": {"id": 5}}}, "Issue"),
        ({"facts": []}, "facts must be an object"),
        ({"fact": {}}, "unknown part 'fact'"),
    ],
)
def test_judge_says_in_one_sentence_what_is_wrong_with_the_facts(run, tmp_path, parts, words):
    done = run("judge", brought(tmp_path, **parts))
    assert done.exit_code == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_printed_schema_accepts_what_judge_accepts(run):
    schema = json.loads(run("facts").stdout)
    Draft202012Validator.check_schema(schema)
    evidence = Evidence({type(fact): fact for fact in (an_issue(), an_event(), a_relation())})
    told = {key: value for key, value in evidence.as_json().items() if key != "hidden"}
    assert list(Draft202012Validator(schema).iter_errors(told)) == []
    assert list(Draft202012Validator(schema).iter_errors({"facts": {"Issue": {}}})) != []


def test_playbooks_lists_every_signal_with_the_evidence_it_asks_for(run):
    shown = run("playbooks").stdout
    assert "relation_missing" in shown
    assert "its_run_failed (decisive)" in shown
    assert "MissingRelation, Logs, Issue, Event?, Changes?, SchemaHistory?, Frequency?" in shown


def test_demo_shows_a_recorded_incident_and_leaves(run):
    done = run("demo", "--once")
    assert done.exit_code == 0
    assert "The migration failed" in done.stdout


def test_demo_of_a_name_shows_that_one(run):
    assert "A read replica is behind" in run("demo", "--once", "replica_behind").stdout


def test_demo_of_an_unknown_name_lists_the_known_ones(run):
    done = run("demo", "--once", "nothing")
    assert done.exit_code == 2
    assert all(name in done.stderr for name in incidents())


def test_help_names_every_command(run):
    shown = run("--help").stdout
    for command in ("issue", "replay", "judge", "facts", "classify", "playbooks", "serve", "demo", "doctor"):
        assert command in shown
