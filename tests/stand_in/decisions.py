"""`POST /v1/decisions`: an option that shares words with the evidence is likely.

Facts: `types/decision.py` of the SDK, 3.26 and later.
"""

import json
import re
from typing import Any

from aiohttp import web

from .access import check_key
from .decision_rules import validate_decision_request
from .state import STAND_IN, json_of

PATH = "/v1/decisions"

type Question = dict[str, Any]
type Answer = dict[str, Any]

_FORBIDDEN = "something forbidden"
"""A question with these words is declined."""


async def create_decision(request: web.Request) -> web.Response:
    """Answer each question, with probabilities."""
    check_key(request)
    state = request.app[STAND_IN]
    body = await json_of(request)
    with state.recorded(PATH, body) as record:
        validate_decision_request(body)
        await state.befall(PATH)
        evidence = _words(_text_of(body["input"]))
        answers = [answer_to(question, evidence) for question in body["questions"]]
        record["outcome"] = {"status": 200, "answers": answers}
    tokens = len(json.dumps(body)) // 4
    usage = {
        "input_tokens": tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": len(answers),
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens + len(answers),
    }
    return web.json_response({"model": body["model"], "answers": answers, "usage": usage})


def answer_to(question: Question, evidence: set[str]) -> Answer:
    """Return the answer to a question about evidence, given as its words."""
    answer: Answer = {"name": question.get("name"), "type": question["type"]}
    if _FORBIDDEN in question["instructions"].lower():
        return answer | {"type": "refusal"}
    if question["type"] == "predicate":
        return answer | {"probability": round(0.1 + 0.8 * _share(question["instructions"], evidence), 3)}
    if question["type"] == "choice":
        values = [choice["value"] for choice in question["choices"]]
        chances = _chances(question["choices"], "value", evidence)
        best = max(range(len(values)), key=chances.__getitem__)
        listed = [{"value": value, "probability": p} for value, p in zip(values, chances, strict=True)]
        return answer | {"choice": values[best], "confidence": chances[best], "probabilities": listed}
    chances = _chances(question["levels"], "label", evidence)
    return answer | {
        "score": round(sum(value * chance for value, chance in enumerate(chances)), 3),
        "confidence": max(chances),
        "probabilities": [
            {"label": level["label"], "value": value, "probability": chances[value]}
            for value, level in enumerate(question["levels"])
        ],
    }


def _chances(options: list[dict[str, Any]], key: str, evidence: set[str]) -> list[float]:
    """Return probabilities that add up to 1."""
    texts = [f"{option[key]} {option.get('description', '')}" for option in options]
    weights = [0.1 + _share(text, evidence) for text in texts]
    chances = [round(weight / sum(weights), 3) for weight in weights]
    chances[-1] = round(1 - sum(chances[:-1]), 3)
    return chances


def _share(text: str, evidence: set[str]) -> float:
    words = _words(text)
    return len(words & evidence) / len(words) if words else 0


def _words(text: str) -> set[str]:
    """Return the words that are not short."""
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3 or word.isdigit()}


def _text_of(given: str | list[dict[str, Any]]) -> str:
    if isinstance(given, str):
        return given
    texts = []
    for message in given:
        content = message["content"]
        parts = [{"text": content}] if isinstance(content, str) else content
        texts += [part["text"] for part in parts if "text" in part]
    return "\n".join(texts)
