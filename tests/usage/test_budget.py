"""The limit, as arithmetic."""

import pytest

from custom_components.openai_conversation.const import Purpose
from custom_components.openai_conversation.openai_api.prices import FREE, PriceList
from custom_components.openai_conversation.usage.budget import Budget, Mark, estimate
from custom_components.openai_conversation.usage.counters import Counters

TEN = Budget(limit=10_000_000)
CHAT = Purpose.CONVERSATION


def has_room(budget: Budget = TEN, purpose: Purpose = CHAT, **amounts: int) -> bool:
    return budget.has_room(purpose, **{"spent": 0, "reserved": 0, "estimate": 0, **amounts})


@pytest.mark.parametrize(
    "spent, reserved, estimate, room",
    [
        (0, 0, 10_000_000, True),
        (0, 0, 10_000_001, False),
        (9_999_999, 0, 1, True),
        (9_999_999, 1, 0, False),
        (9_000_000, 500_000, 500_000, True),
        (9_000_000, 500_001, 500_000, False),
        (10_000_000, 0, 0, False),
        (99_000_000, 0, 0, False),
    ],
)
def test_what_is_spent_reserved_and_asked_for_shares_the_limit(
    spent: int, reserved: int, estimate: int, room: bool
) -> None:
    assert has_room(spent=spent, reserved=reserved, estimate=estimate) is room


def test_without_a_limit_there_is_always_room() -> None:
    assert has_room(Budget(), spent=10**12, estimate=10**12)
    assert Budget().mark(10**12) is None
    assert Budget().percent(10**12) is None


@pytest.mark.parametrize("purpose", Purpose)
def test_speech_goes_on_unless_everything_stops(purpose: Purpose) -> None:
    everything = Budget(limit=1, stops_speech=True)

    assert has_room(Budget(limit=1), purpose, spent=1) is (purpose in {Purpose.STT, Purpose.TTS})
    assert not has_room(everything, purpose, spent=1)


@pytest.mark.parametrize(
    "spent, mark",
    [
        (0, None),
        (7_999_999, None),
        (8_000_000, Mark.WARNING),
        (9_999_999, Mark.WARNING),
        (10_000_000, Mark.LIMIT),
        (11_000_000, Mark.LIMIT),
    ],
)
def test_marks(spent: int, mark: Mark | None) -> None:
    assert TEN.mark(spent) is mark


def test_percent() -> None:
    assert TEN.percent(1_234_567) == 12.3
    assert TEN.percent(15_000_000) == 150


def test_a_request_is_expected_to_cost_what_those_before_did() -> None:
    past = Counters(requests=3, micro_dollars=900)

    assert estimate(CHAT, "gpt-6-luna", past, PriceList()) == 300


@pytest.mark.parametrize(
    "purpose, model",
    [
        (Purpose.CONVERSATION, "gpt-6-luna"),
        (Purpose.TASKS, "gpt-6.1-sol"),
        (Purpose.EVALUATIONS, "gpt-6-luna"),
        (Purpose.IMAGES, "gpt-image-2"),
        (Purpose.STT, "gpt-transcribe"),
        (Purpose.TTS, "gpt-4o-mini-tts"),
        (Purpose.TTS, "gpt-realtime-2.1-mini"),
    ],
)
def test_the_first_request_of_its_kind_is_expected_to_cost_something(purpose: Purpose, model: str) -> None:
    assert 100 < estimate(purpose, model, None, PriceList()) < 200_000


def test_what_has_no_price_is_expected_to_cost_nothing() -> None:
    assert estimate(CHAT, "gpt-7", None, PriceList()) == 0
    assert estimate(CHAT, "llama", None, PriceList(listed=False, unlisted=FREE)) == 0
