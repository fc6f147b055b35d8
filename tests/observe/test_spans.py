"""Nothing is traced but by us, unless the operator says so; and without an SDK, nothing at all."""

import sys

import pytest
from elasticsearch import Elasticsearch

from bot.observe.spans import ELASTICSEARCH, own_spans_only, own_tracer


@pytest.mark.parametrize(("said", "traces"), [(None, False), ("true", True)])
def test_elasticsearchs_client_traces_only_where_the_operator_says_so(said, traces, monkeypatch):
    monkeypatch.setenv(ELASTICSEARCH, said or "")
    if said is None:
        monkeypatch.delenv(ELASTICSEARCH)
    own_spans_only()
    with Elasticsearch("http://127.0.0.1:1") as client:
        assert client._otel.enabled is traces


def test_without_an_sdk_nothing_is_recorded():
    with own_tracer().start_as_current_span("diagnose.run") as span:
        assert not span.is_recording()
        assert not span.get_span_context().is_valid


def test_the_bot_itself_never_asks_for_an_sdk():
    import subprocess  # noqa: PLC0415

    asked = (
        "import bot.observe.looks, sys; print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
