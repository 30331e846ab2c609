"""How exchanges end: clients that leave, holds, slow and failing disks, SIGTERM."""

from __future__ import annotations

import json
import resource
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from harness.client import Connection, head
from harness.gateway import Balance, Gateway, turn
from harness.processes import Tracer, TracingRefused, wait_until
from harness.stub import Stub


def begin(balance: Balance, scenario: str, body: dict | None = None) -> Connection:
    """Sends a request and returns once the answer has begun."""
    c = Connection(balance.gateway.port)
    data = json.dumps(body or turn()).encode()
    fields = {"x-tinygateway-token": balance.token, "x-stub": scenario}
    c.send(head("POST", "/v1/responses", balance.gateway.port, fields, len(data)) + data)
    c.rest = c.socket.recv(10)
    return c


@pytest.mark.parametrize("reset", [False, True], ids=["FIN", "RST"])
def test_client_that_leaves_is_charged(balance: Balance, stub: Stub, reset: bool) -> None:
    c = begin(balance, "plain;events=30;pace_ms=10")
    if reset:
        c.socket.setsockopt(1, 13, b"\x01\0\0\0\0\0\0\0")  # SO_LINGER: close with RST
    c.close()
    assert Decimal(balance.show()["held"]) > 0, "the hold went with the client"
    [charge] = balance.wait_for("charge")
    assert charge["metered"] == "drained" and charge["input"] == 1234
    wait_until("the hold is gone", lambda: Decimal(balance.show()["held"]) == 0)


def test_client_that_leaves_before_the_body_is_complete(balance: Balance, gateway: Gateway, stub: Stub) -> None:
    with Connection(gateway.port) as c:
        c.send(head("POST", "/v1/responses", gateway.port, {"x-tinygateway-token": balance.token}, 1000) + b'{"model"')
    wait_until("the hold is gone", lambda: Decimal(balance.show()["held"]) == 0)
    assert not balance.charges() and balance.remaining == 5


def test_reading_on_has_a_bound(make_gateway) -> None:
    gateway = make_gateway(limits={"abandoned_seconds": 1}).start()
    balance = gateway.open_balance()
    begin(balance, "stall;after=4").close()
    balance.wait_for("void")
    assert not balance.charges()
    wait_until("the hold is gone", lambda: Decimal(balance.show()["held"]) == 0)


def test_client_that_stops_reading_is_let_go(make_gateway) -> None:
    gateway = make_gateway(limits={"client_write_seconds": 1}).start()
    balance = gateway.open_balance()
    c = begin(balance, "plain;events=60000;event_bytes=400")
    balance.wait_for("charge", seconds=40)
    c.close()


def test_parallel_requests_cannot_overdraw(make_gateway) -> None:
    """64 at once on one small balance: it ends at most one overdraft below zero."""
    gateway = make_gateway(billing={"minimum_hold": "0.01", "overdraft": "0.05", "output_allowance": 16000}).start()
    balance = gateway.open_balance(grant="0.10")
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: balance.ask(scenario="plain;events=3;pace_ms=100;output=16000"), range(64)))
    served = [a for a in answers if a.status == 200]
    refused = [a for a in answers if a.status == 429]
    assert len(served) + len(refused) == 64, {a.status for a in answers}
    assert served and refused
    assert all(a.error["type"] == "usage_limit_reached" for a in refused)
    balance.wait_for("charge", len(served))
    wait_until("no hold is open", lambda: Decimal(balance.show()["held"]) == 0)
    assert balance.remaining >= Decimal("-0.05")


def test_hold_of_a_large_answer(make_gateway, stub: Stub) -> None:
    """The body's last byte waits for the hold: what cannot be paid never reaches the upstream whole."""
    gateway = make_gateway().start()
    balance = gateway.open_balance(grant="0.10")
    mark = stub.mark()
    answer = balance.ask(turn("gpt-5.5-pro", max_output_tokens=1_000_000))
    assert answer.status == 429
    assert not stub.answers(mark)
    wait_until("no hold is open", lambda: Decimal(balance.show()["held"]) == 0)
    assert balance.ask(turn("gpt-5.4-mini", max_output_tokens=100)).status == 200


@pytest.fixture
def traced(make_gateway):
    """A running gateway and a way to attach strace to it."""
    if not Tracer.is_available():
        pytest.skip("strace is not installed")
    gateway = make_gateway(limits={"settle_seconds": 5}).start()
    tracers: list[Tracer] = []

    def attach(inject: str) -> Tracer:
        try:
            tracers.append(Tracer(gateway.pid, inject, gateway.directory))
        except TracingRefused as refused:
            pytest.skip(f"tracing is refused here: {refused}")
        return tracers[-1]

    yield gateway, attach
    for tracer in tracers:
        tracer.detach()


@pytest.mark.parametrize("scenario", ["plain", "plain;eol=crlf;order=last;framing=close", "plain;framing=cl;multiline"])
def test_the_end_waits_for_the_disk(traced, scenario: str) -> None:
    gateway, attach = traced
    balance = gateway.open_balance()
    balance.ask()
    attach("fdatasync:delay_exit=400000")
    times: list[tuple[float, bool]] = []

    def look(reader) -> None:
        text = reader.answer.content.decode().replace("\r", "")
        lines = [line[5:].strip() for line in text[text.rfind("\n\n", 0, -2) :].split("\n") if line.startswith("data:")]
        try:
            done = "usage" in json.loads("".join(lines)).get("response", {}) and '"usage":{' in "".join(lines)
        except ValueError:
            done = False
        times.append((time.monotonic(), done))

    answer = balance.ask(scenario=scenario, watch=look)
    assert answer.complete
    first_done = next(t for t, done in times if done)
    last_before = max(t for t, done in times if not done)
    assert first_done - last_before > 0.3, "the end was complete before the sync returned"


def test_document_waits_for_the_disk(traced) -> None:
    gateway, attach = traced
    balance = gateway.open_balance()
    attach("fdatasync:delay_exit=400000")
    begun = time.monotonic()
    assert balance.ask(turn(stream=False)).complete
    assert time.monotonic() - begun > 0.35


def test_failed_sync_is_final(traced) -> None:
    gateway, attach = traced
    balance = gateway.open_balance()
    assert balance.ask().status == 200
    tracer = attach("fdatasync:error=EIO")
    answer = balance.ask(timeout=15)
    assert b'"usage":{"input_tokens":1234' not in answer.content or not parses_as_completed(answer)
    tracer.detach()
    for _ in range(3):
        refused = balance.ask()
        assert refused.status == 400 and refused.error["code"] == "invalid_prompt"
    gateway.stop(signal.SIGKILL)
    gateway.start()
    gateway.verify()
    assert balance.ask().status == 200


def parses_as_completed(answer) -> bool:
    return any(e["type"] == "response.completed" for e in answer.events())


def limit_file_size(gateway: Gateway, size: int) -> None:
    resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_full_disk(make_gateway) -> None:
    """A file size limit stands for the full disk: writes come short, then fail with EFBIG."""
    gateway = make_gateway(limits={"settle_seconds": 2})
    gateway.start(prepare=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
    balance = gateway.open_balance()
    assert balance.ask().status == 200
    limit_file_size(gateway, gateway.ledger.stat().st_size + 100)
    answer = balance.ask()
    assert answer.last_event["type"] == "response.failed"
    refused = balance.ask()
    assert refused.status == 503 and refused.error["code"] == "server_is_overloaded"
    limit_file_size(gateway, resource.RLIM_INFINITY)
    wait_until("room again", lambda: balance.ask().status == 200)
    assert "disk" in balance.wait_for("void")[0]["reason"]
    gateway.verify()
    charged = {c["response"] for c in balance.charges()}
    assert len(charged) == len(balance.charges())


def test_full_disk_that_empties_in_time(make_gateway) -> None:
    gateway = make_gateway(limits={"settle_seconds": 20})
    gateway.start(prepare=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
    balance = gateway.open_balance()
    limit_file_size(gateway, gateway.ledger.stat().st_size + 100)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(balance.ask) for _ in range(4)]
        time.sleep(0.5)
        limit_file_size(gateway, resource.RLIM_INFINITY)
        answers = [w.result() for w in waiting]
    served = [a for a in answers if a.status == 200]
    assert served and all(a.last_event["type"] == "response.completed" for a in served)
    assert len(balance.wait_for("charge", len(served))) == len(served)
    gateway.verify()


def test_sigterm_lets_streams_finish(make_gateway) -> None:
    gateway = make_gateway(limits={"drain_seconds": 20}).start()
    balance = gateway.open_balance()
    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(balance.ask, None, "plain;events=20;pace_ms=30") for _ in range(8)]
        wait_until("streams are running", lambda: Decimal(balance.show()["held"]) > Decimal("0.05"))
        gateway.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        with pytest.raises(OSError):
            Connection(gateway.port).close()
        answers = [r.result() for r in running]
    assert all(a.complete and a.last_event["type"] == "response.completed" for a in answers)
    assert gateway.process.wait(10) == 0
    assert len(balance.charges()) == 8
    gateway.verify()


def test_sigterm_is_bounded(make_gateway) -> None:
    gateway = make_gateway(limits={"drain_seconds": 1}).start()
    c = begin(gateway.open_balance(), "stall;after=4")
    begun = time.monotonic()
    assert gateway.stop(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 5
    c.close()


def test_idle_sigterm_is_quick(make_gateway) -> None:
    gateway = make_gateway().start()
    with Connection(gateway.port):
        begun = time.monotonic()
        assert gateway.stop(signal.SIGTERM) == 0
        assert time.monotonic() - begun < 2
