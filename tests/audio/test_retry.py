"""What is tried again, and what without."""

import pytest

from custom_components.openai_conversation.audio.retry import RetryState
from custom_components.openai_conversation.openai_api.errors import Failure, FailureKind

PARAMS = {"model": "m", "input": "Hi", "speed": 2, "keywords": ["a"]}


@pytest.mark.parametrize(
    ("kind", "param", "refused"),
    [
        (FailureKind.UNSUPPORTED, "speed", {"speed"}),
        (FailureKind.UNSUPPORTED, "keywords", {"keywords"}),
        (FailureKind.BAD_REQUEST, "keywords[12]", {"keywords"}),
        # a bad value is not a refused parameter
        (FailureKind.BAD_REQUEST, "speed", None),
        (FailureKind.UNSUPPORTED, "model", None),
        (FailureKind.UNSUPPORTED, "instructions", None),
        (FailureKind.UNSUPPORTED, None, None),
        (FailureKind.RATE_LIMIT, "speed", None),
    ],
)
def test_refused_parameters(kind: FailureKind, param: str | None, refused: set[str] | None) -> None:
    attempts = RetryState(set())

    assert attempts.should_retry(Failure(kind=kind, param=param), PARAMS) is (refused is not None)

    assert attempts.refused == (refused or set())
    assert attempts.params(PARAMS).keys() == PARAMS.keys() - (refused or set())


def test_a_connection_is_tried_twice() -> None:
    attempts = RetryState(set())
    failure = Failure(kind=FailureKind.CONNECTION)

    assert [attempts.should_retry(failure, PARAMS) for _ in range(2)] == [True, False]
