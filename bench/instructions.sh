#!/bin/sh
# What one relayed event, or one short request, costs in instructions of user space, counted by valgrind: unlike times
# they do not depend on how busy the machine is.
# Usage: instructions.sh BINARY [PROFILES [event|request]]; PROFILES: where callgrind's files shall stay.
# With PROFILES, order.py makes packaging/link-order.txt from them.
# Ten streams with 600 paced events each, less the same with 100, are 5,000 events and nothing else. Half a minute.
# 1,200 requests of 30 events on 16 kept connections, less 200 of them, are 1,000 requests.
set -eu

. "$(dirname "$0")/common.sh"
profiles=${2:-$here}
unit=${3:-event}
mkdir -p "$profiles"
token=
export TINYGATEWAY_BENCH_KEY=sk-bench

fail() {
    echo "instructions: $1" >&2
    [ ! -f "$here/errors" ] || cat "$here/errors" >&2
    exit 1
}
gw() { "$here/gateway" "$@" --config "$here/tinygateway.toml"; }

configure() {
    cat >"$here/tinygateway.toml" <<TOML
[server]
listen = ["127.0.0.1:$1"]
public_url = "http://127.0.0.1:$1"
[data]
directory = "$here/data"
[upstream.managed]
url = "http://127.0.0.1:$upstream/v1"
credentials = ["env:TINYGATEWAY_BENCH_KEY"]
[limits]
connections = 1000
connections_per_address = 1000
streams_per_balance = 1000
requests_per_minute = 1000000
TOML
}

# Starts a gateway under the command given; asks it nothing, because that would be counted.
serve_at() {
    configure "$1"
    shift
    timeout 60 "$@" "$here/gateway" serve --config "$here/tinygateway.toml" >/dev/null 2>"$here/errors" &
    gateway=$!
    for _ in $(seq 200); do
        if grep -q ': listening on ' "$here/errors"; then return 0; fi
        kill -0 "$gateway" 2>/dev/null || break
        sleep 0.05
    done
    stop
    return 1
}

# A port that something else holds is no reason to give up: try some more.
serve() {
    for port in 28180 28280 28380 48180 48280; do
        if serve_at "$port" "$@"; then return 0; fi
    done
    fail "the gateway did not start"
}

# `timeout` passes the signal on and waits.
stop() {
    kill "$gateway" 2>/dev/null || true
    wait "$gateway" 2>/dev/null || true
    gateway=
}

# Sets `total` to the instructions of a gateway, from start to end, that relays $1 events on each of ten streams, or
# answers $1 short requests; `idle-N`: of one that waits for N seconds; `many`: of one whose tables grow.
measure() {
    # The same books each time: what they hold costs instructions at the start.
    rm -rf "$here/data"
    cp -R "$here/books" "$here/data"
    serve valgrind --tool=callgrind --dump-instr=yes --callgrind-out-file="$profiles/callgrind.$1"
    case $1 in
    idle-*) sleep "${1#idle-}" ;;
    many) load --streams 500 --requests 500 --ramp 100 --scenario "plain;events=20;pace_ms=20;event_bytes=110" ;;
    *) load_units "$1" ;;
    esac
    stop
    total=$(sed -n 's/.*Collected : *\([0-9]*\).*/\1/p' "$here/errors")
    [ -n "$total" ] || fail "valgrind counted nothing"
}

load_units() {
    case $unit in
    event) load --streams 10 --requests 10 --scenario "plain;events=$1;pace_ms=20;event_bytes=110" ;;
    request) load --streams 16 --requests "$1" --keep-alive yes --usage 1234/56 \
        --scenario "plain;events=24;event_bytes=110;premade" ;;
    *) fail "what is a $unit?" ;;
    esac
}

load() {
    "$tools/load" --url "http://127.0.0.1:$port/v1" --token "$token" "$@" --seconds 40 >"$here/load.json" ||
        fail "the load failed: $(cat "$here/load.json")"
}

# Valgrind 3.19 cannot read the debug information that today's compilers write.
objcopy --strip-debug "$binary" "$here/gateway"
timeout 150 "$tools/stub" --default plain >"$here/stub.json" &
stub=$!
for _ in $(seq 100); do
    if [ -s "$here/stub.json" ]; then break; fi
    sleep 0.05
done
upstream=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$here/stub.json")
gw init --data "$here/data" --listen 127.0.0.1:28180 >/dev/null
serve env
account=$(gw account add bench@example.test --json | value account)
token=$(gw balance open "$account" pay --grant 100 --json | value token)
stop
mv "$here/data" "$here/books"

# For the order of the program's functions only.
if [ "$profiles" != "$here" ] && [ "$unit" = event ]; then
    measure idle-4
    measure idle-8
    measure many
fi
case $unit in
event) first=100 last=600 units=5000 ;;
*) first=200 last=1200 units=1000 ;;
esac
measure $first
few=$total
measure $last
echo "instructions per $unit: $(((total - few) / units))"
