"""Frames of an MP3 that hold no sound, however the bytes arrive."""

from collections.abc import Iterator
from itertools import batched

import pytest

from custom_components.openai_conversation.audio.mp3_start import StartFilter

# header, bytes of the frame, bytes of side information: ISO 11172-3, and 13818-3 for MPEG-2
MPEG2_MONO = (b"\xff\xf3\x84\xc0", 192, 9)  # 24 kHz, 64 kbit/s
MPEG2_STEREO = (b"\xff\xf3\x84\x00", 192, 17)
MPEG1_MONO = (b"\xff\xfb\x90\xc0", 417, 17)  # 44.1 kHz, 128 kbit/s
MPEG1_PADDED = (b"\xff\xfb\x92\xc0", 418, 17)
MPEG1_STEREO = (b"\xff\xfb\x94\x00", 384, 32)  # 48 kHz, 128 kbit/s
MPEG25_MONO = (b"\xff\xe3\x38\xc0", 216, 9)  # 8 kHz, 24 kbit/s
KINDS = (MPEG2_MONO, MPEG2_STEREO, MPEG1_MONO, MPEG1_PADDED, MPEG1_STEREO, MPEG25_MONO)

type Kind = tuple[bytes, int, int]


def frame(kind: Kind, *, name: bytes = b"", fill: bytes = b"\x55") -> bytes:
    """Return a frame of sound, or one that holds the length of the file under a name."""
    header, size, side_information = kind
    before = 32 if name == b"VBRI" else side_information
    return (header + bytes(before) + name).ljust(size, fill if not name else b"\0")


def tag(size: int, *, flags: int = 0) -> bytes:
    """Return an ID3 tag."""
    digits = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    footer = bytes(10) if flags & 0x10 else b""
    return b"ID3\x04\x00" + bytes([flags]) + digits + bytes(size) + footer


def filtered(chunks: Iterator[bytes]) -> bytes:
    frames = StartFilter()
    return b"".join(frames.feed(chunk) for chunk in chunks) + frames.finish()


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (bytes(chunk) for chunk in batched(data, size, strict=False))


@pytest.mark.parametrize("size", [1, 7, 64, 100, 5000])
@pytest.mark.parametrize("name", [b"Xing", b"Info", b"VBRI"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[0].hex())
def test_the_frame_that_holds_the_length_is_left_out(kind: Kind, name: bytes, size: int) -> None:
    sound = frame(kind) * 3

    assert filtered(cut(frame(kind, name=name) + sound, size)) == sound


@pytest.mark.parametrize("size", [1, 7, 64, 5000])
@pytest.mark.parametrize(
    "start", [tag(0), tag(300), tag(70_000), tag(5, flags=0x10), tag(5) + tag(5)], ids=len
)
def test_tags_are_left_out(start: bytes, size: int) -> None:
    sound = frame(MPEG2_MONO) * 3

    assert filtered(cut(start + frame(MPEG2_MONO, name=b"Info") + sound, size)) == sound


@pytest.mark.parametrize(
    "sound", [frame(MPEG1_STEREO) * 4, frame(MPEG2_MONO)[:30], b"words", b"\xff", b"I", b"ID", b""], ids=len
)
@pytest.mark.parametrize("size", [1, 7, 5000])
def test_what_is_sound_stays(sound: bytes, size: int) -> None:
    assert filtered(cut(sound, size)) == sound


def test_sound_that_has_the_name_in_it_stays() -> None:
    sound = frame(MPEG2_MONO) + frame(MPEG2_MONO, name=b"Xing")

    assert filtered(iter([sound])) == sound


@pytest.mark.parametrize(
    "header", [b"\xff\xfb\xf0\xc0", b"\xff\xfb\x9c\xc0", b"\xff\xeb\x90\xc0", b"\xff\xfb\x00\xc0"]
)
def test_an_impossible_frame_stays(header: bytes) -> None:
    data = (header + bytes(17) + b"Xing").ljust(500, b"\0")

    assert filtered(iter([data])) == data


def test_sound_is_not_held_back() -> None:
    frames = StartFilter()

    assert frames.feed(frame(MPEG2_MONO)) == frame(MPEG2_MONO)
    assert frames.feed(b"more") == b"more"
