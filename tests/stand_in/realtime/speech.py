"""What a model says over the Realtime API, word by word, each with its sound.

Facts: OpenAI API reference, "Realtime server events", and the guide on realtime conversations. The model here
reads what stands between the marks that its instructions name; it chats if they name none, and it writes
instead of speaking if it finds an assistant's words in its input.
"""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
import re
import secrets
from typing import Any

from ..errors import InvalidRequest
from ..sound import SPEECH_RATE, spoken_pcm
from .mishaps import Ending, Reading
from .session import Session

_WORD_S = 0.3
"""How long a word takes to say."""

_CHUNK = int(0.4 * SPEECH_RATE) * 2
"""Bytes of an audio delta at most."""

_AUDIO_TOKENS_PER_S = 20
_CHARACTERS_PER_TOKEN = 4
_CACHE_STEP = 64
_MARKED = re.compile(r"<(\w+)>(.*)</\1>", re.DOTALL)


def reading_of(wanted: Mapping[str, Any], session: Mapping[str, Any]) -> Reading:
    """Return what the model makes of a response's input."""
    items = list(wanted.get("input") or ())
    texts = [part.get("text", "") for item in items for part in item.get("content", ())]
    instructions = wanted.get("instructions", session["instructions"])
    marked = _MARKED.search(texts[-1]) if texts else None
    if marked is None or f"<{marked[1]}>" not in instructions:
        return Reading.of("Sure! What would you like me to do with that?")
    reading = Reading.of(marked[2].strip())
    has_examples = any(item.get("role") == "assistant" for item in items)
    return replace(reading, part="text") if has_examples else reading


class SpokenResponse:
    """A response that is under way."""

    def __init__(self, session: Session, wanted: Mapping[str, Any], *, is_first: bool) -> None:
        """Prepare it. `is_first`: nothing of its input is in the cache yet."""
        self.id = f"resp_{secrets.token_hex(8)}"
        self.in_conversation = wanted.get("conversation", "auto") != "none"
        self._session = session
        self._wanted = wanted
        self._is_first = is_first
        output = session.settings["audio"]["output"] | wanted.get("audio", {}).get("output", {})
        self._seconds = _WORD_S / output["speed"]
        limit = wanted.get("max_output_tokens", session.settings["max_output_tokens"])
        self._limit = float(limit)
        self._where = {"response_id": self.id, "output_index": 0}
        self._part = {**self._where, "item_id": f"item_{secrets.token_hex(8)}", "content_index": 0}
        self._said: list[str] = []
        self.is_heard = False
        self.usage: dict[str, Any] = {}
        """Empty until it has ended."""

        self._body: dict[str, Any] = {
            "object": "realtime.response",
            "id": self.id,
            "status": "in_progress",
            "status_details": None,
            "output": [],
            "conversation_id": "conv_1" if self.in_conversation else None,
            "output_modalities": wanted.get("output_modalities", session.settings["output_modalities"]),
            "max_output_tokens": limit,
            "audio": {"output": {"format": output["format"], "voice": output["voice"]}},
            "usage": None,
            "metadata": wanted.get("metadata"),
        }

    async def run(self, reading: Reading, *, first_word_s: float, word_s: float) -> None:
        """Say it."""
        await asyncio.sleep(reading.wait)
        await self._session.send("response.created", response=self._body)
        try:
            await self._session.send("rate_limits.updated", rate_limits=_RATE_LIMITS)
            await asyncio.sleep(first_word_s)
            reading = await self._say(reading, word_s)
            match reading.ending:
                case Ending.CLOSE:
                    await self._session.close(1001)
                case Ending.CUT:
                    self._session.cut()
                case Ending.STALL:
                    await self._session.is_closed.wait()
                case Ending.DONE:
                    await self._end(reading, reading.status, reading.details)
        except asyncio.CancelledError:
            details = {"type": "cancelled", "reason": "client_cancelled"}
            await self._end(reading, "cancelled", details)

    async def _say(self, reading: Reading, word_s: float) -> Reading:
        if reading.share == 0:
            return reading
        await self._begin(reading)
        words = reading.words.split()
        spoken = words[: max(1, round(len(words) * reading.share))]
        written = reading.transcript.split()[: len(spoken)]
        for number, word in enumerate(spoken):
            if self._tokens(reading) >= self._limit:
                details = {"type": "incomplete", "reason": "max_output_tokens"}
                return replace(reading, status="incomplete", details=details, ending=Ending.DONE)
            if number < len(written) and not reading.late_transcript:
                await self._write(written, number, reading)
            self._said.append(word)
            if reading.part == "audio":
                await self._sound(word)
            await asyncio.sleep(word_s)
        if reading.late_transcript:
            for number in range(len(written)):
                await self._write(written, number, reading)
        return reading

    async def _begin(self, reading: Reading) -> None:
        send = self._session.send
        if reading.has_unknown:
            item = {"id": "item_thought", "object": "realtime.item", "type": "telepathy"}
            await send("response.telepathy.started", response_id=self.id, strength="strong")
            await send("response.output_item.added", **self._where, item=item)
        item = {**self._item("in_progress"), "content": []}
        await send("response.output_item.added", **self._where, item=item)
        await send("response.content_part.added", **self._part, part=_content(reading, "", output=False))

    async def _write(self, words: list[str], number: int, reading: Reading) -> None:
        kind = "output_audio_transcript" if reading.part == "audio" else "output_text"
        delta = words[number] if number == 0 else f" {words[number]}"
        await self._session.send(f"response.{kind}.delta", **self._part, delta=delta)

    async def _sound(self, word: str) -> None:
        pcm = spoken_pcm(word, seconds=self._seconds, rate=SPEECH_RATE)
        for start in range(0, len(pcm), _CHUNK):
            audio = b64encode(pcm[start : start + _CHUNK]).decode()
            self.is_heard = True
            await self._session.send("response.output_audio.delta", **self._part, delta=audio)

    async def _end(self, reading: Reading, status: str, details: dict[str, Any] | None) -> None:
        self.usage = self._usage(reading)
        body = {**self._body, "status": status, "status_details": details, "usage": self.usage}
        if self._said:
            item = self._item("completed" if status == "completed" else "incomplete")
            item["content"] = [_content(reading, " ".join(self._said), output=True)]
            await self._end_item(reading, item)
            body["output"] = [item]
        await self._session.send("response.done", response=body)

    async def _end_item(self, reading: Reading, item: dict[str, Any]) -> None:
        send, text = self._session.send, " ".join(self._said)
        if reading.part == "audio":
            await send("response.output_audio.done", **self._part)
            transcript = text if reading.transcript else ""
            await send("response.output_audio_transcript.done", **self._part, transcript=transcript)
        else:
            await send("response.output_text.done", **self._part, text=text)
        part = _content(reading, text, output=False)
        await send("response.content_part.done", **self._part, part=part)
        await send("response.output_item.done", **self._where, item=item)

    def _item(self, status: str) -> dict[str, Any]:
        return {
            "id": self._part["item_id"],
            "object": "realtime.item",
            "type": "message",
            "status": status,
            "role": "assistant",
        }

    def _tokens(self, reading: Reading) -> int:
        return sum(self._output_tokens(reading).values())

    def _output_tokens(self, reading: Reading) -> dict[str, int]:
        seconds = len(self._said) * self._seconds if reading.part == "audio" else 0
        text = len(" ".join(self._said)) // _CHARACTERS_PER_TOKEN
        return {"text_tokens": text, "audio_tokens": round(seconds * _AUDIO_TOKENS_PER_S)}

    def _usage(self, reading: Reading) -> dict[str, Any]:
        instructions = self._wanted.get("instructions", self._session.settings["instructions"])
        texts = [part["text"] for item in self._wanted.get("input", ()) for part in item["content"]]
        fixed = len(instructions) // _CHARACTERS_PER_TOKEN
        text = fixed + sum(map(len, texts)) // _CHARACTERS_PER_TOKEN + 1
        cached = 0 if self._is_first else fixed // _CACHE_STEP * _CACHE_STEP
        output = self._output_tokens(reading)
        nothing = {"audio_tokens": 0, "image_tokens": 0}
        return {
            "total_tokens": text + sum(output.values()),
            "input_tokens": text,
            "output_tokens": sum(output.values()),
            "input_token_details": {
                "text_tokens": text,
                **nothing,
                "cached_tokens": cached,
                "cached_tokens_details": {"text_tokens": cached, **nothing},
            },
            "output_token_details": output,
        }


_RATE_LIMITS = [
    {"name": "requests", "limit": 1000, "remaining": 999, "reset_seconds": 0.06},
    {"name": "tokens", "limit": 50_000, "remaining": 49_950, "reset_seconds": 0.06},
]


def _content(reading: Reading, text: str, *, output: bool) -> dict[str, Any]:
    """Return a content part: one of a finished item, which has other names, or of an event."""
    if reading.part == "text":
        return {"type": "output_text" if output else "text", "text": text}
    transcript = text if reading.transcript else ""
    return {"type": "output_audio" if output else "audio", "transcript": transcript}


def voice_error(event: Mapping[str, Any], where: str, voice: Any) -> InvalidRequest | None:
    """Return the refusal of another voice than the one that a session has spoken with."""
    wanted = event.get("audio", {}).get("output", {}).get("voice", voice)
    if wanted == voice:
        return None
    message = "Cannot update a conversation's voice if assistant audio is present."
    return InvalidRequest(message, f"{where}.audio.output.voice", "cannot_update_voice")
