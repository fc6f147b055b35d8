#!/bin/sh
# Puts two small real Elasticsearches (the builds Elastic makes for integration tests), 8 and 9, into the folder given,
# or $HOME/.cache/diagnose where the tests look for them by themselves, and prints where each is. One that
# DIAGNOSE_ELASTICSEARCH_HOME (8) or DIAGNOSE_ELASTICSEARCH_9_HOME (9) names is not fetched. Needs Maven and unzip.
set -eu
cache=${1:-$HOME/.cache/diagnose}

fetch() {
    home=$cache/elasticsearch-$1
    if [ ! -x "$home/bin/elasticsearch" ]; then
        mkdir -p "$cache"
        unpacked=$(mktemp -d "$cache/unpacked.XXXXXX")
        artifact=org.elasticsearch.distribution.integ-test-zip:elasticsearch:$1:zip
        mvn -B -q dependency:get -Dtransitive=false -Dartifact="$artifact" >&2
        mvn -B -q dependency:copy -Dartifact="$artifact" -DoutputDirectory="$unpacked" >&2
        unzip -q -o "$unpacked/elasticsearch-$1.zip" -d "$unpacked"
        rm -rf "$home"
        mv "$unpacked/elasticsearch-$1" "$home" # whole or not at all
        rm -rf "$unpacked"
    fi
    (cd "$home" && pwd)
}

# tests/real_elasticsearch.py names the same versions.
[ -n "${DIAGNOSE_ELASTICSEARCH_HOME:-}" ] || fetch 8.19.4
[ -n "${DIAGNOSE_ELASTICSEARCH_9_HOME:-}" ] || fetch 9.1.5
