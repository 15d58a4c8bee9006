"""The text-to-speech entity: speaks a text, even while it is still being written."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import partial
import time
from typing import Any, override

from homeassistant.components import tts
from homeassistant.components.tts.entity import TTSAudioRequest, TTSAudioResponse
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .audio.formats import Codec, Format, format_for
from .audio.languages import LANGUAGES
from .audio.narration import Narration
from .audio.output import CONVERTED, async_has_ffmpeg, without_ffmpeg
from .audio.samples import async_with_samples
from .audio.silence import SilenceFiller
from .audio.speaker import Speaker, only_pcm, splitter_for
from .audio.synthesis import Voice
from .const import Purpose, Server
from .entity import EngineEntity
from .openai_api.errors import Failure, FailureKind, OpenAIRequestError, translated_error
from .openai_api.models import HTTP_TTS_MODEL, tts_capabilities_of
from .options.engines import LEAST_SPEED, MOST_SPEED, NORMAL_SPEED, TextToSpeechOptions
from .options.entry import Configured, tts_engines
from .realtime.http_speech import OverHttp
from .realtime.speech import Reader
from .realtime.websocket_speech import OverWebSocket
from .repairs.model_lifecycle import async_update_issues
from .repairs.no_ffmpeg import async_close_no_ffmpeg, async_report_no_ffmpeg
from .repairs.no_websocket import async_report_websocket
from .runtime import Endpoint, OpenAIConfigEntry, OpenAIRuntimeData
from .usage.latency import Stage

PARALLEL_UPDATES = 0

OPTION_INSTRUCTIONS = "instructions"
OPTION_SPEED = "speed"

_OPTIONS = (tts.ATTR_VOICE, tts.ATTR_PREFERRED_FORMAT, OPTION_INSTRUCTIONS, OPTION_SPEED)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an entity for each engine of the entry."""
    for engine in tts_engines(entry):
        async_add_entities([OpenAITextToSpeechEntity(entry, engine)], config_subentry_id=engine.subentry_id)


class OpenAITextToSpeechEntity(EngineEntity[TextToSpeechOptions], tts.TextToSpeechEntity):
    """A text-to-speech engine."""

    # Home Assistant requires a name of the entity itself
    _attr_has_entity_name = False
    # for the form only: the voices speak the language of the text
    _attr_default_language = "en-US"

    def __init__(self, entry: OpenAIConfigEntry, engine: Configured[TextToSpeechOptions]) -> None:
        """Make the entity of an engine."""
        super().__init__(entry, engine)
        self._attr_name = engine.name
        self._attr_supported_languages = list(LANGUAGES)
        self._note_ffmpeg(is_there=True)
        self._speaker = _speaker(self.runtime, self.endpoint, self.agent.unique_id)

    @override
    async def async_added_to_hass(self) -> None:
        """Let the voice assistants that use this engine prepare it."""
        await super().async_added_to_hass()
        self._note_ffmpeg(is_there=await async_has_ffmpeg(self.hass))
        self.runtime.voices[self.entity_id] = self.prepare_voice

    @property
    @override
    def default_options(self) -> dict[str, Any]:
        """How to speak unless an action says otherwise.

        Home Assistant caches audio by text and options. A setting that is not among the options could
        change, and the old audio would still be played.
        """
        chosen = self.agent.options
        # every speaker plays MP3; without ffmpeg, WAV is better than silence
        default_format = "mp3" if self._has_ffmpeg or not only_pcm(self.model) else "wav"
        options: dict[str, Any] = {
            tts.ATTR_VOICE: tts_capabilities_of(self.model).voice(chosen.voice),
            tts.ATTR_PREFERRED_FORMAT: default_format,
        }
        if chosen.prompt:
            options[OPTION_INSTRUCTIONS] = chosen.prompt
        if chosen.tts_speed != NORMAL_SPEED:
            options[OPTION_SPEED] = chosen.tts_speed
        return options

    @callback
    @override
    def async_get_supported_voices(self, language: str) -> list[tts.Voice]:
        """Return the voices, which are the same for every language."""
        return [tts.Voice(voice, voice.capitalize()) for voice in tts_capabilities_of(self.model).voices]

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> tts.TtsAudioType:
        """Return the audio of a whole text. Raises `OpenAIRequestError`."""

        async def text() -> AsyncGenerator[str]:
            yield message

        response = await self.async_stream_tts_audio(TTSAudioRequest(language, options, text()))
        return response.extension, b"".join([chunk async for chunk in response.data_gen])

    @override
    async def async_stream_tts_audio(self, request: TTSAudioRequest) -> TTSAudioResponse:
        """Speak a text while it is being written."""
        options = {**self.default_options, **request.options}
        sound = await self._async_format(options)
        voice = self._voice(options)
        self._prepare(voice)
        return TTSAudioResponse(sound.extension, self._async_read(request.message_gen, voice, sound))

    async def _async_format(self, options: Mapping[str, Any]) -> Format:
        """Return the format to answer with. Raises `HomeAssistantError` if it cannot be converted."""
        wanted: str = options[tts.ATTR_PREFERRED_FORMAT]
        sound = format_for(wanted, only_pcm=only_pcm(self.model))
        if self._has_ffmpeg and sound.extension == wanted:
            return sound
        self._note_ffmpeg(is_there=await async_has_ffmpeg(self.hass))
        if self._has_ffmpeg:
            async_close_no_ffmpeg(self.hass, self.entry)
            return sound
        if (possible := without_ffmpeg(sound, options)) is None:
            async_report_no_ffmpeg(self.hass, self.entry, wanted)
            raise translated_error(HomeAssistantError, "no_ffmpeg")
        return possible

    def _note_ffmpeg(self, *, is_there: bool) -> None:
        self._has_ffmpeg = is_there
        self._attr_supported_options = [*_OPTIONS, *(() if is_there else CONVERTED)]

    def _voice(self, options: Mapping[str, Any]) -> Voice:
        """Return how to speak. Raises `ServiceValidationError`: an automation may ask for anything."""
        capabilities = tts_capabilities_of(self.model)
        return Voice(
            model=self.model,
            name=capabilities.voice(options[tts.ATTR_VOICE]),
            instructions=options.get(OPTION_INSTRUCTIONS),
            speed=min(_speed(options.get(OPTION_SPEED, NORMAL_SPEED)), capabilities.max_speed),
        )

    async def _async_read(
        self, text: AsyncGenerator[str], voice: Voice, sound: Format
    ) -> AsyncGenerator[bytes]:
        """Yield the audio of a text.

        Raises `OpenAIRequestError`, even after some audio. Home Assistant then ends the stream, and does not
        cache half a sentence.
        """
        speak = partial(self._async_timed, voice, sound.codec, asyncio.Event())
        narration = Narration(speak, splitter_for(voice.model))
        filler = SilenceFiller(sound.codec, narration.fits_silence)
        is_silent = True
        if sound.header:
            # at once, so that a converter can start
            yield sound.header
        async with (
            aclosing(narration.async_read(text)) as audio,
            aclosing(filler.async_fill(audio)) as filled,
            aclosing(async_with_samples(filled, sound)) as samples,
        ):
            async for chunk in samples:
                is_silent = False
                yield chunk
        if is_silent and sound.silence:
            # a text of emoji, for example: to a player, no audio at all is a failure
            yield sound.silence

    async def _async_timed(
        self, voice: Voice, codec: Codec, has_begun: asyncio.Event, piece: str
    ) -> AsyncGenerator[bytes]:
        """Yield the audio of a piece of text, and note when its first sound comes."""
        began: float | None = time.monotonic()
        async with aclosing(self._async_speak(voice, codec, has_begun, piece)) as audio:
            async for chunk in audio:
                if began is not None:
                    self.runtime.latency.add(Stage.FIRST_SOUND, time.monotonic() - began)
                    began = None
                yield chunk

    async def _async_speak(
        self, voice: Voice, codec: Codec, has_begun: asyncio.Event, piece: str
    ) -> AsyncGenerator[bytes]:
        """Yield the audio of a piece of text. Raises `OpenAIRequestError`.

        `has_begun`: set once the budget lets a piece of the text through. The others follow, whatever they
        cost: nobody hears half an answer.
        """
        with self.request(Purpose.TTS, must_finish=has_begun.is_set()) as request:
            has_begun.set()
            speak = partial(
                self._speaker.speak,
                codec=codec,
                text=piece,
                refused=self.refused_params,
                on_usage=request.add,
            )
            try:
                async with aclosing(speak(voice)) as audio:
                    async for chunk in audio:
                        yield chunk
            except OpenAIRequestError as err:
                successor = self._successor(voice, err.failure)
                if successor is None or codec != "pcm":
                    raise
                async with aclosing(speak(successor)) as audio:
                    async for chunk in audio:
                        yield chunk

    def _successor(self, voice: Voice, failure: Failure) -> Voice | None:
        """Return the voice of the successor if the model was shut down early. None: it was not."""
        is_ours = self.endpoint.server is Server.OPENAI and not self.endpoint.engine_id
        if failure.kind is not FailureKind.MODEL_GONE or not is_ours:
            return None
        today = dt_util.utcnow().date()
        self.runtime.catalog = self.runtime.catalog.with_ended(voice.model, today)
        async_update_issues(self.hass, self.entry)
        capabilities = tts_capabilities_of(self.model)
        if self.model == voice.model:
            return None
        return replace(
            voice,
            model=self.model,
            name=capabilities.voice(voice.name),
            speed=min(voice.speed, capabilities.max_speed),
        )

    @callback
    def prepare_voice(self, name: str | None = None) -> None:
        """Prepare a voice in the background, for a text that will follow."""
        options = {**self.default_options, **({tts.ATTR_VOICE: name} if name else {})}
        self._prepare(self._voice(options))

    def _prepare(self, voice: Voice) -> None:
        if not self.has_room(Purpose.TTS, voice.model):
            return
        self.entry.async_create_background_task(
            self.hass, self._speaker.async_prepare(voice), "openai_conversation_prepare_voice"
        )


def _speaker(account: OpenAIRuntimeData, endpoint: Endpoint, engine_id: str) -> Speaker:
    http = OverHttp(endpoint.client, HTTP_TTS_MODEL) if endpoint.server is Server.OPENAI else None
    report = partial(async_report_websocket, account.hass, account.entry)
    reader = Reader(OverWebSocket(endpoint.realtime), http, account.reading[engine_id], report)
    return Speaker(endpoint.client, endpoint.server, reader)


def _speed(value: Any) -> float:
    """Return the speed. Raises `ServiceValidationError`: an automation may set anything."""
    with suppress(TypeError, ValueError):
        speed = float(value)
        if LEAST_SPEED <= speed <= MOST_SPEED:
            return speed
    raise translated_error(
        ServiceValidationError, "speech_speed", least=f"{LEAST_SPEED:g}", most=f"{MOST_SPEED:g}"
    )
