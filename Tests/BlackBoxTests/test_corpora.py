"""Requests of two public collections against the real server. What we do otherwise stands below, with the reason."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
EXCEPTIONS: dict[str, str] = {
    "COMP-OPTIONS-STAR": "OPTIONS * asks a server what it can do; nothing here answers it",
}


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


def http11probe_fault(case: dict, got: list[int], closed: bool) -> str | None:
    """What is wrong with an answer by the authors' expectation; nothing when they do not insist."""
    expected = case["status"] or ""
    if case["id"] in EXCEPTIONS or case["level"] != "Must":
        return None
    if expected == "Exact(400)":
        refused = bool(got) and got[0] in (400, 414, 417, 431, 501, 505)
        # A fault in the body is behind the 404 of its route: refused unread, and the connection closed.
        refused |= len(got) == 1 and got[0] >= 400 and closed
        return None if refused or (case["close_ok"] and closed and not got) else f"accepted: {got}, closed: {closed}"
    if expected == "Range2xx":
        # Without a token every route but /healthz says 401 or 404: what counts is that it was understood.
        return None if got and got[0] in (200, 401, 404, 405, 426) else f"not understood: {got}, closed: {closed}"
    return None


def llhttp_fault(case: dict, got: list[int], closed: bool) -> str | None:
    """Its parser takes what a proxy may refuse; so only an answer out of the ordinary is a fault."""
    return None if all(s >= 400 or s in (100, 200) for s in got) else f"said {got}"


def run(gateway: Gateway, stub: Stub, chosen: list[dict], fault: Callable[[dict, list[int], bool], str | None]) -> None:
    """All cases, sixteen at a time: most are waits for an answer that rightly does not come."""
    mark = stub.mark()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda case: converse(gateway, base64.b64decode(case["b64"])), chosen))
    faults = {
        case.get("id") or f"{case['file']}: {case['title']}": said
        for case, (got, closed) in zip(chosen, answers)
        if (said := fault(case, got, closed))
    }
    assert not stub.requests(mark), "something was forwarded"
    assert ask(gateway.port, "/healthz", method="GET").status == 200
    assert not faults, json.dumps(faults, indent=1)


def test_http11probe(gateway: Gateway, stub: Stub) -> None:
    run(gateway, stub, cases("corpus_http11probe.json"), http11probe_fault)


def test_llhttp_requests(gateway: Gateway, stub: Stub) -> None:
    chosen = [c for c in cases("corpus_llhttp.json") if c["type"].startswith("request") and not c["lenient"]]
    run(gateway, stub, chosen, llhttp_fault)
