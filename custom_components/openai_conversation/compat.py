"""What differs between the supported releases of Home Assistant."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import probatio as vol

from homeassistant import data_entry_flow
from homeassistant.components import stt
from homeassistant.const import MAJOR_VERSION, MINOR_VERSION

CAN_EVALUATE: Final = (MAJOR_VERSION, MINOR_VERSION) >= (2026, 11)
"""Whether AI tasks can evaluate. Delete this once 2026.11 is the oldest supported release."""

CAN_HIDE_FIELDS: Final = (MAJOR_VERSION, MINOR_VERSION) >= (2026, 11)
"""Whether a form shows and hides fields while the user fills it in. Delete this with the one above."""

KEEPS_SAMPLES: Final = (MAJOR_VERSION, MINOR_VERSION) >= (2026, 11)
"""Whether Home Assistant does not convert speech that is as it is wanted. Delete this with those above."""

_DATA_ENTRY_FLOW: Final[Any] = data_entry_flow
"""The module without types: only the newer release has all that is used here."""


def hidable_field(name: str, conditions: Sequence[Mapping[str, Any]], suggested_value: Any) -> vol.Optional:
    """Return the key of a field that is visible while all conditions hold."""
    field: vol.Optional = _DATA_ENTRY_FLOW.Optional(
        name, visible=list(conditions), description={"suggested_value": suggested_value}
    )
    return field


def partial_speech_result(text: str) -> Any:
    """Return what is understood so far. Home Assistant asks for it from 2026.11 on.

    Delete this once 2026.11 is the oldest supported release.
    """
    module: Any = stt
    return module.PartialSpeechResult(text)
