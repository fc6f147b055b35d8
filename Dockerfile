# One image for both modes: `serve` over Socket Mode, `serve --http` for Slack's requests. It holds Python, the packages of
# requirements.lock and diagnose; no compiler, no pip of its own, no settings and no secret. At run time only /data and /tmp
# are written to, so that the rest may be read-only.

FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
# The lock holds a hash of every package, and wheels only run no code of theirs here.
RUN python -m venv --without-pip /opt/diagnose \
 && pip --python /opt/diagnose/bin/python install --no-cache-dir --disable-pip-version-check \
      --require-hashes --only-binary :all: -r requirements.lock
COPY . .
# Built with the hatchling of the lock, which is then taken out again with what only it needs.
RUN /opt/diagnose/bin/hatchling build -t wheel -d /tmp/wheel \
 && pip --python /opt/diagnose/bin/python install --no-cache-dir --disable-pip-version-check \
      --no-deps --no-index /tmp/wheel/diagnose-*.whl \
 && pip --python /opt/diagnose/bin/python uninstall --quiet --yes hatchling editables pathspec pluggy trove-classifiers

FROM python:3.13-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="diagnose" \
      org.opencontainers.image.description="Answers in a Slack thread why a Sentry issue is happening, with proof." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN groupadd --system --gid 10001 diagnose \
 && useradd --system --uid 10001 --gid diagnose --no-create-home --home-dir /data --shell /usr/sbin/nologin diagnose \
 && install --directory --owner=diagnose --group=diagnose --mode=0700 /data \
 && install --directory /etc/diagnose
COPY --from=build /opt/diagnose /opt/diagnose
ENV PATH=/opt/diagnose/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DIAGNOSE_DATA=/data \
    DIAGNOSE_HOST=0.0.0.0
# A diagnose.toml that is mounted here is found without a setting.
WORKDIR /etc/diagnose
VOLUME /data
EXPOSE 3000 9465
# As a number, so that Kubernetes can see that it is not root.
USER 10001:10001
# Alive, not ready: a container is not well again by a new start because Slack or the database is down. The package knows
# no other way to ask than Python's own; a proxy in the environment is not asked.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["python", "-c", "import http.client, os, sys; asked = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('DIAGNOSE_METRICS_PORT') or 9465), timeout=3); asked.request('GET', '/livez'); sys.exit(asked.getresponse().status != 200)"]
ENTRYPOINT ["diagnose"]
CMD ["serve"]
