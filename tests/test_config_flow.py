"""The screens of an account: setting it up, giving it a new key, changing its address."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation import config_flow
from custom_components.openai_conversation.const import DOMAIN
from custom_components.openai_conversation.flows import kinds
from custom_components.openai_conversation.openai_api import client
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, llm
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads_object

from .support.account import KEY
from .support.responses_api import BASE_URL, FakeOpenAI
from .support.screens import fields

OWN_SERVER = "http://192.168.1.20:11434/v1"


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
    assert [
        (subentry.subentry_type, subentry.title, dict(subentry.data))
        for subentry in entry.subentries.values()
    ] == [
        ("ai_task_data", "OpenAI AI Task", {"recommended": True}),
        ("stt", "OpenAI STT", {}),
        # what Home Assistant's own integration cannot speak without
        ("tts", "OpenAI TTS", {"chat_model": "gpt-4o-mini-tts", "prompt": "", "model_switch": "early"}),
    ]
    assert openai.models.calls[0].request.headers["authorization"] == f"Bearer {KEY}"


async def test_a_server_of_ones_own(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    models = openai.router.get(f"{OWN_SERVER}/models").respond(404)
    openai.router.post(f"{OWN_SERVER}/responses").respond(422)

    result = await submit(
        hass, await start(hass), api_key="any", base_url=f"{OWN_SERVER}/", server="compatible"
    )

    entry = result["result"]
    assert entry.data == {"api_key": "any", "base_url": OWN_SERVER, "server": "compatible"}
    assert [subentry.subentry_type for subentry in entry.subentries.values()] == ["ai_task_data"]
    assert models.called


def lists(openai: FakeOpenAI, *models: str) -> None:
    """Let the self-hosted server list some models."""
    data = [{"id": model, "object": "model", "created": 1, "owned_by": "me"} for model in models]
    openai.router.get(f"{OWN_SERVER}/models").respond(json={"object": "list", "data": data})
    openai.router.post(f"{OWN_SERVER}/responses").respond(422)


async def test_a_self_hosted_server_has_its_own_name_and_no_manufacturer(
    hass: HomeAssistant, openai: FakeOpenAI
) -> None:
    lists(openai, "qwen3", "nomic-embed-text")

    result = await submit(hass, await start(hass), api_key="any", base_url=OWN_SERVER, server="compatible")

    assert result["type"] is FlowResultType.CREATE_ENTRY  # only one of its models answers
    assert [(device.name, device.manufacturer) for device in dr.async_get(hass).devices] == [
        ("192.168.1.20", None),
        ("192.168.1.20 AI Task", None),
    ]


async def test_a_self_hosted_server_with_several_models_asks_for_one(
    hass: HomeAssistant, openai: FakeOpenAI
) -> None:
    lists(openai, "gemma3", "nomic-embed-text", "qwen3")

    form = await submit(hass, await start(hass), api_key="any", base_url=OWN_SERVER, server="compatible")
    assert (form["step_id"], form["description_placeholders"]) == ("model", {"server": "192.168.1.20"})
    assert form["data_schema"].schema["chat_model"].config["options"] == ["gemma3", "qwen3"]
    result = await submit(hass, form, chat_model="qwen3")

    entry = result["result"]
    assert (entry.options["chat_model"], entry.options["recommended"]) == ("qwen3", False)
    (task,) = entry.subentries.values()
    assert task.data == {"recommended": False, "chat_model": "qwen3"}


async def test_openai_is_not_asked_for_a_model(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    result = await submit(hass, await start(hass), api_key=KEY, server="openai")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert {device.manufacturer for device in dr.async_get(hass).devices} == {"OpenAI"}


async def test_what_an_account_can_be_used_for(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_setup(entry.entry_id)

    # as the frontend gets it
    shown = json_loads_object(json_bytes(entry.as_json_fragment))
    assert shown["supported_subentry_types"] == {
        kind: {"supports_reconfigure": True} for kind in ("conversation", "ai_task_data", "stt", "tts")
    }
    assert shown["supports_options"] is True


async def test_an_account_on_the_release_that_can_evaluate(
    hass: HomeAssistant, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (config_flow, kinds):
        monkeypatch.setattr(module, "CAN_EVALUATE", True)

    result = await submit(hass, await start(hass), api_key=KEY, server="openai")

    entry = result["result"]
    evaluation = list(entry.subentries.values())[-1]
    assert (evaluation.subentry_type, evaluation.title) == ("ai_task_evaluate", "OpenAI Evaluation")
    assert "ai_task_evaluate" in entry.supported_subentry_types


def refused(status: int, message: str, **error: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"message": message, **error}})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(401, "Wrong.", code="invalid_api_key"), "invalid_auth"),
        (refused(400, "No connected db.", type="no_db_connection"), "invalid_auth"),
        (httpx.ConnectError("no network"), "cannot_connect"),
        (httpx.ConnectTimeout("no route"), "cannot_connect"),
        (httpx.ReadTimeout("no answer"), "timeout_connect"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"), "certificate"),
        (httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version number"), "wrong_scheme"),
        (httpx.Response(400, text="Client sent an HTTP request to an HTTPS server."), "wrong_scheme"),
        (httpx.Response(200, text="<html>"), "not_an_api"),
        (httpx.Response(200, json=["llama3.2"]), "not_an_api"),
        (
            httpx.Response(200, json={"error": "Unexpected endpoint or method. (GET /models)"}),
            "nothing_there",
        ),
        (refused(503, "Loading model", type="unavailable_error"), "starting"),
    ],
    ids=lambda value: repr(value)[:60],
)
async def test_what_is_wrong_is_shown_and_can_be_fixed(
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
    ("answer", "problem"),
    [
        (httpx.Response(500), "192.168.1.20 has a problem at the moment. Try again later."),
        (httpx.Response(429), "192.168.1.20 got too many requests. Try again in a minute."),
        (
            refused(403, "Country, region, or territory not supported"),
            "192.168.1.20 is not available in your region.",
        ),
        (
            refused(403, "Your IP address is not on the allowlist."),
            "192.168.1.20 does not accept requests from your network. Check the allowed addresses there.",
        ),
        (
            refused(402, "Insufficient credits"),
            "Your account at 192.168.1.20 has no credit left, or has reached its limit. Check its billing.",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_failure_without_a_text_of_the_form_shows_the_spoken_sentence(
    hass: HomeAssistant, openai: FakeOpenAI, answer: httpx.Response, problem: str
) -> None:
    openai.router.get(f"{OWN_SERVER}/models").mock(side_effect=[answer])

    form = await submit(hass, await start(hass), api_key=KEY, base_url=OWN_SERVER, server="openai")

    assert form["errors"] == {"base": "failed"}
    assert form["description_placeholders"]["problem"] == problem


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://192.168.1.20:11434/v1/models", "https://192.168.1.20:11434/v1"),
        ("https://login.example/?next=%2Fv1", "https://login.example/"),
    ],
)
async def test_an_address_that_leads_elsewhere(
    hass: HomeAssistant, openai: FakeOpenAI, location: str, shown: str
) -> None:
    openai.router.get(f"{OWN_SERVER}/models").respond(301, headers={"location": location})

    form = await submit(hass, await start(hass), api_key=KEY, base_url=OWN_SERVER, server="openai")

    assert form["errors"] == {"base": "redirect"}
    assert form["description_placeholders"]["location"] == shown


async def endless(first: bytes) -> AsyncIterator[bytes]:
    """Send a byte now and then, so that no pause is ever too long."""
    while True:
        yield first
        await asyncio.sleep(0)


@pytest.mark.parametrize("path", ["/models", "/responses"])
async def test_a_server_that_drips_does_not_keep_the_form(
    hass: HomeAssistant, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(client, "CHECK_TIMEOUT", 0.1)
    if path != "/models":
        openai.router.get(f"{OWN_SERVER}/models").respond(json={"data": []})
    openai.router.route(url=f"{OWN_SERVER}{path}").mock(
        return_value=httpx.Response(200, content=endless(b" "))
    )

    form = await submit(hass, await start(hass), api_key=KEY, base_url=OWN_SERVER, server="compatible")

    assert form["errors"] == {"base": "timeout_connect"}


async def test_a_list_that_breaks_off(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield b'{"object": "list", "da'
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")

    openai.router.get(f"{OWN_SERVER}/models").mock(return_value=httpx.Response(200, content=cut()))

    form = await submit(hass, await start(hass), api_key=KEY, base_url=OWN_SERVER, server="openai")

    assert form["errors"] == {"base": "cannot_connect"}


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
async def test_an_address_that_is_not_one(hass: HomeAssistant, openai: FakeOpenAI, address: str) -> None:
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


async def test_a_key_is_pasted_once_whatever_goes_wrong(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    form = await submit(hass, await start(hass), api_key=KEY, base_url="nowhere", server="openai")
    assert form["errors"] == {"base_url": "invalid_url"}
    assert KEY not in str(form)
    openai.models.side_effect = [httpx.ConnectError("no network"), httpx.ConnectError("no network")]
    form = await submit(hass, form, server="openai")
    assert form["errors"] == {"base": "cannot_connect"}

    openai.models.side_effect = openai._list_models
    result = await submit(hass, form, server="openai")

    assert result["data"]["api_key"] == KEY


async def test_another_key_replaces_the_one_that_was_pasted(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    form = await submit(hass, await start(hass), api_key="sk-wrong", base_url="nowhere", server="openai")

    result = await submit(hass, form, api_key=KEY, server="openai")

    assert result["data"]["api_key"] == KEY


async def test_what_comes_next_is_said(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    result = await submit(hass, await start(hass), api_key=KEY, server="openai")

    assert result["description"] == "default"
    assert result["description_placeholders"] == {
        "name": "ChatGPT",
        "assistants_url": "/config/voice-assistants/assistants",
        "ai_url": "/config/ai",
    }


async def test_the_agent_is_the_first_device(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    await submit(hass, await start(hass), api_key=KEY, server="openai")

    assert next(iter(dr.async_get(hass).devices)).name == "ChatGPT"


async def test_two_accounts_have_names_that_tell_them_apart(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    for key in (KEY, "sk-other"):
        await submit(hass, await start(hass), api_key=key, server="openai")

    names = [device.name for device in dr.async_get(hass).devices]
    assert len(names) == len(set(names)) > 6
    assert {"ChatGPT 2", "OpenAI STT", "OpenAI STT 2", "OpenAI AI Task 2"} <= set(names)


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


async def test_a_new_key_is_pasted_once(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    form = await entry.start_reauth_flow(hass)
    openai.models.side_effect = [httpx.ConnectError("no network"), httpx.ConnectError("no network")]
    form = await submit(hass, form, api_key="sk-new")
    assert form["errors"] == {"base": "cannot_connect"}
    openai.models.side_effect = openai._list_models

    result = await submit(hass, form)

    assert result["reason"] == "reauth_successful"
    assert entry.data["api_key"] == "sk-new"


@pytest.mark.parametrize(
    "data",
    [{"api_key": "sk-other"}, {"api_key": "sk-other", "base_url": None, "server": "openai"}],
    ids=["of Home Assistant's own integration", "of ours"],
)
async def test_a_new_key_is_not_the_one_of_another_account(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, data: dict[str, Any]
) -> None:
    MockConfigEntry(domain=DOMAIN, version=2, data=data).add_to_hass(hass)
    form = await entry.start_reauth_flow(hass)

    result = await submit(hass, form, api_key=" sk-other ")

    assert result["reason"] == "already_configured"
    assert entry.data["api_key"] == KEY
    assert openai.models.call_count == 0


async def test_a_new_key_is_used_at_once(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_setup(entry.entry_id)
    form = await entry.start_reauth_flow(hass)
    before = openai.models.call_count

    await submit(hass, form, api_key="sk-new")

    assert entry.state is ConfigEntryState.LOADED
    keys = [call.request.headers["authorization"] for call in openai.models.calls][before:]
    assert keys == ["Bearer sk-new"] * 2, "once to try it, and once to load"


@pytest.mark.parametrize("key", ["sk-new", KEY], ids=["another key", "the same key, which works again"])
async def test_an_account_whose_key_was_refused_is_loaded_with_a_new_one(
    hass: HomeAssistant, openai: FakeOpenAI, talker: MockConfigEntry, key: str
) -> None:
    openai.models.side_effect = [httpx.Response(401, json={"error": {"code": "invalid_api_key"}})]
    assert not await hass.config_entries.async_setup(talker.entry_id)
    await hass.async_block_till_done()
    assert talker.state is ConfigEntryState.SETUP_ERROR
    (form,) = hass.config_entries.flow.async_progress()

    openai.models.side_effect = openai._list_models
    result = await submit(hass, form, api_key=key)

    assert result["reason"] == "reauth_successful"
    assert talker.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("key", ["sk-new", KEY], ids=["another key", "the same key, which works again"])
async def test_an_account_that_was_loaded_without_its_key_gets_a_new_one(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, key: str
) -> None:
    openai.models.side_effect = [httpx.Response(401, json={"error": {"code": "invalid_api_key"}})]
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.runtime_data.outage.is_on
    (form,) = hass.config_entries.flow.async_progress()

    openai.models.side_effect = openai._list_models
    result = await submit(hass, form, api_key=key)

    assert result["reason"] == "reauth_successful"
    assert not entry.runtime_data.outage.is_on
    assert entry.runtime_data.catalog.models


async def test_another_address_is_used_at_once(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    models = openai.router.get(f"{OWN_SERVER}/models").respond(404)
    openai.router.post(f"{OWN_SERVER}/responses").respond(422)
    await hass.config_entries.async_setup(entry.entry_id)
    form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )

    await submit(hass, form, base_url=OWN_SERVER, server="compatible")

    assert entry.state is ConfigEntryState.LOADED
    assert models.call_count == 2, "once to try it, and once to load"


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


async def test_the_default_address_is_openai(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    await submit(hass, await start(hass), api_key=KEY, server="openai")

    assert str(openai.models.calls[0].request.url).startswith(BASE_URL)
