"""Sound at one rate, heard at another one."""

from array import array
import math

import pytest

from custom_components.openai_conversation.realtime.resampling import Resampler
from tests.stand_in.tones import heard_in_song, sung_pcm

TEXT = "Turn on the light in the kitchen!"
EDGE = 100
"""Samples at the ends, where one side of a sample is silence."""


def tone(frequency: float, rate: int, seconds: float = 0.5, amplitude: float = 10_000) -> array[int]:
    angle = 2 * math.pi * frequency / rate
    return array("h", (round(amplitude * math.sin(angle * n)) for n in range(int(rate * seconds))))


def resampled(samples: array[int], rate: int = 16_000, new_rate: int = 24_000) -> array[int]:
    resampler = Resampler(rate, new_rate)
    return array("h", resampler.feed(samples.tobytes()) + resampler.finish())


def decibels(samples: array[int], wanted: array[int]) -> float:
    """Return the ratio of the signal to the error, in decibels."""
    pairs = list(zip(samples, wanted, strict=True))[EDGE:-EDGE]
    noise = sum((one - other) ** 2 for one, other in pairs)
    return 10 * math.log10(sum(other**2 for _, other in pairs) / max(noise, 1e-9))


@pytest.mark.parametrize(("frequency", "least"), [(100, 60), (440, 60), (1000, 60), (3000, 55), (5000, 45)])
def test_a_tone_stays_a_tone(frequency: float, least: float) -> None:
    assert decibels(resampled(tone(frequency, 16_000)), tone(frequency, 24_000)) > least


def test_two_samples_become_three() -> None:
    for count in range(6, 12, 2):
        samples = array("h", range(1000, 1000 + count))
        assert len(resampled(samples)) == count * 3 // 2
        assert resampled(samples)[::3] == samples[::2]
    assert len(resampled(array("h", [1] * 7))) == 11


@pytest.mark.parametrize("new_rate", [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("frequency", [100, 440, 1000])
def test_what_is_spoken_gets_the_rate_of_the_speaker(frequency: float, new_rate: int) -> None:
    wanted = tone(frequency, new_rate)

    heard = resampled(tone(frequency, 24_000), 24_000, new_rate)

    assert abs(len(heard) - len(wanted)) <= 1
    assert decibels(heard[: len(wanted)], wanted[: len(heard)]) > 45


def test_what_a_lower_rate_has_no_room_for_is_not_heard_as_something_else() -> None:
    heard = resampled(tone(10_500, 24_000), 24_000, 16_000)

    assert max(map(abs, heard[EDGE:-EDGE])) < 500


@pytest.mark.parametrize("new_rate", [16_000, 22_050, 48_000])
def test_what_is_read_is_understood_at_another_rate(new_rate: int) -> None:
    sung = array("h", sung_pcm(TEXT, rate=24_000))

    assert heard_in_song(resampled(sung, 24_000, new_rate).tobytes(), rate=new_rate) == TEXT


def test_a_constant_stays_a_constant_and_silence_silence() -> None:
    assert set(resampled(array("h", [1234] * 400))[EDGE:-EDGE]) == {1234}
    assert set(resampled(array("h", [0] * 400))) == {0}


def test_the_loudest_sound_does_not_turn_over() -> None:
    loud = array("h", [32_767, 32_767, -32_768, -32_768] * 100)

    assert max(resampled(loud)) == 32_767
    assert min(resampled(loud)) == -32_768


@pytest.mark.parametrize("size", [1, 2, 3, 333, 3200])
def test_chunks_make_no_difference(size: int) -> None:
    pcm = sung_pcm(TEXT)
    if size < 10:
        pcm = pcm[5000:7000]
    resampler = Resampler(16_000, 24_000)
    chunks = [resampler.feed(pcm[at : at + size]) for at in range(0, len(pcm), size)]

    whole = Resampler(16_000, 24_000)
    assert b"".join(chunks) + resampler.finish() == whole.feed(pcm) + whole.finish()


def test_what_was_said_is_understood() -> None:
    resampler = Resampler(16_000, 24_000)
    assert heard_in_song(resampler.feed(sung_pcm(TEXT)) + resampler.finish(), rate=24_000) == TEXT


def test_no_samples_make_no_sound() -> None:
    assert len(resampled(array("h"))) <= 3
    assert Resampler(16_000, 24_000).feed(b"") == b""
