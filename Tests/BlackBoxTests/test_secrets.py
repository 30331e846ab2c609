"""Nothing that a customer says, hears or shows as a token is found in any file of ours."""

from __future__ import annotations

import os

from harness import ledger
from harness.client import ask
from harness.gateway import CREDENTIAL, turn


def test_no_canary_in_any_file(make_gateway) -> None:
    gateway = make_gateway().start()
    balance = gateway.open_balance(email="canary-person@example.test")
    said, heard, own = "canary-said-7f3a", "canary-heard-9c1b", "canary-own-key-55d2"
    for scenario in (f"plain;text={heard}", f"cut;text={heard}", f"broken;kind=garbage;x={heard}", "status;status=401"):
        balance.ask(turn(text=said), scenario, fields={"authorization": f"Bearer {own}"})
        ask(gateway.port, f"/u/{balance.token}/v1/responses", body=turn(text=said), fields={"x-stub": scenario})
    ask(gateway.port, f"/u/{balance.token}x/v1/responses", body=turn(text=said))
    ask(gateway.port, body=b"{" + said.encode(), fields={"x-tinygateway-token": balance.token})
    gateway.text("config", "toml", balance.id)
    gateway.stop()
    secrets = {"prompt": said, "output": heard, "own key": own, "token": balance.token, "credential": CREDENTIAL}
    files = [p for p in gateway.directory.rglob("*") if p.is_file()]
    assert gateway.ledger in files and gateway.errors in files
    for path in files:
        data = path.read_bytes()
        for name, secret in secrets.items():
            assert secret.encode() not in data, f"the {name} is in {path.name}"
    assert b"canary-person" not in gateway.ledger.read_bytes()


def test_files_are_for_the_owner_alone(make_gateway) -> None:
    gateway = make_gateway().start()
    gateway.open_balance()
    for name in ("secret.key", "admin.sock", "directory.json"):
        mode = os.stat(gateway.data / name).st_mode & 0o777
        assert mode & 0o077 == 0, f"{name} has mode {mode:o}"


def test_ledger_entries_have_their_fields_in_order(make_gateway) -> None:
    gateway = make_gateway().start()
    balance = gateway.open_balance()
    balance.ask(turn("gpt-5.5"), "plain;searches=1;images=1")
    [charge] = balance.wait_for("charge")
    order = "seq at type balance id began response model row table fast tier input cached cache_write output reasoning "
    order += "tokens_cost searches searches_cost images images_cost exact amount metered"
    fixed = [k for k in charge if k not in ("reason", "n", "prev", "link", "synced", "chain")]
    assert fixed == order.split()
    first = ledger.entries(gateway.ledger)
    assert [e["type"] for e in first[:2]] == ["ledger", "prices"]
