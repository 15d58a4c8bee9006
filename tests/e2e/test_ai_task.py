"""AI tasks through their actions."""

from io import BytesIO
from typing import Any

from PIL import Image
import pytest

from tests.harness.client import Client
from tests.harness.images import LAST_IMAGE
from tests.harness.stand_in import StandIn
from tests.harness.websocket import CommandError

from .house import House

TASKS = "ai_task.openai_ai_task"
EVALUATION = "ai_task.openai_evaluation"
SEEN = {
    "attachments": [
        {"media_content_id": f"media-source://image/{LAST_IMAGE}", "media_content_type": "image/png"}
    ]
}
PAPER = b"%PDF-1.4\n%%EOF\n"
HOME = {"type": "noul", "instructions": "Is somebody cooking in the kitchen?"}
ROOM = {
    "type": "choice",
    "instructions": "Where is Ann?",
    "criteria": {"kitchen": "Somebody is cooking.", "bedroom": "Somebody is sleeping."},
}
TIDY = {"type": "score", "instructions": "How tidy is it?", "criteria": ["A mess.", "Fine.", "Perfect."]}


async def last_body(stand_in: StandIn, path: str) -> Any:
    return [request["body"] for request in await stand_in.requests() if request["path"] == path][-1]


async def kinds_of_parts(stand_in: StandIn) -> list[str]:
    """Return the parts of the last question."""
    [message] = (await last_body(stand_in, "/v1/responses"))["input"]
    return [part["type"] for part in message["content"]]


async def evaluate(client: Client, **fields: Any) -> Any:
    answer = await client.ask_action("ai_task.evaluate", entity_id=EVALUATION, task_name="Evening", **fields)
    return answer["answers"]


@pytest.mark.usefixtures("entry_id")
async def test_data_in_a_structure(client: Client, stand_in: StandIn) -> None:
    """The data has the types of the selectors."""
    structure = {
        "room": {"selector": {"select": {"options": ["kitchen", "bedroom"]}}, "required": True},
        "count": {"selector": {"number": {"min": 2, "max": 5}}, "required": True},
        "more": {"selector": {"text": {}}},
    }

    answer = await client.ask_action(
        "ai_task.generate_data",
        entity_id=TASKS,
        task_name="Count",
        instructions="Count the lights.",
        structure=structure,
    )

    assert answer["data"]["room"] in ("kitchen", "bedroom")
    assert 2 <= answer["data"]["count"] <= 5
    wanted = (await last_body(stand_in, "/v1/responses"))["text"]["format"]
    assert (wanted["name"], wanted["strict"]) == ("count", True)


async def test_an_image_and_an_edit_of_it(client: Client, entry_id: str, stand_in: StandIn) -> None:
    """A task generates an image, and edits one."""
    await client.ask_action(
        "openai_conversation.generate_image", config_entry=entry_id, prompt="A dog", size="1536x1024"
    )
    task = {"entity_id": TASKS, "task_name": "Cat"}

    new = await client.ask_action("ai_task.generate_image", **task, instructions="A cat")
    changed = await client.ask_action("ai_task.generate_image", **task, instructions="Make it blue", **SEEN)

    for answer in (new, changed):
        content_type, data = await client.download(answer["url"])
        assert content_type == answer["mime_type"] == "image/png"
        assert Image.open(BytesIO(data)).size == (answer["width"], answer["height"])
    assert (await last_body(stand_in, "/v1/images/edits"))["prompt"] == "Make it blue"


@pytest.mark.usefixtures("entry_id")
async def test_questions_are_answered_with_probabilities(client: Client, stand_in: StandIn) -> None:
    """Every type of question gets its type of answer."""
    answers = await evaluate(
        client,
        state={"kitchen": "Somebody is cooking."},
        questions={"home": HOME, "room": ROOM, "tidy": TIDY},
    )

    assert 0.5 < answers["home"]["noul"] <= 1
    assert answers["room"]["choice"] == "kitchen"
    assert sum(answers["room"]["probabilities"].values()) == pytest.approx(1)
    assert len(answers["tidy"]["probabilities"]) == 3
    assert (await last_body(stand_in, "/v1/decisions"))["model"] == "gpt-6-luna"


async def test_questions_about_an_image(client: Client, entry_id: str, stand_in: StandIn) -> None:
    """An image is sent unchanged."""
    await client.ask_action("openai_conversation.generate_image", config_entry=entry_id, prompt="A dog")

    await evaluate(client, questions={"home": HOME}, **SEEN)

    [message] = (await last_body(stand_in, "/v1/decisions"))["input"]
    assert [part["type"] for part in message["content"]] == ["input_image"]


@pytest.mark.usefixtures("entry_id")
@pytest.mark.logs(r"websocket_api.+ The safety system of 127.0.0.1 refused the question bad")
async def test_a_refused_question_is_named(client: Client) -> None:
    """The answer says which question it was."""
    bad = {"type": "noul", "instructions": "Is there something forbidden?"}

    with pytest.raises(CommandError, match="refused the question bad"):
        await evaluate(client, state="Nothing.", questions={"home": HOME, "bad": bad})


async def test_a_text(client: Client, entry_id: str, stand_in: StandIn) -> None:
    """The action `generate_content` generates text."""
    answer = await client.ask_action(
        "openai_conversation.generate_content", config_entry=entry_id, prompt="Hello!"
    )

    assert answer["text"]
    assert "tools" not in await last_body(stand_in, "/v1/responses")


async def test_a_text_about_files(client: Client, house: House, entry_id: str, stand_in: StandIn) -> None:
    """An image and a document from an allowed folder are sent."""
    folder = house.home_assistant.folder / "www"
    folder.mkdir(exist_ok=True)
    Image.new("RGB", (8, 8)).save(folder / "door.png")
    (folder / "letter.pdf").write_bytes(PAPER)

    await client.ask_action(
        "openai_conversation.generate_content",
        config_entry=entry_id,
        prompt="What is this?",
        filenames=[str(folder / "door.png"), str(folder / "letter.pdf")],
    )

    assert await kinds_of_parts(stand_in) == ["input_text", "input_image", "input_file"]


@pytest.mark.logs(r"allowlist_external_dirs")
async def test_a_forbidden_file(client: Client, entry_id: str, stand_in: StandIn) -> None:
    """Files outside the allowed folders are refused."""
    with pytest.raises(CommandError, match="allowlist_external_dirs"):
        await client.ask_action(
            "openai_conversation.generate_content", config_entry=entry_id, prompt="?", filenames="/etc/passwd"
        )

    assert [request for request in await stand_in.requests() if request["path"] == "/v1/responses"] == []
