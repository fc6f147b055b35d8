"""The `diagnose` command: what it prints, and with which status it leaves."""

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from bot.card import problems
from bot.cli import app
from bot.demo import FIRST, incidents
from bot.kept import outcome
from playbook.evidence.collected import Evidence
from playbook.investigate import replay
from playbook.sources.recording import Recording
from tests.cases.migration_failed.story import incident
from tests.facts import a_relation, an_event, an_issue
from tests.stand_ins.sentry_server import SentryServer, nobody_listens

RECORDING = incidents()[FIRST]


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
    assert done.stdout == RECORDING.with_name("diagnosis.json").read_text(encoding="utf-8")


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


def kept_in(folder):
    """The files of a folder and their texts."""
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


@pytest.fixture
def recorded(run, sentry, tmp_path):
    """A folder of incidents with one in it, as `diagnose record` kept it."""
    done = run("record", "SHOP-42", tmp_path / "ours" / "tide", "--about", " The tide came in. ", **sentry)
    assert done.exit_code == 0, done.output
    return tmp_path / "ours"


def test_an_incident_is_recorded_into_a_folder_that_is_made(run, sentry, tmp_path):
    done = run("record", "SHOP-42", tmp_path / "ours" / "tide", "--about", " The tide came in. ", **sentry)
    assert done.exit_code == 0, done.output
    assert "GitHub is not configured" in " ".join(done.stdout.split())  # the diagnosis is shown as well
    kept = kept_in(tmp_path / "ours" / "tide")
    assert set(kept) == {"recording.json", "diagnosis.json", "card.json", "about.txt"}
    assert kept["about.txt"] == "The tide came in.\n"
    assert json.loads(kept["diagnosis.json"])["issue"]["short_id"] == "SHOP-42"
    assert problems(json.loads(kept["card.json"])) == []
    assert all("sentry-token-of-the-test" not in text for text in [done.output, *kept.values()])


def test_a_recorded_incident_replays_to_the_bytes_that_were_kept(run, recorded):
    tide = recorded / "tide"
    kept = kept_in(tide)
    done = run("replay", tide / "recording.json", "--json")
    assert (done.exit_code, done.stdout) == (0, kept["diagnosis.json"])
    found = replay(Recording.model_validate_json(kept["recording.json"]), lambda _progress: None)
    assert outcome(found) == {name: kept[name] for name in ("diagnosis.json", "card.json")}


def test_what_is_secret_in_an_incident_is_in_none_of_its_files(run, tmp_path):
    secret, address = "AKIAQYLPMN5HHHFPZAM2", "ada@example.com"
    ((number, (event, *others)),) = incident.world.events.items()
    told = {**event, "culprit": f"the culprit of {address}, aws_access_key_id={secret}"}
    with SentryServer(replace(incident.world, events={number: [told, *others]})) as server:
        settings = {"SENTRY_URL": server.url, "SENTRY_ORG": "acme", "SENTRY_TOKEN": "sentry-token-of-the-test"}
        assert run("record", "SHOP-42", tmp_path / "kept", "--about", "", **settings).exit_code == 0
    kept = kept_in(tmp_path / "kept")
    assert "the culprit of" in kept["recording.json"]
    for name, text in kept.items():
        assert secret not in text, name
        assert address not in text, name


def test_without_a_sentence_the_title_of_the_issue_tells_what_happened(run, sentry, tmp_path):
    assert run("record", "SHOP-42", tmp_path, **sentry).exit_code == 0
    kept = kept_in(tmp_path)
    assert kept["about.txt"].strip() == json.loads(kept["diagnosis.json"])["issue"]["title"]


def test_recording_into_the_same_folder_again_keeps_the_later_one(run, sentry, tmp_path):
    for about in ("The tide came in.", "It went out."):
        assert run("record", "SHOP-42", tmp_path, "--about", about, **sentry).exit_code == 0
    assert kept_in(tmp_path)["about.txt"] == "It went out.\n"


def test_a_folder_that_cannot_be_written_is_wrong_use_and_said_in_one_sentence(run, sentry, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = run("record", "SHOP-42", tmp_path / "file" / "tide", **sentry)
    assert done.exit_code == 2
    assert done.stderr.strip().splitlines()[-1] == f"{tmp_path / 'file' / 'tide'} cannot be written: Not a directory"
    assert "Traceback" not in done.output


@pytest.mark.parametrize(("reference", "status"), [("SHOP-999", 3), ("UTF-8", 2)])
def test_where_there_is_nothing_to_record_no_folder_is_made(run, sentry, tmp_path, reference, status):
    done = run("record", reference, tmp_path / "kept", **sentry)
    assert done.exit_code == status, done.output
    assert reference in done.stderr
    assert not (tmp_path / "kept").exists()


def test_record_names_a_missing_setting(run, tmp_path):
    done = run("record", "SHOP-42", tmp_path / "kept", SENTRY_TOKEN="t")
    assert done.exit_code == 2
    assert "SENTRY_ORG" in done.stderr


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
    assert "A read replica is behind" in run("demo", "--once", "replica_held_behind").stdout


def test_demo_of_an_unknown_name_lists_the_known_ones(run):
    done = run("demo", "--once", "nothing")
    assert done.exit_code == 2
    assert all(name in done.stderr for name in incidents())


@pytest.mark.parametrize("name", [[], ["tide"]], ids=["the first", "by name"])
def test_demo_shows_an_incident_of_a_folder(run, recorded, name):
    done = run("demo", "--once", *name, "--recordings", recorded)
    assert done.exit_code == 0, done.output
    assert "GitHub is not configured" in " ".join(done.stdout.split())


@pytest.mark.parametrize("once", [["--once"], []], ids=["in the terminal", "in the browser"])
def test_demo_of_a_name_that_is_not_in_the_folder_lists_those_that_are(run, recorded, once):
    done = run("demo", *once, FIRST, "--recordings", recorded)
    assert done.exit_code == 2
    assert done.stderr.strip() == f"there is no recorded incident '{FIRST}'; there are: tide"


def test_demo_of_a_folder_without_incidents_says_so(run, tmp_path):
    done = run("demo", "--recordings", tmp_path)
    assert done.exit_code == 2
    assert f"none in {tmp_path}" in done.stderr


def test_help_names_every_command(run):
    shown = run("--help").stdout
    for command in ("issue", "record", "replay", "judge", "facts", "classify", "playbooks", "serve", "demo", "doctor"):
        assert command in shown
