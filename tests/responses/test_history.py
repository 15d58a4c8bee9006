"""How much of a conversation is sent again."""

from itertools import pairwise

import pytest

from custom_components.openai_conversation.responses.history import recent_turns
from homeassistant.components.conversation import AssistantContent, Content, ToolResultContent, UserContent
from homeassistant.helpers import llm

from ..support.house import House
from ..support.responses_api import FakeOpenAI

AGENT = "conversation.chatgpt"


def chat(turns: int) -> list[Content]:
    """Return a conversation in which each question needs a tool."""
    contents: list[Content] = []
    for number in range(turns):
        call = llm.ToolInput(id=f"call_{number}", tool_name="Get", tool_args={})
        result = llm.ToolResult(data={"number": number})
        contents += [
            UserContent(f"Question {number}"),
            AssistantContent(AGENT, tool_calls=[call]),
            ToolResultContent(AGENT, tool_call_id=call.id, tool_name="Get", result=result),
            AssistantContent(AGENT, content=f"Answer {number}"),
        ]
    return contents


CHAT = chat(100)


@pytest.mark.parametrize("most", [0, 5, 6])
def test_all_is_remembered(most: int) -> None:
    assert recent_turns(CHAT[:20], most) == CHAT[:20]


@pytest.mark.parametrize("most", [1, 2, 3, 7, 20])
def test_a_turn_is_remembered_as_a_whole_or_not_at_all(most: int) -> None:
    for turns in range(1, 100):
        recent = recent_turns(CHAT[: 4 * turns], most)

        assert recent == CHAT[4 * turns - len(recent) : 4 * turns]
        assert isinstance(recent[0], UserContent)
        assert min(turns, most // 2 + 1) <= len(recent) / 4 <= most


def test_most_requests_begin_as_the_one_before() -> None:
    beginnings = [recent_turns(CHAT[: 4 * turns], 10)[0] for turns in range(1, 101)]

    changes = sum(one != other for one, other in pairwise(beginnings))
    assert changes == 18


async def test_an_agent_forgets_what_is_long_ago(openai: FakeOpenAI, house: House) -> None:
    await house.async_load(remember_turns=2)
    for _ in range(4):
        openai.says("Fine.")

    first = await house.hears("Question 1")
    for number in (2, 3, 4):
        await house.hears(f"Question {number}", conversation_id=first.conversation_id)

    asked = [item["content"] for item in openai.request["input"] if item["role"] == "user"]
    assert asked == ["Question 3", "Question 4"]
