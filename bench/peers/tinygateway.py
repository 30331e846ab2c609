"""The gateway itself, metering and billing every request, its ledger on a disk or, to compare, in memory."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from rig.process import BenchError

from .base import Peer, Place, executable_size

CONFIGURATION = """
[server]
listen = [{listen}]
public_url = "http://127.0.0.1:{port}"
[server.tls]
listen = [{secure}]
certificate = "{certificate}"
key = "{key}"
[data]
directory = "{data}"
[upstream]
ca_file = "{authority}"
[upstream.managed]
url = "{upstream}/v1"
credentials = ["env:TINYGATEWAY_BENCH_KEY"]
[limits]
connections = 9000
connections_per_address = 9000
streams_per_balance = 9000
requests_per_minute = 1000000
"""


class TinyGateway(Peer):
    speaks_tls = True

    def __init__(self, name: str, binary: Path, is_in_memory: bool = False, data: Path | None = None):
        """`data`: a directory whose ledger exists already."""
        self.name, self.binary, self.is_in_memory, self.data = name, binary, is_in_memory, data
        self.token = ""

    def missing(self) -> str | None:
        return None if self.binary.exists() else f"{self.binary} is not built (make release)"

    def prepare(self, place: Place) -> None:
        """The books are opened once and serve all cases, as they would."""
        if not self.data:
            base = (
                Path("/dev/shm") / f"tinygateway-bench-{os.getpid()}" if self.is_in_memory else place.directory.parent
            )
            self.data = base / f"{self.name}-data"
            base.mkdir(parents=True, exist_ok=True)
        self._write(place)
        if not self.token:
            self._open_balance(place)

    def remove(self) -> None:
        if self.data and self.is_in_memory:
            subprocess.run(["rm", "-rf", str(self.data.parent)], check=False)

    def _write(self, place: Place) -> None:
        here = f'"127.0.0.1:{place.port}"'
        self._configuration(place).write_text(
            CONFIGURATION.format(
                listen="" if place.down else here,
                secure=here if place.down else "",
                port=place.port,
                data=self.data,
                certificate=place.down.certificate if place.down else "",
                key=place.down.key if place.down else "",
                authority=place.up.authority if place.up else "",
                upstream=place.upstream_url,
            )
        )

    def _configuration(self, place: Place) -> Path:
        return place.directory / "tinygateway.toml"

    def _run(self, place: Place, *words: object) -> str:
        done = subprocess.run(
            [str(word) for word in (self.binary, *words)],
            check=False,
            capture_output=True,
            text=True,
            timeout=900,
            env=os.environ | self.environment(),
            cwd=place.directory,
        )
        if done.returncode:
            raise BenchError(f"{' '.join(map(str, words))}: exit {done.returncode}: {done.stderr}")
        return done.stdout

    def _open_balance(self, place: Place) -> None:
        configuration = self._configuration(place)
        aside = place.directory / "init.toml"
        self._run(place, "init", "--data", self.data, "--config", aside)
        account = json.loads(
            self._run(place, "account", "add", "bench@example.test", "--json", "--config", configuration)
        )
        words = ["balance", "open", account["account"], "pay", "--grant", "100000", "--json", "--config", configuration]
        self.token = json.loads(self._run(place, *words))["token"]

    def command(self, place: Place) -> list[object]:
        return [self.binary, "serve", "--config", self._configuration(place)]

    def environment(self) -> dict[str, str]:
        return {"TINYGATEWAY_BENCH_KEY": "sk-bench"}

    def fields(self) -> list[str]:
        return [f"x-tinygateway-token: {self.token}"]

    def verify(self, place: Place) -> dict:
        """Every charge of every case, recomputed from the file."""
        return json.loads(self._run(place, "ledger", "verify", "--json", "--config", self._configuration(place)))

    def size_bytes(self) -> int:
        return executable_size(self.binary)
