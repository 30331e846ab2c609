#!/bin/bash
# The codecs under libFuzzer and AddressSanitizer, seeded with the fixtures. FUZZ_SECONDS=60 by default;
# inputs that found something new are kept in .build-fuzz/corpus, one that fails in .build-fuzz/crash-*.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$root/.build-fuzz
swiftc=$(dirname "$(readlink -f "$(command -v "${SWIFT:-swift}")")")/swiftc
mkdir -p "$out/corpus"
printf 'module CUV { umbrella "%s/Sources/CUV/include" export * }\n' "$root" >"$out/module.modulemap"
flags=(-O -g -parse-as-library -wmo -swift-version 6
    -enable-upcoming-feature InternalImportsByDefault -sanitize=fuzzer,address
    -Xcc "-fmodule-map-file=$out/module.modulemap" -Xcc -D_GNU_SOURCE)
cd "$out"
"$(dirname "$swiftc")/clang" -O1 -g -D_GNU_SOURCE -I "$root/Sources/CUV/include" -c "$root/Sources/CUV/cuv.c"
"$swiftc" "${flags[@]}" -emit-module -emit-object -module-name Billing -o Billing.o \
    $(find "$root/Sources/Billing" -name '*.swift')
"$swiftc" "${flags[@]}" -I . -module-name Fuzz -o fuzz Billing.o cuv.o "$root/Tests/Fuzz/Fuzz.swift" \
    "$root/Sources/TinyGateway/Limits.swift" "$root"/Sources/TinyGateway/Loop/{Check,Log,Milliseconds}.swift \
    "$root"/Sources/TinyGateway/{Bytes,HTTP,JSON,Metering}/*.swift -luv 2>"$out/log" ||
    { cat "$out/log" >&2; exit 1; }
seed() { { printf '%b\x07' "$1"; cat "$2"; } >"corpus/seed-${1#?}-$(basename "$2")"; }
for file in "$root"/Tests/Fixtures/*.sse; do seed '\x03' "$file"; done
for file in "$root"/Tests/Fixtures/*.json; do seed '\x04' "$file"; done
for codec in '\x06' '\x08'; do seed "$codec" "$root/Tests/Fixtures/request.json"; done
seed '\x07' "$root/Tests/Fixtures/failed.sse"
# Without the backtrace, whose symbols take minutes.
export SWIFT_BACKTRACE=enable=no
exec ./fuzz -max_total_time="${FUZZ_SECONDS:-60}" -max_len=8192 -artifact_prefix="$out/" corpus
