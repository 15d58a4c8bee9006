"""`POST /v1/chat/completions`: nothing but a model that speaks, in pieces, as the Realtime API does.

Facts: OpenAI API reference, "Create chat completion", and the guide "Audio".
"""

import asyncio
from base64 import b64encode
import json
import secrets
import time
from typing import Any

from aiohttp import web
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming

from .access import check_key
from .errors import InvalidRequest, unsupported_value
from .models import is_shut_down
from .realtime.mishaps import READING_MISHAPS, Reading
from .realtime.rules import VOICES
from .realtime.speech import reading_of
from .shapes import check_body, check_present
from .sound import SPEECH_RATE, spoken_pcm
from .state import STAND_IN, Record, StandIn, json_of, refuse_if_armed

PATH = "/v1/chat/completions"
MISHAPS = (
    "wrong_start",
    "answer",
    "drift",
    "text_part",
    "no_audio",
    "incomplete",
    "content_filter",
    "cut",
    "slow",
)

_MODELS = ("gpt-audio-1.5",)
_WORD_S = 0.3
_TOKENS_PER_WORD = 6


def validate_completion_request(body: dict[str, Any]) -> None:
    """Raise InvalidRequest where OpenAI would refuse, or where this stand-in does not know how to answer."""
    check_present(body, "model", "messages")
    check_body(body, CompletionCreateParamsStreaming)
    if body["model"] not in _MODELS:
        raise InvalidRequest(f"The model `{body['model']}` does not exist.", "model", "model_not_found")
    if body.get("modalities") != ["text", "audio"] or "audio" not in body:
        raise InvalidRequest("This model requires audio output.", "modalities", "invalid_value")
    if body["audio"]["format"] != "pcm16":
        raise unsupported_value("audio.format", body["audio"]["format"], ("pcm16",))
    if isinstance(voice := body["audio"]["voice"], str) and voice not in VOICES:
        raise unsupported_value("audio.voice", voice, VOICES)


async def create_completion(request: web.Request) -> web.StreamResponse:
    """Say a text, word by word."""
    check_key(request)
    state = request.app[STAND_IN]
    body = await json_of(request)
    with state.recorded(PATH, body) as record:
        validate_completion_request(body)
        if is_shut_down(body["model"], state.today):
            raise InvalidRequest(f"The model `{body['model']}` does not exist.", "model", "model_not_found")
        fault = state.next_fault(PATH)
        refuse_if_armed(fault)
        reading = _reading(body)
        if fault:
            reading = READING_MISHAPS[fault.name](reading, fault)
        record["outcome"] = {"status": 200, "said": reading.words}
        return await _stream(request, body, state, reading, record)


def _reading(body: dict[str, Any]) -> Reading:
    """Return what the model makes of the messages: the same as over the Realtime API."""
    *before, last = body["messages"]
    instructions = " ".join(each["content"] for each in before if each["role"] == "system")
    content = [{"type": "input_text", "text": last["content"]}]
    return reading_of({"input": [{"role": "user", "content": content}]}, {"instructions": instructions})


async def _stream(
    request: web.Request, body: dict[str, Any], state: StandIn, reading: Reading, record: Record
) -> web.StreamResponse:
    stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await stream.prepare(request)
    answer = _Answer(stream, body)
    await asyncio.sleep(reading.wait + state.first_word_ms / 1000)
    words = reading.words.split()
    spoken = words[: round(len(words) * reading.share)]
    limit = body.get("max_completion_tokens", 10**6)
    await answer.delta({"role": "assistant", "content": None})
    for number, word in enumerate(spoken):
        if number * _TOKENS_PER_WORD >= limit:
            reading = READING_MISHAPS["incomplete"](reading, None)  # type: ignore[arg-type]
            break
        await answer.word(word if number == 0 else f" {word}", is_text=reading.part == "text")
        await asyncio.sleep(state.word_ms / 1000)
    if reading.ending.name == "CUT" and request.transport:
        request.transport.abort()
        return stream
    await answer.end(reading, len(spoken))
    record["outcome"]["words"] = len(spoken)
    return stream


class _Answer:
    """An answer that is under way."""

    def __init__(self, stream: web.StreamResponse, body: dict[str, Any]) -> None:
        self._stream = stream
        self._body = body
        self._audio = f"audio_{secrets.token_hex(8)}"
        self._head = {
            "id": f"chatcmpl-{secrets.token_hex(8)}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": body["model"],
        }

    async def delta(self, delta: dict[str, Any], reason: str | None = None) -> None:
        await self._send(choices=[{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}])

    async def word(self, word: str, *, is_text: bool) -> None:
        if is_text:
            await self.delta({"content": word})
            return
        await self.delta({"audio": {"id": self._audio, "transcript": word}})
        pcm = spoken_pcm(word.strip(), seconds=_WORD_S, rate=SPEECH_RATE)
        await self.delta({"audio": {"id": self._audio, "data": b64encode(pcm).decode()}})

    async def end(self, reading: Reading, words: int) -> None:
        reasons = {"max_output_tokens": "length", "content_filter": "content_filter"}
        await self.delta({"audio": {"id": self._audio, "expires_at": int(time.time()) + 3600}})
        await self.delta({}, reasons.get((reading.details or {}).get("reason", ""), "stop"))
        if (self._body.get("stream_options") or {}).get("include_usage"):
            await self._send(choices=[], usage=_usage(self._body, words))
        await self._stream.write(b"data: [DONE]\n\n")
        await self._stream.write_eof()

    async def _send(self, **fields: Any) -> None:
        await self._stream.write(b"data: " + json.dumps({**self._head, **fields}).encode() + b"\n\n")


def _usage(body: dict[str, Any], words: int) -> dict[str, Any]:
    prompt = sum(len(each["content"]) for each in body["messages"]) // 4
    audio, text = words * _TOKENS_PER_WORD, words
    return {
        "prompt_tokens": prompt,
        "completion_tokens": audio + text,
        "total_tokens": prompt + audio + text,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"audio_tokens": audio, "reasoning_tokens": 0},
    }
