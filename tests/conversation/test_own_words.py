"""The integration's own words: said when the model says nothing, and shown while a hosted tool runs."""

import pytest

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError

from ..support.house import TURN_ON, House
from ..support.response_items import Item, code_interpreter_call, message, reasoning, web_search_call
from ..support.responses_api import FakeOpenAI

COMMAND = "Turn on the kitchen light"


@pytest.fixture
async def house(house: House) -> House:
    """A house whose agent controls it with Assist."""
    await house.async_load(recommended=True, llm_hass_api=["assist"])
    return house


@pytest.mark.parametrize(
    "answer", [[message("")], [], [reasoning("It is on.")]], ids=["empty", "none", "thought"]
)
async def test_a_light_that_went_on_without_a_word_is_done(
    house: House, openai: FakeOpenAI, answer: list[Item]
) -> None:
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.answers(*answer)

    answer = await house.hears(COMMAND)

    assert house.turned_on == ["light.kitchen"]
    assert not answer.is_error
    assert answer.speech == house.streamed_text == "Done."


@pytest.mark.parametrize(
    ("language", "sentence", "done"),
    [("de", "Mach Licht", "Fertig."), ("ja", "明かりをつけて", "完了。"), ("ko", "불 켜줘", "완료.")],
)
async def test_it_is_done_in_the_language_of_the_sentence(
    house: House, openai: FakeOpenAI, language: str, sentence: str, done: str
) -> None:
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.answers(message(""))

    assert (await house.hears(sentence, language=language)).speech == done


async def test_what_failed_is_not_done(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    async def burnt_out(_call: ServiceCall) -> None:
        raise HomeAssistantError("no light")

    hass.services.async_register("light", "turn_on", burnt_out)
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.answers()

    answer = await house.hears(COMMAND)

    assert answer.is_error
    assert "gave no answer" in answer.speech


async def test_one_of_two_is_not_done(house: House, openai: FakeOpenAI) -> None:
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.calls(TURN_ON, {"name": "Light on the moon"})
    openai.answers()

    assert (await house.hears("Turn on both")).is_error


async def test_an_old_success_does_not_count(house: House, openai: FakeOpenAI) -> None:
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.says("It is on.")
    openai.answers()
    first = await house.hears(COMMAND)

    assert (await house.hears("What is new?", conversation_id=first.conversation_id)).is_error


@pytest.mark.parametrize(
    ("item", "shown"),
    [(web_search_call(), "Searching the web…"), (code_interpreter_call("6 * 7"), "Running code…")],
    ids=["search", "code"],
)
async def test_a_dialog_shows_which_hosted_tool_runs(
    house: House, openai: FakeOpenAI, item: Item, shown: str
) -> None:
    openai.answers(reasoning("Let me see."), item, message("It is 42."))

    answer = await house.hears("What is six times seven?")

    assert answer.speech == house.streamed_text == "It is 42."
    thoughts = "".join(delta.get("thinking_content") or "" for delta in house.deltas)
    assert thoughts == f"Let me see.\n\n{shown}"
