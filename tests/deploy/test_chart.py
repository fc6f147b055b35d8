"""The Helm chart gives what Kubernetes takes, refuses what would lose runs, and lets nobody write a secret into it."""

import re

import pytest
import yaml
from pydantic import SecretStr

from bot.settings import Settings
from tests.deploy.kubernetes_tools import KUBERNETES, ROOT, run, schema_locations

CHART = ROOT / "deploy" / "helm" / "diagnose"
SETTINGS = {"existingSecret": "diagnose", "settings": {"SENTRY_ORG": "acme"}}
EVERYTHING = {
    "mapping": '[projects.shop]\nrepository = "acme/shop"\n',
    "image": {"repository": "registry.example.com/diagnose", "digest": f"sha256:{'a' * 64}", "pullPolicy": "Always"},
    "imagePullSecrets": [{"name": "pull"}],
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}},
    "networkPolicy": {
        "enabled": True,
        "metricsFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
    },
    "extraVolumes": [{"name": "authority", "secret": {"secretName": "authority"}}],
    "extraVolumeMounts": [{"name": "authority", "mountPath": "/etc/authority", "readOnly": True}],
    "podAnnotations": {"example.com/owner": "on-call"},
    "podLabels": {"team": "on-call"},
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"key": "example.com/spot", "operator": "Exists"}],
    "affinity": {
        "podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"team": "on-call"}}}
            ]
        }
    },
    "priorityClassName": "high",
    "serviceAccountName": "diagnose",
}
WAYS = {
    "as it comes": {},
    "http": {"mode": "http"},
    "sqlite": {"database": "sqlite", "replicas": 1},
    "sqlite with a storage class": {"database": "sqlite", "replicas": 1, "storage": {"className": "fast"}},
    "stopped": {"replicas": 0},
    "five": {"replicas": 5, "podDisruptionBudget": {"enabled": False}},
    "everything": EVERYTHING,
    "everything over http": {**EVERYTHING, "mode": "http"},
}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory):
    """kubeconform's arguments for each version of Kubernetes."""
    return {version: schema_locations(version, tmp_path_factory.mktemp(version)) for version in KUBERNETES}


@pytest.fixture
def render(tmp_path):
    """The chart's objects as text and parsed, or the sentence with which it refuses."""

    def rendered(values, version=KUBERNETES[-1]):
        file = tmp_path / "values.yaml"
        file.write_text(yaml.safe_dump(values), encoding="utf-8")
        done = run("helm", "template", "watch", CHART, "-f", file, "--namespace", "ops", "--kube-version", version)
        return done.stdout, done.stderr if done.returncode else ""

    return rendered


@pytest.fixture
def objects(render):
    """Those objects by kind and name."""

    def parsed(**values):
        text, refused = render({**SETTINGS, **values})
        assert refused == ""
        return {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(text) if one}

    return parsed


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("way", WAYS)
def test_kubernetes_takes_every_object_of_it(way, version, render, schemas):
    text, refused = render({**SETTINGS, **WAYS[way]}, version)
    assert refused == ""
    judged = run("kubeconform", "-strict", "-summary", *schemas[version], "-", input=text)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert "Invalid: 0, Errors: 0, Skipped: 0" in judged.stdout


def test_a_field_that_kubernetes_does_not_know_would_be_found(render, schemas):
    """The check above can fail, on Kubernetes' kinds and on the operator's."""
    text, _ = render({**SETTINGS, **EVERYTHING})
    arguments = ["-strict", *schemas[KUBERNETES[-1]], "-"]
    for right, wrong in (("podManagementPolicy:", "podManagement:"), ("interval: 30s", "intervall: 30s")):
        assert right in text
        assert run("kubeconform", *arguments, input=text.replace(right, wrong)).returncode != 0, right


@pytest.mark.parametrize("way", WAYS)
def test_helm_finds_nothing_to_blame(way, tmp_path):
    file = tmp_path / "values.yaml"
    file.write_text(yaml.safe_dump({**SETTINGS, **WAYS[way]}), encoding="utf-8")
    done = run("helm", "lint", "--strict", CHART, "-f", file, "--kube-version", KUBERNETES[-1])
    assert done.returncode == 0, done.stdout + done.stderr


def test_sqlite_is_refused_for_more_than_one_replica_in_a_sentence(render):
    text, refused = render({**SETTINGS, "database": "sqlite", "replicas": 2})
    assert text == ""
    assert "set replicas to 1, or database to postgresql with DIAGNOSE_DATABASE_URL in the Secret" in refused


def test_without_a_secret_it_says_what_to_make(render):
    _, refused = render({})
    assert "existingSecret is empty: make a Secret with SENTRY_TOKEN" in refused


SECRETS = sorted(
    name.upper() for name, field in Settings.model_fields.items() if SecretStr.__name__ in str(field.annotation)
)


def test_the_settings_that_are_secret_are_found():
    assert {"SENTRY_TOKEN", "SLACK_BOT_TOKEN"} < set(SECRETS)


@pytest.mark.parametrize("name", [*SECRETS, "DIAGNOSE_DATABASE_URL"])
def test_a_secret_among_the_settings_is_refused_and_not_repeated(name, render):
    text, refused = render({**SETTINGS, "settings": {name: "the-value-itself"}})
    assert text == ""
    assert f"settings.{name} is a secret: put it into the Secret" in refused
    assert "the-value-itself" not in refused


@pytest.mark.parametrize("name", ["DIAGNOSE_REPLICA", "DIAGNOSE_DATA", "DIAGNOSE_METRICS_PORT", "DIAGNOSE_CONFIG"])
def test_a_setting_of_the_chart_itself_is_refused(name, render):
    _, refused = render({**SETTINGS, "settings": {name: "x"}})
    assert f"settings.{name} is set by the chart itself" in refused


@pytest.mark.parametrize(
    "wrong",
    [{"replica": 2}, {"mode": "websocket"}, {"replicas": -1}, {"settings": {"DIAGNOSE_KEEP_DAYS": 90}}, {"image": {}}],
    ids=str,
)
def test_values_that_mean_nothing_are_refused(wrong, render):
    values = {**SETTINGS, **wrong}
    if wrong == {"image": {}}:
        values["image"] = {"repository": ""}
    _, refused = render(values)
    assert "don't meet the specifications of the schema" in refused


def test_every_value_is_described_by_the_schema_and_none_is_a_secret():
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    schema = yaml.safe_load((CHART / "values.schema.json").read_text(encoding="utf-8"))
    assert set(values) == set(schema["properties"]) - {"global"}
    assert not re.search(r"(?i)password|xox|sntry", (CHART / "values.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("way", WAYS)
def test_a_pod_is_nobody_and_writes_nowhere_but_to_its_data(way, objects):
    spec = objects(**WAYS[way])["StatefulSet", "watch-diagnose"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    writable = {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
    assert writable == {"/data", "/tmp"}  # noqa: S108
    assert container["resources"]["limits"]["memory"]


def test_a_replica_has_a_stable_id_the_database_and_time_to_hand_over(objects):
    made = objects()
    stateful = made["StatefulSet", "watch-diagnose"]["spec"]
    assert stateful["replicas"] == 2
    pod = stateful["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] == 30
    environment = {one["name"]: one for one in pod["containers"][0]["env"]}
    assert environment["DIAGNOSE_REPLICA"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    address = environment["DIAGNOSE_DATABASE_URL"]["valueFrom"]["secretKeyRef"]
    assert address == {"name": "diagnose", "key": "DIAGNOSE_DATABASE_URL"}  # a pod without it does not start
    assert "volumeClaimTemplates" not in stateful
    assert made["PodDisruptionBudget", "watch-diagnose"]["spec"]["maxUnavailable"] == 1
    headless = made["Service", stateful["serviceName"]]["spec"]
    assert headless["clusterIP"] == "None"


def test_sqlite_has_a_volume_that_outlives_the_pod_and_no_database_address(objects):
    made = objects(database="sqlite", replicas=1)
    stateful = made["StatefulSet", "watch-diagnose"]["spec"]
    (claim,) = stateful["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == "data"
    environment = {one["name"]: one for one in stateful["template"]["spec"]["containers"][0]["env"]}
    assert environment["DIAGNOSE_DATABASE_URL"] == {"name": "DIAGNOSE_DATABASE_URL", "value": ""}
    assert not [kind for kind, _ in made if kind == "PodDisruptionBudget"]  # it would keep a node from being emptied


def test_slack_reaches_a_port_only_in_http_mode_and_never_the_metrics(objects):
    assert ("Service", "watch-diagnose") not in objects()
    made = objects(mode="http")
    (port,) = made["Service", "watch-diagnose"]["spec"]["ports"]
    assert port["targetPort"] == "http"
    (container,) = made["StatefulSet", "watch-diagnose"]["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["serve", "--http"]
    assert {one["name"]: one["containerPort"] for one in container["ports"]} == {"metrics": 9465, "http": 3000}


def test_the_probes_ask_the_port_of_the_metrics(objects):
    (container,) = objects(mode="http")["StatefulSet", "watch-diagnose"]["spec"]["template"]["spec"]["containers"]
    asked = {probe: container[probe]["httpGet"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert asked == {
        "startupProbe": {"path": "/livez", "port": "metrics"},
        "livenessProbe": {"path": "/livez", "port": "metrics"},
        "readinessProbe": {"path": "/readyz", "port": "metrics"},
    }


def test_the_monitor_finds_each_replica_once(objects):
    made = objects(mode="http", serviceMonitor={"enabled": True})
    wanted = made["ServiceMonitor", "watch-diagnose"]["spec"]["selector"]["matchLabels"]
    services = [one for (kind, _), one in made.items() if kind == "Service"]
    found = [one["metadata"]["name"] for one in services if wanted.items() <= one["metadata"]["labels"].items()]
    assert found == ["watch-diagnose-replicas"]


def test_its_rules_are_the_rules(objects):
    written = (ROOT / "deploy" / "prometheus" / "rules.yml").read_text(encoding="utf-8")
    assert (CHART / "files" / "rules.yml").read_text(encoding="utf-8") == written
    made = objects(prometheusRule={"enabled": True})
    assert made["PrometheusRule", "watch-diagnose"]["spec"] == yaml.safe_load(written)
