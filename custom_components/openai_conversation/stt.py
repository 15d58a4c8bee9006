"""The speech-to-text entity: turns a spoken command into text."""

from collections.abc import AsyncIterable
from typing import ClassVar, override

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
)
from .const import Purpose
from .entity import EngineEntity
from .openai_api.errors import OpenAIRequestError
from .options.engines import SpeechToTextOptions
from .options.entry import stt_engines
from .runtime import OpenAIConfigEntry

PARALLEL_UPDATES = 0


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

    @override
    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        """Return what was said; silence is an empty text. Never raises."""
        # done while the user is still speaking
        self.open_connection(Purpose.STT)
        words = keywords(async_names(self.hass))

        recording = _recording(metadata, await _async_listen(stream))
        if recording is None:
            return stt.SpeechResult("", stt.SpeechResultState.SUCCESS)
        server = self.runtime.server
        params = transcription_params(server, self.model, recording, self.agent.options.prompt, words)
        try:
            with self.request(Purpose.STT) as request:
                text = await async_transcribe(
                    self.runtime.client,
                    server,
                    params,
                    self.refused_params,
                    seconds=recording.seconds,
                    on_usage=request.add,
                )
        except OpenAIRequestError:
            return stt.SpeechResult(None, stt.SpeechResultState.ERROR)
        return stt.SpeechResult(text, stt.SpeechResultState.SUCCESS)


async def _async_listen(stream: AsyncIterable[bytes]) -> bytes:
    """Return the audio, cut a little above what OpenAI accepts: no command is that long."""
    audio = bytearray()
    async for chunk in stream:
        audio += chunk
        if len(audio) > MAX_AUDIO:
            break
    return bytes(audio)


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
