"""The home of a user of Home Assistant's built-in integration, made with its forms."""

from typing import Any, Final

from tests.harness.agent import prefer_agent, wait_until_loaded
from tests.harness.client import Client
from tests.harness.errors import HarnessError
from tests.harness.flows import FlowStep, start_config_flow, start_subentry_flow
from tests.harness.stand_in import StandIn

BUTLER: Final = "conversation.butler"
RESEARCHER: Final = "conversation.researcher"
RETIRED: Final = "conversation.retired"
SECRETARY: Final = "ai_task.openai_ai_task"
SPEECH_TO_TEXT: Final = "stt.openai_stt"
TEXT_TO_SPEECH: Final = "tts.openai_tts"

_EVERYTHING: Final = {
    "recommended": False,
    "chat_model": "gpt-5.6-sol",
    "max_tokens": 1234,
    "top_p": 0.9,
    "temperature": 0.7,
    "store_responses": True,
    "code_interpreter": True,
    "reasoning_effort": "low",
    "pro_mode": True,
    "verbosity": "high",
    "reasoning_summary": "concise",
    "service_tier": "flex",
    "web_search": True,
    "search_context_size": "high",
    "user_location": True,
    "inline_citations": True,
}


async def fill_in(step: FlowStep, **answers: Any) -> FlowStep:
    """Submit one form after the other, with the answers that they have a field for."""
    while step.type == "form":
        fitting = {name: answers[name] for name in step.fields if name in answers}
        step = await step.submit(**step.filled(**fitting))
        if step.answer.get("errors"):
            raise HarnessError(f"the form was not taken: {step.problem}")
    return step


async def settle(client: Client) -> None:
    """Set up an account with Home Assistant's built-in integration, with everything that it offers."""
    step = await fill_in(await start_config_flow(client), api_key=StandIn.KEY)
    entry_id = step.answer["result"]["entry_id"]
    add = _adder(client, entry_id)
    await add("conversation", "Researcher", prompt="You look things up.", **_EVERYTHING)
    await add("conversation", "Retired", prompt="You are old.", recommended=True)
    await add("ai_task_data", "Painter", image_model="gpt-image-2", **_EVERYTHING)
    await add("stt", "Ear", prompt="Names: Peach, Luigi.", chat_model="whisper-1")
    await add("tts", "Mouth", prompt="Whisper.", tts_speed=1.25)
    await wait_until_loaded(client, entry_id)
    await _rearrange(client)


def _adder(client: Client, entry_id: str) -> Any:
    async def add(kind: str, name: str, **answers: Any) -> None:
        await wait_until_loaded(client, entry_id)  # each added part reloads the account
        step = await fill_in(await start_subentry_flow(client, entry_id, kind), name=name, **answers)
        if step.type != "create_entry":
            raise HarnessError(f"{name} was not made: {step.problem}")

    return add


async def _rearrange(client: Client) -> None:
    """Rename, move, expose, and disable, as people do."""
    command = client.websocket.command

    async def change(entity_id: str, **changes: Any) -> str:
        answer = await command("config/entity_registry/update", entity_id=entity_id, **changes)
        device_id: str = answer["entity_entry"]["device_id"]
        return device_id

    butler = await change("conversation.openai_conversation", new_entity_id=BUTLER, aliases=["James"])
    await command("config/device_registry/update", device_id=butler, name_by_user="Butler", area_id="kitchen")
    mouth = await change("tts.mouth", icon="mdi:account-voice")
    await command("config/device_registry/update", device_id=mouth, name_by_user="Loudspeaker")
    await change(SECRETARY, name="Secretary", icon="mdi:typewriter", area_id="bedroom")
    await change(RETIRED, disabled_by="user")
    await command(
        "homeassistant/expose_entity",
        assistants=["conversation"],
        entity_ids=[BUTLER, TEXT_TO_SPEECH],
        should_expose=True,
    )
    await prefer_agent(
        client,
        BUTLER,
        stt_engine=SPEECH_TO_TEXT,
        stt_language="en-US",
        tts_engine=TEXT_TO_SPEECH,
        tts_language="en-US",
        tts_voice="nova",
    )
