"""Costs: sensors show what requests cost in dollars, and a budget holds."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio

from tests.harness.agent import add_assistant, configure, wait_until_loaded
from tests.harness.assist import ask
from tests.harness.client import Client
from tests.harness.rooms import BEDROOM_LIGHT, KITCHEN_LIGHT, describe
from tests.harness.stand_in import StandIn
from tests.harness.voice import speak
from tests.harness.waiting import until
from tests.harness.websocket import CommandError, Json
from tests.stand_in.sound import spoken_pcm

TODAY, MONTH = "sensor.chatgpt_cost_today", "sensor.chatgpt_cost_this_month"
BUDGET, REACHED = "number.chatgpt_monthly_budget", "binary_sensor.chatgpt_budget_reached"
DEAR = {"model": "gpt-6-luna", "input": 1000, "cached_input": 1000, "output": 1000}
"""A dollar for a thousand tokens: an answer costs dollars, not a fraction of a cent."""


@pytest_asyncio.fixture(autouse=True)
async def no_budget(client: Client, entry_id: str) -> AsyncGenerator[None]:
    """Leave no budget and no prices behind."""
    yield
    await set_costs(client, entry_id)


async def set_costs(client: Client, entry_id: str, budget: float = 0, **more: Any) -> None:
    """Fill in the part of Configure about costs."""
    costs = {"monthly_budget": budget, "warn_at": 80, "budget_stops": "all_but_speech", "prices": []}
    await configure(client, entry_id, costs={**costs, **more})


async def set_budget(client: Client, entry_id: str, dollars: float) -> None:
    """Set the budget as an automation does."""
    await client.call("number.set_value", entity_id=BUDGET, value=dollars)
    await wait_until_loaded(client, entry_id)


async def parts(client: Client, entity_id: str = TODAY) -> dict[str, float]:
    """Return the dollars by purpose. They may come a moment after the answer."""
    state = await client.state(entity_id)
    assert float(state["state"]) == pytest.approx(sum(state["attributes"]["by_purpose"].values()))
    return dict(state["attributes"]["by_purpose"])


async def spent_since(client: Client, before: dict[str, float], *purposes: str) -> dict[str, float]:
    """Return what was spent on each purpose since then, when all of it is there."""

    async def found() -> dict[str, float] | None:
        after = await parts(client)
        spent = {name: after[name] - before.get(name, 0) for name in after}
        return spent if all(spent.get(name) for name in purposes) else None

    return await until(found, within=5, what=f"the cost of {purposes}")


async def usages(stand_in: StandIn) -> list[Json]:
    """Return what the stand-in reports of each answer of the Responses API."""
    answers = [each for each in await stand_in.requests() if each["path"] == "/v1/responses"]
    return [each["outcome"]["response"]["usage"] for each in answers]


def dollars(usage: Json) -> float:
    """Return what an answer of gpt-6-luna costs by OpenAI's list."""
    details = usage["input_tokens_details"]
    cached, written = details["cached_tokens"], details["cache_write_tokens"]
    plain = usage["input_tokens"] - cached - written
    return (plain * 0.10 + cached * 0.01 + written * 0.125 + usage["output_tokens"] * 0.50) / 1_000_000


async def spoken_usages(stand_in: StandIn) -> list[Json]:
    """Return what the stand-in reports of each text that it read aloud."""
    outcomes = [each["outcome"] for each in await stand_in.requests()]
    return [outcome["usage"] for outcome in outcomes if "said" in outcome]


def spoken_dollars(usage: Json) -> float:
    """Return what a text that gpt-realtime-2.1-mini read aloud costs by OpenAI's list."""
    cached, spoken = usage["input_token_details"]["cached_tokens"], usage["output_token_details"]
    text = (usage["input_tokens"] - cached) * 0.60 + cached * 0.06 + spoken["text_tokens"] * 2.40
    return (text + spoken["audio_tokens"] * 20) / 1_000_000


async def test_what_is_asked_drawn_and_said_shows_in_dollars(
    client: Client, entry_id: str, stand_in: StandIn
) -> None:
    """Three questions, an image, and a spoken answer: the sensor has the exact cost of each."""
    pipeline = await add_assistant(
        client,
        stt_engine="stt.openai_stt",
        stt_language="en-US",
        tts_engine="tts.openai_tts",
        tts_language="en-US",
        tts_voice="cedar",
    )
    before = await parts(client)

    await ask(client, "Turn on the kitchen light")
    await ask(client, "Tell me a joke")
    pcm = spoken_pcm("Turn on the bedroom light")
    spoken = await speak(client, pcm, pipeline=pipeline)
    drawn = await client.ask_action(
        "openai_conversation.generate_image", config_entry=entry_id, prompt="A dog"
    )

    spent = await spent_since(client, before, "conversation", "images", "stt", "tts")
    answers = await usages(stand_in)
    assert len(answers) == 5  # two of them after a tool
    assert spent["conversation"] == pytest.approx(sum(map(dollars, answers)), abs=0.000005)
    # 20 tokens of text for 5, and 1,056 of an image for 30 dollars a million
    assert spent["images"] == pytest.approx(0.03178)
    assert drawn["cost"] == pytest.approx(0.03178)
    seconds = len(pcm) / 2 / 16_000
    assert spent["stt"] == pytest.approx(seconds / 60 * 0.0045, abs=0.000001)
    assert spoken.turn.answer
    assert spent["tts"] == pytest.approx(
        sum(map(spoken_dollars, await spoken_usages(stand_in))), abs=0.000002
    )
    assert (await client.state(MONTH))["attributes"]["by_purpose"].keys() == (await parts(client)).keys()


async def test_tasks_and_questions_say_what_they_cost(
    client: Client, entry_id: str, stand_in: StandIn
) -> None:
    """The replies have tokens and dollars, and the sensor has them, too."""
    before = await parts(client)

    written = await client.ask_action(
        "ai_task.generate_data",
        entity_id="ai_task.openai_ai_task",
        task_name="A task",
        instructions="Say hi.",
    )
    question = {"type": "noul", "instructions": "Is somebody at home?"}
    weighed = await client.ask_action(
        "ai_task.evaluate",
        entity_id="ai_task.openai_evaluation",
        task_name="Evening",
        state="Somebody is cooking.",
        questions={"home": question},
    )

    spent = await spent_since(client, before, "tasks", "evaluations")
    [usage] = await usages(stand_in)
    assert written["usage"]["input_tokens"] == usage["input_tokens"]
    assert written["cost"] == pytest.approx(spent["tasks"]) == pytest.approx(dollars(usage), abs=0.000001)
    used = weighed["usage"]
    assert weighed["cost"] == pytest.approx(spent["evaluations"], abs=0.000001)
    assert weighed["cost"] * 1_000_000 == pytest.approx(
        used["input_tokens"] * 0.10 + used["output_tokens"] * 0.50, abs=1
    )


@pytest.mark.logs(r"websocket_api.+ The monthly budget of [\d.]+ dollars for OpenAI is used up")
async def test_a_budget_that_is_reached_in_mid_turn_lets_the_light_go_on(
    client: Client, entry_id: str, stand_in: StandIn
) -> None:
    """The turn is finished. The next one is Home Assistant's own, and nothing is sent to OpenAI."""
    await set_costs(client, entry_id, prices=[DEAR])
    before = await parts(client)
    await ask(client, "Turn on the bedroom light")
    both = (await spent_since(client, before, "conversation"))["conversation"]
    month = sum((await parts(client, MONTH)).values())
    await stand_in.forget_requests()

    await set_budget(client, entry_id, round(month + 0.75 * both, 2))  # enough for one request of the two
    turn = await ask(client, "Turn on the kitchen light")

    assert turn.error is None
    assert "Kitchen Light" in turn.answer
    assert len(await usages(stand_in)) == 2
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
    assert (await client.state(REACHED))["state"] == "on"

    await client.call("light.turn_off", entity_id=BEDROOM_LIGHT)
    await stand_in.forget_requests()
    local = await ask(client, "Turn on the bedroom light")
    refused = await ask(client, "Tell me a joke")

    assert local.error is None
    assert await describe(client, BEDROOM_LIGHT) == "on 100 %"
    assert "budget" in local.answer
    assert refused.error == "failed_to_handle"
    assert "is used up" in refused.answer
    with pytest.raises(CommandError, match=r"monthly budget of .* is used up"):
        await client.ask_action("openai_conversation.generate_image", config_entry=entry_id, prompt="A dog")
    assert await stand_in.requests() == []
    issues = await client.websocket.command("repairs/list_issues")
    assert "budget_limit" in {issue["translation_key"] for issue in issues["issues"]}

    await set_budget(client, entry_id, 100_000)
    again = await ask(client, "Tell me a joke")
    assert again.error is None
    assert len(await usages(stand_in)) == 1


async def test_a_restart_forgets_nothing(client: Client, entry_id: str, house: Any) -> None:
    """What was counted is there again."""
    await ask(client, "Tell me a joke")
    before = await parts(client, MONTH)
    assert before["conversation"] > 0

    await house.restart(client)
    await wait_until_loaded(client, entry_id)

    assert await parts(client, MONTH) == before
