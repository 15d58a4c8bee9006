"""The models of the stand-in, and what each family supports.

Facts: OpenAI API reference (models, deprecations, reasoning and prompt caching guides), as of
2026-11-22. The table is kept apart from the integration's own on purpose: a mistake there must not
be repeated here.
"""

from dataclasses import dataclass
from datetime import date
import re
from typing import Any, Literal

TODAY = date(2026, 11, 22)
"""The date of the stand-in by default: models must not be shut down as tests get older."""

type Sampling = Literal["always", "without_reasoning", "never"]
type Cache = Literal["in_memory", "24h", "both", "options"]


@dataclass(frozen=True, slots=True)
class Family:
    """What the models whose id starts with `prefix` accept.

    `efforts`: values of `reasoning.effort`; empty means no `reasoning` at all.
    `effort`: the one in force when the request names none.
    `sampling`: when temperature, top_p and top_logprobs are accepted.
    `cache`: accepted values of `prompt_cache_retention`, or `prompt_cache_options` instead.
    """

    prefix: str
    efforts: tuple[str, ...] = ()
    effort: str = "none"
    sampling: Sampling = "always"
    cache: Cache = "both"

    @property
    def verbosity(self) -> bool:
        """Return whether `text.verbosity` is accepted."""
        return self.prefix.startswith(("gpt-5", "gpt-6"))

    @property
    def summaries(self) -> tuple[str, ...]:
        """Return the values of `reasoning.summary` that are accepted."""
        return ("auto", "concise", "detailed") if self.verbosity else ("auto", "detailed")

    @property
    def modes(self) -> tuple[str, ...]:
        """Return the values of `reasoning.mode` that are accepted."""
        return ("standard", "pro") if self.prefix.startswith(("gpt-5.6", "gpt-6")) else ()

    def effort_of(self, body: dict[str, Any]) -> str:
        """Return the effort that a request asks for or gets by default."""
        return (body.get("reasoning") or {}).get("effort") or self.effort


CLASSIC = ("low", "medium", "high")
UP_TO_HIGH = ("none", *CLASSIC)
UP_TO_XHIGH = (*UP_TO_HIGH, "xhigh")
UP_TO_MAX = (*UP_TO_XHIGH, "max")
PRO = ("medium", "high", "xhigh")
ALWAYS_REASONING = (*CLASSIC, "xhigh", "max")

FAMILIES = (
    Family("gpt-4o", cache="in_memory"),
    Family("gpt-4.1"),
    Family("gpt-4.1-mini", cache="in_memory"),
    Family("o3", CLASSIC, "medium", "never", "in_memory"),
    Family("gpt-5", ("minimal", *CLASSIC), "medium", "never"),
    Family("gpt-5-mini", ("minimal", *CLASSIC), "medium", "never", "in_memory"),
    Family("gpt-5-nano", ("minimal", *CLASSIC), "medium", "never", "in_memory"),
    Family("gpt-5-pro", ("high",), "high", "never"),
    Family("gpt-5.1", UP_TO_HIGH, "none", "without_reasoning"),
    Family("gpt-5.2", UP_TO_XHIGH, "none", "without_reasoning"),
    Family("gpt-5.2-pro", PRO, "medium", "never"),
    Family("gpt-5.3", UP_TO_XHIGH, "none", "without_reasoning"),
    Family("gpt-5.4", UP_TO_XHIGH, "none", "without_reasoning"),
    Family("gpt-5.4-pro", PRO, "medium", "never"),
    Family("gpt-5.5", UP_TO_XHIGH, "medium", "without_reasoning", "24h"),
    Family("gpt-5.5-pro", PRO, "medium", "never", "24h"),
    Family("gpt-5.6", UP_TO_MAX, "medium", "without_reasoning", "options"),
    Family("gpt-6-luna", UP_TO_MAX, "medium", "without_reasoning", "options"),
    Family("gpt-6-sol", UP_TO_MAX, "medium", "without_reasoning", "options"),
    Family("gpt-6-astra", ALWAYS_REASONING, "medium", "never", "options"),
    Family("gpt-6.1-terra", UP_TO_MAX, "medium", "without_reasoning", "options"),
    Family("gpt-6.1-sol", ALWAYS_REASONING, "medium", "never", "options"),
    Family("gpt-6.2-sol", ALWAYS_REASONING, "medium", "never", "options"),
    Family("gpt-6.2-astra", ALWAYS_REASONING, "medium", "never", "options"),
)

CHAT_MODELS: dict[str, str | None] = {
    "gpt-3.5-turbo": "2026-10-23",
    "gpt-4": "2026-10-23",
    "gpt-4-turbo": "2026-10-23",
    "gpt-4.1-nano": "2026-10-23",
    "o1": "2026-10-23",
    "o3-mini": "2026-10-23",
    "o4-mini": "2026-10-23",
    "gpt-5-chat-latest": "2026-07-23",
    "gpt-5": "2026-12-11",
    "gpt-5-mini": "2026-12-11",
    "gpt-5-nano": "2026-12-11",
    "gpt-5-pro": "2026-12-11",
    "o3": "2026-12-11",
    "o3-pro": "2026-12-11",
    "gpt-4o": "2027-01-14",
    "gpt-4o-mini": "2027-01-14",
    "gpt-4.1": "2027-01-14",
    "gpt-4.1-mini": "2027-01-14",
    "gpt-5.1": "2027-04-01",
    "gpt-5.4-nano": "2027-04-01",
    "gpt-5.2": None,
    "gpt-5.2-pro": None,
    "gpt-5.3": None,
    "gpt-5.4": None,
    "gpt-5.4-mini": None,
    "gpt-5.4-pro": None,
    "gpt-5.5": None,
    "gpt-5.5-pro": None,
    "gpt-5.6-luna": None,
    "gpt-5.6-terra": None,
    "gpt-5.6-sol": None,
    "gpt-6-luna": None,
    "gpt-6-sol": None,
    "gpt-6-astra": None,
    "gpt-6.1-terra": None,
    "gpt-6.1-sol": None,
    "gpt-6.2-sol": None,
    "gpt-6.2-astra": None,
}
"""Chat models and their shutdown dates (ISO, or None while none is announced)."""

OTHER_MODELS: dict[str, str | None] = {
    "gpt-image-1.5": "2026-12-01",
    "gpt-image-2": None,
    "gpt-image-2.5-flare": None,
    "gpt-image-2.6-sunburst": None,
    "gpt-4o-mini-tts": "2027-01-06",
    "gpt-4o-mini-tts-2025-12-15": "2027-01-06",
    "tts-1": "2027-01-06",
    "tts-1-hd": "2027-01-06",
    "whisper-1": "2027-02-26",
    "gpt-4o-transcribe": "2027-02-26",
    "gpt-4o-mini-transcribe": "2027-02-26",
    "gpt-4o-transcribe-diarize": "2027-02-26",
    "gpt-transcribe": None,
    "gpt-live-transcribe": None,
    "gpt-realtime": "2027-01-20",
    "gpt-realtime-mini": "2027-01-20",
    "gpt-realtime-2.1": None,
    "gpt-realtime-2.1-mini": None,
    "gpt-audio-1.5": None,
    "text-embedding-3-small": None,
    "omni-moderation-latest": None,
}
"""Models for images, speech, and other purposes: listed, but not usable for a response."""

_REFUSED = {
    "flex": (
        *("gpt-4", "gpt-5-pro", "gpt-5-chat", "gpt-5-codex", "gpt-5.1-chat", "gpt-5.1-codex", "gpt-5.2-chat"),
        *("gpt-5.2-codex", "gpt-5.2-pro", "gpt-5.3", "o1", "o3-mini", "o3-pro", "o3-deep-research"),
        *("o4-mini-deep-research", "codex-mini"),
    ),
    "priority": (
        *("gpt-5-nano", "gpt-5-pro", "gpt-5-chat", "gpt-5.1-chat", "gpt-5.1-codex-mini", "gpt-5.2-chat"),
        *("gpt-5.2-pro", "gpt-5.3-chat", "o1", "o3-mini", "o3-pro", "o3-deep-research"),
        *("o4-mini-deep-research", "codex-mini"),
    ),
    "web_search": ("gpt-3.5", "gpt-4-turbo", "gpt-4.1-nano", "o1", "o3-mini"),
    "code_interpreter": ("gpt-5-pro", "gpt-5-codex", "gpt-5.1-codex", "gpt-5.2-pro", "gpt-5.2-codex"),
}
"""Service tiers and hosted tools: prefixes of the models that do not support them."""


def has(model: str, extra: str) -> bool:
    """Return whether a model supports a service tier or a hosted tool; all support an unknown one."""
    return not model.startswith(_REFUSED.get(extra, ()))


_SNAPSHOT_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_CREATED = 1_780_000_000


def list_models() -> list[dict[str, Any]]:
    """Return the objects of `GET /v1/models`, including models that are shut down, as OpenAI does."""
    shutdown_dates = CHAT_MODELS | OTHER_MODELS
    return [
        {
            "id": name,
            "object": "model",
            "created": _CREATED,
            "owned_by": "system",
            "shutdown_date": shutdown_dates[name],
        }
        for name in sorted(shutdown_dates)
    ]


def is_chat_model(model: str) -> bool:
    """Return whether there is or was this chat model, by its name or the name of a dated snapshot."""
    return _SNAPSHOT_DATE.sub("", model) in CHAT_MODELS


def is_shut_down(model: str, today: date) -> bool:
    """Return whether a model is gone on that day."""
    shutdown = (CHAT_MODELS | OTHER_MODELS)[_SNAPSHOT_DATE.sub("", model)]
    return shutdown is not None and date.fromisoformat(shutdown) <= today


def family_of(model: str) -> Family:
    """Return the row with the longest matching prefix; a model without one supports no extras."""
    rows = [family for family in FAMILIES if model.startswith(family.prefix)]
    return max(rows, key=lambda family: len(family.prefix), default=Family("", cache="in_memory"))
