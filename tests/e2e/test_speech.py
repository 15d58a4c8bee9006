"""From sound to sound: transcribed, answered, and spoken."""

from typing import Any

import pytest
import pytest_asyncio

from tests.harness.agent import add_assistant, configure, entry_ids
from tests.harness.client import Client
from tests.harness.rooms import KITCHEN_LIGHT, describe
from tests.harness.stand_in import StandIn
from tests.harness.voice import speak
from tests.stand_in.sound import heard, spoken_pcm

pytestmark = pytest.mark.usefixtures("entry_id")

STT, TTS = "stt.openai_stt", "tts.openai_tts"
TRANSCRIPTIONS, SPEECH, RESPONSES = "/v1/audio/transcriptions", "/v1/audio/speech", "/v1/responses"


@pytest_asyncio.fixture(scope="module")
async def pipeline(client: Client, entry_id: str) -> str:
    """Create a voice assistant that is ours from speech-to-text to text-to-speech."""
    assert await entry_ids(client) == [entry_id]
    return await add_assistant(
        client,
        stt_engine=STT,
        stt_language="en-US",
        tts_engine=TTS,
        tts_language="en-US",
        tts_voice="cedar",
    )


async def requests(stand_in: StandIn, path: str) -> list[dict[str, Any]]:
    return [each["body"] for each in await stand_in.requests() if each["path"] == path]


async def test_a_light_goes_on_by_voice(client: Client, pipeline: str, stand_in: StandIn) -> None:
    """A spoken command is transcribed, carried out, and answered aloud."""
    exchange = await speak(client, spoken_pcm("Turn on the kitchen light"), pipeline=pipeline)

    assert exchange.error is None
    assert exchange.heard == "Turn on the kitchen light"
    assert len(exchange.turn.tools) == 1
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
    [spoken] = await requests(stand_in, SPEECH)
    assert spoken["input"] == exchange.turn.answer
    assert spoken["voice"] == "cedar"
    assert exchange.content_type == "audio/mpeg"
    assert exchange.sound.startswith(b"\xff\xf3")


async def test_the_first_sound_comes_before_the_last_word(
    client: Client, pipeline: str, entry_id: str, stand_in: StandIn
) -> None:
    """The answer is spoken while it is still being written."""
    before = await configure(client, entry_id, prompt="When you are done, tell a long story.")
    try:
        exchange = await speak(client, spoken_pcm("Turn on the kitchen light"), pipeline=pipeline)
    finally:
        await configure(client, entry_id, prompt=before["prompt"])

    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
    first_sound = exchange.order.index("sound")
    assert first_sound < exchange.order.index("word", first_sound)
    assert exchange.turn.answer.endswith("Then came sheep number 20, and it jumped over the fence.")
    spoken = [each["input"] for each in await requests(stand_in, SPEECH)]
    assert len(spoken) > 2
    assert " ".join(spoken).split() == exchange.turn.answer.split()


async def test_speech_to_text_knows_the_names_of_the_home(
    client: Client, pipeline: str, stand_in: StandIn
) -> None:
    """Exposed names and areas are sent; hidden ones are not."""
    await speak(client, spoken_pcm("Hello"), pipeline=pipeline)

    [transcription] = await requests(stand_in, TRANSCRIPTIONS)
    assert {"Kitchen", "Kitchen Light"} <= set(transcription["keywords"])
    assert "Front Door" not in transcription["keywords"]
    assert transcription["model"] == "gpt-transcribe"
    assert transcription["languages"] == ["en"]


async def test_silence_is_no_question(client: Client, pipeline: str, stand_in: StandIn) -> None:
    """Silence does not reach the agent."""
    exchange = await speak(client, bytes(32_000), pipeline=pipeline)

    assert exchange.error == "stt-no-text-recognized"
    assert await requests(stand_in, RESPONSES) == []


@pytest.mark.logs("billing")
async def test_a_failing_speech_to_text_is_reported(client: Client, pipeline: str, stand_in: StandIn) -> None:
    """The pipeline fails, and a repair issue says why."""
    await stand_in.fail("quota", path=TRANSCRIPTIONS)

    exchange = await speak(client, spoken_pcm("Turn on the kitchen light"), pipeline=pipeline)

    assert exchange.error == "stt-stream-failed"
    issues = (await client.websocket.command("repairs/list_issues"))["issues"]
    assert any("stt" in issue["issue_id"] for issue in issues)
    assert (await speak(client, spoken_pcm("Hello"), pipeline=pipeline)).error is None


@pytest.mark.logs("billing")
async def test_a_failing_answer_is_spoken_once(client: Client, pipeline: str, stand_in: StandIn) -> None:
    """Who speaks to a browser hears what is wrong, although a screen shows it as an error only."""
    await stand_in.fail("quota", path=RESPONSES)

    exchange = await speak(client, spoken_pcm("Tell me a joke"), pipeline=pipeline)

    assert "no credit left" in exchange.turn.answer
    assert exchange.turn.words == []
    spoken = [each["input"] for each in await requests(stand_in, SPEECH)]
    assert " ".join(spoken).split() == exchange.turn.answer.split()


async def test_what_is_spoken_is_plain(client: Client, stand_in: StandIn) -> None:
    """An action speaks Markdown as plain text, with its own voice, instructions, and format."""
    answer = await client.request(
        "POST",
        "/api/tts_get_url",
        {
            "engine_id": TTS,
            "message": "**Dinner** is ready 🍝, see [the menu](https://example.org/menu).",
            "options": {"voice": "sage", "preferred_format": "wav", "instructions": "Like a cook."},
        },
    )
    sound = b"".join([chunk async for chunk in client.stream(answer["path"])])

    assert heard(sound) == "Dinner is ready, see the menu."
    [spoken] = await requests(stand_in, SPEECH)
    assert spoken["voice"] == "sage"
    assert spoken["instructions"] == "Like a cook."
