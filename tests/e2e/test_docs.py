"""What README and docs offer to paste: each example and each blueprint runs in a home."""

from collections.abc import AsyncGenerator
from pathlib import Path
import re
from typing import Any, Final
from urllib.parse import unquote_plus

from PIL import Image
import pytest
import pytest_asyncio
import yaml

from tests.harness.agent import AGENT
from tests.harness.client import Client
from tests.harness.flows import CONFIG_FLOW, FlowStep
from tests.harness.images import DOCUMENTED_ENTRY_ID, change_weather, use_account
from tests.harness.stand_in import StandIn
from tests.harness.waiting import until
from tests.harness.websocket import Json

from .house import House

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")))
BLUEPRINTS: Final = ROOT / "blueprints" / "automation" / "openai_conversation"
SPEAKER: Final = "media_player.kitchen_speaker"
VOICE: Final = "tts.openai_tts"
TASK: Final = "ai_task.openai_ai_task"
FILE: Final = "packages/pasted.yaml"
PAPER: Final = b"%PDF-1.4\n%%EOF\n"


def examples(key: str) -> list[Any]:
    """Return the examples of all pages that have a key, each with the name of its page."""
    found = []
    for page in PAGES:
        for block in re.findall(r"^```yaml\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            example = yaml.safe_load(block)
            if key in example:
                found.append(pytest.param(example, id=f"{page.stem}-{len(found)}"))
    return found


@pytest_asyncio.fixture(scope="module")
async def camera(house: House, client: Client) -> AsyncGenerator[str]:
    """A camera, which shows a file, and a manual to read."""
    folder = house.home_assistant.folder / "www"
    folder.mkdir(exist_ok=True)
    Image.new("RGB", (64, 48)).save(folder / "drive.jpg")
    (folder / "manual.pdf").write_bytes(PAPER)
    form = await FlowStep.start(client, CONFIG_FLOW, "local_file")
    made = await form.submit(file_path=str(folder / "drive.jpg"))
    yield next(each for each in await client.entity_ids() if each.startswith("camera."))
    await client.request("DELETE", f"/api/config/config_entries/entry/{made.answer['result']['entry_id']}")


@pytest_asyncio.fixture
async def paste(house: House, client: Client) -> AsyncGenerator[Any]:
    """Paste automations into the configuration, reload them, and remove them afterward."""
    file = house.home_assistant.folder / FILE

    async def pasted(config: Json) -> None:
        file.write_text(yaml.safe_dump(config))
        await client.call("automation.reload")

    yield pasted
    file.unlink()
    await client.call("automation.reload")


def at_home(example: Any, house: House, entry_id: str, camera: str) -> Any:
    """Return an example with the names of this home."""
    folder = house.home_assistant.folder / "www"
    text = yaml.safe_dump(example)
    for ours, theirs in {
        DOCUMENTED_ENTRY_ID: entry_id,
        "media_player.kitchen": SPEAKER,
        "camera.drive": camera,
        "/media/manual.pdf": str(folder / "manual.pdf"),
    }.items():
        text = re.sub(rf"{re.escape(ours)}\b(?!_)", theirs, text)
    return yaml.safe_load(text)


async def played(client: Client) -> str:
    """Return what the speaker was told to play."""

    async def something() -> str | None:
        return (await client.state("input_text.kitchen_speaker"))["state"] or None

    return unquote_plus(await until(something, within=20, what="the speaker to play"))


@pytest_asyncio.fixture(autouse=True)
async def silent_speaker(client: Client) -> None:
    """Let the speaker play nothing."""
    await client.call("input_text.set_value", entity_id="input_text.kitchen_speaker", value="")


@pytest.mark.parametrize("example", [*examples("actions"), *examples("action")])
async def test_an_example_runs(
    client: Client, house: House, entry_id: str, camera: str, example: Json
) -> None:
    """Each sequence of actions runs to its end."""
    sequence = at_home(example.get("actions", [example]), house, entry_id, camera)

    await client.websocket.command("execute_script", sequence=sequence)


@pytest.mark.parametrize("example", examples("automation"))
async def test_an_automation_runs(
    client: Client, house: House, entry_id: str, camera: str, stand_in: StandIn, paste: Any, example: Json
) -> None:
    """The automation of the docs generates an image."""
    [automation] = at_home(example, house, entry_id, camera)["automation"]
    await paste({"automation": [automation | {"alias": "Pasted"}]})

    await client.call("automation.trigger", entity_id="automation.pasted")

    assert [each["path"] for each in await stand_in.requests()] == ["/v1/images/generations"]


# --- blueprints ---


async def use_blueprint(house: House, paste: Any, name: str, **inputs: Any) -> str:
    """Make an automation of a blueprint, as the user interface does, and return its entity."""
    folder = house.home_assistant.folder / "blueprints" / "automation" / BLUEPRINTS.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_text((BLUEPRINTS / f"{name}.yaml").read_text("utf-8"))
    blueprint = {"path": f"{BLUEPRINTS.name}/{name}.yaml", "input": inputs}
    await paste({"automation": [{"alias": name, "use_blueprint": blueprint}]})
    return f"automation.{name}"


def test_every_blueprint_is_offered() -> None:
    """The page has a button for each, which links to its file."""
    page = (ROOT / "docs" / "automations.md").read_text("utf-8")
    for blueprint in BLUEPRINTS.glob("*.yaml"):
        source = re.search(r"source_url: (\S+)", blueprint.read_text("utf-8"))
        assert source
        assert source[1].endswith(blueprint.relative_to(ROOT).as_posix())
        assert f"blueprint_url={source[1]}" in unquote_plus(page)


async def test_the_weather_on_the_dashboard(
    client: Client, house: House, entry_id: str, stand_in: StandIn, paste: Any
) -> None:
    """The first change of the weather makes an image, and no other change does before the pause is over."""
    await use_account(client, house.home_assistant.folder, entry_id)
    before = (await client.state("input_select.weather"))["state"]
    after = "rainy" if before != "rainy" else "sunny"
    automation = await use_blueprint(
        house, paste, "weather_image", weather="weather.home", account=entry_id, place="A lake"
    )

    await change_weather(client, after)

    async def finished() -> bool | None:
        state = await client.state(automation)
        return (state["attributes"]["last_triggered"] and not state["attributes"]["current"]) or None

    await until(finished, within=20, what="an image of the weather")
    await change_weather(client, before)
    prompts = " ".join(str(each["body"]) for each in await stand_in.requests())
    assert prompts.count(f"A lake, when the weather is {after}") == 1
    assert f"A lake, when the weather is {before}" not in prompts


async def test_who_is_at_the_door(
    client: Client, house: House, camera: str, stand_in: StandIn, paste: Any
) -> None:
    """The bell rings: the camera's image is described, and the speaker says so."""
    await use_blueprint(
        house,
        paste,
        "camera_at_the_door",
        doorbell="input_boolean.heater",
        camera=camera,
        task=TASK,
        voice=VOICE,
        speaker=SPEAKER,
    )

    await client.call("input_boolean.toggle", entity_id="input_boolean.heater")
    if (await client.state("input_boolean.heater"))["state"] == "off":
        await client.call("input_boolean.toggle", entity_id="input_boolean.heater")

    assert VOICE in await played(client)
    [asked] = [each["body"] for each in await stand_in.requests() if each["path"] == "/v1/responses"]
    assert [part["type"] for part in asked["input"][0]["content"]] == ["input_text", "input_image"]


async def test_a_morning_briefing(client: Client, house: House, entry_id: str, paste: Any) -> None:
    """The agent is asked, and the speaker says its answer."""
    automation = await use_blueprint(
        house, paste, "morning_briefing", agent=AGENT, voice=VOICE, speaker=SPEAKER, question="Tell a joke"
    )

    await client.call("automation.trigger", entity_id=automation)

    assert VOICE in await played(client)


async def test_the_laundry(client: Client, house: House, camera: str, stand_in: StandIn, paste: Any) -> None:
    """The camera is looked at, and the toggle follows what the model sees."""
    automation = await use_blueprint(
        house, paste, "laundry", camera=camera, task=TASK, helper="input_boolean.heater"
    )
    await client.call("input_boolean.turn_off", entity_id="input_boolean.heater")

    await client.call("automation.trigger", entity_id=automation)

    [asked] = [each for each in await stand_in.requests() if each["path"] == "/v1/responses"]
    assert set(asked["body"]["text"]["format"]["schema"]["properties"]) == {"done", "display"}


async def test_the_budget_is_used_up(client: Client, house: House, entry_id: str, paste: Any) -> None:
    """The event of the budget is said."""
    automation = await use_blueprint(house, paste, "budget_reached", voice=VOICE, speaker=SPEAKER)
    assert (await client.state(automation))["state"] == "on"

    await client.request("POST", "/api/events/openai_conversation_budget", {"mark": "limit"})

    assert "used up" in await played(client)
