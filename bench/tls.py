"""What TLS costs: handshakes full and resumed, records, memory; beside nginx and haproxy in the same run.

Usage: tls.py BINARY   (after `make -C bench tools`; needs openssl, and nginx and haproxy for comparison)
Prints one JSON object a line. CPU is the server's own (user and system, /proc/PID/stat), in microseconds.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests" / "BlackBoxTests"))

from harness.client import head  # noqa: E402
from harness.gateway import Gateway, turn  # noqa: E402
from harness.processes import free_port, is_listening, resident_kib, wait_until  # noqa: E402
from harness.stub import Stub  # noqa: E402
from harness.tls import Authority, Nginx, Pair, SecureConnection  # noqa: E402

HANDSHAKES, CONNECTIONS, EVENTS = 400, 200, 20000


def cpu_us(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1e6


def cost_of(pid: int, work: Callable[[], object], count: int) -> float:
    before = cpu_us(pid)
    work()
    time.sleep(0.1)
    return round((cpu_us(pid) - before) / count, 1)


def client(authority: Authority) -> ssl.SSLContext:
    context = authority.client()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def handshakes(port: int, context: ssl.SSLContext, resume: bool) -> None:
    session = None
    for _ in range(HANDSHAKES):
        plain = socket.create_connection(("127.0.0.1", port))
        with context.wrap_socket(plain, server_hostname="localhost", session=session) as c:
            assert not resume or session is None or c.session_reused
            session = c.session if resume else None


def memory(pid: int, port: int, context: ssl.SSLContext) -> float:
    held = [SecureConnection(port, context)]
    before = resident_kib(pid)
    held += [SecureConnection(port, context) for _ in range(CONNECTIONS)]
    each = (resident_kib(pid) - before) / CONNECTIONS
    for c in held:
        c.close()
    return round(each, 1)


def stream(port: int, context: ssl.SSLContext, fields: dict[str, str]) -> None:
    body = json.dumps(turn()).encode()
    with SecureConnection(port, context, timeout=60) as c:
        c.send(head("POST", "/v1/responses", port, fields, len(body)) + body)
        assert c.answer().complete


def haproxy(directory: Path, pair: Pair, upstream: int) -> tuple[subprocess.Popen, int]:
    port = free_port()
    both = directory / "both.pem"
    both.write_bytes(pair.certificate.read_bytes() + pair.key.read_bytes())
    configuration = directory / "haproxy.cfg"
    configuration.write_text(
        "global\n nbthread 1\n ssl-default-bind-options ssl-min-ver TLSv1.2\n"
        "defaults\n mode http\n timeout connect 5s\n timeout client 300s\n timeout server 300s\n"
        f"frontend f\n bind 127.0.0.1:{port} ssl crt {both}\n default_backend b\n"
        f"backend b\n server s 127.0.0.1:{upstream}\n"
    )
    process = subprocess.Popen(["haproxy", "-db", "-f", str(configuration)], stderr=subprocess.DEVNULL)
    wait_until("haproxy listens", lambda: is_listening(port))
    return process, port


def measure(name: str, pid: int, port: int, authority: Authority, fields: dict[str, str]) -> None:
    context = client(authority)
    row = {"server": name, "certificate": "ECDSA P-256", "protocol": "TLSv1.2"}
    row["full_handshake_us"] = cost_of(pid, lambda: handshakes(port, context, False), HANDSHAKES)
    row["resumed_handshake_us"] = cost_of(pid, lambda: handshakes(port, context, True), HANDSHAKES)
    scenario = fields | {"x-stub": f"plain;events={EVENTS}"}
    row["relayed_event_us"] = cost_of(pid, lambda: stream(port, context, scenario), EVENTS)
    row["connection_kib"] = memory(pid, port, context)
    row["resident_kib"] = resident_kib(pid)
    print(json.dumps(row), flush=True)


def main() -> None:
    binary = Path(sys.argv[1]).resolve()
    directory = Path(tempfile.mkdtemp())
    authority = Authority(directory / "authority")
    pair, stub = authority.issue("bench"), Stub(directory / "stub")
    port = free_port()
    tls = {"listen": [f"127.0.0.1:{port}"], "certificate": str(pair.certificate), "key": str(pair.key)}
    gateway = Gateway(binary, directory / "gateway", stub.url, **{"server.tls": tls}).start()
    fields = {"x-tinygateway-token": gateway.open_balance().token}
    try:
        print(json.dumps({"binary_bytes": binary.stat().st_size, "resident_kib": resident_kib(gateway.pid)}))
        measure("tinygateway", gateway.pid, port, authority, fields)
        if shutil.which("nginx"):
            nginx = Nginx(directory / "nginx", pair, stub.port)
            measure("nginx", nginx.process.pid, nginx.port, authority, fields)
            nginx.stop()
        if shutil.which("haproxy"):
            process, port = haproxy(directory, pair, stub.port)
            measure("haproxy", process.pid, port, authority, fields)
            process.kill()
    finally:
        gateway.stop(signal.SIGKILL)
        stub.stop()
        shutil.rmtree(directory)


main()
