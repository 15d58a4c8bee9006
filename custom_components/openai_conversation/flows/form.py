"""What all forms share: the context that they need, and the kinds of fields. Pure."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import probatio as vol

from homeassistant.const import CONF_NAME
from homeassistant.helpers import llm
from homeassistant.helpers.selector import Selector, SelectSelector

from ..compat import CAN_HIDE_FIELDS, hidable_field
from ..const import CONF_RECOMMENDED, Server, SubentryType
from ..openai_api.model_names import is_for_other_purpose
from ..options.model_choices import ModelChoices
from .fields import Fields, Values, names, visible


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContext(ModelChoices):
    """What a form needs to know besides what the user typed."""

    apis: Sequence[llm.API] = ()
    lists_all: bool = True
    """Whether the address lists all the models it has."""

    subentry: SubentryType | None = None
    """What the form is for; None: the default agent."""

    stored_models: tuple[str | None, ...] = ()
    """The models that are in use. They may be missing in the list."""

    place: Values = field(default_factory=dict)
    """The parts of the location that need no look-up, while the user has chosen none."""

    def model_selector(self, is_right: Callable[[str], bool], default: str) -> SelectSelector:
        """Return the field for a model. `default`: the one that is used if none is chosen."""
        return names([self.option(model, default) for model in self.model_choices(is_right, default)])

    def has_successor(self, model: str) -> bool:
        """Whether a model has not ended, and its successor can be used already."""
        return not self.models.is_retired(model) and self.models.early(model) != model

    @property
    def is_list_complete(self) -> bool:
        """Whether no other model than the listed ones can be used."""
        return self.server is Server.OPENAI and self.lists_all and bool(self.models.catalog.models)

    def is_missing(self, model: str) -> bool:
        """Whether the server lists its models, but not this one, and the user has not chosen it before."""
        return self.is_list_complete and model not in (*self.models.catalog.models, *self.stored_models)

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
    def all_fields(self) -> Fields:
        """Every field that the form can have, with the conditions under which it is visible."""

    @cached_property
    def fields(self) -> dict[str, Selector[Any]]:
        """The fields that the user sees with these values."""
        in_sight = visible(self.all_fields, self.suggestions())
        return {name: each.selector for name, each in self.all_fields.items() if name in in_sight}

    @abstractmethod
    def suggestions(self) -> Values:
        """Return what the user sees in the fields."""

    @property
    @abstractmethod
    def chosen_models(self) -> tuple[tuple[str, str], ...]:
        """The models that will be used, each with the default for its use."""

    def ending(self) -> Iterator[tuple[str, str | None]]:
        """Yield the models that end soon and were not in use before, each with its successor, if any."""
        models = self.context.models
        for model, default in self.chosen_models:
            is_new = model not in (default, *self.context.stored_models)
            if is_new and self.context.ends_soon(model):
                candidates = (models.current(model), default)
                yield model, next((each for each in candidates if not self.context.ends_soon(each)), None)

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

    def model_note(self) -> str:
        """Return what the user should know before choosing a model of this server."""
        context = self.context
        notes = ["" if context.is_list_complete else context.texts.phrase("any_model"), context.price_note()]
        return " ".join(filter(None, notes))

    def seen(self, user_input: Values) -> frozenset[str]:
        """Return the fields that the user saw when submitting this."""
        return visible(self.all_fields, user_input) if CAN_HIDE_FIELDS else frozenset(self.fields)

    def schema(self) -> vol.Schema:
        """Return the form to show: filled with the values, and with the defaults where there are none."""
        schema: dict[vol.Marker, Any] = {}
        suggestions = self.suggestions()
        for name, each in self.all_fields.items():
            value = suggestions.get(name)
            if name == CONF_RECOMMENDED:
                schema[vol.Required(name, default=bool(value))] = each.selector
            elif name == CONF_NAME:
                schema[vol.Required(name, default=value or "")] = each.selector
            elif CAN_HIDE_FIELDS and each.conditions:
                conditions = [condition.as_dict() for condition in each.conditions]
                schema[hidable_field(name, conditions, value)] = each.selector
            elif name in self.fields:
                schema[vol.Optional(name, description={"suggested_value": value})] = each.selector
        # browsers also send fields that the form had before
        return vol.Schema(schema, extra=vol.REMOVE_EXTRA)
