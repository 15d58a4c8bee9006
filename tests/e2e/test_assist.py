"""Talk to the house, through the same pipeline as the Assist button."""

import json

import pytest

from tests.harness.agent import AGENT
from tests.harness.assist import ask, listen, process
from tests.harness.client import Client
from tests.harness.rooms import BEDROOM_LIGHT, FRONT_DOOR, KITCHEN_LIGHT, LIVING_ROOM_LIGHT, describe
from tests.harness.stand_in import StandIn
from tests.harness.waiting import until

pytestmark = pytest.mark.usefixtures("entry_id")


async def test_turns_on_the_kitchen_light(client: Client) -> None:
    """The light goes on, and the answer says so."""
    turn = await ask(client, "Turn on the kitchen light")

    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
    assert await describe(client, BEDROOM_LIGHT) == "off"
    assert turn.error is None
    assert "Kitchen Light" in turn.answer
    assert len(turn.tools) == 1


async def test_answer_arrives_word_by_word(client: Client) -> None:
    """The first words arrive long before the last."""
    turn = await ask(client, "Count to 40")

    assert len(turn.words) > 20
    assert "".join(turn.words) == turn.answer
    assert turn.first_word is not None
    assert turn.first_word < turn.seconds / 2


async def test_a_speaker_gets_plain_speech_and_a_screen_does_not(client: Client) -> None:
    """The same answer, spoken and on a screen."""
    devices = await client.websocket.command("config/device_registry/list")

    shown = await ask(client, "Say it with markdown")
    spoken = await ask(client, "Say it with markdown", device_id=devices[0]["id"])

    assert shown.answer.startswith("## Good **news** \N{PARTY POPPER}")
    assert "](https://" in shown.answer
    assert spoken.answer == "Good news\n\nThe kitchen is clean.\nMore in the paper."
    assert "".join(spoken.words) == spoken.answer


async def test_goes_on_with_the_conversation(client: Client) -> None:
    """The agent knows what was said before."""
    first = await ask(client, "Turn on the kitchen light")
    second = await ask(client, "And the bedroom too", after=first)

    assert second.conversation_id == first.conversation_id
    assert await describe(client, BEDROOM_LIGHT) == "on 100 %"
    assert await describe(client, LIVING_ROOM_LIGHT) == "off"


async def test_conversations_are_apart(client: Client) -> None:
    """Another conversation does not know what was said in the first."""
    await ask(client, "My name is Luigi")
    turn = await ask(client, "What is my name?")

    assert "Luigi" not in turn.answer


async def test_two_lights_in_one_sentence(client: Client) -> None:
    """Several tools run for one sentence."""
    turn = await ask(client, "Turn on the kitchen light and the living room light")

    assert len(turn.tools) == 2
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
    assert await describe(client, LIVING_ROOM_LIGHT) == "on 100 %"
    assert await describe(client, BEDROOM_LIGHT) == "off"


async def test_sets_a_brightness(client: Client) -> None:
    """Numbers reach the device."""
    await ask(client, "Set the living room light to 40 percent")

    assert await describe(client, LIVING_ROOM_LIGHT) == "on 40 %"


async def test_tells_a_temperature(client: Client) -> None:
    """A question is answered from the home's state."""
    turn = await ask(client, "How warm is it in the living room?")

    assert "21.5" in turn.answer


@pytest.mark.parametrize("text", ["Unlock the front door", "Is the front door locked?"])
async def test_unexposed_lock_is_neither_seen_nor_opened(
    client: Client, stand_in: StandIn, text: str
) -> None:
    """What is not exposed to Assist never leaves the house."""
    turn = await ask(client, text)

    assert await describe(client, FRONT_DOOR) == "locked"
    assert "unlocked" not in turn.answer.lower()
    requests = json.dumps(await stand_in.requests())
    assert "Kitchen Light" in requests
    assert "Front Door" not in requests
    assert "lock.front_door" not in requests


async def test_question_keeps_the_microphone_open(client: Client) -> None:
    """A user can answer a question without the wake word."""
    assert (await ask(client, "Ask me something")).listens_on
    assert not (await ask(client, "Hello")).listens_on


@pytest.mark.parametrize("by_entry", [False, True], ids=["entity id", "entry id"])
async def test_is_reachable_for_automations(client: Client, entry_id: str, *, by_entry: bool) -> None:
    """`conversation.process` finds the agent by its entity, and by its config entry as in 2024."""
    turn = await process(client, "Turn on the kitchen light", entry_id if by_entry else AGENT)

    assert turn.error is None
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"


async def test_closing_the_dialog_closes_the_stream(client: Client, stand_in: StandIn) -> None:
    """An answer that nobody waits for is stopped."""
    async with listen(client, "Count to 1000") as events:
        async for event in events:
            if event["type"] == "intent-progress" and event["data"]["chat_log_delta"].get("content"):
                break

    async def left() -> bool | None:
        return "client_left" in (await stand_in.requests())[-1]["outcome"] or None

    await until(left, within=5, what="the stream to be closed")
    assert (await ask(client, "Hello")).error is None
