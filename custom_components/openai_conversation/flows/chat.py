"""The form of a conversation agent, or of an AI task agent. Its fields depend on the model. Pure."""

from functools import cached_property
from typing import Any, Final, override

from homeassistant.const import CONF_LLM_HASS_API, CONF_NAME, CONF_PROMPT
from homeassistant.helpers import llm
from homeassistant.helpers.selector import (
    CountrySelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TextSelector,
)

from ..const import (
    CONF_CHAT_MODEL,
    CONF_CITY,
    CONF_CODE_INTERPRETER,
    CONF_COUNTRY,
    CONF_IMAGE_MODEL,
    CONF_INLINE_CITATIONS,
    CONF_KEEP_LISTENING,
    CONF_KEEP_PICTURES,
    CONF_MAX_TOKENS,
    CONF_ON_FAILURE,
    CONF_PLAIN_SPEECH,
    CONF_PRO_MODE,
    CONF_REASONING_EFFORT,
    CONF_REASONING_SUMMARY,
    CONF_RECOMMENDED,
    CONF_REGION,
    CONF_REMEMBER_TURNS,
    CONF_SEARCH_CONTEXT_SIZE,
    CONF_SERVICE_TIER,
    CONF_STORE_RESPONSES,
    CONF_TEMPERATURE,
    CONF_TIMEZONE,
    CONF_TOP_P,
    CONF_USER_LOCATION,
    CONF_VERBOSITY,
    CONF_WEB_SEARCH,
    Server,
    SubentryType,
)
from ..openai_api.capabilities import (
    EFFORTS,
    SEARCH_CONTEXT_SIZES,
    VERBOSITIES,
    ModelCapabilities,
    takes_hosted_tools,
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
    ChatOptions,
    KeepListening,
    ModelSettings,
    OnFailure,
    kept_days,
)
from ..options.model_change import without_unsupported
from .form import NAME_FIELD, Fields, Form, Values, choice, names, number, range_error, switch, up_to

_INTEGERS: Final = (CONF_MAX_TOKENS, CONF_KEEP_PICTURES, CONF_REMEMBER_TURNS)

_LOCATION_FIELDS: Final[Fields] = {
    CONF_CITY: TextSelector(),
    CONF_REGION: TextSelector(),
    CONF_COUNTRY: CountrySelector(),
    CONF_TIMEZONE: TextSelector(),
}


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
    def offered_efforts(self) -> tuple[str, ...]:
        """The efforts to choose from: all of them for an unknown model."""
        return self.supported.efforts if self.supported.is_known else EFFORTS

    @cached_property
    def effort(self) -> str | None:
        """The effort that the form shows. None: the model has no efforts, or no suitable one."""
        effort = self.settings.reasoning_effort
        return effort if effort in self.offered_efforts else None

    @cached_property
    def fields(self) -> Fields:
        """The fields to show with these values."""
        fields = self._basic_fields()
        if self.values.get(CONF_RECOMMENDED):
            return fields
        fields[CONF_CHAT_MODEL] = names(self.context.model_choices(is_chat_model))
        fields[CONF_MAX_TOKENS] = number(step=1)
        fields |= self._reasoning_fields()
        if self.context.server is Server.OPENAI:
            fields |= self._openai_fields()
        return fields

    def _basic_fields(self) -> Fields:
        fields: Fields = {}
        if self.context.subentry is not None:
            fields |= NAME_FIELD
        if not self.is_task:
            apis = [SelectOptionDict(value=api.id, label=api.name) for api in self.context.apis]
            fields[CONF_PROMPT] = TemplateSelector()
            fields[CONF_LLM_HASS_API] = SelectSelector(
                SelectSelectorConfig(options=apis, multiple=True, mode=SelectSelectorMode.LIST)
            )
            fields[CONF_PLAIN_SPEECH] = switch()
            fields[CONF_ON_FAILURE] = choice(tuple(OnFailure), CONF_ON_FAILURE)
            fields[CONF_KEEP_LISTENING] = choice(tuple(KeepListening), CONF_KEEP_LISTENING)
            fields[CONF_REMEMBER_TURNS] = up_to(MAX_REMEMBER_TURNS)
        if self.context.subentry is None:
            fields[CONF_KEEP_PICTURES] = up_to(MAX_KEEP_PICTURES, unit="d")
        fields[CONF_RECOMMENDED] = switch()
        return fields

    def _reasoning_fields(self) -> Fields:
        supported = self.supported
        fields: Fields = {}
        if self.offered_efforts:
            fields[CONF_REASONING_EFFORT] = choice(self.offered_efforts, CONF_REASONING_EFFORT)
        if supported.takes_sampling(self.effort) or not supported.is_known:
            fields[CONF_TEMPERATURE] = number(step=0.05)
            fields[CONF_TOP_P] = number(step=0.05)
        if supported.summaries:
            fields[CONF_REASONING_SUMMARY] = choice(
                (NO_SUMMARY, *supported.summaries), CONF_REASONING_SUMMARY
            )
        if supported.pro_mode:
            fields[CONF_PRO_MODE] = switch()
        if supported.verbosity:
            fields[CONF_VERBOSITY] = choice(VERBOSITIES, CONF_VERBOSITY)
        return fields

    def _openai_fields(self) -> Fields:
        supported = self.supported
        fields: Fields = {
            CONF_SERVICE_TIER: choice(supported.service_tiers, CONF_SERVICE_TIER),
            CONF_STORE_RESPONSES: switch(),
        }
        hosted_tools = takes_hosted_tools(self.effort)
        if supported.web_search and hosted_tools:
            fields |= self._search_fields()
        if supported.code_interpreter and hosted_tools:
            fields[CONF_CODE_INTERPRETER] = switch()
        if self.is_task:
            fields[CONF_IMAGE_MODEL] = names(self.context.model_choices(is_image_model))
        return fields

    def _search_fields(self) -> Fields:
        fields: Fields = {CONF_WEB_SEARCH: switch()}
        if self.values.get(CONF_WEB_SEARCH):
            fields[CONF_SEARCH_CONTEXT_SIZE] = choice(SEARCH_CONTEXT_SIZES, CONF_SEARCH_CONTEXT_SIZE)
            fields[CONF_INLINE_CITATIONS] = switch()
            fields[CONF_USER_LOCATION] = switch()
            if self.values.get(CONF_USER_LOCATION):
                fields |= _LOCATION_FIELDS
        return fields

    @override
    def suggestions(self) -> Values:
        values, sent = self.values, self.settings
        stored_apis = values.get(CONF_LLM_HASS_API) or ()
        chosen_apis = (stored_apis,) if isinstance(stored_apis, str) else stored_apis
        return {
            **values,
            CONF_PROMPT: values.get(CONF_PROMPT) or llm.DEFAULT_INSTRUCTIONS_PROMPT,
            # drop APIs that no longer exist: the user could not deselect them
            CONF_LLM_HASS_API: [api.id for api in self.context.apis if api.id in chosen_apis],
            CONF_PLAIN_SPEECH: values.get(CONF_PLAIN_SPEECH, True),
            CONF_ON_FAILURE: self._options.on_failure,
            CONF_KEEP_LISTENING: self._options.keep_listening,
            CONF_REMEMBER_TURNS: self._options.remember_turns,
            CONF_KEEP_PICTURES: kept_days(values),
            CONF_CHAT_MODEL: sent.chat_model,
            CONF_MAX_TOKENS: values.get(CONF_MAX_TOKENS)
            or min(DEFAULT_MAX_TOKENS, self.supported.max_output_tokens),
            CONF_REASONING_EFFORT: self.effort,
            CONF_REASONING_SUMMARY: sent.reasoning_summary or NO_SUMMARY,
            CONF_VERBOSITY: sent.verbosity or "medium",
            CONF_SERVICE_TIER: sent.service_tier or DEFAULT_SERVICE_TIER,
            CONF_SEARCH_CONTEXT_SIZE: sent.web_search.context_size if sent.web_search else None,
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
        data = {
            name: _tidied(name, value)
            for name in self.fields
            if name != CONF_NAME and (value := self.values.get(name)) is not None
        }
        # do not store defaults, so that a new default takes effect
        defaults = {
            CONF_IMAGE_MODEL: self.context.models.image(None),
            CONF_KEEP_PICTURES: DEFAULT_KEEP_PICTURES,
            CONF_PLAIN_SPEECH: True,
            CONF_ON_FAILURE: OnFailure.HOME_ASSISTANT,
            CONF_KEEP_LISTENING: KeepListening.QUESTION,
            CONF_REMEMBER_TURNS: DEFAULT_REMEMBER_TURNS,
        }
        if self.context.server is Server.OPENAI:
            # a self-hosted server: store its default, as the first model in its list may change
            defaults[CONF_CHAT_MODEL] = self.context.models.chosen(None, DEFAULT_CHAT_MODEL)
        return {name: value for name, value in data.items() if value not in ("", defaults.get(name))}

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
