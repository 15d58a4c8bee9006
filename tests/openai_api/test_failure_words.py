"""The sentences of real servers: what they mean, what the user hears, and what is tried again."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from custom_components.openai_conversation import const
from custom_components.openai_conversation.openai_api.classify import classify, classify_event
from custom_components.openai_conversation.openai_api.errors import Failure, FailureKind, OpenAIRequestError
from custom_components.openai_conversation.openai_api.failure_words import param_by_words, wait_by_words
from custom_components.openai_conversation.responses.retry import RetryState, next_retry

from .failed import exception_for
from .server_sentences import HEARD, NOTHING, ROWS, WITHOUT_HISTORY, Row

SENTENCES: dict[str, Any] = json.loads(
    (Path(const.__file__).parent / "translations" / "en.json").read_text("utf-8")
)["exceptions"]

BODY: dict[str, Any] = {
    "model": "a-model",
    "instructions": "You are helpful.",
    "input": [{"role": "user", "content": "Hi"}],
    "max_output_tokens": 500,
    "reasoning": {"effort": "low"},
    "safety_identifier": "somebody",
    "stream": True,
    "temperature": 1,
    "top_p": 1,
    "tools": [],
}


async def failure_of(row: Row) -> Failure:
    """Return what we make of a row, as an answer or in a stream."""
    if row.status == 200:
        return classify_event(row.error)
    if isinstance(row.error, str):
        answer = httpx.Response(row.status, headers=row.headers, text=row.error)
    else:
        answer = httpx.Response(row.status, headers=row.headers, json={"error": row.error})
    return classify(await exception_for(answer))


def heard(failure: Failure, server: str) -> str:
    """Return the sentence about a failure of a server."""
    error = OpenAIRequestError(failure)
    error.name_server(server)
    message: str = SENTENCES[str(error.translation_key)]["message"]
    return message.format(**(error.translation_placeholders or {}))


def again(failure: Failure) -> str:
    """Return what is tried again because of a failure, with a minute left."""
    state = next_retry(RetryState(), failure, BODY, 60)
    if state is None:
        return NOTHING
    if state.omissions.history:
        return WITHOUT_HISTORY
    if state.omissions.params:
        return f"without {', '.join(state.omissions.params)}"
    text = f"after {state.wait:g} s"
    is_patient = next_retry(state, failure, BODY, 60) is not None
    return f"{text}, until the time is up" if is_patient else text


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.host} {row.status} {row.words}")
async def test_what_a_sentence_means_is_heard_and_is_tried_again(row: Row) -> None:
    failure = await failure_of(row)

    assert failure.kind is row.kind
    assert failure.param == row.param
    assert heard(failure, row.host) == HEARD[row.kind].format(server=row.host)
    assert again(failure) == row.again


def test_each_server_that_the_readme_names_is_in_the_table() -> None:
    assert {row.host for row in ROWS} >= {
        "OpenAI",
        "house.openai.azure.com",
        "openrouter.ai",
        "litellm.local",
    }
    assert len(ROWS) > 80


@pytest.mark.parametrize(
    ("message", "param"),
    [
        ("Unknown parameter: 'include'.", "include"),
        ("Unrecognized request arguments supplied: store, text", "store"),
        ("'store' is not supported", "store"),
        ("anthropic does not support parameters: ['temperature', 'top_p']", "temperature"),
        ("Unsupported parameter: 'verbosity' is not supported with this model.", "text.verbosity"),
        ("Unsupported parameter: 'reasoning.effort' is not supported.", "reasoning.effort"),
        ("[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs'}]", "seed"),
        ("max_tokens is too large: 9", "max_output_tokens"),
        ("Something else is not supported", None),
        ("The value 'high' is wrong", None),
        ("", None),
    ],
)
def test_the_parameter_in_the_words(message: str, param: str | None) -> None:
    assert param_by_words(message) == param


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Please try again in 20s.", 20),
        ("Please try again in 1m30.5s.", 90.5),
        ("Please try again in 250ms.", 0.25),
        ("Try again in 2 hours", 7200),
        ("Please retry after 6 seconds.", 6),
        ("Please wait 1 minute", 60),
        ("try again later", None),
        ("Limit 30000, Used 29000", None),
        ("", None),
    ],
)
def test_the_time_to_wait_in_the_words(message: str, seconds: float | None) -> None:
    assert wait_by_words(message) == seconds


async def test_words_beat_the_code_and_the_status() -> None:
    error = {"message": "litellm.ContextWindowExceededError: …", "code": "server_error"}

    failure = classify(await exception_for(httpx.Response(500, json={"error": error})))

    assert failure.kind is FailureKind.CONTEXT_TOO_LONG
