"""The meter of an account: it counts, keeps the limit, and knows the days of the home."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, async_fire_time_changed

from custom_components.openai_conversation.const import Purpose
from custom_components.openai_conversation.openai_api.errors import FailureKind
from custom_components.openai_conversation.openai_api.prices import FREE, Price, PriceList
from custom_components.openai_conversation.openai_api.usage import Usage
from custom_components.openai_conversation.usage.budget import Budget, Mark
from custom_components.openai_conversation.usage.ledger import total
from custom_components.openai_conversation.usage.meter import EVENT_BUDGET, BudgetReachedError, Meter
from custom_components.openai_conversation.usage.request import metered
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

CHAT = Purpose.CONVERSATION
MODEL = "a-dollar-per-token"
PRICES = PriceList(own={MODEL: Price(input=1_000_000)}, listed=False, unlisted=FREE)
DOLLAR = 1_000_000


@pytest.fixture
def meter(hass: HomeAssistant) -> Meter:
    meter = Meter(hass, "01ACCOUNT")
    meter.async_configure(PRICES, Budget())
    return meter


def tokens(number: int, **more: Any) -> Usage:
    return Usage(model=MODEL, input_tokens=number, **more)


def ask(meter: Meter, dollars: int, purpose: Purpose = CHAT) -> None:
    """Ask for something that costs so much in the end."""
    with metered(meter, purpose, MODEL) as request:
        request.add(tokens(dollars))


def limit(meter: Meter, dollars: int, **more: Any) -> None:
    meter.async_configure(PRICES, Budget(limit=dollars * DOLLAR, **more))


def expect(meter: Meter, dollars: int) -> None:
    """Have the meter know what a question costs."""
    ask(meter, dollars)


def spent(meter: Meter) -> tuple[int, int]:
    """Return the dollars of today and of this month."""
    return total(meter.today).micro_dollars // DOLLAR, meter.spent // DOLLAR


# --- counting ---


async def test_what_is_asked_is_counted(meter: Meter) -> None:
    ask(meter, 3)
    ask(meter, 4, Purpose.TASKS)

    assert spent(meter) == (7, 7)
    assert meter.ledger.total.requests == 2


async def test_an_answer_that_reports_nothing_is_an_answer(meter: Meter) -> None:
    with metered(meter, CHAT, "llama"):
        pass

    assert meter.ledger.total.requests == 1
    assert [model for _, model in meter.today] == ["llama"]


async def test_what_fails_counts_what_it_reported(meter: Meter) -> None:
    def fail(*reported: Usage) -> None:
        with metered(meter, CHAT, MODEL) as request:
            for usage in reported:
                request.add(usage)
            raise ZeroDivisionError

    for reported in ([tokens(2)], []):
        with pytest.raises(ZeroDivisionError):
            fail(*reported)

    assert spent(meter) == (2, 2)
    assert meter.ledger.total.requests == 1


async def test_a_request_knows_what_it_used(meter: Meter) -> None:
    with metered(meter, CHAT, MODEL) as request:
        request.add(tokens(2, output_tokens=1))
        request.add(tokens(3, cached_tokens=1))

    assert request.used.as_reply() == {
        "usage": {"input_tokens": 5, "cached_tokens": 1, "output_tokens": 1},
        "cost": 5.0,
    }


async def test_a_request_remembers_its_first_answer(meter: Meter) -> None:
    with metered(meter, CHAT, MODEL) as request:
        request.add(tokens(8))
        request.add(tokens(2))

    assert (request.first.dollars, request.used.dollars) == (8, 10)


async def test_what_has_no_price_has_no_cost(meter: Meter) -> None:
    meter.async_configure(PriceList(), Budget())
    with metered(meter, CHAT, "gpt-7") as request:
        request.add(Usage(model="gpt-7", input_tokens=5, output_tokens=2))

    assert request.used.as_reply()["cost"] is None
    assert total(meter.today).unpriced_tokens == 7


async def test_an_image_within_an_answer_is_counted_with_its_model(meter: Meter) -> None:
    image = Usage(model="gpt-image-2", images=1)
    with metered(meter, CHAT, MODEL) as request:
        request.add(tokens(1, image_generation=image))

    assert {model for _, model in meter.today} == {MODEL, "gpt-image-2"}


async def test_a_container_is_paid_once_while_it_lives(meter: Meter, freezer: FrozenDateTimeFactory) -> None:
    def run(*containers: str) -> int:
        with metered(meter, CHAT, MODEL) as request:
            request.add(tokens(0, containers=frozenset(containers)))
        return request.used.containers

    assert run("a") == 1
    freezer.tick(timedelta(minutes=19))
    assert run("a", "b") == 1
    freezer.tick(timedelta(minutes=19))
    assert run("a") == 0
    freezer.tick(timedelta(minutes=21))
    assert run("a") == 1


async def test_listeners_hear_of_each_answer(meter: Meter) -> None:
    heard: list[int] = []
    stop = meter.async_add_listener(lambda: heard.append(meter.spent // DOLLAR))

    ask(meter, 2)
    ask(meter, 3)
    stop()
    ask(meter, 4)

    assert heard == [2, 5]


# --- the limit ---


async def test_nothing_is_asked_beyond_the_limit(meter: Meter) -> None:
    ask(meter, 5)
    limit(meter, 10)
    ask(meter, 5)

    with pytest.raises(BudgetReachedError) as refused:
        ask(meter, 1)

    assert refused.value.failure.kind is FailureKind.BUDGET
    assert refused.value.translation_placeholders == {"budget": "10"}
    assert spent(meter) == (10, 10)


async def test_what_is_left_must_be_enough_for_what_is_asked(meter: Meter) -> None:
    ask(meter, 6)  # so the next one may cost 6, too
    limit(meter, 10)

    with pytest.raises(BudgetReachedError):
        ask(meter, 1)
    assert meter.mark is Mark.LIMIT

    limit(meter, 12)
    assert meter.mark is None
    ask(meter, 1)


async def test_speech_goes_on_at_the_limit(meter: Meter) -> None:
    ask(meter, 1)
    limit(meter, 1)

    ask(meter, 1, Purpose.STT)
    ask(meter, 1, Purpose.TTS)
    with pytest.raises(BudgetReachedError):
        ask(meter, 1, Purpose.IMAGES)

    limit(meter, 1, stops_speech=True)
    with pytest.raises(BudgetReachedError):
        ask(meter, 1, Purpose.TTS)


async def test_of_fifty_at_once_only_those_pass_that_fit(meter: Meter) -> None:
    expect(meter, 1)
    limit(meter, 11)
    waiting: list[Any] = []
    refused = 0

    for _ in range(50):
        asked = metered(meter, CHAT, MODEL)
        try:
            waiting.append((asked, asked.__enter__()))
        except BudgetReachedError:
            refused += 1
    for asked, request in waiting:
        request.add(tokens(1))
        asked.__exit__(None, None, None)

    assert (len(waiting), refused) == (10, 40)
    assert spent(meter) == (11, 11)


async def test_what_ends_without_an_answer_gives_its_room_back(meter: Meter) -> None:
    expect(meter, 4)
    limit(meter, 8)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError), metered(meter, CHAT, MODEL):
            raise ZeroDivisionError
    ask(meter, 4)

    assert spent(meter) == (8, 8)


async def test_a_further_request_needs_room_unless_a_tool_has_run(meter: Meter) -> None:
    expect(meter, 1)
    limit(meter, 11)
    with metered(meter, CHAT, MODEL) as request:
        request.reserve()  # the first one has room by then
        request.add(tokens(8))

        with pytest.raises(BudgetReachedError):
            request.reserve()
        request.reserve(must_finish=True)
        request.add(tokens(8))

    assert spent(meter) == (17, 17)
    with pytest.raises(BudgetReachedError):
        ask(meter, 1)


# --- marks ---


async def test_automations_hear_of_each_mark_once(hass: HomeAssistant, meter: Meter) -> None:
    events = async_capture_events(hass, EVENT_BUDGET)
    expect(meter, 1)
    limit(meter, 10)

    for _ in range(8):
        ask(meter, 1)
    await hass.async_block_till_done()
    data = {"entry_id": "01ACCOUNT", "mark": "warning", "spent": 8.0, "budget": 10.0}
    assert [event.data for event in events] == [data]

    ask(meter, 1)
    for _ in range(3):
        with pytest.raises(BudgetReachedError):
            ask(meter, 1)
    await hass.async_block_till_done()
    assert [event.data["mark"] for event in events] == ["warning", "limit"]


async def test_a_change_by_the_user_fires_no_event(hass: HomeAssistant, meter: Meter) -> None:
    events = async_capture_events(hass, EVENT_BUDGET)
    for _ in range(9):
        ask(meter, 1)

    limit(meter, 10)
    await hass.async_block_till_done()

    assert meter.mark is Mark.WARNING
    assert events == []


async def test_what_is_too_dear_is_no_limit_for_what_is_cheaper(hass: HomeAssistant, meter: Meter) -> None:
    events = async_capture_events(hass, EVENT_BUDGET)
    ask(meter, 3, Purpose.IMAGES)
    ask(meter, 1)
    limit(meter, 6)

    with pytest.raises(BudgetReachedError):
        ask(meter, 3, Purpose.IMAGES)
    assert meter.mark is None
    ask(meter, 1)
    assert meter.mark is Mark.WARNING
    ask(meter, 1)
    assert meter.mark is Mark.LIMIT

    await hass.async_block_till_done()
    assert [event.data["mark"] for event in events] == ["warning", "limit"]


async def test_what_is_set_aside_is_not_spent(meter: Meter) -> None:
    expect(meter, 4)
    limit(meter, 10)

    with metered(meter, CHAT, MODEL) as request:
        with pytest.raises(BudgetReachedError):
            ask(meter, 1)
        assert meter.mark is None
        request.add(tokens(1))

    assert meter.mark is None
    ask(meter, 1)


async def test_the_same_budget_set_again_is_no_news(hass: HomeAssistant, meter: Meter) -> None:
    events = async_capture_events(hass, EVENT_BUDGET)
    expect(meter, 4)
    limit(meter, 10)
    ask(meter, 4)  # what is left is less than what the next one may cost

    for _ in range(2):
        limit(meter, 10)  # as a reload of the account does it
        assert meter.mark is Mark.LIMIT
        with pytest.raises(BudgetReachedError):
            ask(meter, 1)

    await hass.async_block_till_done()
    assert [event.data["mark"] for event in events] == ["limit"]


# --- days ---


async def at(hass: HomeAssistant, clock: FrozenDateTimeFactory, zone: str, when: str) -> None:
    """Make it a time of the home, and let what waits for it happen."""
    if hass.config.time_zone != zone:
        await hass.config.async_update(time_zone=zone)
    clock.move_to(datetime.fromisoformat(when).replace(tzinfo=dt_util.get_time_zone(zone)))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


@pytest.fixture
def days(meter: Meter) -> list[tuple[int, int]]:
    """What listeners saw: the dollars of the day, and of the month."""
    seen: list[tuple[int, int]] = []
    meter.async_add_listener(lambda: seen.append(spent(meter)))
    return seen


@pytest.mark.parametrize(
    "zone, before, after, month",
    [
        ("Europe/Berlin", "2026-11-22 23:59:58", "2026-11-23 00:00:01", 5),
        ("Europe/Berlin", "2026-11-30 23:59:58", "2026-12-01 00:00:01", 0),
        ("Pacific/Auckland", "2026-12-31 23:59:58", "2027-01-01 00:00:01", 0),
        # the clock goes forward at 2 and back at 3 in the night
        ("Europe/Berlin", "2027-03-28 23:59:58", "2027-03-29 00:00:01", 5),
        ("Europe/Berlin", "2026-10-25 23:59:58", "2026-10-26 00:00:01", 5),
        # there is no midnight: it goes from 23:59:59 to 1:00
        ("Asia/Beirut", "2027-03-27 23:59:58", "2027-03-28 01:00:01", 5),
        ("America/Santiago", "2027-09-04 23:59:58", "2027-09-05 01:00:01", 5),
    ],
)
async def test_a_day_ends_at_midnight_of_the_home(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    meter: Meter,
    days: list[tuple[int, int]],
    zone: str,
    before: str,
    after: str,
    month: int,
) -> None:
    await at(hass, freezer, zone, before)
    stop = meter.async_track_days()
    ask(meter, 5)
    assert spent(meter) == (5, 5)
    days.clear()

    await at(hass, freezer, zone, after)
    stop()

    assert days == [(0, month)]
    assert meter.day_began <= dt_util.now() < meter.day_began + timedelta(minutes=1)
    ask(meter, 1)
    assert spent(meter) == (1, month + 1)


async def test_each_day_is_followed_by_another(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meter: Meter, days: list[tuple[int, int]]
) -> None:
    await at(hass, freezer, "Europe/Berlin", "2026-11-28 12:00:00")
    stop = meter.async_track_days()

    for day in ("2026-11-29", "2026-11-30", "2026-12-01"):
        ask(meter, 1)
        await at(hass, freezer, "Europe/Berlin", f"{day} 00:00:01")
    stop()
    await at(hass, freezer, "Europe/Berlin", "2026-12-02 00:00:01")

    assert days == [(1, 1), (0, 1), (1, 2), (0, 2), (1, 3), (0, 0)]


async def test_a_home_that_moves(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meter: Meter, days: list[tuple[int, int]]
) -> None:
    await at(hass, freezer, "Europe/Berlin", "2026-11-30 20:00:00")
    stop = meter.async_track_days()
    ask(meter, 5)
    days.clear()

    # it is the next morning there, and the next month
    await hass.config.async_update(time_zone="Pacific/Auckland")
    await hass.async_block_till_done()
    assert days == [(0, 0)]
    assert meter.month_began == datetime(2026, 12, 1, tzinfo=dt_util.get_time_zone("Pacific/Auckland"))
    ask(meter, 1)

    # and back home: nothing was lost on the way
    await hass.config.async_update(time_zone="Europe/Berlin")
    await hass.async_block_till_done()
    assert days[-1] == (5, 5)
    await at(hass, freezer, "Europe/Berlin", "2026-12-01 00:00:01")
    stop()
    assert days[-1] == (1, 1)


async def test_the_limit_is_of_the_month(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meter: Meter
) -> None:
    await at(hass, freezer, "Europe/Berlin", "2026-11-30 23:59:00")
    expect(meter, 1)
    limit(meter, 1)
    with pytest.raises(BudgetReachedError):
        ask(meter, 1)
    assert meter.mark is Mark.LIMIT

    await at(hass, freezer, "Europe/Berlin", "2026-12-01 00:00:01")

    assert meter.mark is None
    assert meter.has_room(CHAT, MODEL)


@pytest.mark.parametrize(
    "when, expected",
    [
        ("2026-11-01 23:00:00", None),
        ("2026-11-02 00:00:00", 300),
        ("2026-11-11 00:00:00", 30),
        ("2026-11-30 23:59:59", 10),
    ],
)
async def test_what_the_month_will_cost(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meter: Meter, when: str, expected: float | None
) -> None:
    await at(hass, freezer, "Europe/Berlin", "2026-10-01 12:00:00")
    ask(meter, 500)
    await at(hass, freezer, "Europe/Berlin", when)
    ask(meter, 10)

    assert meter.expected == pytest.approx(expected, rel=0.001) if expected else meter.expected is None


async def test_the_month_of_a_new_account_begins_with_its_first_answer(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meter: Meter
) -> None:
    await at(hass, freezer, "Europe/Berlin", "2026-11-20 12:00:00")
    ask(meter, 5)
    assert meter.expected is None

    await at(hass, freezer, "Europe/Berlin", "2026-11-26 00:00:00")
    ask(meter, 1)

    assert meter.expected == 11  # a dollar a day, for the eleven days that are left from the 20th on


async def test_a_move_within_a_month_begins_nothing_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meter: Meter
) -> None:
    await at(hass, freezer, "America/Los_Angeles", "2026-11-20 12:00:00")
    began = meter.day_began, meter.month_began

    await hass.config.async_update(time_zone="America/New_York")

    assert (meter.day_began, meter.month_began) == began
    await at(hass, freezer, "America/New_York", "2026-11-21 00:00:01")
    assert meter.day_began == dt_util.start_of_local_day()
