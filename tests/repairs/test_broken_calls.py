"""Repair issues about automations, scripts, and dashboards that call what no longer exists."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from freezegun.api import TickingDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from ..support.account import async_load
from ..support.issues import issues
from ..support.responses_api import FakeOpenAI

BROKEN = {
    "action": "openai_conversation.generate_image",
    "data": {"config_entry": "01JDEAD", "prompt": "A dog"},
}
BROKEN_LINE = "- `openai_conversation.generate_image, config_entry: 01JDEAD`"
GONE = {"service": "openai_conversation.draw"}
VALID = {"action": "light.turn_on"}


def automation(*actions: dict[str, Any]) -> dict[str, Any]:
    return {"id": "dog", "alias": "Draw a dog", "triggers": [], "actions": list(actions)}


def placeholders(hass: HomeAssistant, key: str) -> dict[str, str]:
    return issues(hass)[key].translation_placeholders or {}


async def async_wait(hass: HomeAssistant, today: TickingDateTimeFactory) -> None:
    """Wait until a change has been looked at."""
    await hass.async_block_till_done()
    today.tick(timedelta(seconds=11))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def async_reload(hass: HomeAssistant, component: str, config: Any) -> None:
    """Reload a component whose configuration has changed."""
    with patch("homeassistant.config.load_yaml_config_file", return_value={component: config}):
        await hass.services.async_call(component, "reload", blocking=True)


async def test_an_automation_is_named_with_the_way_to_it(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "automation", {"automation": [automation(BROKEN, GONE)]})

    await async_load(hass, entry)

    issue = issues(hass)["broken_calls_account"]
    assert not issue.is_fixable
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.translation_placeholders == {
        "name": "Draw a dog",
        "path": "/config/automation/edit/dog",
        "calls": BROKEN_LINE,
        "accounts": f"- ChatGPT: `{entry.entry_id}`",
    }


async def test_when_one_case_is_fixed_the_next_one_follows(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    assert await async_setup_component(hass, "automation", {"automation": [automation(GONE, BROKEN)]})
    await async_load(hass, entry)
    assert list(issues(hass)) == ["broken_calls_account"]

    await async_reload(hass, "automation", [automation(GONE)])
    await async_wait(hass, today)

    assert list(issues(hass)) == ["broken_calls_action"]
    assert placeholders(hass, "broken_calls_action")["calls"] == "- `openai_conversation.draw`"


async def test_an_automation_without_an_id_is_in_the_list(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    config = {"alias": "Draw", "triggers": [], "actions": [BROKEN]}
    assert await async_setup_component(hass, "automation", {"automation": [config]})

    await async_load(hass, entry)

    assert placeholders(hass, "broken_calls_account")["path"] == "/config/automation/dashboard"


@pytest.mark.parametrize(
    ("base_url", "reported"),
    [(None, ["- `openai_conversation.generate_image, model: dall-e-3`"]), ("http://10.0.0.2/v1", [])],
    ids=["OpenAI", "a server that may have a model of this name"],
)
async def test_a_model_that_has_ended(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, base_url: str | None, reported: list[str]
) -> None:
    openai.router.get("http://10.0.0.2/v1/models").respond(404)
    server = "compatible" if base_url else "openai"
    hass.config_entries.async_update_entry(entry, data={**entry.data, "base_url": base_url, "server": server})
    old = {
        "action": "openai_conversation.generate_image",
        "data": {"config_entry": entry.entry_id, "prompt": "A dog", "model": "dall-e-3"},
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation(old)]})

    await async_load(hass, entry)

    texts = [(issue.translation_placeholders or {})["calls"] for issue in issues(hass).values()]
    assert texts == reported


async def test_an_account_that_exists_is_not_reported(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    living = {**BROKEN, "data": {"config_entry": entry.entry_id, "prompt": "A dog"}}
    assert await async_setup_component(hass, "automation", {"automation": [automation(living)]})

    await async_load(hass, entry)

    assert issues(hass) == {}


async def test_a_script(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    config = {"dog": {"alias": "Draw", "sequence": [BROKEN]}}
    assert await async_setup_component(hass, "script", {"script": config})

    await async_load(hass, entry)
    shown = placeholders(hass, "broken_calls_account")
    await async_reload(hass, "script", {"dog": {"alias": "Draw", "sequence": [VALID]}})
    await async_wait(hass, today)

    assert (shown["name"], shown["path"]) == ("Draw", "/config/script/edit/dog")
    assert shown["calls"] == BROKEN_LINE
    assert issues(hass) == {}


async def test_a_fixed_automation_closes_the_issue(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    assert await async_setup_component(hass, "automation", {"automation": [automation(BROKEN)]})
    await async_load(hass, entry)
    assert issues(hass)

    await async_reload(hass, "automation", [automation(VALID)])
    await async_wait(hass, today)

    assert issues(hass) == {}


async def test_a_dashboard_that_is_saved(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    assert await async_setup_component(hass, "lovelace", {})
    await async_load(hass, entry)
    assert issues(hass) == {}
    dashboard = hass.data[LOVELACE_DATA].dashboards[None]
    button = {
        "type": "button",
        "tap_action": {**BROKEN, "action": "perform-action", "perform_action": BROKEN["action"]},
    }

    await dashboard.async_save({"title": "Home", "views": [{"cards": [button]}]})
    await async_wait(hass, today)
    shown = placeholders(hass, "broken_calls_account")
    await dashboard.async_save({"title": "Home", "views": []})
    await async_wait(hass, today)

    assert (shown["name"], shown["path"], shown["calls"]) == ("Home", "/lovelace", BROKEN_LINE)
    assert issues(hass) == {}


async def test_a_dashboard_in_a_file(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, tmp_path: Path
) -> None:
    good, broken = tmp_path / "good.yaml", tmp_path / "broken.yaml"
    good.write_text(
        "views:\n  - cards:\n      - tap_action:\n          action: call-service\n"
        "          service: openai_conversation.draw\n",
        "utf-8",
    )
    broken.write_text("views: [", "utf-8")
    dashboards = {
        f"board-{path.stem}": {"mode": "yaml", "title": path.stem.title(), "filename": str(path)}
        for path in (broken, good, tmp_path / "missing.yaml")
    }
    assert await async_setup_component(hass, "lovelace", {"lovelace": {"dashboards": dashboards}})

    await async_load(hass, entry)

    shown = placeholders(hass, "broken_calls_action")
    assert (shown["name"], shown["path"]) == ("Good", "/board-good")
    assert shown["calls"] == "- `openai_conversation.draw`"


async def test_an_account_that_is_removed_takes_its_callers_with_it(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    call = {**BROKEN, "data": {"config_entry": entry.entry_id, "prompt": "A dog"}}
    assert await async_setup_component(hass, "automation", {"automation": [automation(call)]})
    await async_load(hass, entry)

    await hass.config_entries.async_remove(entry.entry_id)
    await async_wait(hass, today)

    shown = placeholders(hass, "broken_calls_account")
    assert entry.entry_id in shown["calls"]
    assert shown["accounts"] == "-"


async def test_nobody_looks_before_everything_has_started(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    hass.set_state(CoreState.not_running)
    await async_load(hass, entry)
    assert await async_setup_component(hass, "automation", {"automation": [automation(BROKEN)]})
    assert issues(hass) == {}

    await hass.async_start()
    await hass.async_block_till_done()

    assert list(issues(hass)) == ["broken_calls_account"]


async def test_an_ignored_issue_stays_ignored(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, today: TickingDateTimeFactory
) -> None:
    assert await async_setup_component(hass, "automation", {"automation": [automation(BROKEN)]})
    await async_load(hass, entry)
    ir.async_ignore_issue(hass, DOMAIN, issues(hass)["broken_calls_account"].issue_id, ignore=True)

    await async_reload(hass, "automation", [automation(BROKEN, VALID)])
    await async_wait(hass, today)

    assert issues(hass)["broken_calls_account"].dismissed_version


@pytest.mark.parametrize("component", ["automation", "script", "lovelace"])
async def test_without_components_there_is_nothing_to_look_at(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, component: str
) -> None:
    assert await async_setup_component(hass, component, {})

    await async_load(hass, entry)

    assert issues(hass) == {}
