"""Speech with an address of its own: another server than the one of the account."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.const import DOMAIN
from custom_components.openai_conversation.diagnostics import async_get_config_entry_diagnostics
from custom_components.openai_conversation.openai_api.prices import Price, PriceList
from custom_components.openai_conversation.usage.budget import Budget
from homeassistant.components import stt, tts
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from tests.stand_in.sound import spoken_pcm

from .support.engines import async_add_engine
from .support.kokoro import HEARD, KEY, MP3, Kokoro, running_kokoro
from .support.screens import add, edit
from .support.stand_in import KEY as ACCOUNT_KEY, StandIn, running_stand_in

VOICE = "tts.openai_tts"
TEXT = "The door is open."


@pytest.fixture
async def stand_in(socket_enabled: None) -> AsyncIterator[StandIn]:
    """The server of the account."""
    async with running_stand_in() as running:
        yield running


@pytest.fixture
async def kokoro(socket_enabled: None) -> AsyncIterator[Kokoro]:
    """The other server."""
    async with running_kokoro() as running:
        yield running


async def async_add(
    hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro, kind: str = "tts", **data: Any
) -> MockConfigEntry:
    """Load an account at the stand-in, with an engine at the other server."""
    stored = {"chat_model": "kokoro", "voice": "af_bella", "prompt": "", "base_url": kokoro.base_url}
    return await async_add_engine(
        hass,
        kind,
        f"OpenAI {kind.upper()}",
        stored | {"api_key": KEY} | data,
        address={"api_key": ACCOUNT_KEY, "base_url": stand_in.base_url},
    )


async def read(hass: HomeAssistant, text: str = TEXT, **options: Any) -> bytes:
    stream = hass.data["tts_manager"].async_create_result_stream(VOICE, use_file_cache=False, options=options)
    stream.async_set_message(text)
    return b"".join([chunk async for chunk in stream.async_stream_result()])


def issues(hass: HomeAssistant) -> dict[str, dict[str, str]]:
    return {
        issue.translation_key: issue.translation_placeholders
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    }


async def test_it_speaks_with_the_other_server(
    hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro
) -> None:
    await async_add(hass, stand_in, kokoro)

    assert await read(hass) == MP3

    [asked] = kokoro.spoken()
    assert asked == {"model": "kokoro", "voice": "af_bella", "input": TEXT, "response_format": "mp3"}
    assert set(kokoro.keys) == {KEY}
    assert set(stand_in.paths()) <= {"/v1/models"}


async def test_a_server_without_a_key_never_sees_that_of_the_account(
    hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro
) -> None:
    kokoro.key = None
    await async_add(hass, stand_in, kokoro, api_key="")

    assert await read(hass) == MP3
    assert ACCOUNT_KEY not in kokoro.keys


async def test_it_hears_with_the_other_server(hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro) -> None:
    await async_add(hass, stand_in, kokoro, "stt", chat_model="whisper")
    engine = hass.data[stt.DATA_COMPONENT].get_entity("stt.openai_stt")

    async def sound() -> AsyncIterator[bytes]:
        yield spoken_pcm("anything")

    metadata = stt.SpeechMetadata(
        "en-US",
        stt.AudioFormats.WAV,
        stt.AudioCodecs.PCM,
        stt.AudioBitRates.BITRATE_16,
        stt.AudioSampleRates.SAMPLERATE_16000,
        stt.AudioChannels.CHANNEL_MONO,
    )
    result = await engine.async_process_audio_stream(metadata, sound())
    await hass.async_block_till_done(wait_background_tasks=True)

    assert result.text == HEARD
    assert "/v1/audio/transcriptions" not in stand_in.paths()


async def test_the_end_of_openais_speech_api_means_nothing_there(
    hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro
) -> None:
    """Servers give their models names of OpenAI's, so that any program can use them."""
    await async_add(hass, stand_in, kokoro, chat_model="tts-1", voice="onyx")

    assert await read(hass) == MP3
    [asked] = kokoro.spoken()
    assert (asked["model"], asked["voice"]) == ("tts-1", "onyx")
    assert issues(hass) == {}


async def test_it_costs_nothing_unless_a_price_is_set(
    hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro
) -> None:
    entry = await async_add(hass, stand_in, kokoro, chat_model="tts-1")
    meter = entry.runtime_data.meter

    await read(hass, "One.")
    assert meter.spent == 0

    meter.async_configure(PriceList(own={"tts-1": Price(characters=1_000)}), Budget())
    await read(hass, "Two.")
    assert meter.spent == 4_000


async def test_the_budget_is_not_about_it(hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro) -> None:
    entry = await async_add(hass, stand_in, kokoro)
    entry.runtime_data.meter.async_configure(PriceList(), Budget(limit=1, stops_speech=True))

    assert await read(hass) == MP3


async def test_a_failure_names_the_server_and_no_secret(
    hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await async_add(hass, stand_in, kokoro)
    kokoro.key = "another"

    with pytest.raises(HomeAssistantError) as failure:
        await read(hass)

    assert failure.value.translation_placeholders["server"] == "127.0.0.1"
    assert issues(hass) == {"refused_key": {"name": "OpenAI TTS", "server": "127.0.0.1"}}
    assert not list(entry.async_get_active_flows(hass, {"reauth"}))
    assert KEY not in caplog.text
    assert KEY not in str(failure.value)
    diagnostics = str(await async_get_config_entry_diagnostics(hass, entry))
    assert KEY not in diagnostics
    assert kokoro.base_url not in diagnostics

    kokoro.key = KEY
    assert await read(hass) == MP3
    assert issues(hass) == {}


async def test_another_key_closes_the_repair(hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro) -> None:
    entry = await async_add(hass, stand_in, kokoro, api_key="wrong")
    with pytest.raises(HomeAssistantError):
        await read(hass)
    form = await edit(hass, entry, "engine")

    await form.change(api_key=KEY)

    assert form.type == "abort"
    assert entry.subentries["engine"].data["api_key"] == KEY
    assert issues(hass) == {}


# --- the form ---


async def test_the_form_never_shows_the_key_and_keeps_it(
    hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro
) -> None:
    entry = await async_add(hass, stand_in, kokoro)
    form = await edit(hass, entry, "engine")

    assert form.fields["base_url"] == kokoro.base_url
    assert form.fields["api_key"] is None
    assert form.options("chat_model") == ["kokoro", "whisper"]
    await form.change(voice="af_sky")

    assert form.type == "abort"
    data = entry.subentries["engine"].data
    assert (data["api_key"], data["voice"]) == (KEY, "af_sky")


async def test_a_key_is_not_sent_to_another_address(
    hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro
) -> None:
    entry = await async_add(hass, stand_in, kokoro)
    async with running_kokoro() as other:
        other.key = None
        form = await edit(hass, entry, "engine")

        await form.change(base_url=other.base_url)

        assert form.type == "abort"
        assert "api_key" not in entry.subentries["engine"].data
        assert KEY not in other.keys


async def test_without_an_address_the_account_speaks_again(
    hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro
) -> None:
    entry = await async_add(hass, stand_in, kokoro)
    form = await edit(hass, entry, "engine")

    await form.change(base_url=None, chat_model="gpt-realtime-2.1-mini", voice="marin")

    assert form.type == "abort"
    assert not {"base_url", "api_key"} & set(entry.subentries["engine"].data)
    await read(hass)
    assert kokoro.spoken() == []
    assert stand_in.received("response.create")


@pytest.mark.parametrize(
    "address", ["kokoro", "ftp://kokoro/v1", "http://", "http://a b/v1", f"http://{'a' * 64}é/v1"]
)
async def test_an_address_that_is_not_one(
    hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro, address: str
) -> None:
    entry = await async_add(hass, stand_in, kokoro)
    form = await edit(hass, entry, "engine")

    await form.change(base_url=address)

    assert form.errors["base_url"] == "invalid_url"


@pytest.mark.parametrize("kind", ["tts", "stt"])
async def test_an_engine_is_added_with_an_address(
    hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro, kind: str
) -> None:
    entry = await async_add(hass, stand_in, kokoro)
    form = await add(hass, entry, kind)

    await form.change(name="Kitchen", base_url=f" {kokoro.base_url}/ ", api_key=KEY, chat_model="kokoro")

    assert form.type == "create_entry"
    data = form.result["data"]
    assert (data["base_url"], data["api_key"], data["chat_model"]) == (kokoro.base_url, KEY, "kokoro")


async def test_core_loads_what_is_stored(hass: HomeAssistant, stand_in: StandIn, kokoro: Kokoro) -> None:
    """Its keys are unknown to core, and those that core needs are there."""
    entry = await async_add(hass, stand_in, kokoro)
    form = await edit(hass, entry, "engine")
    await form.change(voice="af_sky")

    assert {"chat_model", "prompt"} <= set(entry.subentries["engine"].data)
    assert tts.get_engine_instance(hass, VOICE) is not None
