"""What one side does not do costs the others nothing: peers that do not read, do not send, do not end."""

from __future__ import annotations

import json
import socket
import threading
import time
from decimal import Decimal

import pytest

from harness.client import Answer, Connection, ask, head
from harness.facts import fact, nothing_held
from harness.gateway import Balance, Gateway, turn
from harness.processes import resident_kib, wait_until
from harness.stub import Stub, fields_of
from harness.upstream import COMPLETED, CREATED, HEAD, LAST_CHUNK, chunk, read_head, read_request

def post_head(balance: Balance, length: int | None) -> bytes:
    fields = {"x-tinygateway-token": balance.token}
    return head("POST", "/v1/responses", balance.gateway.port, fields, length)


def send_beside(c: Connection, data: bytes) -> threading.Thread:
    """Sends while the test reads, as an HTTP client does that hears of a refusal early."""

    def send() -> None:
        try:
            c.send(data)
        except OSError:
            # Refused, or the test is over.
            return

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    return thread


def large(size: int) -> bytes:
    return json.dumps(turn(text="x" * size)).encode()


def test_pipelining_without_reading_is_bounded(make_gateway) -> None:
    gateway = make_gateway(limits={"keep_alive_seconds": 2, "client_write_seconds": 2}).start()
    balance = gateway.open_balance()
    before = resident_kib(gateway.pid)
    with Connection(gateway.port, receive_buffer=4096) as c:
        c.socket.settimeout(0.5)
        requests, sent = head("GET", "/healthz", gateway.port) * 1000, 0
        with pytest.raises(OSError):
            while sent < 200_000_000:
                sent += c.socket.send(requests)
        assert resident_kib(gateway.pid) - before < 4096
        assert fact(gateway, "buffered_bytes") < 1_000_000
        assert balance.ask().status == 200
        # The admin's own connection is not among them.
        wait_until("it was let go", lambda: fact(gateway, "connections") == 0)
    assert fact(gateway, "buffered_bytes") == 0


def never_read(peer: socket.socket) -> None:
    """The kernel takes what fits into its buffers."""


def test_upstream_that_never_reads_the_body(behind) -> None:
    gateway = behind(never_read, upstream_idle_seconds=1, body_seconds=5)
    balance = gateway.open_balance()
    body, begun = large(20_000_000), time.monotonic()
    with Connection(gateway.port) as c:
        send_beside(c, post_head(balance, len(body)) + body)
        answer = c.answer()
    assert answer.status == 502 and answer.error["message"]
    assert time.monotonic() - begun < 8
    nothing_held(balance)
    assert not balance.charges() and balance.remaining == 5


def test_upstream_that_never_reads_and_a_client_that_left(behind) -> None:
    gateway = behind(never_read, upstream_idle_seconds=1, body_seconds=5)
    balance = gateway.open_balance()
    body = large(20_000_000)
    c = Connection(gateway.port)
    sender = send_beside(c, post_head(balance, len(body)) + body)
    wait_until("it is under way", lambda: Decimal(balance.show()["held"]) > 0)
    c.socket.shutdown(socket.SHUT_RDWR)
    c.close()
    sender.join(5)
    nothing_held(balance, 8)
    assert not balance.charges()
    begun = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("length", [0, None], ids=["Content-Length: 0", "no framing"])
def test_post_without_a_body(make_gateway, stub: Stub, length: int | None) -> None:
    gateway = make_gateway(limits={"streams_per_balance": 2}).start()
    balance, mark = gateway.open_balance(), stub.mark()
    for _ in range(3):
        begun = time.monotonic()
        with Connection(gateway.port) as c:
            c.send(post_head(balance, length))
            answer = c.answer()
        assert answer.status == 400 and answer.error["code"] == "invalid_prompt"
        assert time.monotonic() - begun < 1
        assert Decimal(balance.show()["held"]) == 0 and fact(gateway, "streams") == 0
    assert balance.ask().status == 200, "a stream was left"
    assert len(stub.requests(mark)) == 1
    assert len(balance.wait_for("charge")) == 1


@pytest.mark.parametrize("is_reused", [False, True], ids=["fresh", "reused"])
def test_413_of_an_upstream_that_closes_early(behind, is_reused: bool) -> None:
    """It answers after the head and resets what still comes: the client hears it each time."""
    said = b'{"error":{"message":"too large for upstream"}}'

    def serve(peer: socket.socket) -> None:
        if is_reused:
            read_request(peer)
            peer.sendall(HEAD + chunk(CREATED + COMPLETED) + LAST_CHUNK)
        read_head(peer)
        fields = b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(said)
        peer.sendall(b"HTTP/1.1 413 Too Large\r\n" + fields + said)
        peer.close()

    gateway = behind(serve)
    balance = gateway.open_balance()
    body = large(3_000_000)

    def post() -> Answer:
        if is_reused:
            assert balance.ask().status == 200
        with Connection(gateway.port) as c:
            send_beside(c, post_head(balance, len(body)) + body)
            return c.answer()

    answers = [post() for _ in range(20)]
    assert [a.status for a in answers] == [413] * 20
    assert all(a.content == said for a in answers)
    nothing_held(balance)
    assert len(balance.charges()) == (20 if is_reused else 0)


def test_204_has_no_framing(behind) -> None:
    def serve(peer: socket.socket) -> None:
        read_request(peer)
        peer.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        while True:
            read_request(peer)
            peer.sendall(HEAD + chunk(CREATED + COMPLETED) + LAST_CHUNK)

    gateway = behind(serve)
    balance = gateway.open_balance()
    body = json.dumps(turn()).encode()
    with Connection(gateway.port) as c:
        c.send(post_head(balance, len(body)) + body)
        answer = c.answer()
        assert answer.status == 204 and answer.raw.endswith(b"\r\n\r\n")
        assert answer.field("content-length") is None and answer.field("transfer-encoding") is None
        nothing_held(balance)
        c.send(post_head(balance, len(body)) + body)
        second = c.answer()
    assert second.status == 200 and second.last_event["type"] == "response.completed"
    assert len(balance.charges()) == 1


@pytest.mark.parametrize("closes", [True, False], ids=["cut", "silent"])
def test_429_without_its_whole_body(behind, closes: bool) -> None:
    def serve(peer: socket.socket) -> None:
        read_request(peer)
        fields = b"content-type: application/json\r\nretry-after: 7\r\ncontent-length: 100000\r\n\r\n"
        peer.sendall(b"HTTP/1.1 429 Too Many Requests\r\n" + fields + b'{"error":{"message":"slow d')
        if closes:
            peer.close()

    gateway = behind(serve, upstream_idle_seconds=1)
    balance = gateway.open_balance()
    answer = balance.ask()
    assert answer.status == 429 and answer.complete and answer.error["message"]
    assert answer.field("retry-after") == "7"
    nothing_held(balance)
    assert not balance.charges()


def test_fields_of_front_proxies_stay_here(gateway: Gateway, balance: Balance, stub: Stub) -> None:
    path = f"/u/{balance.token}/v1/responses"
    dropped = {
        "x-original-uri": path,
        "x-original-url": f"https://gateway.example{path}",
        "x-original-method": "POST",
        "x-rewrite-url": path,
        "referer": f"https://gateway.example{path}",
        "x-envoy-original-path": path,
        "cf-connecting-ip": "192.0.2.1",
        "cf-ray": "1-FRA",
        "cf-ipcountry": "DE",
        "true-client-ip": "192.0.2.1",
        "x-client-ip": "192.0.2.1",
        "x-real-ip": "192.0.2.1",
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-host": "gateway.example",
        "x-forwarded-proto": "https",
        "x-forwarded-port": "443",
        "x-forwarded-uri": path,
        "x-forwarded-prefix": f"/u/{balance.token}",
        "forwarded": "for=192.0.2.1",
        "via": "1.1 front",
    }
    kept = {"session-id": "s-1", "user-agent": "codex_exec/0.163.0", "x-codex-window-id": "w:0"}
    mark = stub.mark()
    # Front proxies write names in many ways.
    added = {name.title(): value for name, value in dropped.items()}
    answer = ask(gateway.port, path, turn(), {"content-type": "application/json"} | added | kept)
    assert answer.status == 200
    [request] = stub.requests(mark)
    sent = fields_of(request)
    assert not sent.keys() & dropped.keys()
    assert {name: sent.get(name) for name in kept} == kept
    assert balance.token not in json.dumps(request) and "192.0.2.1" not in json.dumps(request)


def test_a_field_that_only_looks_like_it_holds_a_token(balance: Balance, stub: Stub) -> None:
    """Codex tells of the directories it works in, whatever these are called."""
    place = "/srv/me/tg_bot/a-directory-with-a-rather-long-name/and-one-below-it"
    fields = {"x-codex-turn-metadata": json.dumps({"workspaces": {place: {"latest_git_commit_hash": "0123"}}})}
    mark = stub.mark()
    assert balance.ask(fields=fields).status == 200
    sent = fields_of(stub.requests(mark)[0])
    assert sent.get("x-codex-turn-metadata") == fields["x-codex-turn-metadata"]
