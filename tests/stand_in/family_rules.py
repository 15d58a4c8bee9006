"""Does the model of a request support everything in it?

Facts: OpenAI API reference, "Create a model response", and the model pages; which models lack a service
tier or a hosted tool is in `models.py`.
"""

from typing import Any

from .errors import InvalidRequest, unsupported_parameter, unsupported_value
from .models import Family, family_of, has

_SAMPLING = ("temperature", "top_p", "top_logprobs")
_LOGPROBS = "message.output_text.logprobs"
_TIERS = {"fast": "priority"}
"""Service tiers with a second name."""

_BY_APPROVAL = ("scale", "ultrafast")
_HOSTED = ("web_search", "code_interpreter")


def check_family(body: dict[str, Any]) -> None:
    """Refuse what the model of a request does not support."""
    family = family_of(body["model"])
    _check_reasoning(body.get("reasoning") or {}, family)
    samples = family.sampling == "always" or (
        family.sampling == "without_reasoning" and family.effort_of(body) == "none"
    )
    for param in _SAMPLING:
        if body.get(param) is not None and not samples:
            raise unsupported_parameter(param)
    if _LOGPROBS in (body.get("include") or ()) and not samples:
        raise unsupported_parameter("include")
    if (body.get("text") or {}).get("verbosity") and not family.verbosity:
        raise unsupported_parameter("text.verbosity")
    _check_cache(body, family)
    _check_tier(body)
    _check_tools(body, family.effort_of(body))


def _check_reasoning(reasoning: dict[str, Any], family: Family) -> None:
    for key, value in reasoning.items():
        if value is None:
            continue
        if not family.efforts:
            raise unsupported_parameter(f"reasoning.{key}")
        values = {"effort": family.efforts, "summary": family.summaries, "mode": family.modes}.get(key)
        if values == ():
            raise unsupported_parameter(f"reasoning.{key}")
        if values and value not in values:
            raise unsupported_value(f"reasoning.{key}", value, values)


def _check_cache(body: dict[str, Any], family: Family) -> None:
    if family.cache != "options" and body.get("prompt_cache_options") is not None:
        raise unsupported_parameter("prompt_cache_options")
    retention = body.get("prompt_cache_retention")
    if retention is None:
        return
    if family.cache == "options":
        raise unsupported_parameter("prompt_cache_retention")
    if family.cache not in ("both", retention):
        raise unsupported_value("prompt_cache_retention", retention, (family.cache,))


def _check_tier(body: dict[str, Any]) -> None:
    tier = body.get("service_tier")
    if tier in _BY_APPROVAL:
        message = f"The requested service tier is not allowed for this project: '{tier}'."
        raise InvalidRequest(message, "service_tier", None)
    if tier and not has(body["model"], _TIERS.get(tier, tier)):
        message = f"Service tier '{tier}' is not supported with this model."
        raise InvalidRequest(message, "service_tier", "unsupported_value")


def _check_tools(body: dict[str, Any], effort: str) -> None:
    for tool in body.get("tools") or ():
        name = tool["type"]
        if not has(body["model"], name):
            message = f"Hosted tool '{name}' is not supported with {body['model']}."
            raise InvalidRequest(message, "tools", None)
        if name in _HOSTED and effort == "minimal":
            message = f"The following tools cannot be used with reasoning.effort 'minimal': {name}."
            raise InvalidRequest(message, "tools", None)
