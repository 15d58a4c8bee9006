"""What of an agent's stored options goes with another model."""

from typing import Any

import pytest

from custom_components.openai_conversation.options.model_change import without_unsupported

EVERYTHING = {
    "prompt": "You are Mario.",
    "llm_hass_api": ["assist"],
    "recommended": False,
    "chat_model": "gpt-4o",
    "max_tokens": 500,
    "temperature": 0.5,
    "top_p": 0.9,
    "web_search": True,
    "search_context_size": "high",
    "user_location": True,
    "city": "Bologna",
    "inline_citations": True,
    "code_interpreter": True,
    "service_tier": "priority",
    "store_responses": True,
    "image_model": "gpt-image-2",
    "keep_pictures": 7,
}


# stored, model, what had to change
CASES: list[tuple[str, dict[str, Any], str, tuple[str, ...]]] = [
    ("all of it goes with a model of its kind", EVERYTHING, "gpt-4.1", ()),
    ("voice does without reasoning, so it samples", EVERYTHING, "gpt-6-luna", ()),
    (
        "no sampling while it reasons",
        {**EVERYTHING, "reasoning_effort": "low"},
        "gpt-6-luna",
        ("temperature", "top_p"),
    ),
    ("never any sampling", {"temperature": 1.0, "top_p": 1.0}, "gpt-6.1-sol", ("temperature", "top_p")),
    ("a temperature of zero is one", {"temperature": 0}, "gpt-6.1-sol", ("temperature",)),
    ("an effort there is", {"reasoning_effort": "max"}, "gpt-6-luna", ()),
    ("an effort there is not", {"reasoning_effort": "minimal"}, "gpt-6-luna", ("reasoning_effort",)),
    ("no effort at all", {"reasoning_effort": "low"}, "gpt-4o", ("reasoning_effort",)),
    ("a summary there is not", {"reasoning_summary": "concise"}, "o3", ("reasoning_summary",)),
    ("no summary is no choice", {"reasoning_summary": "off"}, "gpt-4o", ()),
    ("pro mode", {"pro_mode": True}, "gpt-5.5", ("pro_mode",)),
    ("pro mode, off", {"pro_mode": False}, "gpt-5.5", ()),
    ("verbosity", {"verbosity": "medium"}, "gpt-4o", ("verbosity",)),
    ("verbosity that is taken", {"verbosity": "medium"}, "gpt-6-luna", ()),
    ("a service tier there is not", {"service_tier": "flex"}, "gpt-4o", ("service_tier",)),
    ("a service tier there is", {"service_tier": "flex"}, "gpt-6-luna", ()),
    ("nothing was chosen", {"chat_model": "", "max_tokens": 0, "temperature": None}, "gpt-6.1-sol", ()),
    ("a code interpreter", {"code_interpreter": True}, "gpt-5-pro", ("code_interpreter",)),
    (
        "little reasoning runs no tools of OpenAI's",
        {"reasoning_effort": "minimal", "web_search": True, "code_interpreter": True},
        "gpt-5",
        ("web_search", "code_interpreter"),
    ),
]


@pytest.mark.parametrize(
    ("stored", "model", "changed"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_what_the_model_does_not_take_is_gone_and_named(
    stored: dict[str, Any], model: str, changed: tuple[str, ...]
) -> None:
    values, names = without_unsupported(stored, model)

    assert names == changed
    assert values == {name: value for name, value in stored.items() if name not in changed}


def test_the_details_of_a_web_search_go_with_it() -> None:
    values, names = without_unsupported(EVERYTHING, "gpt-3.5-turbo")

    assert names == ("web_search",)
    assert set(EVERYTHING) - set(values) == {
        "web_search",
        "search_context_size",
        "user_location",
        "city",
        "inline_citations",
    }


def test_too_many_tokens_are_lowered() -> None:
    assert without_unsupported({"max_tokens": 100_000}, "gpt-4o") == ({"max_tokens": 16_384}, ("max_tokens",))


def test_a_task_reasons_where_nothing_was_chosen() -> None:
    # so the same options sample with an agent that is spoken to, and do not with one that is not
    assert without_unsupported({"temperature": 0.5}, "gpt-6-luna", is_spoken_to=True)[1] == ()
    assert without_unsupported({"temperature": 0.5}, "gpt-6-luna", is_spoken_to=False)[1] == ("temperature",)


def test_what_was_stored_under_recommended_settings_is_looked_at_as_well() -> None:
    assert without_unsupported({"recommended": True, "verbosity": "high"}, "gpt-4o") == (
        {"recommended": True},
        ("verbosity",),
    )


def test_a_model_that_has_ended_is_itself() -> None:
    # not its successor, which takes an effort
    assert without_unsupported({"reasoning_effort": "low"}, "gpt-3.5-turbo")[1] == ("reasoning_effort",)
