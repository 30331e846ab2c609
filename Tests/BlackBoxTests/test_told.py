"""What the client is told when something fails. Codex repeats a wrong choice six or thirty times."""

from __future__ import annotations

import hashlib
import json

import pytest

from harness.client import Answer
from harness.gateway import Balance, turn
from harness.processes import free_port, wait_until
from harness.stub import Stub

SECRET = "key sk-abc of org-stub"


def assert_nothing_charged(balance: Balance) -> None:
    wait_until("no hold is open", lambda: balance.show()["held"] in ("0", "0.0000"))
    assert not balance.charges()
    assert balance.remaining == 5


PASSED_ON = {
    "400": "status;status=400;ecode=invalid_prompt",
    "400 text": "status;status=400;body=text",
    "400 context": "status;status=400;ecode=context_length_exceeded",
    "404": "status;status=404",
    "413": "status;status=413;body=detail",
    "422": "status;status=422",
    "429 rate limit": "status;status=429;type=rate_limit_error;ecode=rate_limit_exceeded;retry_after=7",
    "500": "status;status=500;type=server_error",
    "502 html": "status;status=502;body=html",
    "503": "status;status=503;ecode=server_is_overloaded;retry_after=3",
    "503 empty": "status;status=503;body=empty",
    "504": "status;status=504",
}


@pytest.mark.parametrize("scenario", PASSED_ON.values(), ids=PASSED_ON.keys())
def test_upstream_errors_are_passed_on(balance: Balance, stub: Stub, scenario: str) -> None:
    mark = stub.mark()
    answer = balance.ask(scenario=scenario)
    assert answer.status == int(scenario.split("status=")[1][:3])
    assert answer.complete
    sent = wait_until("the stub's record", lambda: stub.answers(mark))
    assert len(sent) == 1, "asked more than once"
    assert hashlib.sha256(answer.content).hexdigest() == sent[0]["content_sha256"]
    if "retry_after" in scenario:
        assert answer.field("retry-after") == scenario.split("retry_after=")[1]
    assert_nothing_charged(balance)


OUR_OWN = {
    "401": "status;status=401;ecode=invalid_api_key",
    "403": "status;status=403",
    "301": "status;status=301;location=https://elsewhere.example.test/",
    "307": "status;status=307;location=/v1/other",
    "quota": "status;status=429;type=insufficient_quota;ecode=insufficient_quota",
    "usage limit": "status;status=429;type=usage_limit_reached;ecode=usage_limit_reached;resets_at=1895303730",
}


@pytest.mark.parametrize("scenario", OUR_OWN.values(), ids=OUR_OWN.keys())
def test_the_operators_troubles_stay_with_the_operator(balance: Balance, scenario: str) -> None:
    answer = balance.ask(scenario=f"{scenario};message={SECRET};managed_fields")
    assert answer.status >= 400 and answer.status not in (401, 403)
    assert answer.error["message"]
    assert answer.error["type"] != "usage_limit_reached", "the customer's balance is not used up"
    told = answer.raw.decode()
    assert "sk-abc" not in told and "org-stub" not in told and "elsewhere" not in told
    assert_nothing_charged(balance)


BROKEN = (
    "nothing garbage partial-head bad-status bad-version switching te-and-cl two-cl bad-cl signed-cl huge-cl "
    "te-unknown te-twice obs-fold bare-lf bare-cr space-colon no-colon nul huge-head many-fields"
).split()


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_head_is_refused(balance: Balance, stub: Stub, kind: str) -> None:
    """502; or 400 invalid_prompt where a status 2xx was read and a repeat could be billed again."""
    mark = stub.mark()
    answer = balance.ask(scenario=f"broken;kind={kind}")
    assert answer.status == 502 or (answer.status, answer.error["code"]) == (400, "invalid_prompt")
    assert answer.error
    assert_nothing_charged(balance)
    assert balance.ask().status == 200
    broken, next = stub.requests(mark)
    assert broken["connection"] != next["connection"], "the connection was used again"


def assert_failed_event(answer: Answer, code: str) -> None:
    assert answer.status == 200
    last = answer.last_event
    assert last["type"] == "response.failed"
    assert last["response"]["error"]["code"] == code
    assert last["response"]["error"]["message"]


CUTS = {
    "FIN before the end": "cut",
    "RST before the end": "cut;how=rst",
    "in the middle of an event": "cut;after=4;mid=1",
    "in the middle of the final event": "cut;mid=1",
    "behind the first event": "cut;after=1",
    "Content-Length not reached": "cut;framing=cl",
    "until close": "cut;framing=close;how=rst",
    "a bad chunk": "broken;kind=bad-chunk;split=135;split_ms=100",
    "a negative chunk": "broken;kind=negative-chunk;split=135;split_ms=100",
    "a chunk beyond 64 bits": "broken;kind=huge-chunk;split=135;split_ms=100",
    "a chunk without its end": "broken;kind=chunk-without-end;split=135;split_ms=100",
    "bare LF in a chunk": "broken;kind=chunk-bare-lf;split=135;split_ms=100",
}


@pytest.mark.parametrize("scenario", CUTS.values(), ids=CUTS.keys())
def test_cut_after_output_becomes_response_failed(balance: Balance, scenario: str) -> None:
    answer = balance.ask(scenario=scenario)
    if scenario.endswith("framing=cl"):
        assert not answer.complete, "a Content-Length that was not kept cannot end well"
    else:
        assert_failed_event(answer, "server_error")
        assert answer.complete, "Codex shows a broken transport in place of what was told"
    [entry] = balance.wait_for("void")
    assert entry["reason"]
    assert_nothing_charged(balance)


@pytest.mark.parametrize("kind", ["bad-chunk", "bad-chunk-first", "chunk-without-end"])
def test_broken_in_the_very_first_read(balance: Balance, kind: str) -> None:
    """Nothing has left for the client yet: it is told by a status or by an event, and never kept waiting."""
    answer = balance.ask(scenario=f"broken;kind={kind}")
    if answer.status == 200:
        assert_failed_event(answer, "server_error")
    else:
        assert answer.error["message"] and answer.status in (400, 502)
    assert answer.complete
    balance.wait_for("void")
    assert_nothing_charged(balance)


def test_clean_end_without_final_event(balance: Balance) -> None:
    answer = balance.ask(scenario="unfinished")
    assert answer.complete and answer.last_event["type"] in ("response.output_item.done", "response.failed")
    balance.wait_for("void")
    assert_nothing_charged(balance)


@pytest.mark.parametrize("scenario", ["cut", "cut;how=rst;framing=chunked"])
def test_cut_document_is_never_complete(balance: Balance, scenario: str) -> None:
    answer = balance.ask(turn(stream=False), scenario)
    assert answer.status >= 400 or not answer.complete
    assert_nothing_charged(balance)


@pytest.mark.parametrize(
    "code",
    ["insufficient_quota", "rate_limit_exceeded", "server_is_overloaded", "invalid_prompt", "context_length_exceeded"],
)
def test_failed_events_pass(balance: Balance, stub: Stub, code: str) -> None:
    answer = balance.ask(scenario=f"failed;code={code};message=told so")
    assert_failed_event(answer, code)
    balance.wait_for("void")
    assert_nothing_charged(balance)


def test_upstream_not_reachable(make_gateway) -> None:
    gateway = make_gateway(upstream_managed={"url": f"http://127.0.0.1:{free_port()}/v1"}).start()
    balance = gateway.open_balance()
    answer = balance.ask()
    assert answer.status == 502
    assert answer.error
    assert "127.0.0.1" not in answer.content.decode(), "the upstream's address is the operator's matter"
    assert_nothing_charged(balance)


def test_upstream_closes_mid_body(balance: Balance) -> None:
    answer = balance.ask(turn(text="b" * 2_000_000), scenario="body_cut;after=1000")
    assert answer.status in (400, 502)
    assert answer.error
    assert_nothing_charged(balance)


def test_first_byte_never_comes(make_gateway) -> None:
    gateway = make_gateway(limits={"upstream_first_byte_seconds": 1}).start()
    balance = gateway.open_balance()
    answer = balance.ask(scenario="stall;at=head")
    assert answer.status == 400
    assert answer.error["code"] == "invalid_prompt"
    balance.wait_for("void")
    assert_nothing_charged(balance)


def test_stall_in_the_middle(make_gateway) -> None:
    gateway = make_gateway(limits={"upstream_idle_seconds": 1}).start()
    balance = gateway.open_balance()
    answer = balance.ask(scenario="stall;after=4")
    assert_failed_event(answer, "server_error")
    balance.wait_for("void")
    assert_nothing_charged(balance)


REFUSED = {
    "background": {"background": True},
    "conversation": {"conversation": "conv_1"},
    "previous response": {"previous_response_id": "resp_of_somebody_else"},
    "code interpreter": {"tools": [{"type": "code_interpreter", "container": {"type": "auto"}}]},
    "file search": {"tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}]},
    "remote MCP": {"tools": [{"type": "mcp", "server_url": "https://example.test"}]},
    "a tool nobody knows": {"tools": [{"type": "function", "name": "f"}, {"type": "brand_new_tool"}]},
    "behind a large input": {"zzz": "q" * 300_000, "background": True},
}


@pytest.mark.parametrize("extra", REFUSED.values(), ids=REFUSED.keys())
def test_not_on_the_operators_account(balance: Balance, stub: Stub, extra: dict) -> None:
    mark = stub.mark()
    answer = balance.ask(turn(**extra))
    assert answer.status == 400
    assert answer.error["code"] == "invalid_prompt"
    assert not stub.answers(mark), "the upstream answered"
    assert not any(r["body_complete"] for r in stub.requests(mark)), "the whole body arrived"
    assert_nothing_charged(balance)


ALLOWED = {
    "background false": {"background": False},
    "no previous response": {"previous_response_id": None},
    "conversation null": {"conversation": None},
    "web search": {"tools": [{"type": "web_search", "external_web_access": False}]},
    "Codex's own": {
        "tools": [
            {"type": "function", "name": "exec_command"},
            {"type": "custom", "name": "apply_patch"},
            {"type": "tool_search", "execution": "client"},
        ]
    },
    "inside the input": {"metadata": {"background": "true", "tools": "code_interpreter"}},
}


@pytest.mark.parametrize("extra", ALLOWED.values(), ids=ALLOWED.keys())
def test_allowed_content(balance: Balance, extra: dict) -> None:
    assert balance.ask(turn(**extra)).status == 200


@pytest.mark.parametrize("coding", ["zstd", "gzip", "br"])
def test_content_encoding_is_refused(balance: Balance, stub: Stub, coding: str) -> None:
    mark = stub.mark()
    answer = balance.ask(b"\x28\xb5\x2f\xfd....", fields={"content-encoding": coding})
    assert answer.status == 400
    assert answer.error["code"] == "invalid_prompt"
    assert not stub.answers(mark)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}{}", b'{"model":}', json.dumps(turn()).encode() + b"x"])
def test_a_body_that_is_not_an_object(balance: Balance, body: bytes) -> None:
    """Either refused here or by the upstream, never charged blindly and never a crash."""
    answer = balance.ask(body)
    assert answer.status in (200, 400)
