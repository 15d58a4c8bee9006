"""The file of an account's ledger: written late, in one step, and set aside when it is broken."""

from datetime import date, timedelta
import json
import os
from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.openai_conversation.usage.counters import Counters
from custom_components.openai_conversation.usage.store import SAVE_DELAY, LedgerFile
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import get_internal_store_manager
from homeassistant.util import dt as dt_util

TODAY = date(2026, 11, 22)
ENTRY_ID = "01ACCOUNT"


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Read and write files: the plugin keeps in memory what Home Assistant stores."""
    return {}


def path(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(".storage", f"openai_conversation.usage.{ENTRY_ID}"))


def write(hass: HomeAssistant, text: str) -> None:
    path(hass).parent.mkdir(exist_ok=True)
    path(hass).write_text(text, "utf-8")
    get_internal_store_manager(hass).async_invalidate(path(hass).name)  # it listed the files before


def written(hass: HomeAssistant) -> int | None:
    """Return the micro-dollars in the file, None if there is none."""
    if not path(hass).exists():
        return None
    data = json.loads(path(hass).read_text("utf-8"))["data"]
    micro_dollars: int = data["total"]["micro_dollars"]
    return micro_dollars


def spend(file: LedgerFile, micro_dollars: int) -> None:
    file.ledger.add(TODAY, "tasks", "gpt-6-sol", Counters(requests=1, micro_dollars=micro_dollars))
    file.async_save_soon()


async def pass_time(hass: HomeAssistant, seconds: float) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done()


async def stop(hass: HomeAssistant) -> None:
    """Let Home Assistant write for the last time."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()


async def read_again(hass: HomeAssistant) -> int:
    file = LedgerFile(hass, ENTRY_ID)
    assert await file.async_load() is None
    return file.ledger.spent(TODAY)


@pytest.fixture
async def file(hass: HomeAssistant) -> LedgerFile:
    file = LedgerFile(hass, ENTRY_ID)
    assert await file.async_load() is None
    return file


async def test_it_is_written_a_while_after_an_answer(hass: HomeAssistant, file: LedgerFile) -> None:
    spend(file, 5)
    assert written(hass) is None

    await pass_time(hass, SAVE_DELAY + 1)

    assert written(hass) == 5
    assert await read_again(hass) == 5


async def test_answers_without_a_pause_do_not_put_it_off(
    hass: HomeAssistant, file: LedgerFile, freezer: FrozenDateTimeFactory
) -> None:
    for _ in range(5):
        spend(file, 1)
        freezer.tick(SAVE_DELAY / 2)
        async_fire_time_changed(hass)
        await hass.async_block_till_done()

    assert (written(hass) or 0) >= 3


async def test_it_is_written_when_home_assistant_stops(hass: HomeAssistant, file: LedgerFile) -> None:
    spend(file, 5)

    await stop(hass)

    assert await read_again(hass) == 5


async def test_a_write_that_does_not_reach_its_end_leaves_the_old_file(
    hass: HomeAssistant, file: LedgerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    spend(file, 5)
    await stop(hass)

    def fail(*_: Any) -> None:
        raise OSError("between writing and renaming")

    with monkeypatch.context() as during:
        during.setattr(os, "rename", fail)
        spend(file, 7)
        await stop(hass)
    assert await read_again(hass) == 5

    # what could not be written is not forgotten
    spend(file, 1)
    await stop(hass)
    assert await read_again(hass) == 13


def stored(**more: Any) -> str:
    envelope = {
        "version": 1,
        "minor_version": 1,
        "key": f"openai_conversation.usage.{ENTRY_ID}",
        "data": {"months": {}, "total": {}},
    }
    return json.dumps({**envelope, **more})


BROKEN = {
    "a list": "[]",
    "without data": json.dumps({"version": 1, "minor_version": 1}),
    "another shape": stored(data={"months": [], "total": {}}),
    "negative": stored(data={"months": {}, "total": {"requests": -1}}),
    "of a later release": stored(version=2),
    "of an earlier one": stored(version=0),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
async def test_a_broken_file_is_set_aside_and_reported(
    hass: HomeAssistant, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(hass, text)
    file = LedgerFile(hass, ENTRY_ID)

    aside = await file.async_load()

    assert aside
    # the clock goes on, and a busy machine may need a second
    assert re.fullmatch(rf"{re.escape(path(hass).name)}\.unreadable\.20261122T12\d{{4}}", aside.name)
    assert aside.read_text("utf-8") == text
    assert not path(hass).exists()
    assert "cannot be read" in caplog.text
    spend(file, 3)
    await stop(hass)
    assert written(hass) == 3


async def test_half_a_file_is_set_aside_by_home_assistant(hass: HomeAssistant) -> None:
    write(hass, '{"version": 1, "da')
    file = LedgerFile(hass, ENTRY_ID)

    await file.async_load()

    assert [each.read_text("utf-8") for each in path(hass).parent.glob("*.corrupt.*")] == [
        '{"version": 1, "da'
    ]
    spend(file, 3)
    await stop(hass)
    assert written(hass) == 3


async def test_a_broken_file_that_cannot_be_moved_is_not_written_over(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(hass, "[]")
    file = LedgerFile(hass, ENTRY_ID)

    def refuse(*_: Any) -> None:
        raise PermissionError

    with monkeypatch.context() as during:
        during.setattr(Path, "rename", refuse)
        assert await file.async_load() == path(hass)

    spend(file, 3)
    await stop(hass)
    assert path(hass).read_text("utf-8") == "[]"


async def test_a_removed_account_leaves_nothing(hass: HomeAssistant, file: LedgerFile) -> None:
    spend(file, 5)
    await stop(hass)

    await file.async_remove()
    spend(file, 5)  # an answer that was under way
    await stop(hass)
    await pass_time(hass, SAVE_DELAY + 1)

    assert not path(hass).exists()
