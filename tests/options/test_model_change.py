"""What changes in stored options when an agent gets another model."""

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
    ("a model of the same kind supports everything", EVERYTHING, "gpt-4.1", ()),
    ("a conversation does not reason by default, so it samples", EVERYTHING, "gpt-6-luna", ()),
    (
        "no sampling while it reasons",
        {**EVERYTHING, "reasoning_effort": "low"},
        "gpt-6-luna",
        ("temperature", "top_p"),
    ),
    ("no sampling at all", {"temperature": 1.0, "top_p": 1.0}, "gpt-6.1-sol", ("temperature", "top_p")),
    ("zero is a temperature", {"temperature": 0}, "gpt-6.1-sol", ("temperature",)),
    ("a supported effort", {"reasoning_effort": "max"}, "gpt-6-luna", ()),
    ("an unsupported effort", {"reasoning_effort": "minimal"}, "gpt-6-luna", ("reasoning_effort",)),
    ("no effort at all", {"reasoning_effort": "low"}, "gpt-4o", ("reasoning_effort",)),
    ("an unsupported summary", {"reasoning_summary": "concise"}, "o3", ("reasoning_summary",)),
    ("no summary is not a choice", {"reasoning_summary": "off"}, "gpt-4o", ()),
    ("pro mode", {"pro_mode": True}, "gpt-5.5", ("pro_mode",)),
    ("pro mode, off", {"pro_mode": False}, "gpt-5.5", ()),
    ("verbosity", {"verbosity": "medium"}, "gpt-4o", ("verbosity",)),
    ("verbosity that is supported", {"verbosity": "medium"}, "gpt-6-luna", ()),
    ("an unsupported service tier", {"service_tier": "flex"}, "gpt-4o", ("service_tier",)),
    ("a supported service tier", {"service_tier": "flex"}, "gpt-6-luna", ()),
    ("nothing was chosen", {"chat_model": "", "max_tokens": 0, "temperature": None}, "gpt-6.1-sol", ()),
    ("a code interpreter", {"code_interpreter": True}, "gpt-5-pro", ("code_interpreter",)),
    (
        "minimal reasoning runs no hosted tools",
        {"reasoning_effort": "minimal", "web_search": True, "code_interpreter": True},
        "gpt-5",
        ("web_search", "code_interpreter"),
    ),
]


@pytest.mark.parametrize(
    ("stored", "model", "changed"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_what_the_model_does_not_support_is_dropped_and_named(
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


def test_options_stored_beside_recommended_settings_change_too() -> None:
    assert without_unsupported({"recommended": True, "verbosity": "high"}, "gpt-4o") == (
        {"recommended": True},
        ("verbosity",),
    )


def test_a_retired_model_is_not_replaced_here() -> None:
    # not its successor, which takes an effort
    assert without_unsupported({"reasoning_effort": "low"}, "gpt-3.5-turbo")[1] == ("reasoning_effort",)
