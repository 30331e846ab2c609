"""The published price table, computed with `decimal` and nothing of the gateway's code."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

# Model: input, cached input, output (USD per million tokens), Fast multiplier.
TABLE = {
    "gpt-5.4-mini": ("0.075", "0.0075", "0.45", "1"),
    "gpt-5.4": ("0.25", "0.025", "1.5", "2"),
    "gpt-5.5": ("0.5", "0.05", "3", "2.5"),
    "gpt-5.3-codex-spark": ("0.175", "0.0175", "1.4", "1"),
    "gpt-5.5-pro": ("3", "3", "18", "1"),
}
SEARCH = Decimal("0.001")
IMAGE = Decimal("0.0053")


def exact(
    row: str,
    input: int = 0,
    cached: int = 0,
    cache_write: int = 0,
    output: int = 0,
    fast: bool = False,
    searches: int = 0,
    images: int = 0,
) -> Decimal:
    """Cache-write tokens have no price of their own in the default table: the input price."""
    price_in, price_cached, price_out, multiplier = map(Decimal, TABLE[row])
    tokens = (input - cached - cache_write) * price_in + cached * price_cached + cache_write * price_in
    tokens = (tokens + output * price_out) / 1_000_000
    return tokens * (multiplier if fast else 1) + searches * SEARCH + images * IMAGE


def charge(row: str, **usage: int | bool) -> Decimal:
    return exact(row, **usage).quantize(Decimal("0.0001"), rounding=ROUND_CEILING)
