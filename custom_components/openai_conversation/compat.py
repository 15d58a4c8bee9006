"""What only the newer of the two Home Assistants has.

AI Task's evaluation is there from 2026.11 on. When 2026.10 is no longer supported, this module goes, and
what it has is imported from `ai_task`.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from homeassistant.components import ai_task
from homeassistant.components.conversation import Attachment

_AI_TASK: Final[Any] = ai_task

EVALUATE: Final[ai_task.AITaskEntityFeature | None] = getattr(ai_task.AITaskEntityFeature, "EVALUATE", None)
"""None: this Home Assistant does not know evaluations."""


class EvaluationTask(Protocol):
    """`ai_task.EvaluationTask`."""

    questions: dict[str, Mapping[str, Any]]
    state: Any
    attachments: list[Attachment] | None


def evaluation_result(questions: Mapping[str, Mapping[str, Any]], answers: Mapping[str, Any]) -> Any:
    """Return `ai_task.EvaluationTaskResult`; `answers`: the fields of each."""
    kinds = {
        "noul": _AI_TASK.NoulAnswer,
        "choice": _AI_TASK.ChoiceAnswer,
        "score": _AI_TASK.ScoreAnswer,
    }
    return _AI_TASK.EvaluationTaskResult(
        answers={name: kinds[questions[name]["type"]](**fields) for name, fields in answers.items()}
    )
