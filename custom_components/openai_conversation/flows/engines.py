"""The forms of the engines beside the agents: they hear, speak and judge. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.const import CONF_NAME, CONF_PROMPT
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig

from ..const import CONF_CHAT_MODEL, CONF_TTS_SPEED, CONF_VOICE, Server
from ..openai_api.capabilities import VOICES
from ..openai_api.model_names import is_chat_model, is_stt_model, is_tts_model
from ..openai_api.models import tts_capabilities_of
from ..options.engines import (
    DEFAULT_STT_PROMPT,
    LEAST_SPEED,
    MOST_SPEED,
    EngineOptions,
    EvaluationOptions,
    SpeechToTextOptions,
    TextToSpeechOptions,
)
from .form import NAME_FIELD, Fields, Form, FormContext, Values, names, number, range_error

_LONG_TEXT: Final = TextSelector(TextSelectorConfig(multiline=True))

type Reader = Callable[[Values], EngineOptions]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Engine:
    """A kind of engine: how its options are read, which models are right, what else there is to choose."""

    read: Reader
    is_right: Callable[[str], bool]
    more_fields: Callable[[str], Fields]
    defaults: Callable[[str], Mapping[str, Any]] = lambda _model: {}
    """What is suggested besides the model, by the model."""

    default_prompt: str = ""
    """What OpenAI is told where no prompt is stored; an emptied one is stored, and nothing is told."""

    stores_defaults: bool = False

    @property
    def form(self) -> Form:
        """Return its form."""
        return Form(self.fields, self.suggestions, self.fit, self.errors, self.data, self.placeholders)

    def model(self, values: Values, context: FormContext) -> str:
        """Return the model that is used with these values."""
        return self.read(values).model_for(context.models)

    def typed_model(self, values: Values, context: FormContext) -> str:
        """Return the model that was typed, alive or not, or else the one that is suggested."""
        return (values.get(CONF_CHAT_MODEL) or "").strip() or self.model(values, context)

    def fields(self, values: Values, context: FormContext) -> Fields:
        """Return the fields that fit the values."""
        choices = names(context.model_choices(self.is_right))
        return {**NAME_FIELD, CONF_CHAT_MODEL: choices, **self.more_fields(self.model(values, context))}

    def suggestions(self, values: Values, context: FormContext) -> dict[str, Any]:
        """Return what stands in the fields when the user sees them."""
        model = self.model(values, context)
        known = {CONF_PROMPT: self.prompt(context), **self.defaults(model)}
        return {**known, **values, CONF_CHAT_MODEL: model}

    def prompt(self, context: FormContext) -> str:
        """Return what is told where no prompt is stored: nothing to servers of one's own."""
        return self.default_prompt if context.server is Server.OPENAI else ""

    def fit(self, values: Values, context: FormContext) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return the values without those that the model does not take, and the names of these."""
        refused = []
        if values.get(CONF_PROMPT) and CONF_PROMPT not in self.fields(values, context):
            refused.append(CONF_PROMPT)
        if _is_another_models_voice(values.get(CONF_VOICE), self.model(values, context)):
            refused.append(CONF_VOICE)
        return {name: value for name, value in values.items() if name not in refused}, tuple(refused)

    def errors(self, values: Values, context: FormContext) -> dict[str, str]:
        """Return which fields hold what cannot be."""
        model = self.typed_model(values, context)
        found: dict[str, str | None] = {
            CONF_TTS_SPEED: range_error(values, CONF_TTS_SPEED, LEAST_SPEED, MOST_SPEED),
            CONF_VOICE: _voice_error(values.get(CONF_VOICE), context),
        }
        if not context.models.is_retired(self.model({}, context)):  # else there is nothing better to choose
            found[CONF_CHAT_MODEL] = context.model_error(model, self.is_right)
        return {name: error for name, error in found.items() if error}

    def data(self, values: Values, context: FormContext) -> dict[str, Any]:
        """Return what to store."""
        stored = {
            name: value.strip() if isinstance(value, str) else value
            for name in self.fields(values, context)
            if name != CONF_NAME and (value := values.get(name)) is not None
        }
        stored[CONF_CHAT_MODEL] = self.typed_model(stored, context)
        stored.setdefault(CONF_PROMPT, "")
        if self.stores_defaults:
            return stored
        # a default is not a choice: it stays the default when that is another one
        defaults = {CONF_CHAT_MODEL: self.model({}, context), CONF_PROMPT: self.prompt(context)}
        return {name: value for name, value in stored.items() if value != defaults.get(name)}

    def placeholders(self, values: Values, context: FormContext) -> dict[str, str]:
        """Return what the texts of the errors name."""
        model = self.typed_model(values, context)
        successor = context.models.current(model)
        return {
            "model": model,
            "successor": successor if successor != model else self.model({}, context),
            "voices": ", ".join(tts_capabilities_of(model).voices),
        }


def _is_another_models_voice(voice: str | None, model: str) -> bool:
    return voice in VOICES and voice not in tts_capabilities_of(model).voices


def _voice_error(voice: str | None, context: FormContext) -> str | None:
    is_openais = context.server is Server.OPENAI and context.has_openai_names
    return "voice_missing" if is_openais and voice and voice not in VOICES else None


def _stt_fields(_model: str) -> Fields:
    return {CONF_PROMPT: _LONG_TEXT}


def _tts_fields(model: str) -> Fields:
    capabilities = tts_capabilities_of(model)
    fields: Fields = {CONF_VOICE: names(capabilities.voices), CONF_TTS_SPEED: number(step=0.05)}
    if capabilities.instructions:
        fields[CONF_PROMPT] = _LONG_TEXT
    return fields


STT_FORM: Final = _Engine(
    read=SpeechToTextOptions.from_stored,
    is_right=is_stt_model,
    more_fields=_stt_fields,
    default_prompt=DEFAULT_STT_PROMPT,
).form
TTS_FORM: Final = _Engine(
    read=TextToSpeechOptions.from_stored,
    is_right=is_tts_model,
    more_fields=_tts_fields,
    defaults=lambda model: {CONF_VOICE: tts_capabilities_of(model).voice(None), CONF_TTS_SPEED: 1.0},
    # Home Assistant's own integration cannot speak without a model, and takes no prompt for "None"
    stores_defaults=True,
).form
EVALUATION_FORM: Final = _Engine(
    read=EvaluationOptions.from_stored, is_right=is_chat_model, more_fields=lambda _model: {}
).form
