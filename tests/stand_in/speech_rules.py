"""Would OpenAI speak this?

Facts: OpenAI API reference, "Create speech", and the text-to-speech guide.
"""

from datetime import date
from typing import Any

from openai.types.audio.speech_create_params import SpeechCreateParams

from .errors import InvalidRequest, unsupported_parameter, unsupported_value
from .models import TODAY, is_shut_down
from .shapes import check_body, check_present, check_range

_LONGEST = 4096
_VOICES = ("alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer")
_ALL_VOICES = (*_VOICES, "ballad", "cedar", "marin", "verse")
_MODELS = {
    "tts-1": _VOICES,
    "tts-1-hd": _VOICES,
    "gpt-4o-mini-tts": _ALL_VOICES,
    "gpt-4o-mini-tts-2025-12-15": _ALL_VOICES,
}
"""The models and their voices."""


def validate_speech_request(body: dict[str, Any], *, today: date = TODAY) -> None:
    """Raise InvalidRequest if OpenAI would refuse to speak. `today` decides which models are shut down."""
    check_present(body, "model", "input", "voice")
    check_body(body, SpeechCreateParams)
    model, voice = body["model"], body["voice"]
    if model not in _MODELS or is_shut_down(model, today):
        raise InvalidRequest(f"The model `{model}` does not exist.", "model", "model_not_found")
    if isinstance(voice, str) and voice not in _MODELS[model]:
        raise unsupported_value("voice", voice, _MODELS[model])
    if not body["input"].strip():
        message = "Invalid 'input': string too short. Expected a string with minimum length 1."
        raise InvalidRequest(message, "input", "string_below_min_length")
    if len(body["input"]) > _LONGEST:
        message = f"Invalid 'input': string too long. Expected a string with maximum length {_LONGEST}."
        raise InvalidRequest(message, "input", "string_above_max_length")
    check_range(body, "speed", 0.25, 4)
    if model.startswith("tts-1"):
        if "instructions" in body:
            raise unsupported_parameter("instructions")
        if body.get("stream_format") == "sse":
            raise unsupported_value("stream_format", "sse", ("audio",))
