"""The section about costs in the options form: the budget, and prices. Pure."""

from collections.abc import Mapping
from typing import Any, Final

import probatio as vol

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
)

from ..const import CONF_BUDGET_STOPS, CONF_MONTHLY_BUDGET, CONF_PRICES, CONF_WARN_AT
from ..options.costs import DEFAULT_WARN_AT, MOST_DOLLARS, STOPS, CostOptions
from .fields import choice

SECTION: Final = "costs"
"""The name of the section: in the form, in the translations, and in the user's input."""

_PRICE: Final = {"number": {"min": 0, "max": MOST_DOLLARS, "step": "any", "mode": "box"}}
_PRICES: Final = ObjectSelector(
    ObjectSelectorConfig(
        fields={
            "model": ObjectSelectorField(selector={"text": {}}, required=True),
            **{
                name: ObjectSelectorField(selector=_PRICE)
                for name in ("input", "cached_input", "output", "minute")
            },
        },
        multiple=True,
        label_field="model",
        translation_key=CONF_PRICES,
    )
)


def _number(least: float, most: float, step: float, unit: str) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=least, max=most, step=step, unit_of_measurement=unit, mode=NumberSelectorMode.BOX
        )
    )


def with_costs(schema: vol.Schema, stored: Mapping[str, Any]) -> vol.Schema:
    """Return a form with the section about costs at its end, collapsed, and with the stored values."""
    options = CostOptions.from_stored(stored)
    fields = {
        vol.Required(CONF_MONTHLY_BUDGET, default=options.monthly_budget): _number(
            0, MOST_DOLLARS, 0.01, "USD"
        ),
        vol.Required(CONF_WARN_AT, default=options.warn_at): _number(1, 100, 1, "%"),
        vol.Required(CONF_BUDGET_STOPS, default=options.stops): choice(STOPS, CONF_BUDGET_STOPS),
        vol.Optional(CONF_PRICES, description={"suggested_value": stored.get(CONF_PRICES, [])}): _PRICES,
    }
    return schema.extend({vol.Optional(SECTION): section(vol.Schema(fields), {"collapsed": True})})


def cost_data(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to store of the section about costs. Defaults are not stored."""
    options = CostOptions.from_stored(values)
    data = {
        CONF_MONTHLY_BUDGET: options.monthly_budget or None,
        CONF_WARN_AT: options.warn_at if options.warn_at != DEFAULT_WARN_AT else None,
        CONF_BUDGET_STOPS: options.stops if options.stops != STOPS[0] else None,
        CONF_PRICES: values.get(CONF_PRICES) or None,
    }
    return {key: value for key, value in data.items() if value is not None}
