"""Build the body of a request. Source: the parameters of the Responses API, as of 2026-11-22."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
import hashlib
from typing import Any, Final, Self

from ..const import Server
from ..options.chat import ModelSettings
from .json_schema import AnswerFormat
from .tools import ToolSet, hosted_tools

type Body = dict[str, Any]
"""Not the SDK's TypedDict: parameters are left out by the names that servers report."""

NO_CITATIONS: Final = "Do not name or link the sources of a web search in the answer."


@dataclass(frozen=True, slots=True, kw_only=True)
class Omissions:
    """What a request leaves out because the server refused it before."""

    params: frozenset[str] = field(default_factory=frozenset)
    """Dotted names of parameters, as "reasoning.effort", or of tools: "tools.search"."""

    native_items: bool = False
    """Send texts and calls only, not OpenAI's own output items."""

    history: bool = False
    """Send the current turn only."""

    second_format: bool = False
    """Send the format of the answer as `text.format` only: see `_add_format`."""

    def without(self, param: str) -> Self:
        """Return these omissions and one more parameter."""
        return replace(self, params=self.params | {param})


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a request says about who sends it."""

    agent_id: str
    """Unique id of the agent. The requests of one agent begin with the same tokens, so they share a cache."""

    user_id: str | None
    """Home Assistant's id of the person. Only its hash is sent."""

    @property
    def safety_identifier(self) -> str:
        """Return 64 characters that are always the same for a person, and do not identify them."""
        return hashlib.sha256(f"{self.agent_id}:{self.user_id}".encode()).hexdigest()


def build_request(
    *,
    server: Server,
    settings: ModelSettings,
    identity: Identity,
    instructions: str,
    items: Sequence[dict[str, Any]],
    tools: ToolSet,
    tools_allowed: bool,
    omissions: Omissions,
    answer_format: AnswerFormat | None = None,
) -> Body:
    """Return the body for `POST /responses`: what stays the same first, for OpenAI's prompt cache.

    If `tools_allowed` is false, the model has to answer in words.
    """
    body: Body = {
        "model": settings.chat_model,
        "instructions": _instructions(instructions, settings),
        "input": list(items),
        "max_output_tokens": settings.max_tokens,
        "stream": True,
    }
    body |= _chosen_params(settings)
    if server is Server.OPENAI:
        body |= _openai_params(settings, identity)
        if all_tools := [*tools.params, *hosted_tools(settings)]:
            body["tools"] = all_tools
            if not tools_allowed:
                # the tools stay in the request, or its beginning would not be in the cache
                body["tool_choice"] = "none"
    elif tools.params and tools_allowed:
        body["tools"] = list(tools.params)
    if answer_format:
        _add_format(answer_format, body, server, omissions)
    for param in omissions.params:
        _drop(body, param)
    if "tools" not in body:
        body.pop("tool_choice", None)
    return body


def _add_format(answer_format: AnswerFormat, body: Body, server: Server, omissions: Omissions) -> None:
    """Request a format. A self-hosted server gets it in three ways, because servers differ.

    llama.cpp ignores `text.format` and enforces `response_format`, as in Chat Completions. Where a server
    enforces neither, the model may still follow the sentence in its instructions.
    """
    body["text"] = {**body.get("text", {}), "format": answer_format.param}
    if server is Server.COMPATIBLE:
        body["instructions"] = "\n\n".join(filter(None, (body["instructions"], answer_format.sentence)))
        if not omissions.second_format:
            body["response_format"] = answer_format.chat_param


def _instructions(instructions: str, settings: ModelSettings) -> str:
    if settings.web_search and not settings.web_search.citations:
        return f"{instructions}\n{NO_CITATIONS}"
    return instructions


def _chosen_params(settings: ModelSettings) -> Body:
    """Return the parameters that every server supports, if the user chose them."""
    params: Body = {name: getattr(settings, name) for name in ("temperature", "top_p")}
    if settings.reasoning_effort is not None:
        params["reasoning"] = {"effort": settings.reasoning_effort}
    return {name: value for name, value in params.items() if value is not None}


def _reasoning(settings: ModelSettings) -> dict[str, str]:
    params = {
        "effort": settings.reasoning_effort,
        "summary": settings.reasoning_summary,
        "mode": "pro" if settings.pro_mode else None,
    }
    return {name: value for name, value in params.items() if value is not None}


def _openai_params(settings: ModelSettings, identity: Identity) -> Body:
    capabilities = settings.capabilities
    include: list[str] = []
    params: Body = {
        "store": settings.store_responses,
        "prompt_cache_key": identity.agent_id,
        "safety_identifier": identity.safety_identifier,
        # obfuscation hides the lengths of words from eavesdroppers, but doubles the traffic
        "stream_options": {"include_obfuscation": False},
    }
    if reasoning := _reasoning(settings):
        params["reasoning"] = reasoning
    if capabilities.efforts:
        include.append("reasoning.encrypted_content")
    if settings.code_interpreter:
        # replayed calls must include their outputs
        include.append("code_interpreter_call.outputs")
    if include:
        params["include"] = include
    if settings.verbosity is not None:
        params["text"] = {"verbosity": settings.verbosity}
    if settings.service_tier is not None:
        params["service_tier"] = settings.service_tier
    if capabilities.cache_for_a_day:
        params["prompt_cache_retention"] = "24h"
    return params


def _drop(body: Body, param: str) -> None:
    name, _, inner = param.partition(".")
    if not inner:
        body.pop(name, None)
        return
    # copy it without the key, or without the tool: requests share the parts of their bodies
    if isinstance(value := body.get(name), dict):
        body[name] = {key: each for key, each in value.items() if key != inner}
    elif isinstance(value, list):
        body[name] = [each for each in value if each.get("name") != inner]
    if body.get(name) in ({}, []):
        del body[name]
