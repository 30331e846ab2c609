#!/usr/bin/env python3
"""Writes packaging/link-order.txt: which functions of the release the linker puts side by side.

Usage: order.py BINARY PROFILES, after instructions.sh BINARY PROFILES, where BINARY still has its symbols
(.build-embedded/release/TinyGateway). First comes what runs again and again while a gateway waits, then what runs while it serves;
what runs at the start and the end only, or never ran there, stays behind them and off the memory of a small machine
(Sources/CUV/cuv_code.c). Names that no longer exist do no harm, so the file need not be made again with each change.
"""

import bisect
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ORDER = Path(__file__).resolve().parent.parent / "packaging" / "link-order.txt"


class Functions:
    """Of a binary, by address; alike ones were folded into one of several names."""

    def __init__(self, binary: Path):
        listed = subprocess.run(["nm", "--defined-only", binary], check=True, capture_output=True, text=True)
        self.names: dict[int, list[str]] = {}
        for line in listed.stdout.splitlines():
            address, kind, name = line.split(maxsplit=2)
            if kind in "tTwW":
                self.names.setdefault(int(address, 16), []).append(name)
        self.starts = sorted(self.names)

    def at(self, address: int) -> int:
        return self.starts[bisect.bisect_right(self.starts, address) - 1]


def executed(profile: Path, functions: Functions) -> Counter[int]:
    """How many instructions of the gateway's functions a callgrind profile (--dump-instr=yes) counts, by address."""
    counts: Counter[int] = Counter()
    objects, is_ours, is_call, address = {}, False, False, 0
    for line in profile.read_text(errors="replace").splitlines():
        if found := re.match(r"(c?ob)=\((\d+)\)(?: (.*))?", line):
            kind, number, name = found.groups()
            objects[number] = name or objects[number]
            if kind == "ob":
                is_ours = objects[number].endswith("/gateway")
        elif line.startswith("calls="):
            is_call = True
        elif found := re.match(r"(0x[0-9a-f]+|[+-]\d+|\*) \S+ (\d+)", line):
            text = found.group(1)
            address = int(text, 16) if text[0] == "0" else address + (0 if text == "*" else int(text))
            # What a call costs inside is counted there.
            if is_ours and not is_call:
                counts[functions.at(address)] += int(found.group(2))
            is_call = False
    return counts


def main() -> None:
    binary, profiles = Path(sys.argv[1]), Path(sys.argv[2])
    functions = Functions(binary)
    once = executed(profiles / "callgrind.idle-4", functions)
    order: list[str] = []
    for kinds, mark in ((["idle-8"], "cuv_serving_code"), (["600", "many"], "cuv_rarely_used_code")):
        counts: Counter[int] = Counter()
        for kind in kinds:
            counts += executed(profiles / f"callgrind.{kind}", functions) - once
        found = {name for address in counts for name in functions.names[address]} - set(order)
        # The numbers of what the outliner made change with every build; embedded.ld keeps it all in front.
        order += sorted(name for name in found if not name.startswith("OUTLINED_FUNCTION"))
        order.append(mark)
    ORDER.write_text("".join(f"{name}\n" for name in order))
    print(f"{len(order)} names in {ORDER.name}")


if __name__ == "__main__":
    main()
