"""What the user chose, typed, with the defaults, for a model."""

from datetime import date
from typing import Any

import pytest

from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.openai_api.catalog import Catalog, Models
from custom_components.openai_conversation.openai_api.models import capabilities_of
from custom_components.openai_conversation.options.chat import (
    RECOMMENDED_OPTIONS,
    ChatOptions,
    ModelSettings,
    kept_days,
    shown_options,
)
from custom_components.openai_conversation.options.web_search import WebSearch
from homeassistant.helpers import llm

TODAY = date(2026, 11, 22)
LONG_AGO = date(2026, 6, 1)
ASSIST = llm.LLM_API_ASSIST


def settings(
    stored: dict[str, Any],
    *,
    server: Server = Server.OPENAI,
    catalog: Catalog | None = None,
    today: date = TODAY,
) -> ModelSettings:
    return ChatOptions.from_stored(stored).settings(Models(server, catalog or Catalog(), today))


@pytest.mark.parametrize(
    ("stored", "options"),
    [
        pytest.param(
            {},
            ChatOptions(prompt=llm.DEFAULT_INSTRUCTIONS_PROMPT, llm_hass_api=()),
            id="nothing stored",
        ),
        pytest.param(
            {"prompt": "You are Mario.", "llm_hass_api": ASSIST, "recommended": True},
            ChatOptions(prompt="You are Mario.", llm_hass_api=(ASSIST,)),
            id="2024: a single API as text",
        ),
        pytest.param(
            {"prompt": "You are Mario.", "llm_hass_api": [ASSIST, "other"], "recommended": True},
            ChatOptions(prompt="You are Mario.", llm_hass_api=(ASSIST, "other")),
            id="several APIs",
        ),
        pytest.param(
            {"prompt": None, "llm_hass_api": None},
            ChatOptions(prompt=llm.DEFAULT_INSTRUCTIONS_PROMPT, llm_hass_api=()),
            id="stored as nothing",
        ),
        pytest.param(
            {
                "prompt": "Hi.",
                "recommended": True,
                "chat_model": "o3",
                "max_tokens": 20,
                "temperature": 2,
                "top_p": 0.1,
                "reasoning_effort": "high",
                "verbosity": "high",
            },
            ChatOptions(prompt="Hi.", llm_hass_api=()),
            id="recommended settings override the rest",
        ),
        pytest.param(
            {
                "prompt": "Hi.",
                "recommended": False,
                "chat_model": "o3",
                "max_tokens": 150.0,
                "temperature": 0,
                "top_p": 0.0,
                "reasoning_effort": "high",
                "verbosity": "high",
            },
            ChatOptions(
                prompt="Hi.",
                llm_hass_api=(),
                chat_model="o3",
                max_tokens=150,
                temperature=0,
                top_p=0.0,
                reasoning_effort="high",
                verbosity="high",
            ),
            id="everything chosen",
        ),
        pytest.param(
            {"prompt": "Hi.", "chat_model": ""},
            ChatOptions(prompt="Hi.", llm_hass_api=()),
            id="an empty model",
        ),
    ],
)
def test_stored_options(stored: dict[str, Any], options: ChatOptions) -> None:
    assert ChatOptions.from_stored(stored) == options


# All that Home Assistant's own integration stores of an agent.
STORED_BY_CORE = {
    "prompt": "Hi.",
    "llm_hass_api": ["assist"],
    "recommended": False,
    "chat_model": "gpt-6-luna",
    "max_tokens": 3000,
    "top_p": 1.0,
    "temperature": 1.0,
    "store_responses": True,
    "reasoning_effort": "low",
    "reasoning_summary": "auto",
    "pro_mode": True,
    "verbosity": "medium",
    "service_tier": "flex",
    "web_search": True,
    "search_context_size": "high",
    "user_location": True,
    "inline_citations": True,
    "city": "San Francisco",
    "region": "California",
    "country": "US",
    "timezone": "America/Los_Angeles",
    "code_interpreter": True,
    "image_model": "gpt-image-2.5-flare",
}
PLACE = {
    "city": "San Francisco",
    "region": "California",
    "country": "US",
    "timezone": "America/Los_Angeles",
}


def test_everything_that_core_stores_is_read() -> None:
    assert ChatOptions.from_stored(STORED_BY_CORE) == ChatOptions(
        prompt="Hi.",
        llm_hass_api=(ASSIST,),
        chat_model="gpt-6-luna",
        max_tokens=3000,
        temperature=1.0,
        top_p=1.0,
        reasoning_effort="low",
        reasoning_summary="auto",
        pro_mode=True,
        verbosity="medium",
        service_tier="flex",
        store_responses=True,
        web_search=WebSearch(context_size="high", location=PLACE, citations=True),
        code_interpreter=True,
        image_model="gpt-image-2.5-flare",
    )


def test_recommended_settings_override_everything_about_the_model_except_web_searches() -> None:
    stored = {**STORED_BY_CORE, "recommended": True}

    assert ChatOptions.from_stored(stored) == ChatOptions(
        prompt="Hi.",
        llm_hass_api=(ASSIST,),
        web_search=WebSearch(context_size="high", location=PLACE, citations=True),
    )


def test_settings_that_recommended_ones_hide_are_shown_in_forms_and_not_in_use() -> None:
    stored = {"recommended": True, "prompt": "Hi.", "custom_settings": {"chat_model": "o3", "top_p": 1}}

    assert shown_options(stored) == {"recommended": True, "prompt": "Hi.", "chat_model": "o3", "top_p": 1}
    assert ChatOptions.from_stored(stored) == ChatOptions(prompt="Hi.")


def test_everything_that_the_model_supports_is_sent() -> None:
    assert settings({**STORED_BY_CORE, "reasoning_effort": "none"}) == ModelSettings(
        chat_model="gpt-6-luna",
        capabilities=capabilities_of("gpt-6-luna"),
        max_tokens=3000,
        temperature=1.0,
        top_p=1.0,
        reasoning_effort="none",
        reasoning_summary="auto",
        pro_mode=True,
        verbosity="medium",
        service_tier="flex",
        store_responses=True,
        web_search=WebSearch(context_size="high", location=PLACE, citations=True),
        code_interpreter=True,
    )


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        # as it is stored where a choice was made once and there is no choice any more
        ({"reasoning_summary": "off"}, {"reasoning_summary": None}),
        ({"reasoning_summary": ""}, {"reasoning_summary": None}),
        ({"reasoning_summary": "lengthy"}, {"reasoning_summary": None}),
        ({"service_tier": "scale"}, {"service_tier": None}),
        ({"service_tier": None}, {"service_tier": None}),
        ({"verbosity": "chatty"}, {"verbosity": "low"}),
        ({"verbosity": None}, {"verbosity": "low"}),
        ({"reasoning_effort": "turbo"}, {"reasoning_effort": "none"}),
        ({"reasoning_effort": ""}, {"reasoning_effort": "none"}),
        ({"pro_mode": None}, {"pro_mode": False}),
        ({"max_tokens": 3}, {"max_tokens": 16}),
        ({"web_search": None}, {"web_search": None}),
        ({"web_search": False, "user_location": True, "city": "Rome"}, {"web_search": None}),
        ({"web_search": True}, {"web_search": WebSearch()}),
        ({"web_search": True, "search_context_size": "huge"}, {"web_search": WebSearch()}),
        ({"web_search": True, "user_location": False, "city": "Rome"}, {"web_search": WebSearch()}),
        ({"web_search": True, "user_location": True}, {"web_search": WebSearch()}),
        ({"web_search": True, "user_location": True, "city": ""}, {"web_search": WebSearch()}),
        (
            {"web_search": True, "user_location": True, "city": "Rome", "region": ""},
            {"web_search": WebSearch(location={"city": "Rome"})},
        ),
    ],
    ids=str,
)
def test_an_invalid_value_is_ignored(stored: dict[str, Any], sent: dict[str, Any]) -> None:
    all_sent = settings({"chat_model": "gpt-6-luna", **stored})

    assert {name: getattr(all_sent, name) for name in sent} == sent


@pytest.mark.parametrize(
    ("model", "unsupported"),
    [
        ("gpt-4o", {"reasoning_summary", "pro_mode", "service_tier"}),
        ("gpt-5", {"pro_mode"}),
        ("gpt-5-pro", {"pro_mode", "service_tier", "code_interpreter"}),
        ("gpt-6-luna", set()),
        ("a-model-of-2030", {"reasoning_summary", "pro_mode"}),
    ],
)
def test_what_the_model_does_not_support_is_left_out(model: str, unsupported: set[str]) -> None:
    names = (
        "reasoning_summary", "pro_mode", "service_tier", "store_responses", "web_search", "code_interpreter"
    )  # fmt: skip

    sent = settings({**STORED_BY_CORE, "chat_model": model})

    assert {name for name in names if not getattr(sent, name)} == unsupported


def test_minimal_reasoning_runs_no_hosted_tools() -> None:
    sent = settings({**STORED_BY_CORE, "chat_model": "gpt-5", "reasoning_effort": "minimal"})

    assert sent.web_search is None
    assert sent.code_interpreter is False


def test_a_task_reasons_a_little_and_answers_at_any_length() -> None:
    task = ChatOptions.from_stored({"recommended": True}, is_spoken_to=False)

    sent = task.settings(Models(Server.OPENAI, Catalog(), TODAY))

    assert (sent.chat_model, sent.reasoning_effort, sent.verbosity) == ("gpt-6-luna", "low", None)


def test_spoken_answers_are_plain_by_default() -> None:
    assert ChatOptions.from_stored({}).plain_speech is True
    assert ChatOptions.from_stored({"recommended": True, "plain_speech": False}).plain_speech is False


def test_tokens_are_a_whole_number() -> None:
    assert isinstance(ChatOptions.from_stored({"max_tokens": 150.0}).max_tokens, int)


def test_the_recommended_agent_controls_the_house() -> None:
    options = ChatOptions.from_stored(RECOMMENDED_OPTIONS)

    assert RECOMMENDED_OPTIONS["recommended"] is True
    assert options == ChatOptions(prompt=llm.DEFAULT_INSTRUCTIONS_PROMPT, llm_hass_api=(ASSIST,))


def test_recommended_today_is_quick_and_brief() -> None:
    assert settings({"recommended": True}) == ModelSettings(
        chat_model="gpt-6-luna",
        capabilities=capabilities_of("gpt-6-luna"),
        max_tokens=3000,
        reasoning_effort="none",
        verbosity="low",
    )


def test_recommended_before_the_documented_default_ended() -> None:
    assert settings({"recommended": True}, today=LONG_AGO) == ModelSettings(
        chat_model="gpt-4o", capabilities=capabilities_of("gpt-4o"), max_tokens=3000
    )


def test_a_model_that_was_never_chosen_rolls_over_too() -> None:
    assert settings({"temperature": 1}, today=LONG_AGO).chat_model == "gpt-4o"
    assert settings({"temperature": 1}).chat_model == "gpt-6-luna"


def test_openais_date_decides_when_the_default_rolls_over() -> None:
    catalog = Catalog(shutdown_dates={"gpt-4o": date(2028, 1, 1)})

    assert settings({"recommended": True}, catalog=catalog).chat_model == "gpt-4o"


def test_a_chosen_model_stays_until_its_end() -> None:
    assert settings({"chat_model": "gpt-4o"}).chat_model == "gpt-4o"


CHOSEN = {"temperature": 0.5, "top_p": 0.9, "verbosity": "high", "max_tokens": 500}

# model, chosen effort, what is sent: effort, temperature and top P, verbosity
SUPPORTED = [
    ("gpt-4o", "low", None, True, None),
    ("gpt-4o", None, None, True, None),
    ("o3", "low", "low", False, None),
    ("o3", "none", "low", False, None),
    ("o3", None, "low", False, None),
    ("gpt-5", "minimal", "minimal", False, "high"),
    ("gpt-5", None, "low", False, "high"),
    ("gpt-5-pro", "high", "high", False, "high"),
    ("gpt-5-pro", "low", None, False, "high"),
    ("gpt-5.1", None, "none", True, "high"),
    ("gpt-5.1", "none", "none", True, "high"),
    ("gpt-5.1", "low", "low", False, "high"),
    ("gpt-5.1", "max", "none", True, "high"),
    ("gpt-5.2-pro", None, None, False, "high"),
    ("gpt-5.2-pro", "medium", "medium", False, "high"),
    ("gpt-6-luna", "max", "max", False, "high"),
    ("gpt-6-luna", "minimal", "none", True, "high"),
    ("gpt-6.1-sol", "none", "low", False, "high"),
    ("gpt-6.1-sol", "max", "max", False, "high"),
    ("a-model-of-2030", None, None, True, None),
    ("a-model-of-2030", "turbo", "turbo", True, None),
]


@pytest.mark.parametrize(
    ("model", "chosen", "effort", "samples", "verbosity"),
    SUPPORTED,
    ids=[f"{row[0]}, effort {row[1]}" for row in SUPPORTED],
)
def test_only_what_the_model_supports(
    model: str, chosen: str | None, effort: str | None, samples: bool, verbosity: str | None
) -> None:
    assert settings({**CHOSEN, "chat_model": model, "reasoning_effort": chosen}) == ModelSettings(
        chat_model=model,
        capabilities=capabilities_of(model),
        max_tokens=500,
        temperature=0.5 if samples else None,
        top_p=0.9 if samples else None,
        reasoning_effort=effort,
        verbosity=verbosity,
    )


def test_zero_is_a_temperature() -> None:
    sent = settings({"chat_model": "gpt-4o", "temperature": 0, "top_p": 0})

    assert sent.temperature == 0
    assert sent.top_p == 0


def test_nothing_chosen_sends_no_sampling() -> None:
    sent = settings({"chat_model": "gpt-4o"})

    assert sent.temperature is None
    assert sent.top_p is None


@pytest.mark.parametrize("model", ["gpt-5", "gpt-6-luna", "gpt-6.2-astra"])
def test_answers_are_brief_by_default(model: str) -> None:
    assert settings({"chat_model": model}).verbosity == "low"
    assert settings({"chat_model": model, "verbosity": "medium"}).verbosity == "medium"


@pytest.mark.parametrize(
    ("model", "chosen", "sent"),
    [("gpt-4o", 100_000, 16_384), ("gpt-4o", 16_384, 16_384), ("gpt-4o", None, 3000), ("gpt-4o", 0, 3000)],
)
def test_no_more_tokens_than_the_model_supports(model: str, chosen: int | None, sent: int) -> None:
    assert settings({"chat_model": model, "max_tokens": chosen}).max_tokens == sent


def test_a_compatible_server_gets_what_the_user_chose() -> None:
    stored = {**STORED_BY_CORE, **CHOSEN, "chat_model": "gpt-oss:20b"}
    stored |= {"reasoning_effort": "medium", "max_tokens": 200_000}

    assert settings(stored, server=Server.COMPATIBLE) == ModelSettings(
        chat_model="gpt-oss:20b",
        capabilities=capabilities_of("a model nobody knows"),
        max_tokens=200_000,
        temperature=0.5,
        top_p=0.9,
        reasoning_effort="medium",
    )


@pytest.mark.parametrize(
    ("models", "model"), [(("llama3.2", "qwen3"), "llama3.2"), ((), "gpt-4o")], ids=["its first", "no list"]
)
def test_the_model_of_a_compatible_server(models: tuple[str, ...], model: str) -> None:
    sent = settings({"recommended": True}, server=Server.COMPATIBLE, catalog=Catalog(models=models))

    assert sent == ModelSettings(chat_model=model, capabilities=capabilities_of(""), max_tokens=3000)


def test_openais_names_have_no_meaning_at_a_compatible_server() -> None:
    sent = settings({"chat_model": "gpt-6-luna", "temperature": 1}, server=Server.COMPATIBLE)

    assert sent.temperature == 1
    assert sent.reasoning_effort is None
    assert sent.verbosity is None


@pytest.mark.parametrize(
    ("model", "effort"),
    [("gpt-4o", None), ("gpt-5", "low"), ("gpt-6-luna", "none"), ("gpt-6.1-sol", "low"), ("gpt-5-pro", None)],
)
def test_the_effort_that_suits_speech(model: str, effort: str | None) -> None:
    assert ChatOptions.from_stored({}).default_effort(capabilities_of(model)) == effort


@pytest.mark.parametrize(
    ("stored", "days"), [({}, 30), (0, 0), (7.0, 7), (-1, 0), (4_000_000, 3650)], ids=str
)
def test_how_long_images_are_kept(stored: Any, days: int) -> None:
    assert kept_days({} if stored == {} else {"keep_pictures": stored}) == days


def test_a_model_that_ended_without_a_successor_is_followed_by_the_default() -> None:
    gone = Catalog(shutdown_dates={"a-model-of-2026": date(2026, 1, 1)})
    agent = ChatOptions.from_stored({"chat_model": "a-model-of-2026"})

    assert agent.settings(Models(Server.OPENAI, gone, TODAY)).chat_model == "gpt-6-luna"
