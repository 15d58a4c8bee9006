"""The domain, the logger, the keys that are stored, and the kinds of subentries, work, and servers."""

from enum import StrEnum
import logging
from typing import Final

DOMAIN: Final = "openai_conversation"
LOGGER: Final = logging.getLogger(__package__)

# Stored in an entry's data, beside `api_key`.
CONF_BASE_URL: Final = "base_url"
CONF_SERVER: Final = "server"

# Stored in an agent's options, beside `prompt` and `llm_hass_api`: the names that Home Assistant's
# own integration uses, so that what people have stored keeps its meaning, there and here.
CONF_RECOMMENDED: Final = "recommended"
CONF_CHAT_MODEL: Final = "chat_model"
CONF_MAX_TOKENS: Final = "max_tokens"
CONF_TEMPERATURE: Final = "temperature"
CONF_TOP_P: Final = "top_p"
CONF_REASONING_EFFORT: Final = "reasoning_effort"
CONF_REASONING_SUMMARY: Final = "reasoning_summary"
CONF_PRO_MODE: Final = "pro_mode"
CONF_VERBOSITY: Final = "verbosity"
CONF_SERVICE_TIER: Final = "service_tier"
CONF_STORE_RESPONSES: Final = "store_responses"
CONF_WEB_SEARCH: Final = "web_search"
CONF_SEARCH_CONTEXT_SIZE: Final = "search_context_size"
CONF_USER_LOCATION: Final = "user_location"
CONF_CITY: Final = "city"
CONF_REGION: Final = "region"
CONF_COUNTRY: Final = "country"
CONF_TIMEZONE: Final = "timezone"
CONF_INLINE_CITATIONS: Final = "inline_citations"
CONF_CODE_INTERPRETER: Final = "code_interpreter"
CONF_IMAGE_MODEL: Final = "image_model"
CONF_TTS_SPEED: Final = "tts_speed"

# Only ours; core ignores unknown keys.
CONF_CUSTOM_SETTINGS: Final = "custom_settings"
"""What the user chose before turning recommended settings on: not in use, and kept for later."""

CONF_KEEP_LISTENING: Final = "keep_listening"
CONF_REMEMBER_TURNS: Final = "remember_turns"
CONF_KEEP_PICTURES: Final = "keep_pictures"
CONF_ON_FAILURE: Final = "on_failure"
CONF_PLAIN_SPEECH: Final = "plain_speech"
CONF_VOICE: Final = "voice"
CONF_MODEL_SWITCH: Final = "model_switch"

# Stored in an account's options, beside those of its own agent. Only ours; core ignores them.
CONF_MONTHLY_BUDGET: Final = "monthly_budget"
CONF_WARN_AT: Final = "warn_at"
CONF_BUDGET_STOPS: Final = "budget_stops"
CONF_PRICES: Final = "prices"

COST_KEYS: Final = (CONF_MONTHLY_BUDGET, CONF_WARN_AT, CONF_BUDGET_STOPS, CONF_PRICES)
LOCATION_KEYS: Final = (CONF_CITY, CONF_REGION, CONF_COUNTRY, CONF_TIMEZONE)


class SubentryType(StrEnum):
    """What an account can be used for, besides the default agent."""

    CONVERSATION = "conversation"
    AI_TASK = "ai_task_data"
    EVALUATION = "ai_task_evaluate"
    STT = "stt"
    TTS = "tts"


class Purpose(StrEnum):
    """The kinds of work that an account does. One can fail while the others work."""

    CONVERSATION = "conversation"
    TASKS = "tasks"
    EVALUATIONS = "evaluations"
    IMAGES = "images"
    STT = "stt"
    TTS = "tts"


class Server(StrEnum):
    """Who answers at the entry's address."""

    OPENAI = "openai"
    """OpenAI itself, also behind a proxy, a regional host, or Azure. It supports every parameter."""

    COMPATIBLE = "compatible"
    """A server with the core of the Responses API. It gets basic requests only."""
