#!/usr/bin/env python3
"""Writes PriceExamples.swift: prices computed by Python's decimal, independently of Billing.

Run it in this directory. The columns are table, model, fast, input, cached, cache_write, output,
searches, images (model/quality/size/count, joined by `+`; `-` for none), exact cost, charged."""

from decimal import ROUND_CEILING, Decimal, getcontext
import random

getcontext().prec = 60
MILLION = Decimal(1_000_000)
ROWS = {
    # model: input, cached input, cache write, output, Fast, long context
    "gpt-5.3-codex-spark": ("0.175", "0.0175", None, "1.4", "1", None),
    "gpt-5.4": ("0.25", "0.025", None, "1.5", "2", None),
    "gpt-5.4-mini": ("0.075", "0.0075", None, "0.45", "1", None),
    "gpt-5.5": ("0.5", "0.05", None, "3", "2.5", None),
    "gpt-5.5-pro": ("3", "3", None, "18", "1", None),
}
EXTENDED = dict(ROWS)
EXTENDED["house-1"] = ("0.4", "0.04", "0.5", "2", "2", (272000, "0.8", "0.08", "3"))
EXTENDED["house-2"] = ("0.333333", None, None, "1.999999", "1.333", (1000, "0.7", None, "3.1"))
TABLES = {"default": ROWS, "extended": EXTENDED}
IMAGES = {
    ("gpt-image-2", "medium", "1024x1024"): "0.0053",
    ("gpt-image-2", "high", "3840x2160"): "0.0401",
    ("gpt-image-1.5", "high", "1024x1536"): "0.02",
    ("gpt-image-1-mini", "low", "1536x1024"): "0.0006",
}
FALLBACK = IMAGES[("gpt-image-2", "medium", "1024x1024")]


def base(model):
    parts = model.rsplit("-", 3)
    dated = len(parts) == 4 and [len(part) for part in parts[1:]] == [4, 2, 2]
    return parts[0] if dated and all(part.isdigit() for part in parts[1:]) else model


def price(table, model, fast, counts, searches, images):
    rows = TABLES[table]
    row = rows.get(model) or rows.get(base(model)) or rows["gpt-5.5-pro"]
    input_price, cached_price, write_price, output_price, multiplier, long = row
    tokens, cached, written, output = counts
    factor = Decimal(multiplier) if fast else Decimal(1)
    if long and tokens > long[0]:
        _, input_price, cached_price, output_price = long
        write_price, factor = None, Decimal(1)
    total = (tokens - cached - written) * Decimal(input_price)
    total += cached * Decimal(cached_price or input_price)
    total += written * Decimal(write_price or input_price)
    total += output * Decimal(output_price)
    total = total / MILLION * factor + searches * Decimal("0.001")
    for kind, count in images:
        total += count * Decimal(IMAGES.get(kind, FALLBACK))
    return total


def plain(number):
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def line(table, model, fast, counts, searches=0, images=()):
    exact = price(table, model, fast, counts, searches, images)
    charged = exact.quantize(Decimal("0.0001"), rounding=ROUND_CEILING)
    kinds = "+".join("/".join(kind) + f"/{count}" for kind, count in images) or "-"
    numbers = " ".join(str(count) for count in counts)
    flag = "fast" if fast else "plain"
    return f"{table} {model} {flag} {numbers} {searches} {kinds} {plain(exact)} {charged}"


def examples():
    chance = random.Random(20261122)
    yield line("default", "gpt-5.4-mini", False, (20000, 10000, 0, 500))
    yield line("default", "gpt-5.4", False, (0, 0, 0, 0))
    yield line("default", "gpt-5.4-mini", False, (1, 1, 0, 0))
    yield line("default", "gpt-5.5-pro", True, (2**40, 0, 0, 2**40))
    yield line("extended", "house-2", True, (999, 1, 1, 1))
    for edge in (271999, 272000, 272001):
        yield line("extended", "house-1", True, (edge, 1000, 1000, 1000))
        yield line("extended", "house-1", False, (edge, 1000, 1000, 1000))
    names = list(EXTENDED) + ["gpt-5.4-2026-03-05", "gpt-5.5-2026-01-01", "gpt-9-nova"]
    kinds = list(IMAGES) + [("gpt-image-9", "auto", "auto")]
    for number in range(150):
        tokens = chance.choice((chance.randrange(200), chance.randrange(500_000)))
        cached = chance.randrange(tokens + 1)
        written = chance.choice((0, chance.randrange(tokens - cached + 1)))
        counts = (tokens, cached, written, chance.randrange(30_000))
        images = [(kind, chance.randrange(1, 4)) for kind in kinds if chance.random() < 0.1]
        name = chance.choice(names)
        table = "extended" if name.startswith("house") or number % 3 == 0 else "default"
        searches = chance.choice((0, 0, chance.randrange(12)))
        yield line(table, name, chance.random() < 0.4, counts, searches, images)


with open("../BillingTests/PriceExamples.swift", "w", encoding="utf-8") as file:
    file.write("// Written by Tests/Fixtures/price_examples.py; do not edit.\n\n")
    file.write('let priceExamples = """\n')
    for example in examples():
        file.write(f"    {example}\n")
    file.write('    """\n')
