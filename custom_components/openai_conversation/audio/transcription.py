"""Speech → text, by OpenAI.

Source: OpenAI API reference, "Create transcription", and the page of its newest model, 2026-11-22.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
import re
from typing import Any, Final
import wave

from ..const import Server
from ..openai_api.classify import classified, raise_reported
from ..openai_api.errors import FailureKind, OpenAIRequestError
from ..openai_api.http_client import Client
from ..openai_api.models import stt_capabilities_of
from ..openai_api.raw_answer import async_read_json
from ..openai_api.server_text import clean_text
from ..openai_api.usage import OnUsage, Usage
from ..options.engines import DEFAULT_STT_PROMPT
from .echo import is_echo
from .retry import SELF_HOSTED_SILENCE, RetryState

TIMEOUT: Final = 30.0
"""Seconds for all attempts together at OpenAI. A command takes one or two."""

MAX_AUDIO: Final = 25 * 1024 * 1024
"""Bytes that OpenAI accepts."""

MAX_TEXT: Final = 10_000
"""Characters of a command. A quarter of an hour of speech has no more."""

_NOT_SPOKEN: Final = re.compile(
    r"\[[^\[\]]*\]|\([^()]*\)|\uff08[^\uff08\uff09]*\uff09|\u3010[^\u3010\u3011]*\u3011|\*[^*]*\*|♪[^♪]*♪|<\|[^<>|]*\|>"
)
"""What Whisper writes for a sound that is not speech: "[BLANK_AUDIO]", "(wind blowing)", "*sighs*"."""

SHORTEST: Final = 0.1
"""Seconds of audio; OpenAI refuses shorter recordings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What a microphone recorded."""

    audio: bytes
    file_name: str
    """Its extension names the format."""

    language: str | None
    """ISO 639-1; None: any."""

    seconds: float = 0.0
    """Its length; 0: not known."""


def wav(samples: bytes, *, channels: int, bits: int, rate: int) -> bytes:
    """Return raw samples as a WAV file. `bits`: per sample of one channel, `rate`: samples per second."""
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(bits // 8)
        sound.setframerate(rate)
        sound.writeframes(samples)
    return file.getvalue()


def transcription_params(
    server: Server, model: str, recording: Recording, prompt: str | None, keywords: Sequence[str]
) -> dict[str, Any]:
    """Return the parameters of a request. `prompt`: None sends our default, "" sends none."""
    params: dict[str, Any] = {
        "model": model,
        "file": (recording.file_name, recording.audio),
        "response_format": "json",
    }
    if server is Server.COMPATIBLE:
        optional: dict[str, Any] = {"language": recording.language, "prompt": prompt}
    else:
        capabilities = stt_capabilities_of(model)
        optional = {
            "prompt": DEFAULT_STT_PROMPT if prompt is None else prompt,
            "keywords": list(keywords) if capabilities.keywords else None,
        }
        if capabilities.several_languages:
            optional["languages"] = [recording.language] if recording.language else None
        else:
            optional["language"] = recording.language
    return params | {name: value for name, value in optional.items() if value}


async def async_transcribe(
    client: Client,
    server: Server,
    params: dict[str, Any],
    refused: set[str],
    *,
    seconds: float,
    on_usage: OnUsage,
) -> str:
    """Return what was said, "" if nobody spoke. Raises `OpenAIRequestError`.

    `refused`: parameters that this server has refused. Those it refuses now are added. `seconds`: length
    of the recording; 0: not known.
    """
    size = len(params["file"][1])
    if size > MAX_AUDIO:
        raise OpenAIRequestError.of(FailureKind.TOO_LARGE, f"{size} bytes of audio")
    time_limit = SELF_HOSTED_SILENCE if server is Server.COMPATIBLE else TIMEOUT
    loop = asyncio.get_running_loop()
    deadline = loop.time() + time_limit
    state = RetryState(refused)
    with classified():
        async with asyncio.timeout_at(deadline):
            while True:
                sent = state.params(params)
                try:
                    text, answer = await _async_ask(client, sent, time_limit)
                except OpenAIRequestError as err:
                    wait = state.wait(err.failure, sent, deadline - loop.time())
                    if wait is None:
                        raise
                    await asyncio.sleep(wait)
                else:
                    on_usage(Usage.of_transcription(params["model"], answer, seconds=seconds))
                    return text


async def _async_ask(client: Client, params: dict[str, Any], silence: float) -> tuple[str, Any]:
    """Return what was said, "" if nobody spoke, and the whole answer."""
    body = {name: value for name, value in params.items() if name != "file"}
    files = [("file", params["file"])]
    with classified(malformed=FailureKind.UNREADABLE):
        response = await client.async_post("/audio/transcriptions", body, files=files, silence=silence)
        answer = await async_read_json(response)
        raise_reported(answer, client.api_key)
        if not isinstance(answer["text"], str):
            raise TypeError("no text")
    text = what_was_said(
        answer["text"], params.get("prompt", ""), params.get("keywords", ()), key=client.api_key
    )
    return text, answer


def what_was_said(transcript: str, prompt: str, keywords: Sequence[str], *, key: str) -> str:
    """Return a transcript as text, "" if nobody spoke. `key`: of the account, which no text may hold."""
    text = clean_text(transcript, limit=MAX_TEXT, key=key)
    # models often transcribe silence as "." or "[BLANK_AUDIO]", or repeat what was sent with it
    is_silence = not any(map(str.isalnum, _NOT_SPOKEN.sub("", text)))
    return "" if is_silence or is_echo(text, prompt, keywords) else text


def is_silent(samples: bytes, *, bits: int) -> bool:
    """Whether raw samples are digital silence, as from a muted microphone."""
    return not samples.strip(b"\x80" if bits == 8 else b"\0")
