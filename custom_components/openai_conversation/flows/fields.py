"""The fields that forms are made of, and when they are visible. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, cast

from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from ..const import CONF_CHAT_MODEL

type Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the value of another field of the form.

    Source: `homeassistant/helpers/field_visibility.py` of 2026.11, which knows more operators.
    """

    field: str
    operator: Literal["eq", "in", "not_in"]
    value: Any

    def holds(self, values: Values) -> bool:
        """Whether the condition holds. A field that is hidden or empty has the value None."""
        value = values.get(self.field)
        match self.operator:
            case "eq":
                return bool(value == self.value)
            case "in":
                return value in self.value
            case "not_in":
                return value not in self.value

    def as_dict(self) -> dict[str, Any]:
        """Return the condition as Home Assistant wants it."""
        value = self.value if self.operator == "eq" else list(self.value)
        return {"field": self.field, "operator": self.operator, "value": value}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. It is visible while all its conditions hold."""

    selector: Selector[Any]
    conditions: tuple[Condition, ...] = ()


type Fields = dict[str, Field]
"""Name → field, in the form's order. Conditions name fields that come before."""


def visible(fields: Fields, values: Values) -> frozenset[str]:
    """Return the fields that the user sees with these values."""
    seen: dict[str, Any] = {}
    for name, field in fields.items():
        if all(condition.holds(seen) for condition in field.conditions):
            seen[name] = values.get(name)
    return frozenset(seen)


def model_field(build: Callable[[str], Field | None], model: str, others: Iterable[str]) -> Field | None:
    """Return the field that `build` gives for a model, or else for the first of the others that has one.

    A form has one field of each name. So the field is hidden while a model is chosen that does not have
    it, or has other choices in it. None: no model has it.
    """
    variants = {each: build(each) for each in (model, *others)}
    field = variants[model] or next(filter(None, variants.values()), None)
    alike = tuple(each for each, variant in variants.items() if variant == field)
    if field is None or len(alike) == len(variants):
        return field
    return replace(field, conditions=(*field.conditions, Condition(CONF_CHAT_MODEL, "in", alike)))


NAME_FIELD: Final[Fields] = {CONF_NAME: Field(TextSelector())}


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


def names(options: Sequence[str] | Sequence[SelectOptionDict]) -> SelectSelector:
    """Return a field for one of several names, or for one that the user types."""
    return SelectSelector(
        SelectSelectorConfig(
            options=cast("list[str] | list[SelectOptionDict]", list(options)),
            custom_value=True,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def switch() -> BooleanSelector:
    """Return a field for yes or no."""
    return BooleanSelector()


def range_error(values: Values, name: str, least: float, most: float) -> str | None:
    """Return the key of the error for a number that is out of range."""
    value = values.get(name)
    return None if value is None or least <= value <= most else f"{name}_range"
