"""Would OpenAI accept this connection, and this event over it?

The shape of an event is checked against the SDK's types, the rest by hand-written rules. Facts: OpenAI API
reference, "Realtime client events", and the guides on the Realtime API and on realtime transcription.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from openai.types.realtime.input_audio_buffer_append_event_param import InputAudioBufferAppendEventParam
from openai.types.realtime.input_audio_buffer_clear_event_param import InputAudioBufferClearEventParam
from openai.types.realtime.input_audio_buffer_commit_event_param import InputAudioBufferCommitEventParam
from openai.types.realtime.response_cancel_event_param import ResponseCancelEventParam
from openai.types.realtime.response_create_event_param import ResponseCreateEventParam
from openai.types.realtime.session_update_event_param import SessionUpdateEventParam

from ..errors import InvalidRequest, unsupported_parameter, unsupported_value
from ..models import is_shut_down
from ..shapes import check_body, check_present, check_range
from ..transcription_rules import check_words

type Event = dict[str, Any]

_EVENTS: dict[str, Any] = {
    "session.update": SessionUpdateEventParam,
    "response.create": ResponseCreateEventParam,
    "response.cancel": ResponseCancelEventParam,
    "input_audio_buffer.append": InputAudioBufferAppendEventParam,
    "input_audio_buffer.commit": InputAudioBufferCommitEventParam,
    "input_audio_buffer.clear": InputAudioBufferClearEventParam,
}
"""The client events that this stand-in knows, and their types."""

_OF_SPEECH = ("response.create", "response.cancel")
_MODELS = ("gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime", "gpt-realtime-mini")
_REASONING = ("gpt-realtime-2",)
"""How the names of models that reason begin."""

_TRANSCRIBERS = (
    "gpt-live-transcribe",
    "gpt-transcribe",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "whisper-1",
)
_NEW_TRANSCRIBERS = ("gpt-live-transcribe", "gpt-transcribe")
VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar")
_MOST_TOKENS = 4096
_MOST_PAIRS, _LONGEST_KEY, _LONGEST_VALUE = 16, 64, 512
_LARGEST_APPEND = 15 * 1024 * 1024
_EVENT_ID_LENGTH = 512


def check_connection(query: Mapping[str, str], today: date) -> str | None:
    """Return the model of a connection, None if it is there to transcribe; raise what OpenAI would refuse."""
    if query.get("intent") == "transcription":
        if "model" in query:
            message = "You must not provide a model parameter for transcription sessions."
            raise InvalidRequest(message, "model", "invalid_model")
        return None
    if "intent" in query:
        raise unsupported_value("intent", query["intent"], ("transcription",))
    check_present(query, "model")
    model = query["model"]
    if model not in _MODELS or is_shut_down(model, today):
        raise InvalidRequest(f"The model `{model}` does not exist.", "model", "model_not_found")
    return model


def check_event(event: Any, session: Mapping[str, Any]) -> None:
    """Raise InvalidRequest where OpenAI would refuse an event; `session`: as it was announced last."""
    if not isinstance(event, dict):
        raise InvalidRequest("Invalid event: expected an object.", None, "invalid_event")
    check_present(event, "type")
    kind = event["type"]
    if kind not in _EVENTS or (kind in _OF_SPEECH and session["type"] != "realtime"):
        raise InvalidRequest(f"Invalid value: '{kind}'.", "type", "invalid_value")
    check_body(event, _EVENTS[kind])
    if len(event.get("event_id", "")) > _EVENT_ID_LENGTH:
        raise InvalidRequest("Invalid 'event_id': string too long.", "event_id", "string_above_max_length")
    if rule := _RULES.get(kind):
        rule(event, session)


def _check_update(event: Event, session: Mapping[str, Any]) -> None:
    wanted = event["session"]
    if wanted["type"] != session["type"]:
        message = (
            f"Passing a {wanted['type']} session update event to a {session['type']} session is not allowed."
        )
        raise InvalidRequest(message, "session.type", "invalid_session_type")
    if wanted["type"] == "transcription":
        _check_transcription(wanted)
        return
    if wanted.get("model", session["model"]) != session["model"]:
        raise InvalidRequest("The model of a session cannot be changed.", "session.model", "invalid_value")
    _check_answer(wanted, "session", session)
    check_range(wanted.get("audio", {}).get("output", {}), "speed", 0.25, 1.5)


def _check_create(event: Event, session: Mapping[str, Any]) -> None:
    wanted = event.get("response", {})
    _check_answer(wanted, "response", session)
    if wanted.get("conversation", "auto") not in ("auto", "none"):
        raise unsupported_value("response.conversation", wanted["conversation"], ("auto", "none"))
    pairs = wanted.get("metadata") or {}
    if len(pairs) > _MOST_PAIRS or any(
        len(key) > _LONGEST_KEY or len(value) > _LONGEST_VALUE for key, value in pairs.items()
    ):
        raise InvalidRequest("Invalid 'response.metadata'.", "response.metadata", "invalid_value")


def _check_answer(wanted: Mapping[str, Any], where: str, session: Mapping[str, Any]) -> None:
    """Check what sessions and responses have in common."""
    if len(modalities := wanted.get("output_modalities", ["audio"])) != 1:
        message = f"Invalid modalities: {modalities}. Supported combinations are: ['text'] and ['audio']."
        raise InvalidRequest(message, f"{where}.output_modalities", "invalid_value")
    if isinstance(wanted.get("max_output_tokens"), int):
        check_range(dict(wanted), "max_output_tokens", 1, _MOST_TOKENS)
    if "reasoning" in wanted and not session["model"].startswith(_REASONING):
        raise unsupported_parameter(f"{where}.reasoning")
    voice = wanted.get("audio", {}).get("output", {}).get("voice")
    if isinstance(voice, str) and voice not in VOICES:
        raise unsupported_value(f"{where}.audio.output.voice", voice, VOICES)


def _check_transcription(wanted: Mapping[str, Any]) -> None:
    settings = wanted.get("audio", {}).get("input", {})
    where = "session.audio.input"
    if settings.get("format", {}).get("type", "audio/pcm") != "audio/pcm":
        raise unsupported_value(f"{where}.format.type", settings["format"]["type"], ("audio/pcm",))
    transcription = settings.get("transcription")
    if transcription is None:
        return
    check_present(transcription, "model")
    model = transcription["model"]
    if model not in _TRANSCRIBERS:
        message = f"The model `{model}` does not exist."
        raise InvalidRequest(message, f"{where}.transcription.model", "model_not_found")
    for param in ("language", "delay") if model in _NEW_TRANSCRIBERS else ("languages", "keywords", "delay"):
        if param in transcription:
            raise unsupported_parameter(f"{where}.transcription.{param}")
    if model == "gpt-live-transcribe" and settings.get("turn_detection"):
        message = f"Turn detection is not supported with {model}: set it to null."
        raise InvalidRequest(message, f"{where}.turn_detection", "invalid_value")
    check_words(transcription, f"{where}.transcription.")


def _check_append(event: Event, session: Mapping[str, Any]) -> None:
    try:
        audio = base64.b64decode(event["audio"], validate=True)
    except ValueError as err:
        message = "Invalid 'audio'. Expected base64-encoded audio bytes."
        raise InvalidRequest(message, "audio", "invalid_value") from err
    if len(audio) > _LARGEST_APPEND:
        raise InvalidRequest("Invalid 'audio': more than 15 MiB.", "audio", "string_above_max_length")
    if len(audio) % 2:
        raise InvalidRequest("Invalid 'audio': half a sample.", "audio", "invalid_value")


_RULES: dict[str, Callable[[Event, Mapping[str, Any]], None]] = {
    "session.update": _check_update,
    "response.create": _check_create,
    "input_audio_buffer.append": _check_append,
}
