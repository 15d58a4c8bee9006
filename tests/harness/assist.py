"""Talk to Assist: one turn through the pipeline, from the typed text to the last word."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from .client import Client
from .websocket import Json


@dataclass
class ToolCall:
    """A tool that the model called, and its result."""

    name: str
    arguments: Json
    result: Any = None


@dataclass
class Turn:
    """What was asked, what happened, and what was answered."""

    asked: str
    answer: str = ""
    conversation_id: str = ""
    listens_on: bool = False
    """Whether the answer is a question, so that the microphone stays open."""
    error: str | None = None
    """Home Assistant's error code, if the turn failed."""
    tools: dict[str, ToolCall] = field(default_factory=dict)
    """By call ID, in the order of the calls."""
    words: list[str] = field(default_factory=list)
    """The answer in the pieces that arrived before the end."""
    first_word: float | None = None
    """Seconds from the question to the first piece."""
    seconds: float = 0.0
    """Seconds from the question to the end."""

    def add_progress(self, delta: Json, after: float) -> None:
        """Add a delta of the chat log."""
        if delta.get("role") == "tool_result":
            self.tools[delta["tool_call_id"]].result = delta["result"]["data"]
            return
        if content := delta.get("content"):
            self.words.append(content)
            self.first_word = self.first_word or after
        for call in delta.get("tool_calls") or ():
            self.tools[call["id"]] = ToolCall(call["tool_name"], call["tool_args"])

    def add_output(self, output: Json) -> None:
        """Add the answer of the agent, in the shape that `conversation/process` returns as well."""
        response = output["response"]
        self.conversation_id = output["conversation_id"]
        self.listens_on = output["continue_conversation"]
        self.answer = response["speech"]["plain"]["speech"]
        if response["response_type"] == "error":
            self.error = response["data"]["code"]


def listen(client: Client, text: str, **fields: Any) -> AbstractAsyncContextManager[AsyncIterator[Json]]:
    """Say something, and get the events of the pipeline. Leaving the block closes the dialog."""
    return client.websocket.subscribe(
        "assist_pipeline/run", start_stage="intent", end_stage="intent", input={"text": text}, **fields
    )


async def ask(client: Client, text: str, *, after: Turn | None = None, **fields: str) -> Turn:
    """Say something to the preferred pipeline of Assist. `after`: the turn whose conversation continues.

    `fields`: another `pipeline`, or the `device_id` of a speaker.
    """
    turn = Turn(text)
    started = perf_counter()
    async with listen(
        client, text, conversation_id=after.conversation_id if after else None, **fields
    ) as events:
        async for event in events:
            turn.seconds = perf_counter() - started
            match event["type"]:
                case "intent-progress":
                    turn.add_progress(event["data"].get("chat_log_delta", {}), turn.seconds)
                case "intent-end":
                    turn.add_output(event["data"]["intent_output"])
                case "error":
                    turn.error = event["data"]["code"]
                    turn.answer = event["data"]["message"]
                case "run-end":
                    return turn
    raise ConnectionError("Home Assistant closed the connection in the middle of a turn")


async def process(client: Client, text: str, agent_id: str, language: str = "en") -> Turn:
    """Say something to an agent, without a pipeline."""
    turn = Turn(text)
    answer = await client.websocket.command(
        "conversation/process", text=text, agent_id=agent_id, language=language
    )
    turn.add_output(answer)
    return turn
