"""A small HTTP client that keeps every byte and knows whether an answer is really complete."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

TIMEOUT = 20.0


@dataclass
class Answer:
    status: int = 0
    fields: list[tuple[str, str]] = field(default_factory=list)
    content: bytes = b""
    complete: bool = False  # by its framing
    raw: bytes = b""
    interim: list[int] = field(default_factory=list)

    def field(self, name: str) -> str | None:
        return next((v for n, v in self.fields if n == name.lower()), None)

    @property
    def json(self) -> dict:
        return json.loads(self.content)

    @property
    def error(self) -> dict:
        """The error object, checked for OpenAI's shape."""
        error = self.json["error"]
        assert set(error) >= {"message", "type", "code", "param"}, error
        assert error["message"], "an error without a sentence"
        return error

    def events(self) -> list[dict]:
        return parse_events(self.content)

    @property
    def last_event(self) -> dict:
        return self.events()[-1]

    @property
    def response_id(self) -> str:
        return self.last_event["response"]["id"]


def parse_events(content: bytes) -> list[dict]:
    """WHATWG HTML 9.2: the events that were dispatched (a trailing one without blank line is not)."""
    text = content.decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    events, data = [], []
    for line in text.split("\n"):
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line == "" and data:
            text = "\n".join(data)
            data = []
            if text == "[DONE]":
                continue
            try:
                events.append(json.loads(text))
            except ValueError:
                # An event that was cut: what follows it is told behind a blank line, as Codex accepts.
                events.append({"type": "cut"})
    return events


class Reader:
    """Takes an HTTP answer apart as bytes come in; `feed(b"")` is the end of input."""

    def __init__(self, method: str = "POST"):
        self.answer = Answer()
        self.method = method
        self.rest = b""
        self.state = "head"
        self.left = 0

    def feed(self, data: bytes) -> bool:
        """True when the answer is complete or can never be."""
        self.answer.raw += data
        self.rest += data
        if not data:
            self.answer.complete |= self.state == "close"
            return True
        while self.state != "done" and self._step():
            pass
        return self.state == "done"

    def _step(self) -> bool:
        if self.state == "head":
            return self._head()
        if self.state == "close":
            self.answer.content += self.rest
            self.rest = b""
            return False
        if self.state == "data":
            take, self.rest = self.rest[: self.left], self.rest[self.left :]
            self.answer.content += take
            self.left -= len(take)
            if not self.left:
                self.state = "after" if self.chunked else "done"
                self.answer.complete |= self.state == "done"
            return not self.left
        return self._line()

    def _head(self) -> bool:
        head, found, rest = self.rest.partition(b"\r\n\r\n")
        if not found:
            return False
        self.rest = rest
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split()[1])
        if 100 <= status < 200 and status != 101:
            self.answer.interim.append(status)
            return True
        self.answer.status = status
        self.answer.fields = [(n.lower(), v.strip()) for n, _, v in (line.partition(":") for line in lines)]
        self.chunked = (self.answer.field("transfer-encoding") or "").lower() == "chunked"
        length = self.answer.field("content-length")
        assert not (self.chunked and length), "both chunked and content-length"
        self.left = int(length or 0)
        self.state = "size" if self.chunked else "close" if length is None else "data" if self.left else "done"
        if self.method == "HEAD" or status in (101, 204, 304):
            self.state = "done"
        self.answer.complete = self.state == "done"
        return True

    def _line(self) -> bool:
        line, found, rest = self.rest.partition(b"\r\n")
        if not found:
            return False
        self.rest = rest
        if self.state == "size":
            self.left = int(line.split(b";")[0], 16)
            self.state = "data" if self.left else "trailer"
        elif self.state == "after":
            assert line == b"", "bytes behind a chunk"
            self.state = "size"
        elif line == b"":
            self.state = "done"
            self.answer.complete = True
        return True


class Connection:
    """One TCP connection to the gateway."""

    def __init__(self, port: int, timeout: float = TIMEOUT, receive_buffer: int | None = None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self, method: str = "POST", watch: Callable[[Reader], object] | None = None) -> Answer:
        """Reads one answer. `watch` sees the reader after each piece and may stop it by a truthy result."""
        reader = Reader(method)
        if self.rest and reader.feed(self.rest):
            self.rest = reader.rest
            return reader.answer
        while True:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                data = b""
            done = reader.feed(data)
            if (watch and watch(reader)) or done:
                self.rest = reader.rest
                return reader.answer

    def read_to_end(self, seconds: float = 2) -> bytes:
        """Everything until the peer closes; fails when it does not."""
        data, end = b"", time.monotonic() + seconds
        while True:
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            try:
                piece = self.socket.recv(65536)
            except ConnectionResetError:
                return data
            except TimeoutError:
                raise AssertionError(f"not closed within {seconds} s; so far {data[:200]!r}") from None
            if not piece:
                return data
            data += piece

    def close(self) -> None:
        self.socket.close()


def head(method: str, target: str, port: int, fields: dict[str, str] | None = None, length: int | None = None) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
    if length is not None:
        lines.append(f"content-length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def ask(
    port: int,
    target: str = "/v1/responses",
    body: dict | bytes | None = None,
    fields: dict[str, str] | None = None,
    method: str = "POST",
    watch: Callable[[Reader], object] | None = None,
    timeout: float = TIMEOUT,
) -> Answer:
    """One request on a connection of its own."""
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    with Connection(port, timeout) as c:
        try:
            c.send(head(method, target, port, fields, None if data is None else len(data)) + (data or b""))
        except (BrokenPipeError, ConnectionResetError):
            pass  # An answer may come before all of a body was read; what it says is still there.
        return c.answer(method, watch)
