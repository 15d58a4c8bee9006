"""Tests of the stand-in's decisions."""

from typing import Any

from aiohttp import ClientSession
import openai
import pytest

from tests.stand_in import InvalidRequest
from tests.stand_in.decision_rules import validate_decision_request
from tests.stand_in.decisions import answer_to

from .requests import KEY, arm

IMAGE = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
YES_NO = {"type": "predicate", "name": "done", "instructions": "Is the laundry finished?"}
CHOICE = {
    "type": "choice",
    "name": "room",
    "instructions": "Which room is it about?",
    "choices": [{"value": "kitchen", "description": "with a stove"}, {"value": "bathroom"}],
}
SCORE = {
    "type": "score",
    "instructions": "How urgent is it?",
    "levels": [{"label": "0", "description": "never"}, {"label": "1"}, {"label": "2", "description": "soon"}],
}


def decision(**changes: Any) -> dict[str, Any]:
    return {"model": "gpt-6-luna", "input": "The laundry is finished.", "questions": [YES_NO], **changes}


def message(*parts: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(parts)}]


async def test_it_decides(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    text = {"type": "input_text", "text": "Water in the bathroom! Come soon. The laundry is finished."}
    body = decision(input=message(text, IMAGE), questions=[YES_NO, CHOICE, SCORE])
    decided: Any = await client.post("/decisions", body=body, cast_to=object)
    done, room, urgency = decided["answers"]
    assert done == {"name": "done", "type": "predicate", "probability": 0.9}
    assert (room["name"], room["choice"]) == ("room", "bathroom")
    assert sum(each["probability"] for each in room["probabilities"]) == pytest.approx(1)
    assert room["confidence"] == max(each["probability"] for each in room["probabilities"])
    assert urgency["name"] is None
    assert urgency["score"] > 1
    assert [(each["label"], each["value"]) for each in urgency["probabilities"]] == [
        ("0", 0),
        ("1", 1),
        ("2", 2),
    ]
    assert decided["model"] == "gpt-6-luna"
    assert decided["usage"]["input_tokens"] > 0
    async with web.get("/stand-in/requests") as response:
        (record,) = await response.json()
    assert record["body"] == body


def test_what_is_not_in_the_evidence_is_unlikely() -> None:
    assert answer_to(YES_NO, {"rain"})["probability"] < 0.5


def test_it_may_decline_a_question() -> None:
    declined = answer_to({**YES_NO, "instructions": "Is this something forbidden?"}, set())
    assert declined == {"name": "done", "type": "refusal"}


@pytest.mark.parametrize(
    "changes",
    [
        {"questions": [YES_NO, CHOICE, SCORE], "safety_identifier": "someone"},
        {"input": message(IMAGE)},
        {"input": [{"role": "user", "content": "hi"}]},
        {"questions": [{**CHOICE, "choices": [{"value": True}, {"value": "True"}]}]},
    ],
)
def test_a_good_question_passes(changes: dict[str, Any]) -> None:
    validate_decision_request(decision(**changes))


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"model": "tts-1"}, "model"),
        ({"foo": 1}, "foo"),
        ({"input": ""}, "input"),
        ({"input": [{"role": "robot", "content": "hi"}]}, "input[0].role"),
        ({"input": message({**IMAGE, "image_url": "https://example.org/a.png"})}, "input"),
        ({"input": message({**IMAGE, "image_url": "data:image/png;base64,?"})}, "input"),
        ({"input": message(*[IMAGE] * 129)}, "input"),
        ({"questions": []}, "questions"),
        ({"questions": [YES_NO, YES_NO]}, "questions"),
        ({"questions": [{"type": "predicate"}]}, "questions[0].instructions"),
        ({"questions": [{**CHOICE, "choices": [{"value": "a"}]}]}, "questions[0].choices"),
        ({"questions": [{**SCORE, "levels": [{"label": "a"}, {"label": "a"}]}]}, "questions[0].levels"),
    ],
)
def test_a_bad_question_is_refused(changes: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        validate_decision_request(decision(**changes))
    assert caught.value.param == param


async def test_faults_and_keys(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    await arm(web, "overloaded", path="/v1/decisions")
    for api_key, status in ((KEY, 503), ("x", 401), (KEY, 200)):
        headers = {"Authorization": f"Bearer {api_key}"}
        async with web.post("/v1/decisions", json=decision(), headers=headers) as response:
            assert response.status == status
