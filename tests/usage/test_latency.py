"""How long answers take, and where that can be seen."""

from collections.abc import Iterator

import pytest

from custom_components.openai_conversation.usage.latency import RECENT, Latency, Stage, Stopwatch
from homeassistant.components.conversation import trace
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..support.house import TURN_ON, House
from ..support.response_items import function_call, message
from ..support.responses_api import FakeOpenAI

CLOCK = "custom_components.openai_conversation.usage.latency.time.monotonic"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that shows what the test has set last."""
    times = [0.0]
    monkeypatch.setattr(CLOCK, lambda: times[-1])
    return times


def test_the_first_word_counts_once(clock: list[float]) -> None:
    latency = Latency()
    stopwatch = Stopwatch(latency)

    for now in (0.5, 0.6, 0.7):
        clock.append(now)
        stopwatch.speak()
    clock.append(2.0)
    stopwatch.complete()

    assert stopwatch.stages == [
        {"stage": "first_word", "seconds": 0.5},
        {"stage": "answer_complete", "seconds": 2.0},
    ]
    assert latency.last(Stage.FIRST_WORD) == 0.5


def test_the_summary_forgets_what_is_long_ago() -> None:
    latency = Latency()
    latency.add(Stage.STT, 1000.0)
    for number in range(RECENT):
        latency.add(Stage.STT, number / 10)

    assert latency.summary() == {"stt": {"count": 100, "median": 4.95, "p90": 8.91}}


def test_one_time_is_its_own_summary() -> None:
    latency = Latency()
    latency.add(Stage.TOOL, 0.25)

    assert latency.summary() == {"tool": {"count": 1, "median": 0.25, "p90": 0.25}}


def latency_in_traces() -> Iterator[list[str]]:
    """Yield the stages of each turn that the debug view shows."""
    for each in trace.async_get_traces():
        for event in each.as_dict()["events"]:
            if stages := (event["data"] or {}).get("latency"):
                yield [stage.get("tool") or stage["stage"] for stage in stages]


async def test_the_debug_view_shows_the_stages_of_a_turn(openai: FakeOpenAI, house: House) -> None:
    openai.answers(function_call(TURN_ON, {"name": "Kitchen light"}))
    openai.answers(message("Done."))

    await house.hears("Turn on the kitchen light")

    (*_, stages) = latency_in_traces()
    assert stages == ["waiting", TURN_ON, "waiting", "first_word", "answer_complete"]


async def test_a_sensor_shows_the_last_turn_to_who_enables_it(
    hass: HomeAssistant, openai: FakeOpenAI, house: House
) -> None:
    sensors = {
        each.translation_key: each
        for each in er.async_entries_for_config_entry(er.async_get(hass), house.entry.entry_id)
        if each.translation_key in ("first_word", "answer_complete")
    }
    assert {each.disabled_by for each in sensors.values()} == {er.RegistryEntryDisabler.INTEGRATION}
    sensor = sensors["answer_complete"].entity_id
    er.async_get(hass).async_update_entity(sensor, disabled_by=None)
    await hass.config_entries.async_reload(house.entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get(sensor).state == "unknown"
    openai.says("Hello.")

    await house.hears("Hi")

    assert float(hass.states.get(sensor).state) >= 0
    assert hass.states.get(sensor).attributes["unit_of_measurement"] == "s"
