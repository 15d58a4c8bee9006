"""What the user chose for speech-to-text, text-to-speech, and evaluations: typed, with defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from homeassistant.const import CONF_PROMPT

from ..const import CONF_CHAT_MODEL, CONF_TTS_SPEED, CONF_VOICE, Server
from ..openai_api.catalog import Catalog
from ..openai_api.models import DEFAULT_DECISION_MODEL, DEFAULT_STT_MODEL, DEFAULT_TTS_MODEL
from .chat import chosen_model

DEFAULT_STT_PROMPT: Final = "Somebody speaks to the voice assistant of a smart home."
"""What helps the model understand a command, if nothing else is stored."""

LEAST_SPEED: Final = 0.25
MOST_SPEED: Final = 4.0
NORMAL_SPEED: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechToTextOptions:
    """The stored options of a speech-to-text engine, with their types."""

    chat_model: str | None = None
    prompt: str | None = None
    """Context that helps the model understand speech. None: the default; empty: nothing is sent."""

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read stored options; a cleared prompt stays empty."""
        return cls(chat_model=data.get(CONF_CHAT_MODEL) or None, prompt=data.get(CONF_PROMPT))

    def model_for(self, server: Server, catalog: Catalog, today: date) -> str:
        """Return the model to use today."""
        return _model_for(self.chat_model, DEFAULT_STT_MODEL, server, catalog, today)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToSpeechOptions:
    """The stored options of a text-to-speech engine, with their types."""

    chat_model: str | None = None
    voice: str | None = None
    prompt: str | None = None
    """How to speak, such as "Speak cheerfully"."""

    tts_speed: float = NORMAL_SPEED
    """From 0.25 to 4; 1 is normal."""

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read stored options."""
        return cls(
            chat_model=data.get(CONF_CHAT_MODEL) or None,
            voice=data.get(CONF_VOICE) or None,
            prompt=data.get(CONF_PROMPT) or None,
            tts_speed=float(data.get(CONF_TTS_SPEED) or NORMAL_SPEED),
        )

    def model_for(self, server: Server, catalog: Catalog, today: date) -> str:
        """Return the model to use today."""
        return _model_for(self.chat_model, DEFAULT_TTS_MODEL, server, catalog, today)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOptions:
    """The stored options of an evaluation, with their types."""

    chat_model: str | None = None

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read stored options."""
        return cls(chat_model=data.get(CONF_CHAT_MODEL) or None)

    def model_for(self, server: Server, catalog: Catalog, today: date) -> str:
        """Return the model to use today."""
        return _model_for(self.chat_model, DEFAULT_DECISION_MODEL, server, catalog, today)


def _model_for(chosen: str | None, default: str, server: Server, catalog: Catalog, today: date) -> str:
    if server is Server.COMPATIBLE:
        return chosen or default
    return chosen_model(chosen, default, catalog, today)
