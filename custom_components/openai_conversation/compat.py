"""What differs between the supported releases of Home Assistant."""

from typing import Any, Final

from homeassistant.components import stt
from homeassistant.const import MAJOR_VERSION, MINOR_VERSION

CAN_EVALUATE: Final = (MAJOR_VERSION, MINOR_VERSION) >= (2026, 11)
"""Whether AI tasks can evaluate. Delete this once 2026.11 is the oldest supported release."""


def partial_speech_result(text: str) -> Any:
    """Return what is understood so far. Home Assistant asks for it from 2026.11 on; delete this then."""
    module: Any = stt
    return module.PartialSpeechResult(text)
