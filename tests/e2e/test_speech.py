"""From sound to sound: transcribed, answered, and spoken."""

from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from tests.harness.agent import add_assistant, configure, entry_ids
from tests.harness.client import Client
from tests.harness.rooms import KITCHEN_LIGHT, SLOW_SCRIPT, describe, expose
from tests.harness.stand_in import StandIn
from tests.harness.voice import speak
from tests.stand_in.sound import heard, spoken_pcm

pytestmark = pytest.mark.usefixtures("entry_id")

STT, TTS = "stt.openai_stt", "tts.openai_tts"
TRANSCRIPTIONS, REALTIME, RESPONSES = "/v1/audio/transcriptions", "/v1/realtime", "/v1/responses"


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


async def events(stand_in: StandIn, kind: str) -> list[dict[str, Any]]:
    """Return the events of a type that the Realtime API received."""
    return [each for each in await requests(stand_in, REALTIME) if each.get("type") == kind]


async def read_aloud(stand_in: StandIn) -> list[str]:
    """Return the texts that the Realtime API was asked to read."""
    asked = [each["response"]["input"][0] for each in await events(stand_in, "response.create")]
    return [item["content"][0]["text"].removeprefix("<text>").removesuffix("</text>") for item in asked]


async def test_a_light_goes_on_by_voice(client: Client, pipeline: str, stand_in: StandIn) -> None:
    """A spoken command is transcribed, carried out, and answered aloud."""
    exchange = await speak(client, spoken_pcm("Turn on the kitchen light"), pipeline=pipeline)

    assert exchange.error is None
    assert exchange.heard == "Turn on the kitchen light"
    assert len(exchange.turn.tools) == 1
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
    assert await read_aloud(stand_in) == [exchange.turn.answer]
    assert heard(exchange.sound) == exchange.turn.answer
    # voice assistants of other tests may have sessions with their voices
    sessions = [
        each["session"]["audio"]["output"]["voice"] for each in await events(stand_in, "session.update")
    ]
    assert sessions.count("cedar") == 1
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
    assert len(await read_aloud(stand_in)) > 2
    assert heard(exchange.sound).split() == exchange.turn.answer.split()


async def test_sound_flows_while_a_tool_runs(client: Client, pipeline: str, stand_in: StandIn) -> None:
    """A speaker that gets nothing for seconds may hang, so it gets silence between two sentences."""
    await expose(client, [SLOW_SCRIPT], should_expose=True)
    try:
        exchange = await speak(client, spoken_pcm("Count the sheep"), pipeline=pipeline)
    finally:
        await expose(client, [SLOW_SCRIPT], should_expose=False)

    assert exchange.error is None
    assert heard(exchange.sound) == "One moment, I am going to the meadow. All twenty sheep are here."
    words = [index for index, kind in enumerate(exchange.order) if kind == "word"]
    before, after = max(pairwise(words), key=lambda gap: gap[1] - gap[0])
    assert exchange.order[before + 1 : after].count("sound") >= 5


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
    assert " ".join(await read_aloud(stand_in)).split() == exchange.turn.answer.split()


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
    [session] = await events(stand_in, "session.update")
    assert session["session"]["audio"]["output"]["voice"] == "sage"
    [spoken] = await events(stand_in, "response.create")
    assert spoken["response"]["instructions"].endswith("Like a cook.")
