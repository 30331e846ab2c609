"""Every exchange ends once, whatever order its two sides end in; and so does the process."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.client import Connection, head
from harness.facts import fact, nothing_held
from harness.gateway import Balance, Gateway, turn
from harness.processes import Tracer, TracingRefused, is_listening, wait_until
from harness.upstream import (
    COMPLETED,
    CREATED,
    HEAD,
    LAST_CHUNK,
    RESPONSE,
    chunk,
    delta,
    read_content,
    read_head,
    read_request,
)

@pytest.fixture
def slow_disk() -> Iterator[Callable[[Gateway], Tracer]]:
    """Makes every sync of a gateway's ledger take longer."""
    tracers: list[Tracer] = []

    def attach(gateway: Gateway, milliseconds: int) -> Tracer:
        if not Tracer.is_available():
            pytest.skip("strace is not installed")
        try:
            tracers.append(Tracer(gateway.pid, f"fdatasync:delay_enter={milliseconds * 1000}", gateway.directory))
        except TracingRefused as refused:
            pytest.skip(f"tracing is refused here: {refused}")
        return tracers[-1]

    yield attach
    for tracer in tracers:
        tracer.detach()


def post(
    balance: Balance, body: dict, withheld: int = 0, receive_buffer: int | None = None
) -> tuple[Connection, bytes]:
    """Sends a request but for its last bytes, which are returned."""
    port, data = balance.gateway.port, json.dumps(body).encode()
    c = Connection(port, receive_buffer=receive_buffer)
    sent = len(data) - withheld
    c.send(head("POST", "/v1/responses", port, {"x-tinygateway-token": balance.token}, len(data)) + data[:sent])
    return c, data[sent:]


def settled(balance: Balance) -> list[str]:
    return [e["type"] for e in balance.entries() if e["type"] in ("charge", "void")]


def ask_to_stop(gateway: Gateway) -> None:
    gateway.process.send_signal(signal.SIGTERM)
    wait_until("it accepts nothing more", lambda: not is_listening(gateway.port))


@pytest.mark.parametrize("sync", [0, 600], ids=["disk as it is", "syncs of 0.6 s"])
def test_answered_before_the_last_byte_and_then_left(behind, slow_disk, sync: int) -> None:
    """The upstream answers when it has the head. What such an exchange had set up dies with it."""
    answered: list[bool] = []
    paced = threading.Event()

    def serve(peer: socket.socket) -> None:
        while True:
            request = read_head(peer)
            if paced.is_set():
                read_content(peer, *request)
                peer.sendall(HEAD + chunk(CREATED))
                for _ in range(8):
                    time.sleep(0.25)
                    peer.sendall(chunk(delta(100)))
                peer.sendall(chunk(COMPLETED) + LAST_CHUNK)
            else:
                peer.sendall(HEAD + chunk(CREATED + COMPLETED) + LAST_CHUNK)
                answered.append(True)
                read_content(peer, *request)

    gateway = behind(serve, upstream_idle_seconds=1, upstream_first_byte_seconds=1, settle_seconds=5)
    balance, other = gateway.open_balance(), gateway.open_balance()
    tracer = slow_disk(gateway, sync) if sync else None
    clients = [post(balance, turn(), withheld=1)[0] for _ in range(8)]
    wait_until("all are answered", lambda: len(answered) == 8)
    wait_until("charges are under way", lambda: len(settled(balance)) >= 1)
    for c in clients:
        c.close()
    balance.wait_for("charge", 8)
    if tracer:
        tracer.detach()
    # In the memory that the exchanges were in, past every bound that they had set.
    paced.set()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: other.ask(), range(16)))
    assert [a.last_event["type"] for a in answers] == ["response.completed"] * 16
    assert gateway.process.poll() is None
    nothing_held(balance)
    assert settled(balance) == ["charge"] * 8 and settled(other) == ["charge"] * 16
    gateway.verify()


@pytest.mark.parametrize("body", [turn(), turn(background=True)], ids=["served", "refused"])
@pytest.mark.parametrize("sync", [0, 600], ids=["charged", "charge under way"])
def test_last_byte_behind_a_complete_answer(behind, slow_disk, sync: int, body: dict) -> None:
    """The response is complete and paid for: what the request still says does not take it back."""

    def serve(peer: socket.socket) -> None:
        read_head(peer)
        peer.sendall(HEAD + chunk(CREATED) + chunk(COMPLETED) + (LAST_CHUNK if sync else b""))

    gateway = behind(serve, upstream_idle_seconds=1)
    balance = gateway.open_balance()
    if sync:
        slow_disk(gateway, sync)
    c, last = post(balance, body, withheld=1)
    with c:
        # The entry's line is in the file before its sync.
        balance.wait_for("charge")
        if not sync:
            c.answer(watch=lambda reader: b"response.completed" in reader.answer.content)
        c.send(last)
        content = c.read_to_end(5) if not sync else c.answer().content
    assert b"response.failed" not in content
    assert not sync or b"response.completed" in content
    assert settled(balance) == ["charge"]
    nothing_held(balance)


def test_sigterm_with_entries_under_way(behind, slow_disk) -> None:
    """An idle connection is closed at once; the books are closed once, when the last entry is on disk."""

    def serve(peer: socket.socket) -> None:
        while True:
            read_request(peer)
            peer.sendall(HEAD + chunk(CREATED) + LAST_CHUNK)

    gateway = behind(serve)
    balance = gateway.open_balance()
    with Connection(gateway.port) as idle:
        idle.send(head("GET", "/healthz", gateway.port))
        assert idle.answer("GET").status == 200
        slow_disk(gateway, 600)
        for _ in range(2):
            assert balance.ask().complete
        gateway.process.send_signal(signal.SIGTERM)
        assert gateway.process.wait(8) == 0, gateway.errors.read_text()[-500:]
    assert not (gateway.data / "admin.sock").exists()
    assert settled(balance) == ["void"] * 2
    gateway.verify()


class Pieces:
    """An answer that is sent piece by piece, as the test asks for it."""

    size = 30_000

    def __init__(self, balance: Balance):
        self.asked = threading.Semaphore(0)
        self.sent = 0
        self.last = False
        self.charges = len(balance.charges())
        self.balance = balance

    def send(self, peer: socket.socket) -> None:
        peer.sendall(HEAD + chunk(CREATED))
        while True:
            self.asked.acquire()
            if self.last:
                peer.sendall(chunk(delta(self.size) + COMPLETED) + LAST_CHUNK)
                return
            peer.sendall(chunk(delta(self.size)))
            self.sent += 1

    def step(self) -> None:
        before = self.sent
        self.asked.release()
        wait_until("the piece is sent", lambda: self.sent > before)

    def are_queued(self) -> bool:
        return fact(self.balance.gateway, "buffered_bytes") > 0

    def finish(self) -> None:
        self.last = True
        self.asked.release()

    def are_charged_and_queued(self, seconds: float = 0.5) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if len(self.balance.charges()) > self.charges and fact(self.balance.gateway, "streams") == 0:
                return self.are_queued()
        return False


def queue_charged_answer(behind) -> tuple[Gateway, Connection, int]:
    """A paid answer whose exchange is over and whose last bytes wait for a client that does not read.

    - Returns: the gateway, the client's connection, and the bytes that must at least arrive."""
    answers: list[Pieces] = []

    def serve(peer: socket.socket) -> None:
        while True:
            read_request(peer)
            answers[-1].send(peer)

    gateway = behind(serve, client_write_seconds=30, drain_seconds=20)
    balance = gateway.open_balance()

    def begin() -> tuple[Connection, Pieces]:
        answers.append(Pieces(balance))
        return post(balance, turn(), receive_buffer=4096)[0], answers[-1]

    def leave(c: Connection, pieces: Pieces) -> None:
        pieces.finish()
        c.close()
        wait_until("it is over", lambda: fact(gateway, "streams") == 0)

    # How many pieces the kernel takes for a client that does not read.
    c, pieces = begin()
    pieces.step()
    while not pieces.are_queued():
        assert pieces.sent < 1000, "the kernel takes everything"
        pieces.step()
    room = pieces.sent
    leave(c, pieces)
    for attempt in range(24):
        # It is not the same each time, but near.
        count = max(0, room - 1 + [0, -1, 1, -2, 2, -3][attempt % 6])
        c, pieces = begin()
        while pieces.sent < count:
            pieces.step()
        pieces.finish()
        if pieces.are_charged_and_queued():
            return gateway, c, (pieces.sent + 1) * pieces.size
        leave(c, pieces)
    pytest.fail("no answer was left queued behind its charge")


@pytest.mark.parametrize("closes", [True, False], ids=["client closes", "client stays"])
def test_sigterm_with_a_charged_answer_still_queued(behind, closes: bool) -> None:
    """Every byte still arrives, and the process ends soon after the last one."""
    gateway, c, size = queue_charged_answer(behind)
    with c:
        ask_to_stop(gateway)
        answer = c.answer()
        assert answer.complete, "the tail was cut"
        assert answer.last_event["type"] == "response.completed"
        assert len(answer.content) > size
        assert c.read_to_end() == b""
        if closes:
            c.close()
        assert gateway.process.wait(8) == 0
    gateway.verify()


@pytest.mark.parametrize("left_out", [LAST_CHUNK, b"\n\r\n" + LAST_CHUNK], ids=["last chunk", "blank line"])
def test_completed_and_then_silence(behind, left_out: bytes) -> None:
    """What is missing is only framing: the client has what it paid for, and is not told otherwise."""

    def serve(peer: socket.socket) -> None:
        read_request(peer)
        whole = HEAD + chunk(CREATED) + chunk(COMPLETED) + LAST_CHUNK
        peer.sendall(whole.removesuffix(left_out))

    gateway = behind(serve, upstream_idle_seconds=1)
    balance = gateway.open_balance()
    answer = balance.ask(timeout=6)
    assert answer.complete
    assert [e["type"] for e in answer.events()] == ["response.created", "response.completed"]
    assert b"response.failed" not in answer.content
    assert settled(balance) == ["charge"]
    nothing_held(balance)


@pytest.mark.parametrize("content", [b"", CREATED], ids=["head", "head and an event"])
def test_refused_after_an_early_answer_has_begun(behind, content: bytes) -> None:
    def serve(peer: socket.socket) -> None:
        read_head(peer)
        peer.sendall(HEAD + (chunk(content) if content else b""))

    gateway = behind(serve)
    balance = gateway.open_balance()
    c, last = post(balance, turn(background=True), withheld=1)
    with c:
        c.rest = c.socket.recv(10)
        c.send(last)
        answer = c.answer()
        assert answer.complete
        if answer.status == 400:
            assert answer.error["code"] == "invalid_prompt"
        else:
            failed = answer.last_event
            assert failed["type"] == "response.failed"
            assert failed["response"]["error"]["code"] == "invalid_prompt"
        assert c.read_to_end() == b""
    nothing_held(balance)
    assert not balance.charges() and balance.remaining == 5


def test_document_of_a_client_that_left(behind) -> None:
    """An answer that is no stream may take its time, also when nobody waits for it any more."""
    document = json.dumps(RESPONSE | {"object": "response", "status": "completed"}).encode()
    arrived, go_on = threading.Event(), threading.Event()

    def serve(peer: socket.socket) -> None:
        read_request(peer)
        arrived.set()
        go_on.wait(10)
        fields = b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(document)
        peer.sendall(b"HTTP/1.1 200 OK\r\n" + fields + document)

    limits = {"upstream_idle_seconds": 1, "upstream_first_byte_seconds": 1}
    gateway = behind(serve, upstream_answer_seconds=30, abandoned_seconds=30, **limits)
    balance = gateway.open_balance()
    c, _ = post(balance, turn(stream=False))
    assert arrived.wait(5)
    c.close()
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        # Longer than a stream may be silent.
        assert not settled(balance), "given up too early"
        time.sleep(0.05)
    go_on.set()
    [charge] = balance.wait_for("charge")
    assert charge["metered"] == "drained" and charge["input"] == 1234
    assert settled(balance) == ["charge"]
    nothing_held(balance)


def test_second_terminal_event_is_an_alarm(behind) -> None:
    def serve(peer: socket.socket) -> None:
        read_request(peer)
        peer.sendall(HEAD + chunk(CREATED) + chunk(COMPLETED + COMPLETED) + LAST_CHUNK)

    gateway = behind(serve)
    balance = gateway.open_balance()
    assert balance.ask().complete
    wait_until("the alarm", lambda: "second end" in gateway.text("status"))
    assert settled(balance) == ["charge"]
    nothing_held(balance)


def test_second_sigterm_does_not_wait(behind) -> None:
    def serve(peer: socket.socket) -> None:
        read_request(peer)
        peer.sendall(HEAD + chunk(CREATED))

    gateway = behind(serve, drain_seconds=60)
    balance = gateway.open_balance()
    c, _ = post(balance, turn())
    with c:
        assert c.socket.recv(10)
        ask_to_stop(gateway)
        assert gateway.process.poll() is None, "the first signal did not wait for the stream"
        begun = time.monotonic()
        gateway.process.send_signal(signal.SIGTERM)
        assert gateway.process.wait(5) == 0
        assert time.monotonic() - begun < 3
    assert settled(balance) == ["void"]
    assert not (gateway.data / "admin.sock").exists()
    gateway.verify()
