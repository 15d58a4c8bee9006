"""The conversation entity: answers a sentence, or says what went wrong."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
import math
from typing import Literal, override

from homeassistant.components import conversation
from homeassistant.components.conversation.models import AbstractConversationAgent
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .const import DOMAIN, Purpose
from .entity import AgentEntity
from .fallback.local_agent import async_answer, async_prepare
from .fallback.rules import LONGEST_WAIT, as_sentence, may_fall_back, short_notice, starts_outage
from .openai_api.client import async_probe
from .openai_api.errors import OpenAIRequestError, async_sentence
from .openai_api.usage import Usage
from .options.chat import ChatOptions, KeepListening
from .options.entry import Configured, conversation_agents
from .repairs.changing_prompt import async_watch_prompt
from .responses.input_items import OwnSentence
from .responses.llm_apis import async_provide_apis
from .responses.own_words import async_own_words
from .responses.retry import wait_before_retry
from .runtime import OpenAIConfigEntry
from .text.filters import SpokenText, prepare_filters
from .text.questions import asks
from .text.rewriter import Rewriter
from .usage.prompt_watch import LONG_LIFE, SHORT_LIFE, Prompt

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an entity for each agent of the entry. The first one can also be called by the entry's id."""
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

    @property
    @override
    def supported_features(self) -> conversation.ConversationEntityFeature:
        """Whether the agent may control anything."""
        if self.agent.options.llm_hass_api:
            return conversation.ConversationEntityFeature.CONTROL
        return conversation.ConversationEntityFeature(0)

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """All languages: only the model knows which ones it speaks."""
        return MATCH_ALL

    @override
    async def async_added_to_hass(self) -> None:
        """Register the first agent under the entry's id, too."""
        await super().async_added_to_hass()
        if self._is_first:
            conversation.async_set_agent(self.hass, self.entry, self)

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Unregister the first agent."""
        if self._is_first:
            conversation.async_unset_agent(self.hass, self.entry)
        await super().async_will_remove_from_hass()

    @override
    async def async_prepare(self, language: str | None = None) -> None:
        """Open a connection, and have the filters ready, while the user is still speaking."""
        self.open_connection(Purpose.CONVERSATION)
        await self.hass.async_add_executor_job(prepare_filters)

    @override
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        """Answer a sentence. An error is an answer, too: a speaker shows no errors."""
        if user_input.language == MATCH_ALL:
            # whoever names no language speaks the one of the home, and so do our own texts
            user_input = replace(user_input, language=self.hass.config.language)
        may_ask_locally = self.agent.options.has_fallback
        if may_ask_locally and self.runtime.outage.is_on:
            may_ask_locally = False
            # before the LLM APIs: some are on the internet, too
            if result := await self._async_answer_locally(user_input, chat_log, self.runtime.outage.cause):
                return result
        try:
            await self._async_provide_apis(user_input, chat_log)
        except conversation.ConverseError as err:
            return err.as_conversation_result()
        try:
            if may_ask_locally:
                return await self._async_ask_or_fall_back(user_input, chat_log)
            return await self._async_ask(user_input, chat_log)
        except HomeAssistantError as err:
            return await self._async_say_error(user_input, chat_log, err)

    async def _async_ask_or_fall_back(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        """Let OpenAI answer, or Home Assistant's own agent if that fails. Raises `HomeAssistantError`.

        Only a sentence that this agent does not understand waits until OpenAI has time.
        """
        try:
            return await self._async_ask(user_input, chat_log, LONGEST_WAIT)
        except OpenAIRequestError as err:
            if not may_fall_back(err, chat_log):
                raise
            if result := await self._async_answer_locally(user_input, chat_log, err):
                return result
            wait = wait_before_retry(err.failure)
            if wait is None or wait <= LONGEST_WAIT:
                raise
        await asyncio.sleep(wait)
        return await self._async_ask(user_input, chat_log)

    async def _async_provide_apis(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> None:
        """Give the chat log its prompt and tools. Raises `ConverseError`."""
        options = self.agent.options
        known_apis = {api.id for api in llm.async_get_apis(self.hass)}
        await async_provide_apis(
            chat_log,
            user_input.as_llm_context(DOMAIN),
            [api for api in options.llm_hass_api if api in known_apis],
            options.prompt,
            user_input.extra_system_prompt,
        )

    async def _async_ask(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        longest_wait: float = math.inf,
    ) -> conversation.ConversationResult:
        """Let OpenAI answer. `longest_wait`: see `Turn`. Raises `HomeAssistantError`."""
        try:
            with self.request(Purpose.CONVERSATION) as request:
                await self.async_take_turn(
                    request,
                    chat_log,
                    user_id=user_input.context.user_id,
                    rewriter=self._rewriter(user_input),
                    own_words=await async_own_words(self.hass, user_input.language),
                    longest_wait=longest_wait,
                )
        except OpenAIRequestError as err:
            self._begin_outage(err, user_input.language)
            raise
        self.runtime.outage.answered()
        async_watch_prompt(self.runtime, self.agent, self._prompt(user_input, chat_log), request)
        return self._listening(conversation.async_get_result_from_chat_log(user_input, chat_log))

    def _prompt(self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog) -> Prompt:
        """Return what OpenAI's prompt cache saw of a turn."""
        context, system = user_input.context, chat_log.content[0]
        return Prompt(
            text=system.content if isinstance(system, conversation.SystemContent) else "",
            at=dt_util.utcnow(),
            speaker=(context.user_id, user_input.device_id, user_input.satellite_id, user_input.language),
            cache_life=LONG_LIFE if self.settings.capabilities.cache_for_a_day else SHORT_LIFE,
        )

    def _rewriter(self, user_input: conversation.ConversationInput) -> Callable[[], Rewriter] | None:
        """Return the rewriter that makes an answer fit for a speaker or a screen. None: it fits as it is."""
        if self.agent.options.plain_speech and _is_spoken(user_input):
            return SpokenText
        return self.citation_filter

    def _listening(self, result: conversation.ConversationResult) -> conversation.ConversationResult:
        """Return the result of an answered sentence, with the user's choice about listening."""
        match self.agent.options.keep_listening:
            case KeepListening.ALWAYS:
                result.continue_conversation = True
            case KeepListening.NEVER:
                result.continue_conversation = False
            case KeepListening.QUESTION:
                text = result.response.speech.get("plain", {}).get("speech", "")
                # Home Assistant only finds a question mark at the very end
                result.continue_conversation = result.continue_conversation or asks(text)
        return result

    async def _async_answer_locally(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        failure: OpenAIRequestError | None,
    ) -> conversation.ConversationResult | None:
        """Let Home Assistant's own agent answer. None: it does not understand the sentence.

        `failure`: why OpenAI does not answer. The answer ends with it if it is news.
        """
        result = await async_answer(self.hass, user_input, chat_log.conversation_id)
        if result is None:
            return None
        result = self._listening(replace(result, conversation_id=chat_log.conversation_id))
        text = result.response.speech.get("plain", {}).get("speech", "")
        if failure is None or not self.runtime.outage.news.is_new(failure):
            await self._async_say(chat_log, text)
            return result
        self.runtime.outage.news.heard(failure)
        text = as_sentence(text)
        notice = await async_sentence(self.hass, user_input.language, short_notice(failure))
        result.response.async_set_speech(text + notice)
        await self._async_say(chat_log, text)
        await self._async_say(chat_log, notice, native=OwnSentence())
        return result

    def _begin_outage(self, err: OpenAIRequestError, language: str) -> None:
        """Ask Home Assistant's own agent first from now on, if further sentences would fail, too."""
        if self.agent.options.has_fallback and self.runtime.is_loaded:
            self.runtime.outage.begin(self.hass, self.entry, err, self._async_is_answered)
            self.entry.async_create_background_task(
                self.hass, async_prepare(self.hass, language), "openai_conversation prepare fallback"
            )

    async def _async_is_answered(self) -> bool:
        """Ask OpenAI in the background whether it answers again. A refusal is an answer."""
        try:
            with self.request(Purpose.CONVERSATION) as request:
                response = await async_probe(self.runtime.client, self.runtime.server, self.model)
                request.add(Usage.of_response(self.model, response))
        except OpenAIRequestError as err:
            return not starts_outage(err.failure.kind)
        return True

    async def _async_say_error(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
        err: HomeAssistantError,
    ) -> conversation.ConversationResult:
        """Say what is wrong, once: a screen shows the result, a speaker hears what is streamed."""
        sentence = await async_sentence(self.hass, user_input.language, err)
        if isinstance(err, OpenAIRequestError):
            self.runtime.outage.news.heard(err)
        if _is_spoken(user_input):
            await self._async_say(chat_log, sentence, native=OwnSentence())
        else:
            content = conversation.AssistantContent(self.entity_id, sentence, native=OwnSentence())
            chat_log.async_add_assistant_content_without_tools(content)
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_error(intent.IntentResponseErrorCode.FAILED_TO_HANDLE, sentence)
        return conversation.ConversationResult(response=response, conversation_id=chat_log.conversation_id)

    async def _async_say(
        self, chat_log: conversation.ChatLog, text: str, *, native: OwnSentence | None = None
    ) -> None:
        """Add a text that is not the model's to the chat log, as a delta, so that it is streamed, too.

        `native`: keeps the text from the model.
        """

        async def deltas() -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
            yield {"role": "assistant", "content": text, "native": native}

        async for _ in chat_log.async_add_delta_content_stream(self.entity_id, deltas()):
            pass


def _is_spoken(user_input: conversation.ConversationInput) -> bool:
    """Whether the answer is heard from a speaker, and not read on a screen."""
    return bool(user_input.satellite_id or user_input.device_id)
