"""The gateway under test: its configuration, its process, its command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from . import ledger
from .client import Answer, ask
from .clock import faketime
from .processes import free_port, stop, wait_until

CREDENTIAL = "sk-upstream-credential-of-the-operator"
# Generous where a test is not about the limit itself.
LIMITS = {
    "streams_per_balance": 2000,
    "requests_per_minute": 100000,
    "connections_per_address": 4000,
}


@dataclass(frozen=True)
class Balance:
    gateway: Gateway
    account: str
    id: str
    token: str
    base_url: str

    def ask(self, body: dict | bytes | None = None, scenario: str | None = None, **more: object) -> Answer:
        """POST /v1/responses with this balance's token."""
        fields = {"x-tinygateway-token": self.token, "content-type": "application/json"}
        if scenario:
            fields["x-stub"] = scenario
        fields |= more.pop("fields", {})
        return ask(self.gateway.port, body=turn() if body is None else body, fields=fields, **more)

    def entries(self, kind: str | None = None) -> list[dict]:
        return ledger.entries(self.gateway.ledger, kind, self.id)

    def charges(self) -> list[dict]:
        return self.entries("charge")

    def wait_for(self, kind: str, count: int = 1, seconds: float = 10) -> list[dict]:
        def look() -> list[dict] | None:
            found = self.entries(kind)
            return found if len(found) >= count else None

        return wait_until(f"{count} {kind} of {self.id}", look, seconds)

    def show(self) -> dict:
        return self.gateway.cli("balance", "show", self.id)

    @property
    def remaining(self) -> Decimal:
        return Decimal(self.show()["remaining"])


def turn(model: str = "gpt-5.4-mini", text: str = "say hi", **more: object) -> dict:
    """A small request of the Responses API."""
    content = [{"type": "input_text", "text": text}]
    return {"model": model, "stream": True, "input": [{"type": "message", "role": "user", "content": content}]} | more


class Gateway:
    def __init__(self, binary: Path, directory: Path, upstream: str, /, **tables: dict):
        self.binary = binary
        self.directory = directory
        self.data = directory / "data"
        self.config = directory / "tinygateway.toml"
        self.errors = directory / "stderr"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None
        self.extra_environment: dict[str, str] = {}
        self.clock: dict[str, str] = {}
        directory.mkdir(parents=True, exist_ok=True)
        self.text("init", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}")
        self.template = self.config.read_text()
        self._configure(upstream, tables)

    @property
    def ledger(self) -> Path:
        return self.data / "ledger.jsonl"

    def _configure(self, upstream: str, tables: dict[str, dict]) -> None:
        settings = {
            "server": {"listen": [f"127.0.0.1:{self.port}"], "public_url": self.url},
            "data": {"directory": str(self.data)},
            "upstream.managed": {"url": upstream, "credentials": ["env:TINYGATEWAY_TEST_KEY"]},
            "limits": dict(LIMITS),
        }
        for name, values in tables.items():
            name = name.replace("_managed", ".managed").replace("_own", ".own")
            settings.setdefault(name, {}).update(values)
        text = ""
        for name, values in settings.items():
            text += f"[{name}]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in values.items()) + "\n"
        self.config.write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        fixed = {"PATH": os.environ["PATH"], "TINYGATEWAY_TEST_KEY": CREDENTIAL, "HOME": str(self.directory)}
        return fixed | self.extra_environment

    def start(self, prepare: Callable[[], None] | None = None) -> Gateway:
        self.process = subprocess.Popen(
            [self.binary, "serve", "--config", self.config],
            env=self.environment,
            cwd=self.directory,
            stdout=subprocess.DEVNULL,
            stderr=self.errors.open("ab"),
            preexec_fn=prepare,
            restore_signals=prepare is None,
        )
        wait_until("the gateway is ready", self._is_ready)
        return self

    def _is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"exit {self.process.returncode}: {self.errors.read_text()[-2000:]}")
        try:
            return ask(self.port, "/healthz", method="GET", timeout=2).status == 200
        except OSError:
            return False

    @property
    def pid(self) -> int:
        return self.process.pid

    def stop(self, with_signal: int = signal.SIGTERM, seconds: float = 10) -> int:
        return stop(self.process, with_signal, seconds) if self.process else 0

    @contextmanager
    def at_time(self, shift: str) -> Iterator[None]:
        """Commands within it have their clock set forward or back; the gateway must not run."""
        self.clock = faketime(shift)
        yield
        self.clock = {}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Any command, whatever comes of it."""
        done = subprocess.run(
            [self.binary, *words, "--config", self.config],
            env=self.environment | self.clock,
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=20,
        )
        return done

    def text(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, f"{' '.join(words)}: exit {done.returncode}: {done.stderr}"
        return done.stdout

    def cli(self, *words: str) -> dict:
        """A command that must succeed, with --json."""
        return json.loads(self.text(*words, "--json"))

    def rows(self, *words: str) -> list[dict]:
        """A command that prints a list: one JSON object a line."""
        return [json.loads(line) for line in self.text(*words, "--json").splitlines()]

    def open_balance(self, grant: str | None = "5", email: str | None = None, service: str = "pay") -> Balance:
        return self._open(service, email, ["--grant", grant] if grant else [])

    def open_pass(self, weeks: int | None = 1, email: str | None = None) -> Balance:
        return self._open("link", email, ["--weeks", str(weeks)] if weeks else [])

    def _open(self, service: str, email: str | None, credit: list[str]) -> Balance:
        account = self.cli("account", "add", email or f"{os.urandom(6).hex()}@example.test")["account"]
        opened = self.cli("balance", "open", account, service, *credit)
        assert opened["service"] == service
        return Balance(self, account, opened["balance"], opened["token"], opened["base_url"])

    def verify(self) -> dict:
        """`ledger verify` and our own reading of the file must agree."""
        result = self.cli("ledger", "verify")
        assert result["ok"] is True
        count = ledger.check(self.ledger)
        assert result["entries"] == count
        return result
