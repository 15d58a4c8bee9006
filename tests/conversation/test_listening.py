"""Whether a speaker keeps listening after an answer."""

import httpx
import pytest

from ..support.house import House
from ..support.responses_api import FakeOpenAI

ASSIST = {"recommended": True, "llm_hass_api": ["assist"]}


@pytest.mark.parametrize(
    ("keep_listening", "answer", "listens"),
    [
        ("question", "Shall I turn it on?", True),
        ("question", "Shall I turn it on? 💡", True),
        ("question", "It is on.", False),
        ("always", "It is on.", True),
        ("never", "Shall I turn it on?", False),
        ("whatever a newer version stored", "Shall I turn it on?", True),
    ],
)
async def test_after_an_answer(
    house: House, openai: FakeOpenAI, keep_listening: str, answer: str, listens: bool
) -> None:
    await house.async_load(**ASSIST, keep_listening=keep_listening)
    openai.says(answer)

    assert (await house.hears("It is dark")).keeps_listening is listens


@pytest.mark.parametrize(("keep_listening", "listens"), [("always", True), ("question", False)])
async def test_after_an_answer_of_home_assistants(
    house: House, openai: FakeOpenAI, keep_listening: str, listens: bool
) -> None:
    await house.async_load(**ASSIST, keep_listening=keep_listening)
    openai.breaks(httpx.ReadTimeout("silence"))

    answer = await house.hears("Turn on the kitchen light")

    assert house.turned_on == ["light.kitchen"]
    assert answer.keeps_listening is listens


async def test_nobody_listens_after_a_failure(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(**ASSIST, keep_listening="always")
    openai.refuses(403)

    assert not (await house.hears("What is new?")).keeps_listening
