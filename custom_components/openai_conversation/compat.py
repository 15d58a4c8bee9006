"""What differs between the releases of Home Assistant that are supported."""

from typing import Final

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION

CAN_EVALUATE: Final = (MAJOR_VERSION, MINOR_VERSION) >= (2026, 11)
"""Whether AI tasks can evaluate. Always, once 2026.11 is the oldest release: delete it then."""
