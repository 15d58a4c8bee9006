"""What `scripts/verify-speech` reports."""

import pytest

from custom_components.openai_conversation.realtime.voice import ReadingVoice
from tests.harness.verify_speech import SENTENCES, async_verify
from tests.support.stand_in import KEY, running_stand_in

VOICE = ReadingVoice(model="gpt-realtime-2.1-mini", name="marin")


@pytest.fixture(autouse=True)
def today(socket_enabled: None) -> None:
    """Let real time pass: a server is asleep while the clock stands still."""


async def test_all_sentences_are_read_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    async with running_stand_in() as stand_in:
        assert await async_verify(KEY, stand_in.base_url, VOICE)

    report = capsys.readouterr().out
    assert report.count("100%") == 2 * len(SENTENCES)
    assert "a minute" in report
    assert KEY not in report


async def test_what_was_not_read_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    async with running_stand_in() as stand_in:
        await stand_in.fails("wrong_start")
        await stand_in.fails("drift")
        await stand_in.fails("quota", at="/v1/chat/completions")

        assert not await async_verify(KEY, stand_in.base_url, VOICE)

    report = capsys.readouterr().out
    assert "not read: began with 'Sure" in report
    assert "said: " in report
    assert "billing: " in report
