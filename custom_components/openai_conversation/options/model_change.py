"""What of an agent's stored options goes with another model."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from ..const import (
    CONF_CHAT_MODEL,
    CONF_CODE_INTERPRETER,
    CONF_INLINE_CITATIONS,
    CONF_MAX_TOKENS,
    CONF_PRO_MODE,
    CONF_REASONING_EFFORT,
    CONF_REASONING_SUMMARY,
    CONF_RECOMMENDED,
    CONF_SEARCH_CONTEXT_SIZE,
    CONF_SERVICE_TIER,
    CONF_TEMPERATURE,
    CONF_TOP_P,
    CONF_USER_LOCATION,
    CONF_VERBOSITY,
    CONF_WEB_SEARCH,
    LOCATION_KEYS,
    Server,
)
from ..openai_api.catalog import Catalog
from .chat import NO_SUMMARY, ChatOptions

_OF_WEB_SEARCH: Final = (CONF_SEARCH_CONTEXT_SIZE, CONF_USER_LOCATION, CONF_INLINE_CITATIONS, *LOCATION_KEYS)


def without_unsupported(
    values: Mapping[str, Any], model: str, *, is_spoken_to: bool = True
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return stored options without what a model does not take, and the names of what had to change.

    What had to change is gone, except `max_tokens`, which is lowered to the most that the model
    gives. The details of a web search go with it and are not named. `chat_model` stays as it is.
    """
    options = ChatOptions.from_stored(
        {**values, CONF_RECOMMENDED: False, CONF_CHAT_MODEL: model}, is_spoken_to=is_spoken_to
    )
    # the model itself and not what follows it: on this day, none has ended
    sent = options.settings(Server.OPENAI, Catalog(), date.min)
    taken = {
        CONF_MAX_TOKENS: sent.max_tokens if options.max_tokens else values.get(CONF_MAX_TOKENS),
        CONF_REASONING_EFFORT: sent.effort,
        CONF_TEMPERATURE: sent.temperature,
        CONF_TOP_P: sent.top_p,
        CONF_REASONING_SUMMARY: sent.summary,
        CONF_PRO_MODE: sent.pro_mode,
        CONF_VERBOSITY: sent.verbosity,
        CONF_SERVICE_TIER: sent.service_tier,
        CONF_WEB_SEARCH: sent.web_search is not None,
        CONF_CODE_INTERPRETER: sent.code_interpreter,
    }
    changed = tuple(
        name for name, value in taken.items() if _is_chosen(values.get(name)) and values[name] != value
    )
    lost = {*changed, *(_OF_WEB_SEARCH if CONF_WEB_SEARCH in changed else ())}
    kept = {name: value for name, value in values.items() if name not in lost}
    if CONF_MAX_TOKENS in changed:
        kept[CONF_MAX_TOKENS] = sent.max_tokens
    return kept, changed


def _is_chosen(value: Any) -> bool:
    return value is not None and value not in ("", NO_SUMMARY)
