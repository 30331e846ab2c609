"""What every peer has."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rig.certificates import Certificates
from rig.machine import ROOT

VENV = ROOT / ".build-bench-venv"
# Every program has these; whoever brings other libraries along shall have them counted.
EVERYWHERE = ("libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "ld-linux", "linux-vdso", "libresolv.so")


@dataclass(frozen=True)
class Place:
    """Where a peer runs: its directory, its port, the upstream's port; `down` and `up` where that side speaks TLS."""

    directory: Path
    port: int
    upstream: int
    down: Certificates | None = None
    up: Certificates | None = None

    @property
    def upstream_url(self) -> str:
        return f"https://localhost:{self.upstream}" if self.up else f"http://127.0.0.1:{self.upstream}"


class Peer:
    name = ""
    is_process = True
    # It writes events of its own, so that they cannot be compared byte for byte.
    is_rewriting = False
    speaks_tls = False

    def missing(self) -> str | None:
        """Why it cannot run on this machine."""
        return None

    def version(self) -> str:
        return ""

    def prepare(self, place: Place) -> None:
        """Writes what `command` needs."""

    def command(self, place: Place) -> list[object]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def load_options(self) -> list[object]:
        return []

    def fields(self) -> list[str]:
        """Of a request that is let in."""
        return []

    def size_bytes(self) -> int | None:
        """What has to be on the disk for it, beside libc."""
        return None


def executable_size(path: Path) -> int:
    """A program with the libraries that it brings along."""
    total = path.stat().st_size
    listed = subprocess.run(["ldd", str(path)], check=False, capture_output=True, text=True).stdout
    for library in re.findall(r"=> (/\S+)", listed):
        if not any(name in library for name in EVERYWHERE):
            total += Path(library).resolve().stat().st_size
    return total


def find(name: str) -> Path | None:
    """A program of the bench's venv, else of the system."""
    inside = VENV / "bin" / name
    if inside.exists():
        return inside
    found = shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    return Path(found) if found else None


def first_line(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True, timeout=60)
    return (done.stdout + done.stderr).strip().partition("\n")[0]
