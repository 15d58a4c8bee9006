"""The body of a request, for every family of models, and whether OpenAI would take it."""

from datetime import date
from typing import Any

import pytest

from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.openai_api.catalog import Catalog, Models
from custom_components.openai_conversation.options.chat import ChatOptions
from custom_components.openai_conversation.responses.request import (
    Body,
    Identity,
    Omissions,
    build_request,
)
from custom_components.openai_conversation.responses.tools import ToolSet
from tests.stand_in.validation import validate_response_request

WHILE_ALL_LIVED = date(2026, 1, 1)
PERSON = Identity(agent_id="agent-1", user_id="user-1")
QUESTION = {"type": "message", "role": "user", "content": "Hi"}
TOOL = {
    "type": "function",
    "name": "HassTurnOn",
    "description": "Turns on.",
    "parameters": {"type": "object", "properties": {}},
    "strict": False,
}
TOOLS = ToolSet((TOOL,), {"HassTurnOn": "HassTurnOn"})

MINIMAL = {"instructions": "Be brief.", "input": [QUESTION], "max_output_tokens": 3000, "stream": True}
FULL = {
    **MINIMAL,
    "store": False,
    "prompt_cache_key": "agent-1",
    "safety_identifier": PERSON.safety_identifier,
    "stream_options": {"include_obfuscation": False},
}
THOUGHTS = {"include": ["reasoning.encrypted_content"]}
BRIEF = {"text": {"verbosity": "low"}}
SAMPLING = {"temperature": 0.5, "top_p": 0.9}
CACHE = {"prompt_cache_retention": "24h"}


def effort(name: str) -> dict[str, Any]:
    return {"reasoning": {"effort": name}, **THOUGHTS}


def body_for(
    stored: dict[str, Any],
    *,
    server: Server = Server.OPENAI,
    tools: ToolSet | None = None,
    tools_allowed: bool = True,
    omissions: Omissions | None = None,
) -> Body:
    """Return the body for stored options."""
    return build_request(
        server=server,
        settings=ChatOptions.from_stored(stored).settings(Models(server, Catalog(), WHILE_ALL_LIVED)),
        identity=PERSON,
        instructions="Be brief.",
        items=[QUESTION],
        tools=tools or ToolSet(),
        tools_allowed=tools_allowed,
        omissions=omissions or Omissions(),
    )


# model, what the request says of it: with nothing chosen, and with these chosen
HIGH = {"temperature": 0.5, "top_p": 0.9, "reasoning_effort": "high", "verbosity": "low"}
FAMILIES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("gpt-4o", {}, SAMPLING),
    ("gpt-4o-mini", {}, SAMPLING),
    ("gpt-4.1", CACHE, SAMPLING | CACHE),
    ("gpt-4.1-mini", {}, SAMPLING),
    ("o3", effort("low"), effort("high")),
    ("gpt-5", effort("low") | BRIEF | CACHE, effort("high") | BRIEF | CACHE),
    ("gpt-5-mini", effort("low") | BRIEF, effort("high") | BRIEF),
    ("gpt-5-nano", effort("low") | BRIEF, effort("high") | BRIEF),
    ("gpt-5-pro", THOUGHTS | BRIEF | CACHE, effort("high") | BRIEF | CACHE),
    ("gpt-5.1", effort("none") | BRIEF | CACHE, effort("high") | BRIEF | CACHE),
    ("gpt-5.2", effort("none") | BRIEF | CACHE, effort("high") | BRIEF | CACHE),
    ("gpt-5.2-pro", THOUGHTS | BRIEF | CACHE, effort("high") | BRIEF | CACHE),
    ("gpt-5.4", effort("none") | BRIEF | CACHE, effort("high") | BRIEF | CACHE),
    ("gpt-5.4-pro", THOUGHTS | BRIEF | CACHE, effort("high") | BRIEF | CACHE),
    ("gpt-5.5", effort("none") | BRIEF | CACHE, effort("high") | BRIEF | CACHE),
    ("gpt-5.5-pro", THOUGHTS | BRIEF | CACHE, effort("high") | BRIEF | CACHE),
    ("gpt-5.6-luna", effort("none") | BRIEF, effort("high") | BRIEF),
    ("gpt-6-luna", effort("none") | BRIEF, effort("high") | BRIEF),
    ("gpt-6-sol", effort("low") | BRIEF, effort("high") | BRIEF),
    ("gpt-6-astra", effort("low") | BRIEF, effort("high") | BRIEF),
    ("gpt-6.1-terra", effort("none") | BRIEF, effort("high") | BRIEF),
    ("gpt-6.1-sol", effort("low") | BRIEF, effort("high") | BRIEF),
    ("gpt-6.2-sol", effort("low") | BRIEF, effort("high") | BRIEF),
    ("gpt-6.2-astra", effort("low") | BRIEF, effort("high") | BRIEF),
]


@pytest.mark.parametrize(("model", "quiet", "chosen"), FAMILIES, ids=[row[0] for row in FAMILIES])
def test_what_is_said_of_a_model(model: str, quiet: dict[str, Any], chosen: dict[str, Any]) -> None:
    with_defaults = body_for({"chat_model": model})
    with_choices = body_for({"chat_model": model, **HIGH})

    assert with_defaults == {"model": model, **FULL, **quiet}
    assert with_choices == {"model": model, **FULL, **chosen}
    for body in (with_defaults, with_choices):
        validate_response_request(body, today=WHILE_ALL_LIVED)


@pytest.mark.parametrize("model", ["gpt-5.1", "gpt-5.4", "gpt-5.6-luna", "gpt-6-luna", "gpt-6.1-terra"])
def test_temperature_goes_with_no_reasoning(model: str) -> None:
    body = body_for({"chat_model": model, **HIGH, "reasoning_effort": "none"})

    assert body.items() >= SAMPLING.items()
    validate_response_request(body, today=WHILE_ALL_LIVED)


def test_an_unknown_model_gets_only_what_the_user_chose() -> None:
    body = body_for({"chat_model": "a-model-of-2030", "temperature": 0.5})

    assert body == {"model": "a-model-of-2030", **FULL, "temperature": 0.5}


@pytest.mark.parametrize(
    ("allowed", "choice"), [(True, {}), (False, {"tool_choice": "none"})], ids=["allowed", "words only"]
)
def test_tools_stay_in_the_request_for_the_caches_sake(allowed: bool, choice: dict[str, str]) -> None:
    body = body_for({"chat_model": "gpt-6-luna"}, tools=TOOLS, tools_allowed=allowed)

    assert body == {
        "model": "gpt-6-luna",
        **FULL,
        **effort("none"),
        **BRIEF,
        "tools": [TOOL],
        **choice,
    }
    validate_response_request(body)


def test_the_tier_goes_to_openai_only() -> None:
    stored = {"chat_model": "gpt-6-luna", "service_tier": "priority"}

    assert body_for(stored) == {
        "model": "gpt-6-luna",
        **FULL,
        **effort("none"),
        **BRIEF,
        "service_tier": "priority",
    }
    assert "service_tier" not in body_for(stored, server=Server.COMPATIBLE)
    validate_response_request(body_for(stored))


def test_a_request_without_tools_does_not_mention_them() -> None:
    body = body_for({"chat_model": "gpt-6-luna"}, tools_allowed=False)

    assert "tools" not in body
    assert "tool_choice" not in body


def test_a_compatible_server_gets_the_minimal_request() -> None:
    body = body_for({"chat_model": "llama3.2"}, server=Server.COMPATIBLE, tools=TOOLS)

    assert body == {"model": "llama3.2", **MINIMAL, "tools": [TOOL]}


def test_a_compatible_server_gets_what_the_user_chose() -> None:
    body = body_for({"chat_model": "gpt-oss:20b", **HIGH}, server=Server.COMPATIBLE)

    assert body == {
        "model": "gpt-oss:20b",
        **MINIMAL,
        **SAMPLING,
        "reasoning": {"effort": "high"},
    }


def test_a_compatible_server_gets_no_tools_that_it_must_not_call() -> None:
    body = body_for({"chat_model": "llama3.2"}, server=Server.COMPATIBLE, tools=TOOLS, tools_allowed=False)

    assert body == {"model": "llama3.2", **MINIMAL}


LUNA = {"model": "gpt-6-luna", **FULL, **effort("none"), **BRIEF}


@pytest.mark.parametrize(
    ("refused", "left"),
    [
        pytest.param({"safety_identifier"}, {"safety_identifier"}, id="a parameter"),
        pytest.param({"include", "prompt_cache_key"}, {"include", "prompt_cache_key"}, id="two"),
        pytest.param({"reasoning.effort"}, {"reasoning"}, id="the only part of one"),
        pytest.param({"text.verbosity"}, {"text"}, id="verbosity"),
        pytest.param({"reasoning"}, {"reasoning"}, id="the whole of one"),
        pytest.param({"stream_options.include_obfuscation"}, {"stream_options"}, id="padding"),
        pytest.param({"service_tier", "reasoning.summary", "metadata.x"}, set(), id="what was not sent"),
        pytest.param({"store.x"}, set(), id="a part of what has none"),
    ],
)
def test_what_was_refused_is_left_out(refused: set[str], left: set[str]) -> None:
    body = body_for({"chat_model": "gpt-6-luna"}, omissions=Omissions(params=frozenset(refused)))

    assert body == {key: value for key, value in LUNA.items() if key not in left}
    validate_response_request(body)


def test_the_other_part_of_a_parameter_stays() -> None:
    omissions = Omissions(params=frozenset({"reasoning.summary"}))

    assert body_for({"chat_model": "gpt-6-luna"}, omissions=omissions)["reasoning"] == {"effort": "none"}


def test_nothing_is_left_out_before_it_is_refused() -> None:
    assert Omissions() == Omissions(params=frozenset(), native_items=False, history=False)


def test_one_more_omission() -> None:
    omissions = Omissions(params=frozenset({"top_p"}), history=True)

    assert omissions.without("temperature") == Omissions(
        params=frozenset({"top_p", "temperature"}), history=True
    )
    assert omissions.params == {"top_p"}


def test_omissions_do_not_change_shared_parts() -> None:
    tools = ToolSet((dict(TOOL),), {})

    body = body_for({}, tools=tools, omissions=Omissions(params=frozenset({"tools"})))

    assert "tools" not in body
    assert tools.params == (TOOL,)


def test_the_same_question_gives_the_same_request() -> None:
    stored = {"chat_model": "gpt-6-luna", **SAMPLING}

    assert list(body_for(stored, tools=TOOLS).items()) == list(body_for(stored, tools=TOOLS).items())


def test_the_user_is_identified_by_a_hash_that_stays_the_same() -> None:
    same = Identity(agent_id="agent-1", user_id="user-1")
    others = [
        Identity(agent_id="agent-1", user_id="user-2"),
        Identity(agent_id="agent-1", user_id=None),
        Identity(agent_id="agent-2", user_id="user-1"),
    ]

    assert PERSON.safety_identifier == same.safety_identifier
    assert len(PERSON.safety_identifier) == 64
    assert "user-1" not in PERSON.safety_identifier
    assert PERSON.safety_identifier not in {other.safety_identifier for other in others}
