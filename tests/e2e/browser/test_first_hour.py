"""The first hour of a household: add, configure, talk, meet an error, and look at an image."""

from collections.abc import AsyncGenerator
from shutil import which

from playwright.async_api import async_playwright
import pytest
import pytest_asyncio

from tests.harness.agent import Account, entry_ids, prefer_agent
from tests.harness.client import Client
from tests.harness.stand_in import StandIn

from .screen import Screen

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
SENTENCE = "has no credit left"


@pytest_asyncio.fixture(params=SIZES)
async def screen(request: pytest.FixtureRequest, client: Client) -> AsyncGenerator[Screen]:
    """Open a browser, and remove at the end what the household has added."""
    width, height = SIZES[request.param]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": width, "height": height}, locale="en-US")
        screen = Screen(page, client.url, request.param)
        await screen.log_in()
        yield screen
        await browser.close()
    for entry_id in await entry_ids(client):
        await client.request("DELETE", f"/api/config/config_entries/entry/{entry_id}")


@pytest.mark.logs(r"custom_components\.openai_conversation\] ChatGPT: billing ")
async def test_the_first_hour(screen: Screen, client: Client, stand_in: StandIn, account: Account) -> None:
    """Nobody needs a word of help."""
    await add(screen, account)
    await prefer_agent(client)
    await configure(screen)
    await look_at_the_assistant(screen)
    await look_at_the_action(screen)
    await talk(screen)
    await stand_in.fail("quota", times=None)
    await meet_an_error(screen)
    await stand_in.recover()
    await client.ask_action("openai_conversation.generate_image", prompt="A fox")
    await look_at_the_image(screen)


async def add(screen: Screen, account: Account) -> None:
    """Add the account. A wrong address does not lose the key."""
    await screen.go("/config/integrations/dashboard/add?domain=openai_conversation")
    await screen.press("OK")
    dialog = screen.dialog()
    await screen.sees("Connect to OpenAI", dialog)
    await screen.keep("1-add")
    servers = dialog.get_by_text("Compatible server (")
    assert await servers.count() == 0
    await dialog.locator("input").nth(0).fill(account.api_key)
    await dialog.locator("input").nth(1).fill("nowhere")
    await servers.first.wait_for()
    await screen.press("Submit", dialog)
    await screen.sees("This is not a web address", dialog)
    await screen.keep("2-wrong-address")
    await dialog.locator("input").nth(1).fill(account.base_url)
    await screen.press("Submit", dialog)
    await screen.sees("This comes next", dialog)
    await screen.sees("Set as preferred", dialog)
    await screen.keep("3-what-comes-next")
    await screen.press("(Skip and finish|Finish)", dialog)


async def configure(screen: Screen) -> None:
    """Open the settings of the agent by its gear, and save them."""
    await screen.go("/config/integrations/integration/openai_conversation")
    await screen.sees("ChatGPT")
    await screen.keep("4-integration")
    await screen.press("Configure")
    dialog = screen.dialog()
    await screen.sees("ChatGPT: instructions and settings", dialog)
    await screen.keep("5-configure")
    await screen.press("Submit", dialog)
    await screen.sees("Success", dialog)
    await screen.press("Finish", dialog)


async def look_at_the_assistant(screen: Screen) -> None:
    """Open the form of the voice assistant, with the choice of who handles commands."""
    await screen.go("/config/voice-assistants/assistants")
    await screen.page.get_by_text("ChatGPT", exact=True).locator("visible=true").first.click()
    await screen.sees("Prefer handling commands locally")
    await screen.keep("6-assistant")


async def look_at_the_action(screen: Screen) -> None:
    """Open the form of the action. Nothing is ticked, and no account has to be chosen."""
    await screen.go("/config/tools/action?service=openai_conversation.generate_image")
    await screen.sees("Generates an image from a prompt")
    await screen.keep("7-action")

    assert await screen.page.get_by_role("checkbox").count() > 4
    assert await screen.page.get_by_role("checkbox", checked=True).count() == 0


async def talk(screen: Screen) -> None:
    """Say something in the Assist dialog, and read the answer."""
    await screen.go("/lovelace")
    await screen.page.locator("hui-root").wait_for()
    await screen.page.keyboard.press("a")
    assist = screen.page.locator("ha-voice-command-dialog")
    field = assist.locator("input, textarea").last
    await field.fill("Tell me a joke")
    await field.press("Enter")
    await assist.locator(".message.hass:not(.error)").nth(1).wait_for()
    await screen.keep("8-assist")


async def meet_an_error(screen: Screen) -> None:
    """An error is one bubble."""
    assist = screen.page.locator("ha-voice-command-dialog")
    field = assist.locator("input, textarea").last
    await field.fill("Tell me another joke")
    await field.press("Enter")
    await screen.sees(SENTENCE, assist)
    await screen.keep("9-error")

    assert await assist.get_by_text(SENTENCE).count() == 1


async def look_at_the_image(screen: Screen) -> None:
    """Find the image in the media browser, with the day until which it is kept."""
    await screen.go("/media-browser/browser/app,media-source%3A%2F%2Fopenai_conversation")
    await screen.sees("A fox (until ")
    await screen.keep("10-image")
