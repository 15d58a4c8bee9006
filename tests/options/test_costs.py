"""The prices that a user entered, in place of OpenAI's."""

from typing import Any

import pytest

from custom_components.openai_conversation.openai_api.usage import Usage
from custom_components.openai_conversation.options.costs import CostOptions

AT_OPENAI = {"api_key": "sk"}
AT_HOME = {"api_key": "any", "base_url": "http://ollama:11434/v1", "server": "compatible"}
ELSEWHERE = {"api_key": "any", "base_url": "https://llm.example.org/v1", "server": "compatible"}


def micro_dollars(usage: Usage, *, at: dict[str, Any] = AT_OPENAI, **price: float) -> int | None:
    """Return what an answer costs with a price of one's own for its model."""
    options = CostOptions.from_stored({"prices": [{"model": usage.model, **price}]})
    return options.price_list(at).cost(usage)


@pytest.mark.parametrize("model", ["tts-1", "tts-1-hd", "gpt-4o-mini-tts"])
def test_a_minute_of_speech_has_one_price(model: str) -> None:
    # 960 characters are a minute
    assert micro_dollars(Usage(model=model, characters=960), minute=0.01) == 10_000


def test_a_minute_of_speech_over_the_realtime_api() -> None:
    spoken = Usage(
        model="gpt-realtime-2.1-mini", input_tokens=300, output_tokens=1_500, audio_output_tokens=1_200
    )

    assert micro_dollars(spoken, minute=0.01) == 10_000


def test_the_output_of_a_model_for_images_is_an_image() -> None:
    image = Usage(
        model="gpt-image-2", input_tokens=100, output_tokens=1_000, image_output_tokens=1_000, images=1
    )

    assert micro_dollars(image, output=20) == 100 * 5 + 1_000 * 20
    assert micro_dollars(image, input=1) == 100 * 1 + 1_000 * 30


def test_cached_input_never_costs_more_than_other_input() -> None:
    answer = Usage(model="gpt-6.1-sol", input_tokens=1_000, cached_tokens=800, output_tokens=10)

    assert micro_dollars(answer, input=0, output=0) == 0
    assert micro_dollars(answer, input=1) == 200 * 1 + 800 * 0.10 + 10 * 10
    assert micro_dollars(answer, input=1, cached_input=0.5) == 200 * 1 + 800 * 0.5 + 10 * 10


@pytest.mark.parametrize(
    "at, half, whole", [(AT_OPENAI, None, 3_000), (AT_HOME, 1_000, 3_000), (ELSEWHERE, None, 3_000)]
)
def test_of_a_model_that_is_not_listed_no_part_is_guessed(
    at: dict[str, Any], half: int | None, whole: int
) -> None:
    answer = Usage(model="my-model", input_tokens=1_000, output_tokens=1_000)

    assert micro_dollars(answer, at=at, input=1) == half
    assert micro_dollars(answer, at=at, input=1, output=2) == whole
