"""`POST /v1/responses`: check, plan, and answer, in a stream or in one piece.

Facts: OpenAI API reference, "Create a model response". A stream of responses has no `[DONE]` line.
"""

import asyncio
from collections.abc import Iterator
import json
from typing import Any

from aiohttp import web

from .access import check_key
from .brain import plan
from .errors import ApiError
from .events import Event
from .mishaps import MISHAPS, Ending, Scene, Script
from .refusals import Fault
from .state import STAND_IN, Record, StandIn, json_of, refuse_if_armed
from .validation import validate_response_request

_TERMINAL = ("response.completed", "response.incomplete", "response.failed")


async def create_response(request: web.Request) -> web.StreamResponse:
    """Answer a request, or refuse it as OpenAI or an armed fault would."""
    check_key(request)
    stand_in = request.app[STAND_IN]
    body = await json_of(request)
    with stand_in.recorded(request.path, body) as record:
        validate_response_request(body, today=stand_in.today)
        fault = stand_in.next_fault(request.path, body.get("service_tier"))
        record["outcome"] = {"status": 200, "fault": fault.name if fault else None}
        refuse_if_armed(fault)
        script = _script_for(body, fault, stand_in)
        if body.get("stream"):
            return await _stream(request, script, stand_in, record)
        return await _answer_at_once(request, script, record)


def _script_for(body: dict[str, Any], fault: Fault | None, stand_in: StandIn) -> Script:
    items = plan(body)
    scene = Scene(body, items, stand_in.cache.usage_of(body, items))
    return MISHAPS[fault.name](scene, fault) if fault else scene.play()


def _outcome_of(event: Event) -> Iterator[tuple[str, Any]]:
    """Yield what an event adds to the record of its request."""
    if event["type"] in _TERMINAL:
        response = event["response"]
        yield "response", {key: response.get(key) for key in ("id", "status", "output", "usage", "error")}
    elif event["type"] == "error":
        yield "error", event


async def _answer_at_once(request: web.Request, script: Script, record: Record) -> web.Response:
    await asyncio.sleep(script.wait)
    last = script.events[-1]
    record["outcome"].update(_outcome_of(last))
    if last["type"] == "error":
        raise ApiError(500, last["message"], code=last["code"], error_type="server_error")
    if last["type"] not in _TERMINAL:
        await _end(request, script.ending if script.ending is not Ending.PROPER else Ending.CUT)
        return web.Response()
    return web.json_response(last["response"], headers={"openai-processing-ms": "1"})


async def _stream(
    request: web.Request, script: Script, stand_in: StandIn, record: Record
) -> web.StreamResponse:
    await asyncio.sleep(script.wait)
    stream = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-cache",
            "openai-processing-ms": "1",
        }
    )
    await stream.prepare(request)
    delay = stand_in.first_word_ms
    try:
        for event in script.events:
            if "delta" in event:
                await asyncio.sleep(delay / 1000)
                delay = stand_in.word_ms
            data = json.dumps(event, separators=(",", ":"))
            await stream.write(f"event: {event['type']}\ndata: {data}\n\n".encode())
            record["outcome"].update(_outcome_of(event))
        await _end(request, script.ending)
        if script.ending is Ending.PROPER:
            await stream.write_eof()
    except ConnectionError:
        record["outcome"]["client_left"] = True
    except asyncio.CancelledError:
        record["outcome"]["client_left"] = True
        raise
    return stream


async def _end(request: web.Request, ending: Ending) -> None:
    """End the connection as the script says."""
    match ending:
        case Ending.CUT if request.transport is not None:
            request.transport.close()
        case Ending.STALL:
            # Until the client leaves: that cancels this handler.
            await asyncio.Event().wait()
