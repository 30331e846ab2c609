"""The ledger alone: the gateway's own code without HTTP, 256 charges waiting for the disk at any time."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

from .machine import ROOT, TOOLS
from .process import BenchError, Precedence

FOLDERS = ("Bytes", "Crypto", "JSON", "Loop", "Ledger", "Limits.swift")
WAITING = 256


def build() -> Path:
    """Built like the release: Embedded Swift, from links to the sources."""
    place = TOOLS / "ledger"
    sources = place / "Sources"
    shutil.rmtree(sources, ignore_errors=True)
    (sources / "LedgerBench").mkdir(parents=True)
    for name in ("Billing", "CUV", "CMbedTLS"):
        (sources / name).symlink_to(ROOT / "Sources" / name)
    for name in FOLDERS:
        (sources / "LedgerBench" / name).symlink_to(ROOT / "Sources" / "TinyGateway" / name)
    shutil.copy(ROOT / "bench" / "ledger" / "LedgerBench.swift", sources / "LedgerBench")
    shutil.copy(ROOT / "bench" / "ledger" / "Package.swift", place)
    swift = shutil.which("swift")
    if not swift:
        raise BenchError("the ledger alone needs the Swift toolchain")
    libraries = Path(swift).resolve().parents[1] / "lib/swift/embedded" / f"{platform.machine()}-unknown-linux-gnu"
    done = subprocess.run(
        [swift, "build", "-c", "release", "--package-path", str(place)],
        check=False,
        env=os.environ | {"TINYGATEWAY_EMBEDDED_LIBRARIES": str(libraries)},
        capture_output=True,
        text=True,
        timeout=900,
    )
    if done.returncode:
        raise BenchError(f"the ledger alone does not build: {done.stdout[-2000:]}")
    return place / ".build" / "release" / "LedgerBench"


def measure(binary: Path, directory: Path, seconds: int) -> dict:
    """On the disk that `directory` is on; both CPUs, as the gateway has them."""
    Precedence.is_real_time = False
    data = directory / "ledger-alone"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    words = [binary, data, WAITING, seconds]
    done = subprocess.run(
        [str(word) for word in words],
        check=False,
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        preexec_fn=Precedence.claim,
        start_new_session=True,
    )
    if done.returncode:
        raise BenchError(f"the ledger alone: exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)
