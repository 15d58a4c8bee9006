"""Configure: the options of the agent, and their effect on its answers."""

from collections.abc import AsyncGenerator
import json

import pytest
import pytest_asyncio

from tests.harness.agent import configure, wait_until_loaded
from tests.harness.assist import ask
from tests.harness.client import Client
from tests.harness.flows import start_options_flow
from tests.harness.rooms import KITCHEN_LIGHT, describe
from tests.harness.stand_in import StandIn
from tests.harness.websocket import Json

_RECOMMENDED = {
    *("prompt", "llm_hass_api", "plain_speech", "on_failure", "keep_listening", "remember_turns"),
    *("keep_pictures", "recommended"),
}

STEADY = ("button.chatgpt_test", "image.chatgpt_last_generated_picture", "ai_task.openai_ai_task")
"""Entities that a question does not change."""


@pytest_asyncio.fixture(autouse=True)
async def options(client: Client, entry_id: str) -> AsyncGenerator[Json]:
    """Return the first options of the agent, and restore them afterwards."""
    step = await start_options_flow(client, entry_id)
    await step.close()
    yield step.shown
    await configure(client, entry_id, **step.shown)


async def test_starts_with_recommended_settings(options: Json) -> None:
    """The first form has few fields. Web search is among them, and off."""
    assert set(options) == _RECOMMENDED
    assert options["recommended"] is True
    assert options["llm_hass_api"] == ["assist"]
    assert options["prompt"].startswith("You are a voice assistant")


async def test_own_settings_reach_openai(client: Client, entry_id: str, stand_in: StandIn) -> None:
    """With recommended settings off, more fields appear, and one Submit saves their values."""
    form = await start_options_flow(client, entry_id)
    own = {
        "chat_model": "gpt-5.2",
        "max_tokens": 321,
        "temperature": 0.3,
        "top_p": 0.9,
    }
    filled = form.filled(prompt="Be brief.", llm_hass_api=["assist"], recommended=False)
    assert {"chat_model", "max_tokens", *_RECOMMENDED} <= set(filled)
    assert "search_context_size" not in filled

    form = await form.submit(**form.filled(prompt="Be brief.", recommended=False, **own))
    # this model has other efforts than the one before: they are shown before they are saved
    assert form.type == "form"
    assert form.errors == {}
    assert "More settings" in form.answer["description_placeholders"]["notice"]
    assert form.shown["prompt"] == "Be brief."
    assert form.shown["temperature"] == 0.3
    form = await form.submit(**form.filled(reasoning_effort="none", verbosity="medium"))
    assert form.type == "create_entry"
    await wait_until_loaded(client, entry_id)

    await ask(client, "Hello")
    body = (await stand_in.requests())[-1]["body"]
    assert body["model"] == "gpt-5.2"
    assert body["max_output_tokens"] == 321
    assert body["temperature"] == 0.3
    assert body["top_p"] == 0.9
    assert body["reasoning"]["effort"] == "none"
    assert body["text"]["verbosity"] == "medium"
    assert "Be brief." in json.dumps(body)


async def test_a_search_with_recommended_settings(client: Client, entry_id: str, stand_in: StandIn) -> None:
    """One Submit turns web search on, its settings included."""
    form = await start_options_flow(client, entry_id)
    search = {"web_search": True, "search_context_size": "high", "inline_citations": True}
    form = await form.submit(**form.filled(**search, user_location=True, city="Toadstool"))
    assert form.type == "create_entry"
    await wait_until_loaded(client, entry_id)

    await ask(client, "Hello")
    (tool,) = [
        tool
        for tool in (await stand_in.requests())[-1]["body"]["tools"]
        if tool["type"].startswith("web_search")
    ]
    assert tool["search_context_size"] == "high"
    assert tool["user_location"]["city"] == "Toadstool"
    await configure(client, entry_id, web_search=False)


async def test_the_list_of_models_says_what_each_is(client: Client, entry_id: str) -> None:
    """The recommended model comes first. Each has its price, and one that ends its day."""
    form = await start_options_flow(client, entry_id)
    options = form.fields["chat_model"]["selector"]["select"]["options"]
    labels = {option["value"]: option["label"] for option in options}

    assert options[0]["label"] == "gpt-6-luna · recommended · $0.10 / $0.50"
    assert labels["gpt-4o"] == "gpt-4o · ends Jan 14, 2027 · $2.50 / $10.00"
    await form.close()


async def test_recommended_settings_put_own_ones_aside(client: Client, entry_id: str) -> None:
    """What was chosen is there again when recommended settings are turned off."""
    await configure(client, entry_id, recommended=False, max_tokens=321, temperature=0.3)
    await configure(client, entry_id, recommended=True)
    form = await start_options_flow(client, entry_id)
    assert "max_tokens" not in form.shown

    own = form.filled(recommended=False)

    assert (own["max_tokens"], own["temperature"]) == (321, 0.3)
    await form.close()


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("chat_model", "gpt-99-banana", "model_unknown"),
        ("chat_model", "whisper-1", "model_of_other_kind"),
        ("max_tokens", 3, "max_tokens_range"),
    ],
)
async def test_refuses_at_the_field(
    client: Client, entry_id: str, field: str, value: object, error: str
) -> None:
    """Invalid values are refused before they are stored, and the input is kept."""
    form = await start_options_flow(client, entry_id)
    form = await form.submit(**form.filled(prompt="Be brief.", recommended=False, **{field: value}))

    assert form.errors == {field: error, "base": "wrong_settings"}
    assert form.shown[field] == value
    assert form.shown["prompt"] == "Be brief."
    await form.close()


async def test_refuses_a_retired_model_and_suggests_its_successor(client: Client, entry_id: str) -> None:
    """The form names the successor and fills it in."""
    form = await start_options_flow(client, entry_id)
    form = await form.submit(**form.filled(recommended=False, chat_model="gpt-4-turbo"))

    assert form.errors == {"chat_model": "model_retired", "base": "wrong_settings"}
    assert form.shown["chat_model"] == "gpt-6-luna"
    await form.close()


async def test_refuses_instructions_that_do_not_render(client: Client, entry_id: str) -> None:
    """An invalid template is found in the form, not in the next conversation."""
    form = await start_options_flow(client, entry_id)
    form = await form.submit(prompt="It is {{ 1 / 0 }} o'clock.", recommended=True)

    assert form.errors == {"prompt": "template", "base": "wrong_settings"}
    assert form.shown["prompt"] == "It is {{ 1 / 0 }} o'clock."
    await form.close()


async def test_super_mario(client: Client, entry_id: str, stand_in: StandIn) -> None:
    """The instructions are a template, rendered for the user."""
    await configure(
        client,
        entry_id,
        prompt="You are Super Mario. {{ user_name }} calls from {{ ha_name }}, "
        "it is {{ states('weather.home') }}.",
    )
    turn = await ask(client, "Turn on the kitchen light")

    assert "Mario" in turn.answer
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
    sent = json.dumps((await stand_in.requests())[-1]["body"])
    assert "You are Super Mario. Peach calls from Mushroom Cottage, it is sunny." in sent


async def test_without_control_it_sees_and_does_nothing(
    client: Client, entry_id: str, stand_in: StandIn
) -> None:
    """With nothing selected under *Control Home Assistant*, no tool and no device is sent."""
    await configure(client, entry_id, llm_hass_api=[])
    await ask(client, "Turn on the kitchen light")

    assert await describe(client, KITCHEN_LIGHT) == "off"
    requests = await stand_in.requests()
    assert requests
    assert not any(request["body"].get("tools") for request in requests)
    assert "Kitchen Light" not in json.dumps(requests)


async def test_saving_does_not_blink(client: Client, entry_id: str, stand_in: StandIn) -> None:
    """The entities stay as they are, and the next question has the new settings."""
    before = [(await client.state(entity_id))["last_changed"] for entity_id in STEADY]

    await configure(client, entry_id, recommended=False, chat_model="gpt-6.1-terra")
    await ask(client, "Hello")

    assert [(await client.state(entity_id))["last_changed"] for entity_id in STEADY] == before
    assert (await stand_in.requests())[-1]["body"]["model"] == "gpt-6.1-terra"
