"""What a server sends as speech: what is played, and what is a failure."""

import json
from typing import Any

import pytest

from custom_components.openai_conversation.audio.received import ReceivedAudio
from custom_components.openai_conversation.openai_api.errors import FailureKind, OpenAIRequestError

MP3 = b"\xff\xf3\x84\xc0".ljust(192, b"\x55")
PCM = b"\x01\x00\x02\x00\xfe\xff" * 20


def received(*chunks: bytes, media_type: str = "audio/mpeg", **params: Any) -> bytes:
    """Return what is left of an answer."""
    audio = ReceivedAudio({"input": "Hello.", "response_format": "mp3", **params}, media_type)
    return b"".join(map(audio.feed, chunks)) + audio.finish()


def kind_of(*chunks: bytes, **more: Any) -> FailureKind:
    with pytest.raises(OpenAIRequestError) as caught:
        received(*chunks, **more)
    return caught.value.failure.kind


@pytest.mark.parametrize(
    ("audio", "codec"),
    [
        (MP3 * 3, "mp3"),
        (PCM, "pcm"),
        (bytes(100), "pcm"),
        (b"<\x00{\x00" * 30, "pcm"),
        (b"Hello, this is loud" + PCM, "pcm"),
        (b"\x01\x00", "pcm"),
        (b"\xff\xf3\x84\xc0", "mp3"),
        (b"\xff\xf1\x50\x80" * 30, "aac"),
    ],
    ids=["mp3", "pcm", "silent pcm", "quiet pcm", "loud pcm", "short pcm", "short mp3", "aac"],
)
@pytest.mark.parametrize(
    "media_type", ["audio/mpeg", "application/octet-stream", "", "Audio/PCM; rate=24000"]
)
def test_audio(audio: bytes, codec: str, media_type: str) -> None:
    assert received(audio, response_format=codec, media_type=media_type) == audio
    pieces = (audio[start : start + 1] for start in range(len(audio)))
    assert received(*pieces, response_format=codec, media_type=media_type) == audio


WORDS = {
    "a page": b"<!DOCTYPE html><html>Please log in.</html>",
    "an old page": b"\n  <html><body>",
    "xml": b'<?xml version="1.0"?><Error/>',
    "an error": json.dumps({"error": {"message": "No voice."}}).encode(),
    "an error over lines": b'{\n  "error": null\n}',
    "a broken error": b'{"e\xed\xa0\x80rror": {"message": "No\x00 voice."}}',
    "a list": b'["no", "audio"]',
    "a sentence": b"Internal Server Error: the voice is not loaded.",
    "a long sentence": "Die Stimme „Anna“ wurde nicht gefunden. ".encode() * 20,
    "a few words": b"No voice.\n",
    "a word": b"null",
    "chinese": "没有声音".encode(),
    "with a mark of its order": b"\xef\xbb\xbfNo voice.",
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "ogg": b"OggS\x00\x02",
    "flac": b"fLaC\x00\x00",
    "an image": b"\x89PNG\r\n\x1a\n",
    "a pdf": b"%PDF-1.7",
    "gzip": b"\x1f\x8b\x08\x00",
}


@pytest.mark.parametrize("codec", ["mp3", "aac", "pcm"])
@pytest.mark.parametrize("body", WORDS.values(), ids=WORDS.keys())
def test_what_is_not_audio_is_a_failure_though_it_says_that_it_is(body: bytes, codec: str) -> None:
    assert kind_of(body, response_format=codec) is FailureKind.UNREADABLE
    assert (
        kind_of(*(body[i : i + 1] for i in range(len(body))), response_format=codec) is FailureKind.UNREADABLE
    )


@pytest.mark.parametrize(
    "media_type", ["text/html", "application/json", "TEXT/plain; charset=utf-8", "image/png"]
)
def test_what_says_that_it_is_not_audio_is_a_failure(media_type: str) -> None:
    assert kind_of(MP3, media_type=media_type) is FailureKind.UNREADABLE


@pytest.mark.parametrize(
    "chunks", [(), (b"",), (b"ID3\x04\x00\x00\x00\x00\x00\x00",)], ids=["none", "empty", "a tag"]
)
def test_words_without_audio_are_a_failure(chunks: tuple[bytes, ...]) -> None:
    assert kind_of(*chunks) is FailureKind.NO_AUDIO


@pytest.mark.parametrize("text", ["…", "?!", "🎉"])
def test_marks_without_audio_are_silence(text: str) -> None:
    assert received(input=text) == b""


@pytest.mark.parametrize(("text", "speed"), [("Hello.", 1.0), ("Hello. " * 200, 1.0), ("Hello.", 0.25)])
def test_audio_that_does_not_end_is_a_failure(text: str, speed: float) -> None:
    seconds = (bytes(48_000) for _ in range(int((len(text) + 20) / speed)))

    kind = kind_of(*seconds, input=text, response_format="pcm", speed=speed)

    assert kind is FailureKind.UNREADABLE


@pytest.mark.parametrize("text", ["7", "Hello. " * 200, "三" * 100])
def test_slow_speech_is_not_endless(text: str) -> None:
    second = bytes(48_000)

    assert len(received(*[second] * int(5 + 0.3 * len(text)), input=text, response_format="pcm")) > 0
