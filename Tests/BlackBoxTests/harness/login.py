"""A ChatGPT login that nobody gave out: what Codex keeps in auth.json, and what it sends of it."""

from __future__ import annotations

import base64
import json
import os
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from .upstream import Upstream, read_content, read_head


def _part(content: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def jwt(account: str, seconds: int = 86_400, **claims: object) -> str:
    """An unsigned token in a signed one's shape; nothing here checks signatures."""
    now = int(time.time())
    who = {"chatgpt_account_id": account, "chatgpt_plan_type": "plus", "chatgpt_user_id": f"user-{account}"}
    content = {"iss": "https://auth.example.test", "iat": now, "exp": now + seconds} | claims
    content |= {"https://api.openai.com/auth": who, "email": f"{account}@example.test"}
    return ".".join([_part({"alg": "RS256", "typ": "JWT", "kid": "fake"}), _part(content), "c2lnbmF0dXJl"])


@dataclass(frozen=True)
class Login:
    account: str = field(default_factory=lambda: f"acct-{os.urandom(6).hex()}")
    seconds: int = 86_400
    token: str = ""
    refresh: str = field(default_factory=lambda: f"refresh-{os.urandom(12).hex()}")

    def __post_init__(self) -> None:
        if not self.token:
            object.__setattr__(self, "token", jwt(self.account, self.seconds))

    @property
    def fields(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "chatgpt-account-id": self.account}

    def write(self, codex_home: Path) -> None:
        """auth.json as `codex login` leaves it."""
        codex_home.mkdir(parents=True, exist_ok=True)
        tokens = {
            "id_token": jwt(self.account),
            "access_token": self.token,
            "refresh_token": self.refresh,
            "account_id": self.account,
        }
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        content = {"OPENAI_API_KEY": None, "tokens": tokens, "last_refresh": now}
        path = codex_home / "auth.json"
        path.write_text(json.dumps(content))
        path.chmod(0o600)


def turn_metadata(turn_id: str | None) -> str:
    """The field `x-codex-turn-metadata`, as far as a gateway may care."""
    content = {"session_id": "s-1", "thread_id": "s-1", "request_kind": "turn", "model": "gpt-5.4-mini"}
    return json.dumps(content | ({"turn_id": turn_id} if turn_id else {}))


class TokenServer:
    """Where Codex refreshes a login: every refresh token is good for a new access token of the account."""

    def __init__(self, account: str):
        self.account = account
        self.asked: list[bytes] = []
        self.given: list[str] = []
        self.upstream = Upstream(self._serve)
        self.url = f"{self.upstream.url}/oauth/token"

    def __enter__(self) -> TokenServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.upstream.__exit__()

    def _serve(self, peer: socket.socket) -> None:
        head, rest = read_head(peer)
        self.asked.append(read_content(peer, head, rest))
        self.given.append(jwt(self.account, jti=f"refreshed-{len(self.asked)}"))
        tokens = {"id_token": jwt(self.account), "access_token": self.given[-1], "refresh_token": "refresh-next"}
        content = json.dumps(tokens).encode()
        fields = f"content-type: application/json\r\ncontent-length: {len(content)}\r\nconnection: close"
        peer.sendall(f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode() + content)
        peer.close()
