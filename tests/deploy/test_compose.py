"""The compose file says what it means to the compose specification's own reader, and holds no password."""

import json
import re
import shutil

import pytest

from tests.deploy.kubernetes_tools import ROOT, run

FILE = ROOT / "deploy" / "compose.yml"
GIVEN = "given-in-the-env-file"


@pytest.fixture
def read(tmp_path):
    """The file as compose-go understands it, its variables filled in; or the sentence with which it refuses.

    Its small checker fills in none itself (its environment does not reach the reader), so that is done here.
    """
    folder = tmp_path / "deploy"
    folder.mkdir()
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")

    def reader(text):
        (folder / "compose.yml").write_text(re.sub(r"(?<!\$)\$\{\w+[^}]*\}", GIVEN, text), encoding="utf-8")
        done = run("compose", "-format", "json", "compose.yml", cwd=folder)
        return (json.loads(done.stdout), "") if done.returncode == 0 else ({}, done.stderr)

    return reader


@pytest.fixture
def services(read):
    told, refused = read(FILE.read_text(encoding="utf-8"))
    assert refused == ""
    return told["services"]


def volumes(service):
    """Its named volumes and where they are mounted."""
    return {mount["source"]: mount["target"] for mount in service["volumes"] if mount["type"] == "volume"}


def test_the_specification_s_reader_takes_it_and_would_refuse_a_wrong_word(read):
    text = FILE.read_text(encoding="utf-8")
    told, refused = read(text)
    assert refused == ""
    assert set(told["services"]) == {"diagnose", "postgres", "elasticsearch"}
    mounted = {place for one in told["services"].values() for place in volumes(one)}
    assert mounted == set(told["volumes"])
    for right, wrong in (("stop_grace_period", "stop_grace"), ("service_healthy", "service_well")):
        assert read(text.replace(right, wrong))[1], wrong


def test_no_password_stands_in_it(services):
    """Every value whose name says that it is a secret is empty, or came from outside of the file."""
    secret = {
        f"{service}.{name}": value
        for service, one in services.items()
        for name, value in one.get("environment", {}).items()
        if re.search("PASSWORD|TOKEN|SECRET|KEY", name)
    }
    assert "postgres.POSTGRES_PASSWORD" in secret
    assert set(secret.values()) <= {"", GIVEN}
    assert (
        services["diagnose"]["environment"]["DIAGNOSE_DATABASE_URL"]
        == f"postgresql://diagnose:{GIVEN}@postgres/diagnose"
    )


def test_each_service_tells_whether_it_is_well_and_is_waited_for(services):
    for name in ("postgres", "elasticsearch"):
        assert services[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
        assert services["diagnose"]["depends_on"][name]["condition"] == "service_healthy"
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "HEALTHCHECK" in dockerfile  # diagnose brings its own


def test_elasticsearch_comes_only_when_it_is_asked_for(services):
    assert services["elasticsearch"]["profiles"] == ["logs"]
    assert services["diagnose"]["depends_on"]["elasticsearch"]["required"] is False


def test_diagnose_may_write_only_to_its_data_and_has_time_to_hand_over(services):
    diagnose = services["diagnose"]
    assert diagnose["read_only"] is True
    assert diagnose["cap_drop"] == ["ALL"]
    assert {mount["target"] for mount in diagnose["volumes"] if not mount.get("read_only")} == {"/data"}
    assert diagnose["stop_grace_period"] == "30s"
    assert diagnose["environment"]["DIAGNOSE_REPLICA"] == "diagnose-0"


def test_nothing_is_open_to_other_machines(services):
    opened = [port for service in services.values() for port in service.get("ports", ())]
    assert [(port["host_ip"], port["target"]) for port in opened] == [("127.0.0.1", 9465)]


def test_what_must_outlive_a_container_is_on_a_volume(services):
    kept = {name: list(volumes(one).values()) for name, one in services.items()}
    assert kept == {
        "diagnose": ["/data"],
        "postgres": ["/var/lib/postgresql/data"],
        "elasticsearch": ["/usr/share/elasticsearch/data"],
    }
