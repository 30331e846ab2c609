"""Reads ledger.jsonl without the gateway's help and checks the chain and every balance's links."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path

ZEROS = "0" * 32


def lines(path: Path) -> list[bytes]:
    data = path.read_bytes()
    return data[: data.rfind(b"\n") + 1].split(b"\n")[:-1]


def entries(path: Path, kind: str | None = None, balance: str | None = None) -> list[dict]:
    found = [json.loads(line) for line in lines(path)]
    return [
        e for e in found if (kind is None or e["type"] == kind) and (balance is None or e.get("balance") == balance)
    ]


def digest(previous: str, part: bytes) -> str:
    return hashlib.sha512(previous.encode() + part).hexdigest()[:32]


def check(path: Path) -> int:
    """The number of entries; fails with the line that breaks a rule."""
    chain, offset = ZEROS, 0
    last: dict[str, tuple[int, int, str]] = {}
    previous_at = ""
    for number, line in enumerate(lines(path), 1):
        entry = json.loads(line)
        assert line.startswith(b'{"seq":%d,"at":"' % number), line
        assert entry["at"] >= previous_at, f"line {number} is earlier than the one before it"
        assert list(entry)[:3] == ["seq", "at", "type"] and list(entry)[-1] == "chain", line
        chain = digest(chain, line[: line.rindex(b',"chain":')])
        assert entry["chain"] == chain, f"line {number} breaks the chain"
        balance = entry.get("balance")
        if balance:
            n, prev, link = last.get(balance, (0, -1, ZEROS))
            link = digest(link, line[: line.rindex(b',"link":')])
            assert entry["n"] == n + 1, line
            assert n == 0 or entry["prev"] == prev, line
            assert entry["link"] == link, f"line {number} breaks the links of {balance}"
            last[balance] = (n + 1, offset, link)
        if "synced" in entry:
            assert entry["synced"] < number
        previous_at = entry["at"]
        offset += len(line) + 1
    return number


def remaining(path: Path, balance: str) -> Decimal:
    """What a balance holds by adding its entries up (without expiry)."""
    total = Decimal(0)
    for e in entries(path, balance=balance):
        match e["type"]:
            case "topup":
                total += Decimal(e["paid"]) + Decimal(e["bonus"])
            case "grant":
                total += Decimal(e["amount"])
            case "charge":
                total -= Decimal(e["amount"])
            case "expire":
                total -= Decimal(e["paid"]) + Decimal(e["bonus"])
    return total
