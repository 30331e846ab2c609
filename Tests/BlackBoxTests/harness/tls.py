"""A private authority, connections over TLS, and upstreams that speak it."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .client import TIMEOUT, Answer, Connection, Reader, head
from .processes import free_port, is_listening, stop, wait_until

EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
RSA = ["-newkey", "rsa:2048"]


def openssl(*words: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(["openssl", *map(str, words)], input=text, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, f"openssl {' '.join(map(str, words))}: {done.stderr}"
    return done


@dataclass(frozen=True)
class Pair:
    certificate: Path
    key: Path


class Authority:
    """Makes certificates; `certificate` is what has to be trusted for them."""

    def __init__(self, directory: Path, name: str = "authority", issuer: Authority | None = None):
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.name = name
        self.certificate, self.key = directory / f"{name}.pem", directory / f"{name}.key"
        self.chain = b""
        if issuer:
            pair = issuer.issue(name, extensions="basicConstraints=critical,CA:true\nkeyUsage=keyCertSign")
            self.certificate, self.key = pair.certificate, pair.key
            self.chain = self.certificate.read_bytes()
            return
        extensions = ["-addext", "basicConstraints=critical,CA:true", "-addext", "keyUsage=critical,keyCertSign"]
        openssl(
            *("req", "-x509", *EC, "-nodes", "-days", "30", "-subj", f"/CN=Test {name}"),
            *(*extensions, "-keyout", self.key, "-out", self.certificate),
        )

    def issue(
        self, name: str, host: str = "localhost", days: int = 30, kind: list[str] = EC, extensions: str | None = None
    ) -> Pair:
        """A certificate for `host`, its chain behind it."""
        base = self.directory / f"{self.name}-{name}"
        request, key, made = (base.with_suffix(s) for s in (".req", ".key", ".pem"))
        openssl("req", "-new", *kind, "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        settings = base.with_suffix(".ext")
        settings.write_text(extensions or f"subjectAltName=DNS:{host}\nextendedKeyUsage=serverAuth")
        openssl(
            *("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial"),
            *("-days", str(days), "-extfile", settings, "-out", made),
        )
        if self.chain:
            made.write_bytes(made.read_bytes() + self.chain)
        return Pair(made, key)

    def self_signed(self, name: str = "self", host: str = "localhost") -> Pair:
        pair = Pair(self.directory / f"{name}.pem", self.directory / f"{name}.key")
        openssl(
            *("req", "-x509", *EC, "-nodes", "-days", "30", "-subj", f"/CN={name}"),
            *("-addext", f"subjectAltName=DNS:{host}", "-keyout", pair.key, "-out", pair.certificate),
        )
        return pair

    def client(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.set_alpn_protocols(["http/1.1"])
        # Python forgives an end without close_notify unless it is told not to.
        context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        return context


class SecureConnection(Connection):
    """A `Connection` over TLS that knows whether its end was clean."""

    def __init__(self, port: int, context: ssl.SSLContext, **more: object):
        super().__init__(port, **more)
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost", suppress_ragged_eofs=False)

    def read_to_end_cleanly(self) -> bool:
        """Whether close_notify came before the connection's end."""
        while True:
            try:
                if not self.socket.recv(65536):
                    return True
            except (ssl.SSLEOFError, ConnectionResetError):
                return False


def ask_securely(
    port: int,
    context: ssl.SSLContext,
    body: bytes | None = None,
    fields: dict[str, str] | None = None,
    target: str = "/v1/responses",
    method: str = "POST",
    watch: Callable[[Reader], object] | None = None,
) -> Answer:
    with SecureConnection(port, context, timeout=TIMEOUT) as c:
        c.send(head(method, target, port, fields, None if body is None else len(body)) + (body or b""))
        return c.answer(method, watch)


NGINX = """
daemon off; master_process off; worker_processes 1; pid {here}/nginx.pid; error_log {here}/error.log info;
events {{ worker_connections 2000; }}
http {{
  log_format tls '$ssl_protocol $ssl_cipher $ssl_curves $ssl_session_reused $ssl_server_name $connection';
  access_log {here}/access.log tls; client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;
  fastcgi_temp_path {here}/f; uwsgi_temp_path {here}/u; scgi_temp_path {here}/s;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};
    ssl_protocols {protocols}; ssl_session_cache shared:a:1m; {extra}
    location / {{
      proxy_pass http://127.0.0.1:{upstream}; proxy_http_version 1.1; proxy_buffering off;
      proxy_request_buffering off; proxy_set_header connection ""; proxy_set_header host $http_host;
      proxy_read_timeout 300s; client_max_body_size 0;
    }}
  }}
}}
"""


class Nginx:
    """nginx with TLS before the stub."""

    def __init__(self, directory: Path, pair: Pair, upstream: int, protocols: str = "TLSv1.2 TLSv1.3", extra: str = ""):
        assert shutil.which("nginx"), "nginx is not installed: see run.sh"
        directory.mkdir(parents=True, exist_ok=True)
        self.directory, self.port = directory, free_port()
        self.url = f"https://localhost:{self.port}/v1"
        configuration = directory / "nginx.conf"
        configuration.write_text(
            NGINX.format(
                here=directory, port=self.port, certificate=pair.certificate, key=pair.key,
                upstream=upstream, protocols=protocols, extra=extra,
            )
        )
        self.process = subprocess.Popen(
            ["nginx", "-e", str(directory / "error.log"), "-c", str(configuration)], stderr=subprocess.PIPE
        )
        wait_until("nginx listens", lambda: is_listening(self.port))

    def log(self) -> list[list[str]]:
        """Protocol, cipher, curves, `r` or `.`, server name and connection of each request."""
        return [line.split(" ") for line in (self.directory / "access.log").read_text().splitlines()]

    def stop(self) -> None:
        stop(self.process)


class Script:
    """A TLS server whose every connection is played by a function, on a thread of its own."""

    def __init__(self, pair: Pair, play: Callable[[ssl.SSLSocket], None], context: ssl.SSLContext | None = None):
        self.context = context or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(pair.certificate, pair.key)
        self.context.set_alpn_protocols(["h2", "http/1.1"])
        self.play = play
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"https://localhost:{self.port}/v1"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._speak, args=[accepted], daemon=True).start()

    def _speak(self, accepted: socket.socket) -> None:
        try:
            with self.context.wrap_socket(accepted, server_side=True) as c:
                self.play(c)
        except OSError:
            accepted.close()

    def stop(self) -> None:
        self.listener.close()
