#!/bin/sh
# Puts one TinyGateway balance into Codex's config.toml.
#
#   sh install.sh           install, or bring up to date
#   sh install.sh --undo    take it out again
#
# This script contains your access token. Do not forward it and do not publish it.
#
# It changes only lines that carry its marks, keeps a backup with a time stamp beside the file, and puts
# "#tinygateway# " before lines that stand against it: an older model_provider or model, profile, API keys and
# old login settings at the top level, and providers that Codex would refuse. --undo takes all of that away; a
# file that nobody else has changed is then what it was, byte for byte.
#
# The file is $CODEX_HOME/config.toml, without CODEX_HOME ~/.codex/config.toml.
set -eu
umask 077
LC_ALL=C
export LC_ALL

provider='@PROVIDER@'
model='@MODEL@'
# Whether Codex sends your own ChatGPT login (Link, Boost) or none (Pay).
login='@LOGIN@'

block() {
    cat <<'TINYGATEWAY_BLOCK'
@BLOCK@
TINYGATEWAY_BLOCK
}

say() { printf '%s\n' "$*"; }

fail() {
    printf 'tinygateway: %s\n' "$*" >&2
    exit 1
}

# edit MODE IN: the file IN after MODE (install, undo; base: what is not ours), on standard output.
# Exit status 3: a string or a bracket is not closed, the line's number is on standard output.
# Exit status 4: this script made the file and nothing else is in it.
edit() {
    final=1
    if [ -s "$2" ] && [ -n "$(tail -c 1 "$2")" ]; then final=0; fi
    awk -v mode="$1" -v provider="$provider" -v model="$model" -v made="$missing" -v final="$final" '
# --- TOML, as much as is needed to tell keys, tables and values apart -------------------------------------------

# The position behind the one-line string that begins at i.
function behind(text, i,    quote, c, n) {
    n = length(text)
    quote = substr(text, i++, 1)
    while (i <= n) {
        c = substr(text, i++, 1)
        if (c == "\\" && quote == "\"") i++
        else if (c == quote) return i
    }
    return n + 1
}

# The dotted key at i, each part followed by DOT. Leaves the position behind it in `at`.
function keys(text, i,    c, j, all) {
    all = ""
    for (;;) {
        while (substr(text, i, 1) ~ /[ \t]/) i++
        c = substr(text, i, 1)
        if (c == "\"" || c == "\047") {
            j = behind(text, i)
            all = all substr(text, i + 1, j - i - 2) DOT
            i = j
        } else if (match(substr(text, i), /^[A-Za-z0-9_-]+/)) {
            all = all substr(text, i, RLENGTH) DOT
            i += RLENGTH
        } else break
        while (substr(text, i, 1) ~ /[ \t]/) i++
        if (substr(text, i, 1) != ".") break
        i++
    }
    at = i
    return all
}

# Reads a value, or more of it, from i on; `open` and `depth` say what the next line goes on with.
function scan(text, i,    n, c, more) {
    n = length(text)
    while (i <= n) {
        c = substr(text, i, 1)
        if (open != "") {
            if (c == "\\" && open == "\"\"\"") i++
            else if (substr(text, i, 3) == open) {
                open = ""
                i += 2
                # Up to two quotes more are the last characters of the text.
                for (more = 0; more < 2 && substr(text, i + 1, 1) == c; more++) i++
            }
        } else if (c == "#") return
        else if (c == "\"" || c == "\047") {
            if (substr(text, i, 3) == c c c) {
                open = c c c
                i += 2
            } else i = behind(text, i) - 1
        } else if (c == "[" || c == "{") depth++
        else if ((c == "]" || c == "}") && depth > 0) depth--
        i++
    }
}

# Fills kind (c comment or empty, h table, s key, + the same key goes on), path and value of each line.
function parse(lines, n,    i, table, start, text, deep) {
    open = ""
    depth = 0
    table = ""
    for (i = 1; i <= n; i++) {
        text = lines[i]
        path[i] = value[i] = ""
        if (open != "" || depth > 0) {
            kind[i] = "+"
            scan(text, 1)
        } else if (text ~ /^[ \t]*(#|\r?$)/) kind[i] = "c"
        else if (text ~ /^[ \t]*\[/) {
            kind[i] = "h"
            deep = text ~ /^[ \t]*\[\[/
            table = path[i] = keys(text, index(text, "[") + 1 + deep)
            value[i] = deep ? "[[" : "["
        } else {
            kind[i] = "s"
            start = i
            path[i] = table keys(text, 1)
            value[i] = substr(text, at + 1)
            scan(text, at + 1)
        }
    }
    if (open != "" || depth > 0) {
        print start
        exit refused = 3
    }
}

# --- What is ours ----------------------------------------------------------------------------------------------

function begins(text, start) { return substr(text, 1, length(start)) == start }

function keep(line) { base[++bases] = line }

# Takes the file apart: base (what is not ours, as it was before), tails (our provider blocks) and flags.
function take_apart(    i, text, zone, before, inside, fate, id) {
    parse(raw, raws)
    cut = bases = tails = candidates = 0
    earlier = ""
    for (i = 1; i <= raws; i++) {
        text = raw[i]
        sub(/\r$/, "", text)
        if (kind[i] == "c" && begins(text, "# >>> tinygateway")) {
            before = 1
            inside = 0
            fate = "ours"
            id = text
            sub(/^# >>> tinygateway */, "", id)
            sub(/:.*/, "", id)
            if (begins(id, "tinygateway-codex-")) {
                zone = "tail"
                if (!tails) joint = bases
                tail_id[++tails] = id
                tail_text[tails] = text
            } else {
                zone = "top"
                if (id ~ /new/) made = 1
                if (id ~ /cut/) cut = 1
            }
        } else if (kind[i] == "c" && begins(text, "# <<< tinygateway")) {
            if (zone == "tail") tail_text[tails] = tail_text[tails] "\n" text
            zone = ""
            fate = "ours"
        } else if (kind[i] == "c" && begins(text, GONE)) {
            keep(substr(raw[i], length(GONE) + 1))
            fate = "kept"
        } else if (kind[i] == "c" && begins(text, MOVED)) {
            keep(substr(raw[i], length(MOVED) + 1))
            end_moved()
            moving = base[bases]
            fate = "kept"
        } else if (kind[i] == "c" && begins(text, MORE)) {
            keep(substr(raw[i], length(MORE) + 1))
            moving = moving "\n" base[bases]
            fate = "kept"
        } else {
            # Lines that Codex or its user put between our marks are not ours: they stay.
            if (kind[i] == "c") fate = zone != "" && before && text ~ /^#/ ? "ours" : "kept"
            else if (kind[i] == "h") {
                inside = zone == "tail" && begins(path[i], "model_providers" DOT id DOT)
                fate = inside ? "ours" : "kept"
                if (zone == "top") zone = ""
            } else if (kind[i] == "s" && zone == "top") {
                fate = path[i] == "model_provider" DOT || path[i] == "model" DOT ? "ours" : "copy"
                if (path[i] == "model_provider" DOT) {
                    earlier = value[i]
                    gsub(/[ \t\r"\047]|#.*/, "", earlier)
                }
                if (fate == "copy") candidates++
            } else if (kind[i] == "s") fate = inside ? "ours" : "kept"
            if (kind[i] != "c") before = 0
            if (fate == "ours" && zone == "tail") tail_text[tails] = tail_text[tails] "\n" text
            else if (fate != "ours") keep(raw[i])
            if (fate == "copy") {
                candidate[bases] = candidates
                copy[candidates] = copy[candidates] (kind[i] == "s" ? "" : "\n") raw[i]
            }
        }
    }
    end_moved()
    drop_copies()
    # Without a final line end before us there was none; unless something has been added behind us since.
    if (raws && fate == "ours") final = !(cut && bases == joint)
    if (!bases) final = 1
}

function end_moved() {
    if (moving != "") moved[moving] = 1
    moving = ""
}

# A copy that still equals the line it was made from is ours; one that was changed since is not.
function drop_copies(    i, n, shift) {
    n = 0
    shift = 0
    for (i = 1; i <= bases; i++) {
        if (i in candidate && copy[candidate[i]] in moved) {
            if (i <= joint) shift++
        } else base[++n] = base[i]
    }
    bases = n
    joint -= shift
}

# --- What stands against us ------------------------------------------------------------------------------------

# Providers that must go: our own, pasted by hand; names that Codex keeps for itself; `wire_api = "chat"`, with
# which Codex no longer starts.
function find_doomed(    i, p, n) {
    doomed["openai"] = doomed["ollama"] = doomed["lmstudio"] = 1
    for (i = 1; i <= tails; i++) doomed[tail_id[i]] = 1
    for (i = 1; i <= bases; i++) {
        if (kind[i] != "s") continue
        n = split(path[i], p, DOT) - 1
        if (n == 1) global[p[1]] = 1
        if (p[1] != "model_providers") continue
        if (n == 3 && p[3] == "wire_api" && value[i] ~ /^[ \t]*["\047]chat["\047]/) doomed[p[2]] = 1
        if (n == 2 && value[i] ~ /[{, \t]wire_api[ \t]*=[ \t]*["\047]chat["\047]/) doomed[p[2]] = 1
    }
}

# The fate of a line of the base: "" stays, GONE is commented out, MOVED goes to the top level.
function judge(i,    p, n, key) {
    n = split(path[i], p, DOT) - 1
    if (kind[i] == "h") {
        dead = n == 1 && p[1] == "model_providers" && value[i] == "[["
        return dead || (n > 1 && p[1] == "model_providers" && p[2] in doomed) ? GONE : ""
    }
    if (dead) return GONE
    if (p[1] == "model_providers" && n == 1) return GONE
    if (p[1] == "model_providers") {
        key = n == 3 ? p[3] : ""
        # Below a provider they have no effect, and Codex refuses them.
        if (key == "notify" || key == "personality" || (p[2] in doomed && key in GLOBALS)) {
            if (key in global) return p[2] in doomed ? GONE : ""
            global[key] = 1
            return MOVED
        }
        return p[2] in doomed ? GONE : ""
    }
    key = tolower(p[n])
    if (n == 2 && (p[1] == "env" || p[1] == "auth") && key == "openai_api_key") return GONE
    if (n != 1) return ""
    if (p[1] == "model_provider" || p[1] == "model" || p[1] == "profile") return GONE
    if (key == "openai_api_key" || key == "api_key" || p[1] == "preferred_auth_method") return GONE
    if (p[1] == "forced_login_method" && value[i] ~ /^[ \t]*["\047]api["\047]/) return GONE
    return value[i] ~ /^[ \t]*["\047]+sk-/ ? GONE : ""
}

# --- Putting it together ---------------------------------------------------------------------------------------

function put(line) { out[++outs] = line }

function put_text(text, eol,    i, n, part) {
    n = split(text, part, "\n")
    for (i = 1; i <= n; i++) put(part[i] eol)
}

function put_together(active,    i, n, eol, fate, prefix, lifted, below) {
    eol = bases && base[1] ~ /\r$/ ? "\r" : ""
    parse(base, bases)
    find_doomed()
    n = 0
    for (i = 1; i <= bases; i++) {
        if (kind[i] == "c") fate = ""
        else if (kind[i] != "+") fate = judge(i)
        prefix = fate == MOVED && kind[i] == "+" ? MORE : fate
        if (fate == MOVED) lifted[++n] = base[i]
        below[i] = prefix base[i]
    }
    put("# >>> tinygateway" (made ? " new" : "") (final ? "" : " cut") \
        ": written by the install script; --undo takes it away" eol)
    put("model_provider = \"" active "\"" eol)
    put("model = \"" model "\"" eol)
    for (i = 1; i <= n; i++) put(lifted[i])
    put("# <<< tinygateway" eol)
    for (i = 1; i <= bases; i++) put(below[i])
    for (i = 1; i <= tails; i++) put_text(tail_text[i], eol)
    final = 1
}

# Removes the block of `provider` from the tails; the others close up.
function drop_tail(    i, n) {
    n = 0
    for (i = 1; i <= tails; i++) {
        if (tail_id[i] == provider) continue
        tail_id[++n] = tail_id[i]
        tail_text[n] = tail_text[i]
    }
    tails = n
}

function add_tail() {
    tail_id[++tails] = provider
    tail_text[tails] = "# >>> tinygateway " provider ": it contains your token, do not forward it\n" \
        block "\n# <<< tinygateway " provider
}

function choose(    i) {
    for (i = 1; i <= tails; i++) if (tail_id[i] == earlier) return earlier
    return tail_id[tails]
}

BEGIN {
    DOT = "\034"
    GONE = "#tinygateway# "
    MOVED = "#tinygateway-moved# "
    MORE = "#tinygateway-moved+ "
    split("approval_policy sandbox_mode model_reasoning_effort model_reasoning_summary model_verbosity " \
        "web_search file_opener hide_agent_reasoning show_raw_agent_reasoning service_tier " \
        "check_for_update_on_startup notify personality", names, " ")
    for (i in names) GLOBALS[names[i]] = 1
    BOM = "\357\273\277"
}

FILENAME == ARGV[1] { block = block (FNR == 1 ? "" : "\n") $0; next }

{ raw[++raws] = $0 }

END {
    bom = ""
    if (raws && begins(raw[1], BOM)) {
        bom = BOM
        raw[1] = substr(raw[1], 4)
        if (raws == 1 && raw[1] == "") raws = 0
    }
    take_apart()
    if (refused) exit refused
    if (mode != "base") drop_tail()
    if (mode == "install") add_tail()
    if (mode == "base" || !tails) for (i = 1; i <= bases; i++) put(base[i])
    else put_together(mode == "install" ? provider : choose())
    if (refused) exit refused
    printf "%s", bom
    for (i = 1; i < outs; i++) print out[i]
    if (outs) printf "%s%s", out[outs], final ? "\n" : ""
    if (mode == "undo" && !outs && made) exit 4
}
' "$work/block" "$2"
}

# Where the bytes are: the file itself, behind any number of links.
follow() {
    target=$config
    hops=0
    while [ -L "$target" ]; do
        hops=$((hops + 1))
        [ "$hops" -le 40 ] || fail "$config is a link that leads back to itself"
        next=$(readlink "$target")
        case $next in
        /*) target=$next ;;
        *) target=$(dirname "$target")/$next ;;
        esac
    done
    [ ! -e "$target" ] || [ -f "$target" ] || fail "$target is not a file"
}

# A copy of the file as it is, beside the link, never over another one.
back_up() {
    stamp=$(date -u +%Y%m%dT%H%M%SZ)
    backup=$config.$stamp.bak
    count=1
    while [ -e "$backup" ]; do
        count=$((count + 1))
        backup=$config.$stamp-$count.bak
    done
    cp "$work/before" "$backup" || fail "cannot write $backup; nothing was changed"
    keep_owner "$backup"
}

# Run by root for somebody else, the file must not become root's.
keep_owner() {
    [ "$(id -u)" = 0 ] || return 0
    chown "$owner" "$1" || fail "cannot give $1 back to its owner"
}

# Takes the place of the file in one step; a file that was read-only stays so.
replace() {
    access=600
    if [ "$missing" = 0 ]; then
        case $(ls -ld "$target") in
        ??-*) access=400 ;;
        esac
    fi
    fresh=$(mktemp "$(dirname "$target")/.config.toml.XXXXXX") ||
        fail "cannot write into $(dirname "$target"); nothing was changed"
    if cat "$work/after" >"$fresh" && chmod "$access" "$fresh" && keep_owner "$fresh" &&
        mv -f "$fresh" "$target"; then
        fresh=
    else
        fail "cannot write $target; nothing was changed"
    fi
}

# The new text must give back, byte for byte, what was not ours in the old one.
prove() {
    edit base "$work/before" >"$work/base-before" && edit base "$work/after" >"$work/base-after" &&
        cmp -s "$work/base-before" "$work/base-after" ||
        fail "cannot edit $config without loss, please edit it by hand; nothing was changed"
}

hints() {
    auth=$folder/auth.json
    if [ "$login" = true ] && [ -f "$auth" ] &&
        grep -q '"OPENAI_API_KEY"[[:space:]]*:[[:space:]]*"' "$auth"; then
        say "Note: $auth holds an API key. This service uses your ChatGPT login: codex logout, codex login."
    fi
    if [ "$login" = false ] && [ -n "${OPENAI_API_KEY-}" ]; then
        say "Note: OPENAI_API_KEY is set in this shell. This service needs none; better remove it."
    fi
}

main() {
    mode=install
    case $#${1-} in
    0) ;;
    1--undo) mode=undo ;;
    *) fail "usage: sh install.sh [--undo]" ;;
    esac
    folder=${CODEX_HOME:-${HOME:?HOME is not set}/.codex}
    case $folder in
    /*) ;;
    *) folder=$(pwd)/$folder ;;
    esac
    config=$folder/config.toml
    fresh=
    work=$(mktemp -d "${TMPDIR:-/tmp}/tinygateway.XXXXXX") || fail "cannot make a temporary folder"
    trap 'rm -rf "$work" ${fresh:+"$fresh"}' EXIT
    trap 'exit 1' HUP INT TERM
    block >"$work/block"
    follow
    missing=0
    if [ -e "$target" ]; then
        cat "$target" >"$work/before" || fail "cannot read $target"
    elif [ "$mode" = undo ]; then
        say "There is no $config: nothing to undo."
        return
    else
        missing=1
        : >"$work/before"
        mkdir -p "$folder" "$(dirname "$target")" || fail "cannot make the folder $folder"
    fi
    if [ "$missing" = 0 ]; then placed=$target; else placed=$(dirname "$target"); fi
    # shellcheck disable=SC2012 # only the two numbers are read
    owner=$(ls -ldn "$placed" | awk '{ print $3 ":" $4 }')
    tr -d '\000' <"$work/before" | cmp -s - "$work/before" || fail "$config holds NUL bytes; nothing was changed"
    status=0
    edit "$mode" "$work/before" >"$work/after" || status=$?
    case $status in
    0 | 4) ;;
    3) fail "$config: what begins in line $(cat "$work/after") is not closed; nothing was changed" ;;
    *) fail "awk failed; nothing was changed" ;;
    esac
    prove
    if [ "$missing" = 0 ] && cmp -s "$work/before" "$work/after" && [ "$status" = 0 ]; then
        if [ "$mode" = install ]; then
            chmod go= "$target" 2>/dev/null || :
            say "$config is up to date: nothing was changed."
        else
            say "$provider is not in $config: nothing to undo."
        fi
        return
    fi
    [ "$missing" = 1 ] || back_up
    if [ "$status" = 4 ]; then
        rm -f "$target" || fail "cannot remove $target"
        say "Removed $config, which the install script had made. Backup: $backup"
        return
    fi
    replace
    if [ "$mode" = install ]; then
        say "Codex now uses $provider: $config"
    else
        say "Removed $provider from $config"
    fi
    [ "$missing" = 1 ] || say "Backup: $backup"
    if [ "$mode" = install ]; then
        hints
        say "Start Codex again, or a new session. To go back: sh install.sh --undo"
    fi
}

main "$@"
