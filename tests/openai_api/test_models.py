"""What each model takes, when it ends, and whether it is one to talk to."""

from datetime import date, timedelta

import pytest

from custom_components.openai_conversation.openai_api import catalog, models
from custom_components.openai_conversation.openai_api.abilities import ModelAbilities
from custom_components.openai_conversation.openai_api.catalog import (
    Catalog,
    is_retired,
    living_image_model,
    living_model,
)
from custom_components.openai_conversation.openai_api.models import (
    abilities_of,
    image_abilities_of,
    is_chat_model,
)

TODAY = date(2026, 11, 22)

ALWAYS, WITHOUT_REASONING, NEVER = "always", "without reasoning", "never"

O_SERIES = "low medium high"
FIVE = "minimal low medium high"
NONE_TO_XHIGH = "none low medium high xhigh"
NONE_TO_MAX = "none low medium high xhigh max"
LOW_TO_MAX = "low medium high xhigh max"
PRO = "medium high xhigh"

# model, reasoning efforts, when temperature is taken, verbosity, a cache that lasts a day
MATRIX = [
    ("gpt-3.5-turbo", "", ALWAYS, False, False),
    ("gpt-4", "", ALWAYS, False, False),
    ("gpt-4-turbo", "", ALWAYS, False, False),
    ("gpt-4o", "", ALWAYS, False, False),
    ("gpt-4o-mini", "", ALWAYS, False, False),
    ("gpt-4o-2024-08-06", "", ALWAYS, False, False),
    ("gpt-4o-2024-05-13", "", ALWAYS, False, False),
    ("gpt-4.1", "", ALWAYS, False, True),
    ("gpt-4.1-mini", "", ALWAYS, False, False),
    ("gpt-4.1-nano", "", ALWAYS, False, False),
    ("o1", O_SERIES, NEVER, False, False),
    ("o1-pro", O_SERIES, NEVER, False, False),
    ("o3", O_SERIES, NEVER, False, False),
    ("o3-pro", O_SERIES, NEVER, False, False),
    ("o3-mini", O_SERIES, NEVER, False, False),
    ("o4-mini", O_SERIES, NEVER, False, False),
    ("gpt-5", FIVE, NEVER, True, True),
    ("gpt-5-2025-08-07", FIVE, NEVER, True, True),
    ("gpt-5-mini", FIVE, NEVER, True, False),
    ("gpt-5-nano", FIVE, NEVER, True, False),
    ("gpt-5-pro", "high", NEVER, True, True),
    ("gpt-5-chat-latest", "", NEVER, False, False),
    ("gpt-5.1-chat-latest", "", NEVER, False, False),
    ("gpt-5.2-chat-latest", "", NEVER, False, False),
    ("gpt-5.3-chat-latest", "", NEVER, False, False),
    ("gpt-5.1", "none low medium high", WITHOUT_REASONING, True, True),
    ("gpt-5.2", NONE_TO_XHIGH, WITHOUT_REASONING, True, True),
    ("gpt-5.2-pro", PRO, NEVER, True, True),
    ("gpt-5.2-pro-2025-12-11", PRO, NEVER, True, True),
    ("gpt-5.3", NONE_TO_XHIGH, WITHOUT_REASONING, True, True),
    ("gpt-5.4", NONE_TO_XHIGH, WITHOUT_REASONING, True, True),
    ("gpt-5.4-mini", NONE_TO_XHIGH, WITHOUT_REASONING, True, True),
    ("gpt-5.4-nano", NONE_TO_XHIGH, WITHOUT_REASONING, True, True),
    ("gpt-5.4-pro", PRO, NEVER, True, True),
    ("gpt-5.5", NONE_TO_XHIGH, WITHOUT_REASONING, True, True),
    ("gpt-5.5-pro", PRO, NEVER, True, True),
    ("gpt-5.6-sol", NONE_TO_MAX, WITHOUT_REASONING, True, False),
    ("gpt-5.6-terra", NONE_TO_MAX, WITHOUT_REASONING, True, False),
    ("gpt-5.6-luna", NONE_TO_MAX, WITHOUT_REASONING, True, False),
    ("gpt-6-luna", NONE_TO_MAX, WITHOUT_REASONING, True, False),
    ("gpt-6.1-terra", NONE_TO_MAX, WITHOUT_REASONING, True, False),
    ("gpt-6-sol", LOW_TO_MAX, NEVER, True, False),
    ("gpt-6-astra", LOW_TO_MAX, NEVER, True, False),
    ("gpt-6.1-sol", LOW_TO_MAX, NEVER, True, False),
    ("gpt-6.2-sol", LOW_TO_MAX, NEVER, True, False),
    ("gpt-6.2-astra", LOW_TO_MAX, NEVER, True, False),
    ("a-model-of-2030", "", NEVER, False, False),
]


@pytest.fixture(autouse=True)
def custom_integrations() -> None:
    """Do without Home Assistant: nothing here needs it."""


def sampling_of(abilities: ModelAbilities) -> str:
    """Return when temperature is taken, as seen from outside."""
    with_reasoning = {abilities.takes_sampling(effort) for effort in (None, "minimal", "low", "max")}
    assert len(with_reasoning) == 1
    if with_reasoning == {True}:
        assert abilities.takes_sampling("none")
        return ALWAYS
    return WITHOUT_REASONING if abilities.takes_sampling("none") else NEVER


@pytest.mark.parametrize(
    ("model", "efforts", "sampling", "verbosity", "cache_for_a_day"), MATRIX, ids=[row[0] for row in MATRIX]
)
def test_what_a_model_takes(
    model: str, efforts: str, sampling: str, verbosity: bool, cache_for_a_day: bool
) -> None:
    abilities = abilities_of(model)

    assert abilities.efforts == tuple(efforts.split())
    assert sampling_of(abilities) == sampling
    assert abilities.verbosity is verbosity
    assert abilities.cache_for_a_day is cache_for_a_day


def test_every_row_of_the_table_is_in_the_matrix() -> None:
    tested = {id(abilities_of(row[0])) for row in MATRIX}

    assert models._TABLE
    assert [name for name, abilities in models._TABLE.items() if id(abilities) not in tested] == []


@pytest.mark.parametrize(
    ("model", "is_known"),
    [
        ("gpt-4o", True),
        ("gpt-6-luna", True),
        ("ft:gpt-4.1-mini:the-house::abc123", True),
        ("a-model-of-2030", False),
        ("llama3.2:3b", False),
        ("gpt-6", False),
        ("gpt-4ob", False),
        ("gpt-60-luna", False),
        ("o30", False),
        ("", False),
    ],
)
def test_a_name_is_known_only_as_a_whole(model: str, is_known: bool) -> None:
    assert abilities_of(model).is_known is is_known


def test_a_fine_tuned_model_takes_what_its_base_takes() -> None:
    assert abilities_of("ft:gpt-5.2-pro:the-house::abc123") is abilities_of("gpt-5.2-pro")


@pytest.mark.parametrize(
    ("model", "most"),
    [("gpt-3.5-turbo", 4_096), ("gpt-4o", 16_384), ("gpt-4.1", 32_768), ("o3", 100_000), ("gpt-5", 128_000)],
)
def test_the_longest_answer(model: str, most: int) -> None:
    assert abilities_of(model).max_output_tokens == most


@pytest.mark.parametrize(
    ("model", "end"),
    [
        ("gpt-5-chat-latest", date(2026, 7, 23)),
        ("gpt-5.1-chat-latest", date(2026, 7, 23)),
        ("gpt-5.2-chat-latest", date(2026, 8, 10)),
        ("gpt-5.3-chat-latest", date(2026, 8, 10)),
        ("gpt-3.5-turbo", date(2026, 10, 23)),
        ("gpt-4", date(2026, 10, 23)),
        ("gpt-4-turbo", date(2026, 10, 23)),
        ("gpt-4.1-nano", date(2026, 10, 23)),
        ("gpt-4o-2024-05-13", date(2026, 10, 23)),
        ("o1", date(2026, 10, 23)),
        ("o1-pro", date(2026, 10, 23)),
        ("o3-mini", date(2026, 10, 23)),
        ("o4-mini", date(2026, 10, 23)),
        ("gpt-5", date(2026, 12, 11)),
        ("gpt-5-mini", date(2026, 12, 11)),
        ("gpt-5-nano", date(2026, 12, 11)),
        ("gpt-5-pro", date(2026, 12, 11)),
        ("o3", date(2026, 12, 11)),
        ("o3-pro", date(2026, 12, 11)),
        ("gpt-4o", date(2027, 1, 14)),
        ("gpt-4o-mini", date(2027, 1, 14)),
        ("gpt-4.1", date(2027, 1, 14)),
        ("gpt-4.1-mini", date(2027, 1, 14)),
        ("gpt-5.1", date(2027, 4, 1)),
        ("gpt-5.4-nano", date(2027, 4, 1)),
        ("gpt-5.2", None),
        ("gpt-5.4", None),
        ("gpt-5.6-luna", None),
        ("gpt-6-luna", None),
        ("gpt-6.2-astra", None),
        ("a-model-of-2030", None),
    ],
)
def test_when_a_model_ends_as_far_as_we_know(model: str, end: date | None) -> None:
    assert Catalog().shutdown(model) == end


def test_openais_own_date_beats_ours() -> None:
    catalog = Catalog(shutdown_dates={"gpt-4o": date(2028, 1, 1), "gpt-6-luna": date(2026, 12, 1)})

    assert catalog.shutdown("gpt-4o") == date(2028, 1, 1)
    assert catalog.shutdown("gpt-6-luna") == date(2026, 12, 1)
    assert catalog.shutdown("gpt-4.1") == date(2027, 1, 14)


@pytest.mark.parametrize(
    ("days_left", "chosen"),
    [(61, "gpt-4o"), (60, "gpt-6-luna"), (1, "gpt-6-luna"), (0, "gpt-6-luna"), (-1, "gpt-6-luna")],
)
def test_sixty_days_before_its_end_a_model_makes_place(days_left: int, chosen: str) -> None:
    today = date(2027, 1, 14) - timedelta(days=days_left)

    assert living_model("gpt-4o", Catalog(), today) == chosen


@pytest.mark.parametrize(
    ("model", "dates", "chosen"),
    [
        pytest.param("gpt-4o", {"gpt-4o": date(2029, 1, 1)}, "gpt-4o", id="OpenAI has put the end off"),
        pytest.param("gpt-5.4-nano", {"gpt-5.4-nano": date(2026, 12, 1)}, "gpt-6-luna", id="ends earlier"),
        pytest.param("gpt-6-luna", {"gpt-6-luna": TODAY}, "gpt-6-luna", id="nobody knows a successor"),
        pytest.param("a-model-of-2030", {}, "a-model-of-2030", id="unknown"),
        pytest.param("gpt-6-luna", {}, "gpt-6-luna", id="without an end"),
    ],
)
def test_the_living_model(model: str, dates: dict[str, date], chosen: str) -> None:
    assert living_model(model, Catalog(shutdown_dates=dates), TODAY) == chosen


def test_a_successor_that_ends_as_well_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = date(2026, 1, 1)
    table = {
        "oldest": ModelAbilities(shutdown=gone, successor="older"),
        "older": ModelAbilities(shutdown=gone, successor="newer"),
        "newer": ModelAbilities(shutdown=TODAY + timedelta(days=61), successor="newest"),
    }
    monkeypatch.setattr(catalog, "lifetime_of", table.__getitem__)

    assert living_model("oldest", Catalog(), TODAY) == "newer"


@pytest.mark.parametrize("model", [row[0] for row in MATRIX if row[0] != "a-model-of-2030"])
def test_whatever_ends_soon_is_followed_by_a_model_that_lives(model: str) -> None:
    chosen = living_model(model, Catalog(), TODAY)

    end = Catalog().shutdown(chosen)
    assert end is None or end - TODAY > timedelta(days=60)
    assert abilities_of(chosen).is_known
    assert is_chat_model(chosen)


@pytest.mark.parametrize(
    ("today", "retired"),
    [(date(2027, 1, 13), False), (date(2027, 1, 14), True), (date(2027, 1, 15), True)],
)
def test_a_model_is_retired_from_its_last_day_on(today: date, retired: bool) -> None:
    assert is_retired("gpt-4o", Catalog(), today) is retired


def test_openais_own_date_decides_who_is_retired() -> None:
    catalog = Catalog(shutdown_dates={"gpt-6-luna": date(2026, 11, 1), "o1": date(2027, 11, 1)})

    assert is_retired("gpt-6-luna", catalog, TODAY)
    assert not is_retired("o1", catalog, TODAY)
    assert not is_retired("gpt-6.1-sol", catalog, TODAY)


@pytest.mark.parametrize(
    "model",
    [
        "gpt-4o",
        "gpt-4o-mini",
        "gpt-4o-2024-08-06",
        "gpt-6.1-terra",
        "gpt-5.2-pro",
        "o1",
        "o3-pro",
        "chat-latest",
        "ft:gpt-4.1-mini:the-house::abc123",
        "ft:gpt-4o:live-audio-law-firm::abc123",
    ],
)
def test_models_to_talk_to(model: str) -> None:
    assert is_chat_model(model)


@pytest.mark.parametrize(
    "model",
    [
        "gpt-4o-audio-preview",
        "gpt-realtime-2.1-mini",
        "gpt-live-transcribe",
        "gpt-transcribe",
        "gpt-4o-mini-tts",
        "gpt-4o-search-preview",
        "gpt-5-search-api",
        "gpt-3.5-turbo-instruct",
        "gpt-image-2.6-flare",
        "gpt-5.3-codex",
        "gpt-5.5-cyber",
        "gpt-rosalind",
        "gpt-daybreak",
        "gpt-law",
        "o3-deep-research",
        "o4-mini-deep-research",
        "computer-use-preview",
        "chatgpt-image-latest",
        "whisper-1",
        "tts-1-hd",
        "dall-e-3",
        "sora-2",
        "text-embedding-3-small",
        "omni-moderation-latest",
        "nomic-embed-text",
        "bge-reranker-v2",
        "davinci-002",
        "babbage-002",
        "ft:davinci-002:the-house::abc123",
        "llama3.2",
        "my-gpt-4o",
        "omni",
        "",
    ],
)
def test_models_for_something_else(model: str) -> None:
    assert not is_chat_model(model)


@pytest.mark.parametrize(
    ("models", "first"),
    [
        (("llama3.2", "qwen3"), "llama3.2"),
        (("nomic-embed-text", "whisper-1", "qwen3"), "qwen3"),
        (("nomic-embed-text",), None),
        ((), None),
    ],
)
def test_the_first_model_to_talk_to(models: tuple[str, ...], first: str | None) -> None:
    assert Catalog(models=models).first_chat_model == first


BEST_FOR_PICTURES = "gpt-image-2.6-sunburst"


@pytest.mark.parametrize(
    ("wanted", "listed", "dates", "used"),
    [
        pytest.param("gpt-image-2", (), {}, "gpt-image-2", id="it lives"),
        pytest.param("my-painter", (), {}, "my-painter", id="unknown"),
        pytest.param("dall-e-3", (), {}, BEST_FOR_PICTURES, id="it has ended"),
        pytest.param("gpt-image-1", (), {}, BEST_FOR_PICTURES, id="it has ended as well"),
        pytest.param("gpt-image-1.5", (), {}, BEST_FOR_PICTURES, id="it ends soon"),
        pytest.param("chatgpt-image-latest", (), {}, BEST_FOR_PICTURES, id="it ends soon as well"),
        pytest.param(
            "gpt-image-2", (), {"gpt-image-2": date(2027, 1, 21)}, BEST_FOR_PICTURES, id="60 days left"
        ),
        pytest.param("gpt-image-2", (), {"gpt-image-2": date(2027, 1, 22)}, "gpt-image-2", id="61 days left"),
        pytest.param(None, (), {}, BEST_FOR_PICTURES, id="none wanted, no list"),
        pytest.param(None, ("gpt-image-2",), {}, "gpt-image-2", id="all that the account has"),
        pytest.param(None, ("gpt-image-2", BEST_FOR_PICTURES), {}, BEST_FOR_PICTURES, id="the best it has"),
        pytest.param(
            None,
            ("gpt-image-2", BEST_FOR_PICTURES),
            {BEST_FOR_PICTURES: date(2026, 12, 1)},
            "gpt-image-2",
            id="the best it has that lives",
        ),
    ],
)
def test_the_model_for_a_picture(
    wanted: str | None, listed: tuple[str, ...], dates: dict[str, date], used: str
) -> None:
    assert living_image_model(wanted, Catalog(listed, dates), TODAY) == used


@pytest.mark.parametrize(
    ("model", "any_size"),
    [
        ("gpt-image-2", True),
        ("gpt-image-2-2026-04-21", True),
        ("gpt-image-2.5-flare", True),
        ("gpt-image-2.6-sunburst", True),
        ("gpt-image-1", False),
        ("gpt-image-1-mini", False),
        ("gpt-image-1.5", False),
        ("chatgpt-image-latest", False),
        ("gpt-image-20", False),
        ("my-painter", False),
    ],
)
def test_the_sizes_of_a_picture(model: str, any_size: bool) -> None:
    sizes = image_abilities_of(model).sizes

    assert sizes == (() if any_size else ((1024, 1024), (1536, 1024), (1024, 1536)))
