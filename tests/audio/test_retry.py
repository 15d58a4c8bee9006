"""Which speech requests are sent again, and without which parameters."""

import pytest

from custom_components.openai_conversation.audio.retry import RetryState
from custom_components.openai_conversation.openai_api.errors import Failure, FailureKind

TIME_ENOUGH = 60.0
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
    failure = Failure(kind=kind, param=param)

    assert attempts.wait(failure, PARAMS, TIME_ENOUGH) == (None if refused is None else 0)

    assert attempts.refused == (refused or set())
    assert attempts.params(PARAMS).keys() == PARAMS.keys() - (refused or set())


def test_a_connection_is_tried_twice() -> None:
    attempts = RetryState(set())
    failure = Failure(kind=FailureKind.CONNECTION)

    assert [attempts.wait(failure, PARAMS, TIME_ENOUGH) for _ in range(2)] == [0, None]


@pytest.mark.parametrize(
    ("retry_after", "time_left", "wait"), [(None, 30, 2), (5, 30, 5), (31, 30, None), (None, 1.9, None)]
)
def test_a_model_that_is_loading_is_waited_for(
    retry_after: float | None, time_left: float, wait: float | None
) -> None:
    attempts = RetryState(set())
    loading = Failure(kind=FailureKind.STARTING, retry_after=retry_after)

    assert [attempts.wait(loading, PARAMS, time_left) for _ in range(3)] == [wait] * 3
