"""The screens: setting an account up, giving it a new key, configuring its agent."""

from typing import Any

import httpx
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import llm

from .conftest import KEY
from .house import House
from .responses_api import BASE_URL, FakeOpenAI

OWN_SERVER = "http://192.168.1.20:11434/v1"
SHARED_FIELDS = {"prompt", "llm_hass_api", "keep_pictures", "recommended"}
ALL_FIELDS = SHARED_FIELDS | {"chat_model", "max_tokens", "temperature", "top_p"}


def fields(result: ConfigFlowResult) -> dict[str, Any]:
    """Return the fields of a form, each with what it suggests."""
    return {
        str(marker): marker.default()
        if callable(marker.default)
        else (marker.description or {}).get("suggested_value")
        for marker in result["data_schema"].schema
    }


async def start(hass: HomeAssistant) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})


async def submit(hass: HomeAssistant, result: ConfigFlowResult, **values: Any) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_configure(result["flow_id"], values)
    await hass.async_block_till_done()
    return result


# --- a new account ---


async def test_a_key_is_all_it_takes(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    form = await start(hass)
    assert fields(form) == {"api_key": None, "base_url": None, "server": "openai"}

    result = await submit(hass, form, api_key=f" {KEY}\n", server="openai")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "ChatGPT"
    entry = result["result"]
    assert entry.data == {"api_key": KEY, "base_url": None, "server": "openai"}
    assert entry.options == {
        "recommended": True,
        "llm_hass_api": ["assist"],
        "prompt": llm.DEFAULT_INSTRUCTIONS_PROMPT,
    }
    assert (entry.version, entry.minor_version) == (2, 8)
    assert openai.models.calls[0].request.headers["authorization"] == f"Bearer {KEY}"


async def test_a_server_of_ones_own(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    models = openai.router.get(f"{OWN_SERVER}/models").respond(404)
    openai.router.post(f"{OWN_SERVER}/responses").respond(422)

    result = await submit(
        hass, await start(hass), api_key="any", base_url=f"{OWN_SERVER}/", server="compatible"
    )

    assert result["result"].data == {"api_key": "any", "base_url": OWN_SERVER, "server": "compatible"}
    assert models.called


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(401, json={"error": {"code": "invalid_api_key"}}), "invalid_auth"),
        (httpx.ConnectError("no network"), "cannot_connect"),
        (httpx.ConnectTimeout("no answer"), "cannot_connect"),
        (httpx.Response(500), "unknown"),
        (httpx.Response(200, text="<html>"), "unknown"),
    ],
    ids=["wrong key", "no network", "no answer", "server error", "a web page"],
)
async def test_what_is_wrong_is_told_and_can_be_mended(
    hass: HomeAssistant, openai: FakeOpenAI, answer: httpx.Response | Exception, error: str
) -> None:
    openai.router.get(f"{OWN_SERVER}/models").mock(
        side_effect=[answer, httpx.Response(200, json={"data": [], "object": "list"})]
    )

    form = await submit(hass, await start(hass), api_key=KEY, base_url=OWN_SERVER, server="openai")

    assert form["errors"] == {"base": error}
    assert fields(form) == {"api_key": None, "base_url": OWN_SERVER, "server": "openai"}
    result = await submit(hass, form, api_key=KEY, base_url=OWN_SERVER, server="openai")
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "address",
    [
        "api.openai.com/v1",
        "ftp://openai.com",
        "http://",
        "http://[::1",
        "https://a:0/",
        "http://\u0660.\u2024/v1",
    ],
)
async def test_an_address_that_is_none(hass: HomeAssistant, openai: FakeOpenAI, address: str) -> None:
    form = await submit(hass, await start(hass), api_key=KEY, base_url=address, server="openai")

    assert form["errors"] == {"base_url": "invalid_url"}
    assert fields(form)["base_url"] == address


@pytest.mark.parametrize("key", ["sk-schlüssel", "sk-two\nlines"])
async def test_a_key_that_cannot_be_sent(hass: HomeAssistant, openai: FakeOpenAI, key: str) -> None:
    form = await submit(hass, await start(hass), api_key=key, server="openai")

    assert form["errors"] == {"base": "invalid_auth"}
    assert not openai.models.called


@pytest.mark.parametrize("server", ["openai", "compatible"])
async def test_an_address_without_its_end(hass: HomeAssistant, openai: FakeOpenAI, server: str) -> None:
    openai.router.route(host="192.168.1.20").respond(404)

    form = await submit(hass, await start(hass), api_key=KEY, base_url=OWN_SERVER[:-3], server=server)

    assert form["errors"] == {"base": "nothing_there"}


async def test_a_second_account_has_a_name_of_its_own(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    result = await submit(hass, await start(hass), api_key="sk-other", server="openai")

    assert result["title"] == "ChatGPT 2"


async def test_a_key_that_may_not_list_models_is_accepted(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    openai.models.respond(403, json={"error": {"message": "Missing scopes: api.model.read"}})

    result = await submit(hass, await start(hass), api_key=KEY, server="openai")

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_same_account_twice(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    result = await submit(hass, await start(hass), api_key=KEY, server="openai")

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_the_same_key_elsewhere(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    openai.router.get(f"{OWN_SERVER}/models").respond(404)
    openai.router.post(f"{OWN_SERVER}/responses").respond(422)

    result = await submit(hass, await start(hass), api_key=KEY, base_url=OWN_SERVER, server="compatible")

    assert result["type"] is FlowResultType.CREATE_ENTRY


# --- a new key, another address ---


async def test_a_new_key_keeps_everything_else(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    form = await entry.start_reauth_flow(hass)
    assert fields(form) == {"api_key": None}

    openai.models.side_effect = [httpx.Response(401, json={"error": {"code": "invalid_api_key"}})]
    form = await submit(hass, form, api_key="sk-wrong")
    assert form["errors"] == {"base": "invalid_auth"}
    openai.models.side_effect = openai._list_models
    result = await submit(hass, form, api_key="sk-new")

    assert result["reason"] == "reauth_successful"
    assert entry.data == {"api_key": "sk-new", "base_url": None, "server": "openai"}


async def test_reconfigure(hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry) -> None:
    openai.router.get(f"{OWN_SERVER}/models").respond(404)
    openai.router.post(f"{OWN_SERVER}/responses").respond(422)
    form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    assert KEY not in str(fields(form))

    form = await submit(hass, form, base_url="nowhere", server="compatible")
    assert form["errors"] == {"base_url": "invalid_url"}
    result = await submit(hass, form, base_url=OWN_SERVER, server="compatible")

    assert result["reason"] == "reconfigure_successful"
    assert entry.data == {"api_key": KEY, "base_url": OWN_SERVER, "server": "compatible"}


async def test_reconfigure_to_another_account(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    MockConfigEntry(domain=DOMAIN, version=2, data={"api_key": "sk-other"}).add_to_hass(hass)
    form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )

    result = await submit(hass, form, api_key="sk-other", server="openai")

    assert result["reason"] == "already_configured"


# --- Configure ---


async def configure(house: House, **values: Any) -> ConfigFlowResult:
    """Open Configure; with values, submit them at once."""
    options = house.hass.config_entries.options
    form = await options.async_init(house.entry.entry_id)
    return await change(house, form, **values) if values else form


async def change(house: House, form: ConfigFlowResult, **values: Any) -> ConfigFlowResult:
    result = await house.hass.config_entries.options.async_configure(form["flow_id"], values)
    await house.hass.async_block_till_done()
    return result


async def test_recommended_stores_three_things(house: House) -> None:
    form = await configure(house)
    assert fields(form) == {
        "prompt": llm.DEFAULT_INSTRUCTIONS_PROMPT,
        "llm_hass_api": ["assist"],
        "keep_pictures": 30,
        "recommended": True,
    }

    result = await change(house, form, prompt="You are nice.", keep_pictures=30, recommended=True)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert house.entry.options == {"prompt": "You are nice.", "recommended": True}


async def test_choosing_oneself_shows_the_rest_and_keeps_the_input(house: House) -> None:
    form = await configure(house, prompt="You are nice.", llm_hass_api=[], recommended=False)

    assert form["type"] is FlowResultType.FORM
    assert not form["errors"]
    assert fields(form) == {
        "prompt": "You are nice.",
        "llm_hass_api": [],
        "keep_pictures": 30,
        "recommended": False,
        "chat_model": "gpt-6-luna",  # gpt-4o ends within 60 days
        "max_tokens": 3000,
        "temperature": None,
        "top_p": None,
        "reasoning_effort": "none",
        "verbosity": "low",
    }


async def test_the_documented_default_model_while_it_lives(
    house: House, openai: FakeOpenAI, today: Any
) -> None:
    today.move_to("2026-11-01")

    form = await configure(house, recommended=False)

    assert fields(form)["chat_model"] == "gpt-4o"
    assert set(fields(form)) == ALL_FIELDS


async def test_models_to_choose_from(house: House) -> None:
    form = await configure(house, recommended=False)

    model = next(marker for marker in form["data_schema"].schema if marker == "chat_model")
    selector = form["data_schema"].schema[model]
    assert selector.config["options"] == [
        "gpt-4o",
        "gpt-6-luna",
        "gpt-6.1-sol",
        "gpt-6.1-terra",
        "gpt-6-luna-2026-09-01",
    ]
    assert selector.config["custom_value"]


async def test_what_is_chosen_is_sent(house: House, openai: FakeOpenAI) -> None:
    form = await configure(house, recommended=False)

    result = await change(
        house,
        form,
        prompt="You are nice.",
        llm_hass_api=["assist"],
        recommended=False,
        chat_model=" gpt-6.1-terra ",
        max_tokens=200.0,
        temperature=0.5,
        top_p=0.9,
        reasoning_effort="none",
        verbosity="high",
    )

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert house.entry.options == {
        "prompt": "You are nice.",
        "llm_hass_api": ["assist"],
        "recommended": False,
        "chat_model": "gpt-6.1-terra",
        "max_tokens": 200,
        "temperature": 0.5,
        "top_p": 0.9,
        "reasoning_effort": "none",
        "verbosity": "high",
    }
    openai.says("Hello.")
    await house.hears("Hi")
    sent = {"model", "max_output_tokens", "temperature", "top_p", "reasoning", "text"}
    assert {key: value for key, value in openai.request.items() if key in sent} == {
        "model": "gpt-6.1-terra",
        "max_output_tokens": 200,
        "temperature": 0.5,
        "top_p": 0.9,
        "reasoning": {"effort": "none"},
        "text": {"verbosity": "high"},
    }


async def test_another_model_shows_what_it_has(house: House) -> None:
    await house.async_load(recommended=False, chat_model="gpt-4o", temperature=0.5)
    form = await configure(house)
    assert set(fields(form)) == ALL_FIELDS

    form = await change(house, form, recommended=False, chat_model="gpt-6-luna", temperature=0.5)

    assert not form["errors"]
    assert set(fields(form)) == ALL_FIELDS | {"reasoning_effort", "verbosity"}
    assert fields(form)["temperature"] == 0.5


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"chat_model": "gpt-3.5-turbo"}, {"chat_model": "model_retired"}),
        ({"chat_model": "gpt-7"}, {"chat_model": "model_unknown"}),
        ({"chat_model": "text-embedding-3-small"}, {"chat_model": "model_not_for_chat"}),
        ({"max_tokens": 15}, {"max_tokens": "max_tokens_range"}),
        ({"max_tokens": 128001}, {"max_tokens": "max_tokens_range"}),
        ({"temperature": 2.05}, {"temperature": "temperature_range"}),
        ({"top_p": -0.1}, {"top_p": "top_p_range"}),
        ({"temperature": 1, "reasoning_effort": "low"}, {"temperature": "only_without_reasoning"}),
        (
            {"chat_model": "gpt-6.1-sol", "reasoning_effort": "none"},
            {"reasoning_effort": "effort_not_offered"},
        ),
        ({"prompt": "{{ 1 / 0 }}"}, {"prompt": "template"}),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    house: House, values: dict[str, Any], errors: dict[str, str]
) -> None:
    await house.async_load(recommended=False, chat_model="gpt-6-luna")
    before = dict(house.entry.options)

    form = await configure(house, recommended=False, **{"chat_model": "gpt-6-luna", **values})

    assert form["errors"] == errors
    for name, value in values.items():
        assert name == "reasoning_effort" or fields(form)[name] == value
    assert house.entry.options == before


async def test_a_template_with_a_slip_is_refused_at_its_field(house: House) -> None:
    form = await configure(house)

    with pytest.raises(InvalidData) as refused:
        await change(house, form, prompt="{% if %}", recommended=True)

    assert "prompt" in refused.value.schema_errors
    assert (await change(house, form, prompt="{{ 1 }}", recommended=True))["type"] == "create_entry"


async def test_a_list_that_does_not_come_blocks_nothing(house: House, openai: FakeOpenAI) -> None:
    openai.models.side_effect = httpx.ConnectError("no network")

    form = await configure(house, recommended=False)
    result = await change(house, form, recommended=False, chat_model="gpt-5.6-luna", reasoning_effort="none")

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_emptied_field_is_empty(house: House) -> None:
    await house.async_load(recommended=False, chat_model="gpt-6-luna", temperature=0.5)

    await configure(house, recommended=False, chat_model="gpt-6-luna")

    assert "temperature" not in house.entry.options


async def test_a_vanished_api_is_not_offered(house: House) -> None:
    await house.async_load(recommended=True, llm_hass_api=["assist", "gone"])

    assert fields(await configure(house))["llm_hass_api"] == ["assist"]


async def test_an_api_of_2024(house: House) -> None:
    await house.async_load(recommended=True, llm_hass_api="assist")

    assert fields(await configure(house))["llm_hass_api"] == ["assist"]


async def test_a_compatible_server_offers_what_it_lists(house: House, openai: FakeOpenAI) -> None:
    listed = {"data": [{"id": "llama", "object": "model", "created": 1, "owned_by": "me"}], "object": "list"}
    openai.router.get(f"{OWN_SERVER}/models").respond(json=listed)
    data = {"api_key": "any", "base_url": OWN_SERVER, "server": "compatible"}
    house.hass.config_entries.async_update_entry(house.entry, data=data)
    await house.async_load(recommended=True)

    form = await configure(house, recommended=False)

    assert fields(form)["chat_model"] == "llama"
    assert set(fields(form)) == ALL_FIELDS | {"reasoning_effort"}
    result = await change(house, form, recommended=False, chat_model="another", temperature=0.5)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_default_address_is_openai(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    await submit(hass, await start(hass), api_key=KEY, server="openai")

    assert str(openai.models.calls[0].request.url).startswith(BASE_URL)
