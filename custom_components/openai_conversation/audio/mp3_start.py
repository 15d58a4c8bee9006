"""Remove the start of an MP3 that holds no sound: tags, and a frame with the length of the file. Pure.

Each answer begins with it. When answers are joined, players would trust the first such frame, and stop after
the first answer. Own code: the libraries for this read whole files. Source: the ID3v2.4 standard, and the
Xing and VBRI headers as LAME and Fraunhofer's encoder write them.
"""

from typing import Final

from .mp3 import Frame

TAG_HEADER: Final = 10
"""Bytes at the start of an ID3 tag."""

ENOUGH: Final = 64
"""Bytes of a frame that show its kind: a header, side information, and the name of the data."""

_HAS_FOOTER: Final = 0x10
_NAMES: Final = (b"Xing", b"Info", b"VBRI")


class StartFilter:
    """Removes the start of one MP3 while it streams in."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._start = b""
        self._skip = 0
        self._is_sound = False

    def feed(self, chunk: bytes) -> bytes:
        """Return the sound that is certain by now."""
        if self._is_sound:
            return chunk
        self._start += chunk
        return self._take(at_end=False)

    def finish(self) -> bytes:
        """Return the rest."""
        return b"" if self._is_sound else self._take(at_end=True)

    def _take(self, *, at_end: bool) -> bytes:
        while self._start:
            skipped = self._start[: self._skip]
            self._start, self._skip = self._start[len(skipped) :], self._skip - len(skipped)
            if self._skip or not (at_end or _is_decided(self._start)):
                return b""
            if (size := _size_without_sound(self._start)) == 0:
                self._is_sound = True
                break
            self._skip = size
        rest, self._start = self._start, b""
        return rest


def _is_decided(data: bytes) -> bool:
    """Whether the bytes show if there is a tag, or a frame without sound."""
    is_likely = data.startswith(b"\xff") or b"ID3".startswith(data[:3])
    return len(data) >= ENOUGH or not is_likely


def _size_without_sound(data: bytes) -> int:
    """Return the bytes of the tag, or of the frame without sound, at the start; 0 for sound."""
    if data.startswith(b"ID3") and len(data) >= TAG_HEADER:
        # seven bits in each of four bytes, and perhaps a footer as large as the header
        size = sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
        return TAG_HEADER + size + (TAG_HEADER if data[5] & _HAS_FOOTER else 0)
    if any(name in data[:ENOUGH] for name in _NAMES) and (frame := Frame.of(data[:4])):
        return frame.size
    return 0
