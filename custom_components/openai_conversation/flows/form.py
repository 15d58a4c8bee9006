"""What all forms have in common: what they must know, and the fields they are made of. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Any, Final

import probatio as vol

from homeassistant.const import CONF_NAME
from homeassistant.helpers import llm
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from ..const import CONF_RECOMMENDED, Server, SubentryType
from ..openai_api.catalog import Models
from ..openai_api.model_names import is_for_other_purpose

type Values = Mapping[str, Any]
type Fields = dict[str, Any]
"""Name → selector, in the form's order."""

_SNAPSHOT: Final = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContext:
    """What a form needs to know besides what the user typed."""

    models: Models
    apis: Sequence[llm.API] = ()
    has_openai_names: bool = True
    """Whether the models at this address have OpenAI's names."""

    lists_all: bool = True
    """Whether a model that the address does not list is none."""

    subentry: SubentryType | None = None
    """What the form is for; None: the entry's own agent."""

    stored_models: tuple[str | None, ...] = ()
    """The models that are in use: they need no list to prove that they exist."""

    @property
    def server(self) -> Server:
        """Who answers at the address."""
        return self.models.server

    def model_choices(self, is_right: Callable[[str], bool]) -> list[str]:
        """Return the models to offer: alive and made for this, dated snapshots last."""
        listed = self.models.catalog.models
        if self.server is Server.COMPATIBLE:
            return list(listed)
        alive = [model for model in listed if not self.models.is_retired(model)]
        if self.has_openai_names:
            fitting = [model for model in alive if is_right(model)]
        else:
            # a name that says nothing may stand for any model
            fitting = [model for model in alive if not is_for_other_purpose(model, is_right)]
        return sorted(fitting, key=lambda model: (bool(_SNAPSHOT.search(model)), model))

    def is_missing(self, model: str) -> bool:
        """Whether the address lists its models, and not this one, and nobody has chosen it before."""
        listed = self.models.catalog.models
        is_list = self.server is Server.OPENAI and self.lists_all and bool(listed)
        return is_list and model not in (*listed, *self.stored_models)

    def model_error(self, model: str, is_right: Callable[[str], bool]) -> str | None:
        """Return the key of the error for a model that cannot be used for this, None if it can."""
        if self.server is Server.COMPATIBLE:
            return None
        if self.models.is_retired(model):
            return "model_retired"
        if self.is_missing(model):
            return "model_unknown"
        is_openais = self.has_openai_names or (self.lists_all and model in self.models.catalog.models)
        return "model_of_other_kind" if is_openais and is_for_other_purpose(model, is_right) else None


@dataclass(frozen=True, slots=True)
class Form:
    """A form as functions of what the user typed. All of them are pure."""

    fields: Callable[[Values, FormContext], Fields]
    suggestions: Callable[[Values, FormContext], Mapping[str, Any]]
    """What stands in the fields when the user sees them."""

    fit: Callable[[Values, FormContext], tuple[dict[str, Any], tuple[str, ...]]]
    """The values without those that the chosen model does not take, and the names of these."""

    errors: Callable[[Values, FormContext], dict[str, str]]
    """Which fields hold what cannot be, each with the key of its error."""

    data: Callable[[Values, FormContext], dict[str, Any]]
    """What to store."""

    placeholders: Callable[[Values, FormContext], dict[str, str]]
    """What the texts of the errors name."""


def form_schema(form: Form, values: Values, context: FormContext) -> vol.Schema:
    """Return the form, filled with the values, and with the defaults where there are none."""
    schema: dict[vol.Marker, Any] = {}
    suggestions = form.suggestions(values, context)
    for name, selector in form.fields(values, context).items():
        value = suggestions.get(name)
        if name == CONF_RECOMMENDED:
            schema[vol.Required(name, default=bool(value))] = selector
        elif name == CONF_NAME:
            schema[vol.Required(name, default=value or "")] = selector
        else:
            schema[vol.Optional(name, description={"suggested_value": value})] = selector
    # a browser goes on sending fields that the form had before
    return vol.Schema(schema, extra=vol.REMOVE_EXTRA)


NAME_FIELD: Final[Fields] = {CONF_NAME: TextSelector()}


def number(step: float) -> NumberSelector:
    """Return a field for a number. Limits are checked by us: the own message does not name them."""
    return NumberSelector(NumberSelectorConfig(mode=NumberSelectorMode.BOX, step=step))


def choice(options: Sequence[str], translation_key: str) -> SelectSelector:
    """Return a field for one of a few options, which are translated."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options), mode=SelectSelectorMode.DROPDOWN, translation_key=translation_key
        )
    )


def names(options: Sequence[str]) -> SelectSelector:
    """Return a field for one of several names, or another that the user types."""
    return SelectSelector(
        SelectSelectorConfig(options=list(options), custom_value=True, mode=SelectSelectorMode.DROPDOWN)
    )


def switch() -> BooleanSelector:
    """Return a field for yes or no."""
    return BooleanSelector()


def range_error(values: Values, name: str, least: float, most: float) -> str | None:
    """Return the key of the error for a number that is out of range."""
    value = values.get(name)
    return None if value is None or least <= value <= most else f"{name}_range"
