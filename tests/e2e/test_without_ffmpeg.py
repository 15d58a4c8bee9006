"""A machine without ffmpeg, with which Home Assistant converts speech. Then somebody installs it."""

from collections.abc import AsyncGenerator
from io import BytesIO
from pathlib import Path
import shutil
from typing import Final
import wave

import pytest
import pytest_asyncio

from tests.harness.agent import Account, add_integration
from tests.harness.client import Client, RequestError, open_client
from tests.harness.flows import DOMAIN
from tests.harness.home_assistant import FFMPEG, HomeAssistant
from tests.harness.stand_in import StandIn
from tests.stand_in.sound import heard

ENGINE: Final = "tts.openai_tts"
TEXT: Final = "The washing machine is done."


@pytest.fixture
def calm_home() -> None:
    """Leave the home of the other tests alone."""


@pytest.fixture
def clean_log() -> None:
    """Leave the log of the other tests alone."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where ffmpeg would be."""
    return tmp_path_factory.mktemp("programs") / "ffmpeg"


@pytest_asyncio.fixture(scope="module")
async def bare(
    tmp_path_factory: pytest.TempPathFactory, stand_in: StandIn, program: Path
) -> AsyncGenerator[Client]:
    """Run a Home Assistant that has no ffmpeg, and set up the integration."""
    home = HomeAssistant(tmp_path_factory.mktemp("bare"))
    home.prepare()
    with (home.folder / "configuration.yaml").open("a") as file:
        file.write(f"\nffmpeg:\n  ffmpeg_bin: {program}\n")
    await home.start()
    try:
        async with open_client(home.url) as client:
            await add_integration(client, Account(StandIn.KEY, stand_in.base_url))
            yield client
    finally:
        await home.stop()


async def play(client: Client, **options: str | int) -> tuple[str, bytes]:
    """Return the end of the address that a speaker gets, and what it hears there."""
    about = {"engine_id": ENGINE, "message": TEXT, "options": options}
    path = (await client.request("POST", "/api/tts_get_url", about))["path"]
    return path.rpartition(".")[2], b"".join([chunk async for chunk in client.stream(path)])


async def repairs(client: Client) -> set[str]:
    issues = (await client.websocket.command("repairs/list_issues"))["issues"]
    return {issue["translation_key"] for issue in issues if issue["domain"] == DOMAIN}


async def test_a_speaker_without_wishes_gets_wav(bare: Client) -> None:
    """It is heard, and nobody is bothered."""
    kind, sound = await play(bare)

    assert (kind, heard(sound)) == ("wav", TEXT)
    assert "no_ffmpeg" not in await repairs(bare)


async def test_a_satellite_gets_its_samples(bare: Client) -> None:
    """Home Assistant asks for them on behalf of satellites that play WAV."""
    samples = {"preferred_sample_rate": 16_000, "preferred_sample_channels": 1, "preferred_sample_bytes": 2}

    kind, sound = await play(bare, preferred_format="wav", **samples)

    assert kind == "wav"
    with wave.open(BytesIO(sound)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
    assert len(sound) > 16_000


async def test_a_speaker_that_insists_is_a_repair_until_ffmpeg_is_there(bare: Client, program: Path) -> None:
    """Nothing has to be restarted."""
    with pytest.raises(RequestError, match="500"):
        await play(bare, preferred_format="mp3")
    assert "no_ffmpeg" in await repairs(bare)

    shutil.copy(FFMPEG, program)

    kind, sound = await play(bare, preferred_format="mp3")
    assert (kind, heard(sound)) == ("mp3", TEXT)
    assert "no_ffmpeg" not in await repairs(bare)
    assert (await play(bare))[0] == "mp3"
