"""A piece of text → speech, with the API that the model speaks with."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final
import unicodedata

from ..const import Server
from ..openai_api.capabilities import SpeechApi
from ..openai_api.http_client import Client
from ..openai_api.models import tts_capabilities_of
from ..openai_api.prices import CHARACTERS_A_SECOND
from ..openai_api.usage import OnUsage, Usage
from ..realtime.speech import Reader
from ..realtime.voice import ReadingVoice
from .formats import Codec
from .sentences import SentenceSplitter
from .synthesis import Voice, async_speak, speech_params

LONGEST_SENTENCE: Final = 500
"""Characters. A model for conversation drifts from a longer text, and says no more than four minutes in one
response. So many characters take two minutes at most, in a script where each one is a syllable."""


CHARACTERS_A_SYLLABLE: Final = 4
"""Of a script with letters. Chinese and its like have a syllable in each character."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Speaks with the models of one server."""

    client: Client
    server: Server
    reader: Reader

    def speak(
        self, voice: Voice, codec: Codec, text: str, *, refused: set[str], on_usage: OnUsage
    ) -> AsyncGenerator[bytes]:
        """Return a generator of the audio of a text. It raises `OpenAIRequestError`.

        `refused`: parameters that the server has refused; those it refuses now are added. `on_usage`: gets
        what each answer used. That of a canceled answer may come after the end.
        """
        if only_pcm(voice.model):
            return self.reader.async_read(_reading_voice(voice), text, on_usage=on_usage)
        return self._async_speak(voice, codec, text, refused, on_usage)

    async def async_prepare(self, voice: Voice) -> None:
        """Get ready for a text that will follow. Never raises."""
        if only_pcm(voice.model):
            await self.reader.async_prepare(_reading_voice(voice))

    async def _async_speak(
        self, voice: Voice, codec: Codec, text: str, refused: set[str], on_usage: OnUsage
    ) -> AsyncGenerator[bytes]:
        params = {**speech_params(voice, codec), "input": text}
        is_counted = False
        async with aclosing(async_speak(self.client, self.server, params, refused)) as audio:
            async for chunk in audio:
                if not is_counted:
                    # the whole piece is paid for, even if nobody listens to its end
                    seconds = about_seconds(text, voice.speed)
                    on_usage(Usage.of_speech(voice.model, text, seconds=seconds))
                is_counted = True
                yield chunk


def only_pcm(model: str) -> bool:
    """Whether a model gives nothing but PCM."""
    return tts_capabilities_of(model).api is SpeechApi.REALTIME


def splitter_for(model: str) -> SentenceSplitter:
    """Return how to cut a text: a model for conversation reads one sentence at a time."""
    if only_pcm(model):
        return SentenceSplitter(limit=LONGEST_SENTENCE, joins=False)
    return SentenceSplitter()


def _reading_voice(voice: Voice) -> ReadingVoice:
    return ReadingVoice(model=voice.model, name=voice.name, speed=voice.speed, style=voice.instructions)


def about_seconds(text: str, speed: float) -> float:
    """Return about how long a text is spoken: its audio is compressed, and nobody reports its length."""
    syllables = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    characters = len(text) + (CHARACTERS_A_SYLLABLE - 1) * syllables
    return characters / CHARACTERS_A_SECOND / speed
