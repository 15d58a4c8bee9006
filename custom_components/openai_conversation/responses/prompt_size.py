"""Estimate how much an agent reads with each question, before anything is sent."""

from dataclasses import dataclass
from typing import Final

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.json import json_dumps

from ..const import DOMAIN
from ..openai_api.tokens import about_tokens
from ..openai_api.usage import Usage
from ..options.chat import ChatOptions, ModelSettings
from .llm_apis import async_working_api
from .tools import tool_param

ANSWER_TOKENS: Final = 50
"""Of a short answer: a sentence or two."""


@dataclass(frozen=True, slots=True)
class PromptSize:
    """What a question carries besides its words."""

    entities: int
    """How many the agent sees."""

    tokens: int
    """About how many the instructions, the texts that its APIs add to them, and its tools have."""

    def usage(self, settings: ModelSettings) -> Usage:
        """Return what a question with a short answer uses."""
        return Usage(
            model=settings.chat_model,
            service_tier=settings.service_tier,
            input_tokens=self.tokens,
            output_tokens=ANSWER_TOKENS,
        )


async def async_prompt_size(hass: HomeAssistant, options: ChatOptions) -> PromptSize:
    """Return how much an agent with these options reads. An API that does not work counts for nothing."""
    context = llm.LLMContext(
        platform=DOMAIN,
        context=Context(),
        language=hass.config.language,
        assistant=conversation.DOMAIN,
        device_id=None,
    )
    characters = len(options.prompt)
    for api_id in options.llm_hass_api:
        if api := await async_working_api(hass, api_id, context):
            tools = [tool_param(tool, api.custom_serializer) for tool in api.tools]
            characters += len(api.api_prompt) + len(json_dumps(tools))
    entities = _exposed(hass) if llm.LLM_API_ASSIST in options.llm_hass_api else 0
    return PromptSize(entities, about_tokens(characters))


def _exposed(hass: HomeAssistant) -> int:
    ids = hass.states.async_entity_ids()
    return sum(async_should_expose(hass, conversation.DOMAIN, entity_id) for entity_id in ids)
