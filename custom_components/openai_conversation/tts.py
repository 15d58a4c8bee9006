"""The text-to-speech entity: speaks a text, even while it is still being written."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, override

from homeassistant.components import tts
from homeassistant.components.tts.entity import TTSAudioRequest, TTSAudioResponse
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .audio.formats import Format, format_for
from .audio.languages import LANGUAGES
from .audio.narration import Narration
from .audio.silence import SilenceFiller
from .audio.synthesis import Voice, async_speak, speech_params
from .const import Purpose
from .entity import EngineEntity
from .openai_api.errors import translated_error
from .openai_api.models import tts_capabilities_of
from .openai_api.usage import Usage
from .options.engines import LEAST_SPEED, MOST_SPEED, NORMAL_SPEED, TextToSpeechOptions
from .options.entry import Configured, tts_engines
from .runtime import OpenAIConfigEntry

PARALLEL_UPDATES = 0

OPTION_INSTRUCTIONS = "instructions"
OPTION_SPEED = "speed"


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
        self._attr_supported_options = [
            tts.ATTR_VOICE,
            tts.ATTR_PREFERRED_FORMAT,
            OPTION_INSTRUCTIONS,
            OPTION_SPEED,
        ]
        self._attr_default_options = _default_options(self.model, engine.options)

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
        options = {**(self.default_options or {}), **request.options}
        sound = format_for(options[tts.ATTR_PREFERRED_FORMAT])
        voice = Voice(
            model=self.model,
            name=tts_capabilities_of(self.model).voice(options[tts.ATTR_VOICE]),
            instructions=options.get(OPTION_INSTRUCTIONS),
            speed=_speed(options.get(OPTION_SPEED, NORMAL_SPEED)),
        )
        return TTSAudioResponse(sound.extension, self._async_read(request.message_gen, voice, sound))

    async def _async_read(
        self, text: AsyncGenerator[str], voice: Voice, sound: Format
    ) -> AsyncGenerator[bytes]:
        """Yield the audio of a text.

        Raises `OpenAIRequestError`, even after some audio. Home Assistant then ends the stream, and does not
        cache half a sentence.
        """
        params = speech_params(voice, sound.codec)
        narration = Narration(partial(self._async_speak, params))
        filler = SilenceFiller(sound.codec, narration.fits_silence)
        is_silent = True
        if sound.header:
            # at once, so that a converter can start
            yield sound.header
        async with (
            aclosing(narration.async_read(text)) as audio,
            aclosing(filler.async_fill(audio)) as filled,
        ):
            async for chunk in filled:
                is_silent = False
                yield chunk
        if is_silent and sound.silence:
            # a text of emoji, for example: to a player, no audio at all is a failure
            yield sound.silence

    async def _async_speak(self, params: dict[str, Any], piece: str) -> AsyncGenerator[bytes]:
        """Yield the audio of a piece of text. Raises `OpenAIRequestError`."""
        is_heard = False
        with self.request(Purpose.TTS) as request:
            client, server = self.runtime.client, self.runtime.server
            answer = async_speak(client, server, {**params, "input": piece}, self.refused_params)
            async with aclosing(answer) as audio:
                async for chunk in audio:
                    if not is_heard:
                        # the whole piece is paid for, even if nobody listens to its end
                        request.add(Usage.of_speech(params["model"], piece))
                    is_heard = True
                    yield chunk


def _default_options(model: str, chosen: TextToSpeechOptions) -> dict[str, Any]:
    """Return the options to speak with unless an action says otherwise.

    Home Assistant caches audio by text and options. A setting that is not among the options could
    change, and the old audio would still be played.
    """
    options: dict[str, Any] = {
        tts.ATTR_VOICE: tts_capabilities_of(model).voice(chosen.voice),
        tts.ATTR_PREFERRED_FORMAT: "mp3",
    }
    if chosen.prompt:
        options[OPTION_INSTRUCTIONS] = chosen.prompt
    if chosen.tts_speed != NORMAL_SPEED:
        options[OPTION_SPEED] = chosen.tts_speed
    return options


def _speed(value: Any) -> float:
    """Return the speed. Raises `ServiceValidationError`: an automation may set anything."""
    with suppress(TypeError, ValueError):
        speed = float(value)
        if LEAST_SPEED <= speed <= MOST_SPEED:
            return speed
    raise translated_error(
        ServiceValidationError, "speech_speed", least=f"{LEAST_SPEED:g}", most=f"{MOST_SPEED:g}"
    )
