"""Questions of Home Assistant's, as OpenAI decides them."""

from typing import Any

import pytest

from custom_components.openai_conversation.openai_api.decisions import decision_answers, decision_request
from homeassistant.exceptions import HomeAssistantError
from tests.stand_in.decision_rules import validate_decision_request

HOME: dict[str, Any] = {"type": "noul", "instructions": "Is anybody at home?"}
ROOM: dict[str, Any] = {
    "type": "choice",
    "instructions": "Where are they?",
    "criteria": {"kitchen": "They cook.", "bedroom": "They sleep."},
}
TIDY: dict[str, Any] = {"type": "score", "instructions": "How tidy is it?", "criteria": ["A mess.", "Tidy."]}
QUESTIONS = {"home": HOME, "room": ROOM, "tidy": TIDY}

IMAGE = {"type": "input_image", "image_url": "data:image/png;base64,aGVsbG8=", "detail": "auto"}

YES: dict[str, Any] = {"type": "predicate", "name": "home", "probability": 0.9}
COOKS: dict[str, Any] = {
    "type": "choice",
    "name": "room",
    "choice": "kitchen",
    "confidence": 0.8,
    "probabilities": [{"value": "bedroom", "probability": 0.2}, {"value": "kitchen", "probability": 0.8}],
}
X = {"value": "x", "probability": 0.0}
MESS: dict[str, Any] = {
    "type": "score",
    "name": "tidy",
    "score": 0.3,
    "confidence": 0.7,
    "probabilities": [
        {"label": "1", "value": 1, "probability": 0.3},
        {"label": "0", "value": 0, "probability": 0.7},
    ],
}


def test_every_type_of_question() -> None:
    body = decision_request("gpt-6-luna", QUESTIONS, "Ann is in the kitchen.", [])

    validate_decision_request(body)
    assert body == {
        "model": "gpt-6-luna",
        "input": "Ann is in the kitchen.",
        "questions": [
            {"type": "predicate", "name": "home", "instructions": "Is anybody at home?"},
            {
                "type": "choice",
                "name": "room",
                "instructions": "Where are they?",
                "choices": [
                    {"value": "kitchen", "description": "They cook."},
                    {"value": "bedroom", "description": "They sleep."},
                ],
            },
            {
                "type": "score",
                "name": "tidy",
                "instructions": "How tidy is it?",
                "levels": [{"label": "0", "description": "A mess."}, {"label": "1", "description": "Tidy."}],
            },
        ],
    }


@pytest.mark.parametrize(
    ("state", "images", "evidence"),
    [
        ({"light.kitchen": "on", "n": 5}, [], '{"light.kitchen":"on","n":5}'),
        (None, [IMAGE], [{"role": "user", "content": [IMAGE]}]),
        (
            "A kitchen.",
            [IMAGE, IMAGE],
            [{"role": "user", "content": [{"type": "input_text", "text": "A kitchen."}, IMAGE, IMAGE]}],
        ),
        (
            False,
            [IMAGE],
            [{"role": "user", "content": [{"type": "input_text", "text": "false"}, IMAGE]}],
        ),
    ],
)
def test_what_the_questions_are_about(state: Any, images: list[dict[str, Any]], evidence: Any) -> None:
    body = decision_request("gpt-6-luna", {"home": HOME}, state, images)

    validate_decision_request(body)
    assert body["input"] == evidence


def test_every_type_of_answer() -> None:
    answers = decision_answers({"answers": [MESS, YES, COOKS]}, QUESTIONS, "OpenAI")

    assert answers == {
        "home": {"noul": 0.9},
        "room": {"choice": "kitchen", "probabilities": {"kitchen": 0.8, "bedroom": 0.2}},
        "tidy": {"score": 0.3, "probabilities": [0.7, 0.3]},
    }


def test_a_refusal_names_the_question() -> None:
    with pytest.raises(HomeAssistantError) as refused:
        decision_answers({"answers": [YES, {"type": "refusal", "name": "room"}, MESS]}, QUESTIONS, "rack.lan")

    assert refused.value.translation_key == "evaluation_refused"
    assert refused.value.translation_placeholders == {"server": "rack.lan", "question": "room"}


@pytest.mark.parametrize(
    "decision",
    [
        None,
        [],
        "<html>",
        {},
        {"answers": None},
        {"answers": [YES, COOKS]},
        {"answers": [YES, YES, COOKS, MESS]},
        {"answers": [YES, COOKS, MESS, {**YES, "name": "cellar"}]},
        {"answers": [{**YES, "name": None}, COOKS, MESS]},
        {"answers": [{**YES, "probability": None}, COOKS, MESS]},
        {"answers": [{**YES, "probability": float("nan")}, COOKS, MESS]},
        {"answers": [{**YES, "probability": 1e999}, COOKS, MESS]},
        {"answers": [{**YES, "probability": -0.1}, COOKS, MESS]},
        {"answers": [YES, COOKS, {**MESS, "score": 1.5}]},
        {"answers": [YES, COOKS, MESS, {"type": "refusal", "name": "\ud83d" * 1000}]},
        {"answers": [{**YES, "type": "score"}, COOKS, MESS]},
        {"answers": [YES, {**COOKS, "choice": "cellar"}, MESS]},
        {"answers": [YES, {**COOKS, "choice": ["kitchen"]}, MESS]},
        {"answers": [YES, {**COOKS, "probabilities": COOKS["probabilities"][:1]}, MESS]},
        {"answers": [YES, {**COOKS, "probabilities": [*COOKS["probabilities"], X]}, MESS]},
        {"answers": [YES, {**COOKS, "probabilities": COOKS["probabilities"][:1] * 2}, MESS]},
        {"answers": [YES, COOKS, {**MESS, "probabilities": [{"value": 2, "probability": 1}] * 2}]},
    ],
    ids=[
        "nothing", "a list", "a page", "no answers", "empty", "too few", "twice", "not asked", "no name",
        "no number", "not a number", "endless", "below zero", "above all levels", "a refusal of nothing",
        "of another type", "a choice that is not there", "no choice", "half the choices",
        "more choices", "one choice twice", "other levels",
    ],
)  # fmt: skip
def test_answers_that_are_not_answers(decision: Any) -> None:
    with pytest.raises(HomeAssistantError) as failed:
        decision_answers(decision, QUESTIONS, "rack.lan")

    assert failed.value.translation_key == "evaluation_unexpected"
    assert failed.value.translation_placeholders == {"server": "rack.lan"}
