#!/usr/bin/env python3
"""Verifies a statement offline: `tinygateway statement BALANCE --format jsonl > FILE`, then
`verify-statement.py FILE`. Plain Python, nothing of the gateway's code, no network.

Each line is checked to follow the one before it (`n`, `prev` grows, `link` is the hash over the previous link and
the line's bytes), so none is missing, changed or moved between the first and the last. Each charge is computed
again from its own tokens and the price table it names, whose digest is computed too. What remains is added up.
With the whole history (no --from) the order of spending, the paid and bonus parts of each expiry and refund, and
the debt are recomputed too. Keep the last `n` and `link` it prints: a later statement has to contain that line.

Exit code 0: all holds; 1: something does not, named with its line.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from decimal import ROUND_CEILING, Decimal, getcontext

getcontext().prec = 80
UNIT = Decimal("0.0001")
FALLBACK = ("gpt-image-2", "medium", "1024x1024")


class Wrong(Exception):
    pass


def need(holds: bool, what: str) -> None:
    if not holds:
        raise Wrong(what)


def digest(*parts: bytes) -> str:
    return hashlib.sha512(b"".join(parts)).hexdigest()[:32]


def base(model: str) -> str:
    parts = model.rsplit("-", 3)
    dated = len(parts) == 4 and [len(part) for part in parts[1:]] == [4, 2, 2]
    digits = dated and parts[0] and all(p.isascii() and p.isdigit() for p in parts[1:])
    return parts[0] if digits else model


def row_of(table: dict, model: str, day: str) -> dict:
    unknown = table["unknown_model"]
    for name in (model, base(model), unknown):
        rows = [row for row in table["models"] if row["model"] == name and row["from"] <= day]
        if rows:
            return max(rows, key=lambda row: row["from"])
    return min((row for row in table["models"] if row["model"] == unknown), key=lambda row: row["from"])


def price(table: dict, charge: dict) -> dict[str, Decimal | str]:
    """What the charge has to say: row, costs and amount."""
    row = row_of(table, charge["model"], charge["began"][:10])
    prices, factor = row, Decimal(row.get("fast", "1")) if charge["fast"] else Decimal(1)
    long = row.get("long_context")
    if long and charge["input"] > long["above"]:
        prices, factor = long, Decimal(1)
    of_input = Decimal(prices["input"])
    plain = charge["input"] - charge["cached"] - charge["cache_write"]
    need(plain >= 0, "cached tokens above the input")
    tokens = plain * of_input
    tokens += charge["cached"] * Decimal(prices.get("cached_input", of_input))
    tokens += charge["cache_write"] * Decimal(prices.get("cache_write", of_input))
    tokens += charge["output"] * Decimal(prices["output"])
    tokens = tokens / 1_000_000 * factor
    searches = charge["searches"] * Decimal(table["web_search"])
    kinds = {(i["model"], i["quality"], i["size"]): Decimal(i["price"]) for i in table["images"]}
    images = Decimal(0)
    for image in charge["images"]:
        images += image["n"] * kinds.get((image["model"], image["quality"], image["size"]), kinds[FALLBACK])
    exact = tokens + searches + images
    return {
        "row": row["model"],
        "tokens_cost": tokens,
        "searches_cost": searches,
        "images_cost": images,
        "exact": exact,
        "amount": exact.quantize(UNIT, rounding=ROUND_CEILING),
    }


class Book:
    """The lots of a balance, spent earliest expiry first; in 0.0001 USD."""

    def __init__(self) -> None:
        self.lots: list[dict] = []
        self.debt = 0
        self.pool_expires: str | None = None

    @property
    def remaining(self) -> int:
        return sum(lot["paid"] + lot["bonus"] for lot in self.lots) - self.debt

    @staticmethod
    def spend_lot(lot: dict, amount: int) -> None:
        total = lot["paid"] + lot["bonus"]
        from_bonus = amount * lot["bonus"] // total if amount else 0
        lot["bonus"] -= from_bonus
        lot["paid"] -= amount - from_bonus

    def settle(self) -> None:
        self.lots = [lot for lot in self.lots if lot["paid"] + lot["bonus"] > 0]
        self.lots.sort(key=lambda lot: (lot["expires"], not lot["grant"], lot["seq"]))

    def pool(self) -> dict | None:
        found = [lot for lot in self.lots if not lot["grant"] and lot["expires"] == self.pool_expires]
        return found[-1] if found else None

    def pay_debt(self, lot: dict) -> None:
        part = min(self.debt, lot["paid"] + lot["bonus"])
        if part:
            self.spend_lot(lot, part)
        self.debt -= part

    def credit_pool(self, entry: dict, paid: int, bonus: int, expires: str) -> None:
        lot = {"seq": entry["seq"], "grant": False, "paid": paid, "bonus": bonus, "expires": expires}
        self.pay_debt(lot)
        pool = self.pool()
        if pool and pool["expires"] > entry["at"]:
            pool["paid"] += lot["paid"]
            pool["bonus"] += lot["bonus"]
            pool["expires"] = expires
        else:
            self.lots.append(lot)
        self.pool_expires = expires

    def take(self, entry: dict) -> None:
        match entry["type"]:
            case "topup":
                self.credit_pool(entry, units(entry["paid"]), units(entry["bonus"]), entry["expires"])
            case "grant":
                lot = {"seq": entry["seq"], "grant": True, "paid": 0, "bonus": units(entry["amount"])}
                lot["expires"] = entry["expires"]
                self.pay_debt(lot)
                self.lots.append(lot)
            case "extend":
                if pool := self.pool():
                    pool["expires"] = entry["expires"]
                self.pool_expires = entry["expires"]
            case "charge":
                rest = units(entry["amount"])
                for lot in self.lots:
                    if lot["expires"] > entry["began"] and rest:
                        part = min(rest, lot["paid"] + lot["bonus"])
                        self.spend_lot(lot, part)
                        rest -= part
                self.debt += rest
            case "expire":
                lot = next((lot for lot in self.lots if lot["seq"] == entry["lot"]), None)
                need(lot is not None, "an expiry of a lot that is not there")
                need(lot["expires"] <= entry["at"], "an expiry before its time")
                need((lot["paid"], lot["bonus"]) == (units(entry["paid"]), units(entry["bonus"])), "another sum expired")
                self.lots.remove(lot)
            case "refund":
                self.refund(entry)
        self.settle()

    def refund(self, entry: dict) -> None:
        paid, bonus = units(entry["paid"]), units(entry["bonus"])
        if paid + bonus >= 0:
            expires = entry["at"]
            expires = self.pool_expires if self.pool_expires and self.pool_expires > expires else later(expires, 30)
            return self.credit_pool(entry, paid, bonus, expires)
        granted = [lot for lot in self.lots if lot["grant"] and lot["seq"] == entry["entry"]]
        lot = granted[0] if granted else self.pool()
        need(lot is not None and lot["paid"] >= -paid and lot["bonus"] >= -bonus, "a refund of what was not there")
        lot["paid"] += paid
        lot["bonus"] += bonus


def later(at: str, days: int) -> str:
    from datetime import datetime, timedelta

    moment = datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%fZ") + timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def units(text: str) -> int:
    value = Decimal(text) / UNIT
    need(value == int(value), f"{text} is no multiple of 0.0001")
    return int(value)


def change(entry: dict) -> int:
    match entry["type"]:
        case "topup":
            return units(entry["paid"]) + units(entry["bonus"])
        case "grant":
            return units(entry["amount"])
        case "charge":
            return -units(entry["amount"])
        case "expire":
            return -units(entry["paid"]) - units(entry["bonus"])
        case "refund":
            return units(entry["paid"]) + units(entry["bonus"])
    return 0


def verify(lines: list[bytes]) -> dict:
    tables: dict[str, dict] = {}
    n, link, prev, at, seq = 0, "0" * 32, -1, "", 0
    remaining, counted, charges = 0, 0, 0
    book: Book | None = Book()
    balance = None
    keys: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            kind = entry["type"]
            if kind == "opening":
                need(number == 1, "an opening that is not first")
                balance, n, link = entry["balance"], entry["n"], entry["link"]
                remaining, book = units(entry["remaining"]), None
                continue
            if kind == "prices":
                text = line[line.index(b'"table":') + 8 : line.rindex(b',"chain":')]
                if b',"synced":' in text[text.rindex(b"}") :]:
                    text = text[: text.rindex(b"}") + 1]
                need(digest(text) == entry["digest"], "the price table is not the one of its digest")
                tables[entry["digest"]] = entry["table"]
                continue
            need(balance in (None, entry["balance"]), "a line of another balance")
            balance = entry["balance"]
            need(entry["n"] == n + 1, f"n is {entry['n']}, not {n + 1}: a line is missing or moved")
            need(entry["seq"] > seq and entry["at"] >= at, "the order is broken")
            need(prev < 0 or entry["prev"] > prev or entry["n"] == 2, "prev does not grow")
            link = digest(link.encode(), line[: line.rindex(b',"link":')])
            need(entry["link"] == link, "link does not follow: this line or one before it was changed")
            n, at, seq = entry["n"], entry["at"], entry["seq"]
            prev = entry["prev"]
            for name in ("payment", "id"):
                if name in entry:
                    need((name, entry[name]) not in keys, f"{name} {entry[name]} is booked twice")
                    keys.add((name, entry[name]))
            if kind == "charge":
                charges += 1
                need(entry["table"] in tables, "the charge's price table is not in the statement")
                for name, value in price(tables[entry["table"]], entry).items():
                    found = entry[name] if isinstance(value, str) else Decimal(entry[name])
                    need(found == value, f"{name} is {found}, but usage and prices make {value}")
            if book:
                book.take(entry)
            remaining += change(entry)
            need(book is None or book.remaining == remaining, "the lots do not add up")
            counted += 1
        except (KeyError, ValueError, TypeError) as error:
            raise Wrong(f"line {number}: not a line of a statement ({error!r})") from error
        except Wrong as error:
            raise Wrong(f"line {number}: {error}") from error
    text = str((remaining * UNIT).quantize(UNIT))
    return {"balance": balance, "lines": counted, "charges": charges, "remaining": text, "n": n, "link": link, "ok": True}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", help="default: standard input")
    parser.add_argument("--contains", metavar="N:LINK", help="a line that an earlier statement ended with")
    options = parser.parse_args()
    data = open(options.file, "rb").read() if options.file else sys.stdin.buffer.read()
    lines = data.split(b"\n")
    try:
        need(lines.pop() == b"", "the last line has no end")
        result = verify(lines)
        if options.contains:
            n, _, link = options.contains.partition(":")
            known = [json.loads(line) for line in lines]
            found = any(str(e.get("n")) == n and e.get("link") == link for e in known)
            need(found, f"the line {n} of the earlier statement is not in this one")
    except Wrong as error:
        print(f"verify-statement: {error}", file=sys.stderr)
        return 1
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
