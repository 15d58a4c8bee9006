"""The forms of what hears, speaks and judges."""

from datetime import date
from typing import Any

import pytest

from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.flows.engines import (
    EVALUATION_FORM,
    STT_FORM,
    TTS_FORM,
)
from custom_components.openai_conversation.flows.form import Form, FormContext, form_schema
from custom_components.openai_conversation.openai_api.catalog import Catalog, Models
from custom_components.openai_conversation.options.engines import DEFAULT_STT_PROMPT

TODAY = date(2026, 11, 22)
LISTED = Catalog(
    models=(
        "gpt-4o-mini-tts-2025-12-15",
        "gpt-4o-mini-tts",
        "gpt-4o-transcribe",
        "gpt-6-luna",
        "gpt-image-2",
        "gpt-live-transcribe",
        "gpt-transcribe",
        "o1",
        "tts-1-hd",
        "whisper-1",
    )
)
EVERY_FORM = pytest.mark.parametrize(
    "form", [STT_FORM, TTS_FORM, EVALUATION_FORM], ids=["hears", "speaks", "judges"]
)


def context(
    server: Server = Server.OPENAI, catalog: Catalog | None = None, today: date = TODAY
) -> FormContext:
    return FormContext(models=Models(server, catalog or Catalog(), today))


def suggestions(form: Form, values: dict[str, Any], known: FormContext) -> dict[str, Any]:
    """Return what the form shows."""
    return {
        str(marker): marker.default() if marker == "name" else marker.description["suggested_value"]
        for marker in form_schema(form, values, known).schema
    }


# form, what is shown of nothing stored, at OpenAI
NEW: list[tuple[Form, dict[str, Any]]] = [
    (STT_FORM, {"name": "New", "chat_model": "gpt-transcribe", "prompt": DEFAULT_STT_PROMPT}),
    (
        TTS_FORM,
        {"name": "New", "chat_model": "gpt-4o-mini-tts", "voice": "marin", "tts_speed": 1.0, "prompt": ""},
    ),
    (EVALUATION_FORM, {"name": "New", "chat_model": "gpt-6-luna"}),
]


@pytest.mark.parametrize(("form", "shown"), NEW, ids=["hears", "speaks", "judges"])
def test_what_a_new_one_is_shown(form: Form, shown: dict[str, Any]) -> None:
    assert suggestions(form, {"name": "New"}, context()) == shown
    assert form.errors(shown, context()) == {}
    assert form.fit(shown, context()) == (shown, ())


@pytest.mark.parametrize(
    ("form", "data"),
    [
        (STT_FORM, {}),
        # all of it: Home Assistant's own integration cannot speak without
        (TTS_FORM, {"chat_model": "gpt-4o-mini-tts", "voice": "marin", "tts_speed": 1.0, "prompt": ""}),
        (EVALUATION_FORM, {}),
    ],
    ids=["hears", "speaks", "judges"],
)
def test_defaults_stay_defaults(form: Form, data: dict[str, Any]) -> None:
    shown = suggestions(form, {"name": "New"}, context())

    assert form.data(shown, context()) == data


OWN: list[tuple[Form, dict[str, Any]]] = [
    (STT_FORM, {"chat_model": "whisper-1", "prompt": "About cooking."}),
    (TTS_FORM, {"chat_model": "gpt-4o-mini-tts", "voice": "ash", "tts_speed": 1.5, "prompt": "Slowly."}),
    (TTS_FORM, {"chat_model": "tts-1-hd", "voice": "nova", "tts_speed": 0.25}),
    (EVALUATION_FORM, {"chat_model": "gpt-6.1-sol"}),
]


@pytest.mark.parametrize(("form", "own"), OWN, ids=["hears", "speaks", "speaks as it likes", "judges"])
def test_what_was_stored_is_shown_and_stored_again(form: Form, own: dict[str, Any]) -> None:
    shown = suggestions(form, {"name": "Mine", **own}, context())

    assert shown == {"name": "Mine", **own}
    # a model that cannot be told how to speak has nothing in that place, and says so to the other integration
    prompt = {"prompt": ""} if own["chat_model"] == "tts-1-hd" else {}
    assert form.data(shown, context()) == own | prompt


def test_an_emptied_prompt_stays_empty() -> None:
    # a field that was emptied is not sent
    emptied = {"name": "Ears", "chat_model": "gpt-transcribe"}

    assert STT_FORM.data(emptied, context()) == {"prompt": ""}
    assert suggestions(STT_FORM, {"name": "Ears", "prompt": ""}, context())["prompt"] == ""


def test_a_server_of_ones_own_is_told_nothing_about_what_is_said() -> None:
    known = context(Server.COMPATIBLE)
    shown = suggestions(STT_FORM, {"name": "Ears"}, known)

    assert shown["prompt"] == ""
    assert STT_FORM.data(shown, known) == {}


@EVERY_FORM
def test_texts_are_tidied(form: Form) -> None:
    assert form.data({"name": " N ", "chat_model": " my-model "}, context())["chat_model"] == "my-model"


@EVERY_FORM
@pytest.mark.parametrize("emptied", [{}, {"chat_model": ""}, {"chat_model": "  "}], ids=str)
def test_an_emptied_model_is_the_default(form: Form, emptied: dict[str, str]) -> None:
    default = suggestions(form, {"name": "New"}, context())["chat_model"]

    assert form.data({"name": "New", **emptied}, context()).get("chat_model", default) == default
    assert form.errors({"name": "New", **emptied}, context()) == {}


@pytest.mark.parametrize(
    ("form", "models"),
    [
        (STT_FORM, ["gpt-4o-transcribe", "gpt-transcribe", "whisper-1"]),
        (TTS_FORM, ["gpt-4o-mini-tts", "tts-1-hd", "gpt-4o-mini-tts-2025-12-15"]),
        (EVALUATION_FORM, ["gpt-6-luna"]),
    ],
    ids=["hears", "speaks", "judges"],
)
def test_the_models_to_choose_are_alive_and_made_for_it(form: Form, models: list[str]) -> None:
    field = form.fields({}, context(catalog=LISTED))["chat_model"]

    assert field.config["options"] == models
    assert field.config["custom_value"] is True


@EVERY_FORM
def test_a_compatible_server_offers_all_it_has(form: Form) -> None:
    field = form.fields({}, context(Server.COMPATIBLE, Catalog(models=("qwen3", "kokoro"))))["chat_model"]

    assert field.config["options"] == ["qwen3", "kokoro"]


@pytest.mark.parametrize("model", ["gpt-4o-mini-tts", "a-voice-of-2030"])
def test_a_model_that_can_be_told_how_to_speak(model: str) -> None:
    assert "prompt" in TTS_FORM.fields({"chat_model": model}, context())


def test_a_model_that_cannot_be_told_how_to_speak() -> None:
    values = {"name": "Voice", "chat_model": "tts-1", "voice": "nova", "tts_speed": 1, "prompt": "Slowly."}
    assert "prompt" not in TTS_FORM.fields(values, context())

    fitted, refused = TTS_FORM.fit(values, context())

    assert refused == ("prompt",)
    assert fitted == {name: value for name, value in values.items() if name != "prompt"}


@EVERY_FORM
def test_what_others_stored_is_passed_over_in_silence(form: Form) -> None:
    values = {"name": "Mine", "chat_model": "my-model", "recommended": False, "temperature": 1}

    assert form.fit(values, context()) == (values, ())
    assert not form.data(values, context()).keys() & {"name", "recommended", "temperature"}


ERRORS: list[tuple[Form, dict[str, Any], dict[str, str]]] = [
    (STT_FORM, {"chat_model": "whisper-1"}, {}),
    (STT_FORM, {"chat_model": "whisper-2"}, {"chat_model": "model_unknown"}),
    (TTS_FORM, {"chat_model": "gpt-4o-mini-tts", "tts_speed": 0.25}, {}),
    (TTS_FORM, {"chat_model": "gpt-4o-mini-tts", "tts_speed": 4.0}, {}),
    (TTS_FORM, {"chat_model": "gpt-4o-mini-tts", "tts_speed": 0.2}, {"tts_speed": "tts_speed_range"}),
    (TTS_FORM, {"chat_model": "tts-9", "tts_speed": 5}, {
        "chat_model": "model_unknown", "tts_speed": "tts_speed_range"
    }),
    (STT_FORM, {"chat_model": "gpt-6-luna"}, {"chat_model": "model_of_other_kind"}),
    (TTS_FORM, {"chat_model": "gpt-transcribe"}, {"chat_model": "model_of_other_kind"}),
    (EVALUATION_FORM, {"chat_model": "gpt-image-2"}, {"chat_model": "model_of_other_kind"}),
    (TTS_FORM, {"chat_model": "gpt-4o-mini-tts", "voice": "klaus"}, {"voice": "voice_missing"}),
    (TTS_FORM, {"chat_model": "gpt-4o-mini-tts", "voice": "cedar"}, {}),
    (EVALUATION_FORM, {"chat_model": "gpt-6-luna"}, {}),
    (EVALUATION_FORM, {"chat_model": "o1"}, {"chat_model": "model_retired"}),
]  # fmt: skip


@pytest.mark.parametrize(("form", "values", "errors"), ERRORS, ids=[str(row[1]) for row in ERRORS])
def test_what_is_refused(form: Form, values: dict[str, Any], errors: dict[str, str]) -> None:
    assert form.errors({"name": "Mine", **values}, context(catalog=LISTED)) == errors


@EVERY_FORM
def test_a_compatible_server_may_have_any_model(form: Form) -> None:
    known = context(Server.COMPATIBLE, Catalog(models=("llama3.2",)))

    assert form.errors({"chat_model": "o1"}, known) == {}
    assert form.errors({"chat_model": "kokoro"}, known) == {}


@pytest.mark.parametrize(
    ("form", "model", "today", "successor"),
    [
        (STT_FORM, "whisper-1", date(2027, 3, 1), "gpt-transcribe"),
        (EVALUATION_FORM, "gpt-4o", date(2027, 1, 14), "gpt-6-luna"),
    ],
)
def test_the_texts_of_errors_name_the_fix(form: Form, model: str, today: date, successor: str) -> None:
    known = context(today=today)
    assert form.errors({"chat_model": model}, known) == {"chat_model": "model_retired"}

    texts = form.placeholders({"chat_model": model}, known)
    assert (texts["model"], texts["successor"]) == (model, successor)


def test_a_voice_can_be_renamed_when_no_model_speaks_any_more() -> None:
    late = context(today=date(2027, 2, 1))

    assert TTS_FORM.errors({"name": "Butler", "chat_model": "gpt-4o-mini-tts"}, late) == {}


def test_the_voices_are_those_of_the_model() -> None:
    old = {"chat_model": "tts-1"}

    assert "marin" not in TTS_FORM.fields(old, context())["voice"].config["options"]
    assert suggestions(TTS_FORM, old, context())["voice"] == "alloy"
