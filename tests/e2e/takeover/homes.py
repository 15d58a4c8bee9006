"""Homes of users who come from Home Assistant's built-in integration, or go back to it."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.harness.home_assistant import HomeAssistant

HOME: Final = Path(__file__).resolve().parent / "home"

type Homes = Callable[..., HomeAssistant]
"""Makes a home for a Home Assistant: that of this environment, or another program."""
