"""Who may come in, by which of three ways, and the routes beside the relay."""

from __future__ import annotations

import os

import pytest

from harness.client import Connection, ask, head
from harness.gateway import CREDENTIAL, Balance, Gateway, turn
from harness.stub import Stub, fields_of

OTHER = "tg_" + "A" * 43


def test_three_ways_in(gateway: Gateway, balance: Balance, stub: Stub) -> None:
    mark = stub.mark()
    assert ask(gateway.port, body=turn(), fields={"x-tinygateway-token": balance.token}).status == 200
    assert ask(gateway.port, f"/u/{balance.token}/v1/responses", body=turn()).status == 200
    assert ask(gateway.port, body=turn(), fields={"authorization": f"Bearer {balance.token}"}).status == 200
    balance.wait_for("charge", 3)
    for request in stub.requests(mark):
        assert request["target"] == "/v1/responses"
        assert fields_of(request)["authorization"] == f"Bearer {CREDENTIAL}"
        assert balance.token not in str(request)


def test_base_url_is_the_dedicated_one(gateway: Gateway, balance: Balance) -> None:
    assert balance.base_url == f"{gateway.url}/u/{balance.token}/v1"


@pytest.mark.parametrize("token", ["", "tg_", "tg_x", OTHER, "sk-something", "tg_" + "é" * 10])
def test_unknown_token(gateway: Gateway, stub: Stub, token: str) -> None:
    mark = stub.mark()
    fields = {"x-tinygateway-token": token} if token else {}
    answer = ask(gateway.port, body=turn(), fields=fields)
    assert answer.status == 401
    assert answer.error
    assert token == "" or token not in answer.content.decode()
    assert not stub.requests(mark)


def test_unknown_token_beside_a_chatgpt_login(gateway: Gateway) -> None:
    """A 401 would make Codex refresh the user's real login."""
    fields = {"x-tinygateway-token": OTHER, "authorization": "Bearer eyJ", "chatgpt-account-id": "acct"}
    answer = ask(gateway.port, body=turn(), fields=fields)
    assert answer.status == 400
    assert answer.error["code"] == "invalid_prompt"


def test_two_tokens(gateway: Gateway, balance: Balance, stub: Stub) -> None:
    second, mark = gateway.open_balance(), stub.mark()
    for target, fields in [
        (f"/u/{balance.token}/v1/responses", {"x-tinygateway-token": second.token}),
        ("/v1/responses", {"x-tinygateway-token": balance.token, "authorization": f"Bearer {second.token}"}),
        (f"/u/{balance.token}/v1/responses", {"authorization": f"Bearer {second.token}"}),
    ]:
        answer = ask(gateway.port, target, body=turn(), fields=fields)
        assert answer.status == 400
    assert not stub.requests(mark)
    same = {"x-tinygateway-token": balance.token, "authorization": f"Bearer {balance.token}"}
    assert ask(gateway.port, body=turn(), fields=same).status == 200


def test_two_token_fields(gateway: Gateway, balance: Balance, stub: Stub) -> None:
    second, mark = gateway.open_balance(), stub.mark()
    with Connection(gateway.port) as c:
        lines = [f"x-tinygateway-token: {token}" for token in (balance.token, second.token)]
        text = "\r\n".join([*lines, "content-length: 2", "", "{}"])
        c.send(head("POST", "/v1/responses", gateway.port)[:-2] + text.encode())
        assert c.answer().status == 400
    assert not stub.requests(mark)


def test_own_key_beside_the_token_is_dropped(balance: Balance, stub: Stub) -> None:
    mark = stub.mark()
    assert balance.ask(fields={"authorization": "Bearer sk-own"}).status == 200
    assert fields_of(stub.requests(mark)[0])["authorization"] == f"Bearer {CREDENTIAL}"


def test_rotated_token(gateway: Gateway, balance: Balance) -> None:
    rotated = gateway.cli("token", "rotate", balance.id)
    assert rotated["balance"] == balance.id and rotated["token"] != balance.token
    assert balance.ask().status == 401
    assert ask(gateway.port, body=turn(), fields={"x-tinygateway-token": rotated["token"]}).status == 200


def test_used_up(gateway: Gateway, stub: Stub) -> None:
    empty = gateway.open_balance(grant=None)
    mark = stub.mark()
    answer = empty.ask()
    assert answer.status == 429
    assert answer.error["type"] == "usage_limit_reached"
    assert answer.field("x-codex-promo-message")
    assert not stub.requests(mark)


def test_top_up_counts_at_once(gateway: Gateway) -> None:
    balance = gateway.open_balance(grant=None)
    payment = os.urandom(4).hex()
    first = gateway.cli("topup", balance.id, "20", "--payment", payment)
    assert first["remaining"] == "60.0000"
    assert gateway.cli("topup", balance.id, "20", "--payment", payment)["remaining"] == "60.0000"
    assert gateway.run("topup", balance.id, "30", "--payment", payment).returncode == 1
    assert gateway.run("topup", balance.id, "7", "--payment", os.urandom(4).hex()).returncode == 1
    assert balance.ask().status == 200
    assert len(balance.entries("topup")) == 1


def test_models(gateway: Gateway, balance: Balance) -> None:
    fields = {"x-tinygateway-token": balance.token}
    listed = ask(gateway.port, "/v1/models", method="GET", fields=fields)
    assert listed.status == 200 and listed.json["object"] == "list"
    assert {"gpt-5.5", "gpt-5.4-mini"} <= {m["id"] for m in listed.json["data"]}
    for target in ("/v1/models?client_version=0.163.0", f"/u/{balance.token}/v1/models?client_version=0.163.0"):
        answer = ask(gateway.port, target, method="GET", fields={} if "/u/" in target else fields)
        assert answer.json == {"models": []}


def test_models_want_a_token(gateway: Gateway) -> None:
    assert ask(gateway.port, "/v1/models", method="GET").status == 401


def test_healthz(gateway: Gateway) -> None:
    assert ask(gateway.port, "/healthz", method="GET").status == 200
    answer = ask(gateway.port, "/healthz", method="HEAD")
    assert answer.status == 200 and not answer.content


@pytest.mark.parametrize(
    "target", ["/nothing", "/v1", "/v1/", "/v1/responses/x", "/v1/chat/completions", "/u", "/u/x", "/v2/responses"]
)
def test_everything_else_is_404(gateway: Gateway, balance: Balance, stub: Stub, target: str) -> None:
    mark = stub.mark()
    answer = ask(gateway.port, target, body={}, fields={"x-tinygateway-token": balance.token})
    assert answer.status == 404
    assert answer.error
    assert not stub.requests(mark)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_wrong_method(gateway: Gateway, balance: Balance, stub: Stub, method: str) -> None:
    mark = stub.mark()
    answer = ask(gateway.port, "/v1/responses", method=method, fields={"x-tinygateway-token": balance.token})
    assert answer.status in (404, 405)
    assert answer.error
    assert not stub.requests(mark)


def test_websocket_upgrade_is_426(gateway: Gateway, balance: Balance, stub: Stub) -> None:
    mark = stub.mark()
    fields = {
        "x-tinygateway-token": balance.token,
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "m0+PlHde7T3i1f583VS1Vg==",
    }
    answer = ask(gateway.port, "/v1/responses", method="GET", fields=fields)
    assert answer.status == 426
    assert not stub.requests(mark)


def test_a_balance_of_its_own(gateway: Gateway) -> None:
    """Two balances of one account do not pay for each other."""
    first = gateway.open_balance()
    opened = gateway.cli("balance", "open", first.account, "pay", "--grant", "3")
    first.ask()
    assert gateway.cli("balance", "show", opened["balance"])["remaining"] == "3.0000"


def test_lists(gateway: Gateway, balance: Balance) -> None:
    rows = gateway.rows("balance", "list")
    assert balance.id in {row["balance"] for row in rows}
    assert balance.account in {row["account"] for row in gateway.rows("account", "list")}
