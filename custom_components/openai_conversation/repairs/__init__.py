"""The repair issues: one file for each kind. Home Assistant asks here for the flow that fixes an issue."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant

from .failures import TRY_AGAIN, TryAgainFlow
from .model_lifecycle import REPLACE_MODEL
from .replace_model import ReplaceModelFlow
from .speech_change import CHANGE_SPEECH, ChangeSpeechFlow

_FIXES: Final[Mapping[str, Callable[[Mapping[str, Any]], RepairsFlow]]] = {
    CHANGE_SPEECH: ChangeSpeechFlow,
    REPLACE_MODEL: ReplaceModelFlow,
    TRY_AGAIN: TryAgainFlow,
}
"""What a fixable issue has under `fix` in its data → the flow that does it."""


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: Mapping[str, Any] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue, chosen by the data of the issue."""
    issue = data or {}
    return _FIXES[issue["fix"]](issue)
