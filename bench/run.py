#!/usr/bin/env python3
"""What the gateway costs beside what one would take instead, and beside the floor that the kernel sets.

    run.py BINARY [--quick] [--cases live-1000,flood-1] [--peers tinygateway,nginx] [--out DIRECTORY] [--big]

Everything happens on loopback, with made-up answers that are checked to the last byte. A full run takes
twenty minutes, --quick three. Prints a table and the goals; writes them with all samples to DIRECTORY.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import peers
from peers.base import Peer
from rig import big, cases, certificates, goals, ledger, report
from rig.machine import ROOT, TOOLS, Pins, facts
from rig.measure import Bench
from rig.process import BenchError, Precedence
from rig.summary import summarise

STATIC = ("idle", "cold-start")  # asked once per peer
SLOW_STARTERS = {"litellm": 2}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--quick", action="store_true", help="small counts, one round")
    parser.add_argument("--cases", help="only these, by name, with commas")
    parser.add_argument("--peers", help="only these (and direct), with commas")
    parser.add_argument("--out", type=Path, help="default bench/results, for partial runs .build-bench/results")
    parser.add_argument("--big", action="store_true", help="also a ledger of 5 million entries: 3.4 GB, many minutes")
    parser.add_argument("--busy", action="store_true", help="others use this machine: go before them (as root)")
    parser.add_argument("--merge", action="store_true", help="keep the other cases of DIRECTORY/bench.json")
    parser.add_argument("--rounds", type=int, help="instead of each case's own number")
    return parser.parse_args()


class Run:
    def __init__(self, chosen: argparse.Namespace):
        self.chosen = chosen
        self.machine = facts() | {"goes_first": chosen.busy, "quick": chosen.quick}
        self.samples: list[dict] = []
        self.faults: list[dict] = []
        wanted = set(chosen.peers.split(",")) | {"direct"} if chosen.peers else None
        self.peers: dict[str, Peer] = {}
        for peer in peers.ALL(chosen.binary.resolve()):
            if wanted and peer.name not in wanted:
                continue
            if reason := peer.missing():
                print(f"{peer.name}: {reason}: left out", file=sys.stderr)
                continue
            self.peers[peer.name] = peer
        self.machine["versions"] = {name: peer.version() for name, peer in self.peers.items() if peer.version()}

    def wants(self, case: str) -> bool:
        return not self.chosen.cases or case in self.chosen.cases.split(",")

    def take(self, case: str, peer: str, round_: int, measure: Callable[[], dict]) -> None:
        begun = time.monotonic()
        try:
            sample = {"case": case, "peer": peer, "round": round_, "loadavg": os.getloadavg()[0]}
            sample |= {"commit": self.machine["commit"]} | measure()
            self.samples.append(sample)
            wait = f", {sample['wait_share']:.1f} of it waiting" if sample.get("wait_share", 0) > 0.2 else ""
            said = f"{sample['cpu_us']:.2f} us{wait}" if "cpu_us" in sample else ""
        except (BenchError, OSError, ValueError) as error:
            self.faults.append({"case": case, "peer": peer, "round": round_, "why": str(error)})
            said = f"FAILED: {str(error)[:300]}"
        print(f"{case:14} {peer:20} {round_} {time.monotonic() - begun:5.1f} s  {said}", file=sys.stderr)

    def measure(self, bench: Bench) -> None:
        has_tls = (TOOLS / "load-tls").exists() and (TOOLS / "stub-tls").exists()
        if not has_tls:
            print("load-tls, stub-tls: not built (libssl-dev, make -C bench tls): no cases with TLS", file=sys.stderr)
        every = [cases.quick(c) for c in cases.ALL] if self.chosen.quick else cases.ALL
        for case in every:
            if not self.wants(case.name) or (not has_tls and (case.down or case.up)):
                continue
            for round_ in range(self.chosen.rounds or case.repeats):
                for name in case.asked(round_):
                    if name in self.peers:
                        peer = self.peers[name]
                        self.take(case.name, name, round_, lambda c=case, p=peer: bench.measure(c, p))
        for name, peer in self.peers.items():
            if not peer.is_process or name == peers.MEMORY:
                continue
            times = SLOW_STARTERS.get(name, 5 if self.chosen.quick else 15)
            if self.wants("idle"):
                self.take("idle", name, 0, lambda p=peer: bench.idle(p))
            if self.wants("cold-start"):
                self.take("cold-start", name, 0, lambda p=peer, n=times: bench.cold_start(p, n))

    def ledger(self, directory: Path) -> None:
        try:
            binary = ledger.build()
        except BenchError as error:
            self.faults.append({"case": "ledger", "peer": peers.OURS, "round": 0, "why": str(error)})
            return
        for round_ in range(1 if self.chosen.quick else 5):
            self.take("ledger", peers.OURS, round_, lambda: ledger.measure(binary, directory, 2))

    def merge(self, old: Path) -> None:
        """A case that was measured again takes the place of the old one; each sample names its commit."""
        if not old.exists():
            return
        measured = {(sample["case"], sample["peer"]) for sample in self.samples}
        before = json.loads(old.read_text())
        self.machine["versions"] = before["machine"]["versions"] | self.machine["versions"]
        self.samples = [s for s in before["samples"] if (s["case"], s["peer"]) not in measured] + self.samples
        self.faults = [f for f in before["faults"] if (f["case"], f["peer"]) not in measured] + self.faults

    def write(self) -> None:
        is_partial = (self.chosen.quick or self.chosen.cases or self.chosen.peers) and not self.chosen.merge
        out = self.chosen.out or (ROOT / ".build-bench" / "results" if is_partial else ROOT / "bench" / "results")
        out.mkdir(parents=True, exist_ok=True)
        if self.chosen.merge:
            self.merge(out / "bench.json")
        summary = summarise(self.samples)
        judged = goals.judge(summary)
        self.machine["loadavg_after"] = os.getloadavg()
        result = {"machine": self.machine, "goals": judged, "summary": summary, "faults": self.faults}
        report.write(out, result | {"samples": self.samples})
        print(report.table(result))
        print(f"\nwritten to {out}")


def main() -> int:
    chosen = arguments()
    Precedence.is_claimed = chosen.busy
    run = Run(chosen)
    directory = ROOT / ".build-bench" / f"run-{os.getpid()}"
    directory.mkdir(parents=True)
    try:
        bench = Bench(directory, Pins.of_this_machine(), certificates.make(directory / "tls"))
        run.measure(bench)
        if run.wants("ledger") and peers.OURS in run.peers:
            run.ledger(directory)
        if chosen.big:
            run.take("cold-start-big", peers.OURS, 0, lambda: big.measure(bench, run.peers[peers.OURS]))
        run.write()
    except KeyboardInterrupt:
        return 130
    finally:
        for peer in run.peers.values():
            getattr(peer, "remove", lambda: None)()
        shutil.rmtree(directory, ignore_errors=True)
    return 1 if run.faults else 0


if __name__ == "__main__":
    sys.exit(main())
