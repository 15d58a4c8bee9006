"""Which models there are today: when they end, what follows them, and which is the first chat model."""

from datetime import date, timedelta

import pytest

from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.openai_api import catalog, models
from custom_components.openai_conversation.openai_api.capabilities import ModelCapabilities
from custom_components.openai_conversation.openai_api.catalog import Catalog, Models
from custom_components.openai_conversation.openai_api.model_names import is_chat_model
from custom_components.openai_conversation.openai_api.models import capabilities_of

TODAY = date(2026, 11, 22)


def openais(catalog: Catalog | None = None, *, today: date = TODAY) -> Models:
    return Models(Server.OPENAI, catalog or Catalog(), today)


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


def test_openais_date_beats_ours() -> None:
    catalog = Catalog(shutdown_dates={"gpt-4o": date(2028, 1, 1), "gpt-6-luna": date(2026, 12, 1)})

    assert catalog.shutdown("gpt-4o") == date(2028, 1, 1)
    assert catalog.shutdown("gpt-6-luna") == date(2026, 12, 1)
    assert catalog.shutdown("gpt-4.1") == date(2027, 1, 14)


@pytest.mark.parametrize(
    ("days_left", "chosen"),
    [(61, "gpt-4o"), (60, "gpt-6-luna"), (1, "gpt-6-luna"), (0, "gpt-6-luna"), (-1, "gpt-6-luna")],
)
def test_sixty_days_before_its_end_a_default_is_replaced(days_left: int, chosen: str) -> None:
    today = date(2027, 1, 14) - timedelta(days=days_left)

    assert openais(today=today).current("gpt-4o") == chosen


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
def test_the_current_model(model: str, dates: dict[str, date], chosen: str) -> None:
    assert openais(Catalog(shutdown_dates=dates)).current(model) == chosen


def test_a_successor_that_ends_too_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = date(2026, 1, 1)
    table = {
        "oldest": ModelCapabilities(shutdown=gone, successor="older"),
        "older": ModelCapabilities(shutdown=gone, successor="newer"),
        "newer": ModelCapabilities(shutdown=TODAY + timedelta(days=61), successor="newest"),
    }
    monkeypatch.setattr(catalog, "lifetime_of", table.__getitem__)

    assert openais().current("oldest") == "newer"


@pytest.mark.parametrize("model", sorted(models._TABLE))
def test_whatever_ends_soon_has_a_current_successor(model: str) -> None:
    chosen = openais().current(model)

    end = openais().shutdown(chosen)
    assert end is None or end - TODAY > timedelta(days=60)
    assert capabilities_of(chosen).is_known
    assert is_chat_model(chosen)


@pytest.mark.parametrize(
    ("today", "retired"),
    [(date(2027, 1, 13), False), (date(2027, 1, 14), True), (date(2027, 1, 15), True)],
)
def test_a_model_is_retired_from_its_last_day_on(today: date, retired: bool) -> None:
    assert openais(today=today).is_retired("gpt-4o") is retired


def test_openais_date_decides_which_models_are_retired() -> None:
    models = openais(Catalog(shutdown_dates={"gpt-6-luna": date(2026, 11, 1), "o1": date(2027, 11, 1)}))

    assert models.is_retired("gpt-6-luna")
    assert not models.is_retired("o1")
    assert not models.is_retired("gpt-6.1-sol")


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


BEST_IMAGE_MODEL = "gpt-image-2.6-sunburst"


@pytest.mark.parametrize(
    ("wanted", "listed", "dates", "used"),
    [
        pytest.param("gpt-image-2", (), {}, "gpt-image-2", id="it lives"),
        pytest.param("my-painter", (), {}, "my-painter", id="unknown"),
        pytest.param("dall-e-3", (), {}, BEST_IMAGE_MODEL, id="it has ended"),
        pytest.param("gpt-image-1", (), {}, BEST_IMAGE_MODEL, id="it has ended as well"),
        pytest.param("gpt-image-1.5", (), {}, BEST_IMAGE_MODEL, id="it ends soon"),
        pytest.param("chatgpt-image-latest", (), {}, BEST_IMAGE_MODEL, id="it ends soon as well"),
        pytest.param(
            "gpt-image-2", (), {"gpt-image-2": date(2027, 1, 21)}, BEST_IMAGE_MODEL, id="60 days left"
        ),
        pytest.param("gpt-image-2", (), {"gpt-image-2": date(2027, 1, 22)}, "gpt-image-2", id="61 days left"),
        pytest.param(None, (), {}, BEST_IMAGE_MODEL, id="none wanted, no list"),
        pytest.param(None, ("gpt-image-2",), {}, "gpt-image-2", id="all that the account has"),
        pytest.param(None, ("gpt-image-2", BEST_IMAGE_MODEL), {}, BEST_IMAGE_MODEL, id="the best it has"),
        pytest.param(
            None,
            ("gpt-image-2", BEST_IMAGE_MODEL),
            {BEST_IMAGE_MODEL: date(2026, 12, 1)},
            "gpt-image-2",
            id="the best it has that lives",
        ),
    ],
)
def test_the_image_model(
    wanted: str | None, listed: tuple[str, ...], dates: dict[str, date], used: str
) -> None:
    assert openais(Catalog(listed, dates)).image(wanted) == used


@pytest.mark.parametrize(("days_left", "soon"), [(61, False), (60, True), (0, True), (-1, True)])
def test_a_model_ends_soon(days_left: int, soon: bool) -> None:
    assert openais(today=date(2027, 1, 14) - timedelta(days=days_left)).ends_soon("gpt-4o") is soon


def test_a_model_without_an_end_does_not_end_soon() -> None:
    assert not openais().ends_soon("gpt-6-luna")


@pytest.mark.parametrize("model", ["whisper-1", "tts-1"])
def test_speech_models_stay_until_their_end_is_near(model: str) -> None:
    assert openais(today=date(2026, 11, 1)).current(model) == model


def test_successors_of_speech_models() -> None:
    assert openais(today=date(2027, 1, 1)).current("whisper-1") == "gpt-transcribe"
    assert openais(today=date(2027, 1, 6)).current("tts-1") == "gpt-realtime-2.1-mini"


@pytest.mark.parametrize(
    ("listed", "first"),
    [
        (("llama3.2", "qwen-image", "my-image"), "qwen-image"),
        (("llama3.2",), BEST_IMAGE_MODEL),
        ((), BEST_IMAGE_MODEL),
    ],
)
def test_the_image_model_of_a_self_hosted_server(listed: tuple[str, ...], first: str) -> None:
    assert Models(Server.COMPATIBLE, Catalog(listed), TODAY).image(None) == first


def test_a_name_of_the_users_says_nothing_about_the_model() -> None:
    azure = openais(Catalog(models=("gpt-3.5-turbo", "dall-e-3"), has_user_names=True))

    assert azure.current("gpt-3.5-turbo") == "gpt-3.5-turbo"
    assert not azure.is_retired("gpt-3.5-turbo")
    assert azure.image("gpt-image-1") == "gpt-image-1"
    assert azure.image(None) == "dall-e-3"


@pytest.mark.parametrize("model", ["gpt-3.5-turbo", "whisper-1", "dall-e-3"])
def test_no_model_ends_at_a_self_hosted_server(model: str) -> None:
    models = Models(Server.COMPATIBLE, Catalog(shutdown_dates={model: TODAY}), TODAY)

    assert models.shutdown(model) is None
    assert not models.is_retired(model)
    assert not models.ends_soon(model)
    assert models.current(model) == models.chosen(model, "other") == models.image(model) == model
