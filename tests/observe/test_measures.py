"""The list of metrics keeps the field's conventions, is what is scraped, and is what the operator's page tells."""

import re
from pathlib import Path

import pytest

from bot.observe.beats import Beats
from bot.observe.measures import OTHER, measures
from bot.observe.metrics import Metrics
from bot.observe.scraped import Scraped
from bot.runs.history import Load
from tests.observe.scrape import scraped

PAGE = Path(__file__).parents[2] / "docs" / "operating.md"
ALL = list(measures().values())


@pytest.mark.parametrize("measure", ALL, ids=lambda one: one.name)
def test_names_follow_the_conventions(measure):
    assert re.fullmatch(r"diagnose_[a-z_]+[a-z]", measure.name)
    assert not measure.name.endswith(("_total", "_count", "_sum", "_bucket", "_info"))
    assert (measure.kind == "histogram") == bool(measure.buckets)
    assert measure.kind != "histogram" or measure.name.endswith("_seconds")
    assert list(measure.buckets) == sorted(set(measure.buckets))


@pytest.mark.parametrize("measure", ALL, ids=lambda one: one.name)
def test_every_label_is_a_closed_and_short_list(measure):
    for name, values in measure.labels.items():
        assert name not in {"le", "quantile", "instance", "job"}
        assert 1 < len(values) < 30
        assert OTHER not in values
        assert len(set(values)) == len(values)


def test_what_is_listed_is_what_is_scraped_and_nothing_else():
    metrics, beats = Metrics(), Beats()
    metrics.show(Scraped(Load, lambda: 1, lambda: True, beats))
    beats.beat("intake")
    for measure in ALL:
        labels = {name: values[0] for name, values in measure.labels.items()}
        if measure.kind == "counter":
            metrics.count(measure.name, **labels)
        elif measure.kind == "histogram":
            metrics.time(measure.name, 0.2, **labels)
    names = {name for name, _ in scraped(metrics) if name.startswith("diagnose_")}
    listed = {
        name
        for one in ALL
        for name in (
            [f"{one.name}_{part}" for part in ("bucket", "sum", "count")] if one.kind == "histogram" else [one.shown]
        )
    }
    assert names == listed


@pytest.mark.parametrize("measure", ALL, ids=lambda one: one.name)
def test_the_operators_page_tells_of_each(measure):
    text = PAGE.read_text(encoding="utf-8")
    assert f"`{measure.shown}`" in text, f"docs/operating.md does not say what {measure.shown} means"
    for name, values in measure.labels.items():
        assert f"`{name}`" in text, f"docs/operating.md does not name the label {name} of {measure.shown}"
        untold = [value for value in values if f"`{value}`" not in text]
        assert untold == [], f"docs/operating.md does not tell of these values of {name} of {measure.shown}"


def test_the_operators_page_and_the_dashboards_name_no_metric_that_is_not_there():
    known = {one.shown for one in ALL}
    known |= {f"{one.name}_{part}" for one in ALL if one.kind == "histogram" for part in ("bucket", "sum", "count")}
    known |= {"diagnose_run"}  # the type of a message's metadata
    places = [PAGE, *(PAGE.parents[1] / "deploy").rglob("*")]
    wrong = {
        f"{path.name}: {name}"
        for path in places
        if path.is_file() and path.suffix in {".md", ".json", ".yml", ".yaml"}
        for name in re.findall(r"\bdiagnose_[a-z_]+[a-z]\b", path.read_text(encoding="utf-8"))
        if name not in known
    }
    assert wrong == set()
