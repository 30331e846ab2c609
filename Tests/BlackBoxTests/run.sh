#!/bin/sh
# Black-box tests of the built binaries over loopback. Usage: run.sh [--long] [pytest arguments]
# Binaries: TINYGATEWAY_BINARIES (paths, colon separated), else those of `make build` and `make release`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=$root/.build-venv
make -s -C "$root/bench" tools
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi
cd "$here"
exec "$venv/bin/python" -m pytest -q -p no:cacheprovider "$@"
