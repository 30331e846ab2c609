"""What this machine is, and which CPU does what."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".build-bench"


@dataclass(frozen=True)
class Pins:
    """The proxy has a CPU for itself; load and stub share another one where there are only two."""

    proxy: int
    load: int
    stub: int

    @staticmethod
    def of_this_machine() -> Pins:
        cpus = sorted(os.sched_getaffinity(0))
        load, proxy = cpus[0], cpus[-1] if len(cpus) < 3 else cpus[1]
        return Pins(proxy=proxy, load=load, stub=cpus[2] if len(cpus) > 2 else load)


def text_of(*command: str) -> str:
    try:
        return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=30).stdout.strip()
    except OSError:
        return ""


def cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def facts() -> dict:
    changed = text_of("git", "status", "--porcelain", "--", "Sources", "Package.swift")
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": text_of("git", "rev-parse", "--short=12", "HEAD") + ("+changes" if changed else ""),
        "kernel": platform.release(),
        "cpu": cpu_model(),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "loadavg_before": os.getloadavg(),
    }
