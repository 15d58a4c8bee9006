"""Broken streams: whatever a server sends, there is an answer or one kind of error, and the chat goes on."""

import json

import pytest

from custom_components.openai_conversation.openai_api.errors import OpenAIRequestError
from custom_components.openai_conversation.responses import retry
from custom_components.openai_conversation.responses.events import EventDecoder
from custom_components.openai_conversation.responses.stream import LAST, Delta, StreamTranslator
from homeassistant.components import conversation
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.helpers import llm
from tests.support.house import TURN_ON, House
from tests.support.mutations import mutated
from tests.support.responses_api import (
    Event,
    FakeOpenAI,
    code_interpreter_call,
    function_call,
    message,
    reasoning,
    refusal,
    response_events,
    web_search_call,
)
from tests.support.streams import ON, ORIGIN, TOOLS

STREAMS: list[list[Event]] = [
    response_events([reasoning("Hm."), message("It is raining."), function_call(ON, {"name": "Kitchen"})]),
    response_events([function_call(ON, {"name": "Kitchen"}), function_call(ON, {"name": "Bath"})]),
    response_events([web_search_call(), code_interpreter_call("1", "2"), message("<think>Hm.</think>Done.")]),
    response_events([message("Once upon"), refusal("No.")], end="incomplete"),
    [{"type": "response.failed", "response": {"error": {"code": "server_error", "message": "Oops."}}}],
    [{"type": "response.completed", "response": {"output": [message("Hi"), function_call(ON, {})]}}],
]


def deltas_of(body: bytes, *, whole_answers: bool) -> tuple[list[Delta], OpenAIRequestError | None]:
    """Return what reaches the chat log, and what ends it."""
    decoder = EventDecoder()
    translator = StreamTranslator(
        origin=ORIGIN, tool_names=TOOLS, whole_answers=whole_answers, max_tokens=100
    )
    deltas: list[Delta] = []
    try:
        try:
            for event in (*decoder.feed(body), *decoder.finish()):
                deltas += translator.feed(event)
                if event["type"] in LAST:
                    break
        except OpenAIRequestError as err:
            translator.break_off(err)
        deltas += translator.finish()
    except OpenAIRequestError as err:
        return deltas, err
    return deltas, translator.failure


@pytest.mark.parametrize("whole_answers", [False, True], ids=["heard", "used"])
@pytest.mark.parametrize("number", range(len(STREAMS)))
def test_a_broken_stream_is_an_answer_or_an_error(number: int, whole_answers: bool) -> None:
    for seed in range(400):
        deltas, failure = deltas_of(mutated(STREAMS[number], seed), whole_answers=whole_answers)

        assert deltas or failure, seed
        assert_valid(deltas)


def assert_valid(deltas: list[Delta]) -> None:
    """Check that the chat log, the pipeline, and the next request can take these deltas."""
    assert not deltas or deltas[0] == {"role": "assistant"}
    calls: list[llm.ToolInput] = []
    answered: list[str] = []
    for delta in deltas:
        calls += delta.get("tool_calls", ())
        if delta.get("role") == "tool_result":
            answered.append(delta["tool_call_id"])
        for key in ("content", "thinking_content"):
            assert isinstance(delta.get(key, ""), str)
            delta.get(key, "").encode()
        if native := delta.get("native"):
            json.dumps(native.items, ensure_ascii=False).encode()
            ids = [item["call_id"] for item in native.items if item.get("type") == "function_call"]
            assert sorted(ids) == sorted(call.id for call in calls)
    assert len({call.id for call in calls}) == len(calls)
    assert answered == [call.id for call in calls if call.external]
    for call in calls:
        assert isinstance(call.tool_name, str)
        assert isinstance(call.tool_args, dict)
        assert call.external or call.tool_name in TOOLS.values()


async def test_after_a_broken_stream_the_conversation_goes_on(
    house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "SHORT_WAIT", 0)
    events = response_events(
        [reasoning("Hm."), message("One moment."), function_call(TURN_ON, {"name": "Kitchen Light"})]
    )
    await house.async_self_host(openai)
    for seed in range(40):
        openai.sends(mutated(events, seed))
        for _ in range(2):
            openai.says("Done.")

        first = await house.hears("Turn on the kitchen light")
        second = await house.hears("Thanks", conversation_id=first.conversation_id)

        assert first.speech, seed
        assert second.speech == "Done.", seed
        contents = house.hass.data[DATA_CHAT_LOGS][first.conversation_id].content
        called = [
            call.id
            for content in contents
            if isinstance(content, conversation.AssistantContent)
            for call in content.tool_calls or ()
        ]
        results = [c.tool_call_id for c in contents if isinstance(c, conversation.ToolResultContent)]
        assert sorted(called) == sorted(results), seed
        openai._answers.clear()
