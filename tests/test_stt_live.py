"""Speech that is understood while the user is still speaking, and the recording that replaces it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from itertools import batched
from types import SimpleNamespace
from typing import Any

from freezegun import freeze_time
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation import compat
from custom_components.openai_conversation.openai_api.prices import PriceList
from custom_components.openai_conversation.usage.budget import Budget
from custom_components.openai_conversation.usage.ledger import by_model
from homeassistant.components import stt
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from tests.stand_in.tones import sung_pcm

from .support.account import async_load, new_account
from .support.costs import cost
from .support.engines import metadata
from .support.stand_in import KEY, StandIn, running_stand_in

STT = "stt.openai_stt"
TEXT = "Turn on the light in the kitchen!"
SOUND = sung_pcm(TEXT)
FILES = "/v1/audio/transcriptions"
LIVE = "gpt-live-transcribe"
UNDERSTOOD = stt.SpeechResultState.SUCCESS
FAILED = stt.SpeechResultState.ERROR


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let time pass: a server is asleep while the clock stands still."""
    with freeze_time("2026-11-22 12:00:00+00:00", tick=True):
        yield


@pytest.fixture
async def stand_in(socket_enabled: None) -> AsyncIterator[StandIn]:
    """A server that plays OpenAI."""
    async with running_stand_in() as running:
        yield running


@pytest.fixture
async def account(hass: HomeAssistant, stand_in: StandIn) -> MockConfigEntry:
    """An account with an engine that listens live."""
    engine = {"subentry_type": "stt", "title": "OpenAI STT", "data": {"chat_model": LIVE}, "unique_id": None}
    entry = new_account(subentries_data=[engine])
    entry.add_to_hass(hass)
    data = {"api_key": KEY, "base_url": stand_in.base_url, "server": "openai"}
    hass.config_entries.async_update_entry(entry, data=data)
    await async_load(hass, entry)
    return entry


class Microphone:
    """Somebody who speaks, and waits in the middle of it until told to go on."""

    def __init__(self, sound: bytes = SOUND, *, waits: bool = False) -> None:
        self.goes_on = asyncio.Event()
        self._sound = sound
        if not waits:
            self.goes_on.set()

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield chunks of 30 ms."""
        for number, chunk in enumerate(batched(self._sound, 960, strict=False)):
            if number * 960 > len(self._sound) // 2:
                await self.goes_on.wait()
            yield bytes(chunk)


async def listen(hass: HomeAssistant, sound: bytes = SOUND, **more: Any) -> tuple[str | None, str]:
    """Have the engine listen to audio, as the Assist pipeline does it."""
    engine = stt.async_get_speech_to_text_engine(hass, STT)
    about = metadata(**more)
    assert engine.check_metadata(about)
    async with asyncio.timeout(10):
        result = await engine.internal_async_process_audio_stream(about, Microphone(sound).stream())
    return result.text, result.result


def used(account: MockConfigEntry) -> dict[str, int]:
    """Return how many answers it took, by model."""
    return {model: each.requests for model, each in by_model(account.runtime_data.meter.today).items()}


async def test_it_is_understood(hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry) -> None:
    ar.async_get(hass).async_create("Kitchen")

    assert await listen(hass, language="de-DE") == (TEXT, UNDERSTOOD)

    assert stand_in.asked(FILES) == []
    [update] = stand_in.received("session.update")
    assert update["session"]["audio"]["input"]["transcription"] == {
        "model": LIVE,
        "languages": ["de"],
        "keywords": ["Kitchen"],
        "prompt": "Somebody speaks to the voice assistant of a smart home.",
    }
    assert account.runtime_data.health["stt"].successes == 1


async def test_what_is_understood_so_far_is_shown(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant takes it from 2026.11 on."""
    monkeypatch.setattr(compat, "stt", SimpleNamespace(PartialSpeechResult=lambda text: text))
    engine = stt.async_get_speech_to_text_engine(hass, STT)
    microphone = Microphone(waits=True)
    async with asyncio.timeout(10):
        results = engine.async_process_audio_stream_with_progress(metadata(), microphone.stream())
        async with aclosing(results):
            heard = [await anext(results), await anext(results)]
            assert stand_in.received("input_audio_buffer.commit") == []
            microphone.goes_on.set()
            heard += [each async for each in results]

    assert heard[:2] == ["Turn", "Turn on"]
    assert heard[-2] == TEXT
    assert heard[-1] == stt.SpeechResult(TEXT, UNDERSTOOD)


@pytest.mark.parametrize(
    ("at", "fault", "details"),
    [
        ("/v1/realtime", "overloaded", {}),
        ("/v1/realtime", "model_gone", {}),
        ("/v1/realtime", "late", {"param": "quota"}),
        ("/v1/realtime", "slow", {"seconds": 5}),
        ("session.update", "model_gone", {}),
        ("input_audio_buffer.append", "close", {}),
        ("input_audio_buffer.append", "cut", {}),
        ("input_audio_buffer.append", "rate_limit", {}),
        ("input_audio_buffer.commit", "close", {}),
        ("input_audio_buffer.commit", "failed", {}),
        ("input_audio_buffer.commit", "stall", {}),
    ],
)
async def test_nothing_that_was_said_is_lost(
    hass: HomeAssistant,
    stand_in: StandIn,
    account: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    at: str,
    fault: str,
    details: dict[str, Any],
) -> None:
    module = "custom_components.openai_conversation.realtime.transcription"
    monkeypatch.setattr(f"{module}.OPEN_TIMEOUT", 0.2)
    monkeypatch.setattr(f"{module}.ANSWER_TIMEOUT", 0.2)
    await stand_in.fails(fault, at=at, **details)

    assert await listen(hass) == (TEXT, UNDERSTOOD)

    [asked] = stand_in.asked(FILES)
    assert asked["model"] == "gpt-transcribe"
    assert account.runtime_data.health["stt"].failing is None
    assert used(account) == {"gpt-transcribe": 1}


async def test_where_no_websocket_gets_through_none_is_tried_for_a_while(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    await stand_in.fails("overloaded", at="/v1/realtime", times=None)

    for _ in range(2):
        assert await listen(hass) == (TEXT, UNDERSTOOD)

    assert len(stand_in.received("connect")) == 1


async def test_a_server_that_fails_both_ways(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    await stand_in.fails("cut", at="input_audio_buffer.append")
    await stand_in.fails("quota", at=FILES)

    assert await listen(hass) == (None, FAILED)

    assert account.runtime_data.health["stt"].failing == "billing"


async def test_an_echo_of_the_prompt_is_nobody(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    await stand_in.fails("echo", at="input_audio_buffer.commit")

    assert await listen(hass) == ("", UNDERSTOOD)


@pytest.mark.parametrize("sound", [b"", bytes(2000), bytes(64_000)], ids=["nothing", "a click", "muted"])
async def test_a_microphone_that_is_muted_is_nobody(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry, sound: bytes
) -> None:
    assert await listen(hass, sound) == ("", UNDERSTOOD)

    assert stand_in.received("input_audio_buffer.commit") == []
    assert stand_in.asked(FILES) == []


@pytest.mark.parametrize(
    "other",
    [
        {"sample_rate": stt.AudioSampleRates.SAMPLERATE_48000},
        {"channel": stt.AudioChannels.CHANNEL_STEREO},
        {"bit_rate": stt.AudioBitRates.BITRATE_8},
        {"format": stt.AudioFormats.OGG, "codec": stt.AudioCodecs.OPUS},
    ],
    ids=lambda other: next(iter(other)),
)
async def test_other_microphones_send_a_recording(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry, other: dict[str, Any]
) -> None:
    await listen(hass, **other)

    assert stand_in.received("connect") == []
    assert len(stand_in.asked(FILES)) == 1


@pytest.mark.parametrize("fault", [None, "no_usage"])
async def test_what_it_costs(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry, fault: str | None
) -> None:
    if fault:
        await stand_in.fails(fault, at="input_audio_buffer.commit")
    sound = SOUND + bytes(32_000 * 6 - len(SOUND))

    assert await listen(hass, sound) == (TEXT, UNDERSTOOD)

    assert used(account) == {LIVE: 1}
    assert cost(hass) == pytest.approx(0.0017)  # 6 seconds for 0.017 dollars a minute


async def test_beyond_the_budget_nobody_is_listened_to(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    account.runtime_data.meter.async_configure(PriceList(), Budget(limit=1, stops_speech=True))

    assert await listen(hass) == (None, FAILED)

    assert stand_in.received("connect") == []


async def test_a_pipeline_that_is_stopped_lets_the_microphone_go(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    microphone = Microphone(waits=True)
    engine = stt.async_get_speech_to_text_engine(hass, STT)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await engine.internal_async_process_audio_stream(metadata(), microphone.stream())

    assert await listen(hass, sung_pcm("Thanks.")) == ("Thanks.", UNDERSTOOD)
