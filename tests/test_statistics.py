"""Home Assistant's statistics and its utility meter take the sensors of costs, in a real recorder."""

from datetime import datetime, timedelta
from itertools import pairwise

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)

from custom_components.openai_conversation.const import Purpose
from custom_components.openai_conversation.openai_api.usage import Usage
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import (
    async_list_statistic_ids,
    statistics_during_period,
    validate_statistics,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .support.costs import MONTH, TODAY
from .support.house import House

# 20:00 at the home, in Los Angeles: the day ends at 8:00 and the month a day later, in UTC
EVENING = datetime(2026, 11, 30, 4, tzinfo=dt_util.UTC)


def spend_a_dollar(house: House) -> None:
    for _ in range(50):
        house.entry.runtime_data.meter.async_add(
            Purpose.CONVERSATION, Usage(model="gpt-6-luna", input_tokens=200_000)
        )


async def hour(hass: HomeAssistant, clock: FrozenDateTimeFactory, when: datetime, house: House) -> None:
    """Spend a dollar within five minutes, and have statistics made of them."""
    clock.move_to(when)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    spend_a_dollar(house)
    await hass.async_block_till_done()
    await async_wait_recording_done(hass)
    do_adhoc_statistics(hass, start=when)
    await async_wait_recording_done(hass)


async def sums(hass: HomeAssistant, statistic_id: str) -> list[float]:
    """Return the sums at the end of each five minutes."""
    rows = await get_instance(hass).async_add_executor_job(
        statistics_during_period, hass, EVENING, None, {statistic_id}, "5minute", None, {"sum"}
    )
    return [round(row["sum"], 6) for row in rows[statistic_id]]


@pytest.mark.parametrize("statistic_id", [TODAY, MONTH])
async def test_statistics_go_on_over_midnight_and_the_end_of_the_month(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: House,
    statistic_id: str,
) -> None:
    assert await async_setup_component(hass, "sensor", {})
    await hass.config.async_update(time_zone="America/Los_Angeles")

    for days in range(3):
        await hour(hass, freezer, EVENING + timedelta(days=days), house)

    spent = await sums(hass, statistic_id)
    assert [later - earlier for earlier, later in pairwise(spent)] == [1, 1]


@pytest.mark.parametrize("statistic_id", [TODAY, MONTH])
async def test_a_home_that_moves_pays_nothing_twice(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: House,
    statistic_id: str,
) -> None:
    assert await async_setup_component(hass, "sensor", {})
    await hass.config.async_update(time_zone="America/Los_Angeles")
    await hour(hass, freezer, EVENING, house)

    await hass.config.async_update(time_zone="America/New_York")
    await hass.async_block_till_done()
    await hour(hass, freezer, EVENING + timedelta(minutes=10), house)

    before, after = await sums(hass, statistic_id)
    assert after - before == 1


async def test_nothing_is_wrong_with_them(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: House
) -> None:
    await hour(hass, freezer, EVENING, house)

    listed = {each["statistic_id"]: each for each in await async_list_statistic_ids(hass)}
    for statistic_id in (TODAY, MONTH):
        assert listed[statistic_id]["has_sum"]
        assert listed[statistic_id]["statistics_unit_of_measurement"] == "USD"
    problems = await get_instance(hass).async_add_executor_job(validate_statistics, hass)
    assert not {TODAY, MONTH} & problems.keys()


@pytest.mark.parametrize("expected_lingering_timers", [True])  # the meter's, for the end of the week
async def test_a_utility_meter_adds_weeks_up(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: House
) -> None:
    await hass.config.async_update(time_zone="America/Los_Angeles")
    meter = {"utility_meter": {"ai_this_week": {"source": TODAY, "cycle": "weekly"}}}
    assert await async_setup_component(hass, "utility_meter", meter)
    await hass.async_block_till_done()

    for days in range(3):
        await hour(hass, freezer, EVENING + timedelta(days=days), house)

    state = hass.states.get("sensor.ai_this_week")
    assert float(state.state) == pytest.approx(2)  # the first dollar was spent on a Sunday
    assert float(state.attributes["last_period"]) == pytest.approx(1)
    assert state.attributes["unit_of_measurement"] == "USD"
