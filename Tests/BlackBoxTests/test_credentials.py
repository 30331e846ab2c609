"""The operator's credentials: a login that is renewed and written back, and several that share the work."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.gateway import Balance, Gateway, turn
from harness.oauth import CLIENT, Account, TokenEndpoint, expiry, write_login
from harness.processes import wait_until


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    made = TokenEndpoint()
    yield made
    made.may_answer.set()
    made.close()


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account()
    yield made
    made.close()


@pytest.fixture
def auth(tmp_path: Path) -> Path:
    (tmp_path / "codex").mkdir()
    return tmp_path / "codex" / "auth.json"


Make = Callable[..., Gateway]


@pytest.fixture
def make(make_gateway: Make, endpoint: TokenEndpoint, account: Account, auth: Path) -> Make:
    """A gateway whose one credential is the login of `auth`, unless others are named."""

    def call(*credentials: str) -> Gateway:
        managed = {
            "credentials": list(credentials) or [f"auth:{auth}"],
            "url": account.root + "/v1",
            "auth_url": account.url,
            "token_url": endpoint.url,
        }
        return make_gateway(upstream_managed=managed)

    return call


def tokens(auth: Path) -> dict[str, str]:
    return json.loads(auth.read_text())["tokens"]


def wait_for_file(auth: Path, refresh: str) -> None:
    wait_until(f"{refresh} is in the file", lambda: tokens(auth)["refresh_token"] == refresh)


def row(gateway: Gateway, name: str) -> str:
    return gateway.cli("status")[f"credential {name}"]


def ask_thread(balance: Balance, thread: str) -> int:
    return balance.ask(fields={"session-id": thread}).status


def test_a_good_token_is_used_as_it_is(make: Make, endpoint, account, auth) -> None:
    access = write_login(auth, 3600)
    gateway = make().start()
    balance = gateway.open_balance()
    assert balance.ask(fields={"chatgpt-account-id": "acc-client", "authorization": "Bearer canary"}).status == 200
    [seen] = account.seen
    assert seen["authorization"] == "Bearer " + access
    assert seen["chatgpt-account-id"] == "acc-operator"
    assert seen["path"] == "/backend-api/codex/responses"
    assert endpoint.asked == []
    assert row(gateway, f"auth:{auth}").startswith("ready, token until 2")
    gateway.verify()


def test_an_expired_token_is_renewed_at_start_and_written_back(make: Make, endpoint, account, auth) -> None:
    link = auth.parent / "link.json"
    link.symlink_to("auth.json")
    write_login(auth, -60)
    before = json.loads(auth.read_text())
    gateway = make(f"auth:{link}").start()
    wait_for_file(auth, "rt-2")
    [question] = endpoint.asked
    assert {k: question[k] for k in ("client_id", "grant_type", "refresh_token")} == {
        "client_id": CLIENT,
        "grant_type": "refresh_token",
        "refresh_token": "rt-1",
    }
    assert question["path"] == "/oauth/token"
    assert not any("codex" in value.lower() for value in question["fields"].values()), "no disguise"
    balance = gateway.open_balance()
    assert balance.ask().status == 200
    assert account.keys() == [endpoint.issued[0]["access_token"]]
    after = json.loads(auth.read_text())
    expected = {"id_token": "e30.e30.new", "account_id": "acc-operator"} | endpoint.issued[0]
    assert after["tokens"] == expected
    assert after["last_refresh"] > before["last_refresh"][:19]
    assert list(after) == list(before) and after["kept"] == before["kept"]
    assert auth.stat().st_mode & 0o777 == 0o600 and link.is_symlink()
    assert sorted(p.name for p in auth.parent.iterdir()) == ["auth.json", "link.json"]


def test_a_token_is_renewed_ahead_of_its_expiry(make: Make, endpoint, account, auth) -> None:
    first = write_login(auth, 8)
    gateway = make().start()
    balance = gateway.open_balance()
    end = time.monotonic() + 20
    while len(account.seen) < 2 or account.keys()[-1] == first:
        assert balance.ask().status == 200
        assert time.monotonic() < end, "it is not renewed"
        time.sleep(0.1)
    for seen in account.seen:
        assert expiry(seen["authorization"].removeprefix("Bearer ")) > float(seen["at"]), "an expired token was sent"
    assert len(endpoint.asked) == 1 and expiry(first) > time.time(), "it was renewed too late"
    wait_for_file(auth, "rt-2")


def test_fifty_requests_wait_for_one_refresh(make: Make, endpoint, account, auth) -> None:
    write_login(auth, -60)
    endpoint.may_answer.clear()
    gateway = make().start()
    balance = gateway.open_balance()
    with ThreadPoolExecutor(50) as pool:
        running = [pool.submit(balance.ask) for _ in range(50)]
        wait_until("the requests are there", lambda: int(gateway.cli("status")["streams"]) == 50)
        assert row(gateway, f"auth:{auth}").startswith("refreshing")
        assert account.seen == []
        endpoint.may_answer.set()
        answers = [each.result() for each in running]
        assert [(a.status, a.content) for a in answers if a.status != 200] == []
    assert len(endpoint.asked) == 1
    assert set(account.keys()) == {endpoint.issued[0]["access_token"]} and len(account.seen) == 50
    assert len(balance.wait_for("charge", 50)) == 50
    gateway.verify()


def test_an_ended_login_is_told_and_a_new_one_is_used_at_once(make: Make, endpoint, account, auth) -> None:
    write_login(auth, -60)
    endpoint.status = 401
    gateway = make().start()
    balance = gateway.open_balance()
    refused = balance.ask()
    assert refused.status == 400 and b"canary" not in refused.content and b"auth" not in refused.content
    assert balance.ask().status == 400
    assert len(endpoint.asked) == 1, "a refusal is final"
    status = gateway.text("status")
    assert "refresh_token_expired" in status and "codex login" in status and "canary" not in status
    access = write_login(auth, 3600, refresh="rt-new")
    assert balance.ask().status == 200
    assert account.keys() == [access]
    assert tokens(auth)["refresh_token"] == "rt-new"


def test_an_endpoint_that_is_down_is_not_pressed(make: Make, endpoint, account, auth) -> None:
    write_login(auth, -60)
    endpoint.status = 503
    gateway = make().start()
    balance = gateway.open_balance()
    assert [balance.ask().status for _ in range(5)] == [400] * 5
    assert len(endpoint.asked) == 1
    assert "status 503" in row(gateway, f"auth:{auth}")
    assert tokens(auth)["refresh_token"] == "rt-1" and account.seen == []


def test_a_401_renews_the_token(make: Make, endpoint, account, auth) -> None:
    access = write_login(auth, 3600)
    account.refusals["Bearer " + access] = (401, {"code": "token_revoked", "message": "canary " + access})
    gateway = make().start()
    balance = gateway.open_balance()
    refused = balance.ask()
    if refused.status != 200:
        assert refused.status == 400 and b"canary" not in refused.content
    assert balance.ask().status == 200
    assert account.keys()[-1] == endpoint.issued[0]["access_token"] and len(endpoint.asked) == 1
    assert len(balance.charges()) == len([s for s in account.seen if s["authorization"] != "Bearer " + access])


def test_a_kill_leaves_the_old_file_or_the_new(make: Make, endpoint, auth, is_long: bool) -> None:
    write_login(auth, -60)
    gateway = make()
    draw = random.Random(7)
    for _ in range(40 if is_long else 8):
        # Each life renews at once: what was written last has expired.
        endpoint.seconds = -60
        before = len(endpoint.issued)
        gateway.start()
        wait_until("the endpoint was asked", lambda last=before: len(endpoint.issued) > last)
        time.sleep(draw.random() * 0.004)
        gateway.stop(signal.SIGKILL)
        document = json.loads(auth.read_text())
        assert document["tokens"]["refresh_token"] in (f"rt-{before + 1}", f"rt-{before + 2}")
        assert document["kept"] == [1, 2.50, "é"] and auth.stat().st_mode & 0o777 == 0o600
        # What was issued and not written is lost; the endpoint forgives it here.
        endpoint.valid = document["tokens"]["refresh_token"]
        endpoint.issued = endpoint.issued[: int(endpoint.valid.removeprefix("rt-")) - 1]


def test_the_end_waits_for_a_refresh_under_way(make: Make, endpoint, auth) -> None:
    write_login(auth, -60)
    endpoint.may_answer.clear()
    gateway = make().start()
    wait_until("the endpoint was asked", lambda: endpoint.asked)
    threading.Timer(0.3, endpoint.may_answer.set).start()
    assert gateway.stop() == 0
    assert tokens(auth)["refresh_token"] == "rt-2"


def test_no_secret_is_in_any_other_file(make: Make, endpoint, account, auth) -> None:
    write_login(auth, -60)
    gateway = make().start()
    balance = gateway.open_balance()
    balance.ask()
    account.refusals["Bearer " + endpoint.issued[0]["access_token"]] = (401, {"message": endpoint.valid})
    balance.ask()
    said = gateway.text("status") + gateway.text("status", "--json")
    endpoint.status = 401
    balance.ask()
    said += gateway.text("status")
    gateway.stop()
    files = [p.read_bytes() for p in gateway.directory.rglob("*") if p.is_file()]
    secrets = [t for each in endpoint.issued for t in each.values()] + ["rt-1", "acc-operator"]
    for secret in secrets:
        assert secret not in said
        for content in files:
            assert secret.encode() not in content


@pytest.fixture
def several(make: Make, tmp_path: Path) -> Gateway:
    directory = tmp_path / "keys"
    directory.mkdir()
    references = []
    for name in "ABC":
        path = directory / f"key-{name}"
        path.write_text(f"sk-{name}\n")
        path.chmod(0o600)
        references.append(f"file:{path}")
    return make(*references).start()


def test_threads_stick_and_share(several: Gateway, account) -> None:
    balance = several.open_balance(grant="50")
    homes: dict[str, str] = {}
    for lap in range(3):
        for number in range(24):
            assert ask_thread(balance, f"thread-{number}") == 200
            key = account.keys()[-1]
            assert homes.setdefault(f"thread-{number}", key) == key, f"it moved in turn {lap}"
    assert set(homes.values()) == {"sk-A", "sk-B", "sk-C"}


def test_a_thread_without_a_session_sticks_by_its_cache_key(several: Gateway, account) -> None:
    balance = several.open_balance(grant="50")
    for number in range(12):
        before = len(account.seen)
        for _ in range(2):
            assert balance.ask(turn(prompt_cache_key=f"cache-{number}")).status == 200
        assert len(set(account.keys()[before:])) == 1
    assert len(set(account.keys())) == 3


@pytest.mark.parametrize(
    "refusal",
    [
        (429, {"type": "usage_limit_reached", "message": "canary", "resets_in_seconds": 200}),
        (401, {"code": "invalid_api_key", "message": "canary sk-A"}),
        (429, {"code": "insufficient_quota", "type": "insufficient_quota", "message": "canary"}),
    ],
    ids=["usage limit", "401", "no quota"],
)
def test_a_refused_credential_rests_and_the_next_is_asked(several: Gateway, account, refusal) -> None:
    balance = several.open_balance(grant="50")
    account.refusals["Bearer sk-A"] = refusal
    for number in range(20):
        assert ask_thread(balance, f"thread-{number}") == 200
    assert account.keys().count("sk-A") == 1, "it rests after its first refusal"
    assert len(balance.wait_for("charge", 20)) == 20
    [name] = [n for n in several.cli("status") if n.endswith("key-A")]
    status = several.text("status")
    assert "rests until 2" in row(several, name.removeprefix("credential "))
    assert "canary" not in status and "sk-A" not in status and "managed credential refused" in status
    several.verify()


def test_when_all_are_refused_the_client_hears_no_cause(several: Gateway, account) -> None:
    balance = several.open_balance()
    for name in "ABC":
        account.refusals[f"Bearer sk-{name}"] = (429, {"type": "usage_limit_reached", "message": "canary"})
    answer = balance.ask()
    assert answer.status == 400 and b"canary" not in answer.content and b"usage" not in answer.content
    assert sorted(account.keys()) == ["sk-A", "sk-B", "sk-C"], "each once"
    account.refusals.clear()
    assert balance.ask().status == 200, "a rest is a preference"


def test_a_key_in_an_auth_json_goes_to_the_api(make: Make, endpoint, account, auth) -> None:
    auth.write_text(json.dumps({"OPENAI_API_KEY": "sk-in-auth-json", "tokens": None}))
    auth.chmod(0o600)
    gateway = make().start()
    assert gateway.open_balance().ask().status == 200
    [seen] = account.seen
    assert seen["authorization"] == "Bearer sk-in-auth-json" and "chatgpt-account-id" not in seen
    assert seen["path"] == "/v1/responses" and endpoint.asked == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        ("{", "is no JSON document"),
        ("{}", "codex login"),
        ('{"tokens":{"access_token":"canary"}}', "tokens.refresh_token"),
        ('{"tokens":{"access_token":"can\\nary","refresh_token":"r"}}', "tokens.access_token"),
    ],
)
def test_a_wrong_file_is_named_at_start(make: Make, auth, content: str | None, said: str) -> None:
    if content is not None:
        auth.write_text(content)
    done = make().run("serve")
    assert done.returncode == 1
    assert "upstream.managed.credentials" in done.stderr and str(auth) in done.stderr and said in done.stderr
    assert "canary" not in done.stderr


def test_a_credential_is_named_once(make: Make, auth) -> None:
    write_login(auth, 3600)
    copy = auth.with_name("copy.json")
    copy.write_bytes(auth.read_bytes())
    for second in (auth, copy):
        done = make(f"auth:{auth}", f"auth:{second}").run("serve")
        assert done.returncode == 1 and "are the same" in done.stderr and str(second) in done.stderr


def test_an_open_file_is_remarked_and_used(make: Make, auth) -> None:
    write_login(auth, 3600)
    auth.chmod(0o644)
    gateway = make().start()
    assert f"chmod 600 {auth}" in gateway.errors.read_text()
    assert os.stat(auth).st_mode & 0o777 == 0o644
