"""Starting, waiting and stopping; every wait is a poll with a deadline."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")
ROOT = Path(__file__).resolve().parents[3]


def wait_until(what: str, look: Callable[[], Result | None], seconds: float = 10) -> Result:
    """The first truthy answer of `look`; fails naming `what` when the time is over."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def stop(process: subprocess.Popen, with_signal: int = signal.SIGTERM, seconds: float = 10) -> int:
    """Ends a process of ours and returns its exit status."""
    if process.poll() is None:
        process.send_signal(with_signal)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(5)


def resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


class Tracer:
    """strace attached to a running process with one injected fault; detach() takes it back."""

    def __init__(self, pid: int, inject: str, directory: Path):
        self.output = directory / f"strace-{os.urandom(4).hex()}"
        self.errors = Path(f"{self.output}-errors")
        call = inject.split(":")[0]
        self.process = subprocess.Popen(
            ["strace", "-f", "-p", str(pid), "-e", f"trace={call}", "-e", f"inject={inject}", "-o", str(self.output)],
            stderr=self.errors.open("wb"),
        )
        wait_until("strace attached", self._attached)

    def _attached(self) -> bool:
        said = self.errors.read_text()
        if self.process.poll() is not None:
            raise TracingRefused(said)
        return "attached" in said

    @staticmethod
    def is_available() -> bool:
        return shutil.which("strace") is not None

    def detach(self) -> None:
        stop(self.process, signal.SIGINT)


class TracingRefused(Exception):
    """This host does not let one process trace another."""
