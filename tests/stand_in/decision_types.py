"""The parameters of `POST /v1/decisions`, for releases of the SDK without them.

Fact: `types/decision_create_params.py` of the SDK, 3.26 and later.
"""

from typing import Literal, NotRequired, TypedDict


class _Text(TypedDict):
    type: Literal["input_text"]
    text: str


class _Image(TypedDict):
    type: Literal["input_image"]
    image_url: str
    detail: NotRequired[Literal["low", "high", "auto", "original"] | None]


class _Message(TypedDict):
    role: Literal["user"]
    content: str | list[_Text | _Image]
    type: NotRequired[Literal["message"]]


class _Predicate(TypedDict):
    type: Literal["predicate"]
    instructions: str
    name: NotRequired[str]


class _ChoiceValue(TypedDict):
    value: str | bool
    description: NotRequired[str]


class _Choice(TypedDict):
    type: Literal["choice"]
    instructions: str
    choices: list[_ChoiceValue]
    name: NotRequired[str]


class _Level(TypedDict):
    label: str
    description: NotRequired[str]


class _Score(TypedDict):
    type: Literal["score"]
    instructions: str
    levels: list[_Level]
    name: NotRequired[str]


class DecisionCreateParams(TypedDict):
    """The body of a request."""

    model: str
    input: str | list[_Message]
    questions: list[_Predicate | _Choice | _Score]
    safety_identifier: NotRequired[str | None]
