"""Chunks of an upstream, however they are cut and mixed: what goes on as it came, and what does not."""

from __future__ import annotations

import json
import random
import socket
import time

import pytest

from harness.client import Connection, head
from harness.gateway import Balance, turn
from harness.upstream import COMPLETED, CREATED, HEAD, LAST_CHUNK, chunk, delta, event, read_request


def mixture(seed: int) -> tuple[bytes, bytes]:
    """A stream of events in chunks, most of them a delta each, and its content."""
    draw = random.Random(seed)
    pieces = [CREATED]
    for number in range(draw.randrange(40, 400)):
        one = delta(draw.choice([1, 7, 80, 300, 4000]))
        kind = draw.randrange(14)
        if kind == 0:
            pieces.append(event("response.in_progress", number=number))
        elif kind == 1:
            pieces.append(b": a comment\n\n")
        elif kind == 2:
            pieces.append(one + delta(20))
        elif kind == 3:
            cut = draw.randrange(1, len(one))
            pieces += [one[:cut], one[cut:]]
        elif kind == 4:
            pieces.append(event("response.output_text.delta", delta="x", sequence_number=number, type2="the"))
        else:
            pieces.append(one)
    pieces.append(COMPLETED)
    sent = b""
    for piece in pieces:
        form = draw.randrange(12)
        if form == 0:
            sent += b"%X;a=b\r\n%s\r\n" % (len(piece), piece)
        elif form == 1:
            sent += b"%09x\r\n%s\r\n" % (len(piece), piece)
        else:
            sent += chunk(piece)
    return sent, b"".join(pieces)


def in_pieces(sent: bytes, seed: int) -> list[bytes]:
    draw, pieces = random.Random(seed), []
    most = draw.choice([40, 3000, 65536, 200_000])
    while sent:
        size = draw.randrange(1, most)
        pieces.append(sent[:size])
        sent = sent[size:]
    return pieces


def request(balance: Balance) -> bytes:
    body = json.dumps(turn()).encode()
    fields = {"x-tinygateway-token": balance.token, "content-type": "application/json"}
    return head("POST", "/v1/responses", balance.gateway.port, fields, len(body)) + body


@pytest.mark.parametrize("minor", [1, 0])
def test_content_is_the_same_however_it_is_cut(behind, minor: int) -> None:
    seeds = range(24)
    streams = [mixture(seed) for seed in seeds]
    turns = iter(seeds)

    def serve(peer: socket.socket) -> None:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            read_request(peer)
            seed = next(turns)
            pieces = in_pieces(HEAD + streams[seed][0], seed)
            for number, piece in enumerate(pieces):
                peer.sendall(piece)
                if number % 7 == 0:
                    time.sleep(0.001)
            peer.sendall(LAST_CHUNK)

    balance = behind(serve).open_balance()
    for seed in seeds:
        with Connection(balance.gateway.port) as connection:
            connection.send(request(balance).replace(b"HTTP/1.1", b"HTTP/1.%d" % minor))
            answer = connection.answer()
        assert answer.status == 200 and answer.complete, seed
        assert answer.content == streams[seed][1], seed
    charges = balance.wait_for("charge", len(seeds))
    assert {(each["input"], each["output"], each["metered"]) for each in charges} == {(1234, 56, "exact")}


def test_a_reader_that_falls_behind_gets_all_of_it(behind) -> None:
    """Writes of which the kernel takes a part, in the middle of chunks that are passed on whole."""
    deltas = [delta(1500)] * 9000
    content = CREATED + b"".join(deltas) + COMPLETED
    sent = HEAD + b"".join(map(chunk, [CREATED, *deltas, COMPLETED])) + LAST_CHUNK

    def serve(peer: socket.socket) -> None:
        read_request(peer)
        peer.sendall(sent)

    balance = behind(serve).open_balance()
    with Connection(balance.gateway.port) as connection:
        connection.send(request(balance))
        time.sleep(0.5)
        answer = connection.answer()
    assert answer.complete and len(answer.content) == len(content)
    assert answer.content == content
    assert balance.wait_for("charge")[0]["metered"] == "exact"
