"""The form of an agent: its fields, its suggestions, its errors, and what it stores."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from custom_components.openai_conversation.const import Server, SubentryType
from custom_components.openai_conversation.flows.chat import ChatForm
from custom_components.openai_conversation.flows.form import FormContext
from custom_components.openai_conversation.openai_api.catalog import Catalog, Models
from custom_components.openai_conversation.openai_api.model_names import is_chat_model, is_image_model
from custom_components.openai_conversation.openai_api.prices import Price, PriceList
from custom_components.openai_conversation.options.chat import (
    RECOMMENDED_OPTIONS,
    ChatOptions,
    ModelSettings,
)
from custom_components.openai_conversation.options.texts import async_get_texts
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm

TODAY = date(2026, 11, 22)
LISTED = Catalog(
    models=(
        "gpt-4o-2024-08-06",
        "gpt-6-luna",
        "text-embedding-3-small",
        "gpt-4o",
        "gpt-4o-audio-preview",
        "gpt-3.5-turbo",
        "gpt-9",
        "ft:gpt-4o:the-house::abc",
        "gpt-5.2",
    ),
    shutdown_dates={"gpt-9": date(2026, 11, 1)},
)
SPOKEN_TO = ["prompt", "llm_hass_api", "plain_speech", "on_failure", "keep_listening", "remember_turns"]
ENDING = ["ft:gpt-4o:the-house::abc", "gpt-4o", "gpt-4o-2024-08-06"]
"""The models of that list that end within 60 days."""

BASIC = [*SPOKEN_TO, "keep_pictures", "recommended"]
RECOMMENDED = [*BASIC, "web_search"]
OWN = [*BASIC, "chat_model", "max_tokens"]
SAMPLING = ["temperature", "top_p"]
REASONING = ["reasoning_effort", "reasoning_summary"]
AT_OPENAI = ["service_tier", "store_responses", "web_search", "code_interpreter"]
SEARCH = ["search_context_size", "inline_citations", "user_location"]
PLACE = ["city", "region", "country", "timezone"]

MODELS = [
    "gpt-4o",
    "gpt-4.1",
    "o3",
    "gpt-5",
    "gpt-5-pro",
    "gpt-5.1",
    "gpt-5.2",
    "gpt-5.2-pro",
    "gpt-5.4",
    "gpt-5.5-pro",
    "gpt-5.6-luna",
    "gpt-6-luna",
    "gpt-6-sol",
    "gpt-6-astra",
    "gpt-6.1-terra",
    "gpt-6.1-sol",
    "gpt-6.2-astra",
    "a-model-of-2030",
]


class OddAPI(llm.API):
    """An API that can be chosen."""

    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        raise NotImplementedError


def context(
    server: Server = Server.OPENAI,
    catalog: Catalog | None = None,
    today: date = TODAY,
    subentry: SubentryType | None = None,
) -> FormContext:
    apis = [OddAPI(hass=None, id=name, name=name.title()) for name in ("assist", "odd")]
    return FormContext(models=Models(server, catalog or Catalog(), today), apis=apis, subentry=subentry)


AGENT = context(subentry=SubentryType.CONVERSATION)
TASK = context(subentry=SubentryType.AI_TASK)
COMPATIBLE = context(Server.COMPATIBLE)


def suggestions(values: dict[str, Any], form: FormContext) -> dict[str, Any]:
    """Return what the form shows."""
    return {
        str(marker): marker.default()
        if str(marker) in ("recommended", "name")
        else marker.description["suggested_value"]
        for marker in ChatForm(values, form).schema().schema
    }


def sent(values: dict[str, Any], form: FormContext) -> ModelSettings:
    """Return what a request says after the form was saved with these values."""
    return ChatOptions.from_stored(values).settings(form.models)


def values_of(field: Any) -> list[str]:
    """Return the options of a field, as they are stored."""
    return [option["value"] for option in field.config["options"]]


NOBODY_KNOWS = {"a new model of OpenAI's": context(), "a model of a compatible server": COMPATIBLE}
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


def efforts_offered(model: str, form: FormContext) -> list[str]:
    field = ChatForm({"chat_model": model}, form).fields.get("reasoning_effort")
    return field.config["options"] if field else []


def efforts_sent(model: str, form: FormContext) -> list[str]:
    """Return the efforts that a request sends if they were chosen."""
    choices = [{"chat_model": model, "reasoning_effort": effort} for effort in EFFORTS]
    return [
        each["reasoning_effort"]
        for each in choices
        if sent(each, form).reasoning_effort == each["reasoning_effort"]
    ]


@pytest.mark.parametrize("form", NOBODY_KNOWS.values(), ids=NOBODY_KNOWS.keys())
def test_every_effort_that_is_sent_to_an_unknown_model_can_be_chosen(form: FormContext) -> None:
    assert efforts_offered("a-model-of-2030", form) == efforts_sent("a-model-of-2030", form)


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"chat_model": "gpt-4o"}, [*SAMPLING, *AT_OPENAI]),
        ({"chat_model": "o3"}, [*REASONING, *AT_OPENAI]),
        ({"chat_model": "gpt-5"}, [*REASONING, "verbosity", *AT_OPENAI]),
        (
            {"chat_model": "gpt-5", "reasoning_effort": "minimal"},
            [*REASONING, "verbosity", "service_tier", "store_responses"],
        ),
        ({"chat_model": "gpt-5-pro"}, [*REASONING, "verbosity", *AT_OPENAI[:-1]]),
        (
            {"chat_model": "gpt-6-luna"},
            ["reasoning_effort", *SAMPLING, "reasoning_summary", "pro_mode", "verbosity", *AT_OPENAI],
        ),
        (
            {"chat_model": "gpt-6-luna", "reasoning_effort": "low"},
            [*REASONING, "pro_mode", "verbosity", *AT_OPENAI],
        ),
        ({"chat_model": "gpt-6.1-sol"}, [*REASONING, "pro_mode", "verbosity", *AT_OPENAI]),
        ({"chat_model": "a-model-of-2030"}, ["reasoning_effort", *SAMPLING, *AT_OPENAI]),
        (
            {"chat_model": "gpt-4o", "web_search": True},
            [*SAMPLING, *AT_OPENAI[:-1], *SEARCH, "code_interpreter"],
        ),
        (
            {"chat_model": "gpt-4o", "web_search": True, "user_location": True},
            [*SAMPLING, *AT_OPENAI[:-1], *SEARCH, *PLACE, "code_interpreter"],
        ),
        ({"chat_model": "gpt-4o", "user_location": True}, [*SAMPLING, *AT_OPENAI]),
    ],
    ids=str,
)
def test_the_fields_and_their_order(values: dict[str, Any], fields: list[str]) -> None:
    assert list(ChatForm(values, context()).fields) == [*OWN, *fields]


def test_a_compatible_server_is_offered_what_every_server_supports() -> None:
    assert list(ChatForm({"chat_model": "gpt-6-luna", "web_search": True}, COMPATIBLE).fields) == [
        *OWN,
        "reasoning_effort",
        *SAMPLING,
    ]


def test_another_agent_has_a_name_and_no_images() -> None:
    assert list(ChatForm({"recommended": True}, AGENT).fields) == [
        *["name", *SPOKEN_TO, "recommended", "web_search"]
    ]


def test_a_task_has_no_instructions() -> None:
    assert list(ChatForm({"recommended": True}, TASK).fields) == ["name", "recommended", "web_search"]
    assert list(ChatForm({"chat_model": "gpt-4o"}, TASK).fields) == [
        *["name", "recommended", "chat_model", "max_tokens"],
        *SAMPLING,
        *AT_OPENAI,
        "image_model",
    ]


@pytest.mark.parametrize("values", [RECOMMENDED_OPTIONS, {"recommended": True, "chat_model": "gpt-6-luna"}])
def test_recommended_settings_hide_the_rest_except_web_searches(values: dict[str, Any]) -> None:
    assert list(ChatForm(values, context()).fields) == RECOMMENDED


def test_a_search_with_recommended_settings_has_its_details() -> None:
    values = {"recommended": True, "web_search": True, "user_location": True}

    assert list(ChatForm(values, context()).fields) == [*RECOMMENDED, *SEARCH, *PLACE]


def test_a_compatible_server_has_no_search_with_recommended_settings() -> None:
    assert list(ChatForm({"recommended": True, "web_search": True}, COMPATIBLE).fields) == BASIC


@pytest.mark.parametrize(
    ("values", "form", "model"),
    [
        ({"chat_model": "gpt-5.2"}, context(), "gpt-5.2"),
        ({"chat_model": " gpt-5.2 "}, context(), "gpt-5.2"),
        ({}, context(), "gpt-6-luna"),
        ({"chat_model": None}, context(), "gpt-6-luna"),
        ({"chat_model": " "}, context(), "gpt-6-luna"),
        ({}, context(today=date(2026, 6, 1)), "gpt-4o"),
        ({}, COMPATIBLE, "gpt-4o"),
        ({}, context(Server.COMPATIBLE, Catalog(models=("llama3.2", "qwen3"))), "llama3.2"),
        ({"chat_model": "qwen3"}, context(Server.COMPATIBLE, Catalog(models=("llama3.2", "qwen3"))), "qwen3"),
    ],
)
def test_the_form_shows_the_model_that_the_request_uses(
    values: dict[str, Any], form: FormContext, model: str
) -> None:
    assert ChatForm(values, form).settings.chat_model == model
    assert sent(ChatForm(values, form).data(), form).chat_model == model


def test_the_models_to_choose_have_not_ended_and_are_for_conversations() -> None:
    assert context(catalog=LISTED).model_choices(is_chat_model) == [
        *["gpt-5.2", "gpt-6-luna"],
        *ENDING,
    ]


def test_the_default_comes_first_and_snapshots_late() -> None:
    models = ("gpt-5.2", "gpt-5.2-2026-01-01", "gpt-6-luna", "gpt-4o", "gpt-5.4")

    assert context(catalog=Catalog(models=models)).model_choices(is_chat_model, "gpt-6-luna") == [
        *["gpt-6-luna", "gpt-5.2", "gpt-5.4", "gpt-5.2-2026-01-01", "gpt-4o"]
    ]


@pytest.mark.parametrize(
    ("model", "label"),
    [
        ("gpt-6-luna", "gpt-6-luna · recommended · $0.10 / $0.50"),
        ("gpt-5.2", "gpt-5.2 · $1.75 / $14.00"),
        ("gpt-4o", "gpt-4o · ends Jan 14, 2027 · $2.50 / $10.00"),
        # another price than its base
        ("ft:gpt-4o:the-house::abc", "ft:gpt-4o:the-house::abc · ends Jan 14, 2027"),
    ],
)
async def test_the_list_of_models_says_what_each_is(hass: HomeAssistant, model: str, label: str) -> None:
    form = replace(context(catalog=LISTED), texts=await async_get_texts(hass))

    labels = {
        each["value"]: each["label"] for each in ChatForm({}, form).fields["chat_model"].config["options"]
    }

    assert labels[model] == label


async def test_own_prices_are_in_the_list_and_models_of_others_have_no_labels(hass: HomeAssistant) -> None:
    texts = await async_get_texts(hass)
    own = PriceList(own={"qwen3": Price(input=0.2, output=1.1234)}, listed=False)
    catalog = Catalog(models=("gpt-4o", "qwen3"))
    server = replace(context(Server.COMPATIBLE, catalog), texts=texts, prices=own)

    options = ChatForm({}, server).fields["chat_model"].config["options"]

    assert [each["label"] for each in options] == ["gpt-4o", "qwen3 · $0.20 / $1.1234"]


# what was typed, and the models that the user should know to end
ENDINGS: list[tuple[dict[str, Any], FormContext, list[tuple[str, str | None]]]] = [
    ({"chat_model": "gpt-4o"}, context(), [("gpt-4o", "gpt-6-luna")]),
    ({"chat_model": "o3"}, context(), [("o3", "gpt-6.1-sol")]),
    ({"chat_model": "gpt-5.2"}, context(), []),
    ({}, context(), []),
    ({"chat_model": "o3", "recommended": True}, context(), []),
    ({"chat_model": "o3"}, replace(context(), stored_models=("o3",)), []),
    ({"chat_model": "o3"}, replace(context(), has_openai_names=False), []),
    ({"chat_model": "o3"}, COMPATIBLE, []),
    ({"image_model": "gpt-image-1-mini"}, TASK, [("gpt-image-1-mini", "gpt-image-2.6-sunburst")]),
    ({"image_model": "gpt-image-1-mini"}, AGENT, []),
]


@pytest.mark.parametrize(("values", "form", "ending"), ENDINGS, ids=str)
def test_a_new_choice_of_a_model_that_ends_soon_is_noticed(
    values: dict[str, Any], form: FormContext, ending: list[tuple[str, str | None]]
) -> None:
    assert list(ChatForm(values, form).ending()) == ending


def test_a_compatible_server_offers_its_models_in_its_order() -> None:
    form = context(Server.COMPATIBLE, Catalog(models=("whisper", "qwen3", "llama3.2")))

    assert form.model_choices(is_chat_model) == ["whisper", "qwen3", "llama3.2"]


def test_the_models_are_offered_and_others_may_be_typed() -> None:
    field = ChatForm({}, context(catalog=LISTED)).fields["chat_model"]

    assert values_of(field) == ["gpt-6-luna", "gpt-5.2", *ENDING]
    assert field.config["custom_value"] is True


def test_the_models_for_images_are_offered_to_tasks() -> None:
    catalog = Catalog(models=("gpt-image-2", "gpt-6-luna", "gpt-image-1", "gpt-image-2.6-flare"))
    form = context(catalog=catalog, subentry=SubentryType.AI_TASK)
    field = ChatForm({}, form).fields["image_model"]

    assert values_of(field) == ["gpt-image-2.6-flare", "gpt-image-2"]
    assert field.config["custom_value"] is True


def test_the_apis_are_offered() -> None:
    field = ChatForm({}, context()).fields["llm_hass_api"]

    assert field.config["options"] == [
        {"value": "assist", "label": "Assist"},
        {"value": "odd", "label": "Odd"},
    ]
    assert field.config["multiple"] is True


def test_what_a_new_agent_is_shown() -> None:
    assert suggestions({"recommended": False}, context()) == {
        "prompt": llm.DEFAULT_INSTRUCTIONS_PROMPT,
        "llm_hass_api": [],
        "plain_speech": True,
        "on_failure": "home_assistant",
        "keep_listening": "question",
        "remember_turns": 0,
        "keep_pictures": 30,
        "recommended": False,
        "chat_model": "gpt-6-luna",
        "max_tokens": 3000,
        "reasoning_effort": "none",
        "temperature": None,
        "top_p": None,
        "reasoning_summary": "off",
        "pro_mode": None,
        "verbosity": "low",
        "service_tier": "auto",
        "store_responses": None,
        "web_search": None,
        "code_interpreter": None,
    }


def test_what_a_new_task_is_shown() -> None:
    assert suggestions({"name": "Chores", "recommended": False}, TASK) == {
        "name": "Chores",
        "recommended": False,
        "chat_model": "gpt-6-luna",
        "max_tokens": 3000,
        "reasoning_effort": "low",
        "reasoning_summary": "off",
        "pro_mode": None,
        "verbosity": "medium",
        "service_tier": "auto",
        "store_responses": None,
        "web_search": None,
        "code_interpreter": None,
        "image_model": "gpt-image-2.6-sunburst",
    }


def test_what_was_typed_is_shown_again() -> None:
    values = {
        "prompt": "You are Mario.",
        "llm_hass_api": ["odd"],
        "plain_speech": False,
        "on_failure": "home_assistant",
        "keep_listening": "question",
        "remember_turns": 0,
        "keep_pictures": 0,
        "recommended": False,
        "chat_model": "gpt-6-luna",
        "max_tokens": 99,
        "reasoning_effort": "none",
        "temperature": 7,
        "top_p": 0,
        "reasoning_summary": "concise",
        "pro_mode": True,
        "verbosity": "high",
        "service_tier": "flex",
        "store_responses": True,
        "web_search": True,
        "search_context_size": "high",
        "inline_citations": True,
        "user_location": True,
        "city": "Bologna",
        "region": "",
        "country": "IT",
        "timezone": "Europe/Rome",
        "code_interpreter": True,
    }

    assert suggestions(values, context()) == values


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("assist", ["assist"]), (["odd", "gone"], ["odd"]), ("gone", []), (None, []), ([], [])],
    ids=["2024: text", "one has gone", "the only one has gone", "none", "empty"],
)
def test_apis_that_exist_are_shown(stored: Any, shown: list[str]) -> None:
    values = {"recommended": True, "llm_hass_api": stored}

    assert suggestions(values, context())["llm_hass_api"] == shown


@pytest.mark.parametrize(
    ("model", "stored", "shown"),
    [("gpt-6.1-sol", "none", "low"), ("gpt-6.1-sol", "max", "max"), ("gpt-5-pro", "low", None)],
)
def test_an_effort_that_the_model_lacks_is_not_shown(model: str, stored: str, shown: str | None) -> None:
    values = {"chat_model": model, "reasoning_effort": stored}

    assert suggestions(values, context())["reasoning_effort"] == shown


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ({"verbosity": "chatty"}, "low"),
        ({"service_tier": "ultrafast"}, "auto"),
        ({"reasoning_summary": "none"}, "off"),
        ({"reasoning_effort": "turbo"}, "none"),
        ({"search_context_size": "huge"}, "medium"),
    ],
    ids=str,
)
def test_what_could_not_be_submitted_is_not_shown(stored: dict[str, str], shown: str) -> None:
    # Home Assistant refuses a form with a choice that is not in its list, without a word of ours
    values = {"chat_model": "gpt-6-luna", "web_search": True, **stored}
    (name,) = stored

    assert suggestions(values, context())[name] == shown
    assert shown in ChatForm(values, context()).fields[name].config["options"]


def test_no_more_tokens_are_suggested_than_the_model_supports() -> None:
    assert suggestions({"chat_model": "gpt-3.5-turbo"}, context())["max_tokens"] == 3000
    assert suggestions({"chat_model": "gpt-4o", "max_tokens": 0}, context())["max_tokens"] == 3000


ERRORS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {}),
    ({"recommended": True, "chat_model": "gpt-3.5-turbo", "max_tokens": 1}, {}),
    # the model
    ({"chat_model": "gpt-6-luna"}, {}),
    ({"chat_model": "gpt-4o"}, {}),
    ({"chat_model": "ft:gpt-4o:the-house::abc"}, {}),
    ({"chat_model": "gpt-3.5-turbo"}, {"chat_model": "model_retired"}),
    ({"chat_model": "o1"}, {"chat_model": "model_retired"}),
    ({"chat_model": "gpt-9"}, {"chat_model": "model_retired"}),
    ({"chat_model": "gpt-4oo"}, {"chat_model": "model_unknown"}),
    ({"chat_model": "text-embedding-3-small"}, {"chat_model": "model_of_other_kind"}),
    ({"chat_model": "gpt-4o-audio-preview"}, {"chat_model": "model_of_other_kind"}),
    # numbers
    ({"chat_model": "gpt-4o", "max_tokens": 16}, {}),
    ({"chat_model": "gpt-4o", "max_tokens": 15}, {"max_tokens": "max_tokens_range"}),
    ({"chat_model": "gpt-4o", "max_tokens": 16_384}, {}),
    ({"chat_model": "gpt-4o", "max_tokens": 16_385}, {"max_tokens": "max_tokens_range"}),
    ({"chat_model": "gpt-4o", "temperature": 0, "top_p": 0}, {}),
    ({"chat_model": "gpt-4o", "temperature": 2, "top_p": 1}, {}),
    ({"chat_model": "gpt-4o", "temperature": 2.1}, {"temperature": "temperature_range"}),
    ({"chat_model": "gpt-4o", "temperature": -0.1}, {"temperature": "temperature_range"}),
    ({"chat_model": "gpt-4o", "top_p": 1.1}, {"top_p": "top_p_range"}),
    ({"chat_model": "gpt-4o", "top_p": -1}, {"top_p": "top_p_range"}),
    # several at once
    (
        {"chat_model": "gpt-4oo", "max_tokens": 1, "temperature": 3, "top_p": 2},
        {
            "chat_model": "model_unknown",
            "max_tokens": "max_tokens_range",
            "temperature": "temperature_range",
            "top_p": "top_p_range",
        },
    ),
]


@pytest.mark.parametrize(("values", "errors"), ERRORS, ids=[str(values) for values, _ in ERRORS])
def test_what_is_refused(values: dict[str, Any], errors: dict[str, str]) -> None:
    assert ChatForm(values, context(catalog=LISTED)).errors() == errors


# what was typed, and what the model does not support of it
FITS: list[tuple[dict[str, Any], FormContext, tuple[str, ...]]] = [
    ({"chat_model": "gpt-5.2", "reasoning_effort": "xhigh"}, context(), ()),
    ({"chat_model": "gpt-5.2", "reasoning_effort": "max"}, context(), ("reasoning_effort",)),
    ({"chat_model": "gpt-4o", "reasoning_effort": "high"}, context(), ("reasoning_effort",)),
    ({"chat_model": "gpt-5.2", "reasoning_effort": "none", "temperature": 1}, context(), ()),
    ({"chat_model": "gpt-5.2", "temperature": 1, "top_p": 1}, context(), ()),
    ({"chat_model": "gpt-5.2", "temperature": 1, "top_p": 1}, TASK, ("temperature", "top_p")),
    ({"chat_model": "gpt-5.2", "reasoning_effort": "low", "temperature": 0}, context(), ("temperature",)),
    ({"chat_model": "gpt-5", "temperature": 1, "top_p": 1}, context(), ("temperature", "top_p")),
    ({"chat_model": "a-model-of-2030", "reasoning_effort": "high", "temperature": 1}, context(), ()),
    ({"chat_model": "gpt-4o", "reasoning_effort": "high", "recommended": True}, context(), ()),
    ({"chat_model": "gpt-4o", "reasoning_effort": "high"}, COMPATIBLE, ()),
    ({"name": "Alfred", "chat_model": "gpt-4o", "verbosity": "high"}, AGENT, ("verbosity",)),
]


@pytest.mark.parametrize(("values", "form", "refused"), FITS, ids=[str(row[0]) for row in FITS])
def test_what_the_model_does_not_support_is_removed_and_named(
    values: dict[str, Any], form: FormContext, refused: tuple[str, ...]
) -> None:
    assert ChatForm(values, form).without_unsupported() == (
        {name: value for name, value in values.items() if name not in refused},
        refused,
    )


@pytest.mark.parametrize("model", ["gpt-6-luna", "my-deployment", "gpt-9"])
def test_without_a_list_any_model_may_be_typed(model: str) -> None:
    assert ChatForm({"chat_model": model}, context()).errors() == {}


def test_a_retired_model_is_refused_without_a_list_too() -> None:
    assert ChatForm({"chat_model": "o1"}, context()).errors() == {"chat_model": "model_retired"}


@pytest.mark.parametrize("model", ["gpt-3.5-turbo", "whisper", "whatever"])
def test_a_compatible_server_may_have_any_model(model: str) -> None:
    form = context(Server.COMPATIBLE, Catalog(models=("llama3.2",)))

    assert ChatForm({"chat_model": model, "temperature": 2}, form).errors() == {}
    assert ChatForm({"chat_model": model, "temperature": 3}, form).errors() == {
        "temperature": "temperature_range"
    }


def test_the_texts_of_errors_name_the_fix() -> None:
    assert ChatForm({"chat_model": "o3-mini"}, context()).placeholders() == {
        "model": "o3-mini",
        "image_model": "",
        "successor": "gpt-6.1-terra",
        "most_tokens": "128000",
    }


def test_a_retired_model_is_not_its_own_successor() -> None:
    form = context(catalog=LISTED)
    values = {"chat_model": "gpt-9"}
    assert ChatForm(values, form).errors() == {"chat_model": "model_retired"}

    assert ChatForm(values, form).placeholders()["successor"] == "gpt-6-luna"


STORED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "recommended": (
        {"prompt": "Hi.", "llm_hass_api": ["assist"], "recommended": True},
        {"prompt": "Hi.", "llm_hass_api": ["assist"], "recommended": True},
    ),
    # aside, where core does not use them
    "chosen before recommended settings came on": (
        {"recommended": True, "chat_model": "o3", "reasoning_effort": "low", "prompt": "Hi."},
        {
            "recommended": True,
            "prompt": "Hi.",
            "custom_settings": {"chat_model": "o3", "reasoning_effort": "low"},
        },
    ),
    "a search with recommended settings": (
        {"recommended": True, "web_search": True, "search_context_size": "low", "chat_model": "gpt-4.1-nano"},
        {
            "recommended": True,
            "web_search": True,
            "search_context_size": "low",
            "custom_settings": {"chat_model": "gpt-4.1-nano"},
        },
    ),
    "everything chosen": (
        {
            "prompt": "Hi.",
            "recommended": False,
            "chat_model": " gpt-5.6-luna ",
            "max_tokens": 150.0,
            "temperature": 0,
            "reasoning_effort": "none",
            "verbosity": "high",
        },
        {
            "prompt": "Hi.",
            "recommended": False,
            "chat_model": "gpt-5.6-luna",
            "max_tokens": 150,
            "temperature": 0,
            "reasoning_effort": "none",
            "verbosity": "high",
        },
    ),
    "what the model does not support": (
        {"recommended": False, "chat_model": "gpt-4o", "reasoning_effort": "low", "verbosity": "low"},
        {"recommended": False, "chat_model": "gpt-4o"},
    ),
    "cleared fields": (
        {"recommended": False, "chat_model": "gpt-4o", "temperature": None, "max_tokens": None},
        {"recommended": False, "chat_model": "gpt-4o"},
    ),
    "the default model, which may change": (
        {"recommended": False, "chat_model": "gpt-6-luna"},
        {"recommended": False},
    ),
    "images kept for other than a month": (
        {"recommended": True, "keep_pictures": 7.0},
        {"recommended": True, "keep_pictures": 7},
    ),
    "images kept for a month": ({"recommended": True, "keep_pictures": 30}, {"recommended": True}),
    "no API": ({"recommended": True, "llm_hass_api": []}, {"recommended": True, "llm_hass_api": []}),
    "keys of others": ({"recommended": True, "ears": 2}, {"recommended": True}),
    "spoken as it is written": (
        {"recommended": True, "plain_speech": False},
        {"recommended": True, "plain_speech": False},
    ),
    "no fallback": (
        {"recommended": True, "on_failure": "say", "keep_listening": "never"},
        {"recommended": True, "on_failure": "say", "keep_listening": "never"},
    ),
    "a fallback, and questions, as always": (
        {"recommended": True, "on_failure": "home_assistant", "keep_listening": "question"},
        {"recommended": True},
    ),
    "remembers some turns": (
        {"recommended": True, "remember_turns": 20.0},
        {"recommended": True, "remember_turns": 20},
    ),
    "remembers all turns, as always": ({"recommended": True, "remember_turns": 0}, {"recommended": True}),
    "spoken plainly, as always": ({"recommended": True, "plain_speech": True}, {"recommended": True}),
    "a search and a location": (
        {
            "recommended": False,
            "chat_model": "gpt-4o",
            "web_search": True,
            "search_context_size": "low",
            "inline_citations": False,
            "user_location": True,
            "city": " Bologna ",
            "region": " ",
            "country": "IT",
        },
        {
            "recommended": False,
            "chat_model": "gpt-4o",
            "web_search": True,
            "search_context_size": "low",
            "inline_citations": False,
            "user_location": True,
            "city": "Bologna",
            "country": "IT",
        },
    ),
    "a location that is switched off": (
        {"recommended": False, "web_search": True, "user_location": False, "city": "Bologna"},
        {"recommended": False, "web_search": True, "user_location": False, "city": "Bologna"},
    ),
    "a location without a search": (
        {"recommended": False, "web_search": False, "user_location": True, "city": "Bologna"},
        {"recommended": False, "web_search": False, "user_location": True, "city": "Bologna"},
    ),
}


@pytest.mark.parametrize(("values", "data"), STORED.values(), ids=STORED.keys())
def test_what_is_stored(values: dict[str, Any], data: dict[str, Any]) -> None:
    stored = ChatForm(values, context()).data()

    assert stored == data
    assert isinstance(stored.get("max_tokens", 0), int)


@pytest.mark.parametrize(
    ("image_model", "stored"),
    [
        ("gpt-image-2.6-sunburst", {}),
        (" gpt-image-2 ", {"image_model": "gpt-image-2"}),
        ("", {}),
        (None, {}),
    ],
)
def test_a_name_is_not_stored_and_an_image_model_is(image_model: str | None, stored: dict[str, str]) -> None:
    values = {"name": "Chores", "recommended": False, "prompt": "Hi.", "image_model": image_model}

    assert ChatForm(values, TASK).data() == {"recommended": False, **stored}


def test_a_self_hosted_server_keeps_the_chosen_model() -> None:
    # its list begins with another one as soon as that is loaded
    form = context(Server.COMPATIBLE, Catalog(models=("llama3.2", "qwen3")))

    assert ChatForm({"recommended": False, "chat_model": "llama3.2"}, form).data()["chat_model"] == "llama3.2"


@pytest.mark.parametrize("form", [context(), AGENT, TASK], ids=["own", "another", "task"])
@pytest.mark.parametrize("model", MODELS)
def test_what_the_form_suggests_is_accepted_and_sent(model: str, form: FormContext) -> None:
    shown = suggestions({"chat_model": model, "recommended": False}, form)

    assert ChatForm(shown, form).errors() == {}
    assert ChatForm(shown, form).without_unsupported() == (shown, ())
    request = ChatForm(ChatForm(shown, form).data(), form).settings
    assert request.chat_model == model
    assert request.max_tokens == shown["max_tokens"]
    assert (
        request.reasoning_effort
        == shown.get("reasoning_effort")
        == ChatForm({"chat_model": model}, form).settings.reasoning_effort
    )
    assert request.verbosity == shown.get("verbosity")
    assert request.service_tier == "auto"
    assert request.reasoning_summary is None
    assert not any((request.pro_mode, request.store_responses, request.web_search, request.code_interpreter))


@pytest.mark.parametrize(
    ("image_model", "errors"),
    [
        ("gpt-image-2", {}),
        ("", {}),
        ("dall-e-3", {"image_model": "image_model_refused"}),
        ("gpt-image-99", {"image_model": "image_model_refused"}),
        ("gpt-6-luna", {"image_model": "image_model_refused"}),
    ],
)
def test_a_task_needs_an_image_model_for_images(image_model: str, errors: dict[str, str]) -> None:
    form = replace(
        context(catalog=Catalog(models=("gpt-6-luna", "gpt-image-2"))), subentry=SubentryType.AI_TASK
    )

    assert ChatForm({"image_model": image_model}, form).errors() == errors


def test_a_proxy_offers_what_may_be_right_and_has_not_ended() -> None:
    models = ("my-own", "gpt-6-luna", "whisper-1", "gpt-4", "gpt-image-2", "text-embedding-3-small")
    proxy = replace(context(catalog=Catalog(models=models)), has_openai_names=False)

    assert proxy.model_choices(is_chat_model) == ["gpt-6-luna", "my-own"]
    assert proxy.model_choices(is_image_model) == ["gpt-image-2", "my-own"]
