"""One request of a turn. It is sent again until it is answered, as far as `retry.py` allows."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
import time
from typing import Any

from homeassistant.components.conversation import ChatLog

from ..const import LOGGER
from ..openai_api.errors import OpenAIRequestError
from ..openai_api.http_client import Client
from ..openai_api.usage import Usage
from ..text.rewriter import Rewriter
from ..usage.latency import Stage, Stopwatch
from ..usage.request import Request
from .request import Body, Omissions
from .retry import RetryState, next_retry
from .stream import Delta, StreamTranslator
from .timeouts import Timeouts, time_left
from .transport import EventStream


@dataclass(kw_only=True)
class Exchange:
    """A request and its answer, which goes into the chat log while it streams in."""

    client: Client
    chat_log: ChatLog
    entity_id: str
    body: Callable[[Omissions], Body]
    """Builds the request from the chat log, without what the server has refused."""

    translator: Callable[[Body], StreamTranslator]
    """Makes a translator for the answer to a request."""

    request: Request
    """Reserves room in the budget, and counts what the answers use."""

    must_finish: bool
    """Whether a tool has run: then the turn finishes, whatever it costs, and however long it takes."""

    longest_wait: float
    """See `Turn`."""

    stopwatch: Stopwatch
    rewriter: Callable[[], Rewriter] | None
    timeouts: Timeouts
    deadline: asyncio.Timeout
    """Of the turn."""

    omissions: Omissions
    """What the server has refused so far; it grows while the request is repeated."""

    async def async_run(self) -> None:
        """Send the request until it is answered. Raises `OpenAIRequestError`.

        Nothing is repeated that was heard, and no tool runs twice.
        """
        state = RetryState(self.omissions)
        while True:
            self.omissions = state.omissions
            self.request.reserve(must_finish=self.must_finish)
            body = self.body(self.omissions)
            translator = self.translator(body)
            seconds = time_left(self.deadline)
            stream = EventStream(self.client, body, silence=self.timeouts.silence_within(seconds))
            try:
                await self._async_stream(translator, stream)
            except OpenAIRequestError as err:
                failure = replace(err.failure, request_id=err.failure.request_id or stream.request_id)
                may_wait = seconds if self.must_finish else min(seconds, self.longest_wait)
                retry = next_retry(state, failure, body, may_wait)
                if translator.spoke or translator.called or retry is None:
                    raise OpenAIRequestError(failure) from err
                LOGGER.debug("Trying again after %s: %s", failure, retry)
                state = retry
            else:
                return
            finally:
                self._count(body["model"], translator.response)
            await asyncio.sleep(state.wait)

    async def _async_stream(self, translator: StreamTranslator, stream: EventStream) -> None:
        """Hand an answer to the chat log as it comes. Raises `OpenAIRequestError`."""
        deltas = _deltas(translator, stream, self.stopwatch)
        if self.rewriter:
            deltas = _rewritten(deltas, self.rewriter)
        async with aclosing(deltas):
            async for _ in self.chat_log.async_add_delta_content_stream(self.entity_id, deltas):
                pass
        if translator.failure:
            raise translator.failure

    def _count(self, model: str, response: Mapping[str, Any]) -> None:
        """Count what an answer used, even a failed or canceled one, and show it in the debug view."""
        if not response:
            self.request.release()
            return
        used = self.request.add(Usage.of_response(model, response))
        self.chat_log.async_trace(
            {
                "stats": {
                    "input_tokens": used.input_tokens,
                    "cached_input_tokens": used.cached_tokens,
                    "output_tokens": used.output_tokens,
                    "cost": used.cost,
                }
            }
        )


async def _deltas(
    translator: StreamTranslator, stream: EventStream, stopwatch: Stopwatch
) -> AsyncGenerator[Delta]:
    waiting_since: float | None = time.monotonic()
    try:
        async with aclosing(stream.events()) as events:
            async for event in events:
                if waiting_since is not None:
                    stopwatch.add(Stage.WAITING, waiting_since)
                    waiting_since = None
                for delta in translator.feed(event):
                    if delta.get("content"):
                        stopwatch.speak()
                    yield delta
    except OpenAIRequestError as err:
        translator.break_off(err)
    for delta in translator.finish():
        yield delta


async def _rewritten(
    deltas: AsyncGenerator[Delta], make_rewriter: Callable[[], Rewriter]
) -> AsyncGenerator[Delta]:
    """Rewrite the text of an answer. Text that is held back comes before the next delta of another kind."""
    rewriter = make_rewriter()
    async with aclosing(deltas):
        async for delta in deltas:
            if isinstance(content := delta.get("content"), str):
                text = rewriter.feed(content)
            else:
                text, rewriter = rewriter.finish(), make_rewriter()
            if text:
                yield {"content": text}
            if not isinstance(content, str):
                yield delta
    if text := rewriter.finish():
        yield {"content": text}
