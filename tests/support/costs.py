"""What an account costs, as its sensors show it."""

from typing import Any, Final

from homeassistant.core import HomeAssistant

TODAY: Final = "sensor.chatgpt_cost_today"
MONTH: Final = "sensor.chatgpt_cost_this_month"
BUDGET: Final = "number.chatgpt_monthly_budget"
BUDGET_USED: Final = "sensor.chatgpt_budget_used"
BUDGET_REACHED: Final = "binary_sensor.chatgpt_budget_reached"

ANSWER: Final = 0.000006
"""Dollars of a plain answer of the fake OpenAI: 20 new tokens, 100 cached ones, and 7 out."""


def cost(hass: HomeAssistant, entity_id: str = TODAY) -> float:
    """Return a cost in dollars."""
    return float(hass.states.get(entity_id).state)


def attributes(hass: HomeAssistant, entity_id: str = TODAY) -> dict[str, Any]:
    """Return the attributes of a sensor."""
    return dict(hass.states.get(entity_id).attributes)


async def async_set_budget(hass: HomeAssistant, dollars: float) -> None:
    """Set the monthly budget, as an automation does."""
    await hass.services.async_call(
        "number", "set_value", {"entity_id": BUDGET, "value": dollars}, blocking=True
    )
    await hass.async_block_till_done()
