"""What passes through is what was sent: bytes, order, ends, fields."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.client import Answer, Connection, head
from harness.gateway import CREDENTIAL, Balance, Gateway, turn
from harness.processes import resident_kib, wait_until
from harness.stub import LOAD, Stub, fields_of


def assert_identical(stub: Stub, answer: Answer, response: str | None = None) -> None:
    assert answer.status == 200, answer.content[:300]
    assert answer.complete, "the answer never ended"
    logged = stub.answer(response or answer.response_id)
    assert len(answer.content) == logged["content_bytes"]
    assert hashlib.sha256(answer.content).hexdigest() == logged["content_sha256"]


SHAPES = {
    "as Codex gets it": "plain",
    "CRLF": "plain;eol=crlf",
    "CR": "plain;eol=cr",
    "line ends mixed": "plain;eol=mixed",
    "BOM and comments": "plain;bom;comments",
    "several data lines": "plain;multiline",
    "no event lines, no space": "plain;noevent;space=0",
    "type behind everything": "plain;order=last",
    "escaped keys": "plain;order=escaped",
    "[DONE] behind the end": "plain;done",
    "Content-Length": "plain;framing=cl",
    "until close": "plain;framing=close",
    "small chunks, extensions, trailers": "plain;chunk=7;chunk_ext;trailers",
    "one byte a write": "plain;split=1",
    "one byte a write, CRLF": "plain;split=1;eol=crlf;multiline;order=last",
    "seven bytes a write, until close": "plain;split=7;framing=close",
    "an end without blank line": "plain;tail=lf;framing=close",
    "an end at the brace": "plain;tail=none;framing=close",
    "no last chunk behind usage": "plain;no_last_chunk",
    "final event of 300 KB with bait": "plain;final_bytes=300000;chunk=1000",
    "two terminal events": "plain;twice=1",
    "100 and 103 before it": "plain;interim=103;interim_count=3",
    "empty output": "plain;output_empty",
    "4,000 events flooding": "plain;events=4000",
    "an upstream that closes": "plain;close",
}


@pytest.mark.parametrize("scenario", SHAPES.values(), ids=SHAPES.keys())
def test_stream_is_identical_and_charged(balance: Balance, stub: Stub, scenario: str) -> None:
    mark = stub.mark()
    answer = balance.ask(scenario=scenario)
    response = wait_until("the stub's record", lambda: stub.answers(mark))[0]["id"]
    assert_identical(stub, answer, response)
    charge = balance.wait_for("charge")
    assert len(charge) == 1
    assert charge[0]["response"] == response
    assert (charge[0]["input"], charge[0]["output"]) == (1234, 56)
    assert charge[0]["metered"] == "exact"


def test_final_event_of_5_mb(balance: Balance, gateway: Gateway, stub: Stub) -> None:
    before = resident_kib(gateway.pid)
    answer = balance.ask(scenario="plain;final_bytes=5000000")
    assert_identical(stub, answer)
    assert balance.wait_for("charge")[0]["input"] == 1234
    assert resident_kib(gateway.pid) - before < 3000, "the event was held whole"


def test_document_is_identical_and_charged(balance: Balance, stub: Stub) -> None:
    answer = balance.ask(turn(stream=False))
    assert answer.field("content-type") == "application/json"
    assert_identical(stub, answer, answer.json["id"])
    assert balance.wait_for("charge")[0]["response"] == answer.json["id"]


def test_200_streams_at_once(balance: Balance, stub: Stub) -> None:
    count, mark = 200, stub.mark()
    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(lambda _: balance.ask(scenario="plain;events=20;pace_ms=20"), range(count)))
    wait_until("the stub's records", lambda: len(stub.answers(mark)) == count)
    sent = {a["id"]: a["content_sha256"] for a in stub.answers(mark)}
    for answer in answers:
        assert answer.complete
        assert hashlib.sha256(answer.content).hexdigest() == sent[answer.response_id]
    charges = balance.wait_for("charge", count)
    assert sorted(c["response"] for c in charges) == sorted(a.response_id for a in answers)


@pytest.mark.long
@pytest.mark.parametrize(
    "options",
    [
        ["--streams", "1000", "--scenario", "plain;events=20;pace_ms=50"],
        ["--streams", "50", "--requests", "20000", "--keep-alive", "yes", "--scenario", "plain;events=30"],
        ["--streams", "20", "--scenario", "plain;final_bytes=5000000"],
    ],
)
def test_load(make_gateway, options: list[str]) -> None:
    gateway = make_gateway(limits={"requests_per_minute": 1000000}).start()
    balance = gateway.open_balance(grant="50")
    words = [LOAD, "--url", f"{gateway.url}/v1", "--token", balance.token, "--usage", "1234/56", "--seconds", "120"]
    done = subprocess.run([*words, *options], capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stdout
    balance.wait_for("charge", json.loads(done.stdout)["ok"])
    gateway.verify()


def test_events_are_not_held_back(balance: Balance) -> None:
    """Ten events, 50 ms apart: they arrive spread over that time and not together."""
    times: list[float] = []
    balance.ask(scenario="plain;events=10;pace_ms=50", watch=lambda _: times.append(time.monotonic()))
    assert len(times) >= 10
    assert times[-1] - times[0] > 0.35


@pytest.mark.parametrize("scenario", ["plain", "plain;eol=crlf;noevent;order=last", "plain;framing=close"])
def test_end_is_seen_only_with_the_charge_written(balance: Balance, scenario: str) -> None:
    seen: list[list[dict]] = []

    def look(reader) -> None:
        text = reader.answer.content.decode().replace("\r", "")
        if seen or '"usage":{' not in text:
            return
        line = text[text.rfind("\ndata:") + 6 :].strip()
        try:
            json.loads(line)
        except ValueError:
            return
        seen.append(balance.charges())

    for round in range(5):
        seen.clear()
        balance.ask(scenario=scenario, watch=look)
        assert seen and len(seen[0]) == round + 1, "the end was visible before its charge"


def test_early_answer_before_the_body(balance: Balance) -> None:
    answer = balance.ask(turn(text="x" * 500_000), scenario="status;status=400;early;message=too early")
    assert answer.status == 400
    assert answer.error["message"] == "too early"
    assert not balance.charges()


def test_slow_upstream_reader_gets_the_whole_body(balance: Balance, stub: Stub) -> None:
    body = json.dumps(turn(text="y" * 200_000)).encode()
    mark = stub.mark()
    assert balance.ask(body, scenario="plain;read_rate=400000;close").complete
    assert stub.requests(mark)[0]["body_sha256"] == hashlib.sha256(body).hexdigest()


def test_request_body_of_10_mb(balance: Balance, gateway: Gateway, stub: Stub) -> None:
    """Above its replay bound a body is streamed, not kept."""
    body = json.dumps(turn(text="z" * 10_000_000)).encode()
    mark = stub.mark()
    answer = gateway.open_balance(grant="50").ask(body)
    assert answer.complete and answer.status == 200
    assert stub.requests(mark)[0]["body_sha256"] == hashlib.sha256(body).hexdigest()


def test_chunked_request_body(balance: Balance, gateway: Gateway, stub: Stub) -> None:
    body = json.dumps(turn()).encode()
    mark = stub.mark()
    fields = {"x-tinygateway-token": balance.token, "transfer-encoding": "chunked"}
    with Connection(gateway.port) as c:
        c.send(head("POST", "/v1/responses", gateway.port, fields))
        for at in range(0, len(body), 5):
            piece = body[at : at + 5]
            c.send(b"%x;e=1\r\n%s\r\n" % (len(piece), piece))
        c.send(b"0\r\nx-trailer: t\r\n\r\n")
        assert c.answer().complete
    assert stub.requests(mark)[0]["body_sha256"] == hashlib.sha256(body).hexdigest()


def test_fields_to_the_upstream(balance: Balance, stub: Stub) -> None:
    dropped = {
        "authorization": "Bearer sk-users-own-key",
        "cookie": "session=1",
        "chatgpt-account-id": "acct",
        "openai-organization": "org-user",
        "openai-project": "proj-user",
        "connection": "keep-alive, x-hop",
        "x-hop": "h",
        "keep-alive": "timeout=5",
        "proxy-authorization": "Basic x",
        "te": "trailers",
        "upgrade": "h2c",
        "accept-encoding": "gzip, br",
    }
    kept = {
        "x-client-request-id": "01a20070-ec12",
        "session-id": "s-1",
        "thread-id": "t-1",
        "originator": "codex_exec",
        "user-agent": "codex_exec/0.163.0",
        "x-codex-window-id": "w:0",
        "accept": "text/event-stream",
    }
    mark = stub.mark()
    balance.ask(scenario="plain", fields=dropped | kept)
    sent = fields_of(stub.requests(mark)[0])
    assert sent["authorization"] == f"Bearer {CREDENTIAL}"
    assert sent["accept-encoding"] == "identity"
    assert sent["host"] == f"127.0.0.1:{stub.port}"
    for name in dropped.keys() - {"authorization", "accept-encoding", "connection"}:
        assert name not in sent, name
    assert {name: sent.get(name) for name in kept} == kept
    assert "tg_" not in json.dumps(sent) and "x-tinygateway-token" not in sent


def test_fields_from_the_upstream(balance: Balance) -> None:
    answer = balance.ask(scenario="plain;managed_fields")
    names = {name for name, _ in answer.fields}
    secret = {"set-cookie", "location", "openai-organization", "openai-project", "openai-processing-ms"}
    secret |= {"x-ratelimit-limit-requests", "x-ratelimit-remaining-tokens", "x-codex-primary-used-percent"}
    secret |= {"x-codex-plan-type", "x-hop", "keep-alive", "proxy-authenticate"}
    assert not names & secret
    assert answer.field("x-codex-turn-state") == "stub-turn-state"
    assert answer.field("x-request-id").startswith("req_stub_")
    assert answer.field("content-type") == "text/event-stream; charset=utf-8"


def test_connections_to_the_upstream_are_kept(balance: Balance, stub: Stub) -> None:
    mark = stub.mark()
    for _ in range(3):
        balance.ask()
    assert any(r["on_connection"] > 1 for r in stub.requests(mark))


def test_a_pooled_connection_that_dies_before_the_body_is_sent(balance: Balance, stub: Stub) -> None:
    """The upstream closes an idle connection just as a long request goes out: sent again on another. Where the
    kernel had taken the whole request before, nobody knows: then it is told, and never asked for twice."""
    body, mark, served = turn(text="r" * 3_000_000), stub.mark(), 0
    for _ in range(6):
        assert balance.ask().status == 200
        answer = balance.ask(body, scenario="plain;race")
        assert answer.status in (200, 400), answer.raw[:300]
        served += answer.status == 200
    assert served >= 3
    assert len(balance.wait_for("charge", 6 + served)) == 6 + served == len(stub.answers(mark))


def test_a_pooled_connection_that_dies_behind_the_body(balance: Balance, stub: Stub) -> None:
    """Nobody knows whether the answer was begun: it is told, not asked for twice."""
    assert balance.ask().status == 200
    mark = stub.mark()
    answer = balance.ask(scenario="plain;race")
    assert answer.status in (200, 400, 502)
    assert len(stub.answers(mark)) == (1 if answer.status == 200 else 0)


def test_idle_close_race(balance: Balance, stub: Stub) -> None:
    """The upstream closes at the very moment of the next request: served, or told; never asked twice."""
    mark, served = stub.mark(), 0
    for wait in range(8):
        answer = balance.ask(scenario=f"plain;idle_close_ms={wait}")
        assert answer.status in (200, 400, 502)
        served += answer.status == 200
        time.sleep(0.002)
    assert served >= 4
    assert len(balance.wait_for("charge", served)) == served == len(stub.answers(mark))


def test_bytes_behind_the_answer_destroy_the_connection(balance: Balance, stub: Stub) -> None:
    mark = stub.mark()
    answer = balance.ask(scenario="plain;extra=20")
    assert_identical(stub, answer)
    assert balance.ask().status == 200
    assert len({r["connection"] for r in stub.requests(mark)}) == 2


def test_memory_is_flat_with_a_client_that_never_reads(balance: Balance, gateway: Gateway, stub: Stub) -> None:
    before = resident_kib(gateway.pid)
    body = json.dumps(turn()).encode()
    fields = {"x-tinygateway-token": balance.token, "x-stub": "plain;events=40000;event_bytes=500"}
    connections = [Connection(gateway.port, receive_buffer=4096) for _ in range(4)]
    for c in connections:
        c.send(head("POST", "/v1/responses", gateway.port, fields, len(body)) + body)
    peak, end = 0, time.monotonic() + 1.5
    while time.monotonic() < end:
        peak = max(peak, resident_kib(gateway.pid))
        time.sleep(0.05)
    for c in connections:
        c.close()
    assert peak - before < 4096, f"grew by {peak - before} KiB"
    balance.wait_for("charge", 4, 60)
