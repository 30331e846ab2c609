"""From usage to money: what the ledger says against the published prices, computed independently."""

from __future__ import annotations

from decimal import Decimal

import pytest

from harness import prices
from harness.client import ask
from harness.gateway import Balance, Gateway, turn

# name: (scenario, request's model, request's extra, row, usage as the price function takes it)
PLAIN = {"input": 1234, "cached": 1000, "output": 56}
CASES = {
    "the golden example": (
        "plain;input=20000;cached=10000;output=500",
        "gpt-5.4-mini",
        {},
        "gpt-5.4-mini",
        {"input": 20000, "cached": 10000, "output": 500},
    ),
    "gpt-5.4": ("plain", "gpt-5.4", {}, "gpt-5.4", PLAIN),
    "gpt-5.5": ("plain", "gpt-5.5", {}, "gpt-5.5", PLAIN),
    "spark": ("plain", "gpt-5.3-codex-spark", {}, "gpt-5.3-codex-spark", PLAIN),
    "pro": ("plain", "gpt-5.5-pro", {}, "gpt-5.5-pro", PLAIN),
    "a dated snapshot is its base": ("plain", "gpt-5.4-2026-03-05", {}, "gpt-5.4", PLAIN),
    "an unknown model is the dearest": ("plain", "gpt-9-whatever", {}, "gpt-5.5-pro", PLAIN),
    "the response's model decides": ("plain;model=gpt-5.4", "gpt-5.4-mini", {}, "gpt-5.4", PLAIN),
    "cache writes": ("plain;cache_write=100", "gpt-5.5", {}, "gpt-5.5", PLAIN | {"cache_write": 100}),
    "no details": ("plain;cached=absent;reasoning=absent", "gpt-5.5", {}, "gpt-5.5", {"input": 1234, "output": 56}),
    "large": (
        "plain;input=1000000;cached=0;output=128000",
        "gpt-5.4-mini",
        {},
        "gpt-5.4-mini",
        {"input": 1000000, "output": 128000},
    ),
    "one token": ("plain;input=1;cached=0;output=0;reasoning=0", "gpt-5.4-mini", {}, "gpt-5.4-mini", {"input": 1}),
    "Fast asked and served": (
        "plain;tier=priority",
        "gpt-5.5",
        {"service_tier": "priority"},
        "gpt-5.5",
        PLAIN | {"fast": True},
    ),
    "Fast asked, default served": ("plain;tier=default", "gpt-5.5", {"service_tier": "priority"}, "gpt-5.5", PLAIN),
    "Fast asked, nothing said": (
        "plain;tier=absent",
        "gpt-5.5",
        {"service_tier": "priority"},
        "gpt-5.5",
        PLAIN | {"fast": True},
    ),
    "Fast served unasked": ("plain;tier=priority", "gpt-5.4", {}, "gpt-5.4", PLAIN | {"fast": True}),
    "Fast without multiplier": (
        "plain;tier=priority",
        "gpt-5.4-mini",
        {"service_tier": "priority"},
        "gpt-5.4-mini",
        PLAIN | {"fast": True},
    ),
    "three searches": ("plain;searches=3", "gpt-5.5", {}, "gpt-5.5", PLAIN | {"searches": 3}),
    "pages opened are no searches": ("plain;searches=1;opens=4", "gpt-5.5", {}, "gpt-5.5", PLAIN | {"searches": 1}),
    "no action is a search": ("plain;bare_searches=2", "gpt-5.5", {}, "gpt-5.5", PLAIN | {"searches": 2}),
    "one item told twice": ("plain;searches=4;distinct=2", "gpt-5.5", {}, "gpt-5.5", PLAIN | {"searches": 2}),
    "the final event's own count": (
        "plain;searches=1;search_total=5",
        "gpt-5.5",
        {},
        "gpt-5.5",
        PLAIN | {"searches": 5},
    ),
    "searches are not multiplied": (
        "plain;searches=2;tier=priority",
        "gpt-5.5",
        {"service_tier": "priority"},
        "gpt-5.5",
        PLAIN | {"searches": 2, "fast": True},
    ),
    "two images": ("plain;images=2", "gpt-5.5", {}, "gpt-5.5", PLAIN | {"images": 2}),
    "images and searches": (
        "plain;images=1;searches=1",
        "gpt-5.4",
        {},
        "gpt-5.4",
        PLAIN | {"images": 1, "searches": 1},
    ),
    "incomplete with usage": ("incomplete", "gpt-5.5", {}, "gpt-5.5", PLAIN),
    "incomplete by the filter": ("incomplete;reason=content_filter", "gpt-5.5", {}, "gpt-5.5", PLAIN),
    "failed with usage": ("failed;usage=1", "gpt-5.5", {}, "gpt-5.5", PLAIN),
    "no response id": ("plain;noid", "gpt-5.5", {}, "gpt-5.5", PLAIN),
    "two terminal events": ("plain;twice=1", "gpt-5.5", {}, "gpt-5.5", PLAIN),
    "type behind everything": ("plain;order=last;eol=crlf;multiline", "gpt-5.5", {}, "gpt-5.5", PLAIN),
}


def assert_charge(entry: dict, row: str, usage: dict) -> None:
    assert Decimal(entry["amount"]) == prices.charge(row, **usage)
    assert Decimal(entry["exact"]) == prices.exact(row, **usage)
    for key in ("input", "cached", "cache_write", "output", "searches"):
        assert entry[key] == usage.get(key, 0), key
    assert entry["row"] == row
    assert entry["fast"] is usage.get("fast", False)
    assert sum(image["n"] for image in entry["images"]) == usage.get("images", 0)


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "document"])
@pytest.mark.parametrize(("scenario", "model", "extra", "row", "usage"), CASES.values(), ids=CASES.keys())
def test_charge(balance: Balance, scenario: str, model: str, extra: dict, row: str, usage: dict, stream: bool) -> None:
    only_in_events = {"searches", "images"} & usage.keys() and "search_total" not in scenario
    if not stream and (only_in_events or "twice" in scenario):
        pytest.skip("items come in events")
    answer = balance.ask(turn(model, stream=stream, **extra), scenario)
    assert answer.complete and answer.status == 200, answer.content
    [entry] = balance.wait_for("charge")
    assert_charge(entry, row, usage)
    assert entry["model"] == (scenario.split("model=")[1].split(";")[0] if ";model=" in scenario else model)
    shown = balance.show()
    assert Decimal(shown["remaining"]) == 5 - prices.charge(row, **usage)
    assert Decimal(shown["held"]) == 0


VOID = {
    "no usage": "nousage",
    "failed": "failed",
    "negative": "plain;input=-5",
    "fractional": "plain;output=1.5",
    "exponent": "plain;input=1e3",
    "beyond 2^53": "plain;input=9007199254740993",
    "above 2^40": "plain;input=1099511627777",
    "beyond 64 bits": "plain;output=99999999999999999999999",
    "cached above input": "plain;input=10;cached=11",
    "cached and written above input": "plain;input=1000;cached=600;cache_write=500",
    "a string": 'plain;input="12"',
    "null": "plain;input=null",
}


@pytest.mark.parametrize("scenario", VOID.values(), ids=VOID.keys())
def test_never_a_credit(balance: Balance, scenario: str) -> None:
    answer = balance.ask(scenario=scenario)
    assert answer.complete and answer.status == 200
    [entry] = balance.wait_for("void")
    assert entry["reason"]
    assert not balance.charges()
    assert balance.remaining == 5


def test_zero_usage_costs_nothing(balance: Balance) -> None:
    """A prewarm is free because its usage is zero."""
    balance.ask(scenario="plain;input=0;cached=0;output=0;reasoning=0")
    assert balance.remaining == 5


def test_bait_in_the_output_is_not_believed(balance: Balance) -> None:
    bait = '"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}}'
    balance.ask(scenario=f"plain;text={bait};input=5000;cached=0")
    assert balance.wait_for("charge")[0]["input"] == 5000


def test_search_route(gateway: Gateway, balance: Balance) -> None:
    fields = {"x-tinygateway-token": balance.token}
    answer = ask(
        gateway.port, "/v1/alpha/search", body={"model": "gpt-5.5", "input": "q", "commands": []}, fields=fields
    )
    if answer.status == 404:
        pytest.skip("the route is not served yet")
    assert answer.status == 200
    [entry] = balance.wait_for("charge")
    assert Decimal(entry["amount"]) == Decimal("0.0010")
    assert entry["searches"] == 1


@pytest.mark.parametrize("route", ["images/generations", "images/edits"])
def test_images_route(gateway: Gateway, balance: Balance, route: str) -> None:
    fields = {"x-tinygateway-token": balance.token}
    body = {"prompt": "a cat", "model": "gpt-image-2", "quality": "auto", "size": "auto", "n": 2}
    answer = ask(gateway.port, f"/v1/{route}", body=body, fields=fields)
    if answer.status == 404:
        pytest.skip("the route is not served yet")
    assert answer.status == 200 and len(answer.json["data"]) == 2
    [entry] = balance.wait_for("charge")
    assert Decimal(entry["amount"]) == Decimal("0.0106")


def test_usage_command_adds_up(gateway: Gateway, balance: Balance) -> None:
    for model in ("gpt-5.4-mini", "gpt-5.5", "gpt-5.5"):
        balance.ask(turn(model))
    charges = balance.wait_for("charge", 3)
    rows = gateway.rows("usage", balance.id)
    assert {r["model"]: r["responses"] for r in rows} == {"gpt-5.4-mini": 1, "gpt-5.5": 2}
    assert sum(Decimal(r["cost"]) for r in rows) == sum(Decimal(c["amount"]) for c in charges)
    assert sum(r["input"] for r in rows) == 3 * 1234
