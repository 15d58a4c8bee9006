"""Tests of the stand-in's Realtime API: transcription, and the sound it hears."""

from array import array
from typing import Any

from aiohttp import ClientSession
import openai
import pytest

from tests.stand_in import InvalidRequest
from tests.stand_in.realtime.rules import check_event
from tests.stand_in.realtime.session import _speaking, _transcribing
from tests.stand_in.sound import as_wav
from tests.stand_in.tones import Listener, heard_in_song, sung_pcm

from .realtime_client import HEARING, MODEL, Talk, connect
from .requests import arm

TEXT = "Schalte das Licht in der Küche ein, bitte!"
MODELS = {"model": "gpt-live-transcribe"}
SOUND = sung_pcm(TEXT, rate=24_000)
_EVENT = "conversation.item.input_audio_transcription"


# --- sound ---


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100])
def test_what_is_sung_is_heard(rate: int) -> None:
    assert heard_in_song(sung_pcm(TEXT, rate=rate), rate=rate) == TEXT
    assert heard_in_song(bytes(98) + sung_pcm("開けて", rate=rate), rate=rate) == "開けて"
    assert heard_in_song(bytes(32_000), rate=rate) == ""


def test_a_song_survives_another_rate() -> None:
    samples = array("h", sung_pcm(TEXT, rate=16_000))
    slower = array("h")
    for first, second, third in zip(samples[::2], samples[1::2], samples[2::2], strict=False):
        slower.extend((first, (first + 2 * second) // 3, (2 * second + third) // 3))
    assert heard_in_song(slower.tobytes(), rate=24_000) == TEXT


def test_words_are_heard_as_they_come() -> None:
    listener = Listener(24_000)
    heard = [word for at in range(0, len(SOUND), 480) for word in listener.hear(SOUND[at : at + 480])]
    assert heard == TEXT.split()
    assert list(Listener(24_000).hear(SOUND[: len(SOUND) // 4])) == ["Schalte"]


# --- transcription ---


async def set_up(talk: Talk, **transcription: Any) -> None:
    created = await talk.event()
    assert created["session"]["type"] == "transcription"
    assert created["session"]["audio"]["input"]["transcription"] is None
    await talk.send("session.update", **update(transcription={**MODELS, **transcription}))
    updated = await talk.event()
    assert updated["session"]["audio"]["input"]["turn_detection"] is None, updated


def update(**changes: Any) -> dict[str, Any]:
    settings = {
        "format": {"type": "audio/pcm", "rate": 24000},
        "transcription": MODELS,
        "turn_detection": None,
        **changes,
    }
    return {"session": {"type": "transcription", "audio": {"input": settings}}}


async def test_it_hears_while_somebody_speaks(web: ClientSession) -> None:
    async with connect(web, HEARING) as talk:
        await set_up(talk, languages=["de"], keywords=["Küche"], prompt="A house.")
        await talk.speak(SOUND[: len(SOUND) * 2 // 3])
        first = await talk.event()
        assert (first["type"], first["delta"]) == (f"{_EVENT}.delta", "Schalte")
        await talk.speak(SOUND[len(SOUND) * 2 // 3 :])
        await talk.send("input_audio_buffer.commit")
        events = await talk.events(f"{_EVENT}.completed")

        assert "".join(e["delta"] for e in [first, *events] if "delta" in e) == TEXT
        committed = next(e for e in events if e["type"] == "input_audio_buffer.committed")
        assert {e["item_id"] for e in [first, *events]} == {committed["item_id"]}
        assert events[-1]["transcript"] == TEXT
        assert events[-1]["usage"]["seconds"] == pytest.approx(len(SOUND) / 48_000, abs=0.01)

        # the next one is heard by itself
        await talk.speak(sung_pcm("Danke.", rate=24_000))
        await talk.send("input_audio_buffer.commit")
        events = await talk.events(f"{_EVENT}.completed")
        assert events[-1]["transcript"] == "Danke."
        assert events[-1]["item_id"] != committed["item_id"]


async def test_silence_is_an_empty_text(web: ClientSession) -> None:
    async with connect(web, HEARING) as talk:
        await set_up(talk)
        await talk.speak(bytes(48_000))
        await talk.send("input_audio_buffer.commit")
        assert (await talk.events(f"{_EVENT}.completed"))[-1]["transcript"] == ""


async def test_next_to_nothing_is_refused(web: ClientSession) -> None:
    async with connect(web, HEARING) as talk:
        await set_up(talk)
        await talk.speak(bytes(4_000))
        await talk.send("input_audio_buffer.commit", event_id="end")
        error = await talk.error()
        assert (error["code"], error["event_id"]) == ("input_audio_buffer_commit_empty", "end")
        await talk.send("input_audio_buffer.clear")
        assert (await talk.event())["type"] == "input_audio_buffer.cleared"


async def test_without_a_model_nothing_is_written(web: ClientSession) -> None:
    async with connect(web, HEARING) as talk:
        await talk.event()
        await talk.speak(SOUND)
        await talk.send("input_audio_buffer.commit")
        assert (await talk.event())["type"] == "input_audio_buffer.committed"
        await talk.send("input_audio_buffer.commit")
        await talk.error()


@pytest.mark.parametrize(
    ("event", "param", "code"),
    [
        ({"session": {"type": "realtime"}}, "session.type", "invalid_session_type"),
        (update(transcription={}), "model", "missing_required_parameter"),
        (update(transcription={"model": MODEL}), "transcription.model", "model_not_found"),
        (
            update(transcription={**MODELS, "language": "de"}),
            "transcription.language",
            "unsupported_parameter",
        ),
        (
            update(transcription={**MODELS, "languages": ["de-DE"]}),
            "transcription.languages",
            "invalid_language_format",
        ),
        (
            update(transcription={**MODELS, "keywords": ["a", "<b>"]}),
            "transcription.keywords[1]",
            "invalid_value",
        ),
        (update(transcription={"model": "whisper-1", "keywords": ["a"]}), "transcription.keywords", None),
        (update(turn_detection={"type": "server_vad"}), "turn_detection", "invalid_value"),
        (update(format={"type": "audio/pcm", "rate": 16000}), "rate", None),
        (update(format={"type": "audio/pcmu"}), "format.type", "unsupported_value"),
    ],
    ids=str,
)
def test_bad_settings_are_refused(event: dict[str, Any], param: str, code: str | None) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_event({"type": "session.update", **event}, _transcribing())
    assert (caught.value.param or "").endswith(param)
    assert code in (None, caught.value.code)


def test_good_settings_pass() -> None:
    for transcription in ({"model": "whisper-1", "language": "de"}, {**MODELS, "keywords": ["Küche"]}):
        event = {"type": "session.update", **update(transcription=transcription)}
        check_event(event, _transcribing())


@pytest.mark.parametrize("audio", ["…", "AAA", "AAAA"])
def test_what_is_no_sound_is_refused(audio: str) -> None:
    with pytest.raises(InvalidRequest):
        check_event({"type": "input_audio_buffer.append", "audio": audio}, _speaking(MODEL))


@pytest.mark.parametrize(("fault", "code"), [("close", 1001), ("cut", 1006)])
@pytest.mark.parametrize("path", ["input_audio_buffer.append", "input_audio_buffer.commit"])
async def test_it_goes_away(web: ClientSession, path: str, fault: str, code: int) -> None:
    await arm(web, fault, path=path)
    async with connect(web, HEARING) as talk:
        await set_up(talk)
        await talk.speak(SOUND)
        await talk.send("input_audio_buffer.commit")
        assert await talk.close_code() == code


async def test_it_fails_or_hears_an_echo(web: ClientSession) -> None:
    async with connect(web, HEARING) as talk:
        await set_up(talk, prompt="A house.")
        for fault, answer in (("failed", "failed"), ("echo", "completed"), ("stall", "")):
            await arm(web, fault, path="input_audio_buffer.commit")
            await talk.speak(SOUND)
            await talk.send("input_audio_buffer.commit")
            events = await talk.events("input_audio_buffer.committed")
            if answer:
                last = (await talk.events(f"{_EVENT}.{answer}"))[-1]
                assert last.get("transcript", "A house.") == "A house."
        assert "delta" in events[-2]


async def test_what_was_sung_can_be_heard_as_a_file(client: openai.AsyncOpenAI) -> None:
    file = ("a.wav", as_wav(sung_pcm(TEXT)))
    assert (await client.audio.transcriptions.create(model="gpt-transcribe", file=file)).text == TEXT
