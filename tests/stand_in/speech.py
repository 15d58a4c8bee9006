"""`POST /v1/audio/speech`: `wav` and `pcm` say the text as in `sound.py`, other formats are silent.

Facts: OpenAI API reference, "Create speech". The audio comes in pieces, as it is made.
"""

import asyncio
from itertools import batched
from typing import Any

from aiohttp import web

from .access import check_key
from .errors import InvalidRequest
from .silence import SILENCE
from .sound import SPEECH_RATE, as_wav, spoken_pcm
from .speech_rules import validate_speech_request
from .state import STAND_IN, Record, StandIn, json_of

PATH = "/v1/audio/speech"

_WORD_S = 0.3
"""Seconds per word."""

_TYPES = {"mp3": "audio/mpeg", "opus": "audio/opus", "pcm": "audio/pcm"}
"""Content types that are not `audio/` and the name of the format."""


async def create_speech(request: web.Request) -> web.StreamResponse:
    """Say a text, in one piece per word, with the delay between words."""
    check_key(request)
    state = request.app[STAND_IN]
    body = await json_of(request)
    with state.recorded(PATH, body) as record:
        validate_speech_request(body, today=state.today)
        if body.get("stream_format") == "sse":
            raise InvalidRequest("This stand-in does not speak in events.", "stream_format", None)
        await state.befall(PATH)
        record["outcome"] = {"status": 200}
        return await _stream(request, body, state, record)


async def _stream(
    request: web.Request, body: dict[str, Any], state: StandIn, record: Record
) -> web.StreamResponse:
    kind = body.get("response_format", "mp3")
    sound = await asyncio.to_thread(_sound, body, kind)
    stream = web.StreamResponse(headers={"Content-Type": _TYPES.get(kind, f"audio/{kind}")})
    stream.enable_chunked_encoding()
    await stream.prepare(request)
    delay = state.first_word_ms
    size = len(sound) // len(body["input"].split()) + 1
    try:
        for piece in batched(sound, size, strict=False):
            await asyncio.sleep(delay / 1000)
            delay = state.word_ms
            await stream.write(bytes(piece))
        await stream.write_eof()
    except ConnectionError, asyncio.CancelledError:
        record["outcome"]["client_left"] = True
        raise
    record["outcome"]["bytes"] = len(sound)
    return stream


def _sound(body: dict[str, Any], kind: str) -> bytes:
    seconds = len(body["input"].split()) * _WORD_S / body.get("speed", 1)
    if silence := SILENCE.get(kind):
        return silence(seconds)
    pcm = spoken_pcm(body["input"], seconds=seconds, rate=SPEECH_RATE)
    return as_wav(pcm, rate=SPEECH_RATE) if kind == "wav" else pcm
