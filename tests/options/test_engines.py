"""What the user chose for speech-to-text, text-to-speech, and evaluations."""

from datetime import date
from typing import Any

import pytest

from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.openai_api.catalog import Catalog, Models
from custom_components.openai_conversation.options.engines import (
    EvaluationOptions,
    SpeechToTextOptions,
    TextToSpeechOptions,
)

TODAY = date(2026, 11, 22)

type Options = type[SpeechToTextOptions | TextToSpeechOptions | EvaluationOptions]


@pytest.mark.parametrize(
    ("stored", "options"),
    [
        ({}, SpeechToTextOptions()),
        ({"chat_model": "", "prompt": None}, SpeechToTextOptions()),
        (
            {"chat_model": "whisper-1", "prompt": "Cooking."},
            SpeechToTextOptions(chat_model="whisper-1", prompt="Cooking."),
        ),
        # cleared on purpose
        ({"prompt": ""}, SpeechToTextOptions(prompt="")),
        ({}, TextToSpeechOptions()),
        ({"chat_model": "gpt-4o-mini-tts", "prompt": ""}, TextToSpeechOptions(chat_model="gpt-4o-mini-tts")),
        ({"tts_speed": None, "voice": ""}, TextToSpeechOptions()),
        ({"tts_speed": 2}, TextToSpeechOptions(tts_speed=2.0)),
        (
            {"chat_model": "tts-1", "voice": "ash", "tts_speed": 0.25, "prompt": "Slowly."},
            TextToSpeechOptions(chat_model="tts-1", voice="ash", tts_speed=0.25, prompt="Slowly."),
        ),
        ({}, EvaluationOptions()),
        ({"chat_model": "gpt-6.1-sol"}, EvaluationOptions(chat_model="gpt-6.1-sol")),
    ],
    ids=str,
)
def test_stored_options(stored: dict[str, Any], options: Any) -> None:
    assert type(options).from_stored(stored) == options


# options, what is stored, the day, which model is used then
MODELS: list[tuple[Options, dict[str, str], date, str]] = [
    (SpeechToTextOptions, {}, TODAY, "gpt-transcribe"),
    (SpeechToTextOptions, {"chat_model": "whisper-1"}, TODAY, "whisper-1"),
    (SpeechToTextOptions, {"chat_model": "whisper-1"}, date(2027, 2, 25), "whisper-1"),
    (SpeechToTextOptions, {"chat_model": "whisper-1"}, date(2027, 2, 26), "gpt-transcribe"),
    (SpeechToTextOptions, {"chat_model": "gpt-4o-mini-transcribe"}, date(2027, 3, 1), "gpt-transcribe"),
    (TextToSpeechOptions, {}, date(2026, 11, 6), "gpt-4o-mini-tts"),
    (TextToSpeechOptions, {"chat_model": "tts-1"}, date(2026, 11, 6), "tts-1"),
    # 60 days before the end
    (TextToSpeechOptions, {}, date(2026, 11, 7), "gpt-realtime-2.1-mini"),
    (TextToSpeechOptions, {"chat_model": "tts-1-hd"}, TODAY, "gpt-realtime-2.1-mini"),
    (TextToSpeechOptions, {"chat_model": "gpt-4o-mini-tts-2025-12-15"}, TODAY, "gpt-realtime-2.1-mini"),
    (TextToSpeechOptions, {"chat_model": "tts-1", "model_switch": "early"}, TODAY, "gpt-realtime-2.1-mini"),
    (TextToSpeechOptions, {"chat_model": "tts-1", "model_switch": "junk"}, TODAY, "gpt-realtime-2.1-mini"),
    (TextToSpeechOptions, {"chat_model": "tts-1", "model_switch": "late"}, TODAY, "tts-1"),
    (TextToSpeechOptions, {"model_switch": "late"}, date(2027, 1, 5), "gpt-4o-mini-tts"),
    (TextToSpeechOptions, {"model_switch": "late"}, date(2027, 1, 6), "gpt-realtime-2.1-mini"),
    (TextToSpeechOptions, {"chat_model": "gpt-realtime-2.1"}, date(2027, 2, 1), "gpt-realtime-2.1"),
    (EvaluationOptions, {}, TODAY, "gpt-6-luna"),
    (EvaluationOptions, {"chat_model": "gpt-4o"}, TODAY, "gpt-4o"),
    (EvaluationOptions, {"chat_model": "gpt-4o"}, date(2027, 1, 14), "gpt-6-luna"),
]


@pytest.mark.parametrize(("options", "stored", "today", "model"), MODELS, ids=str)
def test_the_model_of_the_day(options: Options, stored: dict[str, str], today: date, model: str) -> None:
    assert options.from_stored(stored).model_for(Models(Server.OPENAI, Catalog(), today)) == model


def test_openais_date_decides() -> None:
    catalog = Catalog(shutdown_dates={"whisper-1": date(2026, 11, 1)})

    options = SpeechToTextOptions.from_stored({"chat_model": "whisper-1"})

    assert options.model_for(Models(Server.OPENAI, catalog, TODAY)) == "gpt-transcribe"


@pytest.mark.parametrize(
    ("options", "default"),
    [
        (SpeechToTextOptions, "gpt-transcribe"),
        (TextToSpeechOptions, "gpt-4o-mini-tts"),
        (EvaluationOptions, "gpt-6-luna"),
    ],
)
def test_no_model_ends_at_a_self_hosted_server(options: Options, default: str) -> None:
    long_after = Models(Server.COMPATIBLE, Catalog(), date(2030, 1, 1))

    whisper = options.from_stored({"chat_model": "whisper-1"})

    assert whisper.model_for(long_after) == "whisper-1"
    assert options().model_for(long_after) == default
