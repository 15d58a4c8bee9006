"""What the user chose for speech-to-text, text-to-speech, and evaluations: typed, with defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Self, override

from homeassistant.const import CONF_PROMPT

from ..const import CONF_CHAT_MODEL, CONF_MODEL_SWITCH, CONF_TTS_SPEED, CONF_VOICE
from ..openai_api.catalog import Catalog, Models
from ..openai_api.models import DEFAULT_DECISION_MODEL, DEFAULT_STT_MODEL, DEFAULT_TTS_MODEL
from .address import Address

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
    address: Address | None = None
    """Where it asks; None: at the address of the account. Only speech can have one."""

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read stored options."""
        return cls(chat_model=_model(data))

    def models(self, account: Models) -> Models:
        """Return the models where it asks, given those of the account."""
        return Models(self.address.server, Catalog(), account.today) if self.address else account

    def model_for(self, account: Models) -> str:
        """Return the model to use."""
        return self.models(account).chosen(self.chat_model, self.default_model)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechToTextOptions(EngineOptions):
    """The stored options of a speech-to-text engine, with their types."""

    default_model: ClassVar[str] = DEFAULT_STT_MODEL
    prompt: str | None = None
    """Context that helps the model understand speech. None: the default; empty: nothing is sent."""

    @classmethod
    @override
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        return cls(chat_model=_model(data), address=Address.from_stored(data), prompt=data.get(CONF_PROMPT))


class ModelSwitch(StrEnum):
    """When text-to-speech changes over to the successor of its model."""

    EARLY = "early"
    """`LIFECYCLE_NOTICE` before the model ends. It is also the default, which a repair issue then reports."""

    LATE = "late"
    """On the day on which the model ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToSpeechOptions(EngineOptions):
    """The stored options of a text-to-speech engine, with their types."""

    default_model: ClassVar[str] = DEFAULT_TTS_MODEL
    voice: str | None = None
    prompt: str | None = None
    """How to speak, such as "Speak cheerfully"."""

    tts_speed: float = NORMAL_SPEED
    """From 0.25 to 4; 1 is normal."""

    model_switch: ModelSwitch | None = None

    @classmethod
    @override
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            chat_model=_model(data),
            address=Address.from_stored(data),
            voice=data.get(CONF_VOICE) or None,
            prompt=data.get(CONF_PROMPT) or None,
            tts_speed=float(data.get(CONF_TTS_SPEED) or NORMAL_SPEED),
            model_switch=_model_switch(data.get(CONF_MODEL_SWITCH)),
        )

    @override
    def model_for(self, account: Models) -> str:
        """Return the model to use.

        All models of the speech API end at once. So the successor is used early, also in place of a model
        that was chosen: there is time to notice what has changed.
        """
        models, model = self.models(account), self.chat_model or self.default_model
        stays = self.model_switch is ModelSwitch.LATE and not models.is_retired(model)
        return model if stays else models.early(model)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOptions(EngineOptions):
    """The stored options of an evaluation, with their types."""

    default_model: ClassVar[str] = DEFAULT_DECISION_MODEL


def _model_switch(stored: Any) -> ModelSwitch | None:
    return ModelSwitch(stored) if stored in list(ModelSwitch) else None


def _model(data: Mapping[str, Any]) -> str | None:
    return (data.get(CONF_CHAT_MODEL) or "").strip() or None
