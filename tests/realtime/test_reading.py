"""A response that should read a text: when its sound may be heard."""

from base64 import b64encode
from typing import Any

import pytest

from custom_components.openai_conversation.openai_api.errors import OpenAIRequestError
from custom_components.openai_conversation.realtime.reading import NotReadError, Reading

TEXT = "The door is open, and the window is closed."
SECOND = bytes(48_000)


def sound(data: bytes = b"\1\2", kind: str = "response.output_audio.delta") -> dict[str, Any]:
    return {"type": kind, "delta": b64encode(data).decode()}


def words(text: str, kind: str = "response.output_audio_transcript.delta") -> dict[str, Any]:
    return {"type": kind, "delta": text}


def part(kind: str) -> dict[str, Any]:
    return {"type": "response.content_part.added", "part": {"type": kind}}


def done(status: str = "completed", **details: Any) -> dict[str, Any]:
    return {"type": "response.done", "response": {"status": status, "status_details": details or None}}


def take(reading: Reading, *events: dict[str, Any]) -> list[bytes]:
    return [reading.take(event) for event in events]


@pytest.fixture
def reading() -> Reading:
    return Reading(TEXT, is_last_attempt=False)


@pytest.fixture
def last() -> Reading:
    return Reading(TEXT, is_last_attempt=True)


def test_sound_waits_for_its_words(reading: Reading) -> None:
    heard = take(
        reading, part("audio"), sound(b"ab"), words("The "), sound(b"cd"), words("door"), sound(b"ef")
    )

    assert heard == [b"", b"", b"", b"", b"abcd", b"ef"]
    assert take(reading, words(" is open, and the window is closed."), done()) == [b"", b""]
    assert reading.likeness == 1


def test_audio_is_not_held_back_forever(reading: Reading) -> None:
    assert take(reading, sound(SECOND), sound(b"ab")) == [b"", SECOND + b"ab"]
    # too late: it was heard
    assert take(reading, words("Sure, here is the text."), sound(b"cd"), done()) == [b"", b"cd", b""]
    assert reading.likeness < 0.5


def test_nobody_hears_another_start(reading: Reading) -> None:
    take(reading, sound())
    with pytest.raises(NotReadError):
        take(reading, words("Sure, "))


def test_the_last_attempt_is_judged_as_a_whole(last: Reading) -> None:
    assert take(last, sound(SECOND), words("Sure, "), sound(SECOND), words(TEXT)) == [b""] * 4
    assert take(last, done()) == [SECOND * 2]
    assert 0.5 < last.likeness < 1


def test_the_last_attempt_may_fail(last: Reading) -> None:
    take(last, sound(), words("I am afraid I can't do that, Dave."))
    with pytest.raises(NotReadError):
        last.take(done())


def test_a_short_text_is_judged_at_its_end() -> None:
    reading = Reading("Yes.", is_last_attempt=False)
    assert take(reading, sound(b"ab"), words("Yes."), done()) == [b"", b"", b"ab"]
    reading = Reading("Yes.", is_last_attempt=False)
    with pytest.raises(NotReadError):
        take(reading, sound(b"ab"), words("Sí"), done())


def test_without_a_transcript_nothing_is_judged(reading: Reading) -> None:
    assert take(reading, sound(b"ab"), done()) == [b"", b"ab"]


@pytest.mark.parametrize(
    "event",
    [part("text"), words("The door", "response.output_text.delta"), words("The", "response.text.delta")],
)
def test_text_in_place_of_audio(last: Reading, event: dict[str, Any]) -> None:
    with pytest.raises(NotReadError):
        last.take(event)


def test_no_sound_at_all(last: Reading) -> None:
    take(last, words(TEXT))
    with pytest.raises(NotReadError):
        last.take(done())


def test_the_names_of_the_beta(reading: Reading) -> None:
    heard = take(
        reading,
        sound(b"ab", "response.audio.delta"),
        words("The door", "response.audio_transcript.delta"),
    )
    assert heard == [b"", b"ab"]


def test_what_is_new_is_ignored(reading: Reading) -> None:
    assert reading.take({"type": "response.telepathy.delta", "delta": 5}) == b""


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (done("failed", error={"type": "tokens", "code": "rate_limit_exceeded"}), "rate_limit"),
        (done("failed", error=None), "server"),
        (done("failed"), "server"),
        (done("incomplete", reason="content_filter"), "refused"),
        (done("incomplete", reason="max_output_tokens"), "incomplete"),
        (done("cancelled", reason="turn_detected"), "incomplete"),
        (done("exploded"), "incomplete"),
    ],
)
def test_an_early_end(reading: Reading, event: dict[str, Any], kind: str) -> None:
    take(reading, sound(), words("The door is"))
    with pytest.raises(OpenAIRequestError) as caught:
        reading.take(event)
    assert caught.value.failure.kind == kind


def test_sound_that_never_ends(reading: Reading) -> None:
    take(reading, words("The door is"))
    with pytest.raises(OpenAIRequestError):
        take(reading, *[sound(SECOND * 60)] * 16)
