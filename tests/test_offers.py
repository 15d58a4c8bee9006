"""Every model, every option: what a form offers is sent and accepted. The rest OpenAI would refuse.

Two tables that know nothing of each other meet here: that of the integration, as its forms and its
requests show it, and that of the stand-in for OpenAI.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import pytest

from custom_components.openai_conversation.const import Server, SubentryType
from custom_components.openai_conversation.flows.chat import ChatForm
from custom_components.openai_conversation.flows.form import FormContext
from custom_components.openai_conversation.openai_api import models
from custom_components.openai_conversation.openai_api.capabilities import (
    EFFORTS,
    SEARCH_CONTEXT_SIZES,
    SERVICE_TIERS,
    SUMMARIES,
    VERBOSITIES,
)
from custom_components.openai_conversation.openai_api.catalog import Catalog, Models
from custom_components.openai_conversation.openai_api.models import capabilities_of
from custom_components.openai_conversation.options.chat import ChatOptions, ModelOptions
from custom_components.openai_conversation.options.model_change import without_unsupported
from custom_components.openai_conversation.responses.request import Identity, Omissions, build_request
from custom_components.openai_conversation.responses.tools import ToolSet

from .stand_in.models import CHAT_MODELS, is_chat_model, is_shut_down
from .stand_in.validation import InvalidRequest, validate_response_request

TODAY = date(2026, 11, 22)
OPENAIS = Models(Server.OPENAI, Catalog(), TODAY)

type Body = dict[str, Any]

ALIVE = sorted(model for model in CHAT_MODELS if not is_shut_down(model, TODAY))
FORMS = {"voice": None, "another": SubentryType.CONVERSATION, "task": SubentryType.AI_TASK}
EVERY_MODEL = pytest.mark.parametrize("model", ALIVE)
EVERY_FORM = pytest.mark.parametrize("kind", FORMS.values(), ids=FORMS.keys())

# Sources differ about this one. What is offered is what all of them name.
MORE_THAN_WE_OFFER = {("gpt-6-sol", "reasoning_effort=none")}


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    field: str
    value: Any
    wire: Body
    """What it is in a request: part of a body; tools stand for one of theirs."""

    needs: tuple[tuple[str, Any], ...] = ()
    """What else has to be chosen."""

    def __str__(self) -> str:
        """Return it for messages."""
        return f"{self.field}={self.value}"

    @property
    def model_option(self) -> str:
        """The option of the model that it belongs to: the details of a search go with the search."""
        return self.needs[0][0] if self.needs else self.field

    def is_in(self, body: Body) -> bool:
        """Whether a request says so."""
        return _contains(body, self.wire)

    def forced_into(self, body: Body) -> Body:
        """Return a request that says so, whatever the form offers."""
        return _merged(deepcopy(body), self.wire)


def _contains(whole: Any, part: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and _contains(whole[key], value) for key, value in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(_contains(one, each) for one in whole) for each in part)
    return bool(whole == part)


def _merged(whole: Body, part: Body) -> Body:
    for key, value in part.items():
        if isinstance(value, dict):
            _merged(whole.setdefault(key, {}), value)
        elif isinstance(value, list):
            whole[key] = [*whole.get(key, ()), *value]
        else:
            whole[key] = value
    return whole


SEARCHES = ("web_search", True)
TELLS = ("user_location", True)


def _search(**more: Any) -> Body:
    return {"tools": [{"type": "web_search", **more}]}


def _place(**names: str) -> Body:
    return _search(user_location={"type": "approximate", **names})


THINKING = [Option("reasoning_effort", effort, {"reasoning": {"effort": effort}}) for effort in EFFORTS]
OTHERS = [
    Option("temperature", 0.5, {"temperature": 0.5}),
    Option("top_p", 0.5, {"top_p": 0.5}),
    *(Option("verbosity", value, {"text": {"verbosity": value}}) for value in VERBOSITIES),
    *(Option("reasoning_summary", value, {"reasoning": {"summary": value}}) for value in SUMMARIES),
    Option("pro_mode", True, {"reasoning": {"mode": "pro"}}),
    *(Option("service_tier", value, {"service_tier": value}) for value in SERVICE_TIERS),
    Option("store_responses", True, {"store": True}),
    Option("max_tokens", 16, {"max_output_tokens": 16}),
    Option("web_search", True, _search()),
    *(
        Option("search_context_size", size, _search(search_context_size=size), (SEARCHES,))
        for size in SEARCH_CONTEXT_SIZES
    ),
    Option("city", "Bologna", _place(city="Bologna"), (SEARCHES, TELLS)),
    Option("region", "Emilia-Romagna", _place(region="Emilia-Romagna"), (SEARCHES, TELLS)),
    Option("country", "IT", _place(country="IT"), (SEARCHES, TELLS)),
    Option("timezone", "Europe/Rome", _place(timezone="Europe/Rome"), (SEARCHES, TELLS)),
    Option(
        "code_interpreter", True, {"tools": [{"type": "code_interpreter", "container": {"type": "auto"}}]}
    ),
]


def context(kind: SubentryType | None) -> FormContext:
    return FormContext(models=OPENAIS, subentry=kind)


def is_offered(option: Option, chosen: Body, kind: SubentryType | None) -> bool:
    """Whether the form has the field, and the choice in it."""
    selector = ChatForm(chosen, context(kind)).fields.get(option.field)
    if selector is None:
        return False
    return "options" not in selector.config or option.value in selector.config["options"]


def request(chosen: Body, kind: SubentryType | None) -> Body:
    """Return what is sent to OpenAI after such a form was saved."""
    stored = ChatForm(chosen, context(kind)).data()
    return request_of_stored(stored, kind)


def request_of_stored(stored: Body, kind: SubentryType | None) -> Body:
    """Return what is sent to OpenAI with such options."""
    options = ChatOptions.from_stored(stored, is_spoken_to=kind is not SubentryType.AI_TASK)
    return build_request(
        server=Server.OPENAI,
        settings=options.settings(OPENAIS),
        identity=Identity(agent_id="agent", user_id=None),
        instructions="Be nice.",
        items=[{"role": "user", "content": "Hi"}],
        tools=ToolSet(),
        tools_allowed=True,
        omissions=Omissions(),
    )


def changed_by(model: str, stored: Body, kind: SubentryType | None) -> tuple[str, ...]:
    """Return what changes in stored options when an agent gets a model."""
    return without_unsupported(stored, model, is_spoken_to=kind is not SubentryType.AI_TASK)[1]


def takes(body: Body) -> bool:
    """Whether OpenAI takes a request, as far as the stand-in knows."""
    try:
        validate_response_request(body, today=TODAY)
    except InvalidRequest:
        return False
    return True


def checked(option: Option, chosen: Body, kind: SubentryType | None) -> Iterator[str]:
    """Yield what is wrong with an option, beside others that are chosen."""
    what = f"{option}, with {chosen}"
    everything = {**chosen, **dict(option.needs), option.field: option.value}
    sent = request_of_stored(everything, kind)
    offered = is_offered(option, {**chosen, **dict(option.needs)}, kind)
    if offered != option.is_in(sent):
        yield f"{what}: is {'' if offered else 'not '}offered, and not so in the request"
    if offered and not option.is_in(request(everything, kind)):
        yield f"{what}: is offered and not stored"
    if not takes(sent):
        yield f"{what}: OpenAI does not take the request"
    changed = changed_by(chosen["chat_model"], everything, kind)
    if changed != (() if offered else (option.model_option,)):
        yield f"{what}: is {'' if offered else 'not '}offered, and another model changes {changed}"
    if (
        not offered
        and takes(option.forced_into(request_of_stored(chosen, kind)))
        and (chosen["chat_model"], str(option)) not in MORE_THAN_WE_OFFER
    ):
        yield f"{what}: is not offered, and OpenAI would take it"


def all_chosen(model: str, kind: SubentryType | None) -> Iterator[Body]:
    """Yield the model with every effort there is for it, and with none chosen."""
    yield {"chat_model": model}
    for effort in capabilities_of(model).efforts:
        yield {"chat_model": model, "reasoning_effort": effort}


@pytest.mark.parametrize("name", sorted({option.name for option in fields(ModelOptions)} - {"chat_model"}))
def test_every_option_of_a_model_is_in_the_tables_above(name: str) -> None:
    # so the tests below hold form, request, and model change to it
    assert name in {option.field for option in (*THINKING, *OTHERS)}


@pytest.mark.parametrize("name", sorted({option.name for option in fields(ChatOptions)} - {"is_spoken_to"}))
def test_every_option_is_in_a_form(name: str) -> None:
    models = [{"chat_model": model} for model in ALIVE]

    assert any(name in ChatForm(model, context(kind)).fields for model in models for kind in FORMS.values())


@EVERY_FORM
@EVERY_MODEL
def test_an_effort_is_offered_exactly_if_it_is_sent_and_accepted(
    model: str, kind: SubentryType | None
) -> None:
    problems = [wrong for option in THINKING for wrong in checked(option, {"chat_model": model}, kind)]

    assert problems == []


@EVERY_FORM
@EVERY_MODEL
def test_an_option_is_offered_exactly_if_it_is_sent_and_accepted(
    model: str, kind: SubentryType | None
) -> None:
    problems = [
        wrong
        for chosen in all_chosen(model, kind)
        for option in OTHERS
        for wrong in checked(option, chosen, kind)
    ]

    assert problems == []


@EVERY_FORM
@EVERY_MODEL
def test_all_that_is_offered_goes_together(model: str, kind: SubentryType | None) -> None:
    for chosen in all_chosen(model, kind):
        everything = {**chosen, **dict((SEARCHES, TELLS))}
        wanted = [option for option in OTHERS if is_offered(option, everything, kind)]
        everything |= {option.field: option.value for option in wanted}
        assert ChatForm(everything, context(kind)).errors() == {}

        body = request(everything, kind)

        assert takes(body), chosen
        assert [str(option) for option in wanted if everything[option.field] == option.value] == [
            str(option) for option in wanted if option.is_in(body)
        ]


@EVERY_MODEL
def test_the_longest_answer_can_be_asked_for_and_none_longer(model: str) -> None:
    most = capabilities_of(model).max_output_tokens

    assert ChatForm({"chat_model": model, "max_tokens": most}, context(None)).errors() == {}
    assert ChatForm({"chat_model": model, "max_tokens": most + 1}, context(None)).errors() == {
        "max_tokens": "max_tokens_range"
    }
    assert request({"chat_model": model, "max_tokens": most}, None)["max_output_tokens"] == most
    assert request_of_stored({"chat_model": model, "max_tokens": most + 1}, None)["max_output_tokens"] == most


@EVERY_MODEL
def test_the_shortest_answer_can_be_asked_for_and_none_shorter(model: str) -> None:
    assert ChatForm({"chat_model": model, "max_tokens": 15}, context(None)).errors() == {
        "max_tokens": "max_tokens_range"
    }
    assert not takes(request({"chat_model": model}, None) | {"max_output_tokens": 15})
    assert takes(request_of_stored({"chat_model": model, "max_tokens": 1}, None))


@EVERY_MODEL
def test_sources_are_named_where_that_is_chosen(model: str) -> None:
    search = {"chat_model": model, "web_search": True}
    assert is_offered(Option("inline_citations", True, {}), search, None)

    assert request({**search, "inline_citations": True}, None)["instructions"] == "Be nice."
    assert request(search, None)["instructions"] != "Be nice."


def test_both_tables_know_the_same_models() -> None:
    rows = [name for name in models._TABLE if not OPENAIS.is_retired(name)]

    assert len(rows) > 20
    assert [model for model in ALIVE if not capabilities_of(model).is_known] == []
    tested = {id(capabilities_of(model)) for model in ALIVE}
    assert [name for name in rows if id(capabilities_of(name)) not in tested] == []


def test_the_stand_in_and_we_agree_which_models_have_ended() -> None:
    gone = sorted(model for model in CHAT_MODELS if is_shut_down(model, TODAY))

    assert gone
    assert [model for model in CHAT_MODELS if OPENAIS.is_retired(model)] == [
        model for model in CHAT_MODELS if model in gone
    ]
    # so that a request names a model that has not ended
    assert all(is_chat_model(request({"chat_model": model}, None)["model"]) for model in gone)
    assert all(takes(request({"chat_model": model}, None)) for model in gone)
