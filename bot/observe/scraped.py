"""The gauges, read at the moment of a scrape; what cannot be read is absent and says so, never 0 and never an error."""

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.observe.beats import Beats
from bot.observe.bounded import Bounded
from bot.observe.measures import OTHER, measures
from bot.runs.history import Load


class Scraped(Collector):
    """`load` and `replicas` read the database, in a second together; `connected` asks Slack's client."""

    def __init__(
        self, load: Callable[[], Load], replicas: Callable[[], int], connected: Callable[[], bool], beats: Beats
    ) -> None:
        self._read = Bounded(lambda: (load(), replicas()), "scrape")
        self._connected, self._beats = connected, beats
        self._measures = measures()

    def describe(self) -> Iterator[Metric]:
        """No name is known before a scrape, so that registering this one reads no database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """What can be had now, in a second at most."""
        known: dict[str, float] = {}
        try:
            load, living = self._read()
        except Exception:  # noqa: BLE001 - told as diagnose_database_up 0
            known["diagnose_database_up"] = 0
        else:
            known["diagnose_database_up"] = 1
            known["diagnose_runs_running"] = load.running
            known["diagnose_runs_waiting"] = load.waiting
            known["diagnose_oldest_waiting_seconds"] = load.oldest_seconds
            known["diagnose_replicas_living"] = living
        try:
            known["diagnose_slack_connected"] = int(self._connected())
        except Exception:  # noqa: BLE001 - told as 0: a client that cannot say so is not connected
            known["diagnose_slack_connected"] = 0
        for name, value in known.items():
            yield GaugeMetricFamily(name, self._measures[name].meaning, value=value)
        silence = self._measures["diagnose_thread_silence_seconds"]
        family = GaugeMetricFamily(silence.name, silence.meaning, labels=["thread"])
        longest: dict[str, float] = {}
        for thread, seconds in self._beats.silences().items():
            label = thread if thread in silence.labels["thread"] else OTHER
            longest[label] = max(longest.get(label, 0.0), seconds)
        for label, seconds in longest.items():
            family.add_metric([label], seconds)
        yield family
