"""kill -9 in the middle of many streams: what a client saw end is charged once, nothing else is lost."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections import Counter
from decimal import Decimal

import pytest

from harness import ledger
from harness.client import Answer, Connection, Reader, head
from harness.gateway import Balance, Gateway, turn
from harness.processes import wait_until


def run_stream(balance: Balance, scenario: str, seen: list[Answer]) -> None:
    body = json.dumps(turn()).encode()
    fields = {"x-tinygateway-token": balance.token, "x-stub": scenario}
    reader = Reader()
    try:
        with Connection(balance.gateway.port) as c:
            c.send(head("POST", "/v1/responses", balance.gateway.port, fields, len(body)) + body)
            while not reader.feed(c.socket.recv(65536)):
                pass
    except OSError:
        pass
    seen.append(reader.answer)


def ended(answer: Answer) -> str | None:
    """The response whose end this client holds, even without a last chunk."""
    text = answer.content.decode(errors="replace")
    for line in text.split("\n"):
        if line.startswith("data:") and '"response.completed"' in line:
            try:
                return json.loads(line[5:])["response"]["id"]
            except ValueError:
                return None
    return None


@pytest.mark.parametrize("round", range(3))
def test_kill_in_the_middle_of_200_streams(make_gateway, round: int, is_long: bool) -> None:
    if round > 0 and not is_long:
        pytest.skip("needs --long")
    seed = time.time_ns()
    chance = random.Random(seed)
    gateway: Gateway = make_gateway().start()
    balances = [gateway.open_balance(grant="50") for _ in range(4)]
    seen: list[Answer] = []
    threads = []
    for number in range(200):
        scenario = f"plain;events={chance.randint(1, 80)};pace_ms=10"
        threads.append(threading.Thread(target=run_stream, args=(balances[number % 4], scenario, seen)))
    for thread in threads:
        thread.start()
    wait_until("some streams have ended", lambda: len(ledger.entries(gateway.ledger, "charge")) > 60, 20)
    gateway.process.send_signal(signal.SIGKILL)
    gateway.process.wait()
    for thread in threads:
        thread.join()
    ends = [e for e in map(ended, seen) if e]
    assert 0 < len(ends) < 200, f"seed {seed}: the kill came too early or too late"

    gateway.start()
    gateway.verify()
    charges = ledger.entries(gateway.ledger, "charge")
    times = Counter(c["response"] for c in charges)
    missing = [e for e in ends if times[e] != 1]
    assert not missing, f"seed {seed}: seen to end, but in the ledger {[times[e] for e in missing]} times"
    voids = ledger.entries(gateway.ledger, "void")
    assert voids and {v["reason"] for v in voids} == {"crash"}, f"seed {seed}"
    assert len({e["id"] for e in charges + voids}) == len(charges) + len(voids) <= 200
    for balance in balances:
        shown = balance.show()
        assert Decimal(shown["remaining"]) == ledger.remaining(gateway.ledger, balance.id)
        assert Decimal(shown["held"]) == 0
    assert balances[0].ask().status == 200


def test_replay_equals_the_checkpoint(make_gateway) -> None:
    gateway: Gateway = make_gateway().start()
    balance = gateway.open_balance()
    for _ in range(5):
        balance.ask()
    before = balance.show()
    gateway.stop()
    assert balance.show() == before, "a command without the gateway sees something else"
    (gateway.data / "checkpoint").unlink(missing_ok=True)
    gateway.start()
    assert balance.show() == before


def test_a_torn_tail_is_cut(make_gateway) -> None:
    gateway: Gateway = make_gateway().start()
    balance = gateway.open_balance()
    balance.ask()
    gateway.stop(signal.SIGKILL)
    whole = gateway.ledger.read_bytes()
    gateway.ledger.write_bytes(whole + b'{"seq":99,"at":"2026-11-2')
    gateway.start()
    assert balance.remaining < 5
    gateway.verify()
    assert gateway.ledger.read_bytes().startswith(whole)


def test_damage_is_refused(make_gateway) -> None:
    gateway: Gateway = make_gateway().start()
    balance = gateway.open_balance()
    for _ in range(3):
        balance.ask()
    gateway.stop()
    whole = gateway.ledger.read_bytes()
    at = whole.index(b'"amount":"') + 10
    gateway.ledger.write_bytes(whole[:at] + b"9" + whole[at + 1 :])
    done = gateway.run("ledger", "verify")
    assert done.returncode == 3
    line = whole[:at].count(b"\n") + 1
    assert str(line) in done.stderr, done.stderr


def test_one_writer(make_gateway) -> None:
    gateway: Gateway = make_gateway().start()
    second = gateway.run("serve")
    assert second.returncode == 1 and second.stderr
    assert gateway.open_balance().ask().status == 200
