"""The stub itself, asked directly: what the other tests compare with must be right first."""

from __future__ import annotations

import hashlib
import json
import subprocess

import pytest

from harness.client import ask
from harness.gateway import turn
from harness.stub import LOAD, Stub, fields_of

SHAPES = [
    "plain",
    "plain;eol=crlf",
    "plain;eol=cr",
    "plain;eol=mixed;comments;bom",
    "plain;multiline;order=last;noevent;space=0;done",
    "plain;framing=cl",
    "plain;framing=close",
    "plain;chunk=3;chunk_ext;trailers",
    "plain;final_bytes=300000;split=5000",
]


@pytest.mark.parametrize("scenario", SHAPES)
def test_says_what_its_log_says(stub: Stub, scenario: str) -> None:
    answer = ask(stub.port, body=turn(), fields={"x-stub": scenario})
    assert answer.complete and answer.status == 200
    last = answer.last_event
    assert last["type"] == "response.completed"
    assert last["response"]["usage"]["input_tokens"] == 1234
    logged = stub.answer(last["response"]["id"])
    assert logged["complete"]
    assert logged["content_bytes"] == len(answer.content)
    assert logged["content_sha256"] == hashlib.sha256(answer.content).hexdigest()


def test_scenario_by_words_in_the_message(stub: Stub) -> None:
    answer = ask(stub.port, body=turn(text="please [stub:plain;text=chosen]"))
    assert answer.last_event["response"]["output"][0]["content"][0]["text"] == "chosen"


def test_logs_the_request(stub: Stub) -> None:
    mark, body = stub.mark(), json.dumps(turn()).encode()
    ask(stub.port, "/v1/responses?a=b", body=body, fields={"X-Some": "Thing"})
    request = stub.requests(mark)[0]
    assert request["target"] == "/v1/responses?a=b"
    assert fields_of(request)["x-some"] == "Thing"
    assert request["body_sha256"] == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("scenario", ["cut", "cut;how=rst", "cut;after=2;mid=1", "cut;framing=cl"])
def test_cut_is_never_complete(stub: Stub, scenario: str) -> None:
    answer = ask(stub.port, body=turn(), fields={"x-stub": scenario})
    assert answer.status == 200 and not answer.complete
    assert b"response.completed" not in answer.content


@pytest.mark.parametrize(
    "options",
    [
        ["--streams", "50", "--usage", "1234/56"],
        ["--streams", "10", "--requests", "100", "--keep-alive", "yes"],
        ["--streams", "10", "--document", "yes"],
    ],
)
def test_load_generator_is_content(stub: Stub, options: list[str]) -> None:
    done = subprocess.run([LOAD, "--url", stub.url, *options], capture_output=True, text=True, timeout=30)
    totals = json.loads(done.stdout)
    assert done.returncode == 0 and totals["ok"] == totals["requests"]


@pytest.mark.parametrize(
    ("scenario", "count"),
    [("cut", "incomplete"), ("status;status=500", "refused"), ("plain;eol=crlf", "mismatched")],
)
def test_load_generator_notices(stub: Stub, scenario: str, count: str) -> None:
    done = subprocess.run(
        [LOAD, "--url", stub.url, "--streams", "3", "--scenario", scenario], capture_output=True, text=True, timeout=30
    )
    totals = json.loads(done.stdout)
    assert done.returncode == 1
    assert totals["ok"] == 0 and totals[count] == 3
