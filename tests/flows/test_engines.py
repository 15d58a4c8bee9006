"""The forms of speech-to-text, text-to-speech, and evaluations."""

from datetime import date
from typing import Any

import pytest

from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.flows.engines import (
    EngineForm,
    EvaluationForm,
    SpeechForm,
    SpeechToTextForm,
    TextToSpeechForm,
)
from custom_components.openai_conversation.flows.form import FormContext
from custom_components.openai_conversation.openai_api.catalog import Catalog, Models
from custom_components.openai_conversation.openai_api.prices import PriceList
from custom_components.openai_conversation.options.engines import DEFAULT_STT_PROMPT
from custom_components.openai_conversation.options.texts import Texts, async_get_texts
from homeassistant.core import HomeAssistant

TODAY = date(2026, 11, 1)
"""A day on which text-to-speech still uses its old models."""

CHANGING = date(2026, 11, 22)
"""A day on which it has changed over to the successor, unless the user has decided otherwise."""

CHANGED = date(2027, 2, 1)
"""A day after the old models have ended."""

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
    "form", [SpeechToTextForm, TextToSpeechForm, EvaluationForm], ids=["STT", "TTS", "evaluation"]
)


def context(
    server: Server = Server.OPENAI, catalog: Catalog | None = None, today: date = TODAY, **more: Any
) -> FormContext:
    return FormContext(models=Models(server, catalog or Catalog(), today), **more)


def suggestions(form: type[EngineForm], values: dict[str, Any], known: FormContext) -> dict[str, Any]:
    """Return what the form shows."""
    return {
        str(marker): marker.default() if marker == "name" else marker.description["suggested_value"]
        for marker in form(values, known).schema().schema
    }


NO_ADDRESS: dict[str, Any] = {"base_url": None, "api_key": None}
"""What speech shows while it has no address of its own."""


def address_fields(form: type[EngineForm]) -> dict[str, Any]:
    return NO_ADDRESS if issubclass(form, SpeechForm) else {}


# form, what is shown of nothing stored, at OpenAI
NEW: list[tuple[type[EngineForm], dict[str, Any]]] = [
    (SpeechToTextForm, {"name": "New", "chat_model": "gpt-transcribe", "prompt": DEFAULT_STT_PROMPT}),
    (
        TextToSpeechForm,
        {"name": "New", "chat_model": "gpt-4o-mini-tts", "voice": "marin", "tts_speed": 1.0, "prompt": ""},
    ),
    (EvaluationForm, {"name": "New", "chat_model": "gpt-6-luna"}),
]


@pytest.mark.parametrize(("form", "shown"), NEW, ids=["STT", "TTS", "evaluation"])
def test_what_a_new_one_is_shown(form: type[EngineForm], shown: dict[str, Any]) -> None:
    assert suggestions(form, {"name": "New"}, context()) == shown | address_fields(form)
    assert form(shown, context()).errors() == {}
    assert form(shown, context()).without_unsupported() == (shown, ())


@pytest.mark.parametrize(
    ("form", "data"),
    [
        (SpeechToTextForm, {}),
        # all of it: Home Assistant's own integration cannot speak without
        (
            TextToSpeechForm,
            {"chat_model": "gpt-4o-mini-tts", "voice": "marin", "tts_speed": 1.0, "prompt": ""},
        ),
        (EvaluationForm, {}),
    ],
    ids=["STT", "TTS", "evaluation"],
)
def test_defaults_stay_defaults(form: type[EngineForm], data: dict[str, Any]) -> None:
    shown = suggestions(form, {"name": "New"}, context())

    assert form(shown, context()).data() == data


OWN: list[tuple[type[EngineForm], dict[str, Any]]] = [
    (SpeechToTextForm, {"chat_model": "whisper-1", "prompt": "About cooking."}),
    (
        TextToSpeechForm,
        {"chat_model": "gpt-4o-mini-tts", "voice": "ash", "tts_speed": 1.5, "prompt": "Slowly."},
    ),
    (TextToSpeechForm, {"chat_model": "tts-1-hd", "voice": "nova", "tts_speed": 0.25}),
    (EvaluationForm, {"chat_model": "gpt-6.1-sol"}),
]


@pytest.mark.parametrize(("form", "own"), OWN, ids=["STT", "TTS", "TTS without instructions", "evaluation"])
def test_what_was_stored_is_shown_and_stored_again(form: type[EngineForm], own: dict[str, Any]) -> None:
    shown = suggestions(form, {"name": "Mine", **own}, context())

    assert shown == {"name": "Mine", **own, **address_fields(form)}
    # core needs a prompt, even for a model without instructions
    prompt = {"prompt": ""} if own["chat_model"] == "tts-1-hd" else {}
    assert form(shown, context()).data() == own | prompt


def test_a_cleared_prompt_stays_empty() -> None:
    # a browser does not send a cleared field
    cleared = {"name": "Ears", "chat_model": "gpt-transcribe"}

    assert SpeechToTextForm(cleared, context()).data() == {"prompt": ""}
    assert suggestions(SpeechToTextForm, {"name": "Ears", "prompt": ""}, context())["prompt"] == ""


def test_a_self_hosted_server_gets_no_default_prompt() -> None:
    known = context(Server.COMPATIBLE)
    shown = suggestions(SpeechToTextForm, {"name": "Ears"}, known)

    assert shown["prompt"] == ""
    assert SpeechToTextForm(shown, known).data() == {}


@EVERY_FORM
def test_texts_are_stripped(form: type[EngineForm]) -> None:
    assert form({"name": " N ", "chat_model": " my-model "}, context()).data()["chat_model"] == "my-model"


@pytest.fixture
async def texts(hass: HomeAssistant) -> Texts:
    """The English texts."""
    return await async_get_texts(hass)


@EVERY_FORM
@pytest.mark.parametrize("cleared", [{}, {"chat_model": ""}, {"chat_model": "  "}], ids=str)
def test_a_cleared_model_is_the_default(form: type[EngineForm], cleared: dict[str, str]) -> None:
    default = suggestions(form, {"name": "New"}, context())["chat_model"]

    assert form({"name": "New", **cleared}, context()).data().get("chat_model", default) == default
    assert form({"name": "New", **cleared}, context()).errors() == {}


@pytest.mark.parametrize(
    ("form", "models"),
    [
        (SpeechToTextForm, ["gpt-transcribe", "gpt-4o-transcribe", "gpt-live-transcribe", "whisper-1"]),
        (TextToSpeechForm, ["gpt-4o-mini-tts", "tts-1-hd", "gpt-4o-mini-tts-2025-12-15"]),
        (EvaluationForm, ["gpt-6-luna"]),
    ],
    ids=["STT", "TTS", "evaluation"],
)
def test_the_models_to_choose_have_not_ended_and_are_made_for_this(
    form: type[EngineForm], models: list[str]
) -> None:
    field = form({}, context(catalog=LISTED)).fields["chat_model"]

    assert [option["value"] for option in field.config["options"]] == models
    assert field.config["custom_value"] is True


def test_what_it_costs_to_listen_live_stands_beside_it(texts: Texts) -> None:
    told = SpeechToTextForm({}, context(catalog=LISTED, texts=texts)).model_note()

    assert told.startswith("gpt-live-transcribe listens while you speak")
    assert "about 1.7 US cents a minute instead of 0.45." in told
    assert "as of Nov 22, 2026." in told


@EVERY_FORM
def test_a_self_hosted_server_has_no_prices_of_openai(form: type[EngineForm], texts: Texts) -> None:
    prices = PriceList(listed=False)
    own = context(Server.COMPATIBLE, Catalog(models=("whisper",)), prices=prices, texts=texts)

    assert form({}, own).model_note() == "You can also enter a name that is not in the list."


@EVERY_FORM
def test_only_a_name_that_can_pass_may_be_typed(form: type[EngineForm], texts: Texts) -> None:
    assert "You can also enter" not in form({}, context(catalog=LISTED, texts=texts)).model_note()
    # a key that must not list the models
    assert "You can also enter" in form({}, context(texts=texts)).model_note()


@EVERY_FORM
def test_a_compatible_server_offers_all_it_has(form: type[EngineForm]) -> None:
    field = form({}, context(Server.COMPATIBLE, Catalog(models=("qwen3", "kokoro")))).fields["chat_model"]

    assert [option["value"] for option in field.config["options"]] == ["qwen3", "kokoro"]


def test_the_default_voice_needs_no_confirmation() -> None:
    assert list(TextToSpeechForm({"chat_model": "gpt-4o-mini-tts"}, context(today=CHANGING)).ending()) == []


def test_a_model_that_ends_needs_a_confirmation_if_it_is_the_one_that_speaks() -> None:
    soon = context(today=CHANGING)

    assert list(TextToSpeechForm({"chat_model": "tts-1"}, soon).ending()) == []
    late = TextToSpeechForm({"chat_model": "tts-1", "model_switch": "late"}, soon)
    assert list(late.ending()) == [("tts-1", "gpt-realtime-2.1-mini")]


@pytest.mark.parametrize("model", ["gpt-4o-mini-tts", "a-voice-of-2030"])
def test_a_model_that_supports_instructions(model: str) -> None:
    assert "prompt" in TextToSpeechForm({"chat_model": model}, context()).fields


def test_a_model_that_does_not_support_instructions() -> None:
    values = {"name": "Voice", "chat_model": "tts-1", "voice": "nova", "tts_speed": 1, "prompt": "Slowly."}
    assert "prompt" not in TextToSpeechForm(values, context()).fields

    supported, dropped = TextToSpeechForm(values, context()).without_unsupported()

    assert dropped == ("prompt",)
    assert supported == {name: value for name, value in values.items() if name != "prompt"}


@EVERY_FORM
def test_options_of_other_forms_are_ignored(form: type[EngineForm]) -> None:
    values = {"name": "Mine", "chat_model": "my-model", "recommended": False, "temperature": 1}

    assert form(values, context()).without_unsupported() == (values, ())
    assert not form(values, context()).data().keys() & {"name", "recommended", "temperature"}


ERRORS: list[tuple[type[EngineForm], dict[str, Any], dict[str, str]]] = [
    (SpeechToTextForm, {"chat_model": "whisper-1"}, {}),
    (SpeechToTextForm, {"chat_model": "whisper-2"}, {"chat_model": "model_unknown"}),
    (TextToSpeechForm, {"chat_model": "gpt-4o-mini-tts", "tts_speed": 0.25}, {}),
    (TextToSpeechForm, {"chat_model": "gpt-4o-mini-tts", "tts_speed": 4.0}, {}),
    (TextToSpeechForm, {"chat_model": "gpt-4o-mini-tts", "tts_speed": 0.2}, {"tts_speed": "tts_speed_range"}),
    (TextToSpeechForm, {"chat_model": "tts-9", "tts_speed": 5}, {
        "chat_model": "model_unknown", "tts_speed": "tts_speed_range"
    }),
    (SpeechToTextForm, {"chat_model": "gpt-6-luna"}, {"chat_model": "model_of_other_kind"}),
    (TextToSpeechForm, {"chat_model": "gpt-transcribe"}, {"chat_model": "model_of_other_kind"}),
    (EvaluationForm, {"chat_model": "gpt-image-2"}, {"chat_model": "model_of_other_kind"}),
    (TextToSpeechForm, {"chat_model": "gpt-4o-mini-tts", "voice": "klaus"}, {"voice": "voice_missing"}),
    (TextToSpeechForm, {"chat_model": "gpt-4o-mini-tts", "voice": "cedar"}, {}),
    (EvaluationForm, {"chat_model": "gpt-6-luna"}, {}),
    (EvaluationForm, {"chat_model": "o1"}, {"chat_model": "model_retired"}),
]  # fmt: skip


@pytest.mark.parametrize(("form", "values", "errors"), ERRORS, ids=[str(row[1]) for row in ERRORS])
def test_what_is_refused(form: type[EngineForm], values: dict[str, Any], errors: dict[str, str]) -> None:
    assert form({"name": "Mine", **values}, context(catalog=LISTED)).errors() == errors


@EVERY_FORM
def test_a_compatible_server_may_have_any_model(form: type[EngineForm]) -> None:
    known = context(Server.COMPATIBLE, Catalog(models=("llama3.2",)))

    assert form({"chat_model": "o1"}, known).errors() == {}
    assert form({"chat_model": "kokoro"}, known).errors() == {}


@pytest.mark.parametrize(
    ("form", "model", "today", "successor"),
    [
        (SpeechToTextForm, "whisper-1", date(2027, 3, 1), "gpt-transcribe"),
        (EvaluationForm, "gpt-4o", date(2027, 1, 14), "gpt-6-luna"),
    ],
)
def test_the_texts_of_errors_name_the_fix(
    form: type[EngineForm], model: str, today: date, successor: str
) -> None:
    known = context(today=today)
    assert form({"chat_model": model}, known).errors() == {"chat_model": "model_retired"}

    texts = form({"chat_model": model}, known).placeholders()
    assert (texts["model"], texts["successor"]) == (model, successor)


OLD = {"name": "Butler", "chat_model": "tts-1", "voice": "onyx", "tts_speed": 2.0}


def test_a_voice_that_changes_over_shows_how_it_speaks_now() -> None:
    known = context(today=CHANGING)
    shown = suggestions(TextToSpeechForm, OLD, known)

    assert shown == {
        "name": "Butler",
        "chat_model": "tts-1",
        "model_switch": "early",
        "voice": "cedar",
        "tts_speed": 1.5,
        "prompt": "",
        **NO_ADDRESS,
    }
    form = TextToSpeechForm(shown, known)
    assert form.without_unsupported() == (shown, ())
    assert form.errors() == {}
    # the model that was stored stays: without our integration it still speaks
    assert (form.data()["chat_model"], form.data()["model_switch"]) == ("tts-1", "early")


def test_a_voice_may_stay_until_the_last_day() -> None:
    late = {**OLD, "model_switch": "late"}
    shown = suggestions(TextToSpeechForm, late, context(today=CHANGING))

    assert shown == late | NO_ADDRESS
    assert TextToSpeechForm(shown, context(today=CHANGING)).data() == {
        "chat_model": "tts-1", "model_switch": "late", "voice": "onyx", "tts_speed": 2.0, "prompt": ""
    }  # fmt: skip


@pytest.mark.parametrize("values", [OLD, {**OLD, "model_switch": "late"}])
def test_a_voice_whose_model_has_ended_is_its_successors(values: dict[str, Any]) -> None:
    known = context(today=CHANGED)
    shown = suggestions(TextToSpeechForm, values, known)

    assert (shown["chat_model"], shown["voice"], shown["tts_speed"]) == (
        "gpt-realtime-2.1-mini",
        "cedar",
        1.5,
    )
    form = TextToSpeechForm(shown, known)
    assert "model_switch" not in form.fields
    assert form.errors() == {}
    assert "model_switch" not in form.data()


@pytest.mark.parametrize("model", ["gpt-realtime-2.1-mini", "gpt-realtime-2.1", "a-voice-of-2030"])
def test_a_model_that_stays_needs_no_change(model: str) -> None:
    assert "model_switch" not in TextToSpeechForm({"chat_model": model}, context(today=CHANGING)).fields


def test_where_there_is_no_successor_nothing_changes() -> None:
    for known in (context(Server.COMPATIBLE, today=CHANGING), context(catalog=LISTED, today=CHANGING)):
        form = TextToSpeechForm(OLD, known)
        assert "model_switch" not in form.fields
        assert form.model == "tts-1"


def test_what_the_successor_cannot_do_is_refused() -> None:
    fast = {"name": "Butler", "chat_model": "gpt-realtime-2.1", "tts_speed": 2.0, "voice": "nova"}
    form = TextToSpeechForm(fast, context(today=CHANGING))

    assert form.errors() == {"tts_speed": "tts_speed_range"}
    assert form.placeholders()["max_speed"] == "1.5"
    assert form.without_unsupported()[1] == ("voice",)


def test_the_voices_are_those_of_the_model() -> None:
    old = {"chat_model": "tts-1"}

    assert "marin" not in TextToSpeechForm(old, context()).fields["voice"].config["options"]
    assert suggestions(TextToSpeechForm, old, context())["voice"] == "alloy"
