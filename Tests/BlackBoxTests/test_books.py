"""The books as people use them: credit, statements, prices, and what a damaged file is told apart as."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from harness import ledger
from harness.client import ask
from harness.gateway import Balance, Gateway, turn
from harness.processes import ROOT

BENCH = ROOT / "bench"


def make_ledger(path: Path, *options: str) -> dict:
    command = [sys.executable, BENCH / "make-ledger.py", path, *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def verify_statement(text: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, BENCH / "verify-statement.py", *options]
    return subprocess.run(command, input=text, capture_output=True, text=True)


def at_time(gateway: Gateway, shift: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A command whose clock is set forward or back."""
    with gateway.at_time(shift):
        return gateway.run(*words)


@pytest.fixture
def quiet(make_gateway) -> tuple[Gateway, Balance]:
    """A gateway that does not run, with one balance: commands take the lock themselves."""
    gateway = make_gateway()
    return gateway, gateway.open_balance(grant=None)


# Credit.


def test_bonus_and_payment_ids(quiet) -> None:
    gateway, balance = quiet
    assert gateway.cli("topup", balance.id, "5", "--payment", "p1")["remaining"] == "5.0000"
    assert gateway.cli("topup", balance.id, "10", "--payment", "p2")["remaining"] == "35.0000"
    assert gateway.cli("topup", balance.id, "20", "--payment", "p3")["remaining"] == "95.0000"
    size = gateway.ledger.stat().st_size
    repeated = gateway.run("topup", balance.id, "20", "--payment", "p3", "--json")
    assert repeated.returncode == 0 and json.loads(repeated.stdout)["remaining"] == "95.0000"
    other = gateway.run("topup", balance.id, "30", "--payment", "p3")
    assert other.returncode == 1 and "other content" in other.stderr
    assert gateway.ledger.stat().st_size == size
    assert gateway.run("topup", balance.id, "7", "--payment", "p4").returncode == 1
    gateway.verify()


def test_expiry_passes_while_nothing_runs(quiet) -> None:
    gateway, balance = quiet
    gateway.cli("topup", balance.id, "10", "--payment", "p1")
    gateway.cli("grant", balance.id, "2", "--days", "60", "--label", "gift")
    for shift, left in [("+29d", "32.0000"), ("+31d", "2.0000"), ("+61d", "0.0000")]:
        shown = at_time(gateway, shift, "balance", "show", balance.id, "--json")
        assert json.loads(shown.stdout)["remaining"] == left, shift
    expired = [(e["paid"], e["bonus"]) for e in balance.entries("expire")]
    assert expired == [("10.0000", "20.0000"), ("0.0000", "2.0000")]
    # The clock is set back by two months: time in the ledger stands still.
    gateway.cli("grant", balance.id, "1")
    gateway.verify()


def test_a_topup_extends_the_pool_and_revives_nothing(quiet) -> None:
    gateway, balance = quiet
    first = gateway.cli("topup", balance.id, "10", "--payment", "p1")
    second = json.loads(at_time(gateway, "+20d", "topup", balance.id, "5", "--payment", "p2", "--json").stdout)
    assert second["remaining"] == "35.0000" and second["expires"] > first["expires"]
    third = at_time(gateway, "+51d", "topup", balance.id, "5", "--payment", "p3", "--json")
    assert json.loads(third.stdout)["remaining"] == "5.0000"
    assert len(balance.entries("expire")) == 1


def test_refunds(quiet) -> None:
    gateway, balance = quiet
    gateway.cli("topup", balance.id, "20", "--payment", "p1")
    [topup] = balance.entries("topup")
    for _ in range(2):
        assert gateway.cli("refund", str(topup["seq"]))["remaining"] == "0.0000"
    again = gateway.run("refund", str(topup["seq"]), "--id", "another")
    assert again.returncode == 1 and "refunded before" in again.stderr
    for wrong in ("1", "2", "3", "999"):
        assert gateway.run("refund", wrong).returncode == 1
    assert len(balance.entries("refund")) == 1
    gateway.verify()


def test_pass_renew(make_gateway) -> None:
    gateway = make_gateway()
    account = gateway.cli("account", "add", "link@example.test")["account"]
    opened = gateway.run("balance", "open", account, "link", "--weeks", "1", "--json")
    if opened.returncode != 0:
        pytest.skip(opened.stderr)
    link = json.loads(opened.stdout)["balance"]
    ends = [gateway.cli("balance", "show", link)["expires"]]
    for payment in ("w1", "w2", "w2"):
        ends.append(gateway.cli("pass", "renew", link, "--weeks", "2", "--payment", payment)["expires"])
    assert ends[0] < ends[1] < ends[2] == ends[3]
    assert [e["paid"] for e in ledger.entries(gateway.ledger, "pass")] == ["0.2500", "0.5000", "0.5000"]
    gateway.verify()


# Usage, prices, statements.


def test_unknown_models_are_an_alarm_with_their_sum(make_gateway) -> None:
    gateway = make_gateway().start()
    balance = gateway.open_balance()
    assert balance.ask(turn("gpt-5.4-mini")).status == 200
    for _ in range(3):
        assert balance.ask(turn("gpt-99-turbo")).status == 200
    charges = balance.wait_for("charge", 4)
    unknown = [c for c in charges if c["row"] == "gpt-5.5-pro"]
    text = gateway.text("status")
    if not unknown:
        pytest.skip("the stub names its own model")
    total = sum(Decimal(c["amount"]) for c in unknown)
    [line] = [line for line in text.splitlines() if line.startswith("unknown_model")]
    assert f"{len(unknown)} responses" in line and str(total) in line
    checked = gateway.run("prices", "check")
    assert checked.returncode == 1 and unknown[0]["model"] in checked.stdout


def test_usage_equals_the_ledger_and_survives_restarts(make_gateway) -> None:
    gateway = make_gateway().start()
    balances = [gateway.open_balance() for _ in range(2)]
    for number in range(6):
        assert balances[number % 2].ask(turn("gpt-5.4" if number % 3 else "gpt-5.5")).status == 200
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for charge in ledger.entries(gateway.ledger, "charge"):
        sums[(charge["at"][:10], charge["balance"], charge["model"], charge["tier"])] += Decimal(charge["amount"])

    def rows() -> dict[tuple, Decimal]:
        found = gateway.rows("usage")
        return {(r["day"], r["balance"], r["model"], r["tier"]): Decimal(r["cost"]) for r in found}

    assert rows() == sums
    gateway.stop()
    assert rows() == sums
    (gateway.data / "checkpoint").unlink()
    assert rows() == sums


@pytest.fixture(scope="module")
def made(binary: Path, stub, tmp_path_factory) -> Gateway:
    """A gateway on a ledger of random charges, priced by Python's decimal."""
    gateway = Gateway(binary, tmp_path_factory.mktemp("made"), stub.url)
    make_ledger(gateway.ledger, "--entries", "3000", "--seed", "7", "--balances", "4", "--days", "40")
    return gateway


def statement(gateway: Gateway, balance: str, *words: str) -> str:
    return gateway.text("statement", balance, *words)


def test_statements_are_verified_offline(made: Gateway) -> None:
    for number in range(4):
        balance = f"b_{number:022d}"
        text = statement(made, balance, "--format", "jsonl")
        done = verify_statement(text)
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout)
        assert result["remaining"] == made.cli("balance", "show", balance)["remaining"]
        part = statement(made, balance, "--format", "jsonl", "--from", "2026-01-20", "--to", "2026-02-01")
        assert verify_statement(part).returncode == 0
        earlier = json.loads(verify_statement(part).stdout)
        assert verify_statement(text, "--contains", f"{earlier['n']}:{earlier['link']}").returncode == 0


def test_a_statement_that_was_tampered_with_is_found(made: Gateway) -> None:
    chance = random.Random(1)
    lines = statement(made, "b_" + "0" * 22, "--format", "jsonl").splitlines(keepends=True)
    for _ in range(30):
        at = chance.randrange(3, len(lines) - 1)
        assert verify_statement("".join(lines[:at] + lines[at + 1 :])).returncode == 1, "a line is missing"
        swapped = lines[:at] + [lines[at + 1], lines[at]] + lines[at + 2 :]
        assert verify_statement("".join(swapped)).returncode == 1, "two lines changed places"
        end = lines[at].index(',"link":')
        where = chance.randrange(1, end)
        changed = chr(ord(lines[at][where]) ^ 1)
        text = lines[at][:where] + changed + lines[at][where + 1 :]
        assert verify_statement("".join([*lines[:at], text, *lines[at + 1 :]])).returncode == 1, text


def hledger(text: str, *words: str) -> str:
    if not shutil.which("hledger"):
        pytest.skip("needs Debian's hledger")
    done = subprocess.run(["hledger", "-f", "-", *words], input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_hledger_accepts_the_journal_and_agrees(made: Gateway, quiet) -> None:
    gateway, balance = quiet
    gateway.cli("topup", balance.id, "20", "--payment", "p1")
    gateway.cli("grant", balance.id, "3", "--label", "for; the |pipe\"")
    [topup] = balance.entries("topup")
    gateway.cli("refund", str(topup["seq"]))
    gateway.cli("topup", balance.id, "10", "--payment", "p2")
    at_time(gateway, "+31d", "balance", "list")
    gateway.cli("topup", balance.id, "5", "--payment", "p3")
    cases = [(made, f"b_{n:022d}") for n in range(4)] + [(gateway, balance.id)]
    for books, name in cases:
        for span in ([], ["--from", "2026-01-20"]):
            journal = statement(books, name, "--format", "hledger", *span)
            hledger(journal, "check", "--strict")
            rows = hledger(journal, "balance", "--output-format=json", f"acct:{name}$", "--flat")
            total = Decimal(0)
            for amount in json.loads(rows)[1]:
                quantity = amount["aquantity"]
                total -= Decimal(quantity["decimalMantissa"]).scaleb(-quantity["decimalPlaces"])
            assert total == Decimal(books.cli("balance", "show", name)["remaining"]), (name, span)


def test_csv_and_table_end_with_what_remains(made: Gateway) -> None:
    import csv

    name = "b_" + "0" * 22
    left = made.cli("balance", "show", name)["remaining"]
    rows = list(csv.DictReader(statement(made, name, "--format", "csv").splitlines()))
    assert rows[-1]["balance"] == left
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal(left)
    assert statement(made, name).splitlines()[-1].split()[3] == left


def test_reprice_and_diff(made: Gateway) -> None:
    """The configuration's rows that are as the ledger's give exactly what was charged."""
    [prices] = ledger.entries(made.ledger, "prices")[:1]
    extra = ""
    for row in prices["table"]["models"]:
        long = row.pop("long_context", None)
        extra += "[[billing.price]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in row.items())
        if long:
            inner = ", ".join(f"{k} = {json.dumps(v)}" for k, v in long.items())
            extra += f"long_context = {{ {inner} }}\n"
    for image in prices["table"]["images"]:
        extra += "[[billing.image]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in image.items())
    plain = made.config.read_text()
    try:
        made.config.write_text(plain + extra)
        rows = made.rows("prices", "reprice", "2026-01-15", "2026-02-05")
        assert rows and all(row["difference"] == "0.0000" for row in rows if row["model"] != "none")
        charges = [c for c in ledger.entries(made.ledger, "charge") if "2026-01-15" <= c["at"][:10] <= "2026-02-05"]
        assert sum(row["responses"] for row in rows) == len(charges)
        assert sum(Decimal(row["charged"]) for row in rows) == sum(Decimal(c["amount"]) for c in charges)
        changes = made.rows("prices", "diff", prices["digest"][:8])
        assert all(row["change"] == "+" for row in changes), changes
    finally:
        made.config.write_text(plain)


def test_a_price_table_too_long_for_a_line_is_a_configuration_error(make_gateway) -> None:
    gateway = make_gateway()
    row = '[[billing.price]]\nmodel = "house-{}"\nfrom = "2026-01-01"\ninput = "1"\noutput = "2"\n'
    gateway.config.write_text(gateway.config.read_text() + "".join(row.format(n) for n in range(2000)))
    done = gateway.run("prices", "show")
    assert done.returncode in (1, 2) and "65536" not in done.stdout and "ledger line" in done.stderr


def test_random_responses_cost_what_decimal_says(make_gateway, is_long: bool) -> None:
    """`ledger verify` recomputes every charge that make-ledger.py priced: no difference."""
    gateway = make_gateway()
    count = 1_000_000 if is_long else 20_000
    result = make_ledger(gateway.ledger, "--entries", str(count), "--seed", "20261122")
    command = [gateway.binary, "ledger", "verify", "--json", "--config", gateway.config]
    done = subprocess.run(command, env=gateway.environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"entries": count, "chain": result["chain"], "ok": True}


# The file.


@pytest.fixture
def small(make_gateway) -> Gateway:
    gateway = make_gateway()
    make_ledger(gateway.ledger, "--entries", "14", "--balances", "2", "--seed", "3")
    return gateway


def test_a_flipped_bit_at_every_byte_is_named_and_refused(small: Gateway, is_long: bool) -> None:
    whole = small.ledger.read_bytes()
    chance = random.Random(2)
    for at in range(0, len(whole), 1 if is_long else 23):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << chance.randrange(8)
        small.ledger.write_bytes(damaged)
        line = whole[:at].count(b"\n") + 1
        done = small.run("ledger", "verify")
        if at == len(whole) - 1:  # only the last line's end: as if it were just being written
            continue
        assert done.returncode == 3, f"byte {at} of line {line}: {done.stdout}"
        assert f"line {line}," in done.stderr, f"byte {at} of line {line}: {done.stderr}"
        if at % 5 == 0:
            refused = small.run("balance", "list")
            torn = list(small.data.glob("ledger.torn-*"))
            assert refused.returncode == 3 or torn, f"byte {at}: served from a damaged ledger"
            for path in [*torn, *small.data.glob("checkpoint")]:
                path.unlink()


def test_every_fault_is_found_in_a_ledger_that_two_threads_read(make_gateway) -> None:
    """Above 4 MiB the chains are hashed on a second thread, a block of 1 MiB behind the first."""
    gateway = make_gateway()
    make_ledger(gateway.ledger, "--entries", "9000", "--balances", "3", "--cheap")
    lines = gateway.ledger.read_bytes().splitlines(keepends=True)
    assert sum(map(len, lines)) > 5 << 20
    gateway.verify()
    for number in (len(lines) // 3, len(lines) - 1, len(lines)):
        for name, fault in (("link", "the balance's lines"), ("chain", "chain")):
            damaged = lines.copy()
            at = damaged[number - 1].index(f'"{name}":"'.encode()) + len(name) + 4
            flipped = bytearray(damaged[number - 1])
            flipped[at] = ord("0" if flipped[at] != ord("0") else "1")
            damaged[number - 1] = bytes(flipped)
            if name == "link":
                rechain(damaged, number - 1)
            gateway.ledger.write_bytes(b"".join(damaged))
            done = gateway.run("ledger", "verify")
            assert done.returncode == 3, f"{name} of line {number}: {done.stdout}"
            assert f"line {number}," in done.stderr and fault in done.stderr, done.stderr


def rechain(lines: list[bytes], first: int) -> None:
    """The file's chain anew from the line `first` on, as DESIGN section 3 has it."""
    chain = lines[first - 1][-35:-3]
    for number in range(first, len(lines)):
        text = lines[number][: -len(b',"chain":""}\n') - 32]
        chain = hashlib.sha512(chain + text).hexdigest()[:32].encode()
        lines[number] = text + b',"chain":"' + chain + b'"}\n'


def test_an_end_torn_at_every_byte_of_the_last_line_is_cut(small: Gateway, is_long: bool) -> None:
    whole = small.ledger.read_bytes()
    last = whole.rindex(b"\n", 0, len(whole) - 1) + 1
    for end in range(last + 1, len(whole), 1 if is_long else 41):
        small.ledger.write_bytes(whole[:end])
        (small.data / "checkpoint").unlink(missing_ok=True)
        assert small.run("balance", "list").returncode == 0
        assert small.ledger.read_bytes().startswith(whole[:last])
        [torn] = small.data.glob("ledger.torn-*")
        assert torn.read_bytes() == whole[last:end]
        torn.unlink()
    small.verify()


def test_zeroed_pages_are_torn_in_the_last_batch_and_damage_before(make_gateway) -> None:
    gateway = make_gateway()
    make_ledger(gateway.ledger, "--entries", "60", "--balances", "2", "--seed", "4")
    whole = gateway.ledger.read_bytes()
    lines = whole.split(b"\n")
    durable = max(number for number, line in enumerate(lines) if b',"synced":' in line)
    begins = len(b"\n".join(lines[:durable])) + 1
    torn = whole[: begins + 300] + bytes(512) + whole[begins + 812 :]
    gateway.ledger.write_bytes(torn)
    done = gateway.run("balance", "list")
    assert done.returncode == 0 and "torn" in done.stderr, done.stderr
    assert gateway.ledger.read_bytes().startswith(whole[:begins])
    (gateway.data / "checkpoint").unlink()
    damaged = whole[: begins - 3000] + bytes(512) + whole[begins - 2488 :]
    gateway.ledger.write_bytes(damaged)
    assert gateway.run("balance", "list").returncode == 3
    assert gateway.ledger.read_bytes() == damaged, "damage is left as it is"
    shown = gateway.run("ledger", "repair")
    assert shown.returncode == 3 and gateway.ledger.read_bytes() == damaged
    assert gateway.run("ledger", "repair", "--yes").returncode == 0
    assert gateway.run("balance", "list").returncode == 0
    gateway.verify()


def test_a_checkpoint_lost_stale_or_damaged_changes_nothing(quiet) -> None:
    gateway, balance = quiet
    checkpoint = gateway.data / "checkpoint"
    gateway.cli("topup", balance.id, "10", "--payment", "p1")
    stale = checkpoint.read_bytes()
    gateway.cli("topup", balance.id, "20", "--payment", "p2")
    fresh = checkpoint.read_bytes()
    shown = balance.show()
    chance = random.Random(5)
    flipped = []
    for _ in range(20):
        data = bytearray(fresh)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        flipped.append(bytes(data))
    for data in [None, stale, b"", fresh[: len(fresh) // 2], os.urandom(300), *flipped]:
        checkpoint.unlink(missing_ok=True)
        if data is not None:
            checkpoint.write_bytes(data)
        assert balance.show() == shown
    gateway.verify()


def test_a_second_process_waits_five_seconds_and_is_refused(quiet) -> None:
    gateway, balance = quiet
    with gateway.ledger.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = gateway.run("topup", balance.id, "5", "--payment", "p1")
        assert done.returncode == 1 and "in use" in done.stderr
        # What only reads takes no lock.
        assert gateway.run("ledger", "verify").returncode == 0
        assert gateway.run("statement", balance.id).returncode == 0
    assert balance.entries("topup") == []


def test_a_directory_without_permission_is_named(quiet) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to give the directory away")
    gateway, balance = quiet
    nobody = 65534
    for path in [gateway.directory, gateway.data, *gateway.data.iterdir()]:
        os.chown(path, nobody, nobody)
    gateway.ledger.chmod(0o400)
    parent = gateway.directory.parent
    while parent != Path("/tmp") and parent != Path("/"):
        parent.chmod(0o755)
        parent = parent.parent
    done = gateway.run("topup", balance.id, "5", "--payment", "p1")
    assert done.returncode == 1 and "ermission denied" in done.stderr, done.stderr
    gateway.ledger.chmod(0o600)
    assert gateway.run("topup", balance.id, "5", "--payment", "p1").returncode == 0


# Holds.


def test_64_parallel_clients_on_a_cent(make_gateway) -> None:
    """By the holds nobody gets past overdraft and one minimum hold, and what the holds underestimated."""
    import threading

    gateway = make_gateway().start()
    balance = gateway.open_balance(grant="0.01")
    body = json.dumps(turn("gpt-5.5", max_output_tokens=2000)).encode()
    fields = {"x-tinygateway-token": balance.token, "content-type": "application/json", "x-stub": "plain;pace_ms=20"}
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(ask(gateway.port, body=body, fields=fields).status))
        for _ in range(64)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 429} and 429 in statuses, statuses
    assert balance.remaining >= Decimal("0.01") - Decimal("0.50") - Decimal("0.01"), balance.remaining
    assert Decimal(balance.show()["held"]) == 0
    gateway.verify()
