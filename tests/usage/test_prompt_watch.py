"""Whether the beginning of a prompt stays the same, and what it costs if not."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.openai_conversation.openai_api.prices import FREE, Price
from custom_components.openai_conversation.usage.counters import Counters
from custom_components.openai_conversation.usage.prompt_watch import (
    LONG_LIFE,
    RECENT_TURNS,
    SHORT_LIFE,
    Prompt,
    PromptWatch,
    first_change,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOME = "Kitchen Light\n" * 1_000
"""What Assist adds: 14,000 characters, about 3,500 tokens."""

SOL = Price(input=2, cached=0.2, cache_write=2.5)
UNCACHED = Counters(requests=1, input_tokens=5_000)


@pytest.fixture(autouse=True)
def custom_integrations() -> None:
    """Do without Home Assistant: nothing here needs it."""


def prompt(
    text: str, minute: float, *, speaker: str = "kitchen", cache_life: timedelta = SHORT_LIFE
) -> Prompt:
    return Prompt(text=text, at=NOON + minute * MINUTE, speaker=(speaker,), cache_life=cache_life)


def with_clock(minute: float) -> str:
    return f"You are kind.\nIt is 12:{minute:02}.\n{HOME}"


def watch_a_clock(turns: int, *, price: Price | None = SOL, answer: Counters = UNCACHED) -> PromptWatch:
    watch = PromptWatch()
    for minute in range(turns):
        watch.add(prompt(with_clock(minute), minute), answer, price)
    return watch


@pytest.mark.parametrize(
    "before, now, line, following",
    [
        ("a\nb\nc", "a\nb\nc", None, 0),
        ("a\nb\nc", "x\nb\nc", "x", 5),
        ("a\nb\nc", "a\nxy\nc", "xy", 4),
        ("a\nb\nc", "a\nb\nx", "x", 1),
        ("a\nb\nc", "a\nb", "", 0),
        ("a", "a\nb", "", 1),
    ],
)
def test_the_first_change_and_what_follows_it(
    before: str, now: str, line: str | None, following: int
) -> None:
    assert first_change(before, now) == (line, following)


def test_a_clock_is_found() -> None:
    assert watch_a_clock(4).changing_line == "It is 12:03."


def test_a_clock_costs_what_the_cache_would_have_saved() -> None:
    watch = watch_a_clock(11)

    # ten changes on one day; each reads and writes about 3,503 tokens that the cache would have known
    tokens = (len("It is 12:03.\n") + len(HOME)) // 4
    assert watch.monthly_cost == pytest.approx(10 * tokens * (2.5 - 0.2) * 30)


def test_what_the_cache_had_in_spite_of_the_change_costs_nothing() -> None:
    cached = Counters(requests=1, input_tokens=5_000, cached_tokens=5_000)

    watch = watch_a_clock(20, answer=cached)

    assert watch.monthly_cost == 0
    assert watch.changing_line is None


def test_a_month_goes_on_as_the_days_that_were_watched() -> None:
    watch = PromptWatch()
    for day in range(11):
        for minute in range(2):
            at = day * 24 * 60 + minute
            watch.add(prompt(with_clock(minute), at), UNCACHED, SOL)

    # a change on each of eleven days, which are ten days from the first to the last
    tokens = (len("It is 12:01.\n") + len(HOME)) // 4
    assert watch.monthly_cost == pytest.approx(11 * tokens * 2.3 * 3)


@pytest.mark.parametrize("price", [None, FREE, Price(input=0.001, cached=0.0001)])
def test_a_cent_makes_no_issue(price: Price | None) -> None:
    assert watch_a_clock(20, price=price).changing_line is None


def test_what_comes_at_the_end_costs_nothing() -> None:
    watch = PromptWatch()
    for minute in range(20):
        watch.add(prompt(f"{HOME}It is 12:{minute:02}.", minute), UNCACHED, SOL)

    assert watch.changing_line is None
    assert watch.is_steady


def test_two_edits_are_no_habit() -> None:
    watch = PromptWatch()
    for minute, text in enumerate(("one", "two", "three", "three", "three")):
        watch.add(prompt(f"{text}\n{HOME * 100}", minute), Counters(input_tokens=500_000), SOL)

    assert watch.monthly_cost > 100_000
    assert watch.changing_line is None


def test_each_speaker_has_a_prompt_of_its_own() -> None:
    watch = PromptWatch()
    for minute in range(20):
        room = ("kitchen", "bedroom")[minute % 2]
        watch.add(prompt(f"You are in the {room}.\n{HOME}", minute, speaker=room), UNCACHED, SOL)

    assert watch.changing_line is None
    assert watch.monthly_cost == 0


@pytest.mark.parametrize("cache_life, is_found", [(SHORT_LIFE, False), (LONG_LIFE, True)])
def test_turns_that_the_cache_has_forgotten_say_nothing(cache_life: timedelta, is_found: bool) -> None:
    watch = PromptWatch()
    for hour in range(10):
        watch.add(prompt(with_clock(hour), hour * 60, cache_life=cache_life), UNCACHED, SOL)

    assert bool(watch.changing_line) is is_found


def test_it_is_fixed_when_enough_turns_begin_alike() -> None:
    watch = watch_a_clock(10)
    assert not watch.is_steady

    for minute in range(RECENT_TURNS + 1):
        assert not watch.is_steady
        watch.add(prompt(HOME, 10 + minute), UNCACHED, SOL)

    assert watch.is_steady
    assert watch.changing_line is None
