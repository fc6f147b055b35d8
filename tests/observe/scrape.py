"""Reads a scrape as Prometheus does."""

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parsed(text: str) -> Series:
    """Every series of a scrape: its name and labels, and its value."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scraped(metrics) -> Series:
    """What a scrape of these gives now."""
    return parsed(generate_latest(metrics).decode())


def value(metrics, name: str, **labels: str) -> float | None:
    """One series, None where there is none."""
    return scraped(metrics).get((name, frozenset(labels.items())))
