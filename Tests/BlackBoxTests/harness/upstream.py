"""An upstream that is written out in a test, for what the stub's scenarios cannot say."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
USAGE = {
    "input_tokens": 1234,
    "input_tokens_details": {"cached_tokens": 1000},
    "output_tokens": 56,
    "total_tokens": 1290,
}
RESPONSE = {"id": "resp_1", "model": "gpt-5.4-mini", "service_tier": "default", "usage": USAGE}


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


def event(kind: str, **values: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind} | values)}\n\n".encode()


CREATED = event("response.created", response={"id": "resp_1"})
COMPLETED = event("response.completed", response=RESPONSE)


def delta(size: int) -> bytes:
    return event("response.output_text.delta", delta="y" * size)


def read_head(peer: socket.socket) -> tuple[bytes, bytes]:
    """A request's head, and what came with it; EOFError when none comes any more."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = peer.recv(65536)
        if not piece:
            raise EOFError
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head.lower(), rest


def read_content(peer: socket.socket, head: bytes, rest: bytes) -> bytes:
    """Reads the rest of a request with a Content-Length."""
    fields = dict(line.split(b":", 1) for line in head.split(b"\r\n")[1:])
    pieces, left = [rest], int(fields[b"content-length"]) - len(rest)
    while left > 0:
        piece = peer.recv(min(left, 65536))
        if not piece:
            raise EOFError
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def read_request(peer: socket.socket) -> None:
    """Reads a whole request."""
    read_content(peer, *read_head(peer))


class Upstream:
    """Gives each connection to `serve`, on a thread of its own.

    A connection that `serve` has returned from stays open, silent and unread, until the end of the
    test, unless `serve` closed it."""

    def __init__(self, serve: Callable[[socket.socket], None]):
        self.serve = serve
        self.peers: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Upstream:
        return self

    def __exit__(self, *_: object) -> None:
        for each in [self.listener, *self.peers]:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.peers.append(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        try:
            self.serve(peer)
        except (EOFError, OSError):
            # The gateway closed the connection, or the test is over.
            return
