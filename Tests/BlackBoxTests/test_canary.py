"""After a busy run nothing that customers said, heard or showed as a token is found anywhere of ours.

Files, logs, the command line, and the core of a process that was aborted when its exchanges had ended. The
environment is left out: an operator who gives a key by `env:` has put it there.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from collections.abc import Iterable
from pathlib import Path

import pytest

from harness.client import Connection, ask, head
from harness.facts import fact
from harness.gateway import CREDENTIAL, turn
from harness.login import Login, jwt
from harness.processes import wait_until
from harness.sides import LIMIT, Customer, Sides

SAID, HEARD, SAID_BEHIND = "canary-said-7f3a", "canary-heard-9c1b", "canary-behind-2e8d"
STATE, KEY, ACCOUNT = "canary-state-41aa", "canary-own-key-55d2", "canary-account-6b0f"
SEALED = "canary-encrypted-0d77"

# Both sides in every kind of trouble, each with words that must not stay.
OWN = [
    f"plain;text={HEARD};turn_state={STATE}",
    f"plain;text={HEARD};framing=close",
    f"cut;after=5;text={HEARD}",
    f"{LIMIT};message={HEARD};resets_in=0",
    f"refuse;as=nested;code=usage_limit_reached;message={HEARD};resets_in=0;handshake=9",
    f"status;status=401;message={HEARD}",
    f"status;status=500;body=html;message={HEARD}",
    f"broken;kind=garbage;x={HEARD}",
    f"broken;kind=obs-fold;x={HEARD}",
    f"plain;sealed=document;text={HEARD}",
    f"plain;events=3000;event_bytes=500;text={HEARD}",
]
MANAGED = [
    f"plain;text={HEARD};turn_state={STATE}",
    f"cut;after=5;text={HEARD}",
    f"status;status=401;message=key {HEARD}",
    f"status;status=500;message={HEARD}",
    f"broken;kind=bad-chunk;split=135;split_ms=20;x={HEARD}",
    f"plain;input=-5;text={HEARD}",
    f"nousage;text={HEARD}",
]


def said(size: int = 10, **more: object) -> dict:
    """A body with canaries at its beginning and its end, and reasoning between them."""
    content = [{"type": "input_text", "text": SAID}]
    items = [{"type": "message", "role": "user", "content": content}]
    items += [{"type": "reasoning", "encrypted_content": SEALED}]
    return turn() | {"input": items, "metadata": {"filler": "f" * size, "last": SAID_BEHIND}} | more


def be_busy(sides: Sides, customers: Iterable[Customer]) -> None:
    for customer in customers:
        for own in OWN:
            for managed in MANAGED if own.startswith(("status;status=429", "refuse")) else MANAGED[:1]:
                customer.ask(own, managed, said())
        customer.ask(LIMIT, MANAGED[0], said(2_000_000))
        customer.ask(OWN[0], MANAGED[0], said(stream=False))
        customer.ask(LIMIT, MANAGED[0], said(background=True))
        customer.ask(OWN[0], None, b"{" + SAID.encode())
        customer.ask(OWN[0], MANAGED[0], SAID.encode(), fields={"content-encoding": "zstd"})
        for route in ("/images/generations", "/alpha/search", "/wham/usage"):
            customer.ask(None, None, {"model": "gpt-image-2", "prompt": SAID}, route=route)
        key = {"authorization": f"Bearer {KEY}", "cookie": f"session={KEY}"}
        customer.ask(OWN[0], MANAGED[0], said(), fields=key)
        customer.ask(OWN[0], MANAGED[0], said(), fields={"x-codex-turn-state": STATE})
        ask(sides.gateway.port, f"/u/{customer.balance.token}/v1/responses?q={SAID}", said(), customer.login.fields)
        ask(sides.gateway.port, f"/u/{customer.balance.token}x/v1/responses", said(), customer.login.fields)
        ask(sides.gateway.port, f"/v1/../{SAID}", said(), customer.login.fields)
        leave(sides, customer)
        sides.gateway.text("config", "toml", customer.balance.id)
    with Connection(sides.gateway.port) as c:
        c.send(f"POST /v1/responses HTTP/1.1\r\nbad field {SAID} {KEY}\r\n\r\n".encode())
        c.answer()


def leave(sides: Sides, customer: Customer) -> None:
    """In the middle of an answer, and in the middle of a body."""
    body = json.dumps(said()).encode()
    for own, sent in ((f"plain;events=50;pace_ms=5;text={HEARD}", body), ("plain", body[:-5])):
        with Connection(sides.gateway.port) as c:
            fields = customer.fields(own, own, None)
            c.send(head("POST", "/v1/responses", sides.gateway.port, fields, len(body)) + sent)
            if sent == body:
                c.answer(watch=lambda reader: len(reader.answer.content) > 500)


def secrets_of(customers: list[Customer]) -> dict[str, str]:
    found = {"a prompt": SAID, "a prompt's end": SAID_BEHIND, "an output": HEARD, "encrypted reasoning": SEALED}
    found |= {"an own key": KEY, "a turn state": STATE, "an account id": ACCOUNT, "the operator's key": CREDENTIAL}
    for customer in customers:
        found[f"the access token of {customer.balance.id}"] = customer.balance.token
        found[f"the login of {customer.balance.id}"] = customer.login.token.split(".")[1]
    return found


def search(path: Path, secrets: dict[str, str]) -> list[str]:
    data = path.read_bytes()
    return [f"{name} in {path.name}" for name, secret in secrets.items() if secret.encode() in data]


def allow_cores() -> None:
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except ValueError:
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


@pytest.fixture
def busy(make_sides) -> tuple[Sides, list[Customer]]:
    sides = make_sides()
    sides.gateway.start(allow_cores)
    made = [sides.link(), sides.boost("50"), sides.pay("50"), sides.boost(grant=None)]
    customers = [
        Customer(sides, c.balance, Login(f"{ACCOUNT}-{n}", token=jwt(f"{ACCOUNT}-{n}"))) for n, c in enumerate(made)
    ]
    for customer in customers[:2]:
        sides.gateway.cli("keepalive", customer.balance.id, "on")
    be_busy(sides, customers)
    sides.gateway.cli("token", "rotate", customers[0].balance.id)
    wait_until("no stream is left", lambda: fact(sides.gateway, "streams") == 0, 30)
    return sides, customers


def test_no_canary_anywhere(busy) -> None:
    sides, customers = busy
    secrets = secrets_of(customers)
    arguments = Path(f"/proc/{sides.gateway.pid}/cmdline").read_bytes()
    assert not any(secret.encode() in arguments for secret in secrets.values())
    assert sides.own.requests() and sides.managed.requests(), "nobody was busy"
    sides.gateway.stop()
    files = [p for p in sides.gateway.directory.rglob("*") if p.is_file()]
    assert {sides.gateway.ledger, sides.gateway.errors, sides.gateway.data / "directory.json"} <= set(files)
    assert [hit for path in files for hit in search(path, secrets)] == []


def test_no_canary_in_a_core(busy) -> None:
    """What a core may hold is what an idle process needs: nothing of any exchange that has ended."""
    sides, customers = busy
    directory = sides.gateway.directory
    assert sides.gateway.stop(signal.SIGABRT, seconds=60) == -signal.SIGABRT
    cores = [p for p in directory.glob("core*") if p.is_file()]
    assert [hit for path in cores for hit in search(path, secrets_of(customers))] == []
    assert not [hit for hit in search(sides.gateway.errors, secrets_of(customers))]


def test_what_is_personal_stays_out_of_the_ledger(busy) -> None:
    """The ledger is kept for ever; only directory.json can be cleaned."""
    sides, customers = busy
    text = sides.gateway.ledger.read_text()
    accounts = [row["email"] for row in sides.gateway.rows("account", "list")]
    assert len(accounts) == len(customers) and not any(email in text for email in accounts)
    assert "127.0.0.1" not in text and os.fspath(sides.gateway.directory) not in text
