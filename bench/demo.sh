#!/bin/sh
# A streamed answer through the gateway, event by event, and its line in the ledger. Usage: demo.sh BINARY
# Everything lives in a temporary directory and on loopback; the upstream is the stub, so nothing is asked of OpenAI.
set -eu

. "$(dirname "$0")/common.sh"
export TINYGATEWAY_DEMO_KEY=sk-demo

title() { printf '\n== %s\n\n' "$1"; }
gw() { "$binary" "$@" --config "$here/tinygateway.toml"; }

"$tools/stub" --default "plain;events=24;pace_ms=80" >"$here/stub.json" &
stub=$!
until [ -s "$here/stub.json" ]; do sleep 0.05; done
upstream=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$here/stub.json")

serve() {
    rm -f "$here/tinygateway.toml"
    gw init --data "$here/data" --listen "127.0.0.1:$1" >/dev/null
    cat >"$here/tinygateway.toml" <<TOML
[server]
listen = ["127.0.0.1:$1"]
public_url = "http://127.0.0.1:$1"
[data]
directory = "$here/data"
[upstream.managed]
url = "http://127.0.0.1:$upstream/v1"
credentials = ["env:TINYGATEWAY_DEMO_KEY"]
TOML
    # Not by the function: a subshell would stand between, and the signal would end that alone.
    "$binary" serve --config "$here/tinygateway.toml" >/dev/null 2>"$here/errors" &
    gateway=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -S "$here/data/admin.sock" ] && gw balance list >/dev/null 2>&1 && return 0
        kill -0 "$gateway" 2>/dev/null || break
        sleep 0.1
    done
    wait "$gateway" 2>/dev/null || true
    gateway=
    return 1
}

# A port that something else holds is no reason to give up: try some more.
for port in 8080 18080 28080 38080; do
    if serve "$port"; then break; fi
done
if [ -z "$gateway" ]; then
    echo "demo: the gateway did not start:" >&2
    cat "$here/errors" >&2
    exit 1
fi
url=http://127.0.0.1:$port

title "The gateway listens on $url; its upstream is a stub on port $upstream"
echo "\$ tinygateway account add you@example.test --json"
added=$(gw account add you@example.test --json)
echo "$added"
account=$(echo "$added" | value account)
echo "\$ tinygateway balance open $account pay --grant 5 --json"
opened=$(gw balance open "$account" pay --grant 5 --json)
echo "$opened"
balance=$(echo "$opened" | value balance)
token=$(echo "$opened" | value token)

title "One streamed answer, as it comes"
body='{"model":"gpt-5.5","stream":true,"input":"Say something."}'
if command -v curl >/dev/null; then
    curl -sN "$url/v1/responses" -H "x-tinygateway-token: $token" -H "content-type: application/json" -d "$body" |
        while IFS= read -r line; do
            case $line in
            *output_text.delta*\"delta\":*) printf '%s' "$line" | sed -n 's/.*"delta":"\([^"]*\)".*/\1/p' | tr -d '\n' ;;
            *response.completed*\"usage\":*) printf '\n\n%s\n' "$line" | sed 's/.*\("usage":{.*}\),"metadata".*/\1/' ;;
            esac
        done
else
    "$tools/load" --url "$url/v1" --token "$token" --model gpt-5.5 --scenario "plain;events=24;pace_ms=80"
fi

title "Its line in the ledger, on disk before the client saw the end"
grep '"type":"charge"' "$here/data/ledger.jsonl"
title "The balance"
gw balance show "$balance"
title "The whole ledger, verified"
gw ledger verify

title "For ~/.codex/config.toml"
gw config toml "$balance"

title "Or try it by hand"
cat <<TEXT
curl -N $url/v1/responses \\
    -H 'x-tinygateway-token: $token' -H 'content-type: application/json' \\
    -d '$body'

TEXT
if [ -t 0 ] && [ -t 1 ]; then
    printf 'The gateway runs until you press Enter. '
    read -r _ || true
fi
