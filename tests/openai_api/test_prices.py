"""What answers cost, by list prices."""

from datetime import date, timedelta
from typing import Any

import pytest

from custom_components.openai_conversation.openai_api.catalog import LIFECYCLE_NOTICE
from custom_components.openai_conversation.openai_api.models import (
    DEFAULT_CHAT_MODEL,
    DEFAULT_DECISION_MODEL,
    DEFAULT_IMAGE_MODELS,
    DEFAULT_STT_MODEL,
    DEFAULT_TTS_MODEL,
    lifetime_of,
)
from custom_components.openai_conversation.openai_api.prices import (
    FREE,
    PRICES_DATE,
    Price,
    PriceList,
)
from custom_components.openai_conversation.openai_api.usage import Usage
from tests.stand_in.models import CHAT_MODELS, OTHER_MODELS

OPENAI = PriceList()

NO_PRICE_IS_PUBLISHED = {"gpt-5.3"}
NOT_USED_HERE = {"text-embedding-3-small", "omni-moderation-latest", "gpt-4o-transcribe-diarize"}
ENDS_THESE_DAYS = {"gpt-image-1.5"}


def dollars(usage: Usage, prices: PriceList = OPENAI) -> float:
    cost = prices.cost(usage)
    assert cost is not None
    return cost / 1_000_000


def chat(model: str = "gpt-6-luna", **counts: Any) -> Usage:
    return Usage(model=model, **counts)


def test_each_part_of_an_answer_has_its_price() -> None:
    million = 1_000_000
    short = {"input_tokens": 100_000}

    assert dollars(chat(**short)) == 0.01
    assert dollars(chat(**short, cached_tokens=100_000)) == 0.001
    assert dollars(chat(**short, cache_write_tokens=100_000)) == 0.0125
    assert dollars(chat(output_tokens=million)) == 0.50


def test_a_turn_as_a_household_has_it() -> None:
    # a long prompt, most of it known to the cache: 200 new, 800 written, 9,000 read
    usage = chat(
        "gpt-6-sol", input_tokens=10_000, cached_tokens=9_000, cache_write_tokens=800, output_tokens=60
    )

    assert OPENAI.cost(usage) == 200 * 2 + 800 * 2.5 + 9_000 * 0.2 + 60 * 10 == 4_800


def test_models_before_5_6_write_to_the_cache_for_nothing() -> None:
    usage = chat("gpt-5.1", input_tokens=2_000, cache_write_tokens=1_500)

    assert OPENAI.cost(usage) == 2_000 * 1.25


@pytest.mark.parametrize(
    "tier, factor",
    [(None, 1), ("auto", 1), ("default", 1), ("flex", 0.5), ("batch", 0.5), ("priority", 2), ("fast", 2)],
)
def test_the_tier_of_the_answer_decides(tier: str | None, factor: float) -> None:
    usage = chat("gpt-6-sol", service_tier=tier, input_tokens=1_000, output_tokens=100)

    assert OPENAI.cost(usage) == 3_000 * factor


def test_a_tier_costs_more_from_the_day_that_openai_has_announced() -> None:
    usage = chat("gpt-6.2-sol", service_tier="ultrafast", input_tokens=1_000)

    assert OPENAI.cost(usage, date(2027, 2, 28)) == 6_000
    assert OPENAI.cost(usage, date(2027, 3, 1)) == 12_000


def test_a_tier_that_nobody_knows_is_not_guessed() -> None:
    assert OPENAI.cost(chat(service_tier="scale", input_tokens=1_000)) is None


@pytest.mark.parametrize("tokens, dear", [(272_000, False), (272_001, True)])
def test_long_input_costs_more(tokens: int, dear: bool) -> None:
    usage = chat("gpt-5.4", input_tokens=tokens, cached_tokens=1_000, output_tokens=1_000)
    inputs = (tokens - 1_000) * 2.5 + 1_000 * 0.25

    assert OPENAI.cost(usage) == round(inputs * 2 + 15_000 * 1.5 if dear else inputs + 15_000)


def test_long_input_costs_the_same_with_older_models() -> None:
    assert OPENAI.cost(chat("gpt-4.1", input_tokens=300_000)) == 600_000


def test_regional_hosts_cost_more_for_newer_models() -> None:
    europe = PriceList(regional=True)

    assert europe.cost(chat("gpt-6-sol", input_tokens=1_000)) == 2_200
    assert europe.cost(chat("gpt-4o", input_tokens=1_000)) == 2_500


def test_hosted_tools_are_paid_by_the_call() -> None:
    usage = chat(service_tier="flex", web_searches=2, containers=frozenset({"cntr_1"}))

    assert dollars(usage) == 0.05


def test_images() -> None:
    usage = Usage(
        model="gpt-image-2.6-sunburst",
        images=1,
        input_tokens=250,
        image_input_tokens=200,
        output_tokens=1_056,
        image_output_tokens=1_056,
    )

    assert OPENAI.cost(usage) == 50 * 5 + 200 * 8 + 1_056 * 30


@pytest.mark.parametrize(
    "usage, cost",
    [
        (Usage(model="gpt-transcribe", seconds=60, input_tokens=500, output_tokens=50), 0.0045),
        (Usage(model="whisper-1", seconds=10), 0.001),
        (Usage(model="gpt-4o-transcribe", seconds=9, input_tokens=1_000, output_tokens=100), 0.0035),
    ],
)
def test_speech_to_text(usage: Usage, cost: float) -> None:
    assert dollars(usage) == cost


def test_text_to_speech_is_near_a_bill() -> None:
    # OpenAI's bill for the same text, by a measurement of 2025-11-02
    spoken = Usage(model="gpt-4o-mini-tts", characters=4_096, seconds=268)

    assert dollars(spoken) == pytest.approx(0.0652, rel=0.01)
    assert dollars(Usage(model="tts-1", characters=4_096)) == pytest.approx(0.0614, rel=0.01)
    assert dollars(Usage(model="tts-1-hd", characters=4_096)) == pytest.approx(0.1228, rel=0.01)


def test_speech_whose_length_is_not_known_is_estimated_by_its_text() -> None:
    spoken = Usage(model="gpt-4o-mini-tts", characters=4_096)

    assert dollars(spoken) == pytest.approx(0.0652, rel=0.05)


def test_realtime_speech() -> None:
    usage = Usage(
        model="gpt-realtime-2.1-mini",
        input_tokens=1_000,
        cached_tokens=640,
        audio_input_tokens=300,
        cached_audio_tokens=200,
        output_tokens=500,
        audio_output_tokens=400,
    )

    text = (700 - 440) * 0.60 + 440 * 0.06 + 100 * 2.40
    audio = 100 * 10 + 200 * 0.30 + 400 * 20
    assert OPENAI.cost(usage) == round(text + audio)


def test_a_dated_snapshot_costs_what_its_model_costs() -> None:
    assert OPENAI.price_of("gpt-4o-2024-08-06") == OPENAI.price_of("gpt-4o")


@pytest.mark.parametrize(
    "model", ["", "gpt-7", "gpt-6-luna-mini", "gpt-4o-search-preview", "ft:gpt-4o:home:1", "llama3.2", "gpt"]
)
def test_an_unknown_model_is_not_guessed(model: str) -> None:
    assert OPENAI.cost(chat(model, input_tokens=1_000)) is None


def test_ones_own_prices_come_first() -> None:
    prices = PriceList(own={"gpt-6-sol": Price(input=1, output=2), "my-gpt": Price(input=3), "free": FREE})

    assert prices.cost(chat("gpt-6-sol", input_tokens=10, output_tokens=10)) == 30
    assert prices.cost(chat("gpt-6-sol-2026-09-22", input_tokens=10)) == 10
    assert prices.cost(chat("my-gpt", input_tokens=10)) == 30
    assert prices.cost(chat("free", input_tokens=10)) == 0
    assert prices.cost(chat("gpt-6-luna", input_tokens=10_000)) == 1_000


def test_another_server_has_other_prices() -> None:
    at_home = PriceList(listed=False, unlisted=FREE, own={"big": Price(input=1)})
    elsewhere = PriceList(listed=False)

    assert at_home.cost(chat("gpt-6-luna", input_tokens=1_000)) == 0
    assert at_home.cost(chat("big", input_tokens=1_000)) == 1_000
    assert elsewhere.cost(chat("gpt-6-luna", input_tokens=1_000)) is None


def successors(model: str) -> list[str]:
    following = lifetime_of(model).successor
    return [following, *successors(following)] if following else []


def test_what_a_form_recommends_has_a_price() -> None:
    defaults = [
        DEFAULT_CHAT_MODEL, DEFAULT_DECISION_MODEL, DEFAULT_STT_MODEL, DEFAULT_TTS_MODEL,
        *DEFAULT_IMAGE_MODELS,
    ]  # fmt: skip
    recommended = {*defaults, *(each for model in [*defaults, *CHAT_MODELS] for each in successors(model))}

    assert recommended > {"gpt-6-luna", "gpt-6.1-terra", "gpt-6.1-sol"}
    assert {model for model in recommended if OPENAI.price_of(model) is None} == set()


def test_what_a_form_offers_has_a_price_if_there_is_one() -> None:
    soon = PRICES_DATE + timedelta(days=LIFECYCLE_NOTICE.days)
    offered = {
        model
        for model, end in (CHAT_MODELS | OTHER_MODELS).items()
        if end is None or date.fromisoformat(end) > soon
    }
    known = offered - NO_PRICE_IS_PUBLISHED - NOT_USED_HERE - ENDS_THESE_DAYS

    assert len(known) > 20
    assert {model for model in known if OPENAI.price_of(model) is None} == set()
