"""The AI Task entities: data, images, and answers to questions about a given state."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, override

from homeassistant.components import ai_task
from homeassistant.components.conversation import Attachment, ChatLog
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .attachments import EDITABLE_IMAGES, IMAGES, content_part, read_file
from .compat import CAN_EVALUATE
from .const import Purpose
from .entity import AgentEntity, EngineEntity
from .images.generator import Source, async_generate
from .images.model import image_model
from .images.request import AUTO, ImageRequest
from .images.store import CONTENT_TYPES
from .openai_api.client import async_decide
from .openai_api.decisions import decision_answers, decision_request
from .openai_api.usage import Usage
from .options.engines import EvaluationOptions
from .options.entry import evaluators, task_agents
from .responses.input_items import Item
from .responses.json_schema import AnswerFormat
from .responses.turn import TASK
from .runtime import OpenAIConfigEntry
from .usage.counters import Counters

PARALLEL_UPDATES = 0

_AI_TASK: Final[Any] = ai_task
"""The AI Task component, without types: only 2026.11 has evaluations."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an entity for each agent that does tasks, and for each evaluator where these are supported."""
    for agent in task_agents(entry):
        async_add_entities([OpenAITaskEntity(entry, agent)], config_subentry_id=agent.subentry_id)
    if CAN_EVALUATE:
        for evaluator in evaluators(entry):
            async_add_entities(
                [OpenAIEvaluationEntity(entry, evaluator)], config_subentry_id=evaluator.subentry_id
            )


class OpenAITaskEntity(AgentEntity, ai_task.AITaskEntity):
    """An agent for AI tasks. No user waits for the answer, and it is used as it is."""

    _attr_supported_features = (
        ai_task.AITaskEntityFeature.GENERATE_DATA
        | ai_task.AITaskEntityFeature.GENERATE_IMAGE
        | ai_task.AITaskEntityFeature.SUPPORT_ATTACHMENTS
    )

    @override
    async def _async_generate_data(
        self, task: ai_task.GenDataTask, chat_log: ChatLog
    ) -> ai_task.GenDataTaskResult:
        """Answer a task in the structure that it asks for. Raises a translated `HomeAssistantError`."""
        answer_format = AnswerFormat.of(task.name, task.structure) if task.structure else None
        with self.request(Purpose.TASKS) as request:
            text = await self.async_take_turn(
                request,
                chat_log,
                rewriter=None if answer_format else self.citation_filter,
                policy=TASK,
                answer_format=answer_format,
            )
            data = answer_format.read(text) if answer_format else text
        return GeneratedData(chat_log.conversation_id, data, request.used)

    @override
    async def _async_generate_image(
        self, task: ai_task.GenImageTask, chat_log: ChatLog
    ) -> ai_task.GenImageTaskResult:
        """Make an image, based on the attached ones if there are any. Raises a translated error."""
        request = ImageRequest(prompt=task.instructions, size=AUTO)
        sources = await self.hass.async_add_executor_job(_sources, task.attachments or ())
        model = image_model(self.entry, self.agent.options.image_model)
        with self.request(Purpose.IMAGES, model) as asked:
            image = await async_generate(
                self.hass, self.runtime.client, request, model, sources, on_usage=asked.add
            )
        return GeneratedImage(
            used=asked.used,
            image_data=image.data,
            conversation_id=chat_log.conversation_id,
            mime_type=CONTENT_TYPES[image.extension],
            width=image.width,
            height=image.height,
            model=model,
            revised_prompt=image.revised_prompt,
        )


class OpenAIEvaluationEntity(EngineEntity[EvaluationOptions], ai_task.AITaskEntity):
    """Answers questions about a given state, with probabilities."""

    if CAN_EVALUATE:
        _attr_supported_features = (
            _AI_TASK.AITaskEntityFeature.EVALUATE | ai_task.AITaskEntityFeature.SUPPORT_ATTACHMENTS
        )

    async def _async_evaluate(self, task: Any) -> Any:
        """Answer the questions of an `EvaluationTask`. Raises a translated `HomeAssistantError`."""
        images = await self.hass.async_add_executor_job(_images, task.attachments or ())
        body = decision_request(self.model, task.questions, task.state, images)
        with self.request(Purpose.EVALUATIONS) as request:
            decision = await async_decide(self.runtime.client, body)
            request.add(Usage.of_response(body["model"], decision))
        answers = decision_answers(decision, task.questions, self.runtime.server_name)
        kinds = {
            "noul": _AI_TASK.NoulAnswer,
            "choice": _AI_TASK.ChoiceAnswer,
            "score": _AI_TASK.ScoreAnswer,
        }
        return Evaluation(
            answers={name: kinds[task.questions[name]["type"]](**answers[name]) for name in task.questions},
            used=request.used,
        )


@dataclass
class GeneratedData(ai_task.GenDataTaskResult):
    """Generated data, and what it cost."""

    used: Counters

    @override
    def as_dict(self) -> dict[str, Any]:
        """Return the reply of the action."""
        return {**super().as_dict(), **self.used.as_reply()}


@dataclass(kw_only=True)
class GeneratedImage(ai_task.GenImageTaskResult):
    """An image, and what it cost."""

    used: Counters

    @override
    def as_dict(self) -> dict[str, Any]:
        """Return the reply of the action."""
        return {**super().as_dict(), **self.used.as_reply()}


@dataclass(kw_only=True)
class Evaluation:
    """The answers to questions, and what they cost. It replaces AI Task's result, which 2026.10 lacks."""

    answers: dict[str, Any]
    used: Counters

    def as_dict(self) -> dict[str, Any]:
        """Return the reply of the action."""
        answers = {name: asdict(answer) for name, answer in self.answers.items()}
        return {"answers": answers, **self.used.as_reply()}


def _sources(files: Iterable[Attachment]) -> list[Source]:
    return [(file.path.name, *read_file(file.path, file.mime_type, EDITABLE_IMAGES)) for file in files]


def _images(files: Iterable[Attachment]) -> list[Item]:
    return [content_part(file.path, file.mime_type, IMAGES) for file in files]
