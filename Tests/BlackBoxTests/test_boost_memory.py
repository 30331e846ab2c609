"""Boost from one request to the next: what is remembered, what belongs to which side, and clients that leave."""

from __future__ import annotations

import json
import os
import resource
import signal
import time

import pytest

from harness.client import Connection, head
from harness.facts import nothing_held
from harness.gateway import turn
from harness.login import Login
from harness.processes import free_port, wait_until
from harness.sides import LIMIT, Customer, Outcome, Sides
from harness.stub import fields_of

AWAY = f"{LIMIT};resets_in=200"


def sides_asked(outcome: Outcome) -> tuple[int, int]:
    return outcome.own.whole, outcome.managed.whole


def reasons(customer: Customer) -> list[str]:
    return [c["reason"] for c in customer.charges()]


# Used up.


def test_used_up_is_remembered(sides: Sides) -> None:
    customer = sides.boost()
    assert sides_asked(customer.ask(AWAY)) == (1, 1)
    assert sides_asked(customer.ask()) == (0, 1)
    assert sides_asked(customer.ask()) == (0, 1)
    assert reasons(customer) == ["usage_limit_reached", "used_up", "used_up"]


def test_used_up_in_the_stream_is_remembered(sides: Sides) -> None:
    customer = sides.boost()
    assert sides_asked(customer.ask("refuse;as=nested;code=usage_limit_reached;resets_in=200")) == (1, 1)
    assert sides_asked(customer.ask()) == (0, 1)


def test_used_up_until_resets_at(sides: Sides) -> None:
    customer = sides.boost()
    customer.ask(f"{LIMIT};resets_at={int(time.time()) + 200}")
    assert sides_asked(customer.ask()) == (0, 1)


@pytest.mark.parametrize("resets", ["resets_in=1", "resets_at={soon}"], ids=["resets_in", "resets_at"])
def test_own_again_after_the_reset(sides: Sides, resets: str) -> None:
    customer = sides.boost("50")
    customer.ask(f"{LIMIT};{resets.format(soon=int(time.time()) + 2)}")
    wait_until("own is asked again", lambda: sides_asked(customer.ask()) == (1, 0))
    assert sides_asked(customer.ask()) == (1, 0), "and stays"


def test_a_reset_in_the_past_is_none(sides: Sides) -> None:
    customer = sides.boost()
    assert sides_asked(customer.ask(f"{LIMIT};resets_at={int(time.time()) - 100}")) == (1, 1)
    assert sides_asked(customer.ask())[1] in (0, 1)
    assert len(customer.charges()) <= 2


def test_used_up_belongs_to_one_login(sides: Sides) -> None:
    customer = sides.boost()
    customer.ask(AWAY)
    other = Customer(sides, customer.balance, Login())
    assert sides_asked(other.ask()) == (1, 0)
    assert sides_asked(customer.ask()) == (0, 1)


def test_used_up_belongs_to_one_balance(sides: Sides) -> None:
    customer = sides.boost()
    customer.ask(AWAY)
    other = Customer(sides, sides.boost().balance, customer.login)
    assert sides_asked(other.ask()) == (1, 0)


def test_used_up_without_money_is_tried_at_own(sides: Sides) -> None:
    customer = sides.boost(grant=None)
    assert sides_asked(customer.ask(AWAY)) == (1, 0)
    outcome = customer.ask("plain")
    assert sides_asked(outcome) == (1, 0) and outcome.answer.status == 200


def test_used_up_with_content_that_managed_refuses(sides: Sides) -> None:
    customer = sides.boost()
    customer.ask(AWAY)
    for body, more in [
        (turn(background=True), {}),
        (turn(previous_response_id="resp_1"), {}),
        (b"\x28\xb5\x2f\xfd", {"fields": {"content-encoding": "zstd"}}),
    ]:
        outcome = customer.ask("plain;stream=1", body=body, **more)
        assert sides_asked(outcome) == (1, 0), body
        assert outcome.answer.status == 200 and outcome.own.is_content(outcome.answer.content)


def test_a_success_clears_it(sides: Sides) -> None:
    """Own answers what managed may not: the quota is back, and the next turn is free again."""
    customer = sides.boost()
    customer.ask(AWAY)
    assert sides_asked(customer.ask("plain", body=turn(background=True))) == (1, 0)
    assert sides_asked(customer.ask()) == (1, 0)


def test_a_refusal_of_another_kind_is_not_remembered(sides: Sides) -> None:
    customer = sides.boost()
    customer.ask("status;status=429;ecode=rate_limit_exceeded;type=rate_limit_error")
    customer.ask("status;status=503")
    assert sides_asked(customer.ask()) == (1, 0)


def test_no_account_id(sides: Sides) -> None:
    """An API key as own login: it moves all the same."""
    customer = sides.boost()
    outcome = customer.ask(AWAY, fields={"chatgpt-account-id": None})
    assert sides_asked(outcome) == (1, 1) and outcome.answer.status == 200


# Turns.


def test_a_turn_that_moved_stays(sides: Sides) -> None:
    """Even when its own quota is back at once: the resets_at of a second ago."""
    customer, turn_id = sides.boost(), os.urandom(8).hex()
    customer.ask(f"{LIMIT};resets_in=1", turn_id=turn_id)
    wait_until("another turn goes to own", lambda: sides_asked(customer.ask()) == (1, 0))
    assert sides_asked(customer.ask(turn_id=turn_id)) == (0, 1)
    assert reasons(customer)[-1] == "same_turn"
    assert sides_asked(customer.ask()) == (1, 0)


def test_a_turn_of_another_login_does_not(sides: Sides) -> None:
    customer, turn_id = sides.boost(), os.urandom(8).hex()
    customer.ask(AWAY, turn_id=turn_id)
    assert sides_asked(Customer(sides, sides.boost().balance, Login()).ask(turn_id=turn_id)) == (1, 0)


def test_a_turn_on_own_may_move_in_its_middle(sides: Sides) -> None:
    customer, turn_id = sides.boost(), os.urandom(8).hex()
    assert sides_asked(customer.ask(turn_id=turn_id)) == (1, 0)
    assert sides_asked(customer.ask(AWAY, turn_id=turn_id)) == (1, 1)
    assert sides_asked(customer.ask(turn_id=turn_id)) == (0, 1)


def test_without_a_turn_id(sides: Sides) -> None:
    """Ten minutes at managed, though the quota comes back earlier."""
    customer = sides.boost("50")
    customer.ask(f"{LIMIT};resets_in=1", turn_id=None)
    wait_until("a turn with an id goes to own", lambda: sides_asked(customer.ask()) == (1, 0))
    assert sides_asked(customer.ask(turn_id=None)) == (0, 1)
    assert reasons(customer)[-1] == "same_turn"


@pytest.mark.parametrize("metadata", ["", "{", "[]", '{"turn_id":7}', '{"turn_id":""}', "é" * 100, '{"turn_id":null}'])
def test_odd_metadata(sides: Sides, metadata: str) -> None:
    customer = sides.boost()
    fields = {"x-codex-turn-metadata": metadata}
    assert sides_asked(customer.ask(AWAY, fields=fields)) == (1, 1)
    assert sides_asked(customer.ask(fields=fields)) == (0, 1)


# Turn state: each side's own.


def state_of(outcome: Outcome, side: str) -> str | None:
    return fields_of(getattr(outcome, side).requests[0]).get("x-codex-turn-state")


def test_turn_state_goes_back_to_own(sides: Sides) -> None:
    customer, turn_id = sides.boost(), os.urandom(8).hex()
    given = customer.ask("plain;turn_state=of-own", turn_id=turn_id).answer.field("x-codex-turn-state")
    fields = {"x-codex-turn-state": given}
    outcome = customer.ask(AWAY, "plain;turn_state=of-managed", turn_id=turn_id, fields=fields)
    assert state_of(outcome, "own") == "of-own"
    assert state_of(outcome, "managed") is None
    second = {"x-codex-turn-state": outcome.answer.field("x-codex-turn-state")}
    assert state_of(customer.ask(turn_id=turn_id, fields=second), "managed") == "of-managed"
    back = customer.ask("plain", body=turn(background=True), turn_id=turn_id, fields=second)
    assert sides_asked(back) == (1, 0) and state_of(back, "own") is None, "managed's state went to own"


def test_turn_state_of_own_in_a_turn_that_moved(sides: Sides) -> None:
    """Codex keeps the state it had first, whatever a later answer says."""
    customer, turn_id = sides.boost(), os.urandom(8).hex()
    given = customer.ask("plain;turn_state=of-own", turn_id=turn_id).answer.field("x-codex-turn-state")
    customer.ask(AWAY, turn_id=turn_id)
    outcome = customer.ask(turn_id=turn_id, fields={"x-codex-turn-state": given})
    assert sides_asked(outcome) == (0, 1) and state_of(outcome, "managed") is None


# Money.


def test_expired_credit_is_refused_before_anything_is_asked(make_sides) -> None:
    sides = make_sides()
    customer = expired_boost(sides)
    sides.start()
    outcome = customer.ask()
    assert outcome.answer.status == 429 and outcome.answer.error["type"] == "usage_limit_reached"
    assert "expired" in outcome.answer.field("x-codex-promo-message")
    assert not outcome.own.requests and not outcome.managed.requests
    sides.gateway.cli("topup", customer.balance.id, "20", "--payment", "p1")
    assert sides_asked(customer.ask()) == (1, 0)


def expired_boost(sides: Sides) -> Customer:
    with sides.gateway.at_time("-60d"):
        return sides.boost()


def test_spent_credit_leaves_own_free(sides: Sides) -> None:
    customer = sides.boost("0.0010")
    assert sides_asked(customer.ask(AWAY)) == (1, 1)
    while customer.balance.remaining > 0:
        customer.ask("plain;input=90000")
    spent = len(customer.charges())
    outcome = customer.ask("plain")
    assert sides_asked(outcome) == (1, 0) and outcome.answer.status == 200
    assert len(customer.charges()) == spent


def test_a_full_disk_is_no_reason_to_refuse_the_own_login(make_sides) -> None:
    """Link and the own part of Boost go on; what would cost money stays at own, whose refusal is passed on."""
    sides = make_sides(limits={"settle_seconds": 2})
    sides.gateway.start(prepare=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
    link, boost, pay = sides.link(), sides.boost(), sides.pay()
    size = sides.gateway.ledger.stat().st_size + 100
    resource.prlimit(sides.gateway.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    assert pay.ask().answer.last_event["type"] == "response.failed"
    assert pay.ask().answer.status == 503
    assert link.ask().answer.status == 200
    assert boost.ask().answer.status == 200
    outcome = boost.ask(f"{LIMIT};field=x-codex-promo-message:own")
    assert sides_asked(outcome) == (1, 0) and outcome.own.is_content(outcome.answer.content)
    assert outcome.answer.status == 429 and outcome.answer.field("x-codex-promo-message") == "own"
    resource.prlimit(sides.gateway.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    wait_until("room again", lambda: sides_asked(boost.ask(LIMIT))[1] == 1)
    sides.gateway.verify()


def test_a_body_above_the_replay_bound_stays(make_sides) -> None:
    sides = make_sides(limits={"replay_body_bytes": 100_000}).start()
    customer = sides.boost()
    for own in (LIMIT, "refuse;code=usage_limit_reached"):
        outcome = customer.ask(own, body=turn(text="b" * 200_000))
        assert sides_asked(outcome) == (1, 0)
        assert outcome.own.is_content(outcome.answer.content)
        assert "dashboard" not in (outcome.answer.field("x-codex-promo-message") or "")
    assert sides_asked(Customer(sides, sides.boost().balance).ask(LIMIT, body=turn(text="b" * 50_000))) == (1, 1)
    nothing_held(customer.balance)


def test_parallel_turns_each_move_once(sides: Sides) -> None:
    customer, connections = sides.boost("50"), []
    marks = sides.own.mark(), sides.managed.mark()
    for _ in range(40):
        c = Connection(sides.gateway.port)
        body = json.dumps(turn()).encode()
        fields = customer.fields(f"{LIMIT};resets_in=200", "plain;pace_ms=1", os.urandom(8).hex())
        c.send(head("POST", "/v1/responses", sides.gateway.port, fields, len(body)) + body)
        connections.append(c)
    answers = [c.answer() for c in connections]
    for c in connections:
        c.close()
    assert all(a.complete and a.last_event["type"] == "response.completed" for a in answers)
    assert len(sides.managed.requests(marks[1])) == 40
    assert len(sides.own.requests(marks[0])) <= 40
    wait_until("all is charged", lambda: len(customer.charges()) == 40)
    nothing_held(customer.balance)


# Clients that leave.


def leave(sides: Sides, customer: Customer, own: str, managed: str = "plain", until: bytes | None = None) -> None:
    """Asks, reads until the bytes were seen or the upstream was asked, and goes."""
    marks = sides.own.mark(), sides.managed.mark()
    body = json.dumps(turn()).encode()
    with Connection(sides.gateway.port) as c:
        fields = customer.fields(own, managed, os.urandom(8).hex())
        c.send(head("POST", "/v1/responses", sides.gateway.port, fields, len(body)) + body)
        if until:
            c.answer(watch=lambda reader: until in reader.answer.content)
        else:
            wait_until("own was asked", lambda: sides.own.requests(marks[0]))
    wait_until("own was left", lambda: sides.own.answers(marks[0]))


LEAVES = {
    "before the head": ("stall;at=head", None),
    "in the held-back handshake": ("stall;after=1", None),
    "after output": ("stall;after=5", b"output_text.delta"),
    "from a flood": ("plain;events=200000;event_bytes=1000", b"output_text.delta"),
}


@pytest.mark.parametrize(("own", "until"), LEAVES.values(), ids=LEAVES.keys())
def test_a_client_leaves_own(sides: Sides, own: str, until: bytes | None) -> None:
    """The own connection is cut at once, and managed is never asked."""
    customer, mark, managed = sides.boost(), sides.own.mark(), sides.managed.mark()
    leave(sides, customer, own, until=until)
    assert not sides.own.answers(mark)[0]["complete"]
    nothing_held(customer.balance)
    assert not sides.managed.requests(managed) and not customer.entries()


def test_a_client_leaves_managed(sides: Sides) -> None:
    """The managed part is read to its end and charged, as for Pay."""
    customer, mark = sides.boost(), sides.managed.mark()
    leave(sides, customer, LIMIT, "plain;events=40;pace_ms=10", until=b"output_text.delta")
    [charge] = wait_until("the charge", customer.charges)
    assert charge["metered"] == "drained" and charge["reason"] == "usage_limit_reached"
    [answer] = wait_until("managed has ended", lambda: sides.managed.answers(mark))
    assert answer["complete"]
    nothing_held(customer.balance)


def test_a_client_leaves_while_it_moves(sides: Sides) -> None:
    """Whatever was asked of managed is charged once; nothing stays held."""
    customer, mark = sides.boost(), sides.managed.mark()
    for _ in range(20):
        leave(sides, customer, f"{LIMIT};resets_in=0")
    nothing_held(customer.balance)
    whole = sum(r["body_complete"] for r in sides.managed.requests(mark))
    wait_until("each has its entry", lambda: len(customer.entries()) >= whole)
    assert len(customer.charges()) <= whole


# Silence.


def test_own_stays_silent(make_sides) -> None:
    sides = make_sides(limits={"upstream_first_byte_seconds": 1}).start()
    customer = sides.boost()
    outcome_answer = customer.ask("stall;at=head;for_ms=4000").answer
    assert outcome_answer.status == 400 and outcome_answer.error["code"] == "invalid_prompt"
    assert not customer.entries()


def test_own_stops_in_the_middle(make_sides) -> None:
    sides = make_sides(limits={"upstream_idle_seconds": 1}).start()
    customer = sides.boost()
    answer = customer.ask("stall;after=5;for_ms=4000").answer
    assert answer.status == 200 and not answer.complete and not customer.entries()


def test_held_events_come_out_in_time(sides: Sides, is_long: bool) -> None:
    """A handshake that goes no further is passed on after 15 seconds, not at its end."""
    if not is_long:
        pytest.skip("needs --long")
    customer = sides.boost()
    began = time.monotonic()
    customer_fields = customer.fields("stall;after=2", None, None)
    body = json.dumps(turn()).encode()
    with Connection(sides.gateway.port, timeout=40) as c:
        c.send(head("POST", "/v1/responses", sides.gateway.port, customer_fields, len(body)) + body)
        answer = c.answer(watch=lambda reader: b"response.in_progress" in reader.answer.content)
    assert answer.status == 200 and time.monotonic() - began < 25


def test_own_is_not_reachable(make_sides) -> None:
    sides = make_sides(upstream_own={"url": f"http://127.0.0.1:{free_port()}/v1"}).start()
    customer = sides.boost()
    outcome = customer.ask()
    assert outcome.answer.status == 502 and outcome.answer.error
    assert not outcome.managed.requests and not customer.entries()


def test_managed_is_not_reachable(make_sides) -> None:
    sides = make_sides(upstream_managed={"url": f"http://127.0.0.1:{free_port()}/v1"}).start()
    customer = sides.boost()
    outcome = customer.ask(LIMIT)
    assert outcome.answer.status == 502 and outcome.answer.error
    nothing_held(customer.balance)
    assert not customer.charges()
