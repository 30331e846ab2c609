"""Keepalive of customers' own logins: what is kept, what is sent, and when it stops."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from harness.clock import faketime
from harness.gateway import Balance, Gateway
from harness.processes import wait_until
from harness.seal import seal, unseal
from harness.upstream import COMPLETED, HEAD, LAST_CHUNK, Upstream, chunk, read_head

ACCOUNT = "acct-canary-4711"
# Two and a half minutes of the gateway's wall clock in each second; its timers keep their pace.
SPEED = 150


def jwt(subject: str, expires: datetime | None = None) -> str:
    claims = {"sub": subject} | ({"exp": int(expires.timestamp())} if expires else {})
    return ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "none"}, claims)) + ".c2ln"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def plain(token: str, account: str = ACCOUNT) -> bytes:
    values = [f"Bearer {token}".encode(), account.encode()]
    return b"".join(len(value).to_bytes(4, "big") + value for value in values)


def purpose(balance: Balance) -> bytes:
    return b"tinygateway own login " + balance.id.encode()


class OwnUpstream(Upstream):
    """Remembers what it was sent, and answers each token as it is told to."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.requests: list[tuple[bytes, bytes]] = []
        self.answers: dict[str, bytes] = {}
        self.silent: list[socket.socket] = []
        self.lock = threading.Lock()

    def _answer(self, peer: socket.socket) -> None:
        head, content = read_head(peer)
        fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
        while len(content) < int(fields[b"content-length"]):
            content += peer.recv(65536)
        with self.lock:
            self.requests.append((head, content))
        token = fields[b"authorization"].removeprefix(b"bearer ").decode()
        answer = self.answers.get(token, HEAD + chunk(COMPLETED) + LAST_CHUNK)
        if answer:
            peer.sendall(answer)
            peer.shutdown(socket.SHUT_WR)
        else:
            self.silent.append(peer)

    def of(self, token: str) -> list[tuple[bytes, bytes]]:
        """The requests with this token; heads are in lower case here."""
        with self.lock:
            return [r for r in self.requests if f"authorization: bearer {token.lower()}\r\n".encode() in r[0] + b"\r\n"]

    def wait_for(self, token: str, count: int = 1) -> list[tuple[bytes, bytes]]:
        def look() -> list[tuple[bytes, bytes]] | None:
            found = self.of(token)
            return found if len(found) >= count else None

        return wait_until(f"{count} requests with a token", look, 30)


class FastGateway(Gateway):
    """A gateway whose wall clock runs ahead."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | faketime(f"+0 x{SPEED}") | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}


@pytest.fixture
def own() -> Iterator[OwnUpstream]:
    with OwnUpstream() as upstream:
        yield upstream


Make = Callable[..., Gateway]


def tables(own: OwnUpstream, **keepalive: int) -> dict[str, dict]:
    return {"upstream.own": {"url": own.url}, "keepalive": {"interval_minutes": 5} | keepalive}


@pytest.fixture
def gateway(make_gateway: Make, own: OwnUpstream) -> Gateway:
    return make_gateway(**tables(own))


@pytest.fixture
def fast(binary: Path, own: OwnUpstream, tmp_path: Path) -> Iterator[Gateway]:
    made = FastGateway(binary, tmp_path / "fast", own.url, **tables(own, daily_limit=288))
    yield made
    made.stop(signal.SIGKILL)


def open_login(gateway: Gateway, service: str = "link", weeks: bool = True) -> Balance:
    account = gateway.cli("account", "add", f"{os.urandom(6).hex()}@example.test")["account"]
    words = ["--weeks", "2"] if service == "link" and weeks else []
    opened = gateway.cli("balance", "open", account, service, *words)
    return Balance(gateway, account, opened["balance"], opened["token"], opened["base_url"])


def ask(balance: Balance, token: str, account: str | None = ACCOUNT, scheme: str = "Bearer") -> int:
    fields = {"authorization": f"{scheme} {token}"} | ({"chatgpt-account-id": account} if account else {})
    return balance.ask(fields=fields).status


def record(balance: Balance) -> dict | None:
    """The balance's keepalive in directory.json."""
    content = json.loads((balance.gateway.data / "directory.json").read_bytes())
    [found] = [row for row in content["balances"] if row["balance"] == balance.id]
    return found.get("keepalive")


def wait_for_login(balance: Balance) -> dict:
    return wait_until("a sealed login", lambda: (kept := record(balance)) and "login" in kept and kept)


def assert_nowhere(gateway: Gateway, *secrets: str) -> None:
    for path in [p for p in gateway.directory.rglob("*") if p.is_file()]:
        data = path.read_bytes()
        for secret in secrets:
            assert secret.encode() not in data, f"a login is in {path.name}"


def keep(balance: Balance, token: str, expires: str | None = None) -> None:
    """Writes a login as the gateway keeps it, while the gateway does not run."""
    gateway = balance.gateway
    path = gateway.data / "directory.json"
    content = json.loads(path.read_bytes())
    [row] = [row for row in content["balances"] if row["balance"] == balance.id]
    key = (gateway.data / "secret.key").read_bytes()
    digest = hashlib.sha256(plain(token)).hexdigest()
    sealed = base64url(seal(key, purpose(balance), plain(token)))
    due = {"due": "2026-01-01T00:00:00.000Z", "number": 1}
    ends = {"expires": expires} if expires else {}
    row["keepalive"] = {"on": True, "login": sealed, "digest": digest} | ends | due
    path.write_text(json.dumps(content, separators=(",", ":")))


def last(balance: Balance, **expected: object) -> dict:
    """The last result that `balance show` tells, once it has these values."""

    def look() -> dict | None:
        found = balance.show()["keepalive_last"]
        return found if found and all(found.get(k) == v for k, v in expected.items()) else None

    return wait_until(f"a keepalive with {expected}", look, 30)


# Consent.


def test_nothing_is_kept_without_consent(gateway: Gateway, own: OwnUpstream) -> None:
    gateway.start()
    balance = open_login(gateway)
    token = jwt("canary-none")
    assert ask(balance, token) == 200 and own.of(token)
    assert record(balance) is None and balance.show()["keepalive"] == "off"
    gateway.stop()
    assert record(balance) is None
    assert_nowhere(gateway, token, ACCOUNT)


@pytest.mark.parametrize("service", ["link", "boost"])
def test_a_login_is_kept_sealed_and_goes_with_consent(gateway: Gateway, service: str) -> None:
    gateway.start()
    balance = open_login(gateway, service)
    token = jwt("canary-sealed", datetime(2027, 1, 2, 3, 4, 5))
    shown = gateway.cli("keepalive", balance.id, "on")
    assert shown["balance"] == balance.id and shown["keepalive"] == "on" and shown["keepalive_next"] is None
    assert ask(balance, token) == 200
    kept = wait_for_login(balance)
    key, sealed = (gateway.data / "secret.key").read_bytes(), decoded(kept["login"])
    assert unseal(key, purpose(balance), sealed) == plain(token)
    for other in (b"tinygateway access token " + balance.id.encode(), purpose(balance) + b"x"):
        with pytest.raises(ValueError):
            unseal(key, other, sealed)
    assert kept["digest"] == hashlib.sha256(plain(token)).hexdigest()
    shown = balance.show()
    assert shown["keepalive"] == "on" and shown["keepalive_next"] == kept["due"]
    assert_nowhere(gateway, token, ACCOUNT)
    off = gateway.cli("keepalive", balance.id, "off")
    assert off["keepalive"] == "off" and off["keepalive_next"] is None and off["keepalive_last"] is None
    kept = record(balance)
    assert set(kept) == {"on", "due", "number"} and kept["on"] is False
    assert ask(balance, token) == 200
    gateway.stop()
    assert set(record(balance)) == {"on", "due", "number"}
    assert_nowhere(gateway, token, ACCOUNT)


@pytest.mark.parametrize(
    ("token", "account", "scheme"),
    [("opaque-canary", None, "Bearer"), ("dXNlcjpwYXNz", ACCOUNT, "Basic"), ("x" * 9000, ACCOUNT, "Bearer")],
    ids=["no account", "another scheme", "too long"],
)
def test_what_is_no_login_is_not_kept(gateway: Gateway, token: str, account: str | None, scheme: str) -> None:
    gateway.start()
    balance, control = open_login(gateway), open_login(gateway)
    for each in (balance, control):
        gateway.cli("keepalive", each.id, "on")
    assert ask(balance, token, account, scheme) == 200
    assert ask(control, "opaque-control") == 200
    wait_for_login(control)
    assert record(balance) == {"on": True}
    assert_nowhere(gateway, token)


def test_a_refused_login_is_not_kept(gateway: Gateway, own: OwnUpstream) -> None:
    gateway.start()
    balance = open_login(gateway)
    gateway.cli("keepalive", balance.id, "on")
    own.answers["bad"] = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n"
    assert ask(balance, "bad") == 401
    assert ask(balance, "good") == 200
    kept = wait_for_login(balance)
    assert kept["digest"] == hashlib.sha256(plain("good")).hexdigest()


def test_it_is_switched_without_a_gateway_and_survives_rotation(gateway: Gateway) -> None:
    balance = open_login(gateway)
    assert gateway.cli("keepalive", balance.id, "on")["keepalive"] == "on"
    keep(balance, "opaque")
    gateway.cli("token", "rotate", balance.id)
    assert "login" in record(balance) and balance.show()["keepalive"] == "on"
    gateway.cli("keepalive", balance.id, "off")
    assert "login" not in record(balance)


def test_pay_has_no_login_to_keep(gateway: Gateway) -> None:
    balance = gateway.open_balance()
    refused = gateway.run("keepalive", balance.id, "on")
    assert refused.returncode == 1 and "is of pay" in refused.stderr
    assert gateway.run("keepalive", balance.id, "perhaps").returncode == 2
    assert "keepalive" not in balance.show()


def test_a_plan_survives_a_restart(gateway: Gateway) -> None:
    gateway.start()
    balance = open_login(gateway)
    gateway.cli("keepalive", balance.id, "on")
    assert ask(balance, "opaque") == 200
    kept = wait_for_login(balance)
    gateway.stop()
    assert record(balance) == kept
    gateway.start()
    # The same time, or a later one where that has passed meanwhile.
    assert balance.show()["keepalive_next"] >= kept["due"]


# Requests, on a clock that runs ahead.


def test_the_request_is_small_honest_and_free(fast: Gateway, own: OwnUpstream) -> None:
    balance, token = open_login(fast), jwt("warm")
    own.answers[token.lower()] = (
        b"HTTP/1.1 200 OK\r\nx-codex-primary-used-percent: 42.5\r\nx-codex-secondary-used-percent: 7\r\n"
        + HEAD.split(b"\r\n", 1)[1]
        + chunk(COMPLETED)
        + LAST_CHUNK
    )
    keep(balance, token)
    fast.start()
    entries = fast.ledger.read_bytes()
    requests = own.wait_for(token, 3)
    for head, content in requests:
        lines = head.decode().split("\r\n")
        assert lines[0] == "post /v1/responses http/1.1"
        fields = dict(line.split(": ", 1) for line in lines[1:])
        assert fields["chatgpt-account-id"] == ACCOUNT and fields["user-agent"] == "tinygateway"
        assert not [name for name in fields if name.startswith("x-") or name in ("originator", "session-id")]
        body = json.loads(content)
        assert body["model"] == "gpt-5.4-mini" and body["stream"] is True and body["store"] is False
        assert len(content) < 300
    found = last(balance, status=200)
    assert found["primary_used_percent"] == 42 and found["secondary_used_percent"] == 7
    assert re.search(r"last keepalive +\S+ status 200, primary window 42%", fast.text("balance", "show", balance.id))
    assert balance.show()["keepalive_next"] > found["at"]
    fast.stop()
    assert fast.ledger.read_bytes() == entries, "a keepalive is never billed"
    assert record(balance)["last"]["status"] == 200 and balance.show()["keepalive_last"]["status"] == 200
    assert_nowhere(fast, token, ACCOUNT, "resp_1")


def test_who_is_not_asked(fast: Gateway, own: OwnUpstream) -> None:
    """One for each reason, and one that goes on: when it was asked thrice more, the others were not."""
    refused, expired, spent, over, off, foreign, good = [open_login(fast, weeks=i != 3) for i in range(7)]
    ahead = (datetime.now() + timedelta(days=3)).timestamp()
    own.answers["refused"] = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n"
    content = json.dumps({"error": {"type": "usage_limit_reached", "resets_at": int(ahead)}}).encode()
    own.answers["spent"] = b"HTTP/1.1 429 X\r\ncontent-length: %d\r\n\r\n" % len(content) + content
    keep(refused, "refused")
    keep(expired, "expired", "2026-01-01T00:00:00.000Z")
    keep(spent, "spent")
    keep(over, "over")
    keep(off, "off")
    keep(foreign, "foreign")
    keep(good, "good")
    path = fast.data / "directory.json"
    path.write_bytes(path.read_bytes().replace(*[record(each)["login"].encode() for each in (foreign, good)]))
    fast.cli("keepalive", off.id, "off")
    fast.start()
    last(refused, status=401)
    last(spent, skipped="the usage window is spent")
    last(expired, skipped="the token has expired")
    last(over, skipped="the pass or balance is over")
    last(foreign, skipped="the token was sealed under another secret.key")
    own.wait_for("good", len(own.of("good")) + 3)
    assert len(own.of("refused")) == 1 and len(own.of("spent")) == 1
    assert not own.of("expired") and not own.of("over") and not own.of("off")
    for each in (refused, expired, foreign):
        assert each.show()["keepalive_next"] is None
    # Another login is another chance.
    assert ask(refused, "renewed") == 200
    own.wait_for("renewed", 3)
    assert len(own.of("refused")) == 1


def unanswered(fast: Gateway, own: OwnUpstream) -> Balance:
    """A gateway that has started with a request which nobody answers."""
    balance = open_login(fast)
    own.answers["silent"] = b""
    keep(balance, "silent")
    fast.start()
    own.wait_for("silent")
    return balance


def test_taking_consent_back_ends_a_request_under_way(fast: Gateway, own: OwnUpstream) -> None:
    balance = unanswered(fast, own)
    [peer] = wait_until("a silent peer", lambda: own.silent)
    peer.settimeout(10)
    fast.cli("keepalive", balance.id, "off")
    assert peer.recv(1) == b"", "the connection stayed"


def test_a_request_under_way_does_not_keep_the_gateway(fast: Gateway, own: OwnUpstream) -> None:
    balance = unanswered(fast, own)
    assert fast.stop(seconds=10) == 0
    assert record(balance)["on"] is True and "login" in record(balance)


def test_a_limit_of_nought_turns_it_off(make_gateway: Make, own: OwnUpstream) -> None:
    gateway = make_gateway(**tables(own, daily_limit=0)).start()
    balance = open_login(gateway)
    said = gateway.run("keepalive", balance.id, "on")
    assert said.returncode == 0 and "daily_limit is 0" in said.stderr
    assert ask(balance, "opaque") == 200
    gateway.stop()
    assert record(balance) == {"on": True}
