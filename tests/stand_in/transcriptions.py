"""`POST /v1/audio/transcriptions`: it hears what `sound.py` says and what `tones.py` sings.

Facts: OpenAI API reference, "Create transcription".
"""

import io
from typing import Any
import wave

from aiohttp import web

from .access import check_key
from .errors import InvalidRequest
from .forms import Fields, File, described, fields_of
from .sound import heard
from .state import STAND_IN
from .tones import heard_in_song
from .transcription_rules import validate_transcription_request

PATH = "/v1/audio/transcriptions"


async def create_transcription(request: web.Request) -> web.Response:
    """Transcribe a file. Silence has an empty text."""
    check_key(request)
    state = request.app[STAND_IN]
    fields = fields_of(await request.read(), request.headers.get("Content-Type", ""))
    with state.recorded(PATH, described(fields)) as record:
        validate_transcription_request(fields, today=state.today)
        _check_supported(fields)
        await state.befall(PATH)
        answer = _answer(fields)
        record["outcome"] = {"status": 200, "text": answer["text"]}
    return web.json_response(answer)


def _check_supported(fields: Fields) -> None:
    """Refuse what OpenAI supports and this does not."""
    for param, value in (("response_format", "json"), ("stream", "false")):
        if fields.get(param, value) != value:
            raise InvalidRequest(f"This stand-in does not support {param}={fields[param]}.", param, None)


def _text(file: File) -> str:
    if text := heard(file.data):
        return text
    if not file.name.endswith(".wav"):
        return ""
    with wave.open(io.BytesIO(file.data)) as sound:
        return heard_in_song(sound.readframes(sound.getnframes()), rate=sound.getframerate())


def _answer(fields: Fields) -> dict[str, Any]:
    text = _text(fields["file"])
    tokens = len(text) // 4
    answer: dict[str, Any] = {
        "text": text,
        "usage": {
            "type": "tokens",
            "input_tokens": 10,
            "input_token_details": {"text_tokens": 0, "audio_tokens": 10},
            "output_tokens": tokens,
            "total_tokens": 10 + tokens,
        },
    }
    if fields["model"] == "gpt-transcribe":
        answer["languages"] = [{"code": code} for code in fields.get("languages", ["en"])[:1] if text]
    return answer
