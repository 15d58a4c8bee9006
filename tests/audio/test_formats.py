"""The silence that the integration makes itself can be played."""

from io import BytesIO
import wave

from mutagen.mp3 import MP3
import pytest

from custom_components.openai_conversation.audio.formats import format_for


def test_silence_in_mp3() -> None:
    info = MP3(BytesIO(format_for("mp3").silence)).info

    assert (info.sample_rate, info.channels, info.bitrate) == (24_000, 1, 64_000)
    assert info.length == pytest.approx(0.12)
    assert not info.sketchy


def test_silence_in_wav() -> None:
    wav = format_for("wav")

    with wave.open(BytesIO(wav.header + wav.silence)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (24_000, 1, 2)
        assert sound.readframes(24_000) == bytes(4800)
