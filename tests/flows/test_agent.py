"""The agent form: what is in it, what it suggests, what it refuses, what it stores."""

from datetime import date
from typing import Any

import pytest

from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.flows.agent import (
    FormContext,
    agent_data,
    agent_errors,
    agent_fields,
    agent_schema,
    error_placeholders,
)
from custom_components.openai_conversation.openai_api.catalog import Catalog
from custom_components.openai_conversation.options import (
    RECOMMENDED_OPTIONS,
    AgentOptions,
    ModelSettings,
)
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
BASIC = ["prompt", "llm_hass_api", "keep_pictures", "recommended"]
OWN = [*BASIC, "chat_model", "max_tokens"]
SAMPLING = ["temperature", "top_p"]

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


@pytest.fixture(autouse=True)
def custom_integrations() -> None:
    """Do without Home Assistant: nothing here needs it."""


class OddAPI(llm.API):
    """An API that can be chosen."""

    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        raise NotImplementedError


def context(
    server: Server = Server.OPENAI, catalog: Catalog | None = None, today: date = TODAY
) -> FormContext:
    apis = [OddAPI(hass=None, id=name, name=name.title()) for name in ("assist", "odd")]
    return FormContext(server=server, catalog=catalog or Catalog(), today=today, apis=apis)


def suggestions(values: dict[str, Any], form: FormContext) -> dict[str, Any]:
    """Return what the form shows."""
    return {
        str(marker): marker.default()
        if str(marker) == "recommended"
        else marker.description["suggested_value"]
        for marker in agent_schema(values, form).schema
    }


def sent(values: dict[str, Any], form: FormContext) -> ModelSettings:
    """Return what a request says after the form was saved with these values."""
    return AgentOptions.from_stored(values).settings(form.server, form.catalog, form.today)


NOBODY_KNOWS = {
    "a new model of OpenAI's": context(),
    "a model of a compatible server": context(Server.COMPATIBLE),
}
FIELDS = {"temperature": 0.5, "top_p": 0.5, "verbosity": "high"}
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


def efforts_offered(model: str, form: FormContext) -> list[str]:
    field = agent_fields({"chat_model": model}, form).get("reasoning_effort")
    return field.config["options"] if field else []


def efforts_sent(model: str, form: FormContext) -> list[str]:
    """Return the efforts that a request sends if they were chosen."""
    choices = [{"chat_model": model, "reasoning_effort": effort} for effort in EFFORTS]
    return [
        each["reasoning_effort"] for each in choices if sent(each, form).effort == each["reasoning_effort"]
    ]


@pytest.mark.parametrize("server", Server)
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("model", MODELS)
def test_a_field_is_offered_exactly_if_a_request_sends_it(model: str, field: str, server: Server) -> None:
    form = context(server)
    choices = [
        {"chat_model": model, "reasoning_effort": effort, field: FIELDS[field]}
        for effort in (None, "none", "low")
    ]

    is_sent = any(getattr(sent(values, form), field) == values[field] for values in choices)

    assert (field in agent_fields({"chat_model": model}, form)) is is_sent


@pytest.mark.parametrize("model", [model for model in MODELS if model != "a-model-of-2030"])
def test_an_effort_is_offered_exactly_if_a_request_sends_it(model: str) -> None:
    assert efforts_offered(model, context()) == efforts_sent(model, context())


@pytest.mark.parametrize("form", NOBODY_KNOWS.values(), ids=NOBODY_KNOWS.keys())
def test_an_effort_that_would_be_sent_to_a_model_nobody_knows_can_be_chosen(form: FormContext) -> None:
    assert efforts_offered("a-model-of-2030", form) == efforts_sent("a-model-of-2030", form)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("gpt-4o", SAMPLING),
        ("o3", ["reasoning_effort"]),
        ("gpt-5", ["reasoning_effort", "verbosity"]),
        ("gpt-6-luna", [*SAMPLING, "reasoning_effort", "verbosity"]),
        ("gpt-6.1-sol", ["reasoning_effort", "verbosity"]),
    ],
)
def test_the_fields_and_their_order(model: str, fields: list[str]) -> None:
    assert list(agent_fields({"chat_model": model}, context())) == [*OWN, *fields]


@pytest.mark.parametrize("values", [RECOMMENDED_OPTIONS, {"recommended": True, "chat_model": "gpt-6-luna"}])
def test_recommended_settings_hide_the_rest(values: dict[str, Any]) -> None:
    assert list(agent_fields(values, context())) == BASIC


@pytest.mark.parametrize(
    ("values", "form", "model"),
    [
        ({"chat_model": "gpt-5.2"}, context(), "gpt-5.2"),
        ({"chat_model": " gpt-5.2 "}, context(), "gpt-5.2"),
        ({}, context(), "gpt-6-luna"),
        ({"chat_model": None}, context(), "gpt-6-luna"),
        ({"chat_model": " "}, context(), "gpt-6-luna"),
        ({}, context(today=date(2026, 6, 1)), "gpt-4o"),
        ({}, context(Server.COMPATIBLE), "gpt-4o"),
        ({}, context(Server.COMPATIBLE, Catalog(models=("llama3.2", "qwen3"))), "llama3.2"),
        ({"chat_model": "qwen3"}, context(Server.COMPATIBLE, Catalog(models=("llama3.2", "qwen3"))), "qwen3"),
    ],
)
def test_the_form_means_the_model_that_the_request_uses(
    values: dict[str, Any], form: FormContext, model: str
) -> None:
    assert form.settings(values).model == model
    assert sent(agent_data(values, form), form).model == model


def test_the_models_to_choose_are_alive_and_for_conversations() -> None:
    assert context(catalog=LISTED).model_choices() == [
        "ft:gpt-4o:the-house::abc",
        "gpt-4o",
        "gpt-5.2",
        "gpt-6-luna",
        "gpt-4o-2024-08-06",
    ]


def test_a_compatible_server_offers_all_it_has_in_its_own_order() -> None:
    catalog = Catalog(models=("whisper", "qwen3", "llama3.2"))

    assert context(Server.COMPATIBLE, catalog).model_choices() == ["whisper", "qwen3", "llama3.2"]


def test_the_models_are_offered_and_others_may_be_typed() -> None:
    field = agent_fields({}, context(catalog=LISTED))["chat_model"]

    assert field.config["options"] == context(catalog=LISTED).model_choices()
    assert field.config["custom_value"] is True


def test_the_apis_are_offered() -> None:
    field = agent_fields({}, context())["llm_hass_api"]

    assert field.config["options"] == [
        {"value": "assist", "label": "Assist"},
        {"value": "odd", "label": "Odd"},
    ]
    assert field.config["multiple"] is True


def test_what_a_new_agent_is_shown() -> None:
    assert suggestions({"recommended": False}, context()) == {
        "prompt": llm.DEFAULT_INSTRUCTIONS_PROMPT,
        "llm_hass_api": [],
        "keep_pictures": 30,
        "recommended": False,
        "chat_model": "gpt-6-luna",
        "max_tokens": 3000,
        "temperature": None,
        "top_p": None,
        "reasoning_effort": "none",
        "verbosity": "low",
    }


def test_what_was_typed_is_shown_again() -> None:
    values = {
        "prompt": "You are Mario.",
        "llm_hass_api": ["odd"],
        "keep_pictures": 0,
        "recommended": False,
        "chat_model": "gpt-6-luna",
        "max_tokens": 99,
        "temperature": 7,
        "top_p": 0,
        "reasoning_effort": "high",
        "verbosity": "high",
    }

    assert suggestions(values, context()) == values


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("assist", ["assist"]), (["odd", "gone"], ["odd"]), ("gone", []), (None, []), ([], [])],
    ids=["2024: text", "one has gone", "the only one has gone", "none", "empty"],
)
def test_apis_that_are_there_are_shown(stored: Any, shown: list[str]) -> None:
    values = {"recommended": True, "llm_hass_api": stored}

    assert suggestions(values, context())["llm_hass_api"] == shown


@pytest.mark.parametrize(
    ("model", "stored", "shown"),
    [("gpt-6.1-sol", "none", "low"), ("gpt-6.1-sol", "max", "max"), ("gpt-5-pro", "low", None)],
)
def test_an_effort_that_the_model_lacks_is_not_shown(model: str, stored: str, shown: str | None) -> None:
    values = {"chat_model": model, "reasoning_effort": stored}

    assert suggestions(values, context())["reasoning_effort"] == shown


def test_no_more_tokens_are_suggested_than_the_model_has() -> None:
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
    ({"chat_model": "text-embedding-3-small"}, {"chat_model": "model_not_for_chat"}),
    ({"chat_model": "gpt-4o-audio-preview"}, {"chat_model": "model_not_for_chat"}),
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
    # effort, and what goes with it
    ({"chat_model": "gpt-5.2", "reasoning_effort": "xhigh"}, {}),
    ({"chat_model": "gpt-5.2", "reasoning_effort": "max"}, {"reasoning_effort": "effort_not_offered"}),
    ({"chat_model": "gpt-4o", "reasoning_effort": "high"}, {}),
    ({"chat_model": "gpt-5.2", "reasoning_effort": "none", "temperature": 1}, {}),
    ({"chat_model": "gpt-5.2", "temperature": 1, "top_p": 1}, {}),
    (
        {"chat_model": "gpt-5.2", "reasoning_effort": "low", "temperature": 1},
        {"temperature": "only_without_reasoning"},
    ),
    (
        {"chat_model": "gpt-5.2", "reasoning_effort": "low", "temperature": 0, "top_p": 0},
        {"temperature": "only_without_reasoning", "top_p": "only_without_reasoning"},
    ),
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
    assert agent_errors(values, context(catalog=LISTED)) == errors


@pytest.mark.parametrize("model", ["gpt-5", "gpt-6.1-sol", "gpt-5.2-pro"])
def test_a_temperature_that_is_not_in_the_form_is_no_error(model: str) -> None:
    values = {"chat_model": model, "temperature": 1, "top_p": 1}

    assert agent_errors(values, context()) == {}
    assert not agent_data(values, context()).keys() & {"temperature", "top_p"}


@pytest.mark.parametrize("model", ["gpt-6-luna", "my-deployment", "gpt-9"])
def test_without_a_list_any_model_may_be_typed(model: str) -> None:
    assert agent_errors({"chat_model": model}, context()) == {}


def test_a_retired_model_is_refused_without_a_list_as_well() -> None:
    assert agent_errors({"chat_model": "o1"}, context()) == {"chat_model": "model_retired"}


@pytest.mark.parametrize("model", ["gpt-3.5-turbo", "whisper", "whatever"])
def test_a_compatible_server_may_have_any_model(model: str) -> None:
    form = context(Server.COMPATIBLE, Catalog(models=("llama3.2",)))

    assert agent_errors({"chat_model": model, "temperature": 2}, form) == {}
    assert agent_errors({"chat_model": model, "temperature": 3}, form) == {"temperature": "temperature_range"}


def test_the_texts_of_errors_name_the_fix() -> None:
    assert error_placeholders({"chat_model": "o3-mini"}, context()) == {
        "model": "o3-mini",
        "successor": "gpt-6.1-terra",
        "most_tokens": "100000",
        "efforts": "low, medium, high",
    }


def test_a_retired_model_is_not_advised_in_its_own_place() -> None:
    form = context(catalog=LISTED)
    values = {"chat_model": "gpt-9"}
    assert agent_errors(values, form) == {"chat_model": "model_retired"}

    assert error_placeholders(values, form)["successor"] == "gpt-6-luna"


STORED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "recommended": (
        {"prompt": "Hi.", "llm_hass_api": ["assist"], "recommended": True, "chat_model": "o3", "top_p": 1},
        {"prompt": "Hi.", "llm_hass_api": ["assist"], "recommended": True},
    ),
    "one's own": (
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
    "what the model does not take": (
        {"recommended": False, "chat_model": "gpt-4o", "reasoning_effort": "low", "verbosity": "low"},
        {"recommended": False, "chat_model": "gpt-4o"},
    ),
    "emptied fields": (
        {"recommended": False, "chat_model": "gpt-4o", "temperature": None, "max_tokens": None},
        {"recommended": False, "chat_model": "gpt-4o"},
    ),
    "the default model, which may change": (
        {"recommended": False, "chat_model": "gpt-6-luna"},
        {"recommended": False},
    ),
    "pictures for other than a month": (
        {"recommended": True, "keep_pictures": 7.0},
        {"recommended": True, "keep_pictures": 7},
    ),
    "pictures for a month": ({"recommended": True, "keep_pictures": 30}, {"recommended": True}),
    "no API": ({"recommended": True, "llm_hass_api": []}, {"recommended": True, "llm_hass_api": []}),
    "keys of others": ({"recommended": True, "web_search": True}, {"recommended": True}),
}


@pytest.mark.parametrize(("values", "data"), STORED.values(), ids=STORED.keys())
def test_what_is_stored(values: dict[str, Any], data: dict[str, Any]) -> None:
    stored = agent_data(values, context())

    assert stored == data
    assert isinstance(stored.get("max_tokens", 0), int)


@pytest.mark.parametrize("model", MODELS)
def test_what_the_form_suggests_is_accepted_and_sent(model: str) -> None:
    form = context()
    shown = suggestions({"chat_model": model, "recommended": False}, form)

    assert agent_errors(shown, form) == {}
    request = sent(agent_data(shown, form), form)
    assert request.model == model
    assert request.max_tokens == shown["max_tokens"]
    assert (
        request.effort
        == shown.get("reasoning_effort")
        == AgentOptions.from_stored({}).default_effort(form.settings(shown).abilities)
    )
    assert request.verbosity == shown.get("verbosity")
