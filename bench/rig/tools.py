"""The stub upstream and the load generator, as they are run in a case."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from .certificates import Certificates
from .machine import TOOLS, Pins
from .process import BenchError, Precedence, Process, wait_until


class Stub(Process):
    rank = 1

    def __init__(self, pins: Pins, directory: Path, tls: Certificates | None = None, default: str | None = None):
        log = directory / "stub.log"
        log.unlink(missing_ok=True)
        command = [TOOLS / ("stub-tls" if tls else "stub")]
        if tls:
            command += ["--tls", tls.certificate, "--key", tls.key]
        if default:
            command += ["--default", default]
        super().__init__(command, pins.stub, log)
        wait_until("the stub listens", lambda: log.read_text().endswith("}\n"))
        self.port = int(re.findall(r'"port":(\d+)', log.read_text())[0])


def load(
    pins: Pins, options: list[object], authority: Path | None, on_closed: Callable[[], None], seconds: float
) -> dict:
    """Runs the load generator; `on_closed` is called when its window has closed and its streams still live."""
    command = [TOOLS / ("load-tls" if authority else "load"), *options, "--seconds", int(seconds)]
    if authority:
        command += ["--authority", authority]

    def prepare() -> None:
        os.sched_setaffinity(0, {pins.load})
        Precedence.claim(3)

    process = subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,  # noqa: PLW1509 - this process has one thread
        start_new_session=True,
    )
    result: dict = {}
    try:
        for line in process.stdout:
            answer = json.loads(line)
            if answer.get("window") == "closed":
                on_closed()
            else:
                result = answer
        process.wait(10)
    finally:
        process.kill()
        process.wait()
    if not result:
        raise BenchError(f"load: exit {process.returncode}")
    return result
