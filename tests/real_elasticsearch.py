"""A real Elasticsearch on loopback for as long as a test session needs it, stopped by its process id.

`tools/fetch_elasticsearch.sh` puts one into a folder. It needs Java 17 and 1 GB of memory, and starts in some 20 s.
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.stand_ins.loopback import a_closed_port

VERSION = "8.19.4"
USER, PASSWORD = "diagnose", "made-up-for-this-test"
START_SECONDS = 150.0
"""On a machine with two busy cores; an idle one takes 15 to 25."""


class Missing(Exception):
    """There is no Elasticsearch to start here; the text says what lacks."""


@dataclass(frozen=True)
class RealElasticsearch:
    """Where it listens, and a user who may do everything."""

    url: str
    username: str = USER
    password: str = PASSWORD

    def send(self, method: str, path: str, body: object = None) -> dict[str, object]:
        """One request for setting things up; raises where Elasticsearch refuses it."""
        answer = requests.request(method, self.url + path, json=body, auth=(self.username, self.password), timeout=60)
        answer.raise_for_status()
        told: dict[str, object] = answer.json()
        return told


@contextmanager
def real_elasticsearch() -> Iterator[RealElasticsearch]:
    """Raises `Missing` where none can be started, and `RuntimeError` with its log where it did not come up."""
    java = _java()
    place = Path(tempfile.mkdtemp(prefix="diagnose-elasticsearch-"))
    try:
        (place / "tmp").mkdir()
        home = _distribution(place)
        port = a_closed_port()
        _configure(home, place / "config", port)
        owner = _owner(place)
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "ES_JAVA_HOME": str(java),
            "ES_PATH_CONF": str(place / "config"),
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m -XX:-UsePerfData",
            "ES_TMPDIR": str(place / "tmp"),
            "CLI_JAVA_OPTS": f"-XX:-UsePerfData -Djava.io.tmpdir={place / 'tmp'}",
            "HOME": str(place),
        }
        with (place / "output.txt").open("wb") as output:
            process = subprocess.Popen(
                [str(home / "bin" / "elasticsearch")], env=environment, user=owner, cwd=place,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                real = RealElasticsearch(f"http://127.0.0.1:{port}")
                _wait(real, process, place / "output.txt")
                yield real
            finally:
                _stop(process)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _java() -> Path:
    named = os.environ.get("ES_JAVA_HOME") or os.environ.get("JAVA_HOME")
    if named and (Path(named) / "bin" / "java").is_file():
        return Path(named)
    found = shutil.which("java")
    if found is None:
        raise Missing("a real Elasticsearch needs Java 17, and there is no java on this machine")
    return Path(found).resolve().parents[1]


def _distribution(place: Path) -> Path:
    """An unpacked one that the user who runs it can read: in place, or a copy below `place`."""
    named = os.environ.get("DIAGNOSE_ELASTICSEARCH_HOME")
    packed = (
        Path.home() / ".m2/repository/org/elasticsearch/distribution/integ-test-zip/elasticsearch" / VERSION
    ) / f"elasticsearch-{VERSION}.zip"
    if named:
        home = Path(named)
        if not (home / "bin" / "elasticsearch").is_file():
            raise Missing(f"DIAGNOSE_ELASTICSEARCH_HOME is {named}, and there is no bin/elasticsearch in it")
        return Path(shutil.copytree(home, place / "home")) if os.geteuid() == 0 else home
    if not packed.is_file():
        raise Missing(
            "there is no real Elasticsearch on this machine: set DIAGNOSE_ELASTICSEARCH_HOME to what "
            "tools/fetch_elasticsearch.sh FOLDER prints"
        )
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(place)
    home = place / f"elasticsearch-{VERSION}"
    for program in (home / "bin").iterdir():
        program.chmod(0o755)
    return home


def _configure(home: Path, config: Path, port: int) -> None:
    shutil.copytree(home / "config", config)
    settings = {
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": a_closed_port(),
        "path.data": config.parent / "data",
        "path.logs": config.parent / "logs",
        "xpack.security.enabled": "true",
        "xpack.security.http.ssl.enabled": "false",
        "xpack.security.transport.ssl.enabled": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    told = "".join(f"{name}: {value}\n" for name, value in settings.items())
    (config / "elasticsearch.yml").write_text(told, encoding="utf-8")
    # What `elasticsearch-users useradd` would write, without the ten seconds of starting it.
    salt, rounds = os.urandom(32), 10_000
    made = hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), salt, rounds, 32)
    stored = f"{{PBKDF2}}{rounds}${b64encode(salt).decode()}${b64encode(made).decode()}"
    (config / "users").write_text(f"{USER}:{stored}\n", encoding="utf-8")
    (config / "users_roles").write_text(f"superuser:{USER}\n", encoding="utf-8")


def _owner(place: Path) -> int | None:
    """Elasticsearch refuses to run as root: then everything is given to `nobody`."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    for path in [place, *place.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_uid


def _wait(real: RealElasticsearch, process: subprocess.Popen[bytes], output: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            real.send("GET", "/_cluster/health?wait_for_status=yellow&timeout=5s")
        except requests.RequestException:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError(f"Elasticsearch did not start: {output.read_text(errors='replace')[-2_000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """The launcher hands the signal on to the server; whatever is left of its own session is ended after that."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
