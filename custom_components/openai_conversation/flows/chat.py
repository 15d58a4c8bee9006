"""The form of a conversation agent, or of an AI task agent. Its fields depend on the model. Pure."""

from dataclasses import replace
from functools import cached_property
from typing import Any, Final, override

from homeassistant.const import CONF_LLM_HASS_API, CONF_NAME, CONF_PROMPT
from homeassistant.helpers import llm
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
)

from ..const import (
    CONF_CHAT_MODEL,
    CONF_CUSTOM_SETTINGS,
    CONF_IMAGE_MODEL,
    CONF_KEEP_LISTENING,
    CONF_KEEP_PICTURES,
    CONF_MAX_TOKENS,
    CONF_ON_FAILURE,
    CONF_PLAIN_SPEECH,
    CONF_REASONING_EFFORT,
    CONF_REASONING_SUMMARY,
    CONF_RECOMMENDED,
    CONF_REMEMBER_TURNS,
    CONF_SEARCH_CONTEXT_SIZE,
    CONF_SERVICE_TIER,
    CONF_TEMPERATURE,
    CONF_TOP_P,
    CONF_VERBOSITY,
    CONF_WEB_SEARCH,
    Server,
    SubentryType,
)
from ..openai_api.capabilities import (
    SEARCH_CONTEXT_SIZES,
    ModelCapabilities,
)
from ..openai_api.model_names import is_chat_model, is_image_model
from ..openai_api.models import DEFAULT_CHAT_MODEL
from ..options.chat import (
    DEFAULT_KEEP_PICTURES,
    DEFAULT_MAX_TOKENS,
    DEFAULT_REMEMBER_TURNS,
    DEFAULT_SERVICE_TIER,
    MAX_KEEP_PICTURES,
    MAX_REMEMBER_TURNS,
    MIN_MAX_TOKENS,
    NO_SUMMARY,
    VOICE_VERBOSITY,
    ChatOptions,
    KeepListening,
    ModelSettings,
    OnFailure,
    kept_days,
)
from ..options.model_change import without_unsupported
from ..options.web_search import DEFAULT_SEARCH_CONTEXT_SIZE
from .chat_fields import (
    CUSTOM,
    SEARCH_DETAILS,
    fields_at_compatible_server,
    fields_at_openai,
    offered_efforts,
)
from .fields import NAME_FIELD, Field, Fields, Values, choice, number, range_error, switch, up_to
from .form import Form

_INTEGERS: Final = (CONF_MAX_TOKENS, CONF_KEEP_PICTURES, CONF_REMEMBER_TURNS)


class ChatForm(Form):
    """The form of an agent. It offers what a request sends."""

    @property
    def is_task(self) -> bool:
        """Whether the agent does AI tasks."""
        return self.context.subentry is SubentryType.AI_TASK

    @cached_property
    def settings(self) -> ModelSettings:
        """What a request would contain with these values."""
        return self._options.settings(self.context.models)

    @cached_property
    def _options(self) -> ChatOptions:
        chosen = {**self.values, CONF_RECOMMENDED: False}
        return ChatOptions.from_stored(chosen, is_spoken_to=not self.is_task)

    @property
    def supported(self) -> ModelCapabilities:
        """What the model supports."""
        return self.settings.capabilities

    @property
    def typed_model(self) -> str:
        """The model that the user typed, or else the one that is suggested."""
        return (self.values.get(CONF_CHAT_MODEL) or "").strip() or self.settings.chat_model

    @property
    def typed_image_model(self) -> str:
        """The image model that the user typed."""
        return (self.values.get(CONF_IMAGE_MODEL) or "").strip()

    @property
    def _default_model(self) -> str:
        return self.context.models.chosen(None, DEFAULT_CHAT_MODEL)

    @property
    def _default_image_model(self) -> str:
        return self.context.models.image(None)

    @property
    @override
    def chosen_models(self) -> tuple[tuple[str, str], ...]:
        if self.values.get(CONF_RECOMMENDED):
            return ()
        chat = (self.typed_model, self._default_model)
        image = (self.typed_image_model, self._default_image_model)
        return (chat, image) if self.is_task and self.typed_image_model else (chat,)

    @cached_property
    def effort(self) -> str | None:
        """The effort that the form shows. None: the model has no efforts, or no suitable one."""
        effort = self.settings.reasoning_effort
        return effort if effort in offered_efforts(self.supported) else None

    def _suggested_effort(self) -> str | None:
        """Return the effort to show. For a model without efforts, it is that of the models that have them."""
        field = self.all_fields.get(CONF_REASONING_EFFORT)
        if field is None or offered_efforts(self.supported):
            return self.effort
        return self._options.default_effort(
            ModelCapabilities(efforts=tuple(field.selector.config["options"]))
        )

    @cached_property
    @override
    def all_fields(self) -> Fields:
        models = self.context.model_choices(is_chat_model)
        fields = self._basic_fields()
        selector = self.context.model_selector(is_chat_model, self._default_model)
        fields[CONF_CHAT_MODEL] = Field(selector, (CUSTOM,))
        fields[CONF_MAX_TOKENS] = Field(number(step=1), (CUSTOM,))
        if self.context.server is Server.COMPATIBLE:
            return fields | fields_at_compatible_server()
        fields |= fields_at_openai(self.settings.chat_model, models)
        if self.is_task:
            image_models = self.context.model_selector(is_image_model, self._default_image_model)
            fields[CONF_IMAGE_MODEL] = Field(image_models, (CUSTOM,))
        return fields

    def _basic_fields(self) -> Fields:
        fields: Fields = {}
        if self.context.subentry is not None:
            fields |= NAME_FIELD
        if not self.is_task:
            apis = [SelectOptionDict(value=api.id, label=api.name) for api in self.context.apis]
            fields[CONF_PROMPT] = Field(TemplateSelector())
            fields[CONF_LLM_HASS_API] = Field(
                SelectSelector(
                    SelectSelectorConfig(options=apis, multiple=True, mode=SelectSelectorMode.LIST)
                )
            )
            fields[CONF_PLAIN_SPEECH] = Field(switch())
            fields[CONF_ON_FAILURE] = Field(choice(tuple(OnFailure), CONF_ON_FAILURE))
            fields[CONF_KEEP_LISTENING] = Field(choice(tuple(KeepListening), CONF_KEEP_LISTENING))
            fields[CONF_REMEMBER_TURNS] = Field(up_to(MAX_REMEMBER_TURNS))
        if self.context.subentry is None:
            fields[CONF_KEEP_PICTURES] = Field(up_to(MAX_KEEP_PICTURES, unit="d"))
        fields[CONF_RECOMMENDED] = Field(switch())
        return fields

    @override
    def suggestions(self) -> Values:
        values, sent = self.values, self.settings
        size = values.get(CONF_SEARCH_CONTEXT_SIZE)
        stored_apis = values.get(CONF_LLM_HASS_API) or ()
        chosen_apis = (stored_apis,) if isinstance(stored_apis, str) else stored_apis
        return {
            **self.context.place,
            **values,
            CONF_PROMPT: values.get(CONF_PROMPT) or llm.DEFAULT_INSTRUCTIONS_PROMPT,
            # drop APIs that no longer exist: the user could not deselect them
            CONF_LLM_HASS_API: [api.id for api in self.context.apis if api.id in chosen_apis],
            CONF_PLAIN_SPEECH: values.get(CONF_PLAIN_SPEECH, True),
            CONF_ON_FAILURE: self._options.on_failure,
            CONF_KEEP_LISTENING: self._options.keep_listening,
            CONF_REMEMBER_TURNS: self._options.remember_turns,
            CONF_KEEP_PICTURES: kept_days(values),
            CONF_RECOMMENDED: bool(values.get(CONF_RECOMMENDED)),
            CONF_CHAT_MODEL: sent.chat_model,
            CONF_MAX_TOKENS: values.get(CONF_MAX_TOKENS)
            or min(DEFAULT_MAX_TOKENS, self.supported.max_output_tokens),
            CONF_REASONING_EFFORT: self._suggested_effort(),
            CONF_REASONING_SUMMARY: sent.reasoning_summary or NO_SUMMARY,
            CONF_VERBOSITY: sent.verbosity or ("medium" if self.is_task else VOICE_VERBOSITY),
            CONF_SERVICE_TIER: sent.service_tier or DEFAULT_SERVICE_TIER,
            CONF_SEARCH_CONTEXT_SIZE: size if size in SEARCH_CONTEXT_SIZES else DEFAULT_SEARCH_CONTEXT_SIZE,
            CONF_IMAGE_MODEL: self.context.models.image(values.get(CONF_IMAGE_MODEL)),
        }

    @override
    def without_unsupported(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        if self.values.get(CONF_RECOMMENDED) or self.context.server is Server.COMPATIBLE:
            return dict(self.values), ()
        return without_unsupported(self.values, self.settings.chat_model, is_spoken_to=not self.is_task)

    @override
    def errors(self) -> dict[str, str]:
        if self.values.get(CONF_RECOMMENDED):
            return {}
        most_tokens = self.supported.max_output_tokens
        errors: dict[str, str | None] = {
            CONF_CHAT_MODEL: self.context.model_error(self.typed_model, is_chat_model),
            CONF_IMAGE_MODEL: self._image_model_error(),
            CONF_MAX_TOKENS: range_error(self.values, CONF_MAX_TOKENS, MIN_MAX_TOKENS, most_tokens),
            CONF_TEMPERATURE: range_error(self.values, CONF_TEMPERATURE, 0, 2),
            CONF_TOP_P: range_error(self.values, CONF_TOP_P, 0, 1),
        }
        return {name: error for name, error in errors.items() if error}

    def _image_model_error(self) -> str | None:
        model = self.typed_image_model
        is_refused = bool(model) and self.context.model_error(model, is_image_model) is not None
        return "image_model_refused" if is_refused else None

    @override
    def data(self) -> dict[str, Any]:
        shown = [*self.fields, *(SEARCH_DETAILS if CONF_WEB_SEARCH in self.fields else ())]
        typed = {
            name: _tidied(name, value)
            for name in dict.fromkeys(shown)
            if name != CONF_NAME and (value := self.values.get(name)) is not None
        }
        defaults = self._defaults
        data = {name: value for name, value in typed.items() if value not in ("", defaults.get(name))}
        if self.values.get(CONF_RECOMMENDED):
            # store them under another key: core uses every setting that it finds, recommended or not
            custom = replace(self, values={**self.values, CONF_RECOMMENDED: False}).data()
            if hidden := {name: value for name, value in custom.items() if name not in shown}:
                data[CONF_CUSTOM_SETTINGS] = hidden
        return data

    @property
    def _defaults(self) -> Values:
        """Settings that are not stored, so that a new default takes effect."""
        defaults = {
            CONF_KEEP_PICTURES: DEFAULT_KEEP_PICTURES,
            CONF_PLAIN_SPEECH: True,
            CONF_ON_FAILURE: OnFailure.HOME_ASSISTANT,
            CONF_KEEP_LISTENING: KeepListening.QUESTION,
            CONF_REMEMBER_TURNS: DEFAULT_REMEMBER_TURNS,
        }
        models = {CONF_IMAGE_MODEL: self._default_image_model}
        if self.context.server is Server.OPENAI:
            # at a self-hosted server, the default is stored: its list may begin with another model tomorrow
            models[CONF_CHAT_MODEL] = self._default_model
        stored = self.context.stored_models
        return defaults | {name: model for name, model in models.items() if model not in stored}

    @override
    def placeholders(self) -> dict[str, str]:
        models = self.context.models
        successor = models.current(self.typed_model)
        if successor == self.typed_model:
            successor = models.current(DEFAULT_CHAT_MODEL)
        return {
            "model": self.typed_model,
            "image_model": self.typed_image_model,
            "successor": successor,
            "most_tokens": str(self.supported.max_output_tokens),
        }


def _tidied(name: str, value: Any) -> Any:
    if name in _INTEGERS:
        return int(value)
    return value.strip() if isinstance(value, str) and name != CONF_PROMPT else value
