"""AI tasks: what automations ask for, and what they get."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.components import ai_task
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir, llm

from .support.house import House, Meeting
from .support.responses_api import (
    JPEG,
    PNG,
    FakeOpenAI,
    function_call,
    image_file,
    message,
    refusal,
    response_events,
)

type Client = Callable[[], Any]

TASKS = "ai_task.openai_ai_task"
RECOMMENDED = {"recommended": True}
PERSON = {
    "name": {"selector": {"text": {}}, "required": True, "description": "Who it is."},
    "age": {"selector": {"number": {"min": 0, "max": 120}}},
}


def subentry(kind: str, data: dict[str, Any], title: str) -> dict[str, Any]:
    """Return a subentry as Home Assistant's own integration stores it."""
    return {"subentry_type": kind, "data": data, "title": title, "unique_id": None}


@pytest.fixture
def options() -> dict[str, Any]:
    """What is stored of the agent that does tasks."""
    return RECOMMENDED


@pytest.fixture
def entry(hass: HomeAssistant, tmp_path: Path, options: dict[str, Any]) -> MockConfigEntry:
    """An account as Home Assistant's own integration has it, and a media folder."""
    hass.config.media_dirs = {"local": str(tmp_path)}
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="ChatGPT",
        version=2,
        minor_version=8,
        data={"api_key": "sk-test-of-the-house"},
        subentries_data=[
            subentry("ai_task_data", options, "OpenAI AI Task"),
            subentry("ai_task_evaluate", {}, "OpenAI Decisions"),
        ],
    )
    entry.add_to_hass(hass)
    return entry


async def generate(house: House, **fields: Any) -> Any:
    data = {"entity_id": TASKS, "task_name": "A task", "instructions": "Do it.", **fields}
    answer = await house.hass.services.async_call(
        "ai_task", "generate_data", data, blocking=True, return_response=True
    )
    return answer["data"]


async def draw(house: House, **fields: Any) -> dict[str, Any]:
    data = {"entity_id": TASKS, "task_name": "An image", "instructions": "A cat", **fields}
    return await house.hass.services.async_call(
        "ai_task", "generate_image", data, blocking=True, return_response=True
    )


def attached(name: str, kind: str = "image/png") -> dict[str, Any]:
    """Return the field for a file in the media folder."""
    file = {"media_content_id": f"media-source://media_source/local/{name}", "media_content_type": kind}
    return {"attachments": [file]}


async def test_a_text(house: House, openai: FakeOpenAI) -> None:
    openai.says("**Hello**, how are you?")

    assert await generate(house) == "**Hello**, how are you?"

    assert openai.request["model"] == "gpt-6-luna"
    assert openai.request["reasoning"] == {"effort": "low"}
    assert openai.request["input"] == [{"type": "message", "role": "user", "content": "Do it."}]
    assert "text" not in openai.request or "format" not in openai.request["text"]
    assert openai.timeouts[-1]["read"] > 200


async def test_the_entity_is_the_one_that_home_assistants_own_integration_had(
    house: House, entity_registry: er.EntityRegistry
) -> None:
    [stored] = [each for each in house.entry.subentries.values() if each.subentry_type == "ai_task_data"]

    entity = entity_registry.async_get(TASKS)

    assert entity is not None
    assert entity.unique_id == entity.config_subentry_id == stored.subentry_id


async def test_a_home_assistant_without_evaluations_has_no_evaluator(house: House) -> None:
    assert house.hass.states.async_entity_ids("ai_task") == [TASKS]


async def test_data_in_a_structure(house: House, openai: FakeOpenAI) -> None:
    openai.says('{"name": "Ann", "age": null}')

    assert await generate(house, task_name="Who is it?", structure=PERSON) == {"name": "Ann"}

    answer = openai.request["text"]["format"]
    assert (answer["type"], answer["name"], answer["strict"]) == ("json_schema", "who_is_it", True)
    assert answer["schema"]["required"] == ["name", "age"]
    assert "JSON" not in openai.request["instructions"]


async def test_a_number_stays_what_it_is(house: House, openai: FakeOpenAI) -> None:
    openai.says('{"name": "Ann", "age": 5}')

    data = await generate(house, structure=PERSON)

    assert repr(data["age"]) == "5"


async def test_an_interim_comment_is_not_the_answer(house: House, openai: FakeOpenAI) -> None:
    openai.answers({**message("Let me see."), "phase": "commentary"}, message('{"name": "Ann", "age": 5}'))

    assert (await generate(house, structure=PERSON))["name"] == "Ann"


async def test_sources_stay_out_of_a_text_only(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, house: House
) -> None:
    [task, _] = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, task, data={"web_search": True, "recommended": False})
    await hass.async_block_till_done()
    words = "It rains ([weather.example](https://weather.example))."
    openai.says(words)
    openai.says(json.dumps({"name": words, "age": None}))

    assert await generate(house) == "It rains."
    assert (await generate(house, structure=PERSON))["name"] == words


@pytest.mark.parametrize(
    "text", ["Ann is five.", '{"name": 5, "age": null}', '{"name": "Ann", "age": 500}', ""]
)
async def test_an_answer_in_another_structure(house: House, openai: FakeOpenAI, text: str) -> None:
    openai.says(text)

    with pytest.raises(HomeAssistantError) as failed:
        await generate(house, structure=PERSON)

    assert failed.value.translation_key in ("structure", "no_answer")


@pytest.mark.parametrize("structure", [{"structure": PERSON}, {}], ids=["data", "a text"])
@pytest.mark.parametrize("status", ["incomplete", "completed"])
async def test_half_an_answer_is_not_an_answer(
    house: House, openai: FakeOpenAI, structure: dict[str, Any], status: str
) -> None:
    openai.answers({**message('{"name": "Ann", '), "status": status}, end="incomplete")

    with pytest.raises(HomeAssistantError) as failed:
        await generate(house, **structure)

    assert failed.value.translation_key == "incomplete"


async def test_a_refusal_is_no_data(house: House, openai: FakeOpenAI) -> None:
    openai.answers(refusal("I'm sorry."))

    with pytest.raises(HomeAssistantError) as failed:
        await generate(house)

    assert failed.value.translation_key == "refused"


async def test_a_broken_connection_is_replaced_before_anything_is_heard(
    house: House, openai: FakeOpenAI
) -> None:
    openai.streams(list(response_events([message('{"name": "Ann", "age": 5}')]))[:6])
    openai.says('{"name": "Ben", "age": 7}')

    assert await generate(house, structure=PERSON) == {"name": "Ben", "age": 7}


async def test_a_schema_that_openai_refuses(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(400, code="invalid_json_schema", param="text.format.schema")

    with pytest.raises(HomeAssistantError) as failed:
        await generate(house, structure=PERSON)

    assert failed.value.translation_key == "structure"


async def test_a_failure_is_shown_and_reported(
    house: House, openai: FakeOpenAI, issue_registry: ir.IssueRegistry
) -> None:
    openai.refuses(429, type="insufficient_quota")

    with pytest.raises(HomeAssistantError) as failed:
        await generate(house)

    assert failed.value.translation_key == "billing"
    assert issue_registry.async_get_issue(DOMAIN, f"billing_tasks_{house.entry.entry_id}")


async def test_more_rounds_than_a_conversation_has(house: House, openai: FakeOpenAI) -> None:
    Meeting(house.hass, result={"met": []})
    for _ in range(12):
        openai.answers(function_call("first", {}), function_call("second", {}))
    openai.says("They met.")

    result = await ai_task.async_generate_data(
        house.hass,
        task_name="A task",
        entity_id=TASKS,
        instructions="Let them meet.",
        llm_api=next(api for api in llm.async_get_apis(house.hass) if api.id == "meeting"),
    )

    assert result.data == "They met."
    assert len(openai.requests) == 13


@pytest.mark.parametrize("options", [{"recommended": False, "temperature": 0.5, "chat_model": "gpt-4o"}])
async def test_parameters_that_a_model_refuses_are_remembered(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(400, code="unsupported_parameter", param="temperature")
    openai.says("One.")
    openai.says("Two.")

    assert [await generate(house), await generate(house)] == ["One.", "Two."]

    assert ["temperature" in request for request in openai.requests] == [True, False, False]


async def test_a_schema_that_was_refused_is_sent_with_the_next_task(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(400, code="unsupported_parameter", param="text.format")
    openai.says('{"name": "Ann"}')
    openai.says('{"name": "Bob"}')

    for name in ("Ann", "Bob"):
        assert await generate(house, structure=PERSON) == {"name": name}

    assert ["format" in request.get("text", {}) for request in openai.requests] == [True, False, True]


async def test_an_image_to_look_at(house: House, openai: FakeOpenAI, tmp_path: Path) -> None:
    (tmp_path / "door.png").write_bytes(PNG)
    openai.says("A door.")

    assert await generate(house, **attached("door.png")) == "A door."

    [text, image] = openai.request["input"][0]["content"]
    assert text == {"type": "input_text", "text": "Do it."}
    assert image["image_url"].startswith("data:image/png;base64,")


async def test_a_self_hosted_server_is_asked_for_the_structure_in_three_ways(
    house: House, openai: FakeOpenAI
) -> None:
    await house.async_self_host(openai)
    openai.says('```json\n{"name": "Ann"}\n```')

    assert await generate(house, structure=PERSON) == {"name": "Ann"}

    asked = openai.request["text"]["format"]
    assert asked["strict"] is True
    assert openai.request["response_format"] == {
        "type": "json_schema",
        "json_schema": {key: asked[key] for key in ("name", "schema", "strict")},
    }
    assert '"additionalProperties":false' in openai.request["instructions"]


@pytest.mark.parametrize(
    "error",
    [
        {"status": 400, "code": "unknown_parameter", "param": "response_format"},
        {"status": 400, "message": "1 validation error: Extra inputs are not permitted"},
        {"status": 422, "message": "Bad body."},
        {"status": 500, "message": "Failed to initialize samplers: failed to parse grammar"},
    ],
    ids=["named", "not named", "422", "a grammar"],
)
async def test_a_self_hosted_server_that_does_not_know_the_second_form(
    house: House, openai: FakeOpenAI, error: dict[str, Any]
) -> None:
    await house.async_self_host(openai)
    openai.refuses(**error)
    openai.says('{"name": "Ann"}')

    assert await generate(house, structure=PERSON) == {"name": "Ann"}

    assert ["response_format" in request for request in openai.requests] == [True, False]
    assert "format" in openai.request["text"]


# --- images ---


async def test_an_image(house: House, openai: FakeOpenAI, hass_client_no_auth: Client) -> None:
    openai.draws(image_file("PNG", (32, 16)), revised_prompt="A black cat")

    answer = await draw(house)

    assert openai.image_requests == [
        {"model": "gpt-image-2.5-sunburst", "prompt": "A cat", "size": "auto", "quality": "medium"}
    ]
    assert answer["revised_prompt"] == "A black cat"
    assert (answer["width"], answer["height"]) == (32, 16)
    assert (answer["mime_type"], answer["model"]) == ("image/png", "gpt-image-2.5-sunburst")
    response = await (await hass_client_no_auth()).get(answer["url"])
    assert await response.read() == image_file("PNG", (32, 16))


@pytest.mark.parametrize("options", [{"image_model": "gpt-image-1"}])
async def test_an_image_model_of_the_past(
    house: House, openai: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    openai.draws()
    openai.draws()

    models = {(await draw(house))["model"] for _ in range(2)}

    assert models == {"gpt-image-2.5-sunburst"}
    assert caplog.text.count("images are made by") == 1


async def test_an_edited_image(house: House, openai: FakeOpenAI, tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_bytes(JPEG)
    openai.edits()

    answer = await draw(house, instructions="Make it blue.", **attached("cat.jpg", "image/jpg"))

    [asked] = openai.edit_requests
    [image] = asked["image"]
    assert (asked["prompt"], asked["model"]) == ("Make it blue.", "gpt-image-2.5-sunburst")
    assert (image.name, image.content_type, image.data) == ("cat.jpg", "image/jpeg", JPEG)
    assert answer["revised_prompt"] == "Make it blue."


@pytest.mark.parametrize(
    ("name", "kind", "key"),
    [
        ("paper.pdf", "application/pdf", "attachment_type"),
        ("dance.gif", "image/gif", "attachment_type"),
        ("gone.png", "image/png", "attachment_missing"),
    ],
)
async def test_an_edit_of_what_is_not_an_image(
    house: House, tmp_path: Path, name: str, kind: str, key: str
) -> None:
    for other in ("paper.pdf", "dance.gif"):
        (tmp_path / other).write_bytes(PNG)

    with pytest.raises(HomeAssistantError) as refused:
        await draw(house, **attached(name, kind))

    assert refused.value.translation_key == key


async def test_an_image_that_is_refused(house: House, openai: FakeOpenAI) -> None:
    openai.does_not_draw(
        httpx.Response(400, json={"error": {"message": "No.", "code": "moderation_blocked"}})
    )

    with pytest.raises(HomeAssistantError) as failed:
        await draw(house)

    assert failed.value.translation_key == "refused"
