"""The real Codex CLI with a ChatGPT login, for each service: what it shows, and which side it is served by."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from harness.codex import BINARY, Codex
from harness.gateway import CREDENTIAL
from harness.login import TokenServer
from harness.processes import wait_until
from harness.sides import Customer, Sides
from harness.stub import Stub, fields_of

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason="openai-codex-cli-bin is not installed")

USED_UP = "status,status:429,type:usage_limit_reached,ecode:usage_limit_reached"
LIMIT = "status;status=429;type=usage_limit_reached;ecode=usage_limit_reached"


def codex(customer: Customer, directory: Path, change: tuple[str, str] | None = None, **more: object) -> Codex:
    """Codex with the block that the gateway prints for this balance, and with the customer's login."""
    block = customer.sides.gateway.text("config", "toml", customer.balance.id)
    if change:
        assert change[0] in block
        block = block.replace(*change)
    return Codex(directory, block, login=customer.login, **more)


def posts(stub: Stub, mark: int) -> list[dict]:
    return [r for r in stub.requests(mark) if r["method"] == "POST"]


def thinks(request: dict, whose: str) -> bool:
    """Whether the input has a reasoning item that this side made."""
    return f'"encrypted_content":"{whose}"' in request["body_first"]


@pytest.fixture(params=["link", "boost"])
def customer(request: pytest.FixtureRequest, sides: Sides) -> Customer:
    return getattr(sides, request.param)()


# Both services: the own login is served by the own upstream.


def test_a_turn_on_the_own_login(customer: Customer, sides: Sides, tmp_path: Path) -> None:
    marks = sides.own.mark(), sides.managed.mark()
    turn = codex(customer, tmp_path).exec("say hi [stub-own:plain;text=from own]")
    assert turn.status == 0 and turn.texts == ["from own"], turn
    [request] = posts(sides.own, marks[0])
    fields = fields_of(request)
    assert {name: fields[name] for name in customer.login.fields} == customer.login.fields
    assert {"session-id", "thread-id", "originator", "x-codex-turn-metadata"} <= set(fields)
    assert customer.balance.token not in str(sides.own.requests(marks[0]))
    assert not sides.managed.requests(marks[1]) and not customer.entries()


def test_the_block_wants_a_login(customer: Customer, sides: Sides) -> None:
    block = sides.gateway.text("config", "toml", customer.balance.id)
    assert "requires_openai_auth = true" in block and "supports_websockets = false" in block


def test_the_models_of_the_own_login(customer: Customer, sides: Sides, tmp_path: Path) -> None:
    """Codex asks for them when there is a login; the own upstream answers."""
    mark = sides.own.mark()
    assert codex(customer, tmp_path).exec("say hi").status == 0
    asked = [r for r in sides.own.requests(mark) if r["method"] == "GET"]
    assert asked and all(r["target"].startswith("/backend-api/codex/models?client_version=") for r in asked)


def test_a_tool_loop_with_its_turn_state(customer: Customer, sides: Sides, tmp_path: Path) -> None:
    mark = sides.own.mark()
    turn = codex(customer, tmp_path).exec("run [stub-own:tool;command=echo tool-ran;turn_state=state-7;text=done]")
    assert turn.status == 0 and turn.texts == ["done"], turn
    first, second = posts(sides.own, mark)
    assert "x-codex-turn-state" not in fields_of(first)
    assert fields_of(second)["x-codex-turn-state"] == "state-7"


def test_a_compressed_body(customer: Customer, sides: Sides, tmp_path: Path) -> None:
    """A provider that calls itself OpenAI gets zstd; the stub cannot read it, so a field says what to answer."""
    mark = sides.own.mark()
    token = f'"x-tinygateway-token" = "{customer.balance.token}"'
    made = codex(customer, tmp_path, (token, f'{token}, "x-stub-own" = "plain;stream=1;text=unpacked"'))
    name = next(line for line in (made.codex / "config.toml").read_text().splitlines() if line.startswith("name = "))
    config = (made.codex / "config.toml").read_text().replace(name, 'name = "OpenAI"')
    (made.codex / "config.toml").write_text(config)
    turn = made.exec("say hi")
    assert turn.status == 0 and turn.texts == ["unpacked"], turn
    [request] = posts(sides.own, mark)
    assert fields_of(request)["content-encoding"] == "zstd"
    assert request["body_first"].encode("latin-1").startswith(b"\x28\xb5\x2f\xfd")
    assert request["body_complete"]


def test_an_upstreams_401_refreshes_the_login(customer: Customer, sides: Sides, tmp_path: Path) -> None:
    """Only the upstream may cause it; the new token is used from then on."""
    mark = sides.own.mark()
    with TokenServer(customer.login.account) as server:
        made = codex(customer, tmp_path, environment={"CODEX_REFRESH_TOKEN_URL_OVERRIDE": server.url})
        turn = made.exec(f"say hi [stub-own:status;status=401;times=2;x={os.urandom(4).hex()};then=plain,text:back]")
        assert turn.status == 0 and turn.texts == ["back"], turn
        assert len(server.asked) == 1
        assert fields_of(posts(sides.own, mark)[-1])["authorization"] == f"Bearer {server.given[0]}"
    assert not customer.entries()


@pytest.mark.parametrize("trouble", ["rotated", "unknown"])
def test_no_401_of_our_own(customer: Customer, sides: Sides, tmp_path: Path, trouble: str) -> None:
    """The gateway's troubles never touch the login: one request, the sentence, no refresh."""
    mark = sides.own.mark()
    with TokenServer(customer.login.account) as server:
        environment = {"CODEX_REFRESH_TOKEN_URL_OVERRIDE": server.url}
        change = (customer.balance.token, "tg_" + "A" * 43) if trouble == "unknown" else None
        made = codex(customer, tmp_path, change, retries=None, environment=environment)
        if trouble == "rotated":
            sides.gateway.cli("token", "rotate", customer.balance.id)
        turn = made.exec("say hi")
        assert turn.status == 1 and "access token" in turn.failure, turn.failure
        assert not server.asked
    assert not sides.own.requests(mark)


def test_the_dedicated_url(customer: Customer, sides: Sides, tmp_path: Path) -> None:
    block = sides.gateway.text("config", "toml", customer.balance.id, "--url")
    turn = Codex(tmp_path, block, login=customer.login).exec("say hi [stub-own:plain;text=by url]")
    assert turn.status == 0 and turn.texts == ["by url"], turn


def test_websocket_falls_back_at_once(customer: Customer, sides: Sides, tmp_path: Path) -> None:
    turn = codex(customer, tmp_path, ("supports_websockets = false", "supports_websockets = true")).exec("say hi")
    assert turn.status == 0


# Link.


def test_link_passes_a_used_up_quota_on(sides: Sides, tmp_path: Path) -> None:
    customer, marks = sides.link(), (sides.own.mark(), sides.managed.mark())
    turn = codex(customer, tmp_path, retries=None).exec(f"say hi [stub-own:{LIMIT}]")
    assert turn.status == 1 and turn.failure.startswith("You’ve hit your usage limit."), turn.failure
    assert len(posts(sides.own, marks[0])) == 1 and not sides.managed.requests(marks[1])


def test_link_without_a_paid_week(sides: Sides, tmp_path: Path) -> None:
    customer, mark = sides.link(weeks=None), sides.own.mark()
    turn = codex(customer, tmp_path, retries=None).exec("say hi")
    assert turn.status == 1 and "/dashboard" in turn.failure, turn.failure
    assert not sides.own.requests(mark)


def test_link_shows_a_cut_as_codex_would(sides: Sides, tmp_path: Path) -> None:
    turn = codex(sides.link(), tmp_path).exec("say hi [stub-own:cut;after=5]")
    assert turn.status == 1 and turn.failure.startswith("stream disconnected before completion"), turn.failure


# Boost.


def assert_usage_is(turn_usage: dict, charges: list[dict]) -> None:
    assert sum(c["input"] for c in charges) == turn_usage["input_tokens"]
    assert sum(c["output"] for c in charges) == turn_usage["output_tokens"]


@pytest.mark.parametrize(
    "own",
    [
        LIMIT,
        "refuse;code=usage_limit_reached",
        "refuse;as=nested;code=insufficient_quota",
        "refuse;as=error;code=usage_not_included",
    ],
)
def test_boost_is_served_by_managed(sides: Sides, tmp_path: Path, own: str) -> None:
    customer, marks = sides.boost(), (sides.own.mark(), sides.managed.mark())
    turn = codex(customer, tmp_path, retries=None).exec(f"hi [stub-own:{own}][stub-managed:plain;text=from managed]")
    assert turn.status == 0 and turn.texts == ["from managed"], turn
    assert (len(posts(sides.own, marks[0])), len(posts(sides.managed, marks[1]))) == (1, 1)
    [request] = posts(sides.managed, marks[1])
    assert fields_of(request)["authorization"] == f"Bearer {CREDENTIAL}"
    assert not any(s in str(request) for s in (customer.login.token, customer.login.account, customer.balance.token))
    [charge] = customer.charges()
    assert charge["reason"] in own
    assert_usage_is(turn.usage, [charge])


def test_boost_runs_out_in_the_middle_and_comes_back(sides: Sides, tmp_path: Path) -> None:
    """A tool loop whose second request finds the quota used up, with reasoning that managed cannot open."""
    customer, marks = sides.boost("50"), (sides.own.mark(), sides.managed.mark())
    made = codex(customer, tmp_path, retries=None)
    own = f"tool;command=echo tool-ran;thinks=by-own;turn_state=own-1;times=1;x={os.urandom(4).hex()}"
    managed = "tool;text=finished by managed;sealed=document;turn_state=managed-1;thinks=by-managed"
    turn = made.exec(f"run [stub-own:{own};then={USED_UP},resets_in:2][stub-managed:{managed}]")
    assert turn.status == 0 and turn.texts == ["finished by managed"], turn
    ours, theirs = posts(sides.own, marks[0]), posts(sides.managed, marks[1])
    assert len(ours) == 2 and len(theirs) == 2, "own, own refused; managed sealed, managed opened"
    assert fields_of(ours[1])["x-codex-turn-state"] == "own-1"
    assert not any("own-1" in fields_of(r).get("x-codex-turn-state", "") for r in theirs)
    assert thinks(theirs[0], "by-own") and not thinks(theirs[1], "by-own")
    assert "tool-ran" in theirs[1]["body_first"], "the tool's output went along"
    [charge] = customer.charges()
    assert charge["reason"] == "usage_limit_reached"

    # Still used up: the next turn goes to managed at once, or own is asked and refuses again.
    turn = made.exec("resume", "--last", f"more [stub-own:{LIMIT};resets_in=2][stub-managed:plain;text=still managed]")
    assert turn.status == 0 and turn.texts == ["still managed"], turn
    assert customer.charges()[-1]["reason"] in ("used_up", "usage_limit_reached")

    # Back: own serves the session on, though managed's reasoning is in it.
    wait_until("own is asked again", lambda: customer.ask().own.whole)
    spent, mark = len(customer.charges()), sides.own.mark()
    turn = made.exec("resume", "--last", "again [stub-own:plain;text=own again;sealed=failed][stub-managed:plain]")
    assert turn.status == 0 and turn.texts == ["own again"], turn
    assert len(customer.charges()) == spent
    requests = posts(sides.own, mark)
    assert len(requests) == 2 and thinks(requests[0], "by-managed") and not thinks(requests[1], "by-managed")
    assert not any("managed-1" in str(r["fields"]) for r in requests)


def test_boost_stays_in_its_turn(sides: Sides, tmp_path: Path) -> None:
    """Once moved, the turn's later requests do not ask own again."""
    customer, marks = sides.boost(), (sides.own.mark(), sides.managed.mark())
    turn = codex(customer, tmp_path).exec(
        f"run [stub-own:{LIMIT};resets_in=0][stub-managed:tool;command=echo tool-ran;turn_state=m-1;text=done]"
    )
    assert turn.status == 0 and turn.texts == ["done"], turn
    assert len(posts(sides.own, marks[0])) == 1
    first, second = posts(sides.managed, marks[1])
    assert fields_of(second)["x-codex-turn-state"] == "m-1" and "x-codex-turn-state" not in fields_of(first)
    charges = customer.charges()
    assert charges[0]["reason"] == "usage_limit_reached" and charges[1]["reason"] in ("same_turn", "used_up")
    assert_usage_is(turn.usage, charges)


def test_boost_without_money(sides: Sides, tmp_path: Path) -> None:
    customer, marks = sides.boost(grant=None), (sides.own.mark(), sides.managed.mark())
    made = codex(customer, tmp_path, retries=None)
    assert made.exec("say hi [stub-own:plain;text=free]").texts == ["free"]
    turn = made.exec(f"say hi [stub-own:{LIMIT}]")
    assert turn.status == 1 and turn.failure.startswith("You’ve hit your usage limit."), turn.failure
    assert "/dashboard" in turn.failure
    assert len(posts(sides.own, marks[0])) == 2 and not sides.managed.requests(marks[1])
    assert not customer.entries()


def test_boost_when_both_are_used_up(sides: Sides, tmp_path: Path) -> None:
    """The operator's trouble is told once, by a sentence that names neither key nor cause."""
    customer, marks = sides.boost(), (sides.own.mark(), sides.managed.mark())
    turn = codex(customer, tmp_path, retries=None).exec(f"hi [stub-own:{LIMIT}][stub-managed:{LIMIT};message=sk-abc]")
    assert turn.status == 1 and "sk-abc" not in turn.failure and "usage limit" not in turn.failure, turn.failure
    assert (len(posts(sides.own, marks[0])), len(posts(sides.managed, marks[1]))) == (1, 1)
    assert not customer.charges()


# Pay beside a login.


def test_pay_keeps_a_login_to_itself(sides: Sides, tmp_path: Path) -> None:
    customer, marks = sides.pay(), (sides.own.mark(), sides.managed.mark())
    turn = codex(customer, tmp_path).exec("say hi [stub-managed:plain;text=paid]")
    assert turn.status == 0 and turn.texts == ["paid"], turn
    for request in sides.managed.requests(marks[1]):
        assert not any(s in str(request) for s in (customer.login.token, customer.login.account))
    assert not sides.own.requests(marks[0])
    assert Decimal(customer.charges()[0]["amount"]) > 0
