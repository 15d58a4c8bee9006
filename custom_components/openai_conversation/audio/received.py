"""What a server sends as speech → audio that can be joined, or a failure. Pure.

Home Assistant caches speech: a web page that passed for audio would be played again and again.
"""

from codecs import getincrementaldecoder
import re
from typing import Any, Final

from ..openai_api.errors import FailureKind, OpenAIRequestError
from .formats import BYTES_PER_SECOND
from .mp3_start import StartFilter

SECONDS_BEFORE: Final = 10.0
"""Seconds of audio that even the shortest text may have."""

SECONDS_PER_CHARACTER: Final = 0.5
"""Seconds of audio for one character, at most. Speech needs about 0.07; numbers and Chinese need 0.3."""

_START: Final = 64
"""Bytes that show whether this is audio. No audio begins with so many bytes of text."""

_PAGE_OR_JSON: Final = re.compile(rb"\s*(<[!?a-zA-Z]|[\[{]\s*[\"{\[\]}])")
"""How a web page and JSON begin, even with a broken byte behind it."""

_OTHER_FORMATS: Final = (b"RIFF", b"OggS", b"fLaC", b"\x89PNG", b"GIF8", b"%PDF", b"PK\x03\x04", b"\x1f\x8b")
_NO_AUDIO: Final = ("text/", "image/", "application/json", "application/xml", "application/problem+json")


class ReceivedAudio:
    """The audio of one piece of text, checked while it streams in."""

    def __init__(self, params: dict[str, Any], media_type: str) -> None:
        """Expect the answer to a request. `media_type`: the `content-type` of the answer.

        Raises `OpenAIRequestError` if that is not audio.
        """
        self._text: str = params["input"]
        seconds = SECONDS_BEFORE + SECONDS_PER_CHARACTER * len(self._text)
        self.longest = seconds / min(1.0, params.get("speed", 1.0))
        """Seconds of audio that the text can take."""

        self._left = int(self.longest * BYTES_PER_SECOND)
        self._start: bytes | None = b""
        self._frames = StartFilter() if params["response_format"] == "mp3" else None
        self._has_sound = False
        if media_type.strip().lower().startswith(_NO_AUDIO):
            raise _unreadable(f"{media_type} in place of audio")

    def feed(self, chunk: bytes) -> bytes:
        """Return the audio that is certain by now.

        Raises `OpenAIRequestError` if it is not audio, or more of it than the text can take.
        """
        self._left -= len(chunk)
        if self._left < 0:
            raise _unreadable("more audio than the text can take")
        if self._start is not None:
            self._start += chunk
            if len(self._start) < _START and _may_be_other(self._start):
                return b""
            chunk = self._checked()
        return self._joined(self._frames.feed(chunk) if self._frames else chunk)

    def finish(self) -> bytes:
        """Return the rest. Raises `OpenAIRequestError` if there was no audio for words."""
        rest = b"" if self._start is None else self._checked()
        if self._frames:
            rest = self._frames.feed(rest) + self._frames.finish()
        audio = self._joined(rest)
        if not self._has_sound and any(map(str.isalnum, self._text)):
            raise OpenAIRequestError.of(FailureKind.NO_AUDIO, "an answer without audio")
        return audio

    def _checked(self) -> bytes:
        start, self._start = self._start or b"", None
        is_words = _PAGE_OR_JSON.match(start) or (start and _is_text(start))
        if is_words or start.startswith(_OTHER_FORMATS):
            raise _unreadable(f"{start[:4]!r} in place of audio")
        return start

    def _joined(self, audio: bytes) -> bytes:
        self._has_sound = self._has_sound or bool(audio)
        return audio


def _may_be_other(start: bytes) -> bool:
    """Whether the first bytes may turn out to be text, or another format."""
    return _is_text(start) or any(name.startswith(start) for name in _OTHER_FORMATS)


def _is_text(data: bytes) -> bool:
    """Whether bytes are text: JSON, a web page, or a sentence. It may end in the middle of a character.

    MP3 and AAC begin with a byte that text does not have, and PCM soon has one.
    """
    try:
        text = getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return all(char.isprintable() or char in "\t\n\r\ufeff" for char in text)


def _unreadable(detail: str) -> OpenAIRequestError:
    return OpenAIRequestError.of(FailureKind.UNREADABLE, detail)
