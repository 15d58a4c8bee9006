"""A turn: request → events → tools → the next request, until there is an answer."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
import math
from pathlib import Path
from typing import Final

from homeassistant.components import conversation

from ..attachments import async_read_attachments
from ..const import Server
from ..openai_api.errors import FailureKind, OpenAIRequestError
from ..openai_api.http_client import Client
from ..options.chat import ModelSettings
from ..text.rewriter import Rewriter
from ..text.thoughts import Habits
from ..usage.latency import Latency, Stopwatch
from ..usage.request import Request
from .exchange import Exchange
from .guarded_tools import GuardedAPI, close_open_calls
from .history import recent_turns
from .input_items import Item, input_items
from .json_schema import AnswerFormat
from .own_words import NO_WORDS, OwnWords, tools_succeeded
from .request import Body, Identity, Omissions, build_request
from .stream import StreamTranslator
from .timeouts import DEEP_REASONING, Timeouts, time_left, timeouts_for
from .tools import ToolConverter, ToolSet


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPolicy:
    """How long a turn may take, and how its answer is used."""

    timeouts: Timeouts | None = None
    """None: those for the model while the user listens, see `timeouts_for`."""

    tool_rounds: int
    """Rounds with tools. After them, the model must answer with what it knows."""

    whole_answers: bool = False
    """Whether the answer is used as it is: see `StreamTranslator`."""


CONVERSATION: Final = TurnPolicy(tool_rounds=10)
TASK: Final = TurnPolicy(timeouts=DEEP_REASONING, tool_rounds=50, whole_answers=True)


@dataclass(kw_only=True)
class Turn:
    """One turn of one conversation. Its outcome is in the chat log."""

    client: Client
    server: Server
    settings: ModelSettings
    identity: Identity
    chat_log: conversation.ChatLog
    entity_id: str
    converter: ToolConverter
    request: Request
    """What is asked of OpenAI, for all rounds."""

    latency: Latency = field(default_factory=Latency)
    """Remembers how long each stage took. That of a task is not read."""

    rewriter: Callable[[], Rewriter] | None = None
    """Makes what rewrites an answer while it streams in; None: the answer stays as it is."""

    omissions: Omissions = field(default_factory=Omissions)
    """What the server has refused so far. Read it after the turn, for the next one."""

    remember_turns: int = 0
    """See `recent_turns`."""

    policy: TurnPolicy = CONVERSATION
    own_words: OwnWords = NO_WORDS
    habits: Habits = field(default_factory=Habits)
    """Of the model, from turn to turn."""

    answer_format: AnswerFormat | None = None
    longest_wait: float = math.inf
    """The most seconds before the first request is sent again: another agent may answer instead."""

    async def async_run(self) -> str:
        """Answer the last message of the chat log, and return the text of the answer.

        Raises `OpenAIRequestError`; the chat log then has no call without a result.
        """
        timeouts = self.policy.timeouts or timeouts_for(self.server, self.settings)
        guard: GuardedAPI | None = None
        stopwatch = Stopwatch(self.latency)
        try:
            async with asyncio.timeout(timeouts.turn) as deadline:
                guard = self._guard(timeouts, deadline, stopwatch)
                await self._async_rounds(timeouts, deadline, stopwatch)
            stopwatch.complete()
        except TimeoutError as err:
            kind = FailureKind.ACTION_TIMEOUT if guard and guard.is_busy else FailureKind.TIMEOUT
            raise OpenAIRequestError.of(kind, "the turn took too long") from err
        finally:
            if guard:
                self.chat_log.llm_api = guard.guarded
            close_open_calls(self.chat_log, self.entity_id)
            if stopwatch.stages:
                self.chat_log.async_trace({"latency": stopwatch.stages})
        answer = self.chat_log.content[-1]
        return (answer.content or "") if isinstance(answer, conversation.AssistantContent) else ""

    def _guard(
        self, timeouts: Timeouts, deadline: asyncio.Timeout, stopwatch: Stopwatch
    ) -> GuardedAPI | None:
        """Guard the tools, which the chat log calls, for the duration of the turn."""
        if (api := self.chat_log.llm_api) is None:
            return None
        guard = GuardedAPI(api, lambda: timeouts.action_within(time_left(deadline)), stopwatch)
        self.chat_log.llm_api = guard
        return guard

    async def _async_rounds(
        self, timeouts: Timeouts, deadline: asyncio.Timeout, stopwatch: Stopwatch
    ) -> None:
        files = await async_read_attachments(self.chat_log.hass, self.chat_log.content)
        api = self.chat_log.llm_api
        tools = self.converter.convert(api.tools, api.custom_serializer) if api else ToolSet()
        for number in range(self.policy.tool_rounds + 1):
            await self._async_round(
                tools, number, files=files, timeouts=timeouts, deadline=deadline, stopwatch=stopwatch
            )
            if not self.chat_log.unresponded_tool_results:
                return
        raise OpenAIRequestError.of(FailureKind.NO_ANSWER, "calls without an end")

    async def _async_round(
        self,
        tools: ToolSet,
        number: int,
        *,
        files: Mapping[Path, Item],
        timeouts: Timeouts,
        deadline: asyncio.Timeout,
        stopwatch: Stopwatch,
    ) -> None:
        """Send one request, and run the tools that the answer calls."""
        tools_allowed = number < self.policy.tool_rounds
        exchange = Exchange(
            client=self.client,
            chat_log=self.chat_log,
            entity_id=self.entity_id,
            body=partial(self._body, tools, tools_allowed, files),
            translator=partial(self._translator, tools if tools_allowed else ToolSet()),
            request=self.request,
            must_finish=number > 0,
            longest_wait=self.longest_wait,
            stopwatch=stopwatch,
            rewriter=self.rewriter,
            timeouts=timeouts,
            deadline=deadline,
            omissions=self.omissions,
        )
        try:
            await exchange.async_run()
        finally:
            self.omissions = exchange.omissions

    def _body(
        self, tools: ToolSet, tools_allowed: bool, files: Mapping[Path, Item], omissions: Omissions
    ) -> Body:
        system, *history = self.chat_log.content
        contents = recent_turns(history, self.remember_turns)
        if omissions.history:
            last_question = max(index for index, item in enumerate(contents) if item.role == "user")
            contents = contents[last_question:]
        replays_items = self.server is Server.OPENAI and not omissions.native_items
        return build_request(
            server=self.server,
            settings=self.settings,
            identity=self.identity,
            instructions=system.content if isinstance(system, conversation.SystemContent) else "",
            items=input_items(
                contents,
                origin=self._origin if replays_items else None,
                files=files,
                join_questions=self.server is Server.COMPATIBLE,
            ),
            tools=tools,
            tools_allowed=tools_allowed,
            omissions=omissions,
            answer_format=self.answer_format,
        )

    def _translator(self, tools: ToolSet, body: Body) -> StreamTranslator:
        own_words = self.own_words
        if not tools_succeeded(self.chat_log.content):
            own_words = replace(own_words, done="")
        return StreamTranslator(
            origin=self._origin,
            tool_names=tools.names,
            whole_answers=self.policy.whole_answers,
            max_tokens=body.get("max_output_tokens"),
            key=self.client.api_key,
            own_words=own_words,
            has_written_calls=self.server is Server.COMPATIBLE and self.answer_format is None,
            habits=self.habits,
        )

    @property
    def _origin(self) -> str:
        """Whose output items are sent back: the agent's and the model's that made them."""
        return f"{self.identity.agent_id}:{self.settings.chat_model}"
