"""The repair of a model that ends: what is asked, and what is stored then."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from ..support.account import add_subentry, async_choose, async_load
from ..support.house import House
from ..support.responses_api import FakeOpenAI


class Repairs:
    """Settings > System > Repairs, as the browser talks to it."""

    def __init__(self, hass: HomeAssistant, open_client: ClientSessionGenerator) -> None:
        """Know how to open the page, once everything that has an address is set up."""
        self.hass = hass
        self.open_client = open_client

    async def async_open(self) -> dict[str, Any]:
        """Open the only issue there is, and return its first page."""
        ((domain, issue_id),) = ir.async_get(self.hass).issues
        url = "/api/repairs/issues/fix"
        self.client = await self.open_client()
        answer = await self.client.post(url, json={"handler": domain, "issue_id": issue_id})
        return dict(await answer.json())

    async def async_submit(self, page: dict[str, Any], **changes: str) -> dict[str, Any]:
        """Submit a page with what it shows, and some changes. Return what comes then."""
        shown = {field["name"]: field["default"] for field in page.get("data_schema") or []}
        answer = await self.client.post(
            f"/api/repairs/issues/fix/{page['flow_id']}", json={**shown, **changes}
        )
        await self.hass.async_block_till_done()
        return dict(await answer.json())


@pytest.fixture
async def repairs(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Repairs:
    assert await async_setup_component(hass, "repairs", {})
    return Repairs(hass, hass_client)


async def test_who_has_added_credit_tries_again(house: House, openai: FakeOpenAI, repairs: Repairs) -> None:
    openai.refuses(429, type="insufficient_quota")
    openai.refuses(429, type="insufficient_quota")
    openai.says("OK")
    await house.hears("Tell me a joke")

    page = await repairs.async_open()
    assert page["step_id"] == "confirm"
    assert page["description_placeholders"]["page"].startswith("https://platform.openai.com/")
    page = await repairs.async_submit(page)
    assert page["errors"] == {"base": "failed"}
    assert "no credit left" in page["description_placeholders"]["problem"]
    end = await repairs.async_submit(page)

    assert end["type"] == "create_entry"
    assert ir.async_get(house.hass).issues == {}


async def test_an_issue_that_was_resolved_meanwhile_needs_no_second_try(
    house: House, openai: FakeOpenAI, repairs: Repairs
) -> None:
    openai.refuses(429, type="insufficient_quota")
    await house.hears("Tell me a joke")
    page = await repairs.async_open()
    ir.async_delete_issue(house.hass, DOMAIN, f"billing_conversation_{house.entry.entry_id}")

    end = await repairs.async_submit(page)

    assert (end["type"], end["reason"]) == ("abort", "gone")


async def test_the_successor_supports_everything(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, repairs: Repairs
) -> None:
    stored = {"prompt": "You are Mario.", "chat_model": "gpt-4o", "temperature": 0.5, "keep_pictures": 7}
    await async_choose(hass, entry, **stored)
    await async_load(hass, entry)

    page = await repairs.async_open()
    assert page["step_id"] == "confirm"
    assert page["description_placeholders"]["successor"] == "gpt-6-luna"
    assert entry.options == stored  # nothing happens before somebody says so
    end = await repairs.async_submit(page)

    assert end["type"] == "create_entry"
    assert entry.options == {**stored, "chat_model": "gpt-6-luna"}
    assert ir.async_get(hass).issues == {}


def labels(page: dict[str, Any]) -> list[str]:
    """Return the models to choose from, as the user sees them."""
    [field] = page["data_schema"]
    return [option["label"] for option in field["selector"]["select"]["options"]]


async def test_the_price_of_the_successor_stands_beside_that_of_the_model(
    house: House, openai: FakeOpenAI, repairs: Repairs
) -> None:
    await house.async_load(chat_model="gpt-4o")

    page = await repairs.async_open()

    assert page["description_placeholders"]["prices"] == (
        "Price: $2.50 / $10.00 → $0.10 / $0.50. "
        "Prices are in US dollars per million tokens, for input and output, as of Nov 22, 2026."
    )
    assert labels(page) == [
        "gpt-6-luna · recommended · $0.10 / $0.50",
        "gpt-6.1-sol · $2.00 / $10.00",
        "gpt-6.1-terra · $1.00 / $5.00",
        "gpt-6-luna-2026-09-01 · $0.10 / $0.50",
    ]


async def test_another_model_than_the_successor(house: House, openai: FakeOpenAI, repairs: Repairs) -> None:
    await house.async_load(chat_model="gpt-4o")

    end = await repairs.async_submit(await repairs.async_open(), chat_model="gpt-6.1-terra")

    assert end["type"] == "create_entry"
    assert house.entry.options["chat_model"] == "gpt-6.1-terra"


async def test_what_changes_with_another_model_is_seen_before_it_is_stored(
    house: House, openai: FakeOpenAI, repairs: Repairs
) -> None:
    await house.async_load(chat_model="gpt-4o", temperature=0.5)
    page = await repairs.async_open()
    assert page["step_id"] == "confirm"

    page = await repairs.async_submit(page, chat_model="gpt-6.1-sol")

    assert page["step_id"] == "confirm_changes"
    assert page["description_placeholders"]["successor"] == "gpt-6.1-sol"
    assert page["description_placeholders"]["changes"] == "- Temperature: 0.5"
    assert house.entry.options["chat_model"] == "gpt-4o"
    end = await repairs.async_submit(page)
    assert end["type"] == "create_entry"
    assert house.entry.options["chat_model"] == "gpt-6.1-sol"
    assert "temperature" not in house.entry.options


async def test_the_models_to_choose_are_made_for_the_same(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, repairs: Repairs
) -> None:
    openai.offered |= {"whisper-1": "2026-12-24", "gpt-transcribe": None}
    add_subentry(hass, entry, "stt", chat_model="whisper-1")
    await async_load(hass, entry)

    page = await repairs.async_open()

    assert labels(page) == ["gpt-transcribe · recommended · $0.0045 per minute"]


async def test_the_new_model_answers_at_once(house: House, openai: FakeOpenAI, repairs: Repairs) -> None:
    await house.async_load(chat_model="gpt-4o")

    await repairs.async_submit(await repairs.async_open())
    openai.says("Hello.")

    assert (await house.hears("Hi")).speech == "Hello."
    assert openai.request["model"] == "gpt-6-luna"


async def test_settings_that_the_successor_does_not_support_are_named_and_removed(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, repairs: Repairs
) -> None:
    subentry = add_subentry(
        hass,
        entry,
        "ai_task_data",
        chat_model="gpt-4o",
        temperature=0.5,
        top_p=1.0,
        service_tier="priority",
        max_tokens=1000,
    )
    await async_load(hass, entry)

    page = await repairs.async_open()
    assert page["step_id"] == "confirm_changes"
    assert page["description_placeholders"]["name"] == "My ai_task_data"
    assert page["description_placeholders"]["changes"] == "- Temperature: 0.5\n- Top P: 1.0"
    await repairs.async_submit(page)

    assert entry.subentries[subentry.subentry_id].data == {
        "chat_model": "gpt-6-luna",
        "service_tier": "priority",
        "max_tokens": 1000,
    }
    assert ir.async_get(hass).issues == {}


async def test_a_lowered_setting_is_named_too(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, repairs: Repairs
) -> None:
    await async_choose(hass, entry, chat_model="gpt-4o", max_tokens=500_000)
    await async_load(hass, entry)

    page = await repairs.async_open()
    await repairs.async_submit(page)

    changes = page["description_placeholders"]["changes"]
    assert changes == "- Maximum tokens to return in response: 500000 → 128000"
    assert entry.options == {"chat_model": "gpt-6-luna", "max_tokens": 128_000}


async def test_a_model_for_images_leaves_the_other_settings_alone(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, repairs: Repairs
) -> None:
    subentry = add_subentry(
        hass, entry, "ai_task_data", chat_model="gpt-6.1-sol", image_model="gpt-image-1", temperature=1.0
    )
    await async_load(hass, entry)

    page = await repairs.async_open()
    await repairs.async_submit(page)

    assert page["step_id"] == "confirm"
    assert entry.subentries[subentry.subentry_id].data == {
        "chat_model": "gpt-6.1-sol",
        "image_model": "gpt-image-2.5-sunburst",
        "temperature": 1.0,
    }


async def test_an_engine_keeps_its_settings(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, repairs: Repairs
) -> None:
    openai.offered["whisper-1"] = "2026-12-24"
    subentry = add_subentry(hass, entry, "stt", chat_model="whisper-1", prompt="Smart home.")
    await async_load(hass, entry)

    await repairs.async_submit(await repairs.async_open())

    assert entry.subentries[subentry.subentry_id].data == {
        "chat_model": "gpt-transcribe",
        "prompt": "Smart home.",
    }


@pytest.mark.parametrize("change", ["another model", "no agent", "no entry"])
async def test_the_cause_is_gone_before_the_user_submits(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, repairs: Repairs, change: str
) -> None:
    subentry = add_subentry(hass, entry, "conversation", chat_model="gpt-4o")
    await async_load(hass, entry)
    page = await repairs.async_open()

    # not loaded, as without a network, so nothing closes the issue
    await hass.config_entries.async_unload(entry.entry_id)
    match change:
        case "another model":
            hass.config_entries.async_update_subentry(entry, subentry, data={"chat_model": "gpt-6.1-sol"})
        case "no agent":
            hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
        case "no entry":
            await hass.config_entries.async_remove(entry.entry_id)
    end = await repairs.async_submit(page)

    assert (end["type"], end["reason"]) == ("abort", "gone")
    if change == "another model":
        assert entry.subentries[subentry.subentry_id].data == {"chat_model": "gpt-6.1-sol"}


async def test_what_nothing_follows_cannot_be_repaired(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, repairs: Repairs
) -> None:
    openai.offered |= {"gpt-realtime-2.1-mini": "2027-01-06"}
    add_subentry(hass, entry, "tts", chat_model="gpt-realtime-2.1-mini")
    await async_load(hass, entry)

    assert "flow_id" not in await repairs.async_open()
    assert [domain for domain, _ in ir.async_get(hass).issues] == [DOMAIN]
