"""The fields of an agent's form that its model decides about. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from homeassistant.helpers.selector import CountrySelector, Selector, TextSelector

from ..const import (
    CONF_CHAT_MODEL,
    CONF_CITY,
    CONF_CODE_INTERPRETER,
    CONF_COUNTRY,
    CONF_INLINE_CITATIONS,
    CONF_PRO_MODE,
    CONF_REASONING_EFFORT,
    CONF_REASONING_SUMMARY,
    CONF_RECOMMENDED,
    CONF_REGION,
    CONF_SEARCH_CONTEXT_SIZE,
    CONF_SERVICE_TIER,
    CONF_STORE_RESPONSES,
    CONF_TEMPERATURE,
    CONF_TIMEZONE,
    CONF_TOP_P,
    CONF_USER_LOCATION,
    CONF_VERBOSITY,
    CONF_WEB_SEARCH,
)
from ..openai_api.capabilities import (
    EFFORTS,
    SEARCH_CONTEXT_SIZES,
    UNKNOWN,
    VERBOSITIES,
    ModelCapabilities,
    Sampling,
    takes_hosted_tools,
)
from ..openai_api.models import capabilities_of
from ..options.chat import NO_SUMMARY
from .fields import Condition, Field, Fields, choice, model_field, number, switch

CUSTOM: Final = Condition(CONF_RECOMMENDED, "eq", False)
"""The user chooses the model and its settings."""

# the field is hidden for a model without efforts, so its value is then None, which is not one of these
_NO_REASONING: Final = Condition(
    CONF_REASONING_EFFORT, "not_in", tuple(effort for effort in EFFORTS if effort != "none")
)
_HOSTED_TOOLS: Final = Condition(
    CONF_REASONING_EFFORT, "not_in", tuple(effort for effort in EFFORTS if not takes_hosted_tools(effort))
)
SEARCH_DETAILS: Final = (
    *(CONF_SEARCH_CONTEXT_SIZE, CONF_INLINE_CITATIONS, CONF_USER_LOCATION),
    *(CONF_CITY, CONF_REGION, CONF_COUNTRY, CONF_TIMEZONE),
)
"""What stays stored while web search, or the location, is off. Nothing of it is sent then."""

_SEARCH: Final = Condition(CONF_WEB_SEARCH, "eq", True)
_LOCATION: Final = Condition(CONF_USER_LOCATION, "eq", True)

type _Build = Callable[[ModelCapabilities], Field | None]
"""Returns the field for a model; None: the model does not support the option."""


def offered_efforts(supported: ModelCapabilities) -> tuple[str, ...]:
    """Return the efforts to choose from: all of them for an unknown model."""
    return supported.efforts if supported.is_known else EFFORTS


def fields_at_openai(model: str, others: Sequence[str]) -> Fields:
    """Return the fields for a model of OpenAI's, and those that only other models of the form have."""
    fields: dict[str, Field | None] = {
        **{name: _field(build, model, others) for name, build in _AT_OPENAI.items()},
        **_search_fields(model, others),
        CONF_CODE_INTERPRETER: _field(_code_interpreter, model, others),
    }
    return {name: field for name, field in fields.items() if field}


def fields_at_compatible_server() -> Fields:
    """Return the fields at a server whose models are not in the table."""
    fields = {name: build(UNKNOWN) for name, build in _AT_EVERY_SERVER.items()}
    return {name: field for name, field in fields.items() if field}


def _search_fields(model: str, others: Sequence[str]) -> Fields:
    """Return the fields of web searches, which recommended settings do not hide."""
    without = tuple(each for each in (model, *others) if not capabilities_of(each).web_search)
    can_search = Condition(CONF_CHAT_MODEL, "not_in", without)
    return {
        CONF_WEB_SEARCH: Field(switch(), (can_search, _HOSTED_TOOLS)),
        CONF_SEARCH_CONTEXT_SIZE: Field(choice(SEARCH_CONTEXT_SIZES, CONF_SEARCH_CONTEXT_SIZE), (_SEARCH,)),
        CONF_INLINE_CITATIONS: Field(switch(), (_SEARCH,)),
        CONF_USER_LOCATION: Field(switch(), (_SEARCH,)),
        CONF_CITY: _place(TextSelector()),
        CONF_REGION: _place(TextSelector()),
        CONF_COUNTRY: _place(CountrySelector()),
        CONF_TIMEZONE: _place(TextSelector()),
    }


def _field(build: _Build, model: str, others: Sequence[str]) -> Field | None:
    return model_field(lambda each: build(capabilities_of(each)), model, others)


def _place(selector: Selector[Any]) -> Field:
    return Field(selector, (_SEARCH, _LOCATION))


def _effort(supported: ModelCapabilities) -> Field | None:
    efforts = offered_efforts(supported)
    return Field(choice(efforts, CONF_REASONING_EFFORT), (CUSTOM,)) if efforts else None


def _sampling(supported: ModelCapabilities) -> Field | None:
    if not supported.is_known:
        return Field(number(step=0.05), (CUSTOM,))
    return None if supported.sampling is Sampling.NEVER else Field(number(step=0.05), (CUSTOM, _NO_REASONING))


def _summary(supported: ModelCapabilities) -> Field | None:
    if not supported.summaries:
        return None
    return Field(choice((NO_SUMMARY, *supported.summaries), CONF_REASONING_SUMMARY), (CUSTOM,))


def _pro_mode(supported: ModelCapabilities) -> Field | None:
    return Field(switch(), (CUSTOM,)) if supported.pro_mode else None


def _verbosity(supported: ModelCapabilities) -> Field | None:
    return Field(choice(VERBOSITIES, CONF_VERBOSITY), (CUSTOM,)) if supported.verbosity else None


def _service_tier(supported: ModelCapabilities) -> Field | None:
    return Field(choice(supported.service_tiers, CONF_SERVICE_TIER), (CUSTOM,))


def _store_responses(_supported: ModelCapabilities) -> Field | None:
    return Field(switch(), (CUSTOM,))


def _code_interpreter(supported: ModelCapabilities) -> Field | None:
    return Field(switch(), (CUSTOM, _HOSTED_TOOLS)) if supported.code_interpreter else None


_AT_EVERY_SERVER: Final[Mapping[str, _Build]] = {
    CONF_REASONING_EFFORT: _effort,
    CONF_TEMPERATURE: _sampling,
    CONF_TOP_P: _sampling,
}
_AT_OPENAI: Final[Mapping[str, _Build]] = {
    **_AT_EVERY_SERVER,
    CONF_REASONING_SUMMARY: _summary,
    CONF_PRO_MODE: _pro_mode,
    CONF_VERBOSITY: _verbosity,
    CONF_SERVICE_TIER: _service_tier,
    CONF_STORE_RESPONSES: _store_responses,
}
