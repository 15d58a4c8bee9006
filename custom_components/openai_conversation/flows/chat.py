"""The form of an agent: the entry's own, another one, or one for tasks. Models decide what is in it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.const import CONF_LLM_HASS_API, CONF_NAME, CONF_PROMPT
from homeassistant.helpers import llm
from homeassistant.helpers.selector import (
    CountrySelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
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
    CONF_KEEP_PICTURES,
    CONF_MAX_TOKENS,
    CONF_PLAIN_SPEECH,
    CONF_PRO_MODE,
    CONF_REASONING_EFFORT,
    CONF_REASONING_SUMMARY,
    CONF_RECOMMENDED,
    CONF_REGION,
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
    DEFAULT_SERVICE_TIER,
    MAX_KEEP_PICTURES,
    MIN_MAX_TOKENS,
    NO_SUMMARY,
    ChatOptions,
    ModelSettings,
    kept_days,
)
from ..options.model_change import without_unsupported
from .form import NAME_FIELD, Fields, Form, FormContext, Values, choice, names, number, range_error, switch

_INTEGERS: Final = (CONF_MAX_TOKENS, CONF_KEEP_PICTURES)

_LOCATION_FIELDS: Final[Fields] = {
    CONF_CITY: TextSelector(),
    CONF_REGION: TextSelector(),
    CONF_COUNTRY: CountrySelector(),
    CONF_TIMEZONE: TextSelector(),
}


def _options(values: Values, context: FormContext) -> ChatOptions:
    is_spoken_to = context.subentry is not SubentryType.AI_TASK
    return ChatOptions.from_stored({**values, CONF_RECOMMENDED: False}, is_spoken_to=is_spoken_to)


def settings(values: Values, context: FormContext) -> ModelSettings:
    """Return what a request would say with these values."""
    return _options(values, context).settings(context.models)


def _typed_model(values: Values, context: FormContext) -> str:
    """Return the model that was typed, alive or not, or else the one that is suggested."""
    return (values.get(CONF_CHAT_MODEL) or "").strip() or settings(values, context).chat_model


def _image_model(values: Values) -> str:
    return (values.get(CONF_IMAGE_MODEL) or "").strip()


def agent_fields(values: Values, context: FormContext) -> Fields:
    """Return the fields that fit the values."""
    fields = _basic_fields(context)
    if values.get(CONF_RECOMMENDED):
        return fields
    capabilities = settings(values, context).capabilities
    fields[CONF_CHAT_MODEL] = names(context.model_choices(is_chat_model))
    fields[CONF_MAX_TOKENS] = number(step=1)
    fields |= _thinking_fields(values, capabilities, context)
    if context.server is Server.OPENAI:
        fields |= _openai_fields(values, capabilities, context)
    return fields


def _basic_fields(context: FormContext) -> Fields:
    fields: Fields = {}
    if context.subentry is not None:
        fields |= NAME_FIELD
    if context.subentry is not SubentryType.AI_TASK:
        apis = [SelectOptionDict(value=api.id, label=api.name) for api in context.apis]
        fields[CONF_PROMPT] = TemplateSelector()
        fields[CONF_LLM_HASS_API] = SelectSelector(
            SelectSelectorConfig(options=apis, multiple=True, mode=SelectSelectorMode.LIST)
        )
        fields[CONF_PLAIN_SPEECH] = switch()
    if context.subentry is None:
        fields[CONF_KEEP_PICTURES] = NumberSelector(
            NumberSelectorConfig(
                mode=NumberSelectorMode.BOX, step=1, min=0, max=MAX_KEEP_PICTURES, unit_of_measurement="d"
            )
        )
    fields[CONF_RECOMMENDED] = switch()
    return fields


def _thinking_fields(values: Values, capabilities: ModelCapabilities, context: FormContext) -> Fields:
    fields: Fields = {}
    if efforts := offered_efforts(capabilities):
        fields[CONF_REASONING_EFFORT] = choice(efforts, CONF_REASONING_EFFORT)
    if capabilities.takes_sampling(_effort(values, capabilities, context)) or not capabilities.is_known:
        fields[CONF_TEMPERATURE] = number(step=0.05)
        fields[CONF_TOP_P] = number(step=0.05)
    if capabilities.summaries:
        fields[CONF_REASONING_SUMMARY] = choice((NO_SUMMARY, *capabilities.summaries), CONF_REASONING_SUMMARY)
    if capabilities.pro_mode:
        fields[CONF_PRO_MODE] = switch()
    if capabilities.verbosity:
        fields[CONF_VERBOSITY] = choice(VERBOSITIES, CONF_VERBOSITY)
    return fields


def _openai_fields(values: Values, capabilities: ModelCapabilities, context: FormContext) -> Fields:
    fields: Fields = {
        CONF_SERVICE_TIER: choice(capabilities.service_tiers, CONF_SERVICE_TIER),
        CONF_STORE_RESPONSES: switch(),
    }
    hosted_tools = takes_hosted_tools(_effort(values, capabilities, context))
    if capabilities.web_search and hosted_tools:
        fields[CONF_WEB_SEARCH] = switch()
        if values.get(CONF_WEB_SEARCH):
            fields[CONF_SEARCH_CONTEXT_SIZE] = choice(SEARCH_CONTEXT_SIZES, CONF_SEARCH_CONTEXT_SIZE)
            fields[CONF_INLINE_CITATIONS] = switch()
            fields[CONF_USER_LOCATION] = switch()
            if values.get(CONF_USER_LOCATION):
                fields |= _LOCATION_FIELDS
    if capabilities.code_interpreter and hosted_tools:
        fields[CONF_CODE_INTERPRETER] = switch()
    if context.subentry is SubentryType.AI_TASK:
        fields[CONF_IMAGE_MODEL] = names(context.model_choices(is_image_model))
    return fields


def offered_efforts(capabilities: ModelCapabilities) -> Sequence[str]:
    """Return the efforts to choose from: all of them for a model nobody knows."""
    return capabilities.efforts if capabilities.is_known else EFFORTS


def _effort(values: Values, capabilities: ModelCapabilities, context: FormContext) -> str | None:
    effort = values.get(CONF_REASONING_EFFORT)
    if effort in offered_efforts(capabilities):
        return str(effort)
    return _options({}, context).default_effort(capabilities)


def agent_suggestions(values: Values, context: FormContext) -> Mapping[str, Any]:
    """Return what stands in the fields when the user sees them."""
    now = settings(values, context)
    capabilities = now.capabilities
    apis = values.get(CONF_LLM_HASS_API) or ()
    chosen = (apis,) if isinstance(apis, str) else apis
    return {
        **values,
        CONF_PROMPT: values.get(CONF_PROMPT) or llm.DEFAULT_INSTRUCTIONS_PROMPT,
        # one that has gone since is left out: it could not be unchosen
        CONF_LLM_HASS_API: [api.id for api in context.apis if api.id in chosen],
        CONF_PLAIN_SPEECH: values.get(CONF_PLAIN_SPEECH, True),
        CONF_KEEP_PICTURES: kept_days(values),
        CONF_CHAT_MODEL: now.chat_model,
        CONF_MAX_TOKENS: values.get(CONF_MAX_TOKENS)
        or min(DEFAULT_MAX_TOKENS, capabilities.max_output_tokens),
        CONF_REASONING_EFFORT: _effort(values, capabilities, context),
        CONF_REASONING_SUMMARY: now.reasoning_summary or NO_SUMMARY,
        CONF_VERBOSITY: now.verbosity or "medium",
        CONF_SERVICE_TIER: now.service_tier or DEFAULT_SERVICE_TIER,
        CONF_SEARCH_CONTEXT_SIZE: search.context_size if (search := now.web_search) else None,
        CONF_IMAGE_MODEL: context.models.image(values.get(CONF_IMAGE_MODEL)),
    }


def agent_fit(values: Values, context: FormContext) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the values without those that the model does not take, and the names of these."""
    if values.get(CONF_RECOMMENDED) or context.server is Server.COMPATIBLE:
        return dict(values), ()
    return without_unsupported(
        values, settings(values, context).chat_model, is_spoken_to=_options({}, context).is_spoken_to
    )


def agent_data(values: Values, context: FormContext) -> dict[str, Any]:
    """Return what to store: the fields of the form that hold something."""
    data = {
        name: _tidied(name, value)
        for name in agent_fields(values, context)
        if name != CONF_NAME and (value := values.get(name)) is not None
    }
    # a default is not a choice: it stays the default when that is another one
    defaults = {
        CONF_IMAGE_MODEL: context.models.image(None),
        CONF_KEEP_PICTURES: DEFAULT_KEEP_PICTURES,
        CONF_PLAIN_SPEECH: True,
    }
    if context.server is Server.OPENAI:  # the first of a server of one's own is another one tomorrow
        defaults[CONF_CHAT_MODEL] = settings({}, context).chat_model
    return {name: value for name, value in data.items() if value not in ("", defaults.get(name))}


def _tidied(name: str, value: Any) -> Any:
    if name in _INTEGERS:
        return int(value)
    return value.strip() if isinstance(value, str) and name != CONF_PROMPT else value


def agent_errors(values: Values, context: FormContext) -> dict[str, str]:
    """Return which fields hold what cannot be, each with the key of its error."""
    if values.get(CONF_RECOMMENDED):
        return {}
    capabilities = settings(values, context).capabilities
    errors: dict[str, str | None] = {
        CONF_CHAT_MODEL: context.model_error(_typed_model(values, context), is_chat_model),
        CONF_IMAGE_MODEL: _image_model_error(_image_model(values), context),
        CONF_MAX_TOKENS: range_error(values, CONF_MAX_TOKENS, MIN_MAX_TOKENS, capabilities.max_output_tokens),
        CONF_TEMPERATURE: range_error(values, CONF_TEMPERATURE, 0, 2),
        CONF_TOP_P: range_error(values, CONF_TOP_P, 0, 1),
    }
    return {name: error for name, error in errors.items() if error}


def _image_model_error(model: str, context: FormContext) -> str | None:
    is_refused = bool(model) and context.model_error(model, is_image_model) is not None
    return "image_model_refused" if is_refused else None


def agent_placeholders(values: Values, context: FormContext) -> dict[str, str]:
    """Return what the texts of the errors name."""
    model = _typed_model(values, context)
    return {
        "model": model,
        "image_model": _image_model(values),
        "successor": _successor(model, context),
        "most_tokens": str(settings(values, context).capabilities.max_output_tokens),
    }


def _successor(model: str, context: FormContext) -> str:
    successor = context.models.current(model)
    return successor if successor != model else context.models.current(DEFAULT_CHAT_MODEL)


AGENT_FORM: Final = Form(
    fields=agent_fields,
    suggestions=agent_suggestions,
    fit=agent_fit,
    errors=agent_errors,
    data=agent_data,
    placeholders=agent_placeholders,
)
