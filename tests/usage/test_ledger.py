"""The ledger of an account."""

from datetime import date, timedelta

import pytest

from custom_components.openai_conversation.openai_api.usage import Usage
from custom_components.openai_conversation.usage.counters import Counters
from custom_components.openai_conversation.usage.ledger import Ledger, by_model, by_purpose, total

TODAY = date(2026, 11, 22)
LUNA = "gpt-6-luna"
SOL = "gpt-6-sol"


def paid(micro_dollars: int, **more: int) -> Counters:
    return Counters(requests=1, micro_dollars=micro_dollars, **more)


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    ledger.add(TODAY - timedelta(days=1), "conversation", LUNA, paid(100, input_tokens=1_000))
    ledger.add(TODAY, "conversation", LUNA, paid(20, input_tokens=200, cached_tokens=150))
    ledger.add(TODAY, "conversation", LUNA, paid(30))
    ledger.add(TODAY, "tasks", LUNA, paid(4))
    ledger.add(TODAY, "tasks", SOL, paid(500))
    ledger.add(date(2026, 10, 31), "tasks", SOL, paid(7_000))
    return ledger


def test_sums_of_a_day_and_of_a_month(ledger: Ledger) -> None:
    assert total(ledger.day(TODAY)) == Counters(
        requests=4, input_tokens=200, cached_tokens=150, micro_dollars=554
    )
    assert total(ledger.month(TODAY)).micro_dollars == ledger.spent(TODAY) == 654
    assert ledger.spent(date(2026, 10, 1)) == 7_000
    assert ledger.total.micro_dollars == 7_654
    assert ledger.total.requests == 6


def test_a_day_or_month_without_an_answer_is_empty(ledger: Ledger) -> None:
    assert total(ledger.day(date(2026, 11, 23))) == Counters()
    assert ledger.spent(date(2026, 12, 1)) == ledger.spent(date(2025, 11, 22)) == 0


def test_sums_by_purpose_and_by_model(ledger: Ledger) -> None:
    month = ledger.month(TODAY)

    assert {name: each.micro_dollars for name, each in by_purpose(month).items()} == {
        "conversation": 150,
        "tasks": 504,
    }
    assert {name: each.micro_dollars for name, each in by_model(month).items()} == {LUNA: 154, SOL: 500}


def test_it_is_stored_by_month_day_purpose_and_model(ledger: Ledger) -> None:
    stored = ledger.as_stored()

    assert stored["months"]["2026-11"]["22"]["conversation"] == {
        LUNA: {"requests": 2, "input_tokens": 200, "cached_tokens": 150, "micro_dollars": 50}
    }
    assert stored["months"]["2026-10"] == {"31": {"tasks": {SOL: {"requests": 1, "micro_dollars": 7_000}}}}
    assert stored["total"]["micro_dollars"] == 7_654


def test_what_is_stored_is_read_again(ledger: Ledger) -> None:
    read = Ledger.from_stored(ledger.as_stored())

    assert read.rows == ledger.rows
    assert read.total == ledger.total
    assert read.month(TODAY) == ledger.month(TODAY)
    read.add(TODAY, "tasks", SOL, paid(1))
    assert (read.spent(TODAY), ledger.spent(TODAY)) == (655, 654)


def test_the_last_month_in_which_something_was_used(ledger: Ledger) -> None:
    assert ledger.latest("tasks", SOL) == paid(500)
    assert Ledger({(date(2026, 10, 31), "tasks", SOL): paid(7)}).latest("tasks", SOL) == paid(7)
    assert ledger.latest("images", SOL) is None


def test_a_name_of_later_times_is_kept() -> None:
    stored = {"months": {"2026-11": {"22": {"singing": {"gpt-9": {"micro_dollars": 5}}}}}, "total": {}}

    assert Ledger.from_stored(stored).as_stored() == stored


@pytest.mark.parametrize(
    "stored",
    [
        {},
        [],
        "usage",
        None,
        {"months": {}},
        {"months": [], "total": {}},
        {"months": {"2026-11": {"31": {}, "22": []}}, "total": {}},
        {"months": {"2026-13": {"22": {"tasks": {SOL: {}}}}}, "total": {}},
        {"months": {"November": {"22": {"tasks": {SOL: {}}}}}, "total": {}},
        {"months": {"2026-11": {"22": {"tasks": {SOL: 12}}}}, "total": {}},
        {"months": {"2026-11": {"22": {"tasks": {SOL: {"micro_dollars": 1.5}}}}}, "total": {}},
        {"months": {"2026-11": {"22": {"tasks": {SOL: {"micro_dollars": -1}}}}}, "total": {}},
        {"months": {"2026-11": {"22": {"tasks": {SOL: {"requests": "3"}}}}}, "total": {}},
        {"months": {}, "total": {"requests": True}},
    ],
)
def test_what_cannot_be_a_ledger_is_not_read(stored: object) -> None:
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        Ledger.from_stored(stored)  # type: ignore[arg-type]


def test_thirteen_months_are_kept_and_the_total_forever() -> None:
    ledger = Ledger()
    for month in range(1, 13):
        ledger.add(date(2025, month, 1), "tasks", SOL, paid(1))

    ledger.add(date(2026, 1, 31), "tasks", SOL, paid(1))
    assert min(ledger.rows)[0] == date(2025, 1, 1)
    ledger.add(date(2026, 2, 1), "tasks", SOL, paid(1))
    assert min(ledger.rows)[0] == date(2025, 2, 1)

    assert ledger.spent(date(2025, 1, 1)) == 0
    assert ledger.spent(date(2025, 2, 1)) == 1
    assert ledger.total.micro_dollars == 14


def test_a_clock_that_goes_back_loses_nothing() -> None:
    ledger = Ledger()
    ledger.add(TODAY, "tasks", SOL, paid(1))
    ledger.add(date(2026, 1, 1), "tasks", SOL, paid(2))
    ledger.add(TODAY, "tasks", SOL, paid(3))

    assert ledger.spent(TODAY) == 4


def test_an_answer_becomes_counters() -> None:
    usage = Usage(
        model=LUNA,
        input_tokens=1_000,
        cached_tokens=600,
        cache_write_tokens=300,
        audio_input_tokens=40,
        output_tokens=50,
        audio_output_tokens=20,
        seconds=1.2345,
        characters=12,
        images=1,
        web_searches=2,
        containers=frozenset({"cntr_1"}),
    )

    assert Counters.of(usage, 123) == Counters(
        requests=1,
        input_tokens=1_000,
        cached_tokens=600,
        cache_write_tokens=300,
        output_tokens=50,
        audio_input_tokens=40,
        audio_output_tokens=20,
        audio_milliseconds=1_234,
        characters=12,
        images=1,
        web_searches=2,
        containers=1,
        micro_dollars=123,
    )
    assert Counters.of(usage, None).unpriced_tokens == 1_050
    assert Counters.of(usage, None).micro_dollars == 0
    assert Counters(micro_dollars=1_234_567).dollars == 1.234567
