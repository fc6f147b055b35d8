"""Spans by OpenTelemetry's API alone: without an SDK each is a few microseconds of nothing.

An operator who wants them installs an SDK with an exporter beside diagnose and starts it under the field's own
launcher, set by the field's own variables (opentelemetry.io, "Zero-code instrumentation" for Python):

    pip install opentelemetry-distro opentelemetry-exporter-otlp
    export OTEL_SERVICE_NAME=diagnose
    export OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
    opentelemetry-instrument diagnose serve

There is one span `diagnose.run` for each look into an issue and one `diagnose.step FACT` for each of its steps, with
the attributes `diagnose.run`, `diagnose.step`, `diagnose.playbook` and `diagnose.state`: never a value, a sentence or
an error's text. Instrumentations of libraries (requests, SQLAlchemy) are not ours, and may tell addresses and
statements: install only those whose attributes you want to have.
"""

import os
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.trace import Tracer

ELASTICSEARCH = "OTEL_PYTHON_INSTRUMENTATION_ELASTICSEARCH_ENABLED"
"""Elasticsearch's client traces by itself once the API is there, with each error's text, which quotes the search
(www.elastic.co/docs/reference/elasticsearch/clients/python/opentelemetry)."""


def own_tracer() -> Tracer:
    """The tracer of diagnose, of whatever SDK there is now or will be."""
    return trace.get_tracer("diagnose", version("diagnose"))


def own_spans_only() -> None:
    """No library traces unless the operator says so; call it before a client is made."""
    os.environ.setdefault(ELASTICSEARCH, "false")
