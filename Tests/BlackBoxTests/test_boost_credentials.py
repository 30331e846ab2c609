"""Several managed credentials: the next one is tried before any output, and never after."""

from __future__ import annotations

import pytest

from harness.facts import nothing_held
from harness.gateway import CREDENTIAL, turn
from harness.sides import LIMIT, Outcome, Sides
from harness.stub import fields_of

AWAY = f"{LIMIT};resets_in=200"


@pytest.fixture
def two_keys(make_sides) -> Sides:
    sides = make_sides(upstream_managed={"credentials": ["env:TINYGATEWAY_TEST_KEY", "env:SECOND_KEY"]})
    sides.gateway.extra_environment = {"SECOND_KEY": "sk-second"}
    return sides.start()


REFUSALS = {
    "401": "status;status=401;ecode=invalid_api_key",
    "usage limit": LIMIT,
    "insufficient quota": "status;status=429;type=insufficient_quota;ecode=insufficient_quota",
}


def credentials_of(outcome: Outcome) -> list[str]:
    return [fields_of(r)["authorization"].removeprefix("Bearer ") for r in outcome.managed.requests]


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
@pytest.mark.parametrize("size", [10, 1_000_000])
@pytest.mark.parametrize("service", ["boost", "pay"])
def test_the_next_credential(two_keys: Sides, refusal: str, size: int, service: str) -> None:
    customer = getattr(two_keys, service)()
    first, second = CREDENTIAL, "sk-second"
    outcome = customer.ask(LIMIT, f"{refusal};for={first}", body=turn(text="b" * size))
    if credentials_of(outcome) == [second]:
        outcome = customer.ask(AWAY, f"{refusal};for={second}", body=turn(text="b" * size))
        first, second = second, first
    assert credentials_of(outcome) == [first, second]
    assert outcome.answer.status == 200 and outcome.managed.generated == 1
    nothing_held(customer.balance)
    assert len(customer.charges()) == (1 if first == CREDENTIAL else 2)
    assert credentials_of(customer.ask(AWAY)) == [second], "a refused credential rests"


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_every_credential_refuses(two_keys: Sides, refusal: str) -> None:
    customer = two_keys.boost()
    outcome = customer.ask(LIMIT, f"{refusal};message=key sk-abc of org-stub")
    assert sorted(credentials_of(outcome)) == sorted([CREDENTIAL, "sk-second"])
    assert outcome.answer.status == 400 and outcome.answer.error["code"] == "invalid_prompt"
    assert "sk-abc" not in outcome.answer.raw.decode()
    nothing_held(customer.balance)
    assert not customer.charges()


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_other_refusals_try_no_other(two_keys: Sides, status: int) -> None:
    outcome = two_keys.boost().ask(LIMIT, f"status;status={status}")
    assert outcome.managed.whole == 1


def test_a_thread_stays_with_one_credential(two_keys: Sides) -> None:
    customer = two_keys.boost("50")
    used = set()
    for thread in range(6):
        fields = {"session-id": f"s-{thread}", "thread-id": f"s-{thread}"}
        seen = {credentials_of(customer.ask(AWAY, fields=fields))[0] for _ in range(3)}
        assert len(seen) == 1
        used |= seen
    assert used
