"""What the user chose for the engines beside the agents: they hear, speak and judge."""

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
LEAST_SPEED: Final = 0.25
MOST_SPEED: Final = 4.0
NORMAL_SPEED: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechToTextOptions:
    """The stored options of a speech-to-text engine, with their types."""

    model: str | None = None
    prompt: str | None = None
    """What the conversation is about, which helps the model to hear right."""

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read stored options; an emptied prompt stays empty."""
        return cls(model=data.get(CONF_CHAT_MODEL) or None, prompt=data.get(CONF_PROMPT))

    def model_for(self, server: Server, catalog: Catalog, today: date) -> str:
        """Return the model to use today."""
        return _model_for(self.model, DEFAULT_STT_MODEL, server, catalog, today)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToSpeechOptions:
    """The stored options of a text-to-speech engine, with their types."""

    model: str | None = None
    voice: str | None = None
    instructions: str | None = None
    """How to speak."""

    speed: float = NORMAL_SPEED
    """From 0.25 to 4, 1 being normal."""

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read stored options."""
        return cls(
            model=data.get(CONF_CHAT_MODEL) or None,
            voice=data.get(CONF_VOICE) or None,
            instructions=data.get(CONF_PROMPT) or None,
            speed=float(data.get(CONF_TTS_SPEED) or NORMAL_SPEED),
        )

    def model_for(self, server: Server, catalog: Catalog, today: date) -> str:
        """Return the model to use today."""
        return _model_for(self.model, DEFAULT_TTS_MODEL, server, catalog, today)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOptions:
    """The stored options of an evaluator, with their types."""

    model: str | None = None

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read stored options."""
        return cls(model=data.get(CONF_CHAT_MODEL) or None)

    def model_for(self, server: Server, catalog: Catalog, today: date) -> str:
        """Return the model to use today."""
        return _model_for(self.model, DEFAULT_DECISION_MODEL, server, catalog, today)


def _model_for(chosen: str | None, default: str, server: Server, catalog: Catalog, today: date) -> str:
    if server is Server.COMPATIBLE:
        return chosen or default
    return chosen_model(chosen, default, catalog, today)
