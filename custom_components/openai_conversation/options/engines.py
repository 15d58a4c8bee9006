"""What the user chose for speech-to-text, text-to-speech, and evaluations: typed, with defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self, override

from homeassistant.const import CONF_PROMPT

from ..const import CONF_CHAT_MODEL, CONF_TTS_SPEED, CONF_VOICE
from ..openai_api.catalog import Models
from ..openai_api.models import DEFAULT_DECISION_MODEL, DEFAULT_STT_MODEL, DEFAULT_TTS_MODEL

DEFAULT_STT_PROMPT: Final = "Somebody speaks to the voice assistant of a smart home."
"""What helps the model understand a command, if nothing else is stored."""

LEAST_SPEED: Final = 0.25
MOST_SPEED: Final = 4.0
NORMAL_SPEED: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """The options that all engines share. Each field has the name under which it is stored."""

    default_model: ClassVar[str]
    chat_model: str | None = None

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read stored options."""
        return cls(chat_model=_model(data))

    def model_for(self, models: Models) -> str:
        """Return the model to use."""
        return models.chosen(self.chat_model, self.default_model)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechToTextOptions(EngineOptions):
    """The stored options of a speech-to-text engine, with their types."""

    default_model: ClassVar[str] = DEFAULT_STT_MODEL
    prompt: str | None = None
    """Context that helps the model understand speech. None: the default; empty: nothing is sent."""

    @classmethod
    @override
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        return cls(chat_model=_model(data), prompt=data.get(CONF_PROMPT))


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToSpeechOptions(EngineOptions):
    """The stored options of a text-to-speech engine, with their types."""

    default_model: ClassVar[str] = DEFAULT_TTS_MODEL
    voice: str | None = None
    prompt: str | None = None
    """How to speak, such as "Speak cheerfully"."""

    tts_speed: float = NORMAL_SPEED
    """From 0.25 to 4; 1 is normal."""

    @classmethod
    @override
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            chat_model=_model(data),
            voice=data.get(CONF_VOICE) or None,
            prompt=data.get(CONF_PROMPT) or None,
            tts_speed=float(data.get(CONF_TTS_SPEED) or NORMAL_SPEED),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOptions(EngineOptions):
    """The stored options of an evaluation, with their types."""

    default_model: ClassVar[str] = DEFAULT_DECISION_MODEL


def _model(data: Mapping[str, Any]) -> str | None:
    return (data.get(CONF_CHAT_MODEL) or "").strip() or None
