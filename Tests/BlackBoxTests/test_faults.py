"""Faults at every system call of the ledger, in the built binaries: what was acknowledged is there once, and nothing
is there twice."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import stat
import threading
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from harness import ledger
from harness.client import Connection, Reader, head
from harness.gateway import Balance, Gateway, turn
from harness.processes import wait_until

# As strace names them: what makes a fact durable, and what replaces a small file.
CALLS = ["pwrite64", "fdatasync", "fsync", "rename", "openat", "ftruncate", "fallocate"]

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")


def traced(gateway: Gateway, inject: str) -> Path:
    """A program that runs the gateway with one fault."""
    call = inject.split(":")[0]
    script = gateway.directory / "traced"
    script.write_text(
        f'#!/bin/sh\nexec strace -f -qq -o {gateway.directory}/trace -e trace={call} -e inject={inject} '
        f'{gateway.binary} "$@"\n'
    )
    script.chmod(stat.S_IRWXU)
    return script


def was_injected(gateway: Gateway) -> bool:
    text = (gateway.directory / "trace").read_text(errors="replace")
    return "INJECTED" in text or "killed by SIGKILL" in text


def run_traced(gateway: Gateway, inject: str, *words: str):
    plain = gateway.binary
    gateway.binary = traced(gateway, inject)
    try:
        return gateway.run(*words)
    finally:
        gateway.binary = plain


def payments(gateway: Gateway, payment: str) -> int:
    return sum(e["payment"] == payment for e in ledger.entries(gateway.ledger, "topup"))


def is_acknowledged(done) -> bool:
    return done.returncode == 0


@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=EIO", "error=ENOSPC", "retval=7"])
@pytest.mark.parametrize("call", CALLS)
def test_a_fault_at_every_call_of_a_command(make_gateway, call: str, fault: str, is_long: bool) -> None:
    """Each call of `topup` in turn. `retval` is a short write: strace says so, and nothing is written."""
    if fault == "retval=7" and call != "pwrite64":
        pytest.skip("only a write can be short")
    gateway = make_gateway()
    balance = gateway.open_balance()
    steps = 0
    for when in range(1, 400):
        # Opening libraries and configuration comes first: not every one of these is of the ledger.
        if call == "openat" and when % 4 and not is_long:
            continue
        payment = f"p-{when}"
        done = run_traced(gateway, f"{call}:{fault}:when={when}", "topup", balance.id, "5", "--payment", payment)
        if not was_injected(gateway):
            break
        steps += 1
        text = f"{call} {when} {fault}: exit {done.returncode} {done.stderr[-300:]}"
        started = gateway.run("balance", "list")
        assert started.returncode == 0, f"{text}; the next start: {started.stderr}"
        assert payments(gateway, payment) <= 1, text
        if is_acknowledged(done):
            assert payments(gateway, payment) == 1, f"{text}: acknowledged and not there"
        again = gateway.run("topup", balance.id, "5", "--payment", payment)
        assert again.returncode == 0 and payments(gateway, payment) == 1, f"{text}; again: {again.stderr}"
    assert steps > 0 or call in ("ftruncate", "fsync"), f"{call} is never called"
    gateway.verify()


def test_a_full_disk_ends_a_command_with_the_remedy(make_gateway) -> None:
    gateway = make_gateway()
    balance = gateway.open_balance()
    done = run_traced(gateway, "pwrite64:error=ENOSPC:when=1+", "topup", balance.id, "5", "--payment", "p")
    assert done.returncode == 1 and "make room" in done.stderr, done.stderr
    assert payments(gateway, "p") == 0
    assert gateway.run("topup", balance.id, "5", "--payment", "p").returncode == 0
    gateway.verify()


class Crowd:
    """Clients that ask until told to stop, and remember each response whose end they hold."""

    def __init__(self, balances: list[Balance], count: int, scenario: str):
        self.ended: list[str] = []
        self.stopping = threading.Event()
        self.threads = [
            threading.Thread(target=self._ask, args=(balances[number % len(balances)], scenario), daemon=True)
            for number in range(count)
        ]
        for thread in self.threads:
            thread.start()

    def _ask(self, balance: Balance, scenario: str) -> None:
        body = json.dumps(turn()).encode()
        fields = {"x-tinygateway-token": balance.token, "x-stub": scenario}
        while not self.stopping.is_set():
            reader = Reader()
            try:
                with Connection(balance.gateway.port, timeout=5) as c:
                    c.send(head("POST", "/v1/responses", balance.gateway.port, fields, len(body)) + body)
                    while not reader.feed(c.socket.recv(65536)):
                        pass
            except OSError:
                time.sleep(0.01)
            for line in reader.answer.content.decode(errors="replace").split("\n"):
                if line.startswith("data:") and '"response.completed"' in line:
                    try:
                        self.ended.append(json.loads(line[5:])["response"]["id"])
                    except ValueError:
                        pass

    def stop(self) -> list[str]:
        self.stopping.set()
        for thread in self.threads:
            thread.join(10)
        return self.ended


def check_after_crash(gateway: Gateway, balances: list[Balance], ended: list[str], what: str) -> None:
    gateway.verify()
    charges = ledger.entries(gateway.ledger, "charge")
    voids = ledger.entries(gateway.ledger, "void")
    times = Counter(c["response"] for c in charges)
    wrong = {e: times[e] for e in ended if times[e] != 1}
    assert not wrong, f"{what}: held by a client, but so often in the ledger: {wrong}"
    ids = [e["id"] for e in charges + voids]
    assert len(set(ids)) == len(ids), f"{what}: an exchange was settled twice"
    assert {v["reason"] for v in voids} <= {"crash", "disk", "no_usage", "cut", "upstream_error"}, what
    for balance in balances:
        shown = balance.show()
        assert Decimal(shown["remaining"]) == ledger.remaining(gateway.ledger, balance.id), what
        assert Decimal(shown["held"]) == 0, what


@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "rename"])
def test_killed_at_each_call_while_serving(make_gateway, call: str, is_long: bool) -> None:
    gateway: Gateway = make_gateway()
    balances = [gateway.open_balance(grant="50") for _ in range(2)]
    plain = gateway.binary
    for when in range(1, 40 if is_long else 5):
        gateway.binary = traced(gateway, f"{call}:signal=SIGKILL:when={when}")
        try:
            gateway.start()
        except AssertionError:
            gateway.binary = plain
            gateway.stop(signal.SIGKILL)
            continue
        crowd = Crowd(balances, 6, "plain;events=4;pace_ms=2")
        try:
            wait_until(f"{call} {when} is reached", lambda: gateway.process.poll() is not None, 8)
        except AssertionError:
            pass
        gateway.stop(signal.SIGKILL)
        # A tracer that is killed lets its program go on.
        ended = crowd.stop()
        gateway.binary = plain
        stop_stragglers(gateway)
        gateway.start()
        check_after_crash(gateway, balances, ended, f"{call} {when}")
        gateway.stop()


def stop_stragglers(gateway: Gateway) -> None:
    """Ends what still serves this test's own configuration: its tracer may have ended before it."""
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str(gateway.config).encode() in (entry / "cmdline").read_bytes():
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            continue
    time.sleep(0.05)


def test_kill_under_load(make_gateway, is_long: bool) -> None:
    """SIGKILL at random times, 200 of them in the long count."""
    seed = time.time_ns()
    chance = random.Random(seed)
    gateway: Gateway = make_gateway()
    balances = [gateway.open_balance(grant="90") for _ in range(4)]
    ended: list[str] = []
    for number in range(200 if is_long else 4):
        gateway.start()
        crowd = Crowd(balances, 16, f"plain;events={chance.randint(1, 12)};pace_ms=2")
        time.sleep(chance.uniform(0.02, 0.6))
        gateway.stop(signal.SIGKILL)
        ended += crowd.stop()
        if number % 10 == 9 or not is_long:
            gateway.start()
            check_after_crash(gateway, balances, ended, f"seed {seed}, kill {number}")
            gateway.stop()
    gateway.start()
    check_after_crash(gateway, balances, ended, f"seed {seed}")
    assert ended, "nobody got anything"


@pytest.mark.parametrize("fault", ["error=EIO", "error=ENOSPC", "retval=20"])
def test_failing_writes_while_serving(make_gateway, fault: str) -> None:
    """Every third write fails and is tried again: nobody notices but by waiting."""
    gateway: Gateway = make_gateway()
    balances = [gateway.open_balance(grant="50")]
    plain = gateway.binary
    gateway.binary = traced(gateway, f"pwrite64:{fault}:when=2+3")
    gateway.start()
    gateway.binary = plain
    crowd = Crowd(balances, 4, "plain;events=3")
    time.sleep(4)
    ended = crowd.stop()
    gateway.stop(signal.SIGTERM, 15)
    stop_stragglers(gateway)
    gateway.start()
    check_after_crash(gateway, balances, ended, fault)
    assert ended, "nobody got anything"
