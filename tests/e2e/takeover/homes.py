"""Homes of people who come from Home Assistant's own integration, or go back to it."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.harness.home_assistant import HomeAssistant

HOME: Final = Path(__file__).resolve().parent / "home"

type Homes = Callable[..., HomeAssistant]
"""Makes a home for a Home Assistant: of this environment, or the program that is given."""
