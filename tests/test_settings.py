"""A wrong or missing setting is named in one sentence without its value; every setting is told of in the docs."""

import ast
import os
import re
import tomllib
from pathlib import Path

import pytest
from dotenv import dotenv_values
from pydantic_core import PydanticUndefined

from bot.settings import Mapping, Project, Settings, WrongSettings, load, mapping
from playbook.evidence.service import LogFields

ROOT = Path(__file__).parent.parent
DOCS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
NAMES = {name.upper() for name in Settings.model_fields}
OURS = re.compile(r"\b(?:SENTRY|GITHUB|ELASTICSEARCH|KIBANA|SLACK|DIAGNOSE)_[A-Z0-9_]*[A-Z0-9]\b")
SECRET = "xoxb-1234-do-not-show"


@pytest.fixture(autouse=True)
def nothing_set(tmp_path, monkeypatch):
    """An empty folder and an environment without any of our settings."""
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) & NAMES:
        monkeypatch.delenv(name)


def wrong(write: str = "", toml: str | None = None) -> str:
    Path(".env").write_text(write, encoding="utf-8")
    if toml is not None:
        Path("diagnose.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(WrongSettings) as raised:
        load()
    return raised.value.sentence


def test_nothing_set_is_no_mistake():
    settings, projects = load()
    assert settings.sentry_url == "https://sentry.io"
    assert (settings.sentry_token, settings.slack_bot_token, projects) == (None, None, Mapping())


def test_settings_are_read_from_the_file_env():
    Path(".env").write_text(
        "SENTRY_ORG=acme\nSENTRY_TOKEN=t0p\nSENTRY_URL=https://sentry.example.com/\n", encoding="utf-8"
    )
    settings, _ = load()
    assert settings.sentry_org == "acme"
    assert settings.sentry_token is not None
    assert settings.sentry_token.get_secret_value() == "t0p"
    assert settings.sentry_url == "https://sentry.example.com"


def test_the_environment_comes_before_the_file(monkeypatch):
    Path(".env").write_text("SENTRY_ORG=of-the-file\n", encoding="utf-8")
    monkeypatch.setenv("SENTRY_ORG", "of-the-environment")
    assert load()[0].sentry_org == "of-the-environment"


def test_an_empty_line_is_as_good_as_none():
    Path(".env").write_text("GITHUB_APP_ID=\nELASTICSEARCH_URL=\nSENTRY_TOKEN=\n", encoding="utf-8")
    settings, _ = load()
    assert (settings.github_app_id, settings.elasticsearch_url, settings.sentry_token) == (None, None, None)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("SENTRY_URL=sentry.example.com", "SENTRY_URL: must be an address that begins with https://"),
        ("SENTRY_URL=https://", "SENTRY_URL: must be an address"),
        (
            "ELASTICSEARCH_URL=https://elastic:hunter2@logs.example.com",
            "ELASTICSEARCH_URL: must hold no user, password",
        ),
        ("SENTRY_URL=https://hunter2@sentry.example.com", "SENTRY_URL: must hold no user, password"),
        ("GITHUB_APP_ID=our-app", "GITHUB_APP_ID: must be a whole number"),
        ("DIAGNOSE_PORT=99999", "DIAGNOSE_PORT: "),
        ("DIAGNOSE_CONFIG=elsewhere.toml", "DIAGNOSE_CONFIG: there is no file elsewhere.toml"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence_without_its_value(line, words):
    sentence = wrong(f"SLACK_BOT_TOKEN={SECRET}\n{line}\n")
    assert sentence.startswith(words)
    assert "\n" not in sentence
    assert SECRET not in sentence
    assert "hunter2" not in sentence


def test_a_file_env_that_is_no_text_is_named():
    Path(".env").write_bytes(b"SENTRY_ORG=\xff\xfe\n")
    with pytest.raises(WrongSettings, match=r"^\.env cannot be read: it is not UTF-8 text$"):
        load()


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        (
            "[projects.shop]\nrepo = 'acme/shop'",
            "diagnose.toml: projects.shop.repo: nothing reads this key; repository",
        ),
        ("colour = 'red'", "diagnose.toml: colour: nothing reads this key (docs/settings.md lists"),
        ("[log_fields]\nmesage = 'msg'", "diagnose.toml: log_fields.mesage: nothing reads this key; message"),
        ("[projects.shop]\nrepository = 'shop'", "diagnose.toml: projects.shop.repository: must be owner/name"),
        ("[projects.shop]\nrepository = 7", "diagnose.toml: projects.shop.repository: must be text in quotes"),
        ("[projects.shop]\nalert_channels = 'C1'", "diagnose.toml: projects.shop.alert_channels: must be a list"),
        ("projects = 3", "diagnose.toml: projects: must be a table"),
        ("[projects]\nshop = 3", "diagnose.toml: projects.shop: must be a table"),
        ("[projects.shop\n", "diagnose.toml is not TOML: "),
    ],
)
def test_a_mistake_in_diagnose_toml_is_named_in_one_sentence(toml, words):
    sentence = wrong(toml=toml)
    assert sentence.startswith(words)
    assert "\n" not in sentence


def test_a_diagnose_toml_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(WrongSettings, match="cannot be read: Is a directory"):
        mapping(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(WrongSettings, match=r"latin\.toml cannot be read: it is not UTF-8 text"):
        mapping(tmp_path / "latin.toml")


def test_what_is_printed_of_settings_shows_no_secret():
    secrets = [name for name in Settings.model_fields if re.search("token|key|secret|password", name)]
    secrets.remove("github_app_key_file")
    settings = Settings.model_validate({name: f"{SECRET}-{name}" for name in secrets})
    assert len(secrets) >= 8
    for text in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.model_dump())):
        assert SECRET not in text


def documented(heading: str) -> set[str]:
    """The names in the first column of the tables between this line of the docs and the next heading or table."""
    rest = DOCS.split(heading, 1)[1]
    rows = [line for line in rest.split("\n\n|", 1)[1].split("\n\n", 1)[0].splitlines() if "`" in line]
    return {re.findall("`([^`]+)`", row)[0] for row in rows}


def test_the_docs_name_every_setting_and_no_other():
    tables = DOCS.split("## diagnose.toml")[0]
    told = set(re.findall(r"^\| `([A-Z0-9_]+)`", tables, re.MULTILINE))
    assert told == NAMES
    assert set(OURS.findall(DOCS)) <= NAMES


def test_the_docs_name_every_key_of_diagnose_toml_and_no_other():
    assert documented("## diagnose.toml\n") == set(Mapping.model_fields)
    assert documented("Under `[projects.SLUG]`:") == set(Project.model_fields)
    assert documented("In either `log_fields`") == set(LogFields.model_fields)


def test_the_docs_give_the_true_defaults():
    for name, field in Settings.model_fields.items():
        row = next(line for line in DOCS.splitlines() if line.startswith(f"| `{name.upper()}`"))
        if field.default not in {None, PydanticUndefined}:
            assert f"| `{field.default}` |" in row
    for name, field in LogFields.model_fields.items():
        assert re.search(rf'^\| `{name}` .*\| `"{re.escape(field.default)}"` \|$', DOCS, re.MULTILINE)


def test_the_example_of_env_names_every_setting_and_is_read():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE)) == NAMES
    Path(".env").write_text(text, encoding="utf-8")
    assert load()[0].sentry_org == "acme"
    filled = re.sub(r"^# (?=[A-Z][A-Z0-9_]+=)", "", text, flags=re.MULTILINE)
    Path(".env").write_text(filled.replace("DIAGNOSE_CONFIG=diagnose.toml", ""), encoding="utf-8")
    assert load()[0].github_installation_id == 4711
    assert set(dotenv_values(".env")) == NAMES - {"DIAGNOSE_CONFIG"}


def test_the_example_of_diagnose_toml_holds_every_key_and_is_read():
    path = ROOT / "diagnose.example.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(told) == set(Mapping.model_fields)
    assert set(told["projects"]["shop"]) == set(Project.model_fields)
    assert set(told["log_fields"]) == set(LogFields.model_fields)
    read = mapping(path)
    assert read.projects["shop"].repository == "acme/shop"
    assert read.alert_channels() == {"C0123456789"}


def test_every_setting_that_a_sentence_names_exists():
    sources = [path for place in ("bot", "playbook") for path in (ROOT / place).rglob("*.py")]
    assert len(sources) > 50
    unknown = {
        (path.name, name)
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in OURS.findall(node.value)
        if name not in NAMES
    }
    assert not unknown
