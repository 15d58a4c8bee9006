"""The conversation entity: takes a sentence, has it answered, and says what went wrong."""

from collections.abc import AsyncGenerator, Callable
from typing import Literal, override

from homeassistant.components import conversation
from homeassistant.components.conversation.models import AbstractConversationAgent
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN, Purpose
from .entity import AgentEntity
from .openai_api.errors import async_sentence
from .options.chat import ChatOptions
from .options.entry import Configured, conversation_agents
from .responses.input_items import OwnSentence
from .responses.llm_apis import async_provide_apis
from .runtime import OpenAIConfigEntry
from .text.filters import SpokenText
from .text.rewriter import Rewriter

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an entity for each agent of the entry. The first one answers to the entry's id, too."""
    for number, agent in enumerate(conversation_agents(entry)):
        async_add_entities(
            [OpenAIConversationEntity(entry, agent, is_first=number == 0)],
            config_subentry_id=agent.subentry_id,
        )


class OpenAIConversationEntity(AgentEntity, conversation.ConversationEntity, AbstractConversationAgent):
    """An agent to talk to."""

    _attr_supports_streaming = True

    def __init__(self, entry: OpenAIConfigEntry, agent: Configured[ChatOptions], *, is_first: bool) -> None:
        """Make the entity of an agent."""
        super().__init__(entry, agent)
        self._is_first = is_first
        if agent.options.llm_hass_api:
            self._attr_supported_features = conversation.ConversationEntityFeature.CONTROL

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """All languages: only the model knows which ones it speaks."""
        return MATCH_ALL

    @override
    async def async_added_to_hass(self) -> None:
        """Answer to the entry's id, too."""
        await super().async_added_to_hass()
        if self._is_first:
            conversation.async_set_agent(self.hass, self.entry, self)

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Stop answering to the entry's id."""
        if self._is_first:
            conversation.async_unset_agent(self.hass, self.entry)
        await super().async_will_remove_from_hass()

    @override
    async def async_prepare(self, language: str | None = None) -> None:
        """Open a connection while the user is still speaking."""
        self.open_connection()

    @override
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        """Answer a sentence. An error is an answer, too: a speaker shows no errors."""
        options = self.agent.options
        known_apis = {api.id for api in llm.async_get_apis(self.hass)}
        try:
            await async_provide_apis(
                chat_log,
                user_input.as_llm_context(DOMAIN),
                [api for api in options.llm_hass_api if api in known_apis],
                options.prompt,
                user_input.extra_system_prompt,
            )
        except conversation.ConverseError as err:
            return err.as_conversation_result()

        try:
            with self.request(Purpose.CONVERSATION) as request:
                await self.async_take_turn(
                    request,
                    chat_log,
                    user_id=user_input.context.user_id,
                    rewriter=self._rewriter(user_input),
                )
        except HomeAssistantError as err:
            return await self._async_say_error(user_input, chat_log, err)
        return conversation.async_get_result_from_chat_log(user_input, chat_log)

    def _rewriter(self, user_input: conversation.ConversationInput) -> Callable[[], Rewriter] | None:
        """Return what rewrites the answer so that it can be heard, or shown."""
        if self.agent.options.plain_speech and (user_input.satellite_id or user_input.device_id):
            return SpokenText
        return self.citation_filter

    async def _async_say_error(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        err: HomeAssistantError,
    ) -> conversation.ConversationResult:
        sentence = await async_sentence(self.hass, user_input.language, err)

        async def deltas() -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
            yield {"role": "assistant", "content": sentence, "native": OwnSentence()}

        # as a delta, so that a dialog or a speaker that follows the stream gets it, too
        async for _ in chat_log.async_add_delta_content_stream(self.entity_id, deltas()):
            pass
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_error(intent.IntentResponseErrorCode.FAILED_TO_HANDLE, sentence)
        return conversation.ConversationResult(response=response, conversation_id=chat_log.conversation_id)
