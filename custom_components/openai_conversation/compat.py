"""What differs between the supported releases of Home Assistant."""

from typing import Final

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION

CAN_EVALUATE: Final = (MAJOR_VERSION, MINOR_VERSION) >= (2026, 11)
"""Whether AI tasks can evaluate. Delete this once 2026.11 is the oldest supported release."""
