"""Requests of two public collections against the real server. What we do otherwise stands below, with the reason."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

from harness.client import Connection, ask
from harness.gateway import Gateway
from harness.processes import ROOT
from harness.stub import Stub

PLACES = [os.environ.get("TINYGATEWAY_CORPORA", ""), f"{ROOT}/Tests/Fixtures/corpora", f"{ROOT}/../shared/corpora"]
FOUND = next((Path(p) for p in PLACES if p and (Path(p) / "corpus_http11probe.json").exists()), None)
pytestmark = pytest.mark.skipif(FOUND is None, reason="the corpora are not here; set TINYGATEWAY_CORPORA")

# Case: why its authors' expectation is not ours.
EXCEPTIONS: dict[str, str] = {}


def cases(name: str) -> list[dict]:
    return json.loads((FOUND / name).read_text())["cases"] if FOUND else []


def statuses(said: bytes) -> list[int]:
    found = [piece for piece in said.split(b"HTTP/1.")[1:]]
    return [int(piece[2:5]) for piece in found if piece[2:5].isdigit()]


def converse(gateway: Gateway, data: bytes, seconds: float = 0.5) -> tuple[list[int], bool]:
    """The statuses that come back, and whether the connection was closed by the gateway."""
    said = b""
    with Connection(gateway.port, timeout=seconds) as c:
        try:
            c.send(data)
            while piece := c.socket.recv(65536):
                said += piece
            return statuses(said), True
        except TimeoutError:
            return statuses(said), False
        except OSError:
            return statuses(said), True


@pytest.mark.parametrize("case", cases("corpus_http11probe.json"), ids=lambda c: c["id"])
def test_http11probe(gateway: Gateway, stub: Stub, case: dict) -> None:
    if case["id"] in EXCEPTIONS:
        pytest.skip(EXCEPTIONS[case["id"]])
    mark = stub.mark()
    got, closed = converse(gateway, base64.b64decode(case["b64"]), 0.4)
    assert not stub.requests(mark), "it was forwarded"
    assert ask(gateway.port, "/healthz", method="GET").status == 200
    expected = case["status"] or ""
    if case["level"] != "Must" or not expected:
        return
    if expected == "Exact(400)":
        assert (got and got[0] in (400, 414, 417, 431, 501, 505)) or (case["close_ok"] and closed), f"{got} closed={closed}"
    elif expected == "Range2xx":
        # Without a token every route but /healthz says 401 or 404: what counts is that it was understood.
        assert got and got[0] in (200, 401, 404, 405, 426), f"{got}"


@pytest.mark.parametrize(
    "case",
    [c for c in cases("corpus_llhttp.json") if c["type"].startswith("request") and not c["lenient"]],
    ids=lambda c: f"{Path(c['file']).stem}: {c['title']}",
)
def test_llhttp_requests(gateway: Gateway, stub: Stub, case: dict) -> None:
    """Whatever comes in, nothing is forwarded and the gateway lives on."""
    mark = stub.mark()
    got, closed = converse(gateway, base64.b64decode(case["b64"]), 0.15)
    assert not stub.requests(mark)
    assert all(status >= 400 or status in (100, 200) for status in got)
    assert ask(gateway.port, "/healthz", method="GET").status == 200
