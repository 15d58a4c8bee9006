"""What all forms share: the context that they need, and the kinds of fields. Pure."""

from abc import ABC, abstractmethod
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
    """Whether the address lists all the models it has."""

    subentry: SubentryType | None = None
    """What the form is for; None: the default agent."""

    stored_models: tuple[str | None, ...] = ()
    """The models that are in use. They may be missing in the list."""

    @property
    def server(self) -> Server:
        """Who answers at the address."""
        return self.models.server

    def model_choices(self, is_right: Callable[[str], bool]) -> list[str]:
        """Return the models to offer: those of the right kind that have not ended, dated snapshots last."""
        listed = self.models.catalog.models
        if self.server is Server.COMPATIBLE:
            return list(listed)
        alive = [model for model in listed if not self.models.is_retired(model)]
        if self.has_openai_names:
            suitable = [model for model in alive if is_right(model)]
        else:
            # a name of the user's may stand for any model
            suitable = [model for model in alive if not is_for_other_purpose(model, is_right)]
        return sorted(suitable, key=lambda model: (bool(_SNAPSHOT.search(model)), model))

    def has_successor(self, model: str) -> bool:
        """Whether a model has not ended, and its successor can be used already."""
        return not self.models.is_retired(model) and self.models.early(model) != model

    def is_missing(self, model: str) -> bool:
        """Whether the server lists its models, but not this one, and the user has not chosen it before."""
        listed = self.models.catalog.models
        is_list = self.server is Server.OPENAI and self.lists_all and bool(listed)
        return is_list and model not in (*listed, *self.stored_models)

    def model_error(self, model: str, is_right: Callable[[str], bool]) -> str | None:
        """Return the key of the error for a model that cannot be used; None: it can."""
        if self.server is Server.COMPATIBLE:
            return None
        if self.models.is_retired(model):
            return "model_retired"
        if self.is_missing(model):
            return "model_unknown"
        is_openais = self.has_openai_names or (self.lists_all and model in self.models.catalog.models)
        return "model_of_other_kind" if is_openais and is_for_other_purpose(model, is_right) else None


@dataclass(frozen=True)
class Form(ABC):
    """A form, filled with the user's input or with what is stored. Pure."""

    values: Values
    context: FormContext

    @property
    @abstractmethod
    def fields(self) -> Fields:
        """The fields to show with these values."""

    @abstractmethod
    def suggestions(self) -> Values:
        """Return what the user sees in the fields."""

    @abstractmethod
    def without_unsupported(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return the values that the chosen model supports, and the names of those that had to change."""

    @abstractmethod
    def errors(self) -> dict[str, str]:
        """Return the fields with a wrong value, each with the key of its error."""

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """Return what to store."""

    @abstractmethod
    def placeholders(self) -> dict[str, str]:
        """Return the placeholders of the error texts."""

    def schema(self) -> vol.Schema:
        """Return the form to show: filled with the values, and with the defaults where there are none."""
        schema: dict[vol.Marker, Any] = {}
        suggestions = self.suggestions()
        for name, selector in self.fields.items():
            value = suggestions.get(name)
            if name == CONF_RECOMMENDED:
                schema[vol.Required(name, default=bool(value))] = selector
            elif name == CONF_NAME:
                schema[vol.Required(name, default=value or "")] = selector
            else:
                schema[vol.Optional(name, description={"suggested_value": value})] = selector
        # browsers also send fields that the form had before
        return vol.Schema(schema, extra=vol.REMOVE_EXTRA)


NAME_FIELD: Final[Fields] = {CONF_NAME: TextSelector()}


def number(step: float) -> NumberSelector:
    """Return a field for a number. We check the limits: Home Assistant's message does not name them."""
    return NumberSelector(NumberSelectorConfig(mode=NumberSelectorMode.BOX, step=step))


def up_to(most: int, *, unit: str | None = None) -> NumberSelector:
    """Return a field for a whole number from 0."""
    config = NumberSelectorConfig(mode=NumberSelectorMode.BOX, step=1, min=0, max=most)
    if unit:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def choice(options: Sequence[str], translation_key: str) -> SelectSelector:
    """Return a field for one of a few translated options."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options), mode=SelectSelectorMode.DROPDOWN, translation_key=translation_key
        )
    )


def names(options: Sequence[str]) -> SelectSelector:
    """Return a field for one of several names, or for one that the user types."""
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
