"""A turn: request → events → tools → again, until there is an answer."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Final

import openai
import probatio as vol

from homeassistant.components import conversation
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.util.json import JsonObjectType

from ..attachments import async_read_attachments
from ..const import LOGGER, Server
from ..openai_api.errors import Failure, FailureKind, OpenAIRequestError
from ..options.chat import ModelSettings
from ..text.rewriter import Rewriter
from .input_items import Item, input_items
from .json_schema import AnswerFormat
from .request import Body, Identity, Omissions, build_request
from .retry import RetryState, next_retry
from .stream import Delta, StreamTranslator
from .tools import ToolConverter, ToolSet
from .transport import EventStream


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds."""

    turn: float
    silence: float
    """Without a single byte from the server."""


VOICE: Final = Timeouts(turn=90, silence=25)
"""Nobody stands at a speaker for longer; ten rounds of tools take half of it on a bad day."""

HOME_SERVER: Final = Timeouts(turn=180, silence=90)
"""A computer in the house may have to load the model first."""

DEEP_THOUGHT: Final = Timeouts(turn=600, silence=300)
"""For those who chose a lot of reasoning: the model says nothing for minutes, and they know."""

_DEEP_EFFORTS: Final = frozenset({"high", "xhigh", "max"})

RESERVE: Final = 10.0
"""Seconds at the end of a turn that a silent stream must leave: for the result of a tool to be told."""


def timeouts_for(server: Server, settings: ModelSettings) -> Timeouts:
    """Return how long to wait for a model that reasons this much, there."""
    if server is Server.COMPATIBLE:
        return HOME_SERVER
    thinks_by_itself = settings.effort is None and bool(settings.capabilities.efforts)
    is_slow = settings.pro_mode or settings.service_tier == "flex"
    return DEEP_THOUGHT if thinks_by_itself or is_slow or settings.effort in _DEEP_EFFORTS else VOICE


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPolicy:
    """How a turn is taken."""

    timeouts: Timeouts | None = None
    """None: as much as the model needs, with somebody waiting."""

    tool_rounds: int
    """Rounds with tools; behind them the model has to answer with what it knows by then."""

    whole_answers: bool = False
    """Whether an answer is used as it is: see `StreamTranslator`."""


CONVERSATION: Final = TurnPolicy(tool_rounds=10)
TASK: Final = TurnPolicy(timeouts=DEEP_THOUGHT, tool_rounds=50, whole_answers=True)


@dataclass(kw_only=True)
class Turn:
    """One turn of one conversation. Its outcome is in the chat log."""

    client: openai.AsyncOpenAI
    server: Server
    settings: ModelSettings
    identity: Identity
    chat_log: conversation.ChatLog
    entity_id: str
    converter: ToolConverter
    rewriter: Callable[[], Rewriter] | None = None
    """Makes what rewrites an answer while it streams in; None: it stays as it is."""

    omissions: Omissions = field(default_factory=Omissions)
    """What the server has refused so far, which need not be sent again."""

    policy: TurnPolicy = CONVERSATION
    answer_format: AnswerFormat | None = None
    _files: dict[Path, Item] | None = None

    async def async_run(self) -> str:
        """Answer the last message of the chat log, and return the words of the answer.

        Raises `OpenAIRequestError`; the chat log then has no call without a result.
        """
        timeouts = self.policy.timeouts or timeouts_for(self.server, self.settings)
        try:
            async with asyncio.timeout(timeouts.turn) as deadline:
                await self._async_rounds(timeouts, deadline)
        except TimeoutError as err:
            raise OpenAIRequestError(
                Failure(kind=FailureKind.TIMEOUT, detail="the turn took too long")
            ) from err
        finally:
            close_open_calls(self.chat_log, self.entity_id)
        answer = self.chat_log.content[-1]
        return (answer.content or "") if isinstance(answer, conversation.AssistantContent) else ""

    async def _async_rounds(self, timeouts: Timeouts, deadline: asyncio.Timeout) -> None:
        tools = self._guarded_tools()
        for number in range(self.policy.tool_rounds + 1):
            await self._async_round(tools, number < self.policy.tool_rounds, timeouts, deadline)
            if not self.chat_log.unresponded_tool_results:
                return
        raise OpenAIRequestError(Failure(kind=FailureKind.NO_ANSWER, detail="calls without an end"))

    def _guarded_tools(self) -> ToolSet:
        if (api := self.chat_log.llm_api) is None:
            return ToolSet()
        self.chat_log.llm_api = GuardedAPI.around(api)
        return self.converter.convert(api.tools, api.custom_serializer)

    async def _async_round(
        self, tools: ToolSet, tools_allowed: bool, timeouts: Timeouts, deadline: asyncio.Timeout
    ) -> None:
        """Send one request until it is answered, or must not be sent again."""
        attempt = RetryState(self.omissions)
        while True:
            self.omissions = attempt.omissions
            body = await self._async_body(tools, tools_allowed)
            translator = StreamTranslator(
                origin=self._origin,
                tool_names=tools.names if tools_allowed else {},
                whole_answers=self.policy.whole_answers,
            )
            time_left = (deadline.when() or 0.0) - asyncio.get_running_loop().time()
            silence = max(1.0, min(timeouts.silence, time_left - RESERVE))
            stream = EventStream(self.client, body, silence=silence)
            try:
                await self._async_stream(translator, stream)
            except OpenAIRequestError as err:
                failure = replace(err.failure, request_id=err.failure.request_id or stream.request_id)
                again = next_retry(attempt, failure, body, time_left)
                if translator.spoke or again is None:
                    raise OpenAIRequestError(failure) from err
                LOGGER.debug("Trying again after %s: %s", failure, again)
                attempt = again
                await asyncio.sleep(attempt.wait)
            else:
                self._trace(translator)
                return

    async def _async_body(self, tools: ToolSet, tools_allowed: bool) -> Body:
        system, *contents = self.chat_log.content
        if self.omissions.history:
            last_question = max(index for index, item in enumerate(contents) if item.role == "user")
            contents = contents[last_question:]
        native = self.server is Server.OPENAI and not self.omissions.native_items
        items = input_items(
            contents,
            origin=self._origin if native else None,
            files=await self._async_files(contents),
        )
        return build_request(
            server=self.server,
            settings=self.settings,
            identity=self.identity,
            instructions=system.content or "" if isinstance(system, conversation.SystemContent) else "",
            items=items,
            tools=tools,
            tools_allowed=tools_allowed,
            omissions=self.omissions,
            answer_format=self.answer_format,
        )

    async def _async_files(self, contents: list[conversation.Content]) -> dict[Path, Item]:
        if self._files is None:  # the same in every round
            self._files = await async_read_attachments(self.chat_log.hass, contents)
        return self._files

    @property
    def _origin(self) -> str:
        return f"{self.identity.agent_id}:{self.settings.model}"

    async def _async_stream(self, translator: StreamTranslator, stream: EventStream) -> None:
        """Hand an answer to the chat log as it comes. Raises `OpenAIRequestError`."""
        deltas = _deltas(translator, stream)
        if self.rewriter:
            deltas = _rewritten(deltas, self.rewriter)
        async with aclosing(deltas):
            async for _ in self.chat_log.async_add_delta_content_stream(self.entity_id, deltas):
                pass
        if translator.failure:
            raise translator.failure

    def _trace(self, translator: StreamTranslator) -> None:
        """Show the tokens in Assist's debug view."""
        if usage := translator.usage:
            details = usage.get("input_tokens_details")
            stats = {
                "input_tokens": usage.get("input_tokens"),
                "cached_input_tokens": details.get("cached_tokens") if isinstance(details, dict) else None,
                "output_tokens": usage.get("output_tokens"),
            }
            self.chat_log.async_trace({"stats": stats})


async def _deltas(translator: StreamTranslator, stream: EventStream) -> AsyncGenerator[Delta]:
    try:
        async with aclosing(stream.events()) as events:
            async for event in events:
                for delta in translator.feed(event):
                    yield delta
    except OpenAIRequestError as err:
        translator.break_off(err)
    for delta in translator.finish():
        yield delta


async def _rewritten(
    deltas: AsyncGenerator[Delta], make_rewriter: Callable[[], Rewriter]
) -> AsyncGenerator[Delta]:
    """Rewrite what is said; what is held back comes before anything else does."""
    rewriter = make_rewriter()
    async with aclosing(deltas):
        async for delta in deltas:
            if isinstance(text := delta.get("content"), str):
                said = rewriter.feed(text)
            else:
                said, rewriter = rewriter.finish(), make_rewriter()
            if said:
                yield {"content": said}
            if not isinstance(text, str):
                yield delta
    if said := rewriter.finish():
        yield {"content": said}


class GuardedAPI(llm.APIInstance):
    """Assist's tools; one that breaks gives an error to the model instead of ending the turn."""

    @classmethod
    def around(cls, api: llm.APIInstance) -> llm.APIInstance:
        """Return the same tools, guarded."""
        if isinstance(api, cls):
            return api
        return cls(**{each.name: getattr(api, each.name) for each in fields(api)})

    async def async_call_tool(self, tool_input: llm.ToolInput) -> llm.ToolResult:
        """Call a tool. It never raises: nobody may be there any more to hear it."""
        try:
            return await super().async_call_tool(tool_input)
        except (HomeAssistantError, vol.Invalid) as err:
            # what Home Assistant's chat log makes of them
            data: JsonObjectType = {"error": type(err).__name__}
            if text := str(err):
                data["error_text"] = text
        except Exception as err:  # noqa: BLE001 - whatever other integrations raise
            LOGGER.exception("The tool %s failed", tool_input.tool_name)
            data = {"error": type(err).__name__}
        return llm.ToolResult(data=data, error=True)


def close_open_calls(chat_log: conversation.ChatLog, entity_id: str) -> None:
    """Give every call of an interrupted turn a result, so that the conversation can go on."""
    answered: set[str] = set()
    for content in reversed(chat_log.content):
        if isinstance(content, conversation.ToolResultContent):
            answered.add(content.tool_call_id)
            continue
        if isinstance(content, conversation.AssistantContent):
            for call in content.tool_calls or ():
                if call.id not in answered:
                    result = llm.ToolResult(data={"error": "interrupted, result unknown"}, error=True)
                    chat_log.async_add_assistant_content_without_tools(
                        conversation.ToolResultContent(
                            agent_id=entity_id, tool_call_id=call.id, tool_name=call.tool_name, result=result
                        )
                    )
        return
