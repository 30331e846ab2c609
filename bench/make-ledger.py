#!/usr/bin/env python3
"""Writes a ledger as TinyGateway would, with nothing of its code: prices by `decimal`, chains by hashlib.

    make-ledger.py FILE --entries 1000000 [--seed 1] [--balances 50] [--days 60] [--cheap]

`tinygateway ledger verify` then recomputes every charge: one difference between its integers and Python's
decimals, in a million random responses, is named with its line. --cheap repeats a few thousand random charges
with new ids, for ledgers that only have to be long.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from datetime import datetime, timedelta, timezone
from decimal import ROUND_CEILING, Decimal, getcontext

getcontext().prec = 80
MILLION = Decimal(1_000_000)
UNIT = Decimal("0.0001")
COUNT_MAX = 2**40
COST_MAX = Decimal(10) ** 12
START = datetime(2026, 1, 10, tzinfo=timezone.utc)

ROWS = [  # model, from, input, cached input, cache write, output, fast, long context
    ("gpt-5.3-codex-spark", "2026-01-01", "0.175", "0.0175", None, "1.4", None, None),
    ("gpt-5.4", "2026-01-01", "0.25", "0.025", None, "1.5", "2", None),
    ("gpt-5.4-mini", "2026-01-01", "0.075", "0.0075", None, "0.45", None, None),
    ("gpt-5.5", "2026-01-01", "0.5", "0.05", None, "3", "2.5", None),
    ("gpt-5.5", "2026-01-30", "0.45", "0.045", None, "2.7", "2.5", None),
    ("gpt-5.5-pro", "2026-01-01", "3", "3", None, "18", None, None),
    ("house-1", "2026-01-01", "0.4", "0.04", "0.5", "2", "2", (272000, "0.8", "0.08", "3")),
    ("house-2", "2026-01-01", "0.333333", None, None, "1.999999", "1.333", (1000, "0.7", None, "3.1")),
    ("house-3", "2026-01-01", "0.000001", "0", "1000", "999.999999", "3.333", None),
]
IMAGES = [
    ("gpt-image-1-mini", "low", "1536x1024", "0.0006"),
    ("gpt-image-1.5", "high", "1024x1536", "0.02"),
    ("gpt-image-2", "high", "3840x2160", "0.0401"),
    ("gpt-image-2", "medium", "1024x1024", "0.0053"),
]
SEARCH = "0.001"
FALLBACK = ("gpt-image-2", "medium", "1024x1024")


def table_text() -> bytes:
    models = []
    for model, start, price, cached, write, output, fast, long in ROWS:
        row = {"model": model, "from": start, "input": price, "cached_input": cached, "cache_write": write}
        row |= {"output": output, "fast": fast}
        if long:
            row["long_context"] = {"above": long[0], "input": long[1], "cached_input": long[2], "output": long[3]}
            row["long_context"] = {k: v for k, v in row["long_context"].items() if v is not None}
        models.append({k: v for k, v in row.items() if v is not None})
    images = [{"model": m, "quality": q, "size": s, "price": p} for m, q, s, p in IMAGES]
    table = {"unknown_model": "gpt-5.5-pro", "web_search": SEARCH, "models": models, "images": images}
    return json.dumps(table, separators=(",", ":")).encode()


def digest(previous: str, part: bytes) -> str:
    return hashlib.sha512(previous.encode() + part).hexdigest()[:32]


def plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def base(model: str) -> str:
    parts = model.rsplit("-", 3)
    dated = len(parts) == 4 and [len(part) for part in parts[1:]] == [4, 2, 2]
    return parts[0] if dated and parts[0] and all(p.isdigit() for p in parts[1:]) else model


def row_of(model: str, day: str) -> tuple:
    for name in (model, base(model), "gpt-5.5-pro"):
        rows = [row for row in ROWS if row[0] == name and row[1] <= day]
        if rows:
            return rows[-1]
    raise AssertionError("the unknown model has a row")


def price(row: tuple, fast: bool, counts: tuple, searches: int, images: list) -> tuple[Decimal, Decimal, Decimal]:
    model, _, of_input, of_cached, of_write, of_output, multiplier, long = row
    tokens, cached, written, output, _ = counts
    factor = Decimal(multiplier or 1) if fast else Decimal(1)
    if long and tokens > long[0]:
        of_input, of_cached, of_output = long[1:]
        of_write, factor = None, Decimal(1)
    total = (tokens - cached - written) * Decimal(of_input)
    total += cached * Decimal(of_input if of_cached is None else of_cached)
    total += written * Decimal(of_input if of_write is None else of_write)
    total += output * Decimal(of_output)
    prices = {(m, q, s): Decimal(p) for m, q, s, p in IMAGES}
    of_images = sum((count * prices.get(kind, prices[FALLBACK]) for kind, count in images), Decimal(0))
    return total / MILLION * factor, searches * Decimal(SEARCH), of_images


class Random:
    """Responses of every size, with the edges more often than chance would have them."""

    MODELS = [row[0] for row in ROWS] + ["gpt-5.5-2026-03-05", "house-1-2026-01-01", "gpt-6", "llama \"x\" \\ 70b", "-2026-01-01"]

    def __init__(self, seed: int):
        self.chance = random.Random(seed)

    def count(self) -> int:
        chance = self.chance
        if chance.random() < 0.05:
            return chance.choice([0, 1, 999, 1000, 1001, 271999, 272000, 272001, COUNT_MAX - 1, COUNT_MAX])
        return chance.randrange(2 ** chance.randrange(1, 41))

    def charge(self, day: str) -> tuple[str, str, str]:
        """The fields from `response` to `metered` around `table`: model part, rest, amount."""
        chance = self.chance
        model = chance.choice(self.MODELS)
        fast = chance.random() < 0.3
        tokens, output = self.count(), self.count()
        cached = chance.choice([0, 0, tokens, chance.randrange(tokens + 1)])
        written = chance.choice([0, 0, tokens - cached, chance.randrange(tokens - cached + 1)])
        reasoning = chance.randrange(output + 1)
        searches = chance.choice([0, 0, 0, 1, 7, chance.randrange(2 ** chance.randrange(1, 41))])
        images = []
        for _ in range(chance.choice([0, 0, 0, 0, 1, 2])):
            kind = chance.choice([i[:3] for i in IMAGES] + [("", "", ""), ("other", "high", "2x2")])
            if kind not in [k for k, _ in images]:
                images.append((kind, chance.randrange(1, 2 ** chance.randrange(1, 41))))
        row = row_of(model, day)
        parts = price(row, fast, (tokens, cached, written, output, reasoning), searches, images)
        exact = sum(parts, Decimal(0))
        if exact >= COST_MAX:
            return self.charge(day)  # odd usage, which is never charged
        amount = exact.quantize(UNIT, rounding=ROUND_CEILING)
        listed = [{"model": m, "quality": q, "size": s, "n": n} for (m, q, s), n in images]
        shown = json.dumps(listed, separators=(",", ":"))
        head = f'"model":{json.dumps(model)},"row":"{row[0]}"'
        rest = (
            f'"fast":{"true" if fast else "false"},"tier":"{"priority" if fast else "default"}",'
            f'"input":{tokens},"cached":{cached},"cache_write":{written},"output":{output},"reasoning":{reasoning},'
            f'"tokens_cost":"{plain(parts[0])}","searches":{searches},"searches_cost":"{plain(parts[1])}",'
            f'"images":{shown},"images_cost":"{plain(parts[2])}","exact":"{plain(exact)}","amount":"{amount}",'
            f'"metered":"{chance.choice(["exact", "exact", "drained"])}"'
        )
        return head, rest, str(amount)


class Writer:
    def __init__(self, path: str):
        self.file = open(path, "wb", buffering=1 << 20)
        self.seq, self.offset, self.chain = 0, 0, "0" * 32
        self.tips: dict[str, tuple[int, int, str]] = {}

    def line(self, at: str, fields: str, balance: str | None = None) -> None:
        self.seq += 1
        text = f'{{"seq":{self.seq},"at":"{at}",{fields}'
        if balance:
            n, prev, link = self.tips.get(balance, (0, 0, "0" * 32))
            text += f',"n":{n + 1},"prev":{prev}'
            link = digest(link, text.encode())
            self.tips[balance] = (n + 1, self.offset, link)
            text += f',"link":"{link}"'
        if self.seq % 8 == 1:
            text += f',"synced":{self.seq - 1}'
        line = text.encode()
        self.chain = digest(self.chain, line)
        line += b',"chain":"%s"}\n' % self.chain.encode()
        self.file.write(line)
        self.offset += len(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--balances", type=int, default=50)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--cheap", action="store_true")
    options = parser.parse_args()
    chance = Random(options.seed)
    writer = Writer(options.file)
    text = table_text()
    table = hashlib.sha512(text).hexdigest()[:32]

    step = timedelta(days=options.days) / max(1, options.entries)
    at = START
    moment = "2026-01-10T00:00:00.000Z"
    writer.line(moment, '"type":"ledger","format":1,"id":"l_made"')
    writer.line(moment, f'"type":"prices","digest":"{table}","table":{text.decode()}')
    names = [f"b_{number:022d}" for number in range(options.balances)]
    for number, name in enumerate(names):
        fields = f'"type":"balance","balance":"{name}","account":"a_{number}","service":"pay","label":"made"'
        writer.line(moment, fields, name)
        # A charge beyond it is a debt: sums of any size are exact too.
        fields = f'"type":"topup","balance":"{name}","payment":"p{number}","paid":"100.0000","bonus":"200.0000"'
        writer.line(moment, fields + ',"expires":"2027-12-31T00:00:00.000Z"', name)
    pools: dict[str, list] = {}
    pick = chance.chance
    while writer.seq < options.entries:
        at += step
        moment = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
        day = moment[:10]
        if options.cheap:
            if day not in pools:
                pools = {day: [cheap(chance, day) for _ in range(500)]}
            head, rest, _ = pools[day][pick.randrange(500)]
        else:
            head, rest, _ = chance.charge(day)
        name = names[pick.randrange(len(names))]
        fields = (
            f'"type":"charge","balance":"{name}","id":"x_{writer.seq:022d}","began":"{moment}",'
            f'"response":"resp_{writer.seq:048d}",{head},"table":"{table}",{rest}'
        )
        writer.line(moment, fields, name)
    writer.file.close()
    print(json.dumps({"entries": writer.seq, "bytes": writer.offset, "chain": writer.chain}))


def cheap(chance: Random, day: str) -> tuple[str, str, str]:
    """A charge of an everyday size."""
    while True:
        found = chance.charge(day)
        if Decimal(found[2]) < 1 and '"gpt-5' in found[0] and '"images":[]' in found[1]:
            return found


if __name__ == "__main__":
    main()
