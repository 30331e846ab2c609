"""The openai Python SDK through the gateway."""

from __future__ import annotations

import pytest

from harness.gateway import Balance, Gateway
from harness.stub import Stub

openai = pytest.importorskip("openai")


@pytest.fixture
def client(gateway: Gateway, balance: Balance):
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=balance.token, max_retries=0, timeout=20) as made:
        yield made


def scenario(text: str) -> dict:
    return {"extra_headers": {"x-stub": text}}


def test_stream(client, balance: Balance) -> None:
    events = list(client.responses.create(model="gpt-5.5", input="hi", stream=True))
    assert events[-1].type == "response.completed"
    assert events[-1].response.usage.input_tokens == 1234
    assert balance.wait_for("charge")[0]["input"] == 1234


def test_document(client, balance: Balance) -> None:
    response = client.responses.create(model="gpt-5.5", input="hi", **scenario("plain;text=hello"))
    assert response.output_text == "hello"
    assert balance.wait_for("charge")[0]["output"] == response.usage.output_tokens


def test_stream_helper(client, balance: Balance) -> None:
    with client.responses.stream(model="gpt-5.5", input="hi") as stream:
        for _ in stream:
            pass
        assert stream.get_final_response().usage.total_tokens == 1290
    balance.wait_for("charge")


def test_models(client) -> None:
    assert "gpt-5.5" in {model.id for model in client.models.list()}


def test_refused_content(client) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="gpt-5.5", input="hi", background=True)
    assert caught.value.code == "invalid_prompt"


def test_used_up(gateway: Gateway) -> None:
    balance = gateway.open_balance(grant=None)
    client = openai.OpenAI(base_url=balance.base_url, api_key="unused", max_retries=0, timeout=20)
    with pytest.raises(openai.RateLimitError) as caught:
        client.responses.create(model="gpt-5.5", input="hi")
    assert caught.value.type == "usage_limit_reached"


def test_unknown_token(gateway: Gateway) -> None:
    client = openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="tg_" + "B" * 43, max_retries=0, timeout=20)
    with pytest.raises(openai.AuthenticationError):
        client.responses.create(model="gpt-5.5", input="hi")


def test_cut_stream(client, balance: Balance, stub: Stub) -> None:
    events = list(client.responses.create(model="gpt-5.5", input="hi", stream=True, **scenario("cut")))
    assert events[-1].type == "response.failed"
    assert events[-1].response.error.code == "server_error"
    assert not balance.charges()


def test_leaving_early_is_charged(client, balance: Balance) -> None:
    stream = client.responses.create(model="gpt-5.5", input="hi", stream=True, **scenario("plain;events=20;pace_ms=20"))
    next(iter(stream))
    stream.close()
    assert balance.wait_for("charge")[0]["metered"] == "drained"
