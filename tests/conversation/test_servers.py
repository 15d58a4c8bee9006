"""Failures of other servers: the sentence names the server, and only a wrong key asks for a new one."""

from typing import Any

import pytest

from custom_components.openai_conversation.openai_api import errors
from homeassistant.core import HomeAssistant

from ..support.house import House
from ..support.responses_api import FakeOpenAI

ADDRESS = "http://llama.local:8080/v1"


@pytest.fixture
async def own_server(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> House:
    """A house whose account is at a server of its own."""
    openai.router.get(f"{ADDRESS}/models").respond(json={"object": "list", "data": [{"id": "qwen3"}]})
    openai.also_answers_at(ADDRESS)
    data = {"api_key": "none", "base_url": ADDRESS, "server": "compatible"}
    hass.config_entries.async_update_entry(house.entry, data=data)
    await house.async_load(recommended=True)
    return house


def reauths(house: House) -> list[str]:
    return [flow["context"]["source"] for flow in house.hass.config_entries.flow.async_progress()]


@pytest.mark.parametrize(
    ("status", "error", "sentence"),
    [
        (
            404,
            {"message": "File Not Found", "type": "not_found_error"},
            "llama.local does not offer this kind of request. Check the address in the settings.",
        ),
        (
            404,
            {"message": "The model `qwen3` does not exist."},
            "llama.local does not offer this model. Choose another one in the settings of the agent.",
        ),
        (
            401,
            {"message": "litellm.AuthenticationError: OpenAIException - Invalid API Key"},
            (
                "llama.local could not log in to the service behind it. "
                "Check the key that is stored on that server."
            ),
        ),
        (
            400,
            {"message": "registry.ollama.ai/library/gemma3:4b does not support tools"},
            (
                "The model at llama.local cannot use tools, so it controls nothing. "
                "Choose another one in the settings of the agent."
            ),
        ),
    ],
)
async def test_the_sentence_names_the_server(
    own_server: House, openai: FakeOpenAI, status: int, error: dict[str, Any], sentence: str
) -> None:
    openai.refuses(status, **error)

    assert (await own_server.hears("What is new?")).speech == sentence

    assert reauths(own_server) == []


async def test_a_wrong_key_asks_for_a_new_one(own_server: House, openai: FakeOpenAI) -> None:
    openai.refuses(401, message="Invalid API Key", type="authentication_error")

    speech = (await own_server.hears("What is new?")).speech

    assert speech.startswith("llama.local does not accept the API key.")
    assert reauths(own_server) == ["reauth"]


async def test_a_key_that_lacks_a_permission_asks_for_no_new_one(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(401, message="You have insufficient permissions. Missing scopes: api.responses.write")

    speech = (await house.hears("What is new?")).speech

    assert speech == (
        "The API key lacks a permission that this needs. Check the permissions of the key at OpenAI."
    )
    assert reauths(house) == []


async def test_a_model_that_is_loading_is_waited_for(
    own_server: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "LOADING_WAIT", 0)
    for _ in range(5):
        openai.refuses(503, message="Loading model", type="unavailable_error")
    openai.says("Hello.")

    assert (await own_server.hears("What is new?")).speech == "Hello."


async def test_a_request_that_is_too_large_is_not_repeated(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(
        429,
        message="Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 30601.",
        code="rate_limit_exceeded",
    )

    speech = (await house.hears("What is new?")).speech

    assert speech == ("This request is too large for OpenAI. Expose fewer entities, or attach smaller files.")
    assert len(openai.requests) == 1


async def test_thoughts_without_a_first_tag_are_heard_once(own_server: House, openai: FakeOpenAI) -> None:
    for _ in range(2):
        openai.says("The user greets me.\n</think>\n\nHello.")

    assert (await own_server.hears("Hi")).speech.endswith("Hello.")
    assert (await own_server.hears("Hi")).speech == "Hello."
    assert own_server.streamed_text == "Hello."
