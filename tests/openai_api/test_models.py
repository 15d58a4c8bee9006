"""What each model supports, when it ends, and what it is made for."""

from dataclasses import dataclass
from datetime import date

import pytest

from custom_components.openai_conversation.openai_api import models
from custom_components.openai_conversation.openai_api.capabilities import (
    VOICES,
    Lifetime,
    ModelCapabilities,
    takes_hosted_tools,
)
from custom_components.openai_conversation.openai_api.model_names import (
    is_chat_model,
    is_image_model,
    is_other_purpose,
    is_stt_model,
    is_tts_model,
)
from custom_components.openai_conversation.openai_api.models import (
    capabilities_of,
    image_capabilities_of,
    lifetime_of,
    stt_capabilities_of,
    tts_capabilities_of,
)

ALWAYS, WITHOUT_REASONING, NEVER = "always", "without reasoning", "never"

O_SERIES = "low medium high"
FIVE = "minimal low medium high"
NONE_TO_XHIGH = "none low medium high xhigh"
NONE_TO_MAX = "none low medium high xhigh max"
LOW_TO_MAX = "low medium high xhigh max"
PRO = "medium high xhigh"

NO_CONCISE, ALL = "auto detailed", "auto concise detailed"


@dataclass(frozen=True)
class Row:
    """What a chat model supports. What a row does not say is not supported."""

    model: str
    efforts: str = ""
    sampling: str = NEVER
    verbosity: bool = False
    cache_for_a_day: bool = False
    summaries: str = ""
    pro_mode: bool = False
    lacks: str = ""
    """Service tiers and hosted tools that most models support, but not this one."""


MATRIX = [
    Row("gpt-3.5-turbo", sampling=ALWAYS, lacks="flex web_search"),
    Row("gpt-4", sampling=ALWAYS, lacks="flex"),
    Row("gpt-4-turbo", sampling=ALWAYS, lacks="flex web_search"),
    Row("gpt-4o", sampling=ALWAYS, lacks="flex"),
    Row("gpt-4o-mini", sampling=ALWAYS, lacks="flex"),
    Row("gpt-4o-2024-08-06", sampling=ALWAYS, lacks="flex"),
    Row("gpt-4o-2024-05-13", sampling=ALWAYS, lacks="flex"),
    Row("gpt-4.1", sampling=ALWAYS, cache_for_a_day=True, lacks="flex"),
    Row("gpt-4.1-mini", sampling=ALWAYS, lacks="flex"),
    Row("gpt-4.1-nano", sampling=ALWAYS, lacks="flex web_search"),
    Row("o1", efforts=O_SERIES, summaries=NO_CONCISE, lacks="flex priority web_search"),
    Row("o1-pro", efforts=O_SERIES, summaries=NO_CONCISE, lacks="flex priority web_search"),
    Row("o3", efforts=O_SERIES, summaries=NO_CONCISE),
    Row("o3-pro", efforts=O_SERIES, summaries=NO_CONCISE, lacks="flex priority"),
    Row("o3-mini", efforts=O_SERIES, summaries=NO_CONCISE, lacks="flex priority web_search"),
    Row("o4-mini", efforts=O_SERIES, summaries=NO_CONCISE),
    Row("gpt-5", efforts=FIVE, verbosity=True, cache_for_a_day=True, summaries=ALL),
    Row("gpt-5-2025-08-07", efforts=FIVE, verbosity=True, cache_for_a_day=True, summaries=ALL),
    Row("gpt-5-mini", efforts=FIVE, verbosity=True, summaries=ALL),
    Row("gpt-5-nano", efforts=FIVE, verbosity=True, summaries=ALL, lacks="priority"),
    Row(
        "gpt-5-pro",
        efforts="high",
        verbosity=True,
        cache_for_a_day=True,
        summaries=ALL,
        lacks="flex priority code_interpreter",
    ),
    Row("gpt-5-chat-latest", lacks="flex priority"),
    Row("gpt-5.1-chat-latest", lacks="flex priority"),
    Row("gpt-5.2-chat-latest", lacks="flex priority"),
    Row("gpt-5.3-chat-latest", lacks="flex priority"),
    Row(
        "gpt-5.1",
        efforts="none low medium high",
        sampling=WITHOUT_REASONING,
        verbosity=True,
        cache_for_a_day=True,
        summaries=ALL,
    ),
    Row(
        "gpt-5.2",
        efforts=NONE_TO_XHIGH,
        sampling=WITHOUT_REASONING,
        verbosity=True,
        cache_for_a_day=True,
        summaries=ALL,
    ),
    Row(
        "gpt-5.2-pro",
        efforts=PRO,
        verbosity=True,
        cache_for_a_day=True,
        summaries=ALL,
        lacks="flex priority code_interpreter",
    ),
    Row(
        "gpt-5.2-pro-2025-12-11",
        efforts=PRO,
        verbosity=True,
        cache_for_a_day=True,
        summaries=ALL,
        lacks="flex priority code_interpreter",
    ),
    Row(
        "gpt-5.3",
        efforts=NONE_TO_XHIGH,
        sampling=WITHOUT_REASONING,
        verbosity=True,
        cache_for_a_day=True,
        summaries=ALL,
        lacks="flex",
    ),
    Row(
        "gpt-5.4",
        efforts=NONE_TO_XHIGH,
        sampling=WITHOUT_REASONING,
        verbosity=True,
        cache_for_a_day=True,
        summaries=ALL,
    ),
    Row(
        "gpt-5.4-mini",
        efforts=NONE_TO_XHIGH,
        sampling=WITHOUT_REASONING,
        verbosity=True,
        cache_for_a_day=True,
        summaries=ALL,
    ),
    Row(
        "gpt-5.4-nano",
        efforts=NONE_TO_XHIGH,
        sampling=WITHOUT_REASONING,
        verbosity=True,
        cache_for_a_day=True,
        summaries=ALL,
    ),
    Row("gpt-5.4-pro", efforts=PRO, verbosity=True, cache_for_a_day=True, summaries=ALL),
    Row(
        "gpt-5.5",
        efforts=NONE_TO_XHIGH,
        sampling=WITHOUT_REASONING,
        verbosity=True,
        cache_for_a_day=True,
        summaries=ALL,
    ),
    Row("gpt-5.5-pro", efforts=PRO, verbosity=True, cache_for_a_day=True, summaries=ALL),
    Row(
        "gpt-5.6-sol",
        efforts=NONE_TO_MAX,
        sampling=WITHOUT_REASONING,
        verbosity=True,
        summaries=ALL,
        pro_mode=True,
    ),
    Row(
        "gpt-5.6-terra",
        efforts=NONE_TO_MAX,
        sampling=WITHOUT_REASONING,
        verbosity=True,
        summaries=ALL,
        pro_mode=True,
    ),
    Row(
        "gpt-5.6-luna",
        efforts=NONE_TO_MAX,
        sampling=WITHOUT_REASONING,
        verbosity=True,
        summaries=ALL,
        pro_mode=True,
    ),
    Row(
        "gpt-6-luna",
        efforts=NONE_TO_MAX,
        sampling=WITHOUT_REASONING,
        verbosity=True,
        summaries=ALL,
        pro_mode=True,
    ),
    Row(
        "gpt-6.1-terra",
        efforts=NONE_TO_MAX,
        sampling=WITHOUT_REASONING,
        verbosity=True,
        summaries=ALL,
        pro_mode=True,
    ),
    Row("gpt-6-sol", efforts=LOW_TO_MAX, verbosity=True, summaries=ALL, pro_mode=True),
    Row("gpt-6-astra", efforts=LOW_TO_MAX, verbosity=True, summaries=ALL, pro_mode=True),
    Row("gpt-6.1-sol", efforts=LOW_TO_MAX, verbosity=True, summaries=ALL, pro_mode=True),
    Row("gpt-6.2-sol", efforts=LOW_TO_MAX, verbosity=True, summaries=ALL, pro_mode=True),
    Row("gpt-6.2-astra", efforts=LOW_TO_MAX, verbosity=True, summaries=ALL, pro_mode=True),
    Row("a-model-of-2030"),
]


def sampling_of(capabilities: ModelCapabilities) -> str:
    """Return when temperature is supported, as seen from outside."""
    with_reasoning = {capabilities.takes_sampling(effort) for effort in (None, "minimal", "low", "max")}
    assert len(with_reasoning) == 1
    if with_reasoning == {True}:
        assert capabilities.takes_sampling("none")
        return ALWAYS
    return WITHOUT_REASONING if capabilities.takes_sampling("none") else NEVER


@pytest.mark.parametrize("row", MATRIX, ids=[row.model for row in MATRIX])
def test_what_a_model_supports(row: Row) -> None:
    capabilities = capabilities_of(row.model)
    tiers = ("auto", "default", "flex", "priority")

    assert capabilities.efforts == tuple(row.efforts.split())
    assert sampling_of(capabilities) == row.sampling
    assert capabilities.verbosity is row.verbosity
    assert capabilities.cache_for_a_day is row.cache_for_a_day
    assert capabilities.summaries == tuple(row.summaries.split())
    assert capabilities.pro_mode is row.pro_mode
    assert capabilities.service_tiers == tuple(tier for tier in tiers if tier not in row.lacks.split())
    assert capabilities.web_search is ("web_search" not in row.lacks)
    assert capabilities.code_interpreter is ("code_interpreter" not in row.lacks)


@pytest.mark.parametrize(
    ("effort", "supported"), [("minimal", False), ("none", True), ("low", True), ("max", True), (None, True)]
)
def test_hosted_tools_need_more_than_minimal_reasoning(effort: str | None, supported: bool) -> None:
    assert takes_hosted_tools(effort) is supported


def test_every_row_of_the_table_is_in_the_matrix() -> None:
    tested = {id(capabilities_of(row.model)) for row in MATRIX}

    assert models._TABLE
    assert [name for name, capabilities in models._TABLE.items() if id(capabilities) not in tested] == []


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
    assert capabilities_of(model).is_known is is_known


def test_a_fine_tuned_model_supports_what_its_base_supports() -> None:
    assert capabilities_of("ft:gpt-5.2-pro:the-house::abc123") is capabilities_of("gpt-5.2-pro")


@pytest.mark.parametrize(
    ("model", "most"),
    [("gpt-3.5-turbo", 4_096), ("gpt-4o", 16_384), ("gpt-4.1", 32_768), ("o3", 100_000), ("gpt-5", 128_000)],
)
def test_the_longest_answer(model: str, most: int) -> None:
    assert capabilities_of(model).max_output_tokens == most


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
def test_models_for_other_purposes(model: str) -> None:
    assert not is_chat_model(model)


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
def test_the_sizes_of_an_image(model: str, any_size: bool) -> None:
    sizes = image_capabilities_of(model).sizes

    assert sizes == (() if any_size else ((1024, 1024), (1536, 1024), (1024, 1536)))


@pytest.mark.parametrize(
    ("model", "newest"),
    [
        ("gpt-transcribe", True),
        ("gpt-transcribe-2026-07-28", True),
        ("gpt-4o-transcribe", False),
        ("gpt-4o-mini-transcribe", False),
        ("whisper-1", False),
        ("a-transcriber-of-2030", False),
    ],
)
def test_which_models_support_several_languages_and_keywords(model: str, newest: bool) -> None:
    capabilities = stt_capabilities_of(model)

    assert capabilities.several_languages is newest
    assert capabilities.keywords is newest


@pytest.mark.parametrize(
    ("model", "supported"),
    [
        ("gpt-4o-mini-tts", True),
        ("gpt-4o-mini-tts-2025-12-15", True),
        ("tts-1", False),
        ("tts-1-hd", False),
        ("a-voice-of-2030", True),
    ],
)
def test_which_models_support_instructions_for_the_voice(model: str, supported: bool) -> None:
    assert tts_capabilities_of(model).instructions is supported


@pytest.mark.parametrize(
    ("model", "wanted", "heard"),
    [
        ("gpt-4o-mini-tts", None, "marin"),
        ("gpt-4o-mini-tts", "verse", "verse"),
        ("tts-1", None, "alloy"),
        ("tts-1-hd", "marin", "alloy"),
        ("tts-1", "nova", "nova"),
        ("kokoro", "af_sky", "af_sky"),
    ],
)
def test_a_model_speaks_with_a_voice_that_it_has(model: str, wanted: str | None, heard: str) -> None:
    assert tts_capabilities_of(model).voice(wanted) == heard


def test_each_voice_is_listed_once() -> None:
    assert len(set(VOICES)) == len(VOICES)


# model, when it ends, what follows it
LIFETIMES = [
    ("gpt-4o", date(2027, 1, 14), "gpt-6-luna"),
    ("gpt-4o-2024-08-06", date(2027, 1, 14), "gpt-6-luna"),
    ("ft:gpt-4o:the-house::abc123", date(2027, 1, 14), "gpt-6-luna"),
    ("o3", date(2026, 12, 11), "gpt-6.1-sol"),
    ("o3-mini", date(2026, 10, 23), "gpt-6.1-terra"),
    ("gpt-6-luna", None, None),
    ("dall-e-3", date(2026, 5, 12), None),
    ("gpt-image-1", date(2026, 10, 23), None),
    ("gpt-image-1-mini", date(2026, 12, 1), None),
    ("gpt-image-1.5", date(2026, 12, 1), None),
    ("chatgpt-image-latest", date(2026, 12, 1), None),
    ("gpt-image-2", None, None),
    ("gpt-image-2.6-flare", None, None),
    # not those of the chat models whose names they begin with
    ("gpt-4o-transcribe", date(2027, 2, 26), "gpt-transcribe"),
    ("gpt-4o-mini-transcribe", date(2027, 2, 26), "gpt-transcribe"),
    ("gpt-4o-mini-tts-2025-12-15", date(2027, 1, 6), "gpt-realtime-2.1-mini"),
    ("whisper-1", date(2027, 2, 26), "gpt-transcribe"),
    ("tts-1-hd", date(2027, 1, 6), "gpt-realtime-2.1-mini"),
    ("gpt-transcribe", None, None),
    ("a-model-of-2030", None, None),
]


@pytest.mark.parametrize(("model", "end", "successor"), LIFETIMES, ids=[row[0] for row in LIFETIMES])
def test_when_a_model_of_any_kind_ends(model: str, end: date | None, successor: str | None) -> None:
    lifetime = lifetime_of(model)

    assert (lifetime.shutdown, lifetime.successor) == (end, successor)


def test_a_successor_is_made_for_the_same_purpose() -> None:
    kinds = {
        is_chat_model: models._TABLE,
        is_stt_model: models._STT_TABLE,
        is_tts_model: models._TTS_TABLE,
        is_image_model: models._IMAGE_TABLE,
    }
    for is_right, table in kinds.items():
        rows: dict[str, Lifetime] = dict(table)
        assert rows
        assert [name for name, row in rows.items() if row.successor and not is_right(row.successor)] == []


def test_the_defaults_are_made_for_their_purpose_and_have_not_ended() -> None:
    assert is_chat_model(models.DEFAULT_CHAT_MODEL)
    assert is_chat_model(models.DEFAULT_DECISION_MODEL)
    assert is_stt_model(models.DEFAULT_STT_MODEL)
    assert is_tts_model(models.DEFAULT_TTS_MODEL)
    assert all(is_image_model(model) for model in models.DEFAULT_IMAGE_MODELS)
    for model in (models.DEFAULT_DECISION_MODEL, models.DEFAULT_STT_MODEL, *models.DEFAULT_IMAGE_MODELS):
        assert lifetime_of(model).shutdown is None


# model, what it is made for
PURPOSES = [
    ("gpt-6-luna", "chat"),
    ("gpt-transcribe", "transcribe"),
    ("gpt-4o-mini-transcribe-2025-12-15", "transcribe"),
    ("whisper-1", "transcribe"),
    ("gpt-live-transcribe", "transcribe"),
    ("gpt-4o-mini-tts", "speak"),
    ("tts-1-hd", "speak"),
    ("gpt-realtime-2.1-mini", "speak"),
    ("gpt-image-2.6-sunburst", "draw"),
    ("chatgpt-image-latest", "draw"),
    ("dall-e-3", "draw"),
    ("text-embedding-3-small", "else"),
]


@pytest.mark.parametrize(("model", "purpose"), PURPOSES, ids=[row[0] for row in PURPOSES])
def test_a_model_is_made_for_one_purpose(model: str, purpose: str) -> None:
    made_for = {
        "chat": is_chat_model(model),
        "transcribe": is_stt_model(model),
        "speak": is_tts_model(model),
        "draw": is_image_model(model),
    }

    assert [kind for kind, is_it in made_for.items() if is_it] == ([purpose] if purpose != "else" else [])
    assert is_other_purpose(model) is (purpose != "chat")
