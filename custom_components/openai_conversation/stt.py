"""The speech-to-text entity: turns a spoken command into text."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
import time
from typing import Any, ClassVar, Final, override

from homeassistant.components import stt
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .audio.keywords import async_names, keywords
from .audio.languages import LANGUAGES, language_code
from .audio.transcription import (
    MAX_AUDIO,
    SHORTEST,
    Recording,
    async_transcribe,
    is_silent,
    transcription_params,
    wav,
    what_was_said,
)
from .compat import partial_speech_result
from .const import LOGGER, Purpose
from .entity import EngineEntity
from .openai_api.errors import FailureKind, OpenAIRequestError
from .openai_api.models import stt_capabilities_of
from .openai_api.usage import Usage
from .options.engines import DEFAULT_STT_PROMPT, SpeechToTextOptions
from .options.entry import stt_engines
from .realtime.microphone import Microphone
from .realtime.transcription import async_transcribe_live, live_settings
from .runtime import OpenAIConfigEntry
from .usage.latency import Stage
from .usage.request import Request

PARALLEL_UPDATES = 0

_NO_WAY: Final = frozenset({FailureKind.NO_WEBSOCKET, FailureKind.TIMEOUT})
"""Failures of a WebSocket for which every command would wait."""

_TRY_AGAIN: Final = 10 * 60.0
"""Seconds after such a failure for which live transcription is not tried."""


_BYTES_PER_SECOND: Final = 32_000
"""16 kHz, 16 bits, mono: the only audio that is transcribed live."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an entity for each engine of the entry."""
    for engine in stt_engines(entry):
        async_add_entities([OpenAISpeechToTextEntity(entry, engine)], config_subentry_id=engine.subentry_id)


class OpenAISpeechToTextEntity(EngineEntity[SpeechToTextOptions], stt.SpeechToTextEntity):
    """A speech-to-text engine."""

    # all languages and formats: a pipeline may have stored any of them
    supported_languages: ClassVar[list[str]] = list(LANGUAGES)
    supported_formats: ClassVar[list[stt.AudioFormats]] = [stt.AudioFormats.WAV, stt.AudioFormats.OGG]
    supported_codecs: ClassVar[list[stt.AudioCodecs]] = [stt.AudioCodecs.PCM, stt.AudioCodecs.OPUS]
    supported_bit_rates: ClassVar[list[stt.AudioBitRates]] = list(stt.AudioBitRates)
    supported_sample_rates: ClassVar[list[stt.AudioSampleRates]] = list(stt.AudioSampleRates)
    supported_channels: ClassVar[list[stt.AudioChannels]] = list(stt.AudioChannels)

    _next_live = 0.0
    """When live transcription is tried again, on the monotonic clock."""

    @override
    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        """Return what was said; silence is an empty text. Never raises."""
        text = ""
        try:
            async with aclosing(self._async_listen(metadata, stream)) as texts:
                async for so_far in texts:
                    text = so_far
        except OpenAIRequestError:
            return stt.SpeechResult(None, stt.SpeechResultState.ERROR)
        return stt.SpeechResult(text, stt.SpeechResultState.SUCCESS)

    async def async_process_audio_stream_with_progress(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> AsyncGenerator[Any]:
        """Yield what is understood so far, and then the result. Called from Home Assistant 2026.11 on."""
        text = ""
        try:
            async with aclosing(self._async_listen(metadata, stream)) as texts:
                async for text in texts:
                    yield partial_speech_result(text)
        except OpenAIRequestError:
            yield stt.SpeechResult(None, stt.SpeechResultState.ERROR)
        else:
            yield stt.SpeechResult(text, stt.SpeechResultState.SUCCESS)

    async def _async_listen(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> AsyncGenerator[str]:
        """Yield what is understood so far, and at the end all of it. Raises `OpenAIRequestError`."""
        # done while the user is still speaking
        self.open_connection(Purpose.STT)
        words = keywords(async_names(self.hass))
        is_live = _can_be_live(metadata) and stt_capabilities_of(self.model).live
        async with Microphone(stream, MAX_AUDIO) as microphone:
            if is_live and time.monotonic() >= self._next_live:
                async with aclosing(self._async_listen_live(metadata, microphone, words)) as texts:
                    async for text in texts:
                        yield text
            elif recording := _recording(metadata, await microphone.async_audio()):
                with self.request(Purpose.STT) as request:
                    text = await self._async_transcribe(recording, words, request)
                yield text

    async def _async_listen_live(
        self, metadata: stt.SpeechMetadata, microphone: Microphone, words: list[str]
    ) -> AsyncGenerator[str]:
        """Yield what is understood while the user speaks. If it fails, the recording is transcribed."""
        prompt = self.agent.options.prompt
        prompt = DEFAULT_STT_PROMPT if prompt is None else prompt
        language = language_code(metadata.language)
        settings = live_settings(
            self.model, languages=[language] if language else [], keywords=words, prompt=prompt
        )
        with self.request(Purpose.STT) as request:
            try:
                transcripts = async_transcribe_live(self.endpoint.realtime, settings, microphone)
                async with aclosing(transcripts):
                    async for transcript in transcripts:
                        if transcript.answer:
                            seconds = await _async_length(microphone) if transcript.text else 0.0
                            request.add(
                                Usage.of_transcription(self.model, transcript.answer, seconds=seconds)
                            )
                        key = self.endpoint.client.api_key
                        yield what_was_said(transcript.text, prompt, words, key=key)
            except OpenAIRequestError as err:
                LOGGER.debug("Live transcription failed (%s): the recording is sent", err.failure.detail)
                if err.failure.kind in _NO_WAY:
                    self._next_live = time.monotonic() + _TRY_AGAIN
                if recording := _recording(metadata, await microphone.async_audio()):
                    yield await self._async_transcribe(recording, words, request)

    async def _async_transcribe(self, recording: Recording, words: list[str], request: Request) -> str:
        """Return what was said in a recording. Raises `OpenAIRequestError`."""
        model = self.model
        if stt_capabilities_of(model).live:
            options = self.agent.options
            model = options.models(self.runtime.models()).current(options.default_model)
        server = self.endpoint.server
        params = transcription_params(server, model, recording, self.agent.options.prompt, words)
        began = time.monotonic()
        text = await async_transcribe(
            self.endpoint.client,
            server,
            params,
            self.refused_params,
            seconds=recording.seconds,
            on_usage=request.add,
        )
        self.runtime.latency.add(Stage.STT, time.monotonic() - began)
        return text


def _can_be_live(metadata: stt.SpeechMetadata) -> bool:
    """Whether it is audio as Home Assistant's voice assistants record it."""
    return (
        metadata.format is stt.AudioFormats.WAV
        and metadata.sample_rate is stt.AudioSampleRates.SAMPLERATE_16000
        and metadata.bit_rate is stt.AudioBitRates.BITRATE_16
        and metadata.channel is stt.AudioChannels.CHANNEL_MONO
    )


async def _async_length(microphone: Microphone) -> float:
    """Return the seconds of what was said to a microphone of a voice assistant."""
    return len(await microphone.async_audio()) / _BYTES_PER_SECOND


def _recording(metadata: stt.SpeechMetadata, audio: bytes) -> Recording | None:
    """Return the audio as a file; None: it is too short to hold a word, or holds no sound."""
    language = language_code(metadata.language)
    if metadata.format is stt.AudioFormats.OGG:
        return Recording(audio=audio, file_name="speech.ogg", language=language) if audio else None
    channels, bits, rate = metadata.channel.value, metadata.bit_rate.value, metadata.sample_rate.value
    seconds = len(audio) / (rate * channels * bits / 8)
    if seconds < SHORTEST or is_silent(audio, bits=bits):
        return None
    sound = wav(audio, channels=channels, bits=bits, rate=rate)
    return Recording(audio=sound, file_name="speech.wav", language=language, seconds=seconds)
