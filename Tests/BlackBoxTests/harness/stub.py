"""The stub upstream as a fixture: starts it, reads its log."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from .processes import ROOT, stop, wait_until

BINARY = ROOT / ".build-bench" / "stub"
LOAD = ROOT / ".build-bench" / "load"


class Stub:
    def __init__(self, directory: Path, default: str = "plain", side: str | None = None, body_bytes: int = 200):
        """`side` names the upstream it plays; `body_bytes` of each body stand in the log."""
        directory.mkdir(parents=True, exist_ok=True)
        self.log = directory / "stub.log"
        self.log.touch()
        words = ["--log", self.log, "--default", default, "--body", str(body_bytes)]
        words += ["--side", side] if side else []
        self.process = subprocess.Popen([BINARY, *words], stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def records(self) -> list[dict]:
        """Every line of the log so far; a line that is still being written is left out."""
        text = self.log.read_text()
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def mark(self) -> int:
        return len(self.records())

    def requests(self, since: int = 0) -> list[dict]:
        return [r for r in self.records()[since:] if r["event"] == "request"]

    def answers(self, since: int = 0) -> list[dict]:
        return [r for r in self.records()[since:] if r["event"] == "answer"]

    def answer(self, response: str) -> dict:
        """The log's line about one response, waited for: it is written when the stub has sent all."""
        return wait_until(f"answer {response}", lambda: next((r for r in self.answers() if r["id"] == response), None))

    def stop(self) -> None:
        stop(self.process)


def fields_of(record: dict) -> dict[str, str]:
    """Fields of a logged request by lower-case name."""
    return {name.lower(): value for name, value in record["fields"]}
