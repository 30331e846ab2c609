"""images/generations, images/edits and alpha/search: relayed for every service, metered where money pays."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from harness import prices
from harness.facts import nothing_held
from harness.sides import LIMIT, OWN_PATH, Customer, Sides
from harness.stub import fields_of

IMAGES = ["/images/generations", "/images/edits"]
SEARCH = "/alpha/search"
CAT = {"prompt": "a cat", "background": "opaque", "model": "gpt-image-2", "quality": "auto", "size": "auto"}
QUERY = {"id": "s_1", "model": "gpt-5.5", "input": [{"role": "user"}], "commands": {"search_query": [{"q": "x"}]}}
DEFAULT = Decimal("0.0053")
BODIES = {IMAGES[0]: CAT, IMAGES[1]: CAT, SEARCH: QUERY}
COSTS = {IMAGES[0]: DEFAULT, IMAGES[1]: DEFAULT, SEARCH: prices.SEARCH}


def only_charge(customer: Customer) -> dict:
    nothing_held(customer.balance)
    [charge] = customer.charges()
    spent = Decimal(charge["amount"])
    assert customer.balance.remaining == 5 - spent
    return charge


# What one image costs, and how it is found out: as the answer says, else as the request says, else the default.
PRICED = {
    "as nobody says": (CAT, "plain", "0.0053"),
    "as the request says": (CAT | {"quality": "high", "size": "1024x1536"}, "plain", "0.0165"),
    "as the answer says": (CAT | {"quality": "high"}, "plain;image_quality=low;image_size=1024x1024", "0.0006"),
    "each by itself": (CAT | {"size": "1024x1536"}, "plain;image_quality=low", "0.0005"),
    "another model": (CAT | {"model": "gpt-image-1-mini", "quality": "low", "size": "1024x1024"}, "plain", "0.0005"),
    "an unknown model": (CAT | {"model": "gpt-image-99"}, "plain", "0.0053"),
    "an unknown size": (CAT | {"size": "7x7", "quality": "high"}, "plain", "0.0053"),
    "no model": ({"prompt": "a cat"}, "plain", "0.0053"),
}


@pytest.mark.parametrize(("body", "scenario", "price"), PRICED.values(), ids=PRICED.keys())
@pytest.mark.parametrize("route", IMAGES)
def test_image_prices(sides: Sides, route: str, body: dict, scenario: str, price: str) -> None:
    customer = sides.pay()
    outcome = customer.ask(managed=scenario, body=body, route=route)
    assert outcome.answer.status == 200 and outcome.managed.is_content(outcome.answer.content)
    charge = only_charge(customer)
    assert Decimal(charge["amount"]) == Decimal(price)
    assert Decimal(charge["images_cost"]) == Decimal(price) and Decimal(charge["tokens_cost"]) == 0
    assert [i["n"] for i in charge["images"]] == [1]


@pytest.mark.parametrize("count", [0, 1, 2, 10])
def test_each_image_counts(sides: Sides, count: int) -> None:
    """Those that were made, not those that were wanted."""
    customer = sides.pay()
    answer = customer.ask(managed=f"plain;returned={count}", body=CAT | {"n": 3}, route=IMAGES[0]).answer
    assert len(answer.json["data"]) == count
    nothing_held(customer.balance)
    assert sum(Decimal(c["amount"]) for c in customer.charges()) == count * DEFAULT


def test_a_form_of_pictures(sides: Sides) -> None:
    """images/edits as the OpenAI SDK sends it."""
    part = '--frontier\r\ncontent-disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    named = {"model": "gpt-image-2", "prompt": "a cat", "n": "2"}
    body = "".join(part.format(*pair) for pair in named.items()).encode() + b"--frontier--\r\n"
    fields = {"content-type": "multipart/form-data; boundary=frontier"}
    customer = sides.pay()
    outcome = customer.ask(managed="plain;returned=2", body=body, route=IMAGES[1], fields=fields)
    assert outcome.answer.status == 200
    assert outcome.managed.requests[0]["body_sha256"] == hashlib.sha256(body).hexdigest()
    assert Decimal(only_charge(customer)["amount"]) == 2 * DEFAULT


def test_a_search(sides: Sides) -> None:
    customer = sides.pay()
    outcome = customer.ask(body=QUERY, route=SEARCH)
    assert outcome.answer.status == 200 and outcome.managed.is_content(outcome.answer.content)
    charge = only_charge(customer)
    assert (Decimal(charge["amount"]), charge["searches"], charge["model"]) == (prices.SEARCH, 1, "gpt-5.5")
    assert Decimal(charge["searches_cost"]) == prices.SEARCH and Decimal(charge["tokens_cost"]) == 0


REFUSED = {
    "400": "status;status=400;ecode=moderation_blocked",
    "429": "status;status=429;ecode=rate_limit_exceeded;type=rate_limit_error",
    "500": "status;status=500",
}


@pytest.mark.parametrize("scenario", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("route", [*IMAGES, SEARCH])
def test_a_refusal_costs_nothing(sides: Sides, route: str, scenario: str) -> None:
    customer = sides.pay()
    outcome = customer.ask(managed=scenario, body=BODIES[route], route=route)
    assert outcome.answer.status == outcome.managed.answers[0]["status"]
    assert outcome.managed.is_content(outcome.answer.content)
    nothing_held(customer.balance)
    assert not customer.charges()


@pytest.mark.parametrize("route", [*IMAGES, SEARCH])
def test_a_cut_is_never_complete(sides: Sides, route: str) -> None:
    customer = sides.pay()
    answer = customer.ask(managed="cut", body=BODIES[route], route=route).answer
    assert answer.status >= 400 or not answer.complete
    nothing_held(customer.balance)
    assert len(customer.charges()) <= 1


@pytest.mark.parametrize("route", [*IMAGES, SEARCH])
def test_without_money(sides: Sides, route: str) -> None:
    outcome = sides.pay(grant=None).ask(body=BODIES[route], route=route)
    assert outcome.answer.status == 429 and outcome.answer.error["type"] == "usage_limit_reached"
    assert not outcome.managed.requests


@pytest.mark.parametrize("route", [*IMAGES, SEARCH])
def test_the_operators_credential_is_used(sides: Sides, route: str) -> None:
    customer = sides.pay()
    [request] = customer.ask(body=BODIES[route], route=route).managed.requests
    assert request["target"] == f"/v1{route}"
    assert customer.login.token not in str(request) and customer.balance.token not in str(request)
    assert "chatgpt-account-id" not in fields_of(request)


@pytest.mark.parametrize("route", [*IMAGES, SEARCH])
@pytest.mark.parametrize("scenario", ["plain", "status;status=500", "status;status=429;type=usage_limit_reached"])
def test_link(sides: Sides, route: str, scenario: str) -> None:
    customer = sides.link()
    outcome = customer.ask(scenario, body=BODIES[route], route=route)
    [request] = outcome.own.requests
    assert request["target"] == OWN_PATH + route
    assert outcome.own.is_content(outcome.answer.content) and not outcome.managed.requests
    assert not customer.entries()


@pytest.mark.parametrize("route", [*IMAGES, SEARCH])
def test_boost_own_first(sides: Sides, route: str) -> None:
    customer = sides.boost()
    outcome = customer.ask(body=BODIES[route], route=route)
    assert outcome.answer.status == 200 and outcome.own.is_content(outcome.answer.content)
    [request] = outcome.own.requests
    assert request["target"] == OWN_PATH + route
    assert fields_of(request)["authorization"] == customer.login.fields["authorization"]
    assert not outcome.managed.requests and not customer.entries()


@pytest.mark.parametrize("route", [*IMAGES, SEARCH])
def test_boost_moves(sides: Sides, route: str) -> None:
    customer = sides.boost()
    outcome = customer.ask(f"{LIMIT};resets_in=200", body=BODIES[route], route=route)
    assert outcome.answer.status == 200 and outcome.managed.is_content(outcome.answer.content)
    assert (outcome.own.whole, outcome.managed.whole) == (1, 1)
    charge = only_charge(customer)
    assert Decimal(charge["amount"]) == COSTS[route] and charge["reason"] == "usage_limit_reached"
    again = customer.ask(body=BODIES[route], route=route)
    assert (again.own.whole, again.managed.whole) == (0, 1)
    assert customer.charges()[1]["reason"] == "used_up"


@pytest.mark.parametrize("route", [*IMAGES, SEARCH])
@pytest.mark.parametrize("scenario", REFUSED.values(), ids=REFUSED.keys())
def test_boost_stays(sides: Sides, route: str, scenario: str) -> None:
    customer = sides.boost()
    outcome = customer.ask(scenario, body=BODIES[route], route=route)
    assert outcome.own.is_content(outcome.answer.content)
    assert not outcome.managed.requests and not customer.entries()


@pytest.mark.parametrize("route", [*IMAGES, SEARCH])
def test_boost_without_money(sides: Sides, route: str) -> None:
    customer = sides.boost(grant=None)
    outcome = customer.ask(LIMIT, body=BODIES[route], route=route)
    assert outcome.answer.status == 429 and outcome.own.is_content(outcome.answer.content)
    assert "/dashboard" in outcome.answer.field("x-codex-promo-message")
    assert not outcome.managed.requests


PLAIN = "status;status=200;body=text;message=anything"


@pytest.mark.parametrize(("method", "route"), [("GET", "/models"), ("GET", "/wham/usage"), ("POST", "/other")])
def test_boost_relays_the_rest_to_own(sides: Sides, method: str, route: str) -> None:
    """Refusals too: what the operator does not offer is not his to answer."""
    customer = sides.boost()
    for scenario, status in ((PLAIN, 200), (LIMIT, 429), ("status;status=404", 404)):
        body = None if method == "GET" else {}
        outcome = customer.ask(scenario, body=body, route=f"{route}?a=b", method=method)
        assert outcome.answer.status == status and outcome.own.is_content(outcome.answer.content)
        assert outcome.own.requests[0]["target"] == f"{OWN_PATH}{route}?a=b"
        assert not outcome.managed.requests
    assert not customer.entries()


@pytest.mark.parametrize("route", ["/chat/completions", "/wham/usage", "/responses/resp_1", "/images/other"])
def test_pay_offers_nothing_else(sides: Sides, route: str) -> None:
    outcome = sides.pay().ask(body=CAT, route=route)
    assert outcome.answer.status == 404 and outcome.answer.error
    assert not outcome.managed.requests and not outcome.own.requests
