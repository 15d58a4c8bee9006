"""What the user chose for an agent: typed, with defaults, reduced to what the model supports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from homeassistant.const import CONF_LLM_HASS_API, CONF_PROMPT
from homeassistant.helpers import llm

from ..const import (
    CONF_CHAT_MODEL,
    CONF_CODE_INTERPRETER,
    CONF_CUSTOM_SETTINGS,
    CONF_IMAGE_MODEL,
    CONF_KEEP_LISTENING,
    CONF_KEEP_PICTURES,
    CONF_MAX_TOKENS,
    CONF_ON_FAILURE,
    CONF_PLAIN_SPEECH,
    CONF_PRO_MODE,
    CONF_REASONING_EFFORT,
    CONF_REASONING_SUMMARY,
    CONF_RECOMMENDED,
    CONF_REMEMBER_TURNS,
    CONF_SERVICE_TIER,
    CONF_STORE_RESPONSES,
    CONF_TEMPERATURE,
    CONF_TOP_P,
    CONF_VERBOSITY,
    Server,
)
from ..openai_api.capabilities import (
    UNKNOWN,
    VERBOSITIES,
    ModelCapabilities,
    takes_hosted_tools,
)
from ..openai_api.catalog import Models
from ..openai_api.models import DEFAULT_CHAT_MODEL, capabilities_of
from .web_search import WebSearch

DEFAULT_MAX_TOKENS: Final = 3000
"""Tokens of an answer, reasoning included: enough for a long answer, and a stop for a runaway one."""

MIN_MAX_TOKENS: Final = 16
"""The minimum of the API."""

VOICE_EFFORTS: Final = ("none", "low")
"""Efforts while a user waits: the first one that the model supports is the default."""

TASK_EFFORTS: Final = ("low", "none")
"""The same for a task, for which no user waits: a little reasoning, if the model supports it."""

VOICE_VERBOSITY: Final = "low"
NO_SUMMARY: Final = "off"
DEFAULT_SERVICE_TIER: Final = "auto"

DEFAULT_KEEP_PICTURES: Final = 30
"""Days. 0: forever."""

MAX_KEEP_PICTURES: Final = 3650
"""Days. For longer, users enter 0: forever."""

DEFAULT_REMEMBER_TURNS: Final = 0
MAX_REMEMBER_TURNS: Final = 1000
"""Turns of a conversation. 0: all of them."""

RECOMMENDED_OPTIONS: Final[Mapping[str, Any]] = {
    CONF_RECOMMENDED: True,
    CONF_LLM_HASS_API: [llm.LLM_API_ASSIST],
    CONF_PROMPT: llm.DEFAULT_INSTRUCTIONS_PROMPT,
}


class OnFailure(StrEnum):
    """What happens when OpenAI fails. Stored."""

    HOME_ASSISTANT = "home_assistant"
    """Home Assistant's own agent answers, as far as it understands."""

    SAY = "say"
    """The user hears what is wrong, and nothing else happens."""


class KeepListening(StrEnum):
    """When a speaker keeps listening after an answer. Stored."""

    QUESTION = "question"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOptions:
    """The options of a model. Each field has the name under which it is stored.

    None: not chosen. Forms, requests, diagnostics, and the change to another model all use these fields.
    """

    chat_model: str | None = None
    max_tokens: int | None = None
    """The longest answer, reasoning included."""

    reasoning_effort: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    reasoning_summary: str | None = None
    pro_mode: bool = False
    verbosity: str | None = None
    service_tier: str | None = None
    store_responses: bool = False
    """Whether OpenAI keeps the answers, for its dashboard."""

    web_search: WebSearch | None = None
    code_interpreter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings(ModelOptions):
    """What is sent: the options that the model supports. None: not sent, so the model uses its default."""

    chat_model: str
    max_tokens: int
    capabilities: ModelCapabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions(ModelOptions):
    """The stored options of a conversation agent, or of an AI task."""

    default_model: ClassVar[str] = DEFAULT_CHAT_MODEL
    prompt: str
    llm_hass_api: tuple[str, ...] = ()
    """IDs of the LLM APIs the agent may use. Without one it cannot see or control anything."""

    plain_speech: bool = True
    """Whether Markdown, links, and emoji are removed from what is spoken."""

    on_failure: OnFailure = OnFailure.HOME_ASSISTANT
    keep_listening: KeepListening = KeepListening.QUESTION
    remember_turns: int = DEFAULT_REMEMBER_TURNS
    """The most turns of a conversation that a request sends; 0: all of them."""

    image_model: str | None = None
    """The model that generates images for an AI task."""

    is_spoken_to: bool = True
    """Whether a user waits for the answer and hears it, which is not so for a task. Not stored."""

    @property
    def has_fallback(self) -> bool:
        """Whether Home Assistant's own agent may answer. It controls the house, so this agent must, too."""
        return self.on_failure is OnFailure.HOME_ASSISTANT and llm.LLM_API_ASSIST in self.llm_hass_api

    @classmethod
    def from_stored(cls, data: Mapping[str, Any], *, is_spoken_to: bool = True) -> Self:
        """Read stored options; entries of 2024 store a single API ID as a string.

        Recommended settings override everything else about the model, except web searches.
        """
        apis = data.get(CONF_LLM_HASS_API) or ()
        chosen = {} if data.get(CONF_RECOMMENDED) else data
        max_tokens = chosen.get(CONF_MAX_TOKENS)
        summary = chosen.get(CONF_REASONING_SUMMARY)
        return cls(
            prompt=data.get(CONF_PROMPT) or llm.DEFAULT_INSTRUCTIONS_PROMPT,
            llm_hass_api=(apis,) if isinstance(apis, str) else tuple(apis),
            plain_speech=bool(data.get(CONF_PLAIN_SPEECH, True)),
            on_failure=_member(OnFailure, data.get(CONF_ON_FAILURE), OnFailure.HOME_ASSISTANT),
            keep_listening=_member(KeepListening, data.get(CONF_KEEP_LISTENING), KeepListening.QUESTION),
            remember_turns=remembered_turns(data),
            is_spoken_to=is_spoken_to,
            chat_model=(chosen.get(CONF_CHAT_MODEL) or "").strip() or None,
            max_tokens=int(max_tokens) if max_tokens else None,
            reasoning_effort=chosen.get(CONF_REASONING_EFFORT) or None,
            temperature=chosen.get(CONF_TEMPERATURE),
            top_p=chosen.get(CONF_TOP_P),
            reasoning_summary=None if summary == NO_SUMMARY else summary or None,
            pro_mode=bool(chosen.get(CONF_PRO_MODE)),
            verbosity=chosen.get(CONF_VERBOSITY) or None,
            service_tier=chosen.get(CONF_SERVICE_TIER) or None,
            store_responses=bool(chosen.get(CONF_STORE_RESPONSES)),
            web_search=WebSearch.from_stored(data),
            code_interpreter=bool(chosen.get(CONF_CODE_INTERPRETER)),
            image_model=chosen.get(CONF_IMAGE_MODEL) or None,
        )

    def settings(self, models: Models) -> ModelSettings:
        """Return what to send: the chosen model, or today's default, and what that model supports."""
        if models.server is Server.OPENAI:
            return self.settings_for(models.chosen(self.chat_model, self.default_model))
        # these models are not in the table: send what the user chose, and add nothing
        return ModelSettings(
            chat_model=self.chat_model or models.catalog.first_chat_model or self.default_model,
            capabilities=UNKNOWN,
            max_tokens=self._max_tokens,
            reasoning_effort=self.reasoning_effort,
            temperature=self.temperature,
            top_p=self.top_p,
        )

    def settings_for(self, model: str) -> ModelSettings:
        """Return what to send to one of OpenAI's models: the chosen options, as far as it supports them."""
        supported = capabilities_of(model)
        effort = self._effort(supported)
        sampling = supported.takes_sampling(effort) or not supported.is_known
        hosted_tools = takes_hosted_tools(effort)
        return ModelSettings(
            chat_model=model,
            capabilities=supported,
            max_tokens=min(self._max_tokens, supported.max_output_tokens),
            reasoning_effort=effort,
            temperature=self.temperature if sampling else None,
            top_p=self.top_p if sampling else None,
            reasoning_summary=_if_in(supported.summaries, self.reasoning_summary),
            pro_mode=self.pro_mode and supported.pro_mode,
            verbosity=self._verbosity if supported.verbosity else None,
            service_tier=_if_in(supported.service_tiers, self.service_tier),
            store_responses=self.store_responses,
            web_search=self.web_search if supported.web_search and hosted_tools else None,
            code_interpreter=self.code_interpreter and supported.code_interpreter and hosted_tools,
        )

    @property
    def _max_tokens(self) -> int:
        return max(MIN_MAX_TOKENS, self.max_tokens or DEFAULT_MAX_TOKENS)

    def _effort(self, capabilities: ModelCapabilities) -> str | None:
        if not capabilities.is_known or self.reasoning_effort in capabilities.efforts:
            return self.reasoning_effort
        return self.default_effort(capabilities)

    def default_effort(self, capabilities: ModelCapabilities) -> str | None:
        """Return the default effort; None: the model has no efforts, or no suitable one."""
        suitable = VOICE_EFFORTS if self.is_spoken_to else TASK_EFFORTS
        return next((effort for effort in suitable if effort in capabilities.efforts), None)

    @property
    def _verbosity(self) -> str | None:
        """How much to say; None: the model decides."""
        if self.verbosity in VERBOSITIES:
            return self.verbosity
        return VOICE_VERBOSITY if self.is_spoken_to else None


def shown_options(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored options as a form shows them: with what recommended settings hide."""
    visible = {name: value for name, value in data.items() if name != CONF_CUSTOM_SETTINGS}
    return {**data.get(CONF_CUSTOM_SETTINGS, {}), **visible}


def _member[Choice: StrEnum](choices: type[Choice], value: Any, default: Choice) -> Choice:
    return choices(value) if value in list(choices) else default


def _if_in(choices: Sequence[str], value: str | None) -> str | None:
    return value if value in choices else None


def remembered_turns(options: Mapping[str, Any]) -> int:
    """Return how many turns of a conversation an agent remembers; 0: all of them."""
    return min(max(int(options.get(CONF_REMEMBER_TURNS) or DEFAULT_REMEMBER_TURNS), 0), MAX_REMEMBER_TURNS)


def kept_days(options: Mapping[str, Any]) -> int:
    """Return for how many days an entry keeps its images; 0: forever."""
    return min(max(int(options.get(CONF_KEEP_PICTURES, DEFAULT_KEEP_PICTURES)), 0), MAX_KEEP_PICTURES)
