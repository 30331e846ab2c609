"""One program under measurement: pinned, with all its children, and what they cost."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


class BenchError(Exception):
    """Something could not be measured; its text says what and where to look."""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(what: str, look: Callable[[], object], seconds: float = 20, every: float = 0.01) -> None:
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            raise BenchError(f"waited {seconds:.0f} s: {what}")
        time.sleep(every)


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class Precedence:
    """On a machine that others use too: what is measured goes before them, and says so in the results."""

    is_claimed = False
    # Real-time for paced streams, whose delays would be those of others' time slices. Not where the disk takes part:
    # a gateway's second thread would wait for the first one to sleep, which no ordinary system makes it do.
    is_real_time = False

    @classmethod
    def claim(cls, rank: int = 2) -> None:
        """Of the calling process. The load (3) goes before the stub (1) that it may share a CPU with."""
        if not cls.is_claimed:
            return
        if cls.is_real_time:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(rank))
            return
        os.setpriority(os.PRIO_PROCESS, 0, -15)
        try:
            Path("/proc/self/autogroup").write_text("-15")  # sessions are weighed, not processes
        except OSError:
            pass


def children(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += children(int(child))
    return found


class Process:
    rank = 2

    def __init__(
        self, command: list[str], cpu: int, log: Path, env: dict[str, str] | None = None, cwd: Path | None = None
    ):
        self.log = log
        self.popen = subprocess.Popen(
            [str(word) for word in command],
            env=None if env is None else {"PATH": os.environ["PATH"], "HOME": str(log.parent)} | env,
            cwd=cwd or log.parent,
            stdin=subprocess.DEVNULL,
            stdout=log.open("ab"),
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: self._prepare(cpu),  # noqa: PLW1509 - this process has one thread
            start_new_session=True,
        )

    @classmethod
    def _prepare(cls, cpu: int) -> None:
        os.sched_setaffinity(0, {cpu})
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        Precedence.claim(cls.rank)

    @property
    def pids(self) -> list[int]:
        return children(self.popen.pid)

    def wait_for_port(self, port: int, seconds: float = 60) -> None:
        def look() -> bool:
            if self.popen.poll() is not None:
                raise BenchError(f"exit {self.popen.returncode}: {self.log.read_text()[-2000:]}")
            return is_listening(port)

        wait_until(f"port {port} of {self.popen.args[0]}", look, seconds)

    def pss_kb(self) -> int:
        """Proportional set size of the whole tree: what it adds to the machine."""
        return sum(_number(f"/proc/{pid}/smaps_rollup", "Pss") for pid in self.pids)

    def peak_rss_kb(self) -> int:
        return sum(_number(f"/proc/{pid}/status", "VmHWM") for pid in self.pids)

    def stop(self) -> None:
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(3)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.popen.pid, signal.SIGKILL)  # its own session: whatever it left behind
        except ProcessLookupError:
            pass
        self.popen.wait(10)


def _number(path: str, key: str) -> int:
    try:
        found = re.search(rf"^{key}:\s+(\d+)", Path(path).read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found else 0
