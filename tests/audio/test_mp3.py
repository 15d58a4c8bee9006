"""MP3 as a row of frames."""

import io

from mutagen.mp3 import MP3
import pytest

from custom_components.openai_conversation.audio.mp3 import DEFAULT_FRAME, Frame, FrameReader
from tests.stand_in.silence import mp3

HEADERS = {
    # header: bytes of a frame, samples per second (from the tables of the standard)
    "fffb9064": (417, 44_100),
    "fffb9264": (418, 44_100),
    "fffbe444": (960, 48_000),
    "fffb1848": (144, 32_000),
    "fff344c4": (96, 24_000),
    "fff384c0": (192, 24_000),
    "fff36044": (156, 22_050),
    "ffe328c4": (144, 8_000),
}


@pytest.mark.parametrize(("header", "size", "rate"), [(key, *value) for key, value in HEADERS.items()])
def test_a_header(header: str, size: int, rate: int) -> None:
    frame = Frame.of(bytes.fromhex(header))

    assert frame
    assert frame.size == size
    assert frame.seconds * rate in (576, 1152)


@pytest.mark.parametrize(
    "header", ["00000000", "ffff9064", "fffbf064", "fffb0064", "fffb9c64", "fff1584c", "ffeb9064"]
)
def test_what_is_no_header(header: str) -> None:
    assert Frame.of(bytes.fromhex(header)) is None


@pytest.mark.parametrize("header", [*HEADERS, "fffa9064"])
def test_silence_is_of_the_same_kind(header: str) -> None:
    frame = Frame.of(bytes.fromhex(header))
    assert frame

    silent = MP3(io.BytesIO(frame.silence * 50)).info

    assert silent.sample_rate == round((1152 if silent.version == 1 else 576) / frame.seconds)
    assert silent.length == pytest.approx(50 * frame.seconds, rel=0.02)
    assert silent.sketchy is False


def test_the_default() -> None:
    assert Frame.of(DEFAULT_FRAME.header) == DEFAULT_FRAME


@pytest.mark.parametrize("size", [1, 7, 96, 1000, 100_000])
def test_how_long_a_stream_plays(size: int) -> None:
    sound = mp3(3)
    reader = FrameReader()

    seconds = sum(reader.feed(sound[at : at + size]) for at in range(0, len(sound), size))

    assert seconds == pytest.approx(MP3(io.BytesIO(sound)).info.length, abs=0.05)
    assert reader.last
    assert reader.last.header == sound[:4]


def test_what_is_not_sound_is_skipped() -> None:
    reader = FrameReader()

    assert reader.feed(b"ID3\x04\0\0\0\0\0\x08TIT2\xff\0ab" + mp3(1)) == pytest.approx(1, abs=0.05)
    assert reader.feed(b"no sound at all" * 100) == 0
    assert reader.feed(mp3(1)) == pytest.approx(1, abs=0.05)
