"""What the user chose for an agent: typed, with the defaults, fitted to what the model takes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Self

from homeassistant.const import CONF_LLM_HASS_API, CONF_PROMPT
from homeassistant.helpers import llm

from .const import (
    CONF_CHAT_MODEL,
    CONF_KEEP_PICTURES,
    CONF_MAX_TOKENS,
    CONF_REASONING_EFFORT,
    CONF_RECOMMENDED,
    CONF_SERVICE_TIER,
    CONF_TEMPERATURE,
    CONF_TOP_P,
    CONF_VERBOSITY,
    Server,
)
from .openai_api.models import (
    DEFAULT_CHAT_MODEL,
    UNKNOWN,
    Catalog,
    ModelAbilities,
    abilities_of,
    living_model,
)

DEFAULT_MAX_TOKENS: Final = 3000
"""Tokens of an answer, reasoning included: room for a long answer, and an end to a runaway one."""

MIN_MAX_TOKENS: Final = 16
"""The API's own minimum."""

VOICE_EFFORTS: Final = ("none", "low")
"""Somebody waits for the answer: the least reasoning that a model offers, in this order."""

VOICE_VERBOSITY: Final = "low"

DEFAULT_KEEP_PICTURES: Final = 30
"""Days. 0: for ever."""

MAX_KEEP_PICTURES: Final = 3650
"""Days. Whoever wants more means for ever."""

RECOMMENDED_OPTIONS: Final[Mapping[str, Any]] = {
    CONF_RECOMMENDED: True,
    CONF_LLM_HASS_API: [llm.LLM_API_ASSIST],
    CONF_PROMPT: llm.DEFAULT_INSTRUCTIONS_PROMPT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What a request says about the model. None: not sent, the model's own default holds."""

    model: str
    abilities: ModelAbilities
    max_tokens: int
    temperature: float | None = None
    top_p: float | None = None
    effort: str | None = None
    verbosity: str | None = None
    service_tier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOptions:
    """An agent's stored options, with their types."""

    prompt: str
    llm_apis: tuple[str, ...]
    """Ids of the LLM APIs the agent may use; none: it cannot see or control anything."""

    model: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    effort: str | None = None
    verbosity: str | None = None
    service_tier: str | None = None

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read stored options; entries of 2024 hold a single API id as text.

        With recommended settings on, whatever else is stored is of no effect.
        """
        apis = data.get(CONF_LLM_HASS_API) or ()
        own = cls(
            prompt=data.get(CONF_PROMPT) or llm.DEFAULT_INSTRUCTIONS_PROMPT,
            llm_apis=(apis,) if isinstance(apis, str) else tuple(apis),
        )
        if data.get(CONF_RECOMMENDED):
            return own
        return replace(
            own,
            model=(data.get(CONF_CHAT_MODEL) or "").strip() or None,
            max_tokens=int(data[CONF_MAX_TOKENS]) if data.get(CONF_MAX_TOKENS) else None,
            temperature=data.get(CONF_TEMPERATURE),
            top_p=data.get(CONF_TOP_P),
            effort=data.get(CONF_REASONING_EFFORT),
            verbosity=data.get(CONF_VERBOSITY),
            service_tier=data.get(CONF_SERVICE_TIER),
        )

    def settings(self, server: Server, catalog: Catalog, today: date) -> ModelSettings:
        """Return what to send: the chosen model, or today's default, and what that model takes."""
        max_tokens = max(MIN_MAX_TOKENS, self.max_tokens or DEFAULT_MAX_TOKENS)
        if server is Server.COMPATIBLE:
            # Nobody knows these models: the user's own words, nothing added.
            return ModelSettings(
                model=self.model or catalog.first_chat_model or DEFAULT_CHAT_MODEL,
                abilities=UNKNOWN,
                max_tokens=max_tokens,
                temperature=self.temperature,
                top_p=self.top_p,
                effort=self.effort,
            )
        model = self.model or living_model(DEFAULT_CHAT_MODEL, catalog, today)
        abilities = abilities_of(model)
        effort = self._effort(abilities)
        sampling = abilities.takes_sampling(effort) or not abilities.is_known
        return ModelSettings(
            model=model,
            abilities=abilities,
            max_tokens=min(max_tokens, abilities.max_output_tokens),
            temperature=self.temperature if sampling else None,
            top_p=self.top_p if sampling else None,
            effort=effort,
            verbosity=(self.verbosity or VOICE_VERBOSITY) if abilities.verbosity else None,
            service_tier=self.service_tier,
        )

    def _effort(self, abilities: ModelAbilities) -> str | None:
        if not abilities.is_known or self.effort in abilities.efforts:
            return self.effort
        return default_effort(abilities)


def default_effort(abilities: ModelAbilities) -> str | None:
    """Return the effort that suits speech; None: the model has no choice, or none that suits."""
    return next((effort for effort in VOICE_EFFORTS if effort in abilities.efforts), None)


def kept_days(options: Mapping[str, Any]) -> int:
    """Return for how many days an entry keeps its pictures; 0: for ever."""
    return min(max(int(options.get(CONF_KEEP_PICTURES, DEFAULT_KEEP_PICTURES)), 0), MAX_KEEP_PICTURES)
