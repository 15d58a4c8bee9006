"""The forms of speech-to-text, text-to-speech, and evaluations. Pure."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Final, override

from homeassistant.const import CONF_API_KEY, CONF_NAME, CONF_PROMPT
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig

from ..const import CONF_BASE_URL, CONF_CHAT_MODEL, CONF_MODEL_SWITCH, CONF_TTS_SPEED, CONF_VOICE, Server
from ..openai_api.capabilities import VOICES, TextToSpeechCapabilities
from ..openai_api.client import is_web_address
from ..openai_api.minute_price import cents_a_minute
from ..openai_api.model_names import is_chat_model, is_stt_model, is_tts_model
from ..openai_api.models import LIVE_STT_MODEL, tts_capabilities_of
from ..options.address import ADDRESS_KEYS, Address
from ..options.engines import (
    DEFAULT_STT_PROMPT,
    LEAST_SPEED,
    NORMAL_SPEED,
    EngineOptions,
    EvaluationOptions,
    ModelSwitch,
    SpeechToTextOptions,
    TextToSpeechOptions,
)
from .account import ADDRESS, KEY
from .fields import NAME_FIELD, Field, Fields, Values, choice, model_field, names, number, range_error
from .form import Form

_LONG_TEXT: Final = Field(TextSelector(TextSelectorConfig(multiline=True)))


class EngineForm(Form):
    """A form with a model and few other fields."""

    options: ClassVar[type[EngineOptions]]

    @staticmethod
    @abstractmethod
    def is_right(model: str) -> bool:
        """Whether a model is made for this kind of work."""

    def more_fields(self, models: Sequence[str]) -> Fields:
        """Return the fields besides name and model. `models`: those to choose from."""
        return {}

    @property
    def defaults(self) -> Values:
        """The defaults of the fields besides the model."""
        return {}

    @cached_property
    def model(self) -> str:
        """The model that is used with these values."""
        return self.options.from_stored(self.values).model_for(self.context.models)

    @property
    def typed_model(self) -> str:
        """The model that the user typed, or else the one that is suggested."""
        return (self.values.get(CONF_CHAT_MODEL) or "").strip() or self.model

    @property
    def default_model(self) -> str:
        """The model that is used if none is chosen."""
        return self.options().model_for(self.context.models)

    @cached_property
    @override
    def all_fields(self) -> Fields:
        models = self.context.model_choices(self.is_right)
        selector = self.context.model_selector(self.is_right, self.default_model)
        return {**NAME_FIELD, CONF_CHAT_MODEL: Field(selector), **self.more_fields(models)}

    @override
    def suggestions(self) -> dict[str, Any]:
        return {**self.defaults, **self.values, CONF_CHAT_MODEL: self.model}

    @property
    @override
    def chosen_models(self) -> tuple[tuple[str, str], ...]:
        return ((self.model, self.default_model),)

    @override
    def without_unsupported(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        return dict(self.values), ()

    @override
    def errors(self) -> dict[str, str]:
        if self.context.models.is_retired(self.default_model):
            return {}  # no model of this kind is left, so any may stay
        error = self.context.model_error(self.typed_model, self.is_right)
        return {CONF_CHAT_MODEL: error} if error else {}

    @override
    def data(self) -> dict[str, Any]:
        # do not store defaults, so that a new default takes effect
        defaults = {**self.defaults, CONF_CHAT_MODEL: self.default_model}
        return {name: value for name, value in self.typed.items() if value != defaults.get(name)}

    @property
    def typed(self) -> dict[str, Any]:
        """The content of the fields, stripped."""
        typed = {
            name: value.strip() if isinstance(value, str) else value
            for name in self.fields
            if name != CONF_NAME and (value := self.values.get(name)) is not None
        }
        if CONF_PROMPT in self.defaults:
            # a cleared prompt stays empty
            typed.setdefault(CONF_PROMPT, "")
        return typed | {CONF_CHAT_MODEL: self.typed_model}

    @override
    def placeholders(self) -> dict[str, str]:
        successor = self.context.models.current(self.typed_model)
        return {
            "model": self.typed_model,
            "successor": successor if successor != self.typed_model else self.default_model,
        }


class SpeechForm(EngineForm):
    """A form of speech, which may have an address of its own."""

    @override
    def more_fields(self, models: Sequence[str]) -> Fields:
        return {CONF_BASE_URL: Field(ADDRESS), CONF_API_KEY: Field(KEY)}

    @override
    def suggestions(self) -> dict[str, Any]:
        # a key is never shown
        return {**super().suggestions(), CONF_API_KEY: None}

    @override
    def errors(self) -> dict[str, str]:
        error = self._address_error()
        return {CONF_BASE_URL: error} if error else super().errors()

    def _address_error(self) -> str | None:
        address = Address.from_stored(self.values)
        return "invalid_url" if address and not is_web_address(address.base_url) else None

    @property
    @override
    def typed(self) -> dict[str, Any]:
        address = Address.from_stored(self.values)
        own = {CONF_BASE_URL: address.base_url, CONF_API_KEY: address.api_key} if address else {}
        typed = {name: value for name, value in super().typed.items() if name not in ADDRESS_KEYS}
        return {**typed, **{name: value for name, value in own.items() if value}}


class SpeechToTextForm(SpeechForm):
    """The form of a speech-to-text engine."""

    options = SpeechToTextOptions
    is_right = staticmethod(is_stt_model)

    @override
    def more_fields(self, models: Sequence[str]) -> Fields:
        return {CONF_PROMPT: _LONG_TEXT, **super().more_fields(models)}

    @property
    @override
    def defaults(self) -> Values:
        # a self-hosted server may not support a prompt
        return {CONF_PROMPT: DEFAULT_STT_PROMPT if self.context.server is Server.OPENAI else ""}

    @override
    def model_note(self) -> str:
        if self.context.server is Server.COMPATIBLE:
            return super().model_note()
        live = self.context.texts.phrase(
            "live_model",
            live=LIVE_STT_MODEL,
            live_price=cents_a_minute(LIVE_STT_MODEL),
            price=cents_a_minute(self.options.default_model),
        )
        return f"{live} {super().model_note()}"


class TextToSpeechForm(SpeechForm):
    """The form of a text-to-speech engine."""

    options = TextToSpeechOptions
    is_right = staticmethod(is_tts_model)

    @property
    def supported(self) -> TextToSpeechCapabilities:
        """What the model supports."""
        return tts_capabilities_of(self.model)

    @override
    def more_fields(self, models: Sequence[str]) -> Fields:
        shown = self.suggestions()[CONF_CHAT_MODEL]
        fields = {
            CONF_MODEL_SWITCH: model_field(self._switch, shown, models),
            CONF_VOICE: model_field(self._voices, shown, models),
            CONF_TTS_SPEED: Field(number(step=0.05)),
            CONF_PROMPT: model_field(self._instructions, shown, models),
        }
        return {name: field for name, field in fields.items() if field} | super().more_fields(models)

    def _switch(self, model: str) -> Field | None:
        choices = Field(choice(list(ModelSwitch), CONF_MODEL_SWITCH))
        return choices if self.context.has_successor(model) else None

    def _voices(self, model: str) -> Field:
        return Field(names(self._supported_with(model).voices))

    def _instructions(self, model: str) -> Field | None:
        return _LONG_TEXT if self._supported_with(model).instructions else None

    def _supported_with(self, model: str) -> TextToSpeechCapabilities:
        """Return what is supported if this model is selected: its successor may already speak."""
        options = self.options.from_stored({**self.values, CONF_CHAT_MODEL: model})
        return tts_capabilities_of(options.model_for(self.context.models))

    @property
    @override
    def defaults(self) -> Values:
        return {
            CONF_MODEL_SWITCH: ModelSwitch.EARLY,
            CONF_PROMPT: "",
            CONF_VOICE: self.supported.voice(None),
            CONF_TTS_SPEED: NORMAL_SPEED,
        }

    @override
    def suggestions(self) -> dict[str, Any]:
        # the successor may speak already: with the nearest voice and speed, but the stored model stays
        shown = super().suggestions()
        shown[CONF_VOICE] = self.supported.voice(shown[CONF_VOICE])
        shown[CONF_TTS_SPEED] = min(shown[CONF_TTS_SPEED], self.supported.max_speed)
        if self.context.has_successor(self.typed_model):
            shown[CONF_CHAT_MODEL] = self.typed_model
        return shown

    @override
    def without_unsupported(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        dropped = []
        if self.values.get(CONF_PROMPT) and not self.supported.instructions:
            dropped.append(CONF_PROMPT)
        voice = self.values.get(CONF_VOICE)
        if voice in VOICES and voice not in self.supported.voices:
            dropped.append(CONF_VOICE)
        return {name: value for name, value in self.values.items() if name not in dropped}, tuple(dropped)

    @override
    def errors(self) -> dict[str, str]:
        found = {
            CONF_TTS_SPEED: range_error(self.values, CONF_TTS_SPEED, LEAST_SPEED, self.supported.max_speed),
            CONF_VOICE: self._voice_error(),
        }
        return {name: error for name, error in found.items() if error} | super().errors()

    def _voice_error(self) -> str | None:
        is_openais = self.context.server is Server.OPENAI and self.context.has_openai_names
        voice = self.values.get(CONF_VOICE)
        return "voice_missing" if is_openais and voice and voice not in VOICES else None

    @override
    def data(self) -> dict[str, Any]:
        # defaults too: Home Assistant's own integration needs a model, and a prompt that is not None
        return self.typed

    @override
    def placeholders(self) -> dict[str, str]:
        voices = tts_capabilities_of(self.typed_model).voices
        max_speed = f"{self.supported.max_speed:g}"
        return {**super().placeholders(), "voices": ", ".join(voices), "max_speed": max_speed}


class EvaluationForm(EngineForm):
    """The form of an evaluation."""

    options = EvaluationOptions
    is_right = staticmethod(is_chat_model)
