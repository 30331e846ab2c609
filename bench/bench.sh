#!/bin/sh
# Many streams at once: straight to the stub, then through the gateway, each checked to the last byte.
# Usage: bench.sh BINARY. Prints one JSON object a run, and what the gateway cost. STREAMS=1000, EVENTS=200.
set -eu

binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
tools=$root/.build-bench
streams=${STREAMS:-1000}
scenario="plain;events=${EVENTS:-200};pace_ms=${PACE_MS:-20}"
make -s -C "$root/bench" >/dev/null
here=$(mktemp -d)
stub='' gateway=''
export TINYGATEWAY_BENCH_KEY=sk-bench

finish() {
    for process in $gateway $stub; do kill "$process" 2>/dev/null || true; done
    for process in $gateway $stub; do wait "$process" 2>/dev/null || true; done
    rm -rf "$here"
}
trap finish EXIT
trap 'exit 130' INT TERM

ulimit -n "$(ulimit -H -n)"
"$tools/stub" >"$here/stub.json" &
stub=$!
until [ -s "$here/stub.json" ]; do sleep 0.05; done
upstream=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$here/stub.json")

cat >"$here/tinygateway.toml" <<TOML
[server]
listen = ["127.0.0.1:0"]
[data]
directory = "$here/data"
[upstream.managed]
url = "http://127.0.0.1:$upstream/v1"
credentials = ["env:TINYGATEWAY_BENCH_KEY"]
[limits]
connections_per_address = 10000
streams_per_balance = 10000
requests_per_minute = 1000000
TOML
gw() { "$binary" "$@" --config "$here/tinygateway.toml"; }
mv "$here/tinygateway.toml" "$here/kept"
gw init --data "$here/data" >/dev/null
mv "$here/kept" "$here/tinygateway.toml"
"$binary" serve --config "$here/tinygateway.toml" 2>"$here/log" &
gateway=$!
until grep -q 'listening on' "$here/log"; do
    kill -0 "$gateway" 2>/dev/null || { cat "$here/log" >&2; exit 1; }
    sleep 0.05
done
port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$here/log" | head -n 1)
gw account add bench@example.test >/dev/null
token=$(gw balance open bench@example.test pay --grant 1000 --json | sed -n 's/.*"token":"\([^"]*\)".*/\1/p')

# Seconds of CPU that the gateway has used.
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$gateway/stat"; }

run() {
    echo "$1: $streams streams, $scenario"
    "$tools/load" --url "$2" --token "$token" --streams "$streams" --scenario "$scenario"
}
run "straight to the stub" "http://127.0.0.1:$upstream/v1"
before=$(cpu)
run "through the gateway" "http://127.0.0.1:$port/v1"
echo "gateway: $(echo "$(cpu) $before" | awk '{ print $1 - $2 }') s CPU," \
    "$(awk '/VmHWM/ { print $2 }' "/proc/$gateway/status") KiB resident at most"
gw ledger verify
