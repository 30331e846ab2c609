"""Requests that two servers could read differently: refused with 400 and closed, never forwarded."""

from __future__ import annotations

import json
import re

import pytest

from harness.client import Connection, head
from harness.gateway import Balance, Gateway, turn
from harness.stub import Stub

BODY = json.dumps(turn())
SMUGGLED = "POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"


def fields(*lines: str) -> str:
    return "POST /v1/responses HTTP/1.1\r\nhost: gateway\r\nx-tinygateway-token: TOKEN\r\n" + "".join(
        f"{x}\r\n" for x in lines
    )


BAD = {
    "TE and CL": fields("transfer-encoding: chunked", "content-length: 4") + "\r\n0\r\n\r\n" + SMUGGLED,
    "CL and TE": fields("content-length: 4", "transfer-encoding: chunked") + "\r\n0\r\n\r\n" + SMUGGLED,
    "two CL": fields("content-length: 2", "content-length: 3") + "\r\n{}",
    "two equal CL": fields("content-length: 2", "content-length: 2") + "\r\n{}",
    "CL list": fields("content-length: 2, 2") + "\r\n{}",
    "CL with sign": fields("content-length: +2") + "\r\n{}",
    "CL negative": fields("content-length: -2") + "\r\n{}",
    "CL hex": fields("content-length: 0x2") + "\r\n{}",
    "CL empty": fields("content-length:") + "\r\n{}",
    "CL beyond 64 bits": fields("content-length: 18446744073709551618") + "\r\n{}",
    "TE identity": fields("transfer-encoding: identity") + "\r\n{}",
    "TE chunked twice": fields("transfer-encoding: chunked, chunked") + "\r\n0\r\n\r\n",
    "TE with gzip": fields("transfer-encoding: gzip, chunked") + "\r\n0\r\n\r\n",
    "two TE": fields("transfer-encoding: chunked", "transfer-encoding: identity") + "\r\n0\r\n\r\n",
    "TE with vertical tab": fields("transfer-encoding: \x0bchunked") + "\r\n0\r\n\r\n",
    "TE in HTTP/1.0": fields("transfer-encoding: chunked").replace("HTTP/1.1", "HTTP/1.0") + "\r\n0\r\n\r\n",
    "space before colon": fields("content-length : 2") + "\r\n{}",
    "folded field": fields("x-a: b\r\n c", "content-length: 2") + "\r\n{}",
    "fold in the first field": "POST /v1/responses HTTP/1.1\r\n host: x\r\n\r\n",
    "bare LF": fields("content-length: 2").replace("\r\n", "\n") + "\n{}",
    "bare LF in one line": fields("x-a: b\nx-c: d", "content-length: 2") + "\r\n{}",
    "bare CR": fields("x-a: b\rx-c: d", "content-length: 2") + "\r\n{}",
    "NUL": fields("x-a: b\0c", "content-length: 2") + "\r\n{}",
    "no host": "POST /v1/responses HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}",
    "two hosts": fields("host: other", "content-length: 2") + "\r\n{}",
    "no colon": fields("nonsense", "content-length: 2") + "\r\n{}",
    "empty name": fields(": x", "content-length: 2") + "\r\n{}",
    "bad name": fields("a(b: x", "content-length: 2") + "\r\n{}",
    "version 1.2 digits": fields("content-length: 2").replace("HTTP/1.1", "HTTP/1.10") + "\r\n{}",
    "lower-case version": fields("content-length: 2").replace("HTTP/1.1", "http/1.1") + "\r\n{}",
    "two spaces": fields("content-length: 2").replace("POST /", "POST  /") + "\r\n{}",
    "space in the target": fields("content-length: 2").replace("/v1/responses", "/v1/ responses") + "\r\n{}",
    "dot segments": fields("content-length: 2").replace("/v1/responses", "/v1/../v1/responses") + "\r\n{}",
    "encoded slash": fields("content-length: 2").replace("/v1/responses", "/v1%2fresponses") + "\r\n{}",
    "encoded dots": fields("content-length: 2").replace("/v1/responses", "/v1/%2e%2e/v1/responses") + "\r\n{}",
    "garbage": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}
BAD_CHUNKS = {
    "size is no number": "ZZ\r\n",
    "size is empty": "\r\n",
    "size is negative": "-1\r\n",
    "size with 0x": "0x5\r\nhello\r\n",
    "size beyond 64 bits": "FFFFFFFFFFFFFFFFF\r\n",
    "size and bare LF": "5\nhello\n0\n\n",
    "data without end": "5\r\nhelloXX0\r\n\r\n",
    "space before the size": " 5\r\nhello\r\n",
    "bare CR in extension": "5;a\rb\r\nhello\r\n0\r\n\r\n",
    "trailer without colon": "0\r\nnonsense\r\n\r\n",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_refused_closed_and_not_forwarded(gateway: Gateway, balance: Balance, stub: Stub, text: str) -> None:
    mark = stub.mark()
    with Connection(gateway.port) as c:
        c.send(text.replace("TOKEN", balance.token).encode("latin-1"))
        said = c.read_to_end()
    assert said.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 ", b"HTTP/1.1 505 ", b"HTTP/1.1 501 ")), said[:200]
    assert len(re.findall(rb"HTTP/1\.[01] \d\d\d ", said)) == 1, "the bytes behind were answered too"
    assert not stub.requests(mark), "something reached the upstream"


@pytest.mark.parametrize("target", ["CONNECT example.test:443", "TRACE /"])
def test_methods_of_proxies(gateway: Gateway, stub: Stub, target: str) -> None:
    mark = stub.mark()
    with Connection(gateway.port) as c:
        c.send(f"{target} HTTP/1.1\r\nhost: example.test:443\r\n\r\n".encode())
        assert c.answer().status in (400, 405, 501)
    assert not stub.requests(mark)


@pytest.mark.parametrize("chunks", BAD_CHUNKS.values(), ids=BAD_CHUNKS.keys())
def test_bad_chunks(gateway: Gateway, balance: Balance, stub: Stub, chunks: str) -> None:
    mark = stub.mark()
    with Connection(gateway.port) as c:
        c.send(
            fields("transfer-encoding: chunked").replace("TOKEN", balance.token).encode() + b"\r\n" + chunks.encode()
        )
        said = c.read_to_end()
    assert said.startswith(b"HTTP/1.1 400 "), said[:200]
    assert not any(r.get("body_complete") for r in stub.requests(mark)), "the upstream took it for whole"
    assert not balance.charges()


def test_every_split_of_a_request(gateway: Gateway, balance: Balance, is_long: bool) -> None:
    request = fields(f"content-length: {len(BODY)}").replace("TOKEN", balance.token) + "\r\n" + BODY
    data = request.encode()
    for at in range(1, len(data), 1 if is_long else 17):
        with Connection(gateway.port) as c:
            c.send(data[:at])
            c.send(data[at:])
            assert c.answer().status == 200, at


def test_keep_alive(gateway: Gateway, balance: Balance) -> None:
    data = (
        head("POST", "/v1/responses", gateway.port, {"x-tinygateway-token": balance.token}, len(BODY)) + BODY.encode()
    )
    with Connection(gateway.port) as c:
        for _ in range(3):
            c.send(data)
            assert c.answer().complete
    balance.wait_for("charge", 3)


def test_pipelining(gateway: Gateway, balance: Balance) -> None:
    """Answered in order, or the first one answered and the connection closed cleanly."""
    one = head(
        "POST",
        "/v1/responses",
        gateway.port,
        {"x-tinygateway-token": balance.token, "x-stub": "plain;id=resp_one"},
        len(BODY),
    )
    two = head(
        "POST",
        "/v1/responses",
        gateway.port,
        {"x-tinygateway-token": balance.token, "x-stub": "plain;id=resp_two"},
        len(BODY),
    )
    with Connection(gateway.port) as c:
        c.send(one + BODY.encode() + two + BODY.encode())
        first = c.answer()
        assert first.complete and first.response_id == "resp_one"
        second = c.answer()
        assert not second.raw or second.response_id == "resp_two"


def test_expect_continue(gateway: Gateway, balance: Balance) -> None:
    with Connection(gateway.port) as c:
        c.send(
            head(
                "POST",
                "/v1/responses",
                gateway.port,
                {"x-tinygateway-token": balance.token, "expect": "100-continue"},
                len(BODY),
            )
        )
        c.socket.settimeout(3)
        said = c.socket.recv(100)
        assert said.startswith(b"HTTP/1.1 100 "), said
        c.send(BODY.encode())
        assert c.answer().status == 200


def test_expect_continue_is_not_given_to_a_stranger(gateway: Gateway) -> None:
    with Connection(gateway.port) as c:
        c.send(head("POST", "/v1/responses", gateway.port, {"expect": "100-continue"}, 1000))
        answer = c.answer()
    assert answer.status == 401 and not answer.interim


def test_unknown_expectation(gateway: Gateway, balance: Balance) -> None:
    with Connection(gateway.port) as c:
        c.send(
            head(
                "POST",
                "/v1/responses",
                gateway.port,
                {"x-tinygateway-token": balance.token, "expect": "a-miracle"},
                len(BODY),
            )
        )
        assert c.answer().status == 417


def test_http_1_0_client_gets_a_close_delimited_answer(gateway: Gateway, balance: Balance) -> None:
    text = head("POST", "/v1/responses", gateway.port, {"x-tinygateway-token": balance.token}, len(BODY))
    with Connection(gateway.port) as c:
        c.send(text.replace(b"HTTP/1.1", b"HTTP/1.0") + BODY.encode())
        answer = c.answer()
    assert answer.status == 200 and answer.field("transfer-encoding") is None
    assert answer.last_event["type"] == "response.completed"


def test_connection_close_is_kept(gateway: Gateway, balance: Balance) -> None:
    with Connection(gateway.port) as c:
        c.send(
            head(
                "POST",
                "/v1/responses",
                gateway.port,
                {"x-tinygateway-token": balance.token, "connection": "close"},
                len(BODY),
            )
            + BODY.encode()
        )
        assert c.answer().complete
        assert c.read_to_end() == b""


def test_head_of_models(gateway: Gateway, balance: Balance) -> None:
    with Connection(gateway.port) as c:
        c.send(head("HEAD", "/v1/models", gateway.port, {"x-tinygateway-token": balance.token}))
        answer = c.answer("HEAD")
        assert answer.status == 200
        c.send(head("GET", "/healthz", gateway.port))
        assert c.answer("GET").status == 200


def test_absolute_target(gateway: Gateway, balance: Balance) -> None:
    """RFC 9112 3.2.2: a server must accept it."""
    with Connection(gateway.port) as c:
        c.send(head("GET", f"http://127.0.0.1:{gateway.port}/healthz", gateway.port))
        assert c.answer("GET").status == 200


def test_names_with_underscore_are_not_ours(gateway: Gateway, balance: Balance) -> None:
    with Connection(gateway.port) as c:
        c.send(
            head("POST", "/v1/responses", gateway.port, {"x_tinygateway_token": balance.token}, len(BODY))
            + BODY.encode()
        )
        assert c.answer().status == 401
