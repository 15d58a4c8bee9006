"""What is read aloud over the Realtime API, by engines that were set to models of the speech API."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from datetime import date
from typing import Any

from freezegun import freeze_time
from freezegun.api import TickingDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.const import DOMAIN
from custom_components.openai_conversation.diagnostics import async_get_config_entry_diagnostics
from custom_components.openai_conversation.openai_api.prices import PriceList
from custom_components.openai_conversation.options.chat import RECOMMENDED_OPTIONS
from custom_components.openai_conversation.usage.budget import Budget
from custom_components.openai_conversation.usage.ledger import by_model
from homeassistant.components import assist_pipeline, conversation, tts
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from tests.harness.waiting import until
from tests.stand_in.sound import heard

from .support.account import async_load, new_account
from .support.costs import attributes, cost
from .support.engines import TTS, response, written
from .support.stand_in import KEY, StandIn, running_stand_in

TEXT = "The door is open, and the window is closed."


@pytest.fixture(autouse=True)
def today() -> Iterator[TickingDateTimeFactory]:
    """Make it a day on which engines have changed over."""
    with freeze_time("2026-11-22 12:00:00+00:00", tick=True) as clock:
        yield clock


@pytest.fixture
async def stand_in(socket_enabled: None) -> AsyncIterator[StandIn]:
    """A server that plays OpenAI."""
    async with running_stand_in() as running:
        yield running


async def async_add(
    hass: HomeAssistant, stand_in: StandIn, *, server: str = "openai", **data: Any
) -> MockConfigEntry:
    """Load an account with an engine as it is stored; the ID of the engine is "engine"."""
    engine = {
        "subentry_id": "engine",
        "subentry_type": "tts",
        "title": "OpenAI TTS",
        "data": {"prompt": "", **data},
        "unique_id": None,
    }
    entry = new_account(subentries_data=[engine])
    entry.add_to_hass(hass)
    account = {"api_key": KEY, "base_url": stand_in.base_url, "server": server}
    hass.config_entries.async_update_entry(entry, data=account)
    await async_load(hass, entry)
    return entry


async def read(hass: HomeAssistant, *parts: str, **options: Any) -> tuple[str, str]:
    """Return the format of the answer, and what is heard in it."""
    async with asyncio.timeout(10):
        answer = await response(hass, written(*parts), **options)
        return answer.extension, heard(b"".join([chunk async for chunk in answer.data_gen]))


@pytest.fixture
async def account(hass: HomeAssistant, stand_in: StandIn) -> MockConfigEntry:
    """An account with an engine as Home Assistant's own integration stores it."""
    return await async_add(hass, stand_in, chat_model="gpt-4o-mini-tts")


async def settled(hass: HomeAssistant, stand_in: StandIn, sessions: int) -> None:
    """Wait until this many sessions are open."""

    async def probe() -> bool | None:
        return stand_in.open_sessions == sessions or None

    await until(probe, within=5, what=f"{sessions} open sessions")


# --- what changes over ---


@pytest.mark.parametrize("model", ["gpt-4o-mini-tts", "tts-1", "tts-1-hd", None])
@pytest.mark.parametrize("day", ["2026-11-22", "2027-02-01"])
async def test_an_engine_of_the_past_speaks(
    hass: HomeAssistant, stand_in: StandIn, today: TickingDateTimeFactory, model: str | None, day: str
) -> None:
    today.move_to(f"{day} 12:00:00+00:00")
    stand_in.state.today = date.fromisoformat(day)
    data = {"chat_model": model} if model else {}
    entry = await async_add(hass, stand_in, **data)

    assert await read(hass, TEXT, preferred_format="wav") == ("wav", TEXT)

    assert stand_in.received("connect")[0]["model"] == "gpt-realtime-2.1-mini"
    assert entry.subentries["engine"].data == {"prompt": "", **data}
    assert er.async_get(hass).async_get(TTS).unique_id == "engine"
    assert entry.runtime_data.health["tts"].successes == 1


async def test_an_engine_may_stay_until_its_model_ends(
    hass: HomeAssistant, stand_in: StandIn, today: TickingDateTimeFactory
) -> None:
    await async_add(hass, stand_in, chat_model="tts-1", voice="onyx", model_switch="late")

    assert await read(hass, TEXT, preferred_format="wav") == ("wav", TEXT)
    [asked] = stand_in.asked("/v1/audio/speech")
    assert (asked["model"], asked["voice"]) == ("tts-1", "onyx")

    # the account is not loaded again
    today.move_to("2027-01-06 00:00:01+00:00")
    stand_in.state.today = date(2027, 1, 6)
    assert await read(hass, TEXT, preferred_format="wav") == ("wav", TEXT)
    assert len(stand_in.asked("/v1/audio/speech")) == 1


async def test_how_it_speaks_stays_as_near_as_there_is(hass: HomeAssistant, stand_in: StandIn) -> None:
    await async_add(
        hass, stand_in, chat_model="gpt-4o-mini-tts", voice="nova", tts_speed=4.0, prompt="Like a butler."
    )

    await read(hass, TEXT)

    [update] = stand_in.received("session.update")
    output = update["session"]["audio"]["output"]
    assert (output["voice"], output["speed"]) == ("marin", 1.5)
    [create] = stand_in.received("response.create")
    assert create["response"]["instructions"].endswith("Like a butler.")


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("onyx", "cedar"),
        ("nova", "marin"),
        ("fable", "ballad"),
        ("ash", "ash"),
        ("voice_1", {"id": "voice_1"}),
    ],
)
async def test_voices_that_automations_name(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry, wanted: str, spoken: Any
) -> None:
    assert await read(hass, TEXT, voice=wanted, speed=2) == ("wav", TEXT)

    assert stand_in.received("session.update")[-1]["session"]["audio"]["output"]["voice"] == spoken


async def test_the_voices(hass: HomeAssistant, account: MockConfigEntry) -> None:
    voices = tts.get_engine_instance(hass, TTS).async_get_supported_voices("de-DE")

    assert [voice.voice_id for voice in voices][:2] == ["marin", "cedar"]
    assert len(voices) == 10


@pytest.mark.parametrize(
    ("preferred", "extension"),
    [("mp3", "wav"), ("aac", "wav"), ("flac", "wav"), ("wav", "wav"), ("pcm", "pcm"), ("raw", "raw")],
)
async def test_formats(hass: HomeAssistant, account: MockConfigEntry, preferred: str, extension: str) -> None:
    assert await read(hass, TEXT, preferred_format=preferred) == (extension, TEXT)


async def test_a_self_hosted_server_keeps_its_speech_api(hass: HomeAssistant, stand_in: StandIn) -> None:
    await async_add(hass, stand_in, server="compatible", chat_model="tts-1")

    assert await read(hass, TEXT, preferred_format="wav") == ("wav", TEXT)

    assert stand_in.received("connect") == []


# --- a model that is gone before its day ---


async def test_a_model_that_is_refused_as_shut_down(
    hass: HomeAssistant, stand_in: StandIn, today: TickingDateTimeFactory
) -> None:
    today.move_to("2026-10-15 12:00:00+00:00")
    entry = await async_add(hass, stand_in, chat_model="tts-1", voice="onyx")
    await stand_in.fails("model_gone", at="/v1/audio/speech")

    assert await read(hass, "One. ", "Two.", preferred_format="wav") == ("wav", "One. Two.")
    assert await read(hass, TEXT) == ("wav", TEXT)

    assert len(stand_in.asked("/v1/audio/speech")) <= 2
    assert stand_in.received("session.update")[0]["session"]["audio"]["output"]["voice"] == "cedar"
    assert entry.runtime_data.health["tts"].failing is None
    assert issue_keys(hass) == {"speech_changed_for_good"}


async def test_in_a_format_of_its_own_it_is_the_next_text_that_is_heard(
    hass: HomeAssistant, stand_in: StandIn, today: TickingDateTimeFactory
) -> None:
    today.move_to("2026-10-15 12:00:00+00:00")
    await async_add(hass, stand_in, chat_model="tts-1")
    await stand_in.fails("model_gone", at="/v1/audio/speech")

    with pytest.raises(HomeAssistantError):
        await read(hass, TEXT, preferred_format="mp3")
    assert await read(hass, TEXT, preferred_format="mp3") == ("wav", TEXT)


# --- what the user learns ---


def issue_keys(hass: HomeAssistant) -> set[str]:
    return {str(issue.translation_key) for issue in ir.async_get(hass).issues.values()}


async def test_a_repair_tells_what_has_changed(hass: HomeAssistant, stand_in: StandIn) -> None:
    await async_add(hass, stand_in, chat_model="tts-1-hd", voice="fable")

    [issue] = ir.async_get(hass).issues.values()
    assert (issue.translation_key, issue.is_fixable) == ("speech_changed", True)
    assert issue.translation_placeholders == {
        "name": "OpenAI TTS",
        "model": "tts-1-hd",
        "successor": "gpt-realtime-2.1-mini",
        "day": "2027-01-06",
        "voice": "fable",
        "new_voice": "ballad",
        "price": "2.9",
        "new_price": "2.5",
        "max_speed": "1.5",
    }


@pytest.mark.parametrize(("choice", "spoken_by"), [("switch", "/v1/realtime"), ("stay", "/v1/audio/speech")])
async def test_the_user_decides(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry, choice: str, spoken_by: str
) -> None:
    page = await repair(hass)
    assert page["type"] == "menu"
    assert page["menu_options"] == ["switch", "stay"]

    end = await repair(hass, choice)

    assert end["type"] == "create_entry"
    await hass.async_block_till_done()
    assert issue_keys(hass) == set()
    assert await read(hass, TEXT, preferred_format="wav") == ("wav", TEXT)
    assert stand_in.paths()[-1] == spoken_by
    assert account.subentries["engine"].data["chat_model"] == "gpt-4o-mini-tts"


async def repair(hass: HomeAssistant, choice: str | None = None) -> dict[str, Any]:
    """Open the repair, and choose something in its menu."""
    assert await async_setup_component(hass, "repairs", {})
    manager = hass.data["repairs"]["flow_manager"]
    [issue] = ir.async_get(hass).issues.values()
    page = await manager.async_init(DOMAIN, data={"issue_id": issue.issue_id})
    return await manager.async_configure(page["flow_id"], {"next_step_id": choice}) if choice else page


async def test_a_repair_of_an_engine_that_is_gone(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    manager = hass.data["repairs"]["flow_manager"]
    [issue] = ir.async_get(hass).issues.values()
    page = await manager.async_init(DOMAIN, data={"issue_id": issue.issue_id})
    hass.config_entries.async_remove_subentry(account, "engine")
    await hass.async_block_till_done()

    end = await manager.async_configure(page["flow_id"], {"next_step_id": "stay"})

    assert (end["type"], end["reason"]) == ("abort", "gone")
    assert issue_keys(hass) == set()


async def test_who_has_stayed_is_told_nothing_more(hass: HomeAssistant, stand_in: StandIn) -> None:
    await async_add(hass, stand_in, chat_model="tts-1", model_switch="late")

    assert issue_keys(hass) == set()


@pytest.mark.parametrize("model", ["gpt-realtime-2.1-mini", "gpt-realtime-2.1"])
async def test_who_has_chosen_the_successor_is_told_nothing(
    hass: HomeAssistant, stand_in: StandIn, model: str
) -> None:
    await async_add(hass, stand_in, chat_model=model)

    assert issue_keys(hass) == set()
    assert await read(hass, TEXT) == ("wav", TEXT)
    assert stand_in.received("connect")[0]["model"] == model


async def test_a_network_without_websockets(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    await stand_in.fails("overloaded", at="/v1/realtime", times=3)

    for _ in range(2):
        assert await read(hass, TEXT) == ("wav", TEXT)

    assert len(stand_in.asked("/v1/chat/completions")) == 2
    assert "no_websocket" in issue_keys(hass)
    assert caplog.text.count("no WebSocket gets through") == 1
    # loading the account again tries the WebSocket again, and closes the issue
    await stand_in.recovers()
    await hass.config_entries.async_reload(account.entry_id)
    assert await read(hass, TEXT) == ("wav", TEXT)
    assert "no_websocket" not in issue_keys(hass)


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ("quota", "billing"),
        ("rate_limit", "rate_limit"),
        ("failed", "rate_limit"),
        ("content_filter", "refused"),
    ],
)
async def test_failures_have_a_sentence(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry, fault: str, key: str
) -> None:
    await stand_in.fails(fault)

    with pytest.raises(HomeAssistantError) as error:
        await read(hass, TEXT)

    assert (error.value.translation_domain, error.value.translation_key) == (DOMAIN, key)
    assert account.runtime_data.health["tts"].failing == key


async def test_a_key_that_was_revoked(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    await stand_in.fails("auth", at="/v1/realtime", times=None)
    await stand_in.fails("auth", at="/v1/chat/completions", times=None)

    with pytest.raises(HomeAssistantError):
        await read(hass, TEXT)
    await hass.async_block_till_done()

    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    assert KEY not in caplog.text


async def test_how_well_it_reads_is_in_the_diagnostics(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    for fault in ("drift", "drift", "wrong_start"):
        await stand_in.fails(fault)
        await read(hass, TEXT)

    report = await async_get_config_entry_diagnostics(hass, account)
    [engine] = report["agents"]
    assert engine["reading"] == {"pieces": 3, "repeated": 1, "drifted": 2}
    assert caplog.text.count("with other words") == 1


# --- how soon ---


async def test_one_sentence_at_a_time(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    sentences = ["It is sunny. ", "And it is warm. ", "So go out."]

    assert await read(hass, *sentences) == ("wav", "".join(sentences))

    assert stand_in.spoken() == [each.strip() for each in sentences]
    assert len(stand_in.received("connect")) == 1


async def test_a_tool_runs_and_nobody_hangs_up(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    goes_on = asyncio.Event()

    async def text() -> AsyncGenerator[str]:
        yield "Let me check your calendar, one moment please."
        await goes_on.wait()
        yield "\n\nYou are free."

    answer = await response(hass, text(), preferred_format="pcm")
    sound = b""
    async with asyncio.timeout(20):
        while heard(sound) != "Let me check your calendar, one moment please.":
            sound += await anext(answer.data_gen)
        spoken = len(sound)
        # what was said takes 2.4 seconds to play
        while len(sound) < spoken + 48_000:
            sound += await anext(answer.data_gen)
        goes_on.set()
        sound += b"".join([chunk async for chunk in answer.data_gen])

    assert heard(sound) == "Let me check your calendar, one moment please. You are free."


async def test_whoever_stops_listening_cancels_what_is_said(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    stand_in.state.word_ms = 20
    answer = await response(hass, written("word " * 50, ". Another sentence."), preferred_format="pcm")
    async with asyncio.timeout(10):
        await anext(answer.data_gen)
        await answer.data_gen.aclose()
        assert await read(hass, "Short.", preferred_format="pcm") == ("pcm", "Short.")

    assert stand_in.received("response.cancel")
    assert account.runtime_data.health["tts"].failing is None


async def test_the_session_opens_with_the_voice_assistant(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    """The assistant uses our agent or speech-to-text, and our voice. Its session opens in advance."""
    assert await async_setup_component(hass, "conversation", {})
    hass.config_entries.async_update_entry(account, options=dict(RECOMMENDED_OPTIONS))
    await hass.async_block_till_done()
    assert await async_setup_component(hass, "assist_pipeline", {})
    await assist_pipeline.async_update_pipeline(
        hass,
        assist_pipeline.async_get_pipelines(hass)[0],
        conversation_engine="conversation.chatgpt",
        tts_engine=TTS,
        tts_voice="ash",
        tts_language="en-US",
    )

    await conversation.async_prepare_agent(hass, "conversation.chatgpt", "en")
    await settled(hass, stand_in, 1)

    assert await read(hass, TEXT, voice="ash") == ("wav", TEXT)
    [update] = stand_in.received("session.update")
    assert update["session"]["audio"]["output"]["voice"] == "ash"
    assert len(stand_in.received("connect")) == 1


# --- what it costs ---


def dollars(tokens: Mapping[str, Any]) -> float:
    """Return what tokens of the smaller model cost, by OpenAI's page."""
    cached = tokens["input_token_details"]["cached_tokens"]
    spoken = tokens["output_token_details"]
    micro_dollars = (
        (tokens["input_tokens"] - cached) * 0.60
        + cached * 0.06
        + spoken["text_tokens"] * 2.40
        + spoken["audio_tokens"] * 20
    )
    return micro_dollars / 1_000_000


def used(account: MockConfigEntry) -> dict[str, int]:
    """Return how many answers speech took, by model."""
    return {model: each.requests for model, each in by_model(account.runtime_data.meter.today).items()}


async def test_each_response_is_counted_once_to_the_cent(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    await read(hass, "It is sunny. ", "And it is warm. ", "So go out.")

    expected = sum(map(dollars, stand_in.usages()))
    assert len(stand_in.usages()) == 3
    assert cost(hass) == pytest.approx(expected, abs=3e-6)
    assert attributes(hass)["by_purpose"] == {"tts": cost(hass)}
    assert used(account) == {"gpt-realtime-2.1-mini": 3}


async def test_what_nobody_heard_is_paid_too(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    await stand_in.fails("wrong_start")

    await read(hass, TEXT)
    await settled_usage(stand_in, account, 2)

    assert cost(hass) == pytest.approx(sum(map(dollars, stand_in.usages())), abs=2e-6)


async def test_a_text_that_somebody_stops_costs_what_was_said_of_it(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    stand_in.state.word_ms = 20
    answer = await response(hass, written("word " * 90, ". "), preferred_format="pcm")
    async with asyncio.timeout(10):
        await anext(answer.data_gen)
        await answer.data_gen.aclose()

    await settled_usage(stand_in, account, 1)

    [usage] = stand_in.usages()
    assert 0 < usage["output_token_details"]["audio_tokens"] < 400
    assert cost(hass) == pytest.approx(dollars(usage), abs=1e-6)


async def test_over_http_another_model_is_paid(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    await stand_in.fails("overloaded", at="/v1/realtime", times=3)

    await read(hass, TEXT)

    assert used(account) == {"gpt-audio-1.5": 1}
    assert cost(hass) > 0


async def test_the_budget_may_stop_speech(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    meter = account.runtime_data.meter
    meter.async_configure(PriceList(), Budget(limit=1))
    assert await read(hass, TEXT) == ("wav", TEXT)
    await hass.async_block_till_done()

    meter.async_configure(PriceList(), Budget(limit=1, stops_speech=True))
    before = len(stand_in.paths())
    with pytest.raises(HomeAssistantError) as error:
        await read(hass, "Nobody says this.", voice="ash")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert (error.value.translation_domain, error.value.translation_key) == (DOMAIN, "budget")
    assert len(stand_in.paths()) == before


async def settled_usage(stand_in: StandIn, account: MockConfigEntry, answers: int) -> None:
    """Wait until so many answers are counted: a canceled one ends when nobody listens any more."""

    async def probe() -> bool | None:
        return sum(used(account).values()) == len(stand_in.usages()) == answers or None

    await until(probe, within=5, what=f"{answers} counted answers")


# --- when it ends ---


async def test_an_account_that_is_unloaded_hangs_up(
    hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry
) -> None:
    await read(hass, TEXT)
    assert stand_in.open_sessions == 1

    await hass.config_entries.async_unload(account.entry_id)

    await settled(hass, stand_in, 0)


async def test_home_assistant_stops(hass: HomeAssistant, stand_in: StandIn, account: MockConfigEntry) -> None:
    await read(hass, TEXT)

    await hass.async_stop()

    await settled(hass, stand_in, 0)
