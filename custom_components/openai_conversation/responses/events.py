"""The body of an answer → events, as plain data.

Own code, checked against libraries: this is all that the HTML standard, "Server-sent events", asks of a
reader that never reconnects, and it skips events that are not needed without parsing them. Servers
may also answer with one JSON body instead of a stream.
"""

from collections.abc import Iterator
import re
from typing import Any, Final

from ..openai_api.errors import FailureKind, OpenAIRequestError
from ..openai_api.raw_answer import parse_json
from .output import Event
from .stream import TRANSLATED

MAX_EVENT: Final = 16 * 1024 * 1024
"""Bytes of one event, or of a JSON body. The last event repeats the whole answer, with the images that
the code interpreter made: a few megabytes."""

MAX_OTHER: Final = 200
"""Characters of data that is not an event, for the log."""

MAX_BODY: Final = 64 * 1024 * 1024
"""Bytes of a stream. The longest answer that a model may write, token by token, takes half of it."""

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_FIELD: Final = re.compile(rb"(?:data|event|id|retry)?:|(?:data|event|id|retry)?$")
"""The start of a line that the standard knows; a line without a name is a comment."""

_END: Final = b"[DONE]"
"""What some servers send at the end."""

_BOM: Final = b"\xef\xbb\xbf"

_IN_PROGRESS: Final = ("in_progress", "queued")


class EventDecoder:
    """Splits a body into events, wherever one chunk of the body ends and the next begins."""

    def __init__(self) -> None:
        """Start at the beginning of a body."""
        self._size = 0
        self._line: list[bytes] = []
        """The pieces of a line that has no end yet."""

        self._data: list[bytes] = []
        """The lines of data of an event that has no end yet."""

        self._waiting = 0
        """Bytes in both."""

        self._after_cr = False
        self._skip = False
        self._is_first = True
        self._is_json = False
        self._has_events = False
        self._other: str | None = None
        """The first data that is neither an event nor the start of one."""

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Yield the events that are complete and that `StreamTranslator` may know.

        Raises `OpenAIRequestError` for a body that is too large, and for a web page.
        """
        self._size += len(chunk)
        if self._after_cr and chunk:
            chunk, self._after_cr = chunk.removeprefix(b"\n"), False
        *lines, rest = _LINE_END.split(chunk)
        for line in lines:
            self._add(line)
            yield from self._end_line()
        self._add(rest)
        self._after_cr = chunk.endswith(b"\r")

    def finish(self) -> Iterator[Event]:
        """Yield what waits for the end of the body: a JSON body, or an event without its blank line.

        Raises `OpenAIRequestError` if there was something, but no event at all.
        """
        yield from self._end_line()
        yield from self._dispatch()
        if self._other and not self._has_events:
            raise OpenAIRequestError.of(FailureKind.UNREADABLE, f"no events, but {self._other}")

    def _add(self, piece: bytes) -> None:
        """Add to the line. Raises `OpenAIRequestError` if the event or the body is too large."""
        if piece:
            self._line.append(piece)
            self._waiting += len(piece)
        if self._waiting > MAX_EVENT or self._size > MAX_BODY:
            raise OpenAIRequestError.of(FailureKind.ANSWER_TOO_LARGE, f"{self._size} bytes")

    def _end_line(self) -> Iterator[Event]:
        line = b"".join(self._line)
        self._line.clear()
        if self._is_first:
            line = self._first_line(line)
        if not line and not self._is_json:
            yield from self._dispatch()
        elif self._is_json or (line.startswith(b"data:") and not self._skip):
            self._data.append(line)
        else:
            self._waiting -= len(line)
            self._read_name(line)
            if not _FIELD.match(line):
                self._note_other(line)

    def _first_line(self, line: bytes) -> bytes:
        """Detect JSON and web pages by the first line: neither looks like the start of an event."""
        line = line.removeprefix(_BOM)
        if start := line.lstrip()[:1]:
            self._is_first, self._is_json = False, start in b"{["
        if start == b"<":
            raise OpenAIRequestError.of(FailureKind.UNREADABLE, "a web page")
        return line

    def _read_name(self, line: bytes) -> None:
        """Skip an event that is not needed: its name comes before its data."""
        if line.startswith(b"event:"):
            name = line[6:].strip().decode(errors="replace")
            is_ours = name.startswith("response.")
            self._has_events = self._has_events or is_ours
            self._skip = is_ours and name not in TRANSLATED

    def _dispatch(self) -> Iterator[Event]:
        lines = [line.removeprefix(b"data:") for line in self._data]
        if lines:
            self._note_other(lines[0])
        self._data.clear()
        self._skip, self._waiting = False, 0
        whole = _parsed(b"\n".join(lines))
        # some servers put no blank line between events, or send one JSON object a line
        values = map(_parsed, lines) if whole is None and len(lines) > 1 else [whole]
        for value in values:
            if isinstance(value, dict) and (event := self._event(value)):
                self._has_events = True
                yield event

    def _note_other(self, line: bytes) -> None:
        """Note data that is not an event. Half an object is the start of one: its server was cut off."""
        text = line.strip()
        is_half = text.startswith(b"{") and _parsed(text) is None
        if text not in (b"", _END) and not is_half:
            self._other = self._other or text[:MAX_OTHER].decode(errors="replace")

    def _event(self, value: dict[str, Any]) -> Event | None:
        """Return data as an event, None for what is not one."""
        if isinstance(value.get("type"), str):
            return value
        if value.get("object") == "response" or "output" in value:
            is_last = value.get("status") not in _IN_PROGRESS
            return {"type": "response.completed", "response": value} if is_last else None
        if (error := value.get("error")) is not None:
            # an error body, as it comes with an HTTP error
            return {"type": "error", "error": error if isinstance(error, dict) else {"message": error}}
        if self._is_json:
            raise OpenAIRequestError.of(FailureKind.UNREADABLE, "JSON that is not a response")
        return None


def _parsed(data: bytes) -> Any:
    """Return the value of JSON, None for anything else."""
    try:
        return parse_json(data)
    except ValueError:  # "[DONE]" and the like
        return None
