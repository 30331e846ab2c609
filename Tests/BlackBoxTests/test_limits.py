"""Every bound is enforced from the start."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.client import Connection, ask, head
from harness.gateway import Balance, Gateway, turn
from harness.processes import wait_until
from harness.stub import Stub


def test_head_of_32_kib(gateway: Gateway, balance: Balance) -> None:
    room = {"x-tinygateway-token": balance.token, "x-large": "v" * 31000}
    assert ask(gateway.port, body=turn(), fields=room).status == 200
    with Connection(gateway.port) as c:
        c.send(head("POST", "/v1/responses", gateway.port, room | {"x-more": "w" * 4000}, 2) + b"{}")
        assert c.answer().status == 431


def test_a_head_without_end(gateway: Gateway) -> None:
    with Connection(gateway.port) as c:
        c.send(b"GET / HTTP/1.1\r\nx-endless: ")
        try:
            for _ in range(64):
                c.send(b"e" * 4096)
        except OSError:
            pass
        said = c.read_to_end()
    assert said == b"" or said.startswith(b"HTTP/1.1 431 ")


def test_100_fields(gateway: Gateway, balance: Balance) -> None:
    few = {"x-tinygateway-token": balance.token} | {f"x-{n}": "1" for n in range(90)}
    assert ask(gateway.port, body=turn(), fields=few).status == 200
    assert ask(gateway.port, body=turn(), fields=few | {f"y-{n}": "1" for n in range(20)}).status == 431


def test_long_target(gateway: Gateway) -> None:
    assert ask(gateway.port, "/" + "a" * 40000, method="GET").status in (414, 431)


def test_body_too_large(make_gateway, stub: Stub) -> None:
    gateway = make_gateway(limits={"body_bytes": 100000}).start()
    balance = gateway.open_balance()
    mark = stub.mark()
    with Connection(gateway.port) as c:
        c.send(head("POST", "/v1/responses", gateway.port, {"x-tinygateway-token": balance.token}, 100001))
        assert c.answer().status in (400, 413)
    assert not stub.requests(mark)
    with Connection(gateway.port) as c:
        fields = {"x-tinygateway-token": balance.token, "transfer-encoding": "chunked"}
        c.send(head("POST", "/v1/responses", gateway.port, fields))
        c.send(b"30000\r\n" + b" " * 0x30000 + b"\r\n0\r\n\r\n")
        assert c.answer().status in (400, 413)
    assert not stub.answers(mark)


def test_slow_head(make_gateway) -> None:
    gateway = make_gateway(limits={"head_seconds": 1}).start()
    begun = time.monotonic()
    with Connection(gateway.port) as c:
        c.send(b"GET /healthz HTTP/1.1\r\nho")
        said = c.read_to_end(4)
    assert said == b"" or said.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - begun < 3


def test_drip_does_not_prolong_the_head(make_gateway) -> None:
    gateway = make_gateway(limits={"head_seconds": 1}).start()
    begun = time.monotonic()
    with Connection(gateway.port) as c:
        c.send(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx: ")
        with pytest.raises(OSError):
            while time.monotonic() - begun < 6:
                c.send(b"d")
                time.sleep(0.05)
    assert time.monotonic() - begun < 4


def test_slow_body(make_gateway) -> None:
    gateway = make_gateway(limits={"body_seconds": 1}).start()
    balance = gateway.open_balance()
    with Connection(gateway.port) as c:
        c.send(head("POST", "/v1/responses", gateway.port, {"x-tinygateway-token": balance.token}, 100000) + b"{")
        assert c.answer().status == 408
    wait_until("the hold is gone", lambda: balance.show()["held"] in ("0", "0.0000"))


def test_idle_connection_is_closed(make_gateway) -> None:
    gateway = make_gateway(limits={"keep_alive_seconds": 1}).start()
    with Connection(gateway.port) as c:
        c.send(head("GET", "/healthz", gateway.port))
        assert c.answer("GET").status == 200
        assert c.read_to_end(4) == b""


def test_connections_of_one_address(make_gateway) -> None:
    gateway = make_gateway(limits={"connections_per_address": 5}).start()
    time.sleep(0.05)
    held = [Connection(gateway.port, timeout=2) for _ in range(10)]
    served = 0
    for c in held:
        try:
            c.send(head("GET", "/healthz", gateway.port))
            served += c.answer("GET").status == 200
        except (OSError, AssertionError):
            pass
    assert served <= 5
    for c in held:
        c.close()
    wait_until("room again", lambda: is_served(gateway))


def is_served(gateway: Gateway) -> bool:
    try:
        return ask(gateway.port, "/healthz", method="GET", timeout=2).status == 200
    except OSError:
        return False


def test_streams_of_one_balance(make_gateway) -> None:
    gateway = make_gateway(limits={"streams_per_balance": 3}).start()
    balance, other = gateway.open_balance(), gateway.open_balance()
    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(balance.ask, None, "plain;events=10;pace_ms=50") for _ in range(8)]
        answers = [r.result() for r in running]
    refused = [a for a in answers if a.status == 429]
    assert len(refused) == 5 and all(a.error["code"] == "rate_limit_exceeded" for a in refused)
    assert all(a.field("retry-after") == "2" for a in refused)
    assert other.ask().status == 200
    wait_until("room again", lambda: balance.ask().status == 200)


def test_requests_a_minute(make_gateway) -> None:
    gateway = make_gateway(limits={"requests_per_minute": 5}).start()
    balance = gateway.open_balance()
    statuses = [balance.ask().status for _ in range(8)]
    assert statuses.count(200) in (5, 6) and statuses[-1] == 429


def test_many_connections_cost_little(gateway: Gateway) -> None:
    held = [Connection(gateway.port) for _ in range(500)]
    for c in held:
        c.send(b"GET /healthz HTTP/1.1\r\n")
    assert ask(gateway.port, "/healthz", method="GET").status == 200
    for c in held:
        c.close()
