"""The registry: counts what it is told under closed lists of labels, so that no text from outside makes a series."""

import itertools
import math
from collections.abc import Iterator, Mapping
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, PlatformCollector
from prometheus_client import ProcessCollector as Process
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bot.observe.measures import OTHER, Measure, measures

FORESEEN = 60
"""Series that a metric may begin with at 0, so that the first of a kind is seen as a rise; a larger one grows."""


class Metrics:
    """The metrics of one process, in a registry of their own: two of them in one test do not meet.

    Everything may be called from any thread, and takes microseconds.
    """

    def __init__(self) -> None:
        self._measures = measures()
        self._registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._histograms: dict[str, Histogram] = {}
        for measure in self._measures.values():
            self._declare(measure)
        Process(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def count(self, name: str, by: float = 1, **labels: str) -> None:
        """So many more; a value that is not on the label's list counts as `other`. KeyError for an unknown name."""
        measure, counter = self._measures[name], self._counters[name]
        (counter.labels(**_closed(measure, labels)) if measure.labels else counter).inc(by)

    def time(self, name: str, seconds: float, **labels: str) -> None:
        """One more duration in seconds; a clock that was set back counts as 0."""
        measure, histogram = self._measures[name], self._histograms[name]
        (histogram.labels(**_closed(measure, labels)) if measure.labels else histogram).observe(max(0.0, seconds))

    def show(self, collector: Collector) -> None:
        """Asks this one too, at every scrape."""
        self._registry.register(collector)

    def collect(self) -> Iterator[Metric]:
        """All of them, without the time at which each series was made: that doubles a scrape and is asked by nobody."""
        for metric in self._registry.collect():
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            if metric.samples:
                yield metric

    def _declare(self, measure: Measure) -> None:
        names = tuple(measure.labels)
        if measure.kind == "counter":
            made = Counter(measure.name, measure.meaning, names, registry=self._registry)
            self._counters[measure.name] = made
        elif measure.kind == "histogram":
            buckets = (*measure.buckets, math.inf)
            timed = Histogram(measure.name, measure.meaning, names, registry=self._registry, buckets=buckets)
            self._histograms[measure.name] = timed
            return
        elif measure.kind == "info":
            # A gauge by its full name: the same in Prometheus' own format and in OpenMetrics.
            build = Gauge(measure.shown, measure.meaning, ("version",), registry=self._registry)
            build.labels(version=version("diagnose")).set(1)
            return
        else:
            return  # a gauge is read when it is scraped, see bot.observe.scraped
        if names and math.prod(len(values) for values in measure.labels.values()) <= FORESEEN:
            for values in itertools.product(*measure.labels.values()):
                made.labels(*values)


def _closed(measure: Measure, labels: Mapping[str, str]) -> dict[str, str]:
    return {name: value if value in measure.labels[name] else OTHER for name, value in labels.items()}
