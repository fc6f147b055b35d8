#!/bin/sh
# Puts a small real Elasticsearch (the build Elastic makes for integration tests) into the folder given and
# prints where it is: DIAGNOSE_ELASTICSEARCH_HOME="$(tools/fetch_elasticsearch.sh CACHE)". Needs Maven, unzip; to run
# it, Java 17.
set -eu
version=8.19.4
cache=${1:?usage: tools/fetch_elasticsearch.sh FOLDER}
home=$cache/elasticsearch-$version
if [ ! -x "$home/bin/elasticsearch" ]; then
    mkdir -p "$cache"
    artifact=org.elasticsearch.distribution.integ-test-zip:elasticsearch:$version:zip
    mvn -B -q dependency:get -Dtransitive=false -Dartifact="$artifact" >&2
    mvn -B -q dependency:copy -Dartifact="$artifact" -DoutputDirectory="$cache" >&2
    unzip -q -o "$cache/elasticsearch-$version.zip" -d "$cache" && rm -f "$cache/elasticsearch-$version.zip"
fi
cd "$home" && pwd
