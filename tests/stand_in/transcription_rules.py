"""Would OpenAI transcribe this audio?

Facts: OpenAI API reference, "Create transcription", and the model page of gpt-transcribe.
"""

from collections.abc import Mapping
from datetime import date
import io
import re
from typing import Any
import wave

from openai.types.audio.transcription_create_params import TranscriptionCreateParamsNonStreaming

from .errors import ApiError, InvalidRequest, unsupported_parameter, unsupported_value
from .forms import Fields, File
from .models import TODAY, is_shut_down
from .shapes import check_form, check_present, check_range

_NEW = "gpt-transcribe"
_FORMATS = {
    _NEW: ("json",),
    "whisper-1": ("json", "text", "srt", "verbose_json", "vtt"),
    "gpt-4o-transcribe": ("json",),
    "gpt-4o-mini-transcribe": ("json",),
    "gpt-4o-mini-transcribe-2025-12-15": ("json",),
    "gpt-4o-transcribe-diarize": ("json", "text", "diarized_json"),
}
"""The response formats of each model."""

_ONLY_NEW = ("languages", "keywords")
_NOT_NEW = ("language", "temperature", "include", "timestamp_granularities")
_ENDINGS = ("flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "ogg", "wav", "webm")
_LANGUAGE = re.compile(r"[a-z]{2}")
_UNFIT_FOR_A_KEYWORD = re.compile(r"[<>\r\n]")
_LARGEST = 25 * 1024 * 1024
_SHORTEST_S = 0.1


def validate_transcription_request(fields: Fields, *, today: date = TODAY) -> None:
    """Raise InvalidRequest (or another ApiError) if OpenAI would refuse to transcribe it.

    `today` decides which models are shut down.
    """
    check_present(fields, "file", "model")
    values = check_form(fields, TranscriptionCreateParamsNonStreaming)
    model = values["model"]
    if model not in _FORMATS or is_shut_down(model, today):
        raise InvalidRequest(f"The model `{model}` does not exist.", "model", "model_not_found")
    if "language" in values and "languages" in values:
        message = "Only one of 'language' and 'languages' may be given."
        raise InvalidRequest(message, "languages", "invalid_value")
    for param in _NOT_NEW if model == _NEW else _ONLY_NEW:
        if param in values:
            raise unsupported_parameter(param)
    if values.get("response_format", "json") not in _FORMATS[model]:
        raise unsupported_value("response_format", values["response_format"], _FORMATS[model])
    check_range(values, "temperature", 0, 1)
    check_words(values)
    _check_file(values["file"])


def check_words(values: Mapping[str, Any], where: str = "") -> None:
    """Check languages and keywords. A bad one makes the request fail. `where`: goes before the names."""
    param = "languages" if "languages" in values else "language"
    languages = values.get("languages", [values["language"]] if "language" in values else [])
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            message = f"Invalid language '{language}'. Languages must be specified in ISO-639-1 format."
            raise InvalidRequest(message, where + param, "invalid_language_format")
    for index, keyword in enumerate(values.get("keywords", ())):
        if not keyword.strip() or _UNFIT_FOR_A_KEYWORD.search(keyword):
            message = f"Invalid 'keywords[{index}]': expected a single line without '<' and '>'."
            raise InvalidRequest(message, f"{where}keywords[{index}]", "invalid_value")


def _check_file(file: File) -> None:
    if len(file.data) > _LARGEST:
        raise ApiError(413, f"Maximum content size limit ({_LARGEST}) exceeded ({len(file.data)} bytes read)")
    ending = file.name.rpartition(".")[2].lower()
    if ending not in _ENDINGS:
        raise InvalidRequest(f"Unrecognized file format. Supported formats: {list(_ENDINGS)}", "file", None)
    if ending == "wav":
        try:
            with wave.open(io.BytesIO(file.data)) as sound:
                frames = sound.readframes(sound.getnframes())
                seconds = len(frames) / sound.getsampwidth() / sound.getnchannels() / sound.getframerate()
        except (wave.Error, EOFError) as err:
            raise _corrupted() from err
        if seconds < _SHORTEST_S:
            message = f"Audio file is too short. Minimum audio length is {_SHORTEST_S} seconds."
            raise InvalidRequest(message, "file", "audio_too_short")
    elif ending == "ogg" and not file.data.startswith(b"OggS"):
        raise _corrupted()


def _corrupted() -> InvalidRequest:
    return InvalidRequest("Audio file might be corrupted or unsupported", "file", "invalid_value")
