"""Boost: own login first, managed balance when the own quota is used up. The table is in harness/boost_rows.py."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

import pytest

from harness import boost_rows as rows
from harness import prices
from harness.boost_rows import Row
from harness.facts import nothing_held
from harness.gateway import CREDENTIAL, turn
from harness.sides import OWN_PATH, Customer, Outcome, Sides, body_of
from harness.stub import fields_of

PROMO = "x-codex-promo-message"
PRICE = prices.charge("gpt-5.4-mini", input=1234, cached=1000, output=56)


def assert_seen(row: Row, outcome: Outcome) -> None:
    answer, own, managed = outcome.answer, outcome.own, outcome.managed
    match row.seen:
        case rows.OWN | rows.PROMO:
            assert answer.complete and answer.status == own.answers[-1]["status"], answer.raw[:600]
            assert own.is_content(answer.content), answer.raw[:600]
            promo = answer.field(PROMO)
            assert ("/dashboard" in (promo or "")) == (row.seen == rows.PROMO), promo
            if "x-own:kept" in row.own:
                assert answer.field("x-own") == "kept" and (row.seen == rows.PROMO or promo == "buy-elsewhere")
        case rows.OWN_CUT:
            assert not answer.complete and answer.status == own.answers[-1]["status"], answer.raw[-600:]
            assert b"response.failed" not in answer.content, "the cut was told instead of being passed on"
        case rows.MANAGED:
            assert answer.complete and answer.status == managed.answers[-1]["status"], answer.raw[:600]
            assert managed.is_content(answer.content), answer.raw[:600]
            assert answer.field("x-own") is None and answer.field(PROMO) is None
        case rows.FAILED | rows.TOLD if answer.status == 200:
            assert answer.complete and answer.last_event["type"] == "response.failed", answer.raw[-600:]
            assert answer.last_event["response"]["error"]["code"] == "server_error"
        case rows.OURS | rows.TOLD:
            assert answer.complete and answer.status in (400, 502) and answer.error["message"], answer.raw[:600]
            assert answer.status == 502 or answer.error["code"] == "invalid_prompt"
            told = answer.raw.decode()
            assert not any(word in told for word in ("sk-abc", "org-stub", "127.0.0.1", "elsewhere"))
        case _:
            raise AssertionError(f"{row.seen}: {answer.raw[:600]}")


def assert_asked(customer: Customer, row: Row, outcome: Outcome) -> None:
    """So many whole requests, each with its own credential and the body as it was, and one bill at most."""
    own, managed = outcome.own, outcome.managed
    assert (own.whole, managed.whole) == row.asked
    assert own.generated + managed.generated <= 1, "two generations"
    body = row.body if isinstance(row.body, bytes) else json.dumps(row.body or turn()).encode()
    for side in (own, managed):
        first = next((r for r in side.requests if r["body_complete"]), None)
        is_second_try = side is managed and own.whole > 1
        assert first is None or is_second_try or first["body_sha256"] == hashlib.sha256(body).hexdigest()
    for request in own.requests:
        assert request["target"] == f"{OWN_PATH}/responses"
        fields = fields_of(request)
        assert {name: fields[name] for name in customer.login.fields} == customer.login.fields
        assert fields["accept-encoding"] == "identity"
        assert customer.balance.token not in str(request) and CREDENTIAL not in str(request)
    for request in managed.requests:
        assert request["target"] == "/v1/responses"
        assert fields_of(request)["authorization"] == f"Bearer {CREDENTIAL}"
        assert not any(s in str(request) for s in (customer.balance.token, customer.login.token))
        assert "chatgpt-account-id" not in fields_of(request)


def assert_charged(customer: Customer, row: Row) -> None:
    charges = customer.charges()
    assert [c["reason"] for c in charges] == ([row.reason] if row.reason else [])
    assert all(Decimal(c["amount"]) == PRICE for c in charges)
    voids = len(customer.entries()) - len(charges)
    assert voids <= row.asked[1] and (voids or not row.void), "entries for what costs nothing"
    assert row.asked[1] or not customer.entries(), "the own part stands in the ledger"
    spent = PRICE * len(charges)
    assert customer.balance.remaining == Decimal(row.grant or 0) - spent


ALL = [*rows.MOVES, *rows.OWN_STAYS, *rows.HELD_BACK, *rows.MANAGED_AFTER, *rows.RETRIED]


@pytest.mark.parametrize("row", ALL, ids=str)
def test_row(sides: Sides, row: Row) -> None:
    customer = sides.boost(row.grant)
    outcome = customer.ask(row.own, row.managed, row.body, fields=dict(row.fields))
    assert_seen(row, outcome)
    assert_asked(customer, row, outcome)
    nothing_held(customer.balance)
    assert_charged(customer, row)


def test_names_are_unique() -> None:
    names = [row.name for row in ALL]
    assert len(set(names)) == len(names)


def test_the_retry_leaves_out_the_reasoning_and_nothing_else(sides: Sides) -> None:
    customer = sides.boost()
    body = rows.REASONING | {"zzz": 'after " ] }', "reasoning": {"effort": "medium"}, "type": "reasoning"}
    asked = customer.ask("plain;sealed=document", body=body).own.bodies()
    assert asked[0] == body
    kept = [item for item in rows.SEALED if item["type"] != "reasoning"]
    assert asked[1] == body | {"input": kept}


def test_the_retry_after_a_move_too(sides: Sides) -> None:
    customer = sides.boost()
    outcome = customer.ask(rows.LIMIT, "plain;sealed=failed", body=rows.REASONING)
    kept = [item for item in rows.SEALED if item["type"] != "reasoning"]
    assert [b["input"] for b in outcome.managed.bodies()] == [rows.SEALED, kept]


ONLY_REASONING = {
    "first": [rows.SEALED[1], *rows.SEALED[2:]],
    "last": [rows.SEALED[0], rows.SEALED[1]],
    "all": [rows.SEALED[1], rows.SEALED[3]],
    "alone": [rows.SEALED[1]],
}


@pytest.mark.parametrize("items", ONLY_REASONING.values(), ids=ONLY_REASONING.keys())
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (" ,\n", "\t: ")], ids=["tight", "usual", "loose"])
def test_reasoning_at_any_place(sides: Sides, items: list[dict], separators: tuple[str, str]) -> None:
    """What is left is a list again, with neither a comma too many nor one too few."""
    body = json.dumps(turn(input=items), separators=separators).encode()
    asked = sides.boost().ask(f"{rows.SEAL};n={len(items)}", body=body).own.requests
    assert body_of(asked[0]) == body
    assert json.loads(body_of(asked[1]))["input"] == [i for i in items if i["type"] != "reasoning"]


def test_the_answers_fields_are_those_of_its_side(sides: Sides) -> None:
    customer = sides.boost()
    own = customer.ask("plain;managed_fields;field=x-own:1|x-own:2").answer
    assert own.field("set-cookie") and own.field("x-ratelimit-limit-requests") == "100"
    assert own.field("x-codex-primary-used-percent") == "42" and own.field("location")
    assert [v for n, v in own.fields if n == "x-own"] == ["1", "2"]
    assert own.field("x-hop") is None and own.field("proxy-authenticate") is None
    moved = customer.ask(f"{rows.LIMIT};managed_fields;field=x-own:1", "plain;managed_fields").answer
    managed_only = "set-cookie location openai-organization x-ratelimit-limit-requests x-codex-plan-type x-own"
    assert not [name for name in managed_only.split() if moved.field(name) is not None]
