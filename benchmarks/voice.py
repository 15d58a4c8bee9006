"""From sound to sound: speak to a pipeline of speech-to-text, agent, and text-to-speech."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
import time

from homeassistant.components import stt, tts
from homeassistant.components.assist_pipeline import PipelineEvent, async_pipeline_from_audio_stream
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.core import Context, HomeAssistant

_RATE = 16_000
_METADATA = stt.SpeechMetadata(
    language="en-US",
    format=stt.AudioFormats.WAV,
    codec=stt.AudioCodecs.PCM,
    bit_rate=stt.AudioBitRates.BITRATE_16,
    sample_rate=stt.AudioSampleRates.SAMPLERATE_16000,
    channel=stt.AudioChannels.CHANNEL_MONO,
)


@dataclass
class Exchange:
    """One command by voice, and when each stage was reached, in milliseconds after the end of speech."""

    hass: HomeAssistant
    end_of_speech: float = 0
    stages: dict[str, float] = field(default_factory=dict)
    listening: list[asyncio.Task[None]] = field(default_factory=list)

    async def recording(self) -> AsyncGenerator[bytes]:
        """Yield a second of sound, as fast as somebody speaks."""
        for _ in range(10):
            await asyncio.sleep(0.1)
            yield b"\x00\x10" * (_RATE // 10)
        self.end_of_speech = time.perf_counter()

    def on_event(self, event: PipelineEvent) -> None:
        """Take an event of the pipeline. Raises `RuntimeError` for an error."""
        data = event.data or {}
        match event.type:
            case "run-start":
                stream = tts.async_get_stream(self.hass, data["tts_output"]["token"])
                self.listening.append(self.hass.async_create_task(self._listen(stream)))
            case "stt-end":
                self._reach("text")
            case "intent-progress" if (data.get("chat_log_delta") or {}).get("content"):
                self._reach("first_word")
            case "error":
                raise RuntimeError(data["message"])

    async def _listen(self, stream: tts.ResultStream) -> None:
        async for _ in stream.async_stream_result():
            self._reach("first_sound")
        self._reach("last_sound")

    def _reach(self, stage: str) -> None:
        self.stages.setdefault(stage, (time.perf_counter() - self.end_of_speech) * 1000)


async def speak(hass: HomeAssistant, agent_id: str) -> dict[str, float]:
    """Speak to a new pipeline, and return when each stage was reached, in milliseconds."""
    pipeline = await hass.data[KEY_ASSIST_PIPELINE].pipeline_store.async_create_item(
        {
            "name": "Benchmark",
            "language": "en",
            "conversation_engine": agent_id,
            "conversation_language": "*",
            "stt_engine": "stt.openai_stt",
            "stt_language": "en-US",
            "tts_engine": "tts.openai_tts",
            "tts_language": "en-US",
            "tts_voice": None,
            "wake_word_entity": None,
            "wake_word_id": None,
        }
    )
    exchange = Exchange(hass)
    await async_pipeline_from_audio_stream(
        hass,
        context=Context(),
        event_callback=exchange.on_event,
        stt_metadata=_METADATA,
        stt_stream=exchange.recording(),
        pipeline_id=pipeline.id,
    )
    await asyncio.gather(*exchange.listening)
    return exchange.stages
