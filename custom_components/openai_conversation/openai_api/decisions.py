"""Questions of Home Assistant's → a request to decide them, and the answers → what Home Assistant expects.

Pure. Source: the SDK's parameters and answers of `POST /decisions`, 3.26.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_dumps

from ..const import DOMAIN

type Question = Mapping[str, Any]
"""As in `ai_task.evaluate`: `type` (noul, choice or score), `instructions`, and for some `criteria`."""

type Answer = dict[str, Any]
"""The fields of Home Assistant's answer to a question of this type."""

_TYPES: Final = {"noul": "predicate", "choice": "choice", "score": "score"}
"""Home Assistant's name of a type of question → OpenAI's."""


def decision_request(
    model: str, questions: Mapping[str, Question], state: Any, images: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the body for `POST /decisions`.

    `state`: what the questions are about, if there is anything but the `images` (content parts).
    """
    text = state if isinstance(state, str) else json_dumps(state)
    evidence: Any = text
    if images:
        words = [] if state is None else [{"type": "input_text", "text": text}]
        evidence = [{"role": "user", "content": [*words, *images]}]
    return {
        "model": model,
        "input": evidence,
        "questions": [_question(name, question) for name, question in questions.items()],
    }


def _question(name: str, question: Question) -> dict[str, Any]:
    asked = {"type": _TYPES[question["type"]], "name": name, "instructions": question["instructions"]}
    match question["type"]:
        case "choice":
            asked["choices"] = [
                {"value": value, "description": words} for value, words in question["criteria"].items()
            ]
        case "score":
            asked["levels"] = [
                {"label": str(level), "description": words}
                for level, words in enumerate(question["criteria"])
            ]
    return asked


def decision_answers(decision: Any, questions: Mapping[str, Question]) -> dict[str, Answer]:
    """Return the answer to each question.

    Raises a translated `HomeAssistantError` if one was refused, or is not what was asked for.
    """
    answers: dict[str, Answer] = {}
    try:
        for given in decision["answers"]:
            name = given["name"]
            if given["type"] == "refusal":
                raise _error("evaluation_refused", question=name)
            if name in answers or given["type"] != _TYPES[questions[name]["type"]]:
                raise _error("evaluation_unexpected")
            answers[name] = _answer(given, questions[name])
    except (LookupError, TypeError, ValueError) as err:
        raise _error("evaluation_unexpected") from err
    if len(answers) < len(questions):
        raise _error("evaluation_unexpected")
    return answers


def _answer(given: Mapping[str, Any], question: Question) -> Answer:
    """Return one answer. Raises `LookupError`, `TypeError` or `ValueError` if it is none."""
    if question["type"] == "noul":
        return {"noul": float(given["probability"])}
    by_value = {each["value"]: float(each["probability"]) for each in given["probabilities"]}
    possible: Sequence[Any] = (
        tuple(question["criteria"]) if question["type"] == "choice" else range(len(question["criteria"]))
    )
    if len(given["probabilities"]) != len(possible):
        raise ValueError("one probability for each possible answer")
    probabilities = {value: by_value[value] for value in possible}
    if question["type"] == "score":
        return {"score": float(given["score"]), "probabilities": list(probabilities.values())}
    if given["choice"] not in probabilities:
        raise ValueError("a choice that was not there")
    return {"choice": given["choice"], "probabilities": probabilities}


def _error(key: str, **placeholders: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
