"""What the user chose for web searches. Recommended settings do not hide it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from ..const import (
    CONF_INLINE_CITATIONS,
    CONF_SEARCH_CONTEXT_SIZE,
    CONF_USER_LOCATION,
    CONF_WEB_SEARCH,
    LOCATION_KEYS,
)
from ..openai_api.capabilities import SEARCH_CONTEXT_SIZES

DEFAULT_SEARCH_CONTEXT_SIZE: Final = "medium"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSearch:
    """How the model searches the web."""

    context_size: str = DEFAULT_SEARCH_CONTEXT_SIZE
    """How much of the results the model reads: "low", "medium", or "high"."""

    location: Mapping[str, str] | None = None
    """Where the home is, roughly: as far as known, city, region, country, and timezone."""

    citations: bool = False
    """Whether the answer links its sources."""

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self | None:
        """Read stored options. None: web search is off."""
        if not data.get(CONF_WEB_SEARCH):
            return None
        location = {key: data[key] for key in LOCATION_KEYS if data.get(key)}
        size = data.get(CONF_SEARCH_CONTEXT_SIZE)
        return cls(
            context_size=size if size in SEARCH_CONTEXT_SIZES else DEFAULT_SEARCH_CONTEXT_SIZE,
            location=location if data.get(CONF_USER_LOCATION) and location else None,
            citations=bool(data.get(CONF_INLINE_CITATIONS)),
        )
