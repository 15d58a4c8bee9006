"""Repair issues about models that end: when they open, and when they close."""

from datetime import timedelta
from typing import Any

from freezegun.api import TickingDateTimeFactory
import httpx
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..support.account import add_subentry, async_choose, async_load
from ..support.issues import issues
from ..support.responses_api import FakeOpenAI


async def async_pass(hass: HomeAssistant, today: TickingDateTimeFactory, day: str) -> None:
    """Let time pass until a day, and the daily look be taken."""
    today.move_to(f"{day} 13:00:00+00:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_chosen_model_that_ends_is_reported_with_its_successor(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    await async_choose(hass, entry, chat_model="gpt-4o")

    await async_load(hass, entry)

    issue = issues(hass)["model_ending"]
    assert issue.is_fixable
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.translation_placeholders == {
        "name": "ChatGPT",
        "model": "gpt-4o",
        "day": "2027-01-14",
        "successor": "gpt-6-luna",
    }


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"recommended": True, "chat_model": "gpt-4o"}, id="recommended: it rolls over"),
        pytest.param({"temperature": 1.0}, id="none was chosen: it rolls over"),
        pytest.param({"chat_model": "gpt-6-luna"}, id="one that lives"),
        pytest.param({"chat_model": "gpt-5.1"}, id="one that ends later"),
        pytest.param({"chat_model": "a-model-of-2030"}, id="one that nobody knows"),
    ],
)
async def test_what_does_not_matter_is_not_reported(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, options: dict[str, Any]
) -> None:
    await async_choose(hass, entry, **options)

    await async_load(hass, entry)

    assert issues(hass) == {}


async def test_time_passes(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    await async_choose(hass, entry, chat_model="gpt-5.1")  # ends on 2027-04-01
    await async_load(hass, entry)

    await async_pass(hass, today, "2027-01-30")
    assert issues(hass) == {}
    await async_pass(hass, today, "2027-01-31")
    assert list(issues(hass)) == ["model_ending"]
    await async_pass(hass, today, "2027-04-01")
    assert list(issues(hass)) == ["model_ended"]

    assert issues(hass)["model_ended"].severity is ir.IssueSeverity.ERROR
    assert issues(hass)["model_ended"].is_fixable


async def test_openai_puts_the_end_off(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    await async_choose(hass, entry, chat_model="gpt-4o")
    await async_load(hass, entry)
    assert list(issues(hass)) == ["model_ending"]

    openai.offered["gpt-4o"] = "2028-01-14"
    await async_pass(hass, today, "2026-11-23")

    assert issues(hass) == {}


async def test_openai_announces_an_end_that_nobody_knew(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    await async_choose(hass, entry, chat_model="gpt-6.1-sol")
    await async_load(hass, entry)

    openai.offered["gpt-6.1-sol"] = "2027-01-01"
    await async_pass(hass, today, "2026-11-23")

    placeholders = issues(hass)["model_ending"].translation_placeholders
    assert placeholders
    assert placeholders["day"] == "2027-01-01"
    assert placeholders["successor"] == "gpt-6-luna"  # as for those who choose nothing


async def test_without_an_answer_the_known_models_stay(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    openai.offered["gpt-6.1-sol"] = "2027-01-01"
    await async_choose(hass, entry, chat_model="gpt-6.1-sol")
    await async_load(hass, entry)

    openai.models.mock(side_effect=httpx.ConnectError("no network"))
    await async_pass(hass, today, "2027-01-02")

    assert list(issues(hass)) == ["model_ended"]
    assert entry.runtime_data.catalog.models


async def test_everything_that_has_a_model_is_looked_at(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    add_subentry(hass, entry, "conversation", chat_model="gpt-4.1")
    add_subentry(hass, entry, "ai_task_data", chat_model="gpt-5-mini", image_model="gpt-image-1.5")
    add_subentry(hass, entry, "ai_task_evaluate", chat_model="gpt-5.4-nano")
    add_subentry(hass, entry, "stt", chat_model="whisper-1", prompt="Smart home.")
    add_subentry(hass, entry, "tts", chat_model="tts-1")
    today.move_to("2027-02-15 12:00:00+00:00")

    await async_load(hass, entry)

    placeholders = [issue.translation_placeholders or {} for issue in ir.async_get(hass).issues.values()]
    assert {(each["name"], each["model"], each.get("successor")) for each in placeholders} == {
        ("My conversation", "gpt-4.1", "gpt-6-luna"),
        ("My ai_task_data", "gpt-5-mini", "gpt-6.1-terra"),
        ("My ai_task_data", "gpt-image-1.5", "gpt-image-2.5-sunburst"),
        ("My ai_task_evaluate", "gpt-5.4-nano", "gpt-6-luna"),
        ("My stt", "whisper-1", "gpt-transcribe"),
        ("My tts", "tts-1", "gpt-realtime-2.1-mini"),
    }


async def test_a_model_that_nothing_follows(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    openai.offered |= {"gpt-realtime-2.1-mini": "2027-01-06"}
    add_subentry(hass, entry, "tts", chat_model="gpt-realtime-2.1-mini")

    await async_load(hass, entry)
    issue = issues(hass)["model_ending_for_good"]
    await async_pass(hass, today, "2027-01-06")

    assert not issue.is_fixable
    assert issue.translation_placeholders == {
        "name": "My tts",
        "model": "gpt-realtime-2.1-mini",
        "day": "2027-01-06",
    }
    assert list(issues(hass)) == ["model_ended_for_good"]


async def test_another_model_closes_the_issue(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    await async_choose(hass, entry, chat_model="gpt-4o")
    await async_load(hass, entry)
    assert issues(hass)

    await async_choose(hass, entry, chat_model="gpt-6.1-sol")

    assert issues(hass) == {}


async def test_the_issue_goes_with_the_agent(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    subentry = add_subentry(hass, entry, "conversation", chat_model="gpt-4o")
    await async_load(hass, entry)
    assert issues(hass)

    hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
    await hass.async_block_till_done()

    assert issues(hass) == {}


async def test_the_issue_goes_with_the_entry(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    await async_choose(hass, entry, chat_model="gpt-4o")
    await async_load(hass, entry)
    assert issues(hass)

    await hass.config_entries.async_remove(entry.entry_id)
    await async_pass(hass, today, "2026-11-24")

    assert issues(hass) == {}


async def test_an_ignored_issue_stays_ignored(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    await async_choose(hass, entry, chat_model="gpt-4o")
    await async_load(hass, entry)
    ir.async_ignore_issue(hass, DOMAIN, issues(hass)["model_ending"].issue_id, ignore=True)

    await async_pass(hass, today, "2026-11-23")
    await hass.config_entries.async_reload(entry.entry_id)

    assert issues(hass)["model_ending"].dismissed_version


@pytest.mark.parametrize(
    ("offered", "reported"),
    [
        pytest.param({"gpt-4o": None}, {}, id="only OpenAI says that it ends"),
        pytest.param(
            {"gpt-4o": "2027-01-14"}, {"model_ending_for_good": None}, id="and what follows is not there"
        ),
        pytest.param(
            {"gpt-4o": "2027-01-14", "gpt-6-luna": None},
            {"model_ending": "gpt-6-luna"},
            id="and what follows is there as well",
        ),
    ],
)
async def test_elsewhere_the_address_knows_its_models(
    hass: HomeAssistant,
    openai: FakeOpenAI,
    entry: MockConfigEntry,
    offered: dict[str, str | None],
    reported: dict[str, str | None],
) -> None:
    address = "https://house.openai.azure.com/openai/v1"
    models = [
        {"id": model, "object": "model", "created": 1, "owned_by": "me", "shutdown_date": end}
        for model, end in offered.items()
    ]
    openai.router.get(f"{address}/models").respond(json={"object": "list", "data": models})
    hass.config_entries.async_update_entry(entry, data={**entry.data, "base_url": address})
    await async_choose(hass, entry, chat_model="gpt-4o")

    await async_load(hass, entry)

    opened = {
        key: (issue.translation_placeholders or {}).get("successor") for key, issue in issues(hass).items()
    }
    assert opened == reported


async def test_a_compatible_server_has_models_of_its_own(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    openai.offered = {"gpt-4o": "2027-01-14"}
    hass.config_entries.async_update_entry(entry, data={**entry.data, "server": "compatible"})
    await async_choose(hass, entry, chat_model="gpt-4o")

    await async_load(hass, entry)

    assert issues(hass) == {}


async def test_the_daily_look_ends_with_the_entry(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    await async_load(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    asked = openai.models.call_count

    today.tick(timedelta(days=3))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert openai.models.call_count == asked
