"""More agents, tasks, and voices in one account. OpenAI gets what is selected for them."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from tests.harness.agent import wait_until_loaded
from tests.harness.assist import process
from tests.harness.client import Client
from tests.harness.flows import FlowStep, start_subentry_flow
from tests.harness.stand_in import StandIn
from tests.harness.websocket import Json

type Add = Callable[..., Awaitable[str]]

RESEARCHER = "conversation.researcher"
EVERYTHING: Json = {
    "recommended": False,
    "chat_model": "gpt-6.1-terra",
    "max_tokens": 1234,
    "reasoning_effort": "low",
    "reasoning_summary": "detailed",
    "pro_mode": True,
    "verbosity": "high",
    "service_tier": "flex",
    "store_responses": True,
    "web_search": True,
    "search_context_size": "high",
    "inline_citations": True,
    "user_location": True,
    "city": "Bowser City",
    "region": "Dark Lands",
    "timezone": "Europe/Rome",
    "code_interpreter": True,
}


async def fill_in(step: FlowStep, **answers: Any) -> FlowStep:
    """Submit a form until it has all fields, and return the end."""
    while step.type == "form":
        assert step.errors == {}
        fitting = {name: answers[name] for name in step.fields if name in answers}
        step = await step.submit(**step.filled(**fitting))
    return step


async def subentries(client: Client, entry_id: str) -> dict[str, Json]:
    """Return the subentries of an account, by name."""
    listed = await client.websocket.command("config_entries/subentries/list", entry_id=entry_id)
    return {each["title"]: each for each in listed}


@pytest_asyncio.fixture
async def add(client: Client, entry_id: str) -> AsyncGenerator[Add]:
    """Add a subentry to the account, and remove it after the test."""
    before = await subentries(client, entry_id)

    async def add_one(kind: str, name: str, **answers: Any) -> str:
        step = await fill_in(await start_subentry_flow(client, entry_id, kind), name=name, **answers)
        assert step.type == "create_entry", step.problem
        await wait_until_loaded(client, entry_id)
        subentry_id: str = (await subentries(client, entry_id))[name]["subentry_id"]
        return subentry_id

    yield add_one
    for name, each in (await subentries(client, entry_id)).items():
        if name not in before:
            await client.websocket.command(
                "config_entries/subentries/delete", entry_id=entry_id, subentry_id=each["subentry_id"]
            )
            await wait_until_loaded(client, entry_id)


async def last_body(stand_in: StandIn, path: str = "/v1/responses") -> Json:
    body: Json = [each["body"] for each in await stand_in.requests() if each["path"] == path][-1]
    return body


async def test_every_option_is_on_the_wire(client: Client, add: Add, stand_in: StandIn) -> None:
    """The stand-in gets and accepts everything that the form offers."""
    await add("conversation", "Researcher", prompt="Look things up.", llm_hass_api=[], **EVERYTHING)

    turn = await process(client, "Search the web for the news", RESEARCHER)

    assert turn.error is None
    assert "](https://" in turn.answer
    body = await last_body(stand_in)
    assert body["model"] == "gpt-6.1-terra"
    assert body["max_output_tokens"] == 1234
    assert body["reasoning"] == {"effort": "low", "summary": "detailed", "mode": "pro"}
    assert body["text"] == {"verbosity": "high"}
    assert body["service_tier"] == "flex"
    assert body["store"] is True
    search, python = body["tools"]
    assert search["search_context_size"] == "high"
    assert search["user_location"]["city"] == "Bowser City"
    assert search["user_location"]["timezone"] == "Europe/Rome"
    assert python["type"] == "code_interpreter"
    assert "Look things up." in body["instructions"]


async def test_the_place_is_asked_once_and_roughly(client: Client, entry_id: str, stand_in: StandIn) -> None:
    """The form shows the place, and the coordinates that are sent are rounded."""
    form = await start_subentry_flow(client, entry_id, "conversation")
    form = await form.submit(**form.filled(web_search=True, user_location=True))

    assert form.type == "form"
    assert {"city", "region", "country", "timezone"} <= set(form.shown)
    [asked] = [each["body"] for each in await stand_in.requests() if each["path"] == "/v1/responses"]
    home = await client.state("zone.home")
    assert str(home["attributes"]["latitude"]) not in str(asked["input"])
    await form.close()


async def test_sources_are_left_out_unless_they_are_wanted(client: Client, add: Add) -> None:
    """A search without its links."""
    await add("conversation", "Researcher", recommended=False, web_search=True)

    turn = await process(client, "Search the web for the news", RESEARCHER)

    assert turn.answer
    assert "](" not in turn.answer


async def test_flex_without_room(client: Client, add: Add, stand_in: StandIn) -> None:
    """The default tier answers in its place."""
    await add("conversation", "Researcher", recommended=False, service_tier="flex")
    await stand_in.fail("flex_unavailable")

    turn = await process(client, "Hello", RESEARCHER)

    assert turn.error is None
    assert [each["body"].get("service_tier") for each in await stand_in.requests()] == ["flex", None]


async def test_another_model_does_not_support_everything(
    client: Client, entry_id: str, add: Add, stand_in: StandIn
) -> None:
    """Unsupported settings are named, removed, and not sent."""
    subentry_id = await add("conversation", "Researcher", llm_hass_api=[], **EVERYTHING)
    form = await start_subentry_flow(client, entry_id, "conversation", subentry_id)

    form = await form.submit(**form.filled(chat_model="gpt-4.1"))

    assert form.errors == {}
    assert "Pro mode" in form.answer["description_placeholders"]["notice"]
    assert (
        await form.submit(**form.shown)
    ).type == "abort"  # Home Assistant's word for a change that is made
    await wait_until_loaded(client, entry_id)
    await process(client, "Hello", RESEARCHER)
    assert "reasoning" not in await last_body(stand_in)


async def test_renamed_and_removed(client: Client, entry_id: str, add: Add) -> None:
    """A new name keeps the entity ID. A removed agent is gone."""
    subentry_id = await add("conversation", "Researcher", recommended=True)
    step = await start_subentry_flow(client, entry_id, "conversation", subentry_id)
    step = await fill_in(step, name="Librarian")
    await wait_until_loaded(client, entry_id)

    assert (await client.state(RESEARCHER))["attributes"]["friendly_name"] == "Librarian"

    await client.websocket.command(
        "config_entries/subentries/delete", entry_id=entry_id, subentry_id=subentry_id
    )
    await wait_until_loaded(client, entry_id)
    assert RESEARCHER not in await client.entity_ids()


@pytest.mark.parametrize(
    ("kind", "entity_id", "answers"),
    [
        ("ai_task_data", "ai_task.painter", {"recommended": False, "image_model": "gpt-image-2"}),
        ("stt", "stt.painter", {"chat_model": "whisper-1", "prompt": "Names: Peach."}),
        ("tts", "tts.painter", {"voice": "sage", "tts_speed": 1.25, "prompt": "Whisper."}),
        ("ai_task_evaluate", "ai_task.painter", {}),
    ],
)
async def test_one_of_each(
    client: Client, entry_id: str, add: Add, kind: str, entity_id: str, answers: Json
) -> None:
    """The selected values are stored, and there is an entity."""
    await add(kind, "Painter", **answers)

    assert entity_id in await client.entity_ids()
    form = await start_subentry_flow(
        client, entry_id, kind, (await subentries(client, entry_id))["Painter"]["subentry_id"]
    )
    assert {**form.shown, **answers} == form.shown
    assert form.shown["name"] == "Painter"
    await form.close()
