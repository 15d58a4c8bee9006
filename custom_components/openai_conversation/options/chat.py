"""What the user chose for an agent: typed, with the defaults, fitted to what the model takes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Self

from homeassistant.const import CONF_LLM_HASS_API, CONF_PROMPT
from homeassistant.helpers import llm

from ..const import (
    CONF_CHAT_MODEL,
    CONF_CODE_INTERPRETER,
    CONF_IMAGE_MODEL,
    CONF_INLINE_CITATIONS,
    CONF_KEEP_PICTURES,
    CONF_MAX_TOKENS,
    CONF_PLAIN_SPEECH,
    CONF_PRO_MODE,
    CONF_REASONING_EFFORT,
    CONF_REASONING_SUMMARY,
    CONF_RECOMMENDED,
    CONF_SEARCH_CONTEXT_SIZE,
    CONF_SERVICE_TIER,
    CONF_STORE_RESPONSES,
    CONF_TEMPERATURE,
    CONF_TOP_P,
    CONF_USER_LOCATION,
    CONF_VERBOSITY,
    CONF_WEB_SEARCH,
    LOCATION_KEYS,
    Server,
)
from ..openai_api.capabilities import (
    SEARCH_CONTEXT_SIZES,
    UNKNOWN,
    VERBOSITIES,
    ModelCapabilities,
    takes_hosted_tools,
)
from ..openai_api.catalog import Catalog, current_model, is_retired
from ..openai_api.models import DEFAULT_CHAT_MODEL, capabilities_of

DEFAULT_MAX_TOKENS: Final = 3000
"""Tokens of an answer, reasoning included: room for a long answer, and an end to a runaway one."""

MIN_MAX_TOKENS: Final = 16
"""The API's own minimum."""

VOICE_EFFORTS: Final = ("none", "low")
"""Somebody waits for the answer: the least reasoning that a model offers, in this order."""

TASK_EFFORTS: Final = ("low", "none")
"""Nobody waits for a task: a little reasoning where there is a choice."""

VOICE_VERBOSITY: Final = "low"
NO_SUMMARY: Final = "off"
DEFAULT_SERVICE_TIER: Final = "auto"
DEFAULT_SEARCH_CONTEXT_SIZE: Final = "medium"

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
class WebSearch:
    """How the model searches the web."""

    context_size: str = DEFAULT_SEARCH_CONTEXT_SIZE
    """How much of what is found the model reads: "low", "medium" or "high"."""

    location: Mapping[str, str] | None = None
    """Where the user is, roughly: what is known of city, region, country and timezone."""

    citations: bool = False
    """Whether the answer names its sources."""

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self | None:
        """Read stored options; None: web search is off."""
        if not data.get(CONF_WEB_SEARCH):
            return None
        location = {key: data[key] for key in LOCATION_KEYS if data.get(key)}
        size = data.get(CONF_SEARCH_CONTEXT_SIZE)
        return cls(
            context_size=size if size in SEARCH_CONTEXT_SIZES else DEFAULT_SEARCH_CONTEXT_SIZE,
            location=location if data.get(CONF_USER_LOCATION) and location else None,
            citations=bool(data.get(CONF_INLINE_CITATIONS)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What a request says about the model. None: not sent, the model's own default holds."""

    model: str
    capabilities: ModelCapabilities
    max_tokens: int
    temperature: float | None = None
    top_p: float | None = None
    effort: str | None = None
    summary: str | None = None
    pro_mode: bool = False
    verbosity: str | None = None
    service_tier: str | None = None
    store: bool = False
    web_search: WebSearch | None = None
    code_interpreter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    """An agent's stored options, with their types."""

    prompt: str
    llm_apis: tuple[str, ...]
    """Ids of the LLM APIs the agent may use; none: it cannot see or control anything."""

    is_spoken_to: bool = True
    """Whether somebody waits for the answer and hears it; tasks have nobody."""

    plain_speech: bool = True
    """Whether what is spoken is freed of Markdown, links and emoji."""

    model: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    effort: str | None = None
    summary: str | None = None
    pro_mode: bool = False
    verbosity: str | None = None
    service_tier: str | None = None
    store: bool = False
    web_search: WebSearch | None = None
    code_interpreter: bool = False
    image_model: str | None = None

    @classmethod
    def from_stored(cls, data: Mapping[str, Any], *, is_spoken_to: bool = True) -> Self:
        """Read stored options; entries of 2024 hold a single API id as text.

        With recommended settings on, whatever else is stored is of no effect.
        """
        apis = data.get(CONF_LLM_HASS_API) or ()
        own = cls(
            prompt=data.get(CONF_PROMPT) or llm.DEFAULT_INSTRUCTIONS_PROMPT,
            llm_apis=(apis,) if isinstance(apis, str) else tuple(apis),
            is_spoken_to=is_spoken_to,
            plain_speech=bool(data.get(CONF_PLAIN_SPEECH, True)),
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
            summary=data.get(CONF_REASONING_SUMMARY),
            pro_mode=bool(data.get(CONF_PRO_MODE)),
            verbosity=data.get(CONF_VERBOSITY),
            service_tier=data.get(CONF_SERVICE_TIER),
            store=bool(data.get(CONF_STORE_RESPONSES)),
            web_search=WebSearch.from_stored(data),
            code_interpreter=bool(data.get(CONF_CODE_INTERPRETER)),
            image_model=data.get(CONF_IMAGE_MODEL) or None,
        )

    def settings(self, server: Server, catalog: Catalog, today: date) -> ModelSettings:
        """Return what to send: the chosen model, or today's default, and what that model takes."""
        max_tokens = max(MIN_MAX_TOKENS, self.max_tokens or DEFAULT_MAX_TOKENS)
        if server is Server.COMPATIBLE:
            # Nobody knows these models: the user's own words, nothing added.
            return ModelSettings(
                model=self.model or catalog.first_chat_model or DEFAULT_CHAT_MODEL,
                capabilities=UNKNOWN,
                max_tokens=max_tokens,
                temperature=self.temperature,
                top_p=self.top_p,
                effort=self.effort,
            )
        model = chosen_model(self.model, DEFAULT_CHAT_MODEL, catalog, today)
        capabilities = capabilities_of(model)
        effort = self._effort(capabilities)
        sampling = capabilities.takes_sampling(effort) or not capabilities.is_known
        hosted_tools = takes_hosted_tools(effort)
        return ModelSettings(
            model=model,
            capabilities=capabilities,
            max_tokens=min(max_tokens, capabilities.max_output_tokens),
            temperature=self.temperature if sampling else None,
            top_p=self.top_p if sampling else None,
            effort=effort,
            summary=self.summary if self.summary in capabilities.summaries else None,
            pro_mode=self.pro_mode and capabilities.pro_mode,
            verbosity=self._verbosity if capabilities.verbosity else None,
            service_tier=self.service_tier if self.service_tier in capabilities.service_tiers else None,
            store=self.store,
            web_search=self.web_search if capabilities.web_search and hosted_tools else None,
            code_interpreter=self.code_interpreter and capabilities.code_interpreter and hosted_tools,
        )

    def _effort(self, capabilities: ModelCapabilities) -> str | None:
        if not capabilities.is_known or self.effort in capabilities.efforts:
            return self.effort
        return self.default_effort(capabilities)

    def default_effort(self, capabilities: ModelCapabilities) -> str | None:
        """Return the effort that suits; None: the model has no choice, or none that suits."""
        suitable = VOICE_EFFORTS if self.is_spoken_to else TASK_EFFORTS
        return next((effort for effort in suitable if effort in capabilities.efforts), None)

    @property
    def _verbosity(self) -> str | None:
        """How much to say; None: as much as the model likes."""
        if self.verbosity in VERBOSITIES:
            return self.verbosity
        return VOICE_VERBOSITY if self.is_spoken_to else None


def chosen_model(chosen: str | None, default: str, catalog: Catalog, today: date) -> str:
    """Return the model to use: the default rolls over early, the user's own choice when it has ended."""
    if chosen and not is_retired(chosen, catalog, today):
        return chosen
    successor = current_model(chosen or default, catalog, today)
    # a model may have ended without a successor that anybody has named
    fallback = current_model(default, catalog, today)
    return fallback if successor == chosen and not is_retired(fallback, catalog, today) else successor


def kept_days(options: Mapping[str, Any]) -> int:
    """Return for how many days an entry keeps its pictures; 0: for ever."""
    return min(max(int(options.get(CONF_KEEP_PICTURES, DEFAULT_KEEP_PICTURES)), 0), MAX_KEEP_PICTURES)
