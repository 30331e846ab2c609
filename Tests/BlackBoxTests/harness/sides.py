"""A gateway between two upstreams, the user's own and the operator's, and a customer with a login."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from . import ledger
from .client import Answer, ask
from .gateway import Balance, Gateway, turn
from .login import Login, turn_metadata
from .processes import wait_until
from .stub import Stub

OWN_PATH = "/backend-api/codex"
BODY_BYTES = 1 << 20
LIMIT = "status;status=429;type=usage_limit_reached;ecode=usage_limit_reached"


class Sides:
    """Both stubs and the gateway between them."""

    def __init__(self, binary: Path, directory: Path, /, **tables: dict):
        self.own = Stub(directory / "own", side="own", body_bytes=BODY_BYTES)
        self.managed = Stub(directory / "managed", side="managed", body_bytes=BODY_BYTES)
        tables = {"upstream_own": {"url": self.own_url}} | tables
        self.gateway = Gateway(binary, directory / "gateway", self.managed.url, **tables)

    @property
    def own_url(self) -> str:
        return f"http://127.0.0.1:{self.own.port}{OWN_PATH}"

    def start(self) -> Sides:
        self.gateway.start()
        return self

    def stop(self) -> None:
        self.own.stop()
        self.managed.stop()

    def boost(self, grant: str | None = "5") -> Customer:
        return Customer(self, self.gateway.open_balance(grant, service="boost"))

    def link(self, weeks: int | None = 1) -> Customer:
        return Customer(self, self.gateway.open_pass(weeks))

    def pay(self, grant: str | None = "5") -> Customer:
        return Customer(self, self.gateway.open_balance(grant))


@dataclass
class Asked:
    """What one upstream saw of a request of ours."""

    requests: list[dict]
    answers: list[dict]

    @property
    def whole(self) -> int:
        """Requests whose body arrived to its end."""
        return sum(r["body_complete"] for r in self.requests)

    @property
    def generated(self) -> int:
        return sum(a["generated"] for a in self.answers)

    def is_content(self, content: bytes) -> bool:
        """Whether this is what the last answer said, to the last byte."""
        return self.answers[-1]["content_sha256"] == hashlib.sha256(content).hexdigest()

    def bodies(self) -> list[dict]:
        return [json.loads(body_of(r)) for r in self.requests]


def body_of(request: dict) -> bytes:
    """A logged body; the log writes each byte as one character."""
    return request["body_first"].encode("latin-1")


@dataclass
class Outcome:
    answer: Answer
    own: Asked
    managed: Asked


@dataclass
class Customer:
    """A balance or a pass, and the login of the person who holds it."""

    sides: Sides
    balance: Balance
    login: Login = field(default_factory=Login)

    def fields(self, own: str | None, managed: str | None, turn_id: str | None) -> dict[str, str]:
        fields = {"x-tinygateway-token": self.balance.token, "content-type": "application/json"} | self.login.fields
        fields["x-codex-turn-metadata"] = turn_metadata(turn_id)
        chosen = {"x-stub-own": own, "x-stub-managed": managed}
        return fields | {name: value for name, value in chosen.items() if value}

    def ask(
        self,
        own: str | None = None,
        managed: str | None = None,
        body: dict | bytes | None = None,
        turn_id: str | None = "",
        route: str = "/responses",
        **more: object,
    ) -> Outcome:
        """One request; `turn_id` is a new one unless given, None for none."""
        turn_id = os.urandom(8).hex() if turn_id == "" else turn_id
        fields = self.fields(own, managed, turn_id) | more.pop("fields", {})
        body = turn() if body is None and more.get("method", "POST") == "POST" else body
        marks = self.sides.own.mark(), self.sides.managed.mark()
        fields = {name: value for name, value in fields.items() if value is not None}
        answer = ask(self.sides.gateway.port, f"/v1{route}", body=body, fields=fields, **more)
        return Outcome(answer, _asked(self.sides.own, marks[0]), _asked(self.sides.managed, marks[1]))

    def entries(self, *kinds: str) -> list[dict]:
        """What the ledger says of this balance, apart from its opening."""
        found = ledger.entries(self.sides.gateway.ledger, balance=self.balance.id)
        return [e for e in found if e["type"] in kinds] if kinds else [e for e in found if e["type"] not in OPENING]

    def charges(self) -> list[dict]:
        return self.entries("charge")


OPENING = ("balance", "grant", "topup", "pass")


def _asked(stub: Stub, mark: int) -> Asked:
    """Every whole request has its answer in the log, though perhaps a moment later."""

    def settled() -> Asked | None:
        seen = Asked(stub.requests(mark), stub.answers(mark))
        answered = {a["n"] for a in seen.answers}
        return seen if all(r["n"] in answered for r in seen.requests if r["body_complete"]) else None

    return wait_until("the stub has ended its answers", settled)
