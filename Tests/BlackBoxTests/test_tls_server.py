"""Clients over TLS: what is negotiated, what is refused, and that the relay keeps its promises."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.client import Connection, ask, head
from harness.codex import BINARY as CODEX
from harness.codex import Codex
from harness.gateway import Balance, Gateway, turn
from harness.processes import free_port, resident_kib, wait_until
from harness.stub import Stub
from harness.tls import RSA, Authority, SecureConnection, ask_securely, openssl


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


class Front:
    """A gateway that listens with TLS beside its plain loopback port."""

    def __init__(self, binary: Path, directory: Path, upstream: str, authority: Authority, pair, **tables: dict):
        self.port = free_port()
        self.authority = authority
        tables |= {
            "server": {"public_url": f"https://localhost:{self.port}"} | tables.get("server", {}),
            "server.tls": {
                "listen": [f"127.0.0.1:{self.port}"],
                "certificate": str(pair.certificate),
                "key": str(pair.key),
            },
        }
        self.gateway = Gateway(binary, directory, upstream, **tables).start()
        self.balance = self.gateway.open_balance()

    def fields(self, scenario: str = "plain") -> dict[str, str]:
        return {"x-tinygateway-token": self.balance.token, "content-type": "application/json", "x-stub": scenario}

    def ask(self, scenario: str = "plain", **more: object):
        return ask_securely(
            self.port, self.authority.client(), json.dumps(turn()).encode(), self.fields(scenario), **more
        )

    def connect(self, **more: object) -> SecureConnection:
        return SecureConnection(self.port, self.authority.client(), **more)

    def client(self, *words: str, text: str = "") -> str:
        """What `openssl s_client` says; its input is over at once unless there is text."""
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", "localhost",
             "-CAfile", str(self.authority.certificate), *words],
            input=text, capture_output=True, text=True, timeout=20,
        )
        return done.stdout + done.stderr

    def stop(self) -> None:
        assert self.gateway.process.poll() is None, self.gateway.errors.read_text()[-2000:]
        self.gateway.verify()
        self.gateway.stop(signal.SIGKILL)


@pytest.fixture(scope="module", params=["ecdsa", "rsa"])
def front(request, binary: Path, stub: Stub, authority: Authority, tmp_path_factory) -> Iterator[Front]:
    below = Authority(authority.directory, "intermediate", authority)
    kind = {} if request.param == "ecdsa" else {"kind": RSA}
    pair = below.issue(f"server-{request.param}", **kind)
    made = Front(binary, tmp_path_factory.mktemp("front"), stub.url, authority, pair)
    yield made
    made.stop()


SHAPES = ["plain", "plain;framing=cl", "plain;framing=close", "plain;split=1", "plain;final_bytes=300000;chunk=1000",
          "plain;events=4000", "plain;chunk=7;chunk_ext;trailers"]


@pytest.mark.parametrize("scenario", SHAPES)
def test_stream_is_identical_and_charged(front: Front, stub: Stub, scenario: str) -> None:
    before = len(front.balance.charges())
    answer = front.ask(scenario)
    assert answer.status == 200 and answer.complete
    logged = stub.answer(answer.response_id)
    assert hashlib.sha256(answer.content).hexdigest() == logged["content_sha256"]
    assert front.balance.wait_for("charge", before + 1)[-1]["input"] == 1234


def test_curl(front: Front, tmp_path: Path) -> None:
    done = subprocess.run(
        ["curl", "-sS", "--cacert", front.authority.certificate, "-w", "%{ssl_verify_result} %{http_version}",
         "-H", f"x-tinygateway-token: {front.balance.token}", "-d", json.dumps(turn()),
         f"https://localhost:{front.port}/v1/responses"], capture_output=True, text=True, timeout=20)
    assert done.stdout.endswith("0 1.1"), done
    assert "response.completed" in done.stdout


def test_what_is_negotiated(front: Front) -> None:
    said = front.client("-tls1_2", "-alpn", "h2,http/1.1")
    assert "Verify return code: 0 (ok)" in said
    assert "ALPN protocol: http/1.1" in said
    assert re.search(r"Cipher is ECDHE-(RSA|ECDSA)-(AES128-GCM-SHA256|CHACHA20-POLY1305)", said), said
    assert "Secure Renegotiation IS supported" in said
    assert "Server Temp Key: ECDH, prime256v1" in said or "Server Temp Key: ECDH, P-256" in said, said
    if "Cipher is ECDHE-RSA" in said:  # an ECDSA certificate needs its own curve in the client's list
        assert "Server Temp Key: X25519" in front.client("-tls1_2", "-groups", "X25519")
    for suite in ["ECDHE+AESGCM", "ECDHE+CHACHA20"]:
        assert "Verify return code: 0 (ok)" in front.client("-tls1_2", "-cipher", suite)


REFUSED = {
    "TLS 1.0": ["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"],
    "TLS 1.1": ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
    "RSA key exchange": ["-tls1_2", "-cipher", "AES128-GCM-SHA256"],
    "CBC": ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256"],
    "DHE": ["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"],
    "no protocol of ours": ["-tls1_2", "-alpn", "h2"],
}


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(front: Front, words: list[str]) -> None:
    said = front.client(*words)
    assert "Cipher is (NONE)" in said and "SSL alert number" in said
    assert front.ask().status == 200


def test_a_session_is_resumed(front: Front) -> None:
    said = front.client("-tls1_2", "-reconnect")
    assert said.count("Reused, TLSv1.2") == 5, said


def test_no_renegotiation(front: Front) -> None:
    said = front.client("-tls1_2", text="R\n")
    assert "RENEGOTIATING" in said
    assert "no renegotiation" in said or "handshake failure" in said or "unexpected" in said, said[-800:]


def test_close_notify_ends_a_connection(front: Front) -> None:
    with front.connect() as c:
        c.send(head("GET", "/healthz", front.port, {"connection": "close"}))
        assert c.answer("GET").content == b"ok\n"
        assert c.read_to_end_cleanly()


def test_a_broken_answer_has_no_clean_end(front: Front) -> None:
    body = json.dumps(turn(stream=False)).encode()
    for scenario in ["cut;mid=1", "cut;mid=1;how=rst"]:
        with front.connect() as c:
            c.send(head("POST", "/v1/responses", front.port, front.fields(scenario), len(body)).replace(
                b"HTTP/1.1", b"HTTP/1.0", 1) + body)
            assert not c.read_to_end_cleanly(), scenario


def test_plain_http_is_told(front: Front) -> None:
    answer = ask(front.port, "/v1/models", method="GET", fields=front.fields())
    assert answer.status == 400 and b"https://" in answer.content


BAD = {
    "garbage": b"\x00\x01garbage\xff" * 100,
    "an alert": b"\x15\x03\x03\x00\x02\x02\x28",
    "a record that is too long": b"\x16\x03\x01\xff\xff" + b"\x01" * 70000,
    "a hello that is not one": b"\x16\x03\x01\x00\x05\x01\xff\xff\xff\x00",
    "SSLv2": b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10",
    "bytes of zero": bytes(5000),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_what_is_not_tls_is_closed(front: Front, data: bytes) -> None:
    with Connection(front.port) as c:
        try:
            c.send(data)
        except OSError:
            pass
        c.read_to_end(13)  # at once, or when the handshake has taken too long
    assert front.ask().status == 200


def test_a_client_that_leaves_in_the_handshake(front: Front) -> None:
    context = ssl.create_default_context()  # which does not know the authority
    for _ in range(20):
        with pytest.raises(ssl.SSLError):
            SecureConnection(front.port, context)
    assert front.ask().status == 200


def hello(context: ssl.SSLContext) -> bytes:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    shaking = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        shaking.do_handshake()
    return outgoing.read()


def test_half_open_handshakes_cost_no_one_else(front: Front) -> None:
    first = hello(front.authority.client())
    before = resident_kib(front.gateway.pid)
    began = time.monotonic()
    idle = [Connection(front.port) for _ in range(250)]
    stalled = [Connection(front.port) for _ in range(250)]
    try:
        for c in stalled:
            c.send(first[:-10])
        assert front.ask().status == 200
        assert time.monotonic() - began < 5
        # Who sent something has mbedTLS's two buffers; who sent nothing has none.
        assert resident_kib(front.gateway.pid) - before < 250 * 60 + 2000
        for c in [idle[0], idle[-1], stalled[0], stalled[-1]]:
            c.read_to_end(13)
        assert 9 < time.monotonic() - began < 14
    finally:
        for c in idle + stalled:
            c.close()


class Bytewise:
    """A TLS client whose every TCP segment is one byte, and whose every record holds one."""

    def __init__(self, front: Front):
        self.plain = socket.create_connection(("127.0.0.1", front.port), timeout=20)
        self.plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = front.authority.client().wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")

    def flush(self) -> None:
        for byte in self.outgoing.read():
            self.plain.send(bytes([byte]))

    def wait_for(self, call):
        while True:
            try:
                return call()
            except ssl.SSLWantReadError:
                self.flush()
                data = self.plain.recv(65536)
                assert data, "closed"
                self.incoming.write(data)


def test_one_byte_a_record_and_a_segment(front: Front) -> None:
    client = Bytewise(front)
    client.wait_for(client.tls.do_handshake)
    body = json.dumps(turn()).encode()
    for byte in head("POST", "/v1/responses", front.port, front.fields(), len(body)) + body:
        client.tls.write(bytes([byte]))
        client.flush()
    answer = b""
    while b"\r\n0\r\n\r\n" not in answer:
        answer += client.wait_for(lambda: client.tls.read(65536))
    assert b"response.completed" in answer
    client.plain.close()


def test_a_slow_reader_costs_no_memory(front: Front, stub: Stub) -> None:
    body = json.dumps(turn()).encode()
    with front.connect(receive_buffer=16384) as c:
        c.send(head("POST", "/v1/responses", front.port, front.fields("plain;events=60000"), len(body)) + body)
        time.sleep(1)
        before = resident_kib(front.gateway.pid)
        time.sleep(2)
        assert resident_kib(front.gateway.pid) - before < 600
        answer = c.answer()
    assert answer.complete
    assert hashlib.sha256(answer.content).hexdigest() == stub.answer(answer.response_id)["content_sha256"]
    front.balance.wait_for("charge")


def test_memory_of_a_connection(front: Front, stub: Stub) -> None:
    """Each has had a request and an answer in records of full size, and is kept; then it serves again."""
    body = json.dumps(turn(text="a" * 60_000)).encode()

    def serve(c: SecureConnection, scenario: str) -> None:
        c.send(head("POST", "/v1/responses", front.port, front.fields(scenario), len(body)) + body)
        answer = c.answer()
        assert hashlib.sha256(answer.content).hexdigest() == stub.answer(answer.response_id)["content_sha256"]

    held = [front.connect()]
    serve(held[0], "plain;final_bytes=60000")
    before, count = resident_kib(front.gateway.pid), 60
    for _ in range(count):
        held.append(front.connect())
        serve(held[-1], "plain;final_bytes=60000")
        serve(held[-1], "plain")
    each = (resident_kib(front.gateway.pid) - before) / count
    for c in held:
        serve(c, "plain")
        c.close()
    print(f"a TLS connection: {each:.1f} KiB")
    assert each < 28


def test_pipelined_and_kept_alive(front: Front) -> None:
    with front.connect() as c:
        c.send(head("GET", "/healthz", front.port) * 50)
        for _ in range(50):
            assert c.answer("GET").content == b"ok\n"


@pytest.mark.skipif(not CODEX.exists(), reason="openai-codex-cli-bin is not installed")
def test_codex(front: Front, tmp_path: Path) -> None:
    block = front.gateway.text("config", "toml", front.balance.id)
    assert f"https://localhost:{front.port}" in block
    trust = {"CODEX_CA_CERTIFICATE": str(front.authority.certificate)}
    done = Codex(tmp_path, block, environment=trust).exec("say hi [stub:plain;text=hello there]")
    assert done.status == 0 and done.texts == ["hello there"], done


def test_the_sdk(front: Front) -> None:
    openai = pytest.importorskip("openai")
    trusting = openai.DefaultHttpxClient(verify=front.authority.client())
    with openai.OpenAI(
        base_url=f"https://localhost:{front.port}/v1", api_key=front.balance.token, max_retries=0, timeout=20,
        http_client=trusting,
    ) as client:
        events = list(client.responses.create(model="gpt-5.5", input="hi", stream=True))
    assert events[-1].type == "response.completed"


# What TLS 1.2 alone cannot do, and what a private authority without a public list brings.
KNOWN = {
    "TLS1_3", "cert_trust", "cert_chain_of_trust", "cert_crlDistributionPoints", "cert_ocspURL", "cert_revocation",
    "OCSP_stapling", "DNS_CAArecord", "certificate_transparency", "cert_notAfter", "cert_expirationStatus",
    "cert_extlifeSpan", "HSTS", "HPKP", "security_headers", "overall_grade", "grade_cap_reason_1",
    "engine_problem",  # the scanner's own OpenSSL
    "grade_cap_reason_2", "grade_cap_reason_3", "final_score", "scanTime",
}


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("testssl"), reason="testssl.sh is not installed")
def test_testssl(front: Front, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    subprocess.run(
        ["testssl", "--quiet", "--color", "0", "--ip", "127.0.0.1", "--add-ca", front.authority.certificate,
         "--jsonfile", report, "--warnings", "off", "-p", "-s", "-f", "-P", "-U", "-S", f"localhost:{front.port}"],
        capture_output=True, timeout=500)
    found = [r for r in json.loads(report.read_text()) if r["severity"] not in ("OK", "INFO", "DEBUG")]
    left = {(r["id"], r["severity"], r["finding"]) for r in found if r["id"].split(" ")[0] not in KNOWN}
    assert not left


@pytest.mark.skipif(not shutil.which("sslscan"), reason="sslscan is not installed")
def test_sslscan(front: Front) -> None:
    said = subprocess.run(
        ["sslscan", "--no-colour", "--no-check-certificate", f"localhost:{front.port}"],
        capture_output=True, text=True, timeout=120).stdout
    for name in ["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"]:
        assert re.search(rf"{re.escape(name)} +disabled", said), said
    assert re.search(r"TLSv1.2 +enabled", said)
    assert "not supported" in re.search(r"TLS renegotiation:\n(.*)", said)[1]
    accepted = re.findall(r"(?:Preferred|Accepted) +(\S+) +\d+ bits +(\S+)", said)
    assert accepted and all("GCM" in c or "POLY1305" in c or "TLS_" in c for _, c in accepted), accepted


# Files.


def served_name(front: Front) -> str:
    der = front.connect().socket.getpeercert(binary_form=True)
    pem = ssl.DER_cert_to_PEM_cert(der)
    return openssl("x509", "-noout", "-subject", text=pem).stdout.strip()


def test_a_certificate_is_read_again(binary: Path, stub: Stub, authority: Authority, tmp_path: Path) -> None:
    first, second, other = (authority.issue(name) for name in ("first", "second", "other"))
    pair = type(first)(tmp_path / "served.pem", tmp_path / "served.key")

    def put(certificate: Path, key: Path) -> None:
        shutil.copy(certificate, pair.certificate)
        shutil.copy(key, pair.key)

    put(first.certificate, first.key)
    front = Front(binary, tmp_path / "gateway", stub.url, authority, pair)
    try:
        assert "first" in served_name(front)
        with front.connect() as kept:
            put(second.certificate, second.key)
            front.gateway.process.send_signal(signal.SIGHUP)
            wait_until("the second certificate", lambda: "second" in served_name(front))
            kept.send(head("GET", "/healthz", front.port))
            assert kept.answer("GET").status == 200, "a connection was lost by the reload"
        put(other.certificate, first.key)
        front.gateway.process.send_signal(signal.SIGHUP)
        wait_until("the refusal", lambda: "the old one stays in use" in front.gateway.errors.read_text())
        assert "is not the key of" in front.gateway.errors.read_text()
        assert "second" in served_name(front)
        put(other.certificate, other.key)
        wait_until("the change is seen", lambda: "other" in served_name(front), 15)
    finally:
        front.stop()


def test_what_cannot_be_served(binary: Path, stub: Stub, authority: Authority, tmp_path: Path) -> None:
    good, other = authority.issue("good"), authority.issue("another")
    locked = tmp_path / "locked.key"
    openssl("ec", "-in", good.key, "-aes256", "-passout", "pass:word", "-out", locked)
    short = tmp_path / "short.pem"
    short.write_bytes(good.certificate.read_bytes()[:300])
    cases = {
        "does not exist": (tmp_path / "none.pem", good.key),
        "no certificate that can be read": (short, good.key),
        "is not the key of the first certificate": (good.certificate, other.key),
        "without a pass phrase": (good.certificate, locked),
        "no private key that can be used": (good.certificate, good.certificate),
    }
    for number, (sentence, (certificate, key)) in enumerate(cases.items()):
        tls = {"listen": ["127.0.0.1:0"], "certificate": str(certificate), "key": str(key)}
        gateway = Gateway(binary, tmp_path / str(number), stub.url, **{"server.tls": tls})
        done = gateway.run("serve")
        assert done.returncode == 1 and sentence in done.stderr, (sentence, done)
        assert "-----" not in done.stderr.replace("-----BEGIN CERTIFICATE-----", "")


# The plain listener beside it.


def test_tokens_are_refused_in_clear(binary: Path, stub: Stub, authority: Authority, tmp_path: Path) -> None:
    port = free_port()
    gateway = Gateway(binary, tmp_path / "g", stub.url, server={"listen": [f"0.0.0.0:{port}"],
                                                                "public_url": "https://gateway.example"})
    gateway.port = port
    gateway.start()
    try:
        balance = gateway.open_balance()
        answer = balance.ask()
        assert answer.status == 400 and answer.error["code"] == "invalid_prompt"
        assert "https://gateway.example" in answer.error["message"]
        # Who can say anything is not believed.
        assert balance.ask(fields={"x-forwarded-proto": "https"}).status == 400
        answer = ask(port, f"/u/{balance.token}/v1/models", method="GET")
        assert answer.status == 400 and balance.token not in answer.raw.decode()
        answer = ask(port, "/dashboard?a=b", method="GET")
        assert (answer.status, answer.field("location")) == (308, "https://gateway.example/dashboard?a=b")
        assert ask(port, "/healthz", method="GET").status == 200
        assert not balance.charges()
    finally:
        gateway.stop(signal.SIGKILL)


def test_a_front_proxy_is_believed(binary: Path, stub: Stub, tmp_path: Path) -> None:
    port = free_port()
    gateway = Gateway(binary, tmp_path / "g", stub.url,
                      server={"listen": [f"0.0.0.0:{port}"], "behind_proxy": ["127.0.0.1"]})
    gateway.port = port
    gateway.start()
    try:
        balance: Balance = gateway.open_balance()
        assert balance.ask(fields={"x-forwarded-proto": "https"}).status == 200
        assert balance.ask().status == 200
        assert balance.ask(fields={"x-forwarded-proto": "http"}).status == 400
    finally:
        gateway.stop(signal.SIGKILL)
