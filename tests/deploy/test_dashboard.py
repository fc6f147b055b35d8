"""The Grafana dashboard asks for what is scraped, all that matters of it, in expressions that Prometheus takes."""

import json
import re

import pytest
import yaml

from bot.observe.measures import measures
from tests.deploy.kubernetes_tools import ROOT, run
from tests.deploy.promql import faults, named

BOARD = json.loads((ROOT / "deploy" / "grafana" / "diagnose.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
GRAFANA = {"$__rate_interval": "5m", "$instance": "a"}
"""What Grafana puts in before Prometheus sees the expression."""


def plain(expression):
    for name, value in GRAFANA.items():
        expression = expression.replace(name, value)
    return expression


def expressions():
    """Every expression of it, with the title of where it stands."""
    found = [(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]]
    marks = [(mark["name"], mark["expr"]) for mark in BOARD["annotations"]["list"] if "expr" in mark]
    return [(title, plain(expression)) for title, expression in found + marks]


def test_prometheus_takes_every_expression(tmp_path):
    rules = [{"record": f"panel:{number}", "expr": one} for number, (_, one) in enumerate(expressions())]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "board", "rules": rules}]}), encoding="utf-8")
    done = run("promtool", "check", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr
    file.write_text(file.read_text(encoding="utf-8").replace("sum by (", "sum by (("), encoding="utf-8")
    assert run("promtool", "check", "rules", file).returncode != 0  # and would refuse a wrong one


@pytest.mark.parametrize(("title", "expression"), expressions(), ids=str)
def test_a_panel_names_only_what_is_scraped(title, expression):
    assert faults(expression) == [], title


def test_every_metric_of_ours_is_on_it():
    shown = {name for _, expression in expressions() for name, _ in named(expression)}
    missing = [name for name, measure in measures().items() if not shown & {measure.shown, f"{name}_bucket"}]
    assert missing == []


def test_a_gauge_of_all_replicas_together_is_not_added_up():
    """Each replica reads it from the one database: the sum would be as many times too much."""
    shared = "diagnose_runs_running|diagnose_runs_waiting|diagnose_oldest_waiting_seconds|diagnose_replicas_living"
    asked = [one for _, one in expressions() for _ in re.findall(shared, one)]
    assert asked
    assert [one for one in asked if not re.fullmatch(rf"max\(({shared})\)", one)] == []


def test_it_can_be_imported_anywhere():
    """No address and no data source of anybody's own: the reader chooses one."""
    assert BOARD["schemaVersion"] >= 41
    assert "id" not in BOARD
    asked = [one["datasource"]["uid"] for panel in PANELS for one in (panel, *panel["targets"])]
    assert set(asked) == {"${datasource}"}
    first = BOARD["templating"]["list"][0]
    assert (first["name"], first["type"], first["query"]) == ("datasource", "datasource", "prometheus")
    assert "://" not in json.dumps(BOARD)


def test_every_panel_says_what_it_means_and_none_covers_another():
    taken = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    assert [panel["title"] for panel in PANELS if not panel["description"].endswith(".")] == []
    numbers = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(numbers)) == len(numbers)
