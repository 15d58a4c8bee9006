"""The repair issues about the budget: most of it is used, or all of it. They are closed when the month ends.

They have no fix flow: the user raises the budget, or waits.
"""

from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..runtime import OpenAIConfigEntry
from ..usage.budget import Mark
from .issues import budget_id, documentation_url, usage_file_id

USAGE_PAGE: Final = "https://platform.openai.com/usage"
"""What OpenAI itself has counted."""

_SEVERITY: Final = {Mark.WARNING: ir.IssueSeverity.WARNING, Mark.LIMIT: ir.IssueSeverity.ERROR}


@callback
def async_watch_budget(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Keep the issues in line with the spending of the month."""
    meter = entry.runtime_data.meter

    @callback
    def update() -> None:
        passed = meter.mark
        for mark in Mark:
            if mark is not passed:
                ir.async_delete_issue(hass, DOMAIN, budget_id(mark, entry.entry_id))
        if passed:
            _open(hass, entry, passed)

    entry.async_on_unload(meter.async_add_listener(update))
    update()


def _open(hass: HomeAssistant, entry: OpenAIConfigEntry, mark: Mark) -> None:
    budget = entry.runtime_data.meter.budget
    ir.async_create_issue(
        hass,
        DOMAIN,
        budget_id(mark, entry.entry_id),
        data={"entry_id": entry.entry_id},
        is_fixable=False,
        learn_more_url=USAGE_PAGE,
        severity=_SEVERITY[mark],
        translation_key=f"budget_{mark}",
        translation_placeholders={
            "name": entry.title,
            "percent": str(budget.warn_percent),
            "budget": budget.dollars,
        },
    )


@callback
def async_open_file_issue(hass: HomeAssistant, entry: OpenAIConfigEntry, path: Path) -> None:
    """Open an issue about a file of usage that could not be read: counting starts again."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        usage_file_id(entry.entry_id),
        data={"entry_id": entry.entry_id},
        is_fixable=False,
        learn_more_url=documentation_url(hass, "usage_file"),
        severity=ir.IssueSeverity.WARNING,
        translation_key="usage_file",
        translation_placeholders={"name": entry.title, "file": str(path)},
    )
