"""The one door for requests: how their outcome is reported, and for which accounts."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from .support.account import KEY, add_subentry, new_account
from .support.house import House
from .support.images import generate_image
from .support.responses_api import FakeOpenAI, message, response_events, sse
from .support.screens import configure

NO_CREDIT = {"code": "insufficient_quota", "message": "No credit."}


class Slow:
    """An answer that comes when the test wants it to."""

    def __init__(self, openai: FakeOpenAI) -> None:
        """Be the next answer."""
        self.asked, self.goes_on = asyncio.Event(), asyncio.Event()
        self.events = response_events([message("Hello.")])
        openai.sends(self._stream())

    async def _stream(self) -> AsyncIterator[bytes]:
        self.asked.set()
        await self.goes_on.wait()
        yield sse(self.events)

    def fails(self, **error: str) -> None:
        self.events = [{"type": "error", **error}]
        self.goes_on.set()


def issues(hass: HomeAssistant) -> list[str]:
    return [issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN]


@pytest.mark.parametrize("how", ["removed", "unloaded", "reloaded"])
@pytest.mark.parametrize("code", ["insufficient_quota", "invalid_api_key"])
async def test_an_account_that_left_in_the_middle_of_a_turn_is_not_reported_on(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, how: str, code: str
) -> None:
    answer = Slow(openai)
    turn = asyncio.create_task(house.hears("What is new?"))
    await answer.asked.wait()

    match how:
        case "removed":
            await hass.config_entries.async_remove(house.entry.entry_id)
        case "unloaded":
            await hass.config_entries.async_unload(house.entry.entry_id)
        case "reloaded":
            await hass.config_entries.async_reload(house.entry.entry_id)
    answer.fails(code=code, message="No.")
    result = await turn
    await hass.async_block_till_done()

    assert result.is_error
    assert issues(hass) == []
    assert hass.config_entries.flow.async_progress() == []


async def test_an_answer_that_was_asked_for_before_a_failure_does_not_close_its_issue(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    slow = Slow(openai)
    openai.refuses(429, **NO_CREDIT)
    openai.says("Hello again.")
    first = asyncio.create_task(house.hears("What is new?"))
    await slow.asked.wait()
    await house.hears("What is new?")

    slow.goes_on.set()
    await first
    after_the_old_answer = issues(hass)
    await house.hears("What is new?")

    assert after_the_old_answer == [f"billing_conversation_{house.entry.entry_id}"]
    assert issues(hass) == []


async def test_another_failure_of_the_same_work_replaces_the_issue(
    house: House, openai: FakeOpenAI, hass: HomeAssistant
) -> None:
    openai.refuses(429, **NO_CREDIT)
    openai.refuses(404, code="model_not_found")
    openai.refuses(500)
    openai.refuses(500)

    await house.hears("Tell me a joke")
    await house.hears("Tell me a joke")
    assert issues(hass) == [f"model_gone_conversation_{house.entry.entry_id}"]
    await house.hears("Tell me a joke")

    assert issues(hass) == [f"model_gone_conversation_{house.entry.entry_id}"], "it says nothing about it"


async def test_credit_is_for_all_work(gallery: House, openai: FakeOpenAI, hass: HomeAssistant) -> None:
    no_credit = httpx.Response(429, json={"error": {"type": "insufficient_quota"}})
    openai.refuses(429, **NO_CREDIT)
    openai.does_not_draw(no_credit)
    openai.draws()
    await gallery.hears("Tell me a joke")
    with pytest.raises(HomeAssistantError):
        await generate_image(gallery)
    assert issues(hass) == [f"billing_conversation_{gallery.entry.entry_id}"], "one is enough"

    await generate_image(gallery)

    assert issues(hass) == []


async def test_an_issue_names_who_failed(hass: HomeAssistant, openai: FakeOpenAI, house: House) -> None:
    other = new_account()
    other.add_to_hass(hass)
    hass.config_entries.async_update_entry(other, title="ChatGPT 2")
    add_subentry(hass, house.entry, "conversation", recommended=True)
    await hass.async_block_till_done()
    openai.refuses(404, code="model_not_found")

    await house.hears("Tell me a joke", agent_id="conversation.my_conversation")

    (issue,) = [issue for (domain, _), issue in ir.async_get(hass).issues.items() if domain == DOMAIN]
    assert issue.translation_placeholders["name"] == "My conversation (ChatGPT)"


async def test_a_failure_is_logged_once_until_it_is_another_one(
    house: House, openai: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    openai.refuses(429, **NO_CREDIT)
    openai.refuses(429, **NO_CREDIT)
    openai.refuses(403)
    openai.says("Hello.")
    openai.refuses(403)

    for _ in range(5):
        await house.hears("What is new?")

    warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert [text.partition(" (")[0] for text in warnings] == [
        "ChatGPT: billing",
        "ChatGPT: permission",
        "ChatGPT: permission",
    ]
    assert "ChatGPT: works again" in caplog.text


async def test_a_form_that_asks_goes_through_the_door(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    await house.async_load(recommended=False, web_search=True)
    form = await configure(hass, house.entry)
    openai.refuses(401, code="invalid_api_key")

    await form.change(user_location=True)
    await hass.async_block_till_done()

    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"


async def test_a_form_of_an_account_that_is_not_loaded_asks_nothing(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, options={"web_search": True})
    openai.models.mock(side_effect=httpx.ConnectError("no network"))
    await hass.config_entries.async_setup(entry.entry_id)
    form = await configure(hass, entry)

    await form.change(user_location=True)

    assert openai.requests == []
    assert form.fields["timezone"] == hass.config.time_zone


async def test_a_revoked_key_starts_reauth(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    openai.refuses(401, code="invalid_api_key", message=f"Incorrect API key provided: {KEY}")

    answer = await house.hears("What is new?")
    await hass.async_block_till_done()

    assert "API key" in answer.speech
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == ["reauth"]


async def test_the_key_is_never_logged(
    house: House, openai: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    openai.refuses(401, code="invalid_api_key", message=f"Incorrect API key provided: {KEY}")

    await house.hears("What is new?")

    assert "auth (401 invalid_api_key" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("fault", "issue"),
    [
        ({"status": 429, "code": "insufficient_quota"}, "billing"),
        ({"status": 403, "message": "Your organization must be verified to use the model."}, "organization"),
        ({"status": 404, "code": "model_not_found"}, "model_gone"),
    ],
)
async def test_what_lasts_opens_a_repair_issue_until_it_works_again(
    house: House,
    openai: FakeOpenAI,
    issue_registry: ir.IssueRegistry,
    fault: dict[str, Any],
    issue: str,
) -> None:
    openai.refuses(**fault)
    openai.says("Hello.")

    await house.hears("What is new?")
    opened = [each.translation_key for each in issue_registry.issues.values()]
    await house.hears("What is new?")

    assert opened == [issue]
    assert list(issue_registry.issues) == []


async def test_a_repair_issue_goes_with_what_fixed_it(
    house: House, openai: FakeOpenAI, issue_registry: ir.IssueRegistry
) -> None:
    openai.refuses(404, code="model_not_found")
    openai.says("Hello.")
    await house.hears("What is new?")

    await house.async_load(recommended=False, chat_model="gpt-6.1-sol")
    assert len(issue_registry.issues) == 1
    await house.hears("What is new?")

    assert list(issue_registry.issues) == []


async def test_a_repair_issue_goes_with_the_entry(
    house: House, openai: FakeOpenAI, issue_registry: ir.IssueRegistry
) -> None:
    openai.refuses(404, code="model_not_found")
    await house.hears("What is new?")

    await house.hass.config_entries.async_remove(house.entry.entry_id)

    assert list(issue_registry.issues) == []
