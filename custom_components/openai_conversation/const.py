"""The words this integration uses: its domain, its logger, the keys it stores."""

from enum import StrEnum
import logging
from typing import Final

DOMAIN: Final = "openai_conversation"
LOGGER: Final = logging.getLogger(__package__)

# Stored in an entry's data, beside `api_key`.
CONF_BASE_URL: Final = "base_url"
CONF_SERVER: Final = "server"

# Stored in an agent's options, beside `prompt` and `llm_hass_api`: the names that Home Assistant's
# own integration uses, so that what people have stored keeps its meaning.
CONF_RECOMMENDED: Final = "recommended"
CONF_CHAT_MODEL: Final = "chat_model"
CONF_MAX_TOKENS: Final = "max_tokens"
CONF_TEMPERATURE: Final = "temperature"
CONF_TOP_P: Final = "top_p"
CONF_REASONING_EFFORT: Final = "reasoning_effort"
CONF_VERBOSITY: Final = "verbosity"
CONF_SERVICE_TIER: Final = "service_tier"
CONF_KEEP_PICTURES: Final = "keep_pictures"


class Server(StrEnum):
    """Who answers at the entry's address."""

    OPENAI = "openai"
    """OpenAI itself, also behind a proxy, a regional host or Azure: takes every parameter."""

    COMPATIBLE = "compatible"
    """A server that speaks the core of the Responses API: takes the minimal request only."""
