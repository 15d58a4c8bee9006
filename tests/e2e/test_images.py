"""Images, by the automation of 2024 and by the action."""

from io import BytesIO

from PIL import Image
import pytest
import pytest_asyncio

from tests.harness.client import Client
from tests.harness.images import LAST_IMAGE, change_weather, look_at, use_account
from tests.harness.stand_in import StandIn
from tests.harness.websocket import CommandError

from .house import House

GENERATE = "openai_conversation.generate_image"
PATH = "/v1/images/generations"


@pytest_asyncio.fixture(autouse=True)
async def automation(house: House, client: Client, entry_id: str) -> None:
    """Set up the documented automation."""
    await use_account(client, house.home_assistant.folder, entry_id)


async def test_the_automation_of_2024(client: Client, stand_in: StandIn) -> None:
    """The weather changes, and an image of it is on the dashboard."""
    image = await change_weather(client, "rainy")

    assert image.content_type == "image/png"
    assert Image.open(BytesIO(image.data)).size == (1024, 1024)
    asked = [request["body"]["prompt"] for request in await stand_in.requests() if request["path"] == PATH]
    assert len(asked) == 1
    assert asked[0].startswith('New York when the weather is rainy"')
    assert await look_at(client, LAST_IMAGE) == image


async def test_an_image_stays_where_it_is(house: House, client: Client, entry_id: str) -> None:
    """Its address works without a login, also after a restart. Other addresses do not."""
    answer = await client.ask_action(GENERATE, config_entry=entry_id, prompt="A dog", size="1792x1024")
    assert answer["url"] == f"{house.home_assistant.url}{answer['path']}"
    _, data = await client.download(answer["path"])
    assert Image.open(BytesIO(data)).size == (1792, 1024)

    await house.restart(client)

    assert await client.download(answer["path"]) == ("image/png", data)
    assert [await client.anonymous(method, answer["path"]) for method in ("GET", "HEAD")] == [200, 200]
    folder = answer["path"].rpartition("/")[0]
    others = (f"{folder}/{'0' * 32}.png", f"{answer['path']}.json", f"{folder}/", f"{folder}/x")
    assert [await client.anonymous("GET", other) for other in others] == [404] * 4
    browsed = await client.websocket.command(
        "media_source/browse_media", media_content_id="media-source://openai_conversation"
    )
    assert browsed["children"][0]["title"].startswith("A dog (until 20")
    assert browsed["children"][0]["thumbnail"] == answer["path"]


@pytest.mark.logs(
    r"custom_components\.openai_conversation\] ChatGPT: refused ",
    r"websocket_api.+ The safety system of 127\.0\.0\.1 refused this",
)
async def test_a_refusal_is_a_sentence(client: Client) -> None:
    """A refusal of the safety system is a sentence, and the next image works."""
    with pytest.raises(CommandError, match=r"The safety system of 127\.0\.0\.1 refused this\. "):
        await client.ask_action(GENERATE, prompt="Something forbidden")

    answer = await client.ask_action(GENERATE, prompt="Something nice")
    assert answer["revised_prompt"] == "Something nice"
