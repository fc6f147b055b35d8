"""What the Dockerfile promises: nobody's root, every package by its hash, nothing of this folder that is not needed."""

import http.server
import os
import subprocess
import sys
import threading

import pytest

from tests.deploy.dockerfile import FILE, exec_form, ignored, stages

BUILD, RUN = stages(FILE.read_text(encoding="utf-8"))


def test_it_is_built_in_one_stage_and_runs_in_a_slim_one():
    assert BUILD.name == "build"
    assert BUILD.image == RUN.image == "python:3.13-slim"
    assert [words for words in RUN.all("COPY") if not words.startswith("--from=build ")] == []
    assert BUILD.all("ADD") == RUN.all("ADD") == []  # it would fetch addresses and unpack archives


def test_every_package_comes_with_its_hash_and_runs_no_code_to_be_installed():
    installs = [words for words in BUILD.all("RUN") if " install " in words]
    assert "--require-hashes" in installs[0]
    assert "--only-binary :all:" in installs[0]
    assert "-r requirements.lock" in installs[0]
    for later in installs[1:]:
        assert "--no-index" in later  # diagnose itself, and nothing beside it
        assert "--no-deps" in later
    assert [words for words in RUN.all("RUN") if "pip " in words or "apt" in words] == []


def test_it_runs_as_somebody_who_is_not_root():
    assert RUN.all("USER") == ["10001:10001"]
    after = RUN.steps[RUN.steps.index(("USER", "10001:10001")) + 1 :]
    assert {instruction for instruction, _ in after} == {"HEALTHCHECK", "ENTRYPOINT", "CMD"}


def test_only_the_data_is_its_own():
    owned = [words for words in RUN.all("RUN") if "--owner=diagnose" in words]
    assert len(owned) == 1
    assert "--mode=0700 /data" in owned[0]
    assert [words for words in RUN.all("COPY") if "--chown" in words] == []
    assert RUN.all("VOLUME") == ["/data"]


def test_no_secret_can_get_into_it():
    told = " ".join(words for stage in (BUILD, RUN) for kind in ("ENV", "ARG") for words in stage.all(kind))
    for word in ("TOKEN", "SECRET", "PASSWORD", "KEY", "DATABASE_URL"):
        assert word not in told
    for path in (".env", ".git/config", "diagnose.toml", "deploy/compose.yml", "tests/facts.py", ".venv/bin/python"):
        assert ignored(path), path


@pytest.mark.parametrize("path", ["bot/cli.py", "playbook/judge.py", "requirements.lock", "pyproject.toml", "LICENSE"])
def test_what_it_is_built_from_is_there(path):
    assert not ignored(path)
    assert ignored("bot/__pycache__/cli.cpython-313.pyc")


def test_it_is_told_to_stop_itself_and_not_a_shell_around_it():
    assert exec_form(RUN.all("ENTRYPOINT")[0]) == ["diagnose"]
    assert exec_form(RUN.all("CMD")[0]) == ["serve"]


def test_its_labels_are_those_of_open_containers():
    labels = RUN.all("LABEL")[0]
    for name in ("title", "description", "licenses", "version", "revision"):
        assert f"org.opencontainers.image.{name}=" in labels


@pytest.mark.parametrize(("status", "leaves"), [(200, 0), (503, 1), (None, 1)])
def test_the_health_check_asks_livez_and_knows_the_answer(status, leaves):
    """Run as it stands, with a proxy in the environment that would swallow it; None: nobody listens."""
    asked = []

    class Health(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Health)
    port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    if status is None:
        server.server_close()
    else:
        thread.start()
    program, *arguments = exec_form(RUN.all("HEALTHCHECK")[0])
    assert program == "python"
    environment = {**os.environ, "DIAGNOSE_METRICS_PORT": str(port), "http_proxy": "http://127.0.0.1:9", "NO_PROXY": ""}
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=20, check=False
    )
    if status is not None:
        server.shutdown()
        server.server_close()
        thread.join(5)
        assert asked == ["/livez"]
    assert done.returncode == leaves, done.stderr
