"""The real Codex CLI through the gateway: what it prints, what it asks again, what it costs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from harness import prices
from harness.codex import BINARY, Codex, Turn, block
from harness.gateway import Balance, Gateway
from harness.stub import Stub, fields_of

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason="openai-codex-cli-bin is not installed")


@pytest.fixture
def codex(gateway: Gateway, balance: Balance, tmp_path: Path) -> Codex:
    return Codex(tmp_path, gateway.text("config", "toml", balance.id))


def assert_ledger_equals(turn: Turn, charges: list[dict]) -> None:
    printed = turn.usage
    pairs = {
        "input": "input_tokens",
        "cached": "cached_input_tokens",
        "cache_write": "cache_write_input_tokens",
        "output": "output_tokens",
        "reasoning": "reasoning_output_tokens",
    }
    for ours, theirs in pairs.items():
        assert sum(c[ours] for c in charges) == printed.get(theirs, 0), ours


def test_the_stub_satisfies_codex(stub: Stub, tmp_path: Path) -> None:
    turn = Codex(tmp_path, block(stub.url)).exec("say hi [stub:plain;text=hello there]")
    assert turn.status == 0 and turn.texts == ["hello there"]
    assert turn.usage["input_tokens"] == 1234


def test_plain_turn(codex: Codex, balance: Balance, stub: Stub) -> None:
    mark = stub.mark()
    turn = codex.exec("say hi [stub:plain;text=hello there;cache_write=77]")
    assert turn.status == 0 and turn.texts == ["hello there"], turn
    charges = balance.wait_for("charge")
    assert_ledger_equals(turn, charges)
    usage = {"input": 1234, "cached": 1000, "cache_write": 77, "output": 56}
    assert Decimal(charges[0]["amount"]) == prices.charge("gpt-5.5", **usage)
    [request] = stub.requests(mark)
    assert fields_of(request)["originator"] == "codex_exec"
    assert balance.token not in str(request)


def test_dedicated_url(gateway: Gateway, balance: Balance, tmp_path: Path) -> None:
    text = gateway.text("config", "toml", balance.id, "--url")
    assert balance.base_url in text
    assert Codex(tmp_path, text).exec("say hi").status == 0
    balance.wait_for("charge")


def test_block_keeps_the_token_out_of_the_url(gateway: Gateway, balance: Balance) -> None:
    text = gateway.text("config", "toml", balance.id)
    urls = [line for line in text.splitlines() if line.startswith("base_url")]
    assert urls and balance.token not in urls[0] and balance.token in text
    assert "requires_openai_auth = false" in text and "supports_websockets = false" in text


def test_tool_loop(codex: Codex, balance: Balance, stub: Stub) -> None:
    mark = stub.mark()
    turn = codex.exec("run it [stub:tool;command=echo tool-ran;turn_state=state-7;text=done]")
    assert turn.status == 0 and turn.texts == ["done"], turn
    commands = [e["item"] for e in turn.events if e.get("item", {}).get("type") == "command_execution"]
    assert any("tool-ran" in c.get("aggregated_output", "") for c in commands), turn.events
    requests = stub.requests(mark)
    assert len(requests) == 2
    assert fields_of(requests[1])["x-codex-turn-state"] == "state-7"
    assert_ledger_equals(turn, balance.wait_for("charge", 2))


def test_resumed_session(codex: Codex, balance: Balance) -> None:
    assert codex.exec("say hi [stub:plain;text=one]").status == 0
    turn = codex.exec("resume", "--last", "and again [stub:plain;text=two]")
    assert turn.status == 0 and turn.texts == ["two"], turn
    assert_ledger_equals(turn, balance.wait_for("charge", 2))


def test_fast(codex: Codex, balance: Balance) -> None:
    assert codex.exec("say hi", settings=['service_tier="fast"']).status == 0
    charge = balance.wait_for("charge")[0]
    assert charge["fast"] is True
    assert Decimal(charge["amount"]) == prices.charge("gpt-5.5", input=1234, cached=1000, output=56, fast=True)


def test_web_search_items(codex: Codex, balance: Balance) -> None:
    turn = codex.exec("search [stub:plain;searches=2;opens=1]", settings=['web_search="live"'])
    assert turn.status == 0
    assert balance.wait_for("charge")[0]["searches"] == 2


def test_exhausted_balance(gateway: Gateway, stub: Stub, tmp_path: Path) -> None:
    balance, mark = gateway.open_balance(grant=None), stub.mark()
    turn = Codex(tmp_path, gateway.text("config", "toml", balance.id), retries=None).exec("say hi")
    assert turn.status == 1
    assert turn.failure.startswith("You’ve hit your usage limit. "), turn.failure
    assert "chatgpt.com" not in turn.failure
    assert not stub.requests(mark)


def test_rotated_token(codex: Codex, gateway: Gateway, balance: Balance, tmp_path: Path) -> None:
    gateway.cli("token", "rotate", balance.id)
    turn = codex.exec("say hi")
    assert turn.status == 1
    assert "401" in turn.failure and balance.token not in turn.failure
    assert Codex(tmp_path / "new", gateway.text("config", "toml", balance.id)).exec("say hi").status == 0


def test_upstream_failure(codex: Codex, balance: Balance) -> None:
    turn = codex.exec("say hi [stub:status;status=503;message=upstream is down]")
    assert turn.status == 1 and "upstream is down" in turn.failure
    assert not balance.charges()


def test_upstream_failure_then_success(gateway: Gateway, balance: Balance, tmp_path: Path) -> None:
    codex = Codex(tmp_path, gateway.text("config", "toml", balance.id), retries=2)
    turn = codex.exec(f"say hi [stub:status;status=500;times=1;message={balance.id}]")
    assert turn.status == 0
    assert len(balance.wait_for("charge")) == 1


def test_operators_credential_refused(codex: Codex) -> None:
    turn = codex.exec("say hi [stub:status;status=401;message=bad key sk-abc]")
    assert turn.status == 1 and "sk-abc" not in turn.failure


def test_cut_stream(codex: Codex, balance: Balance) -> None:
    turn = codex.exec("say hi [stub:cut;after=5]")
    assert turn.status == 1
    assert turn.failure.startswith("stream disconnected before completion: "), turn.failure
    assert "error decoding" not in turn.failure, "the cut was passed on instead of being told"
    balance.wait_for("void")
    assert not balance.charges()


def test_cut_then_success(gateway: Gateway, balance: Balance, tmp_path: Path) -> None:
    codex = Codex(tmp_path, gateway.text("config", "toml", balance.id), retries=2)
    turn = codex.exec(f"say hi [stub:cut;times=1;after=4;x={balance.id}]")
    assert turn.status == 0
    assert_ledger_equals(turn, balance.wait_for("charge"))


def test_refused_content_is_told_once(codex: Codex, stub: Stub) -> None:
    mark = stub.mark()
    turn = codex.exec("say hi [stub:status;status=400;ecode=invalid_prompt;message=Not like this.]")
    assert turn.failure == "Not like this."
    assert len(stub.requests(mark)) == 1


def test_websocket_falls_back_at_once(gateway: Gateway, balance: Balance, tmp_path: Path) -> None:
    text = gateway.text("config", "toml", balance.id).replace(
        "supports_websockets = false", "supports_websockets = true"
    )
    turn = Codex(tmp_path, text).exec("say hi")
    assert turn.status == 0
    assert len(balance.wait_for("charge")) == 1
