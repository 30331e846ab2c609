"""Link: the user's own login goes through untouched, and nothing about its use is written down."""

from __future__ import annotations

import hashlib
import json
import os
import socket

import pytest

from harness import ledger
from harness.client import Answer, Connection, ask, head
from harness.gateway import turn
from harness.processes import free_port, wait_until
from harness.sides import OWN_PATH, Asked, Customer, Sides
from harness.stub import fields_of
from harness.upstream import LAST_CHUNK, Upstream, read_request

OTHER = "tg_" + "A" * 43
ANY = "status;status=200;body=text;message=anything"


@pytest.fixture(scope="module")
def customer(sides: Sides) -> Customer:
    return sides.link()


def only(asked: Asked) -> dict:
    [request] = asked.requests
    return request


# Where it goes.

PATHS = [
    ("GET", "/models?client_version=0.163.0"),
    ("GET", "/models"),
    ("POST", "/responses"),
    ("POST", "/responses/compact"),
    ("POST", "/alpha/search"),
    ("POST", "/images/generations"),
    ("POST", "/images/edits?a=b&c=%20d"),
    ("GET", "/wham/usage"),
    ("PUT", "/some/thing%20else/~user;v=1/@x"),
    ("PATCH", "/a//b/"),
    ("DELETE", "/conversations/1"),
    ("OPTIONS", "/responses"),
    ("GET", "/responses/resp_1?include[]=a"),
    ("GET", "/%E2%82%AC"),
    ("GET", "/"),
    ("REPORT", "/x"),
]


@pytest.mark.parametrize(("method", "rest"), PATHS, ids=[f"{m} {p}" for m, p in PATHS])
@pytest.mark.parametrize("way", ["field", "url"])
def test_any_method_and_path(sides: Sides, customer: Customer, method: str, rest: str, way: str) -> None:
    body = b"content" if method in ("POST", "PUT", "PATCH") else None
    target = f"/v1{rest}" if way == "field" else f"/u/{customer.balance.token}/v1{rest}"
    fields = customer.fields(ANY, None, "t-1")
    if way == "url":
        del fields["x-tinygateway-token"]
    mark = sides.own.mark()
    answer = ask(sides.gateway.port, target, body, fields, method)
    assert answer.status == 200 and answer.complete and answer.content == b"anything", answer.raw[:500]
    request = sides.own.requests(mark)[0]
    assert (request["method"], request["target"]) == (method, OWN_PATH + rest)
    assert request["body_bytes"] == len(body or b"")
    assert customer.balance.token not in str(request)


def test_head(sides: Sides, customer: Customer) -> None:
    outcome = customer.ask(ANY, method="HEAD", route="/models")
    assert outcome.answer.status == 200 and not outcome.answer.content
    assert outcome.answer.field("content-length") == "8"
    assert only(outcome.own)["method"] == "HEAD"


CLIMBS = [
    "/v1/../admin", "/v1/a/../../admin", "/v1/./models", "/v1/a/..", "/v1/%2e%2e/admin", "/v1/.%2E/admin",
    "/v1/a%2Fb", "/v1/a%2fb", "/v1/a%5Cb", "/v1/a\\b", "/v1/%2e/x", "/v1/a/%2E%2e",
]  # fmt: skip


@pytest.mark.parametrize("path", CLIMBS)
@pytest.mark.parametrize("service", ["link", "boost"])
def test_no_way_out_of_the_base_path(sides: Sides, service: str, path: str) -> None:
    customer, mark = getattr(sides, service)(), sides.own.mark()
    fields = customer.fields(ANY, None, None)
    for target in (path, f"/u/{customer.balance.token}{path}"):
        answer = ask(sides.gateway.port, target, None, fields, "GET")
        assert answer.status == 400, answer.raw[:300]
    assert not sides.own.requests(mark)


@pytest.mark.parametrize("request_line", ["CONNECT example.test:443", "CONNECT /v1/x", "TRACE /v1/responses"])
def test_connect_and_trace(sides: Sides, customer: Customer, request_line: str) -> None:
    mark = sides.own.mark()
    method, target = request_line.split()
    assert ask(sides.gateway.port, target, None, customer.fields(ANY, None, None), method).status in (400, 405)
    assert not sides.own.requests(mark)


def test_websocket_is_426(sides: Sides, customer: Customer) -> None:
    mark = sides.own.mark()
    fields = customer.fields(None, None, None) | {
        "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
        "sec-websocket-key": "m0+PlHde7T3i1f583VS1Vg==",
    }  # fmt: skip
    assert ask(sides.gateway.port, "/v1/responses", None, fields, "GET").status == 426
    assert not sides.own.requests(mark)


def test_not_below_v1(sides: Sides, customer: Customer) -> None:
    mark = sides.own.mark()
    for target in ("/models", "/v2/models", "/backend-api/codex/models"):
        assert ask(sides.gateway.port, target, None, customer.fields(ANY, None, None), "GET").status == 404
    assert not sides.own.requests(mark)


# What goes up.

KEPT = {
    "x-codex-beta-features": "remote_compaction_v2",
    "x-codex-window-id": "w:0",
    "x-codex-turn-state": "given-by-nobody-here",
    "x-codex-anything-new": "1",
    "x-client-request-id": "r-1",
    "x-openai-subagent": "review",
    "x-openai-internal-codex-responses-lite": "true",
    "session-id": "s-1",
    "thread-id": "s-1",
    "originator": "codex_exec",
    "user-agent": "codex_exec/0.163.0 (Debian 12.0.0; x86_64) dumb",
    "version": "0.163.0",
    "openai-beta": "responses_websockets=2026-02-06",
    "openai-organization": "org-mine",
    "openai-project": "proj_mine",
    "cookie": "a=b; c=d",
    "accept": "text/event-stream",
    "accept-encoding": "gzip, zstd",
    "accept-language": "de",
    "content-type": "application/json; charset=utf-8",
    "x-stainless-os": "Linux",
    "if-none-match": '"x"',
    "range": "bytes=0-",
    "x-empty": "",
}


def test_fields_that_are_kept(customer: Customer) -> None:
    sent = fields_of(only(customer.ask(fields=KEPT).own))
    assert {name: sent.get(name) for name in KEPT} == KEPT
    assert {name: sent[name] for name in customer.login.fields} == customer.login.fields


def test_authorization_is_untouched(customer: Customer) -> None:
    for value in ("Bearer  two-spaces", "bearer lower", "Basic dXNlcjpw", "sk-alone", customer.login.token + "=="):
        sent = fields_of(only(customer.ask(fields={"authorization": value}).own))
        assert sent["authorization"] == value


DROPPED = {
    "x-forwarded-for": "192.0.2.1",
    "x-forwarded-proto": "https",
    "x-forwarded-anything": "1",
    "forwarded": "for=192.0.2.1",
    "x-real-ip": "192.0.2.1",
    "via": "1.1 front",
    "cf-ray": "1",
    "cf-connecting-ip": "192.0.2.1",
    "connection": "x-named, keep-alive",
    "x-named": "hop by hop",
    "keep-alive": "timeout=5",
    "te": "trailers",
    "proxy-authorization": "Basic x",
    "proxy-connection": "keep-alive",
    "upgrade": "h2c",
    "expect": "100-continue",
}


@pytest.mark.parametrize("service", ["link", "boost"])
def test_fields_that_are_not(sides: Sides, service: str) -> None:
    customer = getattr(sides, service)()
    token_in_url = {"referer": f"https://gw.example.test/u/{customer.balance.token}/v1", "x-original-uri": OTHER}
    sent = fields_of(only(customer.ask(fields=DROPPED | token_in_url).own))
    for name in [*DROPPED, *token_in_url, "x-tinygateway-token"]:
        # A connection of our own may say how it is to be used, but not what the client said.
        assert name not in sent or (name == "connection" and "x-named" not in sent[name]), name
    assert sent["host"] == f"127.0.0.1:{sides.own.port}"
    assert "tg_" not in str(sent)


BODIES = {
    "JSON": (json.dumps(turn()).encode(), None),
    "zstd": (b"\x28\xb5\x2f\xfd" + os.urandom(300_000), "zstd"),
    "gzip": (b"\x1f\x8b" + os.urandom(1000), "gzip"),
    "something new": (os.urandom(5), "x-new"),
    "5 MB": (os.urandom(5_000_000), None),
    "no JSON": (b"\0\r\n\r\n0\r\n\r\n", None),
    "empty": (b"", None),
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_bodies_are_untouched(sides: Sides, customer: Customer, name: str, framing: str) -> None:
    body, coding = BODIES[name]
    fields = customer.fields("plain;stream=1", None, None) | ({"content-encoding": coding} if coding else {})
    mark = sides.own.mark()
    with Connection(sides.gateway.port) as c:
        if framing == "length":
            c.send(head("POST", "/v1/responses", sides.gateway.port, fields, len(body)) + body)
        else:
            c.send(head("POST", "/v1/responses", sides.gateway.port, fields | {"transfer-encoding": "chunked"}))
            for at in range(0, len(body), 70_001):
                piece = body[at : at + 70_001]
                c.send(b"%x;ext=1\r\n%s\r\n" % (len(piece), piece))
            c.send(b"0\r\nx-trailer: 1\r\n\r\n")
        answer = c.answer()
    assert answer.status == 200 and answer.complete
    [request] = sides.own.requests(mark)
    assert request["body_complete"] and request["body_sha256"] == hashlib.sha256(body).hexdigest()
    sent = fields_of(request)
    assert sent.get("content-encoding") == coding
    assert ("content-length" in sent) != ("transfer-encoding" in sent)


def test_expect_is_answered(sides: Sides, customer: Customer) -> None:
    with Connection(sides.gateway.port) as c:
        fields = customer.fields("plain;stream=1", None, None) | {"expect": "100-continue"}
        c.send(head("POST", "/v1/responses", sides.gateway.port, fields, 4))
        assert c.socket.recv(1000).startswith(b"HTTP/1.1 100 ")
        c.send(b"body")
        assert c.answer().status == 200


# What comes down.

STATUSES = [200, 201, 202, 206, 301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 405, 409, 413, 418, 422, 426, 429]
STATUSES += [451, 500, 501, 502, 503, 504, 529, 599]


@pytest.mark.parametrize("status", STATUSES)
def test_statuses_are_untouched(customer: Customer, status: int) -> None:
    scenario = (
        f"status;status={status};location=https://elsewhere.example.test/x;retry_after=60;type=usage_limit_reached"
    )
    outcome = customer.ask(scenario)
    assert outcome.answer.status == status and outcome.answer.complete
    assert outcome.own.is_content(outcome.answer.content) and outcome.own.whole == 1
    assert outcome.answer.field("location") == "https://elsewhere.example.test/x"
    assert outcome.answer.field("retry-after") == "60"


STREAMS = [
    "plain",
    "plain;framing=cl",
    "plain;framing=close",
    "plain;chunk=3;chunk_ext;trailers",
    "plain;split=1",
    "plain;eol=mixed;comments;bom;multiline;order=last;noevent;space=0;done;tail=none",
    "plain;events=3000;event_bytes=3000",
    "plain;final_bytes=3000000",
    "plain;extra=20",
    "plain;interim=103",
    "plain;ctype=application/octet-stream",
    "failed;code=usage_limit_reached",
    "refuse;as=nested;code=usage_limit_reached",
    "unfinished",
    "nousage",
    "plain;input=-5;output=1e400",
]


@pytest.mark.parametrize("scenario", STREAMS)
def test_streams_are_untouched(customer: Customer, scenario: str) -> None:
    outcome = customer.ask(scenario)
    assert outcome.answer.status == 200 and outcome.answer.complete
    assert outcome.own.is_content(outcome.answer.content)


def test_document_is_untouched(customer: Customer) -> None:
    outcome = customer.ask("plain;pretty", body=turn(stream=False))
    assert outcome.answer.complete and outcome.own.is_content(outcome.answer.content)


HEAD = [
    ("Date", "Sun, 22 Nov 2026 00:00:00 GMT"),
    ("Content-Type", "text/event-stream"),
    ("X-Codex-Primary-Used-Percent", "42"),
    ("x-codex-secondary-used-percent", "7"),
    ("x-codex-credits-balance", "12.5"),
    ("X-RateLimit-Limit-Requests", "100"),
    ("set-cookie", "a=b; path=/"),
    ("Set-Cookie", "c=d"),
    ("x-codex-turn-state", "AbC=="),
    ("openai-processing-ms", "12"),
    ("openai-organization", "org-x"),
    ("x-request-id", "req_1"),
    ("cf-ray", "ray"),
    ("server", "somebody"),
    ("x-models-etag", 'W/"1"'),
    ("strict-transport-security", "max-age=1"),
    ("content-encoding", "gzip"),
    ("x-empty", ""),
    ("x-latin", "caf\xe9"),
    ("x-codex-turn-state", "twice"),
]
HOPS = [("connection", "x-hop"), ("x-hop", "1"), ("alt-svc", 'h3=":443"'), ("keep-alive", "timeout=5")]


def serve_head(peer: socket.socket) -> None:
    lines = [f"{name}: {value}" for name, value in [*HOPS, *HEAD, ("transfer-encoding", "chunked")]]
    read_request(peer)
    peer.sendall("\r\n".join(["HTTP/1.1 200 Fine So Far", *lines, "", ""]).encode("latin-1"))
    peer.sendall(b"3\r\n\x1f\x8b\0\r\n" + LAST_CHUNK)


@pytest.mark.parametrize("service", ["link", "boost"])
def test_fields_come_in_their_order(make_sides, service: str) -> None:
    with Upstream(serve_head) as upstream:
        sides = make_sides(upstream_own={"url": upstream.url}).start()
        answer = getattr(sides, service)().ask().answer
    assert answer.complete and answer.content == b"\x1f\x8b\0"
    framing = ("transfer-encoding", "connection", "keep-alive")
    seen = [(name, value) for name, value in answer.fields if name not in framing]
    assert seen == [(name.lower(), value) for name, value in HEAD]
    assert answer.field("connection") != "x-hop"


def test_events_come_as_they_are_made(sides: Sides, customer: Customer) -> None:
    """The upstream stops behind its third event, and the client has all three."""
    body = json.dumps(turn()).encode()
    with Connection(sides.gateway.port) as c:
        fields = customer.fields("stall;after=3", None, None)
        c.send(head("POST", "/v1/responses", sides.gateway.port, fields, len(body)) + body)
        answer = c.answer(watch=lambda reader: b"output_item.added" in reader.answer.content)
    assert len(answer.events()) == 3


CUTS = ["cut", "cut;how=rst", "cut;after=1", "cut;after=4;mid", "cut;framing=cl", "plain;no_last_chunk"]
CUTS += [f"broken;kind={kind};split=135;split_ms=50" for kind in ("bad-chunk", "negative-chunk", "chunk-without-end")]


@pytest.mark.parametrize("scenario", CUTS)
def test_a_cut_is_passed_on_as_a_cut(customer: Customer, scenario: str) -> None:
    answer = customer.ask(scenario).answer
    assert answer.status == 200 and not answer.complete
    assert b"response.failed" not in answer.content


@pytest.mark.parametrize("kind", ["nothing", "garbage", "bad-status", "te-and-cl", "two-cl", "huge-head", "switching"])
def test_a_broken_head(customer: Customer, kind: str) -> None:
    answer = customer.ask(f"broken;kind={kind}").answer
    assert answer.status == 502 or (answer.status, answer.error["code"]) == (400, "invalid_prompt")


def test_own_is_not_reachable(make_sides) -> None:
    sides = make_sides(upstream_own={"url": f"http://127.0.0.1:{free_port()}/v1"}).start()
    answer = sides.link().ask().answer
    assert answer.status == 502 and answer.error and "127.0.0.1" not in answer.content.decode()


def test_own_stays_silent(make_sides) -> None:
    sides = make_sides(limits={"upstream_first_byte_seconds": 1, "upstream_answer_seconds": 1}).start()
    for body in (turn(), turn(stream=False)):
        answer = sides.link().ask("stall;at=head;for_ms=4000", body=body).answer
        assert answer.status == 400 and answer.error["code"] == "invalid_prompt"


def test_a_pooled_connection_that_was_closed(sides: Sides, customer: Customer) -> None:
    """`race`: the upstream closes a connection that is used again; the request goes out once more, or is told."""
    for _ in range(5):
        outcome = customer.ask("plain;race")
        told = outcome.answer.status == 502 or (outcome.answer.status == 400 and outcome.answer.error["message"])
        assert outcome.answer.status == 200 or told
        assert outcome.own.generated <= 1
        fields = customer.fields("plain;race", None, None)
        assert ask(sides.gateway.port, "/v1/models", None, fields, "GET").status == 200, "it may go out again"


@pytest.mark.parametrize(("scenario", "until"), [("stall;at=head", None), ("stall;after=5", b"delta")])
def test_a_client_leaves(sides: Sides, customer: Customer, scenario: str, until: bytes | None) -> None:
    """Nothing is drained on the user's own account."""
    mark, body = sides.own.mark(), json.dumps(turn()).encode()
    with Connection(sides.gateway.port) as c:
        fields = customer.fields(scenario, None, None)
        c.send(head("POST", "/v1/responses", sides.gateway.port, fields, len(body)) + body)
        if until:
            c.answer(watch=lambda reader: until in reader.answer.content)
        else:
            wait_until("own was asked", lambda: sides.own.requests(mark))
    [answer] = wait_until("own was left", lambda: sides.own.answers(mark))
    assert not answer["complete"]


def test_several_requests_on_one_connection(sides: Sides, customer: Customer) -> None:
    body = json.dumps(turn()).encode()
    with Connection(sides.gateway.port) as c:
        for scenario in ("plain", "status;status=404", "plain;framing=cl", "status;status=503;body=empty", "plain"):
            fields = customer.fields(scenario, None, None)
            c.send(head("POST", "/v1/responses", sides.gateway.port, fields, len(body)) + body)
            answer = c.answer()
            assert answer.complete


# Who may use it.


def assert_refused(answer: Answer) -> str:
    assert answer.status == 429 and answer.error["type"] == "usage_limit_reached"
    promo = answer.field("x-codex-promo-message")
    assert promo and "/dashboard" in promo
    return promo


def test_a_pass_that_was_never_paid(sides: Sides) -> None:
    customer = sides.link(weeks=None)
    outcome = customer.ask()
    assert_refused(outcome.answer)
    assert not outcome.own.requests
    assert_refused(customer.ask(method="GET", route="/models").answer)


def test_a_pass_that_is_over(make_sides) -> None:
    sides = make_sides()
    with sides.gateway.at_time("-15d"):
        over, lasts = sides.link(weeks=2), sides.link(weeks=3)
    sides.start()
    outcome = over.ask()
    assert "renew" in assert_refused(outcome.answer) and not outcome.own.requests
    assert lasts.ask().answer.status == 200, "several weeks at once"
    sides.gateway.cli("pass", "renew", over.balance.id, "--weeks", "1", "--payment", "p1")
    assert over.ask().answer.status == 200, "a renewal counts at once"


def test_renewal_extends(sides: Sides) -> None:
    customer = sides.link(weeks=3)
    before = customer.balance.show()["expires"]
    after = sides.gateway.cli("pass", "renew", customer.balance.id, "--weeks", "1", "--payment", os.urandom(4).hex())
    assert after["expires"] > before and customer.ask().answer.status == 200


def test_no_401_of_our_own_beside_a_login(sides: Sides) -> None:
    customer = sides.link()
    rotated = Customer(sides, sides.link().balance)
    sides.gateway.cli("token", "rotate", rotated.balance.id)
    for fields, target in [
        ({"x-tinygateway-token": OTHER}, "/v1/responses"),
        ({"x-tinygateway-token": rotated.balance.token}, "/v1/responses"),
        ({"x-tinygateway-token": "tg_"}, "/v1/models"),
        ({}, "/v1/responses"),
        ({}, f"/u/{OTHER}/v1/responses"),
        ({"authorization": f"Bearer {customer.balance.token}"}, "/v1/responses"),
    ]:
        mark = sides.own.mark()
        answer = ask(sides.gateway.port, target, turn(), customer.login.fields | fields)
        assert (answer.status, answer.error["code"]) == (400, "invalid_prompt"), fields
        assert not sides.own.requests(mark)


def test_an_upstreams_401_is_passed_on(customer: Customer) -> None:
    """Codex then refreshes its login, which only the upstream may cause."""
    answer = customer.ask("status;status=401;ecode=token_expired;message=log in again").answer
    assert answer.status == 401 and answer.error["code"] == "token_expired"


def test_the_token_as_bearer_never_leaves(sides: Sides, customer: Customer) -> None:
    for balance in (customer.balance, sides.boost().balance):
        marks = sides.own.mark(), sides.managed.mark()
        for fields in ({}, {"x-tinygateway-token": balance.token}):
            answer = ask(sides.gateway.port, body=turn(), fields=fields | {"authorization": f"Bearer {balance.token}"})
            assert answer.status in (400, 401)
        assert not sides.own.requests(marks[0]) and not sides.managed.requests(marks[1])


def test_streams_at_once_are_bounded(make_sides) -> None:
    sides = make_sides(limits={"streams_per_balance": 2}).start()
    customer, body = sides.link(), json.dumps(turn()).encode()
    with Connection(sides.gateway.port) as one, Connection(sides.gateway.port) as two:
        for c in (one, two):
            fields = customer.fields("stall;after=3", None, None)
            c.send(head("POST", "/v1/responses", sides.gateway.port, fields, len(body)) + body)
            c.answer(watch=lambda reader: b"output_item.added" in reader.answer.content)
        answer = customer.ask().answer
        assert answer.status == 429 and answer.error["code"] == "rate_limit_exceeded"
        assert answer.field("retry-after")
    wait_until("a place is free", lambda: customer.ask().answer.status == 200)


# What is written down.


def test_nothing_about_usage_is_recorded(sides: Sides) -> None:
    customer = sides.link()
    before = sides.gateway.ledger.read_bytes()
    for scenario in ("plain;model=model-canary", "plain;searches=3;images=1", "incomplete", "cut", "status;status=500"):
        customer.ask(scenario, body=turn("model-canary"))
        customer.ask(scenario, body=turn("model-canary", stream=False))
    customer.ask(route="/images/generations", body={"model": "model-canary", "prompt": "p"})
    customer.ask(route="/alpha/search", body={"model": "model-canary"})
    assert sides.gateway.ledger.read_bytes() == before
    assert [e["type"] for e in ledger.entries(sides.gateway.ledger, balance=customer.balance.id)] == ["balance", "pass"]
    assert sides.gateway.rows("usage", customer.balance.id) == []
    assert not any(b"model-canary" in p.read_bytes() for p in sides.gateway.directory.rglob("*") if p.is_file())
