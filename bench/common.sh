# What the scripts here share. Sourced, with the script's own arguments: the binary under test is the first. Leaves a
# temporary directory, which goes at the end together with the processes `stub` and `gateway`.
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
tools=$root/.build-bench
make -s -C "$root/bench" tools >/dev/null
here=$(mktemp -d)
stub= gateway=

finish() {
    for process in $gateway $stub; do kill "$process" 2>/dev/null || true; done
    for process in $gateway $stub; do wait "$process" 2>/dev/null || true; done
    rm -rf "$here"
}
trap finish EXIT
trap 'exit 130' INT TERM

# The value of one string key of a JSON line.
value() { sed -n "s/.*\"$1\" *: *\"\\([^\"]*\\)\".*/\\1/p"; }
