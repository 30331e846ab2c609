"""The command line as scripts use it: with the gateway running and without, and what it refuses."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from harness import ledger
from harness.gateway import Balance, Gateway


def test_help_for_each(gateway: Gateway) -> None:
    for words in ["", "init", "serve", "account add", "account list", "balance open", "balance list", "balance show"]:
        done = subprocess.run([gateway.binary, *words.split(), "--help"], capture_output=True, text=True)
        assert done.returncode == 0 and "usage" in done.stdout.lower(), words


@pytest.mark.parametrize(
    "words", [["nonsense"], ["topup"], ["balance", "open"], ["account", "add", "x@y.test", "--wrong"]]
)
def test_wrong_usage_is_2(gateway: Gateway, words: list[str]) -> None:
    done = gateway.run(*words)
    assert done.returncode == 2 and done.stderr and not done.stdout


def test_unknown_balance_is_1_with_a_remedy(gateway: Gateway) -> None:
    done = gateway.run("balance", "show", "b_unknown")
    assert done.returncode == 1 and "balance list" in done.stderr


def test_without_the_gateway(make_gateway) -> None:
    gateway = make_gateway()
    balance = gateway.open_balance(grant=None)
    assert gateway.cli("topup", balance.id, "5", "--payment", "p-1")["remaining"] == "5.0000"
    gateway.start()
    assert balance.ask().status == 200
    gateway.stop()
    assert gateway.rows("usage")[0]["responses"] == 1
    gateway.verify()


def test_topups_and_bonus(gateway: Gateway) -> None:
    for amount, remaining in [("5", "5.0000"), ("10", "30.0000"), ("100", "300.0000")]:
        balance = gateway.open_balance(grant=None)
        assert gateway.cli("topup", balance.id, amount, "--payment", f"{balance.id}-p")["remaining"] == remaining


def test_grant_is_idempotent_by_id(gateway: Gateway) -> None:
    balance = gateway.open_balance(grant=None)
    for _ in range(2):
        gateway.cli("grant", balance.id, "1", "--id", f"{balance.id}-g", "--label", "gift")
    assert str(balance.remaining) == "1.0000"
    assert gateway.run("grant", balance.id, "2", "--id", f"{balance.id}-g").returncode == 1


def test_ledger_show(gateway: Gateway, balance: Balance) -> None:
    balance.ask()
    shown = gateway.text("ledger", "show", "--balance", balance.id).splitlines()
    own = [line.decode() for line in ledger.lines(gateway.ledger) if f'"{balance.id}"'.encode() in line]
    assert shown == own


def test_the_written_template_is_valid(gateway: Gateway, tmp_path: Path) -> None:
    assert tomllib.loads(gateway.template)["data"]["directory"] == str(gateway.data)
    done = subprocess.run([gateway.binary, "init", "--print"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0 and not list(tmp_path.iterdir())
    assert {"server", "data", "upstream", "billing", "limits"} <= tomllib.loads(done.stdout).keys()


def test_init_overwrites_nothing(gateway: Gateway) -> None:
    before = gateway.config.read_text()
    assert gateway.run("init", "--data", str(gateway.data)).returncode != 0
    assert gateway.config.read_text() == before


WRONG = {
    "unknown key": ("[limits]\nhead_byte = 5\n", "head_bytes"),
    "unknown table": ("[limit]\nhead_bytes = 5\n", "limit"),
    "wrong type": ('[limits]\nhead_bytes = "5"\n', "head_bytes"),
    "float": ("[billing]\nminimum_hold = 0.01\n", "minimum_hold"),
    "bad amount": ('[billing]\nminimum_hold = "a cent"\n', "minimum_hold"),
    "negative": ("[limits]\nconnections = -1\n", "connections"),
    "inline secret": ('[upstream.managed]\ncredentials = ["sk-abc"]\n', "credentials"),
    "no TOML": ("limits\n", "1"),
    "key twice": ("[limits]\nhead_bytes = 5000\nhead_bytes = 6000\n", "3"),
}


@pytest.mark.parametrize(("text", "named"), WRONG.values(), ids=WRONG.keys())
def test_wrong_configuration_is_named(gateway: Gateway, tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    done = subprocess.run([gateway.binary, "serve", "--config", file], capture_output=True, text=True, timeout=5)
    assert done.returncode in (1, 2)
    assert "wrong.toml" in done.stderr and named in done.stderr, done.stderr
    assert "sk-abc" not in done.stderr


def test_missing_credential_is_named(make_gateway) -> None:
    gateway = make_gateway(upstream_managed={"credentials": ["env:TINYGATEWAY_NOT_SET"]})
    done = gateway.run("serve")
    assert done.returncode == 1 and "TINYGATEWAY_NOT_SET" in done.stderr
