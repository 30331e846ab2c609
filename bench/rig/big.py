"""Cold start with a ledger of 5 million entries, from its checkpoint: 3.4 GB on the disk, and many minutes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from peers.tinygateway import TinyGateway

from .machine import ROOT
from .measure import Bench
from .process import BenchError

ENTRIES = 5_000_000
BYTES = 8 << 30  # the ledger, its checkpoint, and room


def measure(bench: Bench, peer: TinyGateway, entries: int = ENTRIES) -> dict:
    if shutil.disk_usage(bench.directory).free < BYTES:
        raise BenchError(f"a ledger of {entries} entries wants {BYTES >> 30} GB of disk")
    data = bench.directory / "big-data"
    data.mkdir(mode=0o700)
    made = [sys.executable, ROOT / "bench" / "make-ledger.py", data / "ledger.jsonl", "--entries", entries]
    made += ["--cheap", "--days", 90, "--balances", 100]
    subprocess.run([str(word) for word in made], check=True, timeout=3600, stdout=subprocess.DEVNULL)
    # Gigabytes that are still on their way to the disk would stand before the first charge.
    os.sync()
    # Opening its balance reads the whole ledger once, and leaves the checkpoint that every later start begins from.
    return bench.cold_start(TinyGateway(peer.name, peer.binary, data=data))
