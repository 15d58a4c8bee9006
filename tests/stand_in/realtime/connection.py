"""`GET /v1/realtime`: the Realtime API over a WebSocket, to speak and to transcribe.

Facts: OpenAI's guide on the Realtime API with WebSockets, and its API reference, "Realtime client events".
"""

import asyncio
from base64 import b64decode
from collections.abc import Mapping
import json
from typing import Any

from aiohttp import WSMsgType, web

from ..access import check_key
from ..errors import ApiError, InvalidRequest
from ..refusals import REFUSALS, Fault
from ..state import STAND_IN, StandIn, refuse_if_armed
from .hearing import HEARING_MISHAPS, InputBuffer
from .mishaps import READING_MISHAPS, Reading
from .rules import check_connection, check_event
from .session import LIFETIME_S, Session
from .speech import SpokenResponse, reading_of, voice_error

PATH = "/v1/realtime"

_LARGEST_MESSAGE = 32 * 1024 * 1024
_GOING_AWAY = 1001
_REFUSED = 1008

CONNECTION_MISHAPS = ("slow", "late", "silent", "expires")
"""Faults of a connection besides refusals. `late`: the refusal named by `param` comes as an event, before
a close. `silent`: it is accepted, and nothing comes. `expires`: the session ends after `seconds`."""

MISHAPS_BY_EVENT: dict[str, tuple[str, ...]] = {
    PATH: CONNECTION_MISHAPS,
    "session.update": (),
    "response.create": tuple(READING_MISHAPS),
    "input_audio_buffer.append": ("close", "cut"),
    "input_audio_buffer.commit": HEARING_MISHAPS,
}
"""What can go wrong with what, besides refusals. The refusal of an event is an error event."""


async def connect(request: web.Request) -> web.WebSocketResponse:
    """Take a connection, and keep it until one of the two sides closes it."""
    check_key(request)
    state = request.app[STAND_IN]
    query = dict(request.query)
    with state.recorded(PATH, {"type": "connect", **query}) as record:
        model = check_connection(query, state.today)
        if "OpenAI-Beta" in request.headers:
            raise InvalidRequest(
                "The Realtime Beta API is no longer supported.", None, "beta_api_shape_disabled"
            )
        fault = state.next_fault(PATH)
        refuse_if_armed(fault)
        if fault and fault.name == "slow":
            await asyncio.sleep(fault.seconds)
        socket = web.WebSocketResponse(max_msg_size=_LARGEST_MESSAGE)
        if not socket.can_prepare(request):
            raise ApiError(426, "This endpoint speaks WebSocket.")
        record["outcome"] = {"status": 101}
    await socket.prepare(request)
    lifetime = fault.seconds if fault and fault.name == "expires" else LIFETIME_S
    session = Session(socket, request.transport, model, lifetime=lifetime)
    state.realtime.add(session)
    try:
        await _Talk(session, state).run(fault)
        record["outcome"]["closed"] = socket.close_code
    finally:
        session.is_closed.set()
        state.realtime.remove(session)
    return socket


class _Talk:
    """What is said over one connection."""

    def __init__(self, session: Session, state: StandIn) -> None:
        self._session = session
        self._state = state
        self._input = InputBuffer(session)
        self._responses: dict[str, tuple[SpokenResponse, asyncio.Task[None]]] = {}
        self._count = 0
        self._has_spoken = False

    async def run(self, fault: Fault | None) -> None:
        if fault and fault.name == "late":
            await self._session.refuse(REFUSALS[fault.param](fault))
            await self._session.close(_REFUSED)
            return
        if not fault or fault.name != "silent":
            await self._session.send("session.created", session=self._session.settings)
        try:
            async with asyncio.timeout_at(self._session.ends):
                async for message in self._session.socket:
                    await self._receive(message.type, message.data)
        except TimeoutError:
            await self._session.close(_GOING_AWAY)
        finally:
            tasks = [task for _, task in self._responses.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _receive(self, kind: WSMsgType, data: Any) -> None:
        event_id = None
        try:
            event = _parsed(kind, data)
            event_id = event.get("event_id") if isinstance(event, dict) else None
            check_event(event, self._session.settings)
            if event["type"] == "input_audio_buffer.append":
                await self._append(event)
                return
            with self._state.recorded(PATH, event) as record:
                fault = self._state.next_fault(event["type"])
                refuse_if_armed(fault)
                record["outcome"] = {"session": self._session.settings["id"]}
                await self._do(event, fault, record["outcome"])
        except ApiError as err:
            await self._session.refuse(err, event_id)

    async def _do(self, event: dict[str, Any], fault: Fault | None, outcome: dict[str, Any]) -> None:
        match event["type"]:
            case "session.update":
                self._update(event["session"])
                await self._session.send("session.updated", session=self._session.settings)
            case "response.create":
                self._create(event.get("response", {}), fault, outcome)
            case "response.cancel":
                self._cancel(event.get("response_id"))
            case "input_audio_buffer.clear":
                self._input.clear()
                await self._session.send("input_audio_buffer.cleared")
            case "input_audio_buffer.commit":
                outcome["text"] = await self._input.commit(fault, self._state.first_word_ms / 1000)

    async def _append(self, event: dict[str, Any]) -> None:
        fault = self._state.next_fault(event["type"])
        refuse_if_armed(fault)
        if fault and fault.name == "close":
            await self._session.close(_GOING_AWAY)
        elif fault and fault.name == "cut":
            self._session.cut()
        else:
            await self._input.append(b64decode(event["audio"]), self._state.word_ms / 1000)

    def _update(self, wanted: Mapping[str, Any]) -> None:
        if wanted["type"] == "realtime":
            self._check_voice(wanted, "session")
            speed = self._session.settings["audio"]["output"]["speed"]
            wanted_speed = wanted.get("audio", {}).get("output", {}).get("speed", speed)
            if wanted_speed != speed and self._running():
                message = "Cannot update the speed while a response is in progress."
                raise InvalidRequest(message, "session.audio.output.speed", "invalid_value")
        self._session.update(wanted)

    def _create(self, wanted: Mapping[str, Any], fault: Fault | None, outcome: dict[str, Any]) -> None:
        self._check_voice(wanted, "response")
        response = SpokenResponse(self._session, wanted, is_first=self._count == 0)
        if response.in_conversation and any(each.in_conversation for each in self._running()):
            message = "Conversation already has an active response in progress."
            raise InvalidRequest(message, None, "conversation_already_has_active_response")
        self._count += 1
        reading = reading_of(wanted, self._session.settings)
        if fault:
            reading = READING_MISHAPS[fault.name](reading, fault)
        outcome |= {"said": reading.words, "response_id": response.id}
        self._responses[response.id] = response, asyncio.create_task(self._speak(response, reading, outcome))

    async def _speak(self, response: SpokenResponse, reading: Reading, outcome: dict[str, Any]) -> None:
        await response.run(
            reading, first_word_s=self._state.first_word_ms / 1000, word_s=self._state.word_ms / 1000
        )
        if response.usage:
            outcome["usage"] = response.usage

    def _cancel(self, response_id: str | None) -> None:
        running = {
            each.id: task
            for each, task in self._responses.values()
            if not task.done() and (each.id == response_id if response_id else each.in_conversation)
        }
        if not running:
            message = "Cancellation failed: no active response found"
            raise InvalidRequest(message, None, "response_cancel_not_active")
        for task in running.values():
            task.cancel()

    def _check_voice(self, wanted: Mapping[str, Any], where: str) -> None:
        self._has_spoken |= any(each.is_heard for each, _ in self._responses.values())
        voice = self._session.settings["audio"]["output"]["voice"]
        if self._has_spoken and (err := voice_error(wanted, where, voice)):
            raise err

    def _running(self) -> list[SpokenResponse]:
        return [response for response, task in self._responses.values() if not task.done()]


def _parsed(kind: WSMsgType, data: Any) -> Any:
    if kind is WSMsgType.TEXT:
        try:
            return json.loads(data)
        except ValueError:
            pass
    raise InvalidRequest("Invalid event: could not be parsed as JSON.", None, "invalid_json")


async def hang_up(request: web.Request) -> web.Response:
    """Close all connections, as a server does before it restarts."""
    for session in list(request.app[STAND_IN].realtime):
        await session.close(_GOING_AWAY)
    return web.Response(status=204)
