"""The web application: OpenAI's paths, and `/stand-in/…` to control and watch it."""

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
import secrets
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from . import completions, decisions, images, speech, transcriptions
from .access import check_key
from .errors import ApiError
from .mishaps import MISHAPS
from .models import TODAY, list_models
from .realtime import connection as realtime
from .refusals import REFUSALS, Fault
from .responses import create_response
from .state import STAND_IN, StandIn

_LARGEST_BODY = 64 * 1024 * 1024
"""Bytes. Images are sent inside the JSON."""

_LOOPBACK = ("127.0.0.1", "::1")
_POSTS = {
    "/v1/responses": create_response,
    images.PATH: images.create_image,
    images.EDITS: images.edit_image,
    transcriptions.PATH: transcriptions.create_transcription,
    speech.PATH: speech.create_speech,
    decisions.PATH: decisions.create_decision,
    completions.PATH: completions.create_completion,
}
_MISHAPS = {
    "/v1/responses": tuple(MISHAPS),
    completions.PATH: completions.MISHAPS,
    **realtime.MISHAPS_BY_EVENT,
}
"""What can go wrong besides refusals, where it is more than being slow."""


def create_app(
    *,
    first_word_ms: float = 0,
    word_ms: float = 0,
    fault: str | None = None,
    log: Path | None = None,
    today: date = TODAY,
) -> web.Application:
    """Return the stand-in as an aiohttp application.

    `first_word_ms` and `word_ms` are delays in milliseconds; `fault` is armed for all responses;
    `log` gets a JSON line for each request; models that are shut down on `today` are refused. Serve it
    with `handler_cancellation=True` (aiohttp's TestServer does), so that it notices clients that leave.
    """
    app = web.Application(middlewares=[_in_openai_shape], client_max_size=_LARGEST_BODY)
    app[STAND_IN] = StandIn(first_word_ms, word_ms, log, today)
    if fault is not None:
        app[STAND_IN].faults.append(_checked(Fault(fault, times=None)))
    app.on_response_prepare.append(_add_request_id)
    app.router.add_get("/v1/models", _list_models)
    app.router.add_get("/v1/models/{model}", _get_model)
    for path, handler in _POSTS.items():
        app.router.add_post(path, handler)
    app.router.add_get(realtime.PATH, realtime.connect)
    app.router.add_delete("/stand-in/realtime", realtime.hang_up)
    app.router.add_post("/stand-in/fault", _arm)
    app.router.add_get("/stand-in/fault", _list_faults)
    app.router.add_delete("/stand-in/fault", _disarm)
    app.router.add_get("/stand-in/requests", _list_requests)
    app.router.add_delete("/stand-in/requests", _forget_requests)
    return app


@web.middleware
async def _in_openai_shape(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Give every error the shape of OpenAI's, and allow the admin paths to this machine only."""
    if request.path.startswith("/stand-in/") and request.remote not in _LOOPBACK:
        return _plain_error(403, "Only for this machine.")
    try:
        return await handler(request)
    except ApiError as err:
        return web.json_response(err.body(), status=err.status, headers=err.headers)
    except web.HTTPNotFound:
        return _plain_error(404, f"Invalid URL ({request.method} {request.path})")
    except web.HTTPMethodNotAllowed:
        return _plain_error(405, f"Not allowed to {request.method} on {request.path}.")
    except web.HTTPRequestEntityTooLarge:
        return _plain_error(413, "The request is too large.")


def _plain_error(status: int, message: str) -> web.Response:
    return web.json_response(ApiError(status, message).body(), status=status)


async def _add_request_id(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["x-request-id"] = f"req_{secrets.token_hex(16)}"


# --- OpenAI's paths ---


async def _list_models(request: web.Request) -> web.Response:
    check_key(request)
    await request.app[STAND_IN].befall("/v1/models")
    return web.json_response({"object": "list", "data": list_models()})


async def _get_model(request: web.Request) -> web.Response:
    check_key(request)
    wanted = request.match_info["model"]
    for model in list_models():
        if model["id"] == wanted:
            return web.json_response(model)
    raise ApiError(404, f"The model '{wanted}' does not exist", code="model_not_found", param="model")


# --- admin paths ---


class _FaultOrder(BaseModel):
    """The body of `POST /stand-in/fault`; see Fault for the fields."""

    model_config = ConfigDict(extra="forbid")

    fault: str
    times: int | None = 1
    path: str = "/v1/responses"
    param: str = "temperature"
    seconds: float = 1


def _checked(fault: Fault) -> Fault:
    """Return the fault if it exists and can hit its path. Raises `ValueError`."""
    known = [*REFUSALS, *_MISHAPS.get(fault.path, ("slow",))]
    if fault.path not in (*_POSTS, *_MISHAPS, "/v1/models") or fault.name not in known:
        raise ValueError(f"No fault '{fault.name}' for '{fault.path}'. Faults: {', '.join(known)}.")
    return fault


async def _arm(request: web.Request) -> web.Response:
    try:
        order = _FaultOrder.model_validate(await request.json())
        fault = _checked(Fault(order.fault, order.times, order.path, order.param, order.seconds))
    except (ValidationError, ValueError) as err:
        raise ApiError(400, str(err)) from err
    request.app[STAND_IN].faults.append(fault)
    return web.json_response(order.model_dump())


async def _list_faults(request: web.Request) -> web.Response:
    armed: list[dict[str, Any]] = [
        {"fault": fault.name, "times": fault.times, "path": fault.path}
        for fault in request.app[STAND_IN].faults
    ]
    return web.json_response({"armed": armed, "known": [*REFUSALS, *MISHAPS]})


async def _disarm(request: web.Request) -> web.Response:
    request.app[STAND_IN].faults.clear()
    return web.Response(status=204)


async def _list_requests(request: web.Request) -> web.Response:
    return web.json_response(list(request.app[STAND_IN].requests))


async def _forget_requests(request: web.Request) -> web.Response:
    request.app[STAND_IN].requests.clear()
    return web.Response(status=204)
