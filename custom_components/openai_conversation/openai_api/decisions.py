"""Home Assistant's questions → a request for decisions, and its answer → Home Assistant's answers.

Pure. Source: parameters and answer of `POST /decisions` in the SDK, 3.26.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError

from .errors import translated_error
from .json_body import json_body

type Question = Mapping[str, Any]
"""As in `ai_task.evaluate`: `type` (noul, choice, or score), `instructions`, and for some `criteria`."""

type Answer = dict[str, Any]
"""The fields of Home Assistant's answer to a question of this type."""

_TYPES: Final = {"noul": "predicate", "choice": "choice", "score": "score"}
"""Home Assistant's type of a question → OpenAI's."""


def decision_request(
    model: str, questions: Mapping[str, Question], state: Any, images: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the body for `POST /decisions`.

    `state`: what the questions are about. None: only the `images` (content parts).
    """
    text = state if isinstance(state, str) else json_body(state).decode()
    subject: Any = text
    if images:
        words = [] if state is None else [{"type": "input_text", "text": text}]
        subject = [{"role": "user", "content": [*words, *images]}]
    return {
        "model": model,
        "input": subject,
        "questions": [_question(name, question) for name, question in questions.items()],
    }


def _question(name: str, question: Question) -> dict[str, Any]:
    param = {"type": _TYPES[question["type"]], "name": name, "instructions": question["instructions"]}
    match question["type"]:
        case "choice":
            param["choices"] = [
                {"value": value, "description": words} for value, words in question["criteria"].items()
            ]
        case "score":
            param["levels"] = [
                {"label": str(level), "description": words}
                for level, words in enumerate(question["criteria"])
            ]
    return param


def decision_answers(decision: Any, questions: Mapping[str, Question], server: str) -> dict[str, Answer]:
    """Return the answer to each question. `server`: its name, for the sentences.

    Raises a translated `HomeAssistantError` if an answer was refused, or is not what was asked for.
    """
    answers: dict[str, Answer] = {}
    try:
        for answer in decision["answers"]:
            name = answer["name"]
            if answer["type"] == "refusal" and name in questions:
                raise translated_error(HomeAssistantError, "evaluation_refused", server=server, question=name)
            if name in answers or answer["type"] != _TYPES[questions[name]["type"]]:
                raise translated_error(HomeAssistantError, "evaluation_unexpected", server=server)
            answers[name] = _answer(answer, questions[name])
    except (LookupError, TypeError, ValueError) as err:
        raise translated_error(HomeAssistantError, "evaluation_unexpected", server=server) from err
    if len(answers) < len(questions):
        raise translated_error(HomeAssistantError, "evaluation_unexpected", server=server)
    return answers


def _answer(answer: Mapping[str, Any], question: Question) -> Answer:
    """Return one answer. Raises `LookupError`, `TypeError`, or `ValueError` if it is malformed."""
    if question["type"] == "noul":
        return {"noul": _number(answer["probability"])}
    by_value = {each["value"]: _number(each["probability"]) for each in answer["probabilities"]}
    possible: Sequence[Any] = (
        tuple(question["criteria"]) if question["type"] == "choice" else range(len(question["criteria"]))
    )
    if len(answer["probabilities"]) != len(possible):
        raise ValueError("not one probability for each possible answer")
    probabilities = {value: by_value[value] for value in possible}
    if question["type"] == "score":
        score = _number(answer["score"], most=len(possible) - 1)
        return {"score": score, "probabilities": list(probabilities.values())}
    if answer["choice"] not in probabilities:
        raise ValueError("a choice that was not offered")
    return {"choice": answer["choice"], "probabilities": probabilities}


def _number(value: Any, most: float = 1) -> float:
    """Return a number from 0 to `most`. Raises `TypeError` or `ValueError` for anything else."""
    number = float(value)
    if not 0 <= number <= most:  # also false for "not a number", which no JSON can hold
        raise ValueError(f"not a number from 0 to {most}")
    return number
