"""Upstreams over TLS: whom the gateway believes, sessions, clean and unclean ends."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.client import Answer
from harness.codex import BINARY as CODEX
from harness.codex import Codex
from harness.gateway import Gateway, turn
from harness.processes import free_port, is_listening, resident_kib, stop, wait_until
from harness.stub import Stub
from harness.tls import RSA, Authority, Nginx, Pair, Script

needs_nginx = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def make(binary: Path, authority: Authority, tmp_path: Path) -> Iterator[Callable[..., Gateway]]:
    """Gateways that call an upstream by https, trusting the authority."""
    made: list[Gateway] = []

    def call(url: str, ca: Path | str = authority.certificate, **tables: dict) -> Gateway:
        tables = {"upstream": {"ca_file": str(ca)}, "upstream.managed": {"url": url}} | tables
        made.append(Gateway(binary, tmp_path / f"gateway{len(made)}", url, **tables))
        return made[-1]

    yield call
    for gateway in made:
        gateway.stop(signal.SIGKILL)


@pytest.fixture(scope="module", params=["ecdsa", "rsa", "TLS 1.2 only"])
def nginx(request, stub: Stub, authority: Authority, tmp_path_factory) -> Iterator[Nginx]:
    kind = {"kind": RSA} if request.param == "rsa" else {}
    below = Authority(authority.directory, "intermediate", authority)
    made = Nginx(
        tmp_path_factory.mktemp("nginx"), below.issue(f"nginx-{request.param[:3]}", **kind), stub.port,
        protocols="TLSv1.2" if request.param == "TLS 1.2 only" else "TLSv1.2 TLSv1.3",
    )
    yield made
    made.stop()


SHAPES = ["plain", "plain;framing=cl", "plain;framing=close", "plain;split=1", "plain;final_bytes=5000000",
          "plain;events=4000", "plain;chunk=7;chunk_ext", "plain;close"]


def assert_identical(stub: Stub, answer: Answer) -> None:
    assert answer.status == 200 and answer.complete, answer.content[:300]
    logged = stub.answer(answer.response_id)
    assert hashlib.sha256(answer.content).hexdigest() == logged["content_sha256"]


@needs_nginx
def test_streams_are_identical_and_charged(make, nginx: Nginx, stub: Stub) -> None:
    gateway = make(nginx.url).start()
    balance = gateway.open_balance()
    for scenario in SHAPES:
        assert_identical(stub, balance.ask(scenario=scenario))
    assert len(balance.wait_for("charge", len(SHAPES))) == len(SHAPES)
    protocol, cipher, curves, _, name, _ = nginx.log()[-1]
    assert protocol in ("TLSv1.2", "TLSv1.3") and name == "localhost"
    assert "GCM" in cipher or "CHACHA20" in cipher
    assert curves.lower().startswith(("prime256v1", "p-256", "secp256r1"))
    gateway.verify()


@needs_nginx
def test_sessions_are_resumed_and_connections_kept(make, nginx: Nginx, stub: Stub) -> None:
    gateway = make(nginx.url).start()
    balance = gateway.open_balance(grant="50")
    before = len(nginx.log())
    balance.ask()
    balance.ask()
    rows = nginx.log()[before:]
    assert rows[0][3] == "." and rows[0][5] == rows[1][5], "a second connection without need"
    with ThreadPoolExecutor(12) as pool:
        for answer in pool.map(lambda _: balance.ask(scenario="plain;pace_ms=20"), range(12)):
            assert_identical(stub, answer)
    rows = nginx.log()[before + 2:]
    fresh = [r for r in rows if r[5] != nginx.log()[before][5]]
    assert len(fresh) >= 10 and all(r[3] == "r" for r in fresh), rows


@needs_nginx
def test_a_large_body_goes_up_whole(make, nginx: Nginx, stub: Stub) -> None:
    balance = make(nginx.url).start().open_balance(grant="50")
    body = {"model": "gpt-5.4-mini", "stream": True, "input": "a" * 12_000_000}
    mark = stub.mark()
    assert_identical(stub, balance.ask(body))
    [request] = stub.requests(mark)
    assert str(len(json.dumps(body))) in str(request)


@needs_nginx
def test_a_slow_reader_makes_the_upstream_wait(make, nginx: Nginx, stub: Stub) -> None:
    from harness.client import Connection, head
    from harness.gateway import turn

    gateway = make(nginx.url).start()
    balance = gateway.open_balance()
    body = json.dumps(turn()).encode()
    fields = {"x-tinygateway-token": balance.token, "x-stub": "plain;events=60000"}
    with Connection(gateway.port, receive_buffer=16384) as c:
        c.send(head("POST", "/v1/responses", gateway.port, fields, len(body)) + body)
        time.sleep(1)
        before = resident_kib(gateway.pid)
        time.sleep(2)
        assert resident_kib(gateway.pid) - before < 600
        assert_identical(stub, c.answer())


def log_of(gateway: Gateway) -> str:
    return gateway.errors.read_text()


def play_nothing(_: ssl.SSLSocket) -> None:
    pass


def test_who_is_not_believed(make, authority: Authority, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger")
    below = Authority(authority.directory, "below", authority)
    whole = below.issue("alone")
    leaf = Pair(tmp_path / "leaf.pem", whole.key)
    leaf.certificate.write_text(whole.certificate.read_text().split("-----END CERTIFICATE-----")[0]
                                + "-----END CERTIFICATE-----\n")
    cases = {
        "has expired": authority.issue("old", days=-1),
        "is self-signed": authority.self_signed(),
        "is for another host": authority.issue("elsewhere", host="elsewhere.example"),
        "issued by an unknown authority": stranger.issue("strange"),
        "chain is incomplete": leaf,
    }
    for sentence, pair in cases.items():
        asked: list[bytes] = []
        script = Script(pair, lambda c: asked.append(c.recv(1)))
        gateway = make(script.url).start()
        answer = gateway.open_balance().ask()
        assert answer.status == 502 and answer.error["code"] == "upstream_unreachable", sentence
        assert "certificate" not in answer.error["message"], "internals are not the customer's"
        wait_until(sentence, lambda: sentence in log_of(gateway))
        assert not any(asked), "a request was sent to somebody unknown"
        assert "upstream not trusted" in gateway.text("status")
        script.stop()


def test_a_private_authority_is_a_key(make, authority: Authority) -> None:
    """What is self-signed is believed once it is named."""
    pair = authority.self_signed("named")
    script = Script(pair, answer_with(CHUNKED, True))
    assert make(script.url, ca=pair.certificate).start().open_balance().ask().status == 200
    script.stop()


def answer_plainly(listener: socket.socket) -> None:
    c, _ = listener.accept()
    c.recv(65536)
    c.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
    time.sleep(1)
    c.close()


def test_other_servers(make, authority: Authority) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    weak = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    weak.maximum_version = ssl.TLSVersion.TLSv1_2
    weak.set_ciphers("AES128-SHA:AES128-GCM-SHA256")
    pair = authority.issue("others", kind=RSA)
    for context in (old, weak):
        script = Script(pair, play_nothing, context)
        gateway = make(script.url).start()
        assert gateway.open_balance().ask().status == 502
        assert "TLS 1.2" in log_of(gateway)
        script.stop()
    with socket.create_server(("127.0.0.1", 0)) as plain:
        threading.Thread(target=answer_plainly, args=[plain], daemon=True).start()
        gateway = make(f"https://localhost:{plain.getsockname()[1]}/v1").start()
        assert gateway.open_balance().ask().status == 502
        assert "does not speak TLS on this port" in log_of(gateway)


def test_a_server_that_stalls(make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://localhost:{listener.getsockname()[1]}/v1"
        gateway = make(url, limits={"upstream_connect_seconds": 2}).start()
        began = time.monotonic()
        assert gateway.open_balance().ask().status == 502
        assert time.monotonic() - began < 5


EVENT = (
    'event: response.completed\ndata: {"type":"response.completed","response":{"id":"resp_1","model":"gpt-5.4-mini",'
    '"usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15}}}\n\n'
).encode()
HALF = b'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1"}}\n\n'
CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (
    len(EVENT), EVENT)
UNTIL_CLOSE = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"


def answer_with(answer: bytes, clean: bool) -> Callable[[ssl.SSLSocket], None]:
    def play(c: ssl.SSLSocket) -> None:
        # All of it: a close with unread bytes would be a reset, which takes the answer with it.
        data = b""
        while b"\r\n\r\n" not in data:
            data += c.recv(65536)
        fields, _, body = data.partition(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", fields.lower())[1])
        while len(body) < length:
            body += c.recv(65536)
        c.sendall(answer)
        if clean:
            c.unwrap()
        else:
            # FIN without close_notify.
            socket.socket(fileno=c.detach()).close()

    return play


ENDS = {
    "clean, without a final event": (UNTIL_CLOSE + HALF, True, "no usage"),
    "truncated, without a final event": (UNTIL_CLOSE + HALF, False, "cut"),
    "truncated after usage": (UNTIL_CLOSE + EVENT, False, None),
    "clean after usage": (UNTIL_CLOSE + EVENT, True, None),
    "truncated after the last chunk": (CHUNKED, False, None),
    "truncated in a head": (UNTIL_CLOSE[:30], False, "cut"),
}


@pytest.mark.parametrize("answer, clean, void", ENDS.values(), ids=ENDS.keys())
def test_ends(make, authority: Authority, answer: bytes, clean: bool, void: str | None) -> None:
    script = Script(authority.issue("ends"), answer_with(answer, clean))
    balance = make(script.url).start().open_balance()
    got = balance.ask()
    assert got.status == (400 if len(answer) < 40 else 200)
    # Only what was cut is told as a failure.
    assert (b"response.failed" in got.content) == (void == "cut" and got.status == 200)
    if void:
        assert balance.wait_for("void")[0]["reason"].replace("_", " ") == void
        assert not balance.charges()
    else:
        assert balance.wait_for("charge")[0]["output"] == 5
    script.stop()


def test_an_answer_in_front_of_a_reset(make, authority: Authority) -> None:
    """The upstream refuses after the head and closes with the body unread."""
    said = b'{"error":{"message":"too large for upstream"}}'

    def refuse(c: ssl.SSLSocket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += c.recv(4096)
        c.sendall(b"HTTP/1.1 413 Too Large\r\ncontent-length: %d\r\n\r\n" % len(said) + said)
        socket.socket(fileno=c.detach()).close()

    script = Script(authority.issue("resets"), refuse)
    balance = make(script.url).start().open_balance()
    for _ in range(10):
        got = balance.ask(turn(text="x" * 3_000_000))
        assert (got.status, got.content) == (413, said)
    assert not balance.charges()
    script.stop()


def test_openssl_s_server(make, authority: Authority, tmp_path: Path) -> None:
    pair, port = authority.issue("s_server"), free_port()
    server = subprocess.Popen(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", pair.certificate, "-key", pair.key,
         "-alpn", "http/1.1", "-quiet"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    balance = make(f"https://localhost:{port}/v1").start().open_balance()
    wait_until("it listens", lambda: is_listening(port))
    answers: list[Answer] = []
    asking = threading.Thread(target=lambda: answers.append(balance.ask()))
    asking.start()
    data = b""
    while b'"stream"' not in data:
        piece = server.stdout.read1()
        assert piece, "s_server ended"
        data += piece
    server.stdin.write(CHUNKED)
    server.stdin.flush()
    asking.join(10)
    stop(server)
    assert answers[0].complete and b"response.completed" in answers[0].content
    assert f"host: localhost:{port}".encode() in data.lower()


def test_a_missing_bundle_is_said_at_start(make, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")
    for path, sentence in {str(tmp_path / "none.pem"): "does not exist", str(empty): "no certificate"}.items():
        done = make("https://localhost:1/v1", ca=path).run("serve")
        assert done.returncode == 1 and "upstream.ca_file" in done.stderr and sentence in done.stderr


def test_an_address_is_not_a_name(make) -> None:
    done = make("https://127.0.0.1:1/v1").run("serve")
    assert done.returncode == 1 and "name the host" in done.stderr


def test_the_systems_bundle(make, binary: Path) -> None:
    """The real endpoints' authorities are readable and small; nothing is asked of them here."""
    gateway = make("https://localhost:1/v1", ca="").start()
    assert resident_kib(gateway.pid) < (4096 if "embedded" in str(binary) else 9000)
    assert gateway.open_balance().ask().status == 502


def test_the_other_family_is_tried(make, authority: Authority) -> None:
    """`localhost` is ::1 and 127.0.0.1, and nobody listens on one of them; or never answers there."""
    families = {i[0] for i in socket.getaddrinfo("localhost", 1, type=socket.SOCK_STREAM)}
    if len(families) < 2:
        pytest.skip("localhost has one address only")
    pair = authority.issue("families")
    script = Script(pair, answer_with(CHUNKED, True))
    gateway = make(script.url).start()
    balance = gateway.open_balance()
    assert balance.ask().status == 200
    with socket.create_server(("::1", script.port), family=socket.AF_INET6, backlog=0) as deaf:
        held = []
        for _ in range(3):
            c = socket.socket(socket.AF_INET6)
            c.setblocking(False)
            c.connect_ex(deaf.getsockname())
            held.append(c)
        began = time.monotonic()
        assert balance.ask().status == 200
        assert time.monotonic() - began < 1.5
        for c in held:
            c.close()
    script.stop()


@needs_nginx
@pytest.mark.skipif(not CODEX.exists(), reason="openai-codex-cli-bin is not installed")
def test_codex_over_tls_on_both_sides(make, nginx: Nginx, authority: Authority, tmp_path: Path) -> None:
    pair, port = authority.issue("both"), free_port()
    gateway = make(
        nginx.url, server={"public_url": f"https://localhost:{port}"},
        **{"server.tls": {"listen": [f"127.0.0.1:{port}"], "certificate": str(pair.certificate), "key": str(pair.key)}},
    ).start()
    balance = gateway.open_balance()
    trust = {"CODEX_CA_CERTIFICATE": str(authority.certificate)}
    codex = Codex(tmp_path, gateway.text("config", "toml", balance.id), environment=trust)
    done = codex.exec("say hi [stub:plain;text=hello there]")
    assert done.status == 0 and done.texts == ["hello there"], done
    assert balance.wait_for("charge")[0]["input"] == done.usage["input_tokens"]
