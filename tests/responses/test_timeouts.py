"""How long a turn waits, by who answers and how much the model reasons."""

from datetime import date

import pytest

from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.openai_api.catalog import Catalog, Models
from custom_components.openai_conversation.options.chat import ChatOptions, ModelSettings
from custom_components.openai_conversation.responses.timeouts import (
    ANSWER_RESERVE,
    DEEP_REASONING,
    MIN_ACTION,
    MIN_SILENCE,
    REASONING,
    RESERVE,
    SELF_HOSTED,
    VOICE,
    Timeouts,
    timeouts_for,
)


def settings(server: Server, **stored: object) -> ModelSettings:
    return ChatOptions.from_stored(stored).settings(Models(server, Catalog(), date(2026, 11, 22)))


@pytest.mark.parametrize(
    ("server", "stored", "expected"),
    [
        (Server.OPENAI, {"chat_model": "gpt-6-luna"}, VOICE),
        (Server.OPENAI, {"chat_model": "gpt-4o"}, VOICE),
        (Server.OPENAI, {"chat_model": "gpt-6-luna", "reasoning_effort": "low"}, REASONING),
        (Server.OPENAI, {"chat_model": "gpt-5.5-pro"}, DEEP_REASONING),
        (Server.OPENAI, {"chat_model": "gpt-6-luna", "reasoning_effort": "high"}, DEEP_REASONING),
        (Server.OPENAI, {"chat_model": "gpt-6-luna", "service_tier": "flex"}, DEEP_REASONING),
        (Server.COMPATIBLE, {"chat_model": "llama"}, SELF_HOSTED),
    ],
    ids=[
        "voice",
        "without reasoning",
        "a little reasoning",
        "always reasons",
        "a lot of reasoning",
        "flex",
        "self-hosted",
    ],
)
def test_how_long_to_wait(server: Server, stored: dict[str, object], expected: Timeouts) -> None:
    assert timeouts_for(server, settings(server, **stored)) == expected


@pytest.mark.parametrize(
    ("time_left", "silence"),
    [(90, 12), (12 + RESERVE, 12), (20, 20 - RESERVE), (RESERVE, MIN_SILENCE), (0, MIN_SILENCE)],
)
def test_a_silent_server_leaves_time_to_report_it(time_left: float, silence: float) -> None:
    assert VOICE.silence_within(time_left) == silence


@pytest.mark.parametrize(
    ("time_left", "seconds"),
    [
        (200, 60),
        (60 + ANSWER_RESERVE, 60),
        (50, 50 - ANSWER_RESERVE),
        (ANSWER_RESERVE, MIN_ACTION),
        (0, MIN_ACTION),
    ],
)
def test_a_slow_action_leaves_time_to_say_so(time_left: float, seconds: float) -> None:
    assert VOICE.action_within(time_left) == seconds
