"""What changes in an agent's stored options when it gets another model."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from ..const import (
    CONF_CHAT_MODEL,
    CONF_INLINE_CITATIONS,
    CONF_MAX_TOKENS,
    CONF_RECOMMENDED,
    CONF_SEARCH_CONTEXT_SIZE,
    CONF_USER_LOCATION,
    CONF_WEB_SEARCH,
    LOCATION_KEYS,
)
from .chat import ChatOptions, ModelOptions

_OF_WEB_SEARCH: Final = (CONF_SEARCH_CONTEXT_SIZE, CONF_USER_LOCATION, CONF_INLINE_CITATIONS, *LOCATION_KEYS)


def without_unsupported(
    values: Mapping[str, Any], model: str, *, is_spoken_to: bool = True
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return stored options without what a model does not support, and the names of what had to change.

    What had to change is dropped, except `max_tokens`, which is lowered to the model's limit. The
    details of a web search go with it and are not named. `chat_model` stays as it is.
    """
    options = ChatOptions.from_stored(
        {**values, CONF_RECOMMENDED: False, CONF_CHAT_MODEL: model}, is_spoken_to=is_spoken_to
    )
    supported = options.settings_for(model)
    changed = tuple(
        option.name
        for option in fields(ModelOptions)
        if (chosen := getattr(options, option.name)) is not None and chosen != getattr(supported, option.name)
    )
    dropped = {*changed, *(_OF_WEB_SEARCH if CONF_WEB_SEARCH in changed else ())}
    kept = {name: value for name, value in values.items() if name not in dropped}
    if CONF_MAX_TOKENS in changed:
        kept[CONF_MAX_TOKENS] = supported.max_tokens
    return kept, changed
