"""What a running gateway says of itself."""

from __future__ import annotations

from decimal import Decimal

from .gateway import Balance, Gateway
from .processes import wait_until


def fact(gateway: Gateway, name: str) -> int:
    """One number of `status`."""
    return int(next(line.split()[1] for line in gateway.text("status").splitlines() if line.startswith(name)))


def nothing_held(balance: Balance, seconds: float = 5) -> None:
    """No hold and no stream is left."""
    wait_until("the hold is gone", lambda: Decimal(balance.show()["held"]) == 0, seconds)
    wait_until("no stream is left", lambda: fact(balance.gateway, "streams") == 0, seconds)
