"""The programs that judge deploy/, and the schemas they judge by; `tools/fetch_kubernetes_tools.sh` puts them here."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
PLACE = Path(os.environ.get("DIAGNOSE_KUBERNETES_TOOLS", Path.home() / ".cache" / "diagnose" / "kubernetes"))

# tools/fetch_kubernetes_tools.sh names the same versions.
VERSIONS = {
    "helm": "v4.3.1",
    "kubeconform": "v0.8.0",
    "compose": "v2.16.2",
    "promtool": "v0.316.0",
    "schemas": "1.37.0",
    "operator": "v0.85.0",
}
KUBERNETES = ("1.30.0", "1.37.0")
"""The oldest that the chart is for and the newest whose schemas there are."""
KINDS = (
    "configmap-v1",
    "networkpolicy-networking-v1",
    "poddisruptionbudget-policy-v1",
    "service-v1",
    "statefulset-apps-v1",
)


def fetched(name):
    """Where it is. The test is skipped where it was not fetched, and fails in CI (CI=true)."""
    place = PLACE / f"{name}-{VERSIONS[name]}"
    if not place.exists():
        lacking = f"there is no {place.name} in {PLACE}: run tools/fetch_kubernetes_tools.sh"
        if os.environ.get("CI") == "true":
            pytest.fail(lacking)
        pytest.skip(lacking)
    return place


def run(name, *arguments, **more):
    """What the program says and how it left; a program that cannot end is ended."""
    command = [str(fetched(name)), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **more)


def schema_locations(version, place):
    """kubeconform's arguments; every kind's schema, Kubernetes' own and the operator's, is written into that folder."""
    own = fetched("schemas") / f"v{version}-local-strict"
    shared = json.loads(_standing_alone(own / "_definitions.json"))["$defs"]
    for kind in KINDS:
        schema = json.loads(_standing_alone(own / f"{kind}.json"))
        (place / f"{kind}.json").write_text(json.dumps({**schema, "$defs": shared}), encoding="utf-8")
    for file in fetched("operator").glob("*.yaml"):
        definition = yaml.safe_load(file.read_text(encoding="utf-8"))["spec"]
        schema = definition["versions"][0]["schema"]["openAPIV3Schema"]
        _close(schema)
        name = f"{definition['names']['singular']}-monitoring-v1.json"
        (place / name).write_text(json.dumps(schema), encoding="utf-8")
    return ["-kubernetes-version", version, "-schema-location", str(place / "{{.ResourceKind}}{{.KindSuffix}}.json")]


def _standing_alone(file):
    """The references lead to a server's address, which there is not."""
    return file.read_text(encoding="utf-8").replace('"/api/_definitions.json#', '"#')


def _close(schema):
    """What the operator does not know, it refuses, as Kubernetes does under `kubectl apply --validate=strict`."""
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("properties"), dict):
        schema.setdefault("additionalProperties", False)
        for inner in schema["properties"].values():
            _close(inner)
    for key in ("items", "additionalProperties"):
        _close(schema.get(key))
