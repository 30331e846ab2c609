"""A Codex login: its `auth.json`, the endpoint that renews its tokens, the upstream that they open."""

from __future__ import annotations

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .upstream import COMPLETED, CREATED

CLIENT = "app_EMoamEEZ73f0CkXaXp7hrann"


def jwt(name: str, seconds: float) -> str:
    """A token that nobody can check, good for so long from now."""
    now = int(time.time())
    claims = {"sub": name, "iat": now, "exp": int(now + seconds)}
    parts = [json.dumps({"alg": "none"}), json.dumps(claims), "signature-of-" + name]
    return ".".join(base64.urlsafe_b64encode(p.encode()).rstrip(b"=").decode() for p in parts)


def expiry(token: str) -> int:
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))["exp"]


def write_login(path: Path, seconds: float, refresh: str = "rt-1", **more: object) -> str:
    """Writes an `auth.json` and returns its access token."""
    access = jwt("first", seconds)
    tokens = {"id_token": "e30.e30.id", "access_token": access, "refresh_token": refresh, "account_id": "acc-operator"}
    document = {"OPENAI_API_KEY": None, "tokens": tokens, "last_refresh": _moment(), "kept": [1, 2.50, "é"]} | more
    # As Codex does: into the file, readable for people.
    path.write_text(json.dumps(document, indent=2))
    path.chmod(0o600)
    return access


def _moment() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.123456789Z", time.gmtime())


class Server(ThreadingHTTPServer):
    daemon_threads = True
    # Many connect at once.
    request_queue_size = 256


class Service:
    """An HTTP server whose answers a test decides."""

    def __init__(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, kind, body = service.answer(self.path, dict(self.headers.items()), content)
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.root = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path: str, fields: dict[str, str], content: bytes) -> tuple[int, str, bytes]:
        raise NotImplementedError


class TokenEndpoint(Service):
    """Takes each refresh token once."""

    def __init__(self, valid: str = "rt-1", seconds: float = 3600) -> None:
        self.valid = valid
        self.seconds = seconds
        self.asked: list[dict] = []
        self.issued: list[dict[str, str]] = []
        self.status = 200
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.lock = threading.Lock()
        super().__init__()
        self.url = self.root + "/oauth/token"

    def answer(self, path: str, fields: dict[str, str], content: bytes) -> tuple[int, str, bytes]:
        question = json.loads(content)
        with self.lock:
            self.asked.append(question | {"path": path, "fields": fields})
        self.may_answer.wait(20)
        with self.lock:
            if self.status != 200:
                return self.status, "application/json", b'{"error":{"code":"refresh_token_expired","message":"canary"}}'
            if question["refresh_token"] != self.valid:
                return 401, "application/json", b'{"error":{"code":"refresh_token_reused","message":"canary"}}'
            number = len(self.issued) + 2
            self.valid = f"rt-{number}"
            new = {"access_token": jwt(f"number-{number}", self.seconds), "refresh_token": self.valid}
            self.issued.append(new)
            return 200, "application/json", json.dumps(new | {"id_token": "e30.e30.new"}).encode()


class Account(Service):
    """An upstream that answers whoever it knows, and remembers who asked."""

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []
        # What a credential is told instead of an answer, by its `Authorization`.
        self.refusals: dict[str, tuple[int, dict]] = {}
        super().__init__()
        self.url = self.root + "/backend-api/codex"

    def answer(self, path: str, fields: dict[str, str], content: bytes) -> tuple[int, str, bytes]:
        seen = {name.lower(): value for name, value in fields.items()} | {"path": path, "at": str(time.time())}
        self.seen.append(seen)
        if refusal := self.refusals.get(seen["authorization"]):
            return refusal[0], "application/json", json.dumps({"error": refusal[1]}).encode()
        return 200, "text/event-stream", CREATED + COMPLETED

    def keys(self) -> list[str]:
        return [each["authorization"].removeprefix("Bearer ") for each in self.seen]
