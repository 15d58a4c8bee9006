"""The agent form: pure functions over what the user typed. Models decide what is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
import re
from typing import Any, Final

import probatio as vol

from homeassistant.const import CONF_LLM_HASS_API, CONF_PROMPT
from homeassistant.helpers import llm
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
)

from ..const import (
    CONF_CHAT_MODEL,
    CONF_KEEP_PICTURES,
    CONF_MAX_TOKENS,
    CONF_REASONING_EFFORT,
    CONF_RECOMMENDED,
    CONF_TEMPERATURE,
    CONF_TOP_P,
    CONF_VERBOSITY,
    Server,
)
from ..openai_api.abilities import EFFORTS, VERBOSITIES, ModelAbilities, Sampling
from ..openai_api.catalog import Catalog, is_retired, living_model
from ..openai_api.models import DEFAULT_CHAT_MODEL, is_chat_model, is_other_purpose
from ..options import (
    DEFAULT_KEEP_PICTURES,
    DEFAULT_MAX_TOKENS,
    MAX_KEEP_PICTURES,
    MIN_MAX_TOKENS,
    AgentOptions,
    ModelSettings,
    kept_days,
)

_SNAPSHOT: Final = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContext:
    """What the form needs to know besides what the user typed."""

    server: Server
    catalog: Catalog
    today: date
    apis: Sequence[llm.API]
    own_names: bool = True
    """Whether the models at this address have OpenAI's names."""

    lists_all: bool = True
    """Whether a model that the address does not list is none."""

    is_spoken_to: bool = True
    """Whether somebody waits for the answer."""

    def settings(self, values: Mapping[str, Any]) -> ModelSettings:
        """Return what a request would say with these values."""
        chosen = {**values, CONF_RECOMMENDED: False}
        options = AgentOptions.from_stored(chosen, is_spoken_to=self.is_spoken_to)
        return options.settings(self.server, self.catalog, self.today)

    def model(self, values: Mapping[str, Any]) -> str:
        """Return the model that was typed, alive or not, or else the one that is suggested."""
        return (values.get(CONF_CHAT_MODEL) or "").strip() or self.settings(values).model

    @property
    def suggested(self) -> AgentOptions:
        """What is suggested to those who have not chosen yet."""
        return AgentOptions.from_stored({}, is_spoken_to=self.is_spoken_to)

    def model_choices(self) -> list[str]:
        """Return the models to offer: alive and for conversations, dated snapshots last."""
        if self.server is Server.COMPATIBLE or not self.own_names:
            return list(self.catalog.models)
        alive = [
            model
            for model in self.catalog.models
            if is_chat_model(model) and not is_retired(model, self.catalog, self.today)
        ]
        return sorted(alive, key=lambda model: (bool(_SNAPSHOT.search(model)), model))


def agent_fields(values: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    """Return the fields that fit the values, with their selectors, in the form's order."""
    apis = [SelectOptionDict(value=api.id, label=api.name) for api in context.apis]
    fields: dict[str, Any] = {
        CONF_PROMPT: TemplateSelector(),
        CONF_LLM_HASS_API: SelectSelector(
            SelectSelectorConfig(options=apis, multiple=True, mode=SelectSelectorMode.LIST)
        ),
        CONF_KEEP_PICTURES: NumberSelector(
            NumberSelectorConfig(
                mode=NumberSelectorMode.BOX, step=1, min=0, max=MAX_KEEP_PICTURES, unit_of_measurement="d"
            )
        ),
        CONF_RECOMMENDED: BooleanSelector(),
    }
    if values.get(CONF_RECOMMENDED):
        return fields
    abilities = context.settings(values).abilities
    fields[CONF_CHAT_MODEL] = SelectSelector(
        SelectSelectorConfig(
            options=context.model_choices(), custom_value=True, mode=SelectSelectorMode.DROPDOWN
        )
    )
    fields[CONF_MAX_TOKENS] = _number(step=1)
    if not abilities.is_known or abilities.sampling is not Sampling.NEVER:
        fields[CONF_TEMPERATURE] = _number(step=0.05)
        fields[CONF_TOP_P] = _number(step=0.05)
    if efforts := offered_efforts(abilities):
        fields[CONF_REASONING_EFFORT] = _choice(efforts, CONF_REASONING_EFFORT)
    if abilities.verbosity:
        fields[CONF_VERBOSITY] = _choice(VERBOSITIES, CONF_VERBOSITY)
    return fields


def agent_schema(values: Mapping[str, Any], context: FormContext) -> vol.Schema:
    """Return the form, filled with the values, and with the defaults where there are none."""
    schema: dict[vol.Marker, Any] = {}
    suggestions = _suggestions(values, context)
    for name, selector in agent_fields(values, context).items():
        value = suggestions.get(name)
        if name == CONF_RECOMMENDED:
            schema[vol.Required(name, default=bool(value))] = selector
        else:
            schema[vol.Optional(name, description={"suggested_value": value})] = selector
    return vol.Schema(schema)


def agent_data(values: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    """Return what to store: the fields of the form that hold something."""
    data = {name: values[name] for name in agent_fields(values, context) if values.get(name) is not None}
    model = data.pop(CONF_CHAT_MODEL, "").strip()
    # the default is not a choice: it stays the default when that is another model
    if model and model != context.settings({}).model:
        data[CONF_CHAT_MODEL] = model
    for name in (CONF_MAX_TOKENS, CONF_KEEP_PICTURES):
        if name in data:
            data[name] = int(data[name])
    if data.get(CONF_KEEP_PICTURES) == DEFAULT_KEEP_PICTURES:
        del data[CONF_KEEP_PICTURES]
    return data


def agent_errors(values: Mapping[str, Any], context: FormContext) -> dict[str, str]:
    """Return which fields hold what the model does not take, each with the key of its error."""
    if values.get(CONF_RECOMMENDED):
        return {}
    abilities = context.settings(values).abilities
    effort = values.get(CONF_REASONING_EFFORT) or context.suggested.default_effort(abilities)
    errors: dict[str, str | None] = {
        CONF_CHAT_MODEL: _model_error(context.model(values), context),
        CONF_MAX_TOKENS: _range_error(values, CONF_MAX_TOKENS, MIN_MAX_TOKENS, abilities.max_output_tokens),
        CONF_TEMPERATURE: _range_error(values, CONF_TEMPERATURE, 0, 2),
        CONF_TOP_P: _range_error(values, CONF_TOP_P, 0, 1),
    }
    if abilities.efforts and effort not in (None, *abilities.efforts):
        errors[CONF_REASONING_EFFORT] = "effort_not_offered"
    elif abilities.is_known and not abilities.takes_sampling(effort):
        for name in (CONF_TEMPERATURE, CONF_TOP_P):
            if values.get(name) is not None and abilities.sampling is Sampling.WITHOUT_REASONING:
                errors[name] = "only_without_reasoning"
    return {name: error for name, error in errors.items() if error}


def error_placeholders(values: Mapping[str, Any], context: FormContext) -> dict[str, str]:
    """Return what the texts of the errors name."""
    model = context.model(values)
    abilities = context.settings(values).abilities
    return {
        "model": model,
        "successor": _successor(model, context),
        "most_tokens": str(abilities.max_output_tokens),
        "efforts": ", ".join(abilities.efforts),
    }


def offered_efforts(abilities: ModelAbilities) -> Sequence[str]:
    """Return the efforts to choose from: all of them for a model nobody knows."""
    return abilities.efforts if abilities.is_known else EFFORTS


def _successor(model: str, context: FormContext) -> str:
    successor = living_model(model, context.catalog, context.today)
    return (
        successor if successor != model else living_model(DEFAULT_CHAT_MODEL, context.catalog, context.today)
    )


def _number(step: float) -> NumberSelector:
    # Limits are checked by us: Home Assistant's own message does not say what would be right.
    return NumberSelector(NumberSelectorConfig(mode=NumberSelectorMode.BOX, step=step))


def _choice(options: Sequence[str], translation_key: str) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options), mode=SelectSelectorMode.DROPDOWN, translation_key=translation_key
        )
    )


def _suggestions(values: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    abilities = context.settings(values).abilities
    apis = values.get(CONF_LLM_HASS_API) or ()
    chosen = (apis,) if isinstance(apis, str) else apis
    effort = values.get(CONF_REASONING_EFFORT)
    if effort not in offered_efforts(abilities):
        effort = context.suggested.default_effort(abilities)
    return {
        **values,
        CONF_PROMPT: values.get(CONF_PROMPT) or llm.DEFAULT_INSTRUCTIONS_PROMPT,
        # one that has gone since is left out: it could not be unchosen
        CONF_LLM_HASS_API: [api.id for api in context.apis if api.id in chosen],
        CONF_KEEP_PICTURES: kept_days(values),
        CONF_CHAT_MODEL: context.settings(values).model,
        CONF_MAX_TOKENS: values.get(CONF_MAX_TOKENS) or min(DEFAULT_MAX_TOKENS, abilities.max_output_tokens),
        CONF_REASONING_EFFORT: effort
        if effort in offered_efforts(abilities)
        else context.suggested.default_effort(abilities),
        CONF_VERBOSITY: values.get(CONF_VERBOSITY) or context.suggested.default_verbosity,
    }


def _range_error(values: Mapping[str, Any], name: str, least: float, most: float) -> str | None:
    value = values.get(name)
    return None if value is None or least <= value <= most else f"{name}_range"


def _model_error(model: str, context: FormContext) -> str | None:
    if context.server is Server.COMPATIBLE:
        return None
    if is_retired(model, context.catalog, context.today):
        return "model_retired"
    if context.lists_all and context.catalog.models and model not in context.catalog.models:
        return "model_unknown"
    is_openais = context.own_names or (context.lists_all and model in context.catalog.models)
    return "model_not_for_chat" if is_openais and is_other_purpose(model) else None
