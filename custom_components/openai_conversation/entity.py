"""What all entities share: the device, today's model, and how a request is made."""

from collections.abc import Callable
from contextlib import AbstractContextManager
import math
from typing import Final

from homeassistant.components.conversation import ChatLog
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity

from .const import DOMAIN, LOGGER, Purpose
from .openai_api.client import async_open_connection, self_hosted_name
from .openai_api.errors import OPENAI_NAME
from .options.chat import ChatOptions, ModelSettings
from .options.engines import EngineOptions
from .options.entry import Configured, configured_now
from .repairs.budget import USAGE_PAGE
from .reporting import open_request
from .responses.json_schema import AnswerFormat
from .responses.own_words import NO_WORDS, OwnWords
from .responses.request import Identity, Omissions
from .responses.tools import ToolConverter
from .responses.turn import CONVERSATION, Turn, TurnPolicy
from .runtime import Endpoint, OpenAIConfigEntry, options_changed
from .text.filters import CitationFilter, MarkFilter
from .text.rewriter import Rewriter
from .usage.latency import Latency
from .usage.request import Request

ASSIST_PIPELINE: Final = "assist_pipeline"


def _device(entry: OpenAIConfigEntry, unique_id: str, name: str) -> DeviceInfo:
    return DeviceInfo(
        identifiers={(DOMAIN, unique_id)},
        name=name,
        # nobody knows who made the models of a self-hosted server
        manufacturer=None if self_hosted_name(entry.data) else OPENAI_NAME,
        entry_type=DeviceEntryType.SERVICE,
    )


def account_device(entry: OpenAIConfigEntry) -> DeviceInfo:
    """Return the device of an account, which the default agent shares."""
    return _device(entry, entry.entry_id, entry.title)


class AccountEntity(Entity):
    """An entity of the account itself. It shares its device with the default agent."""

    _attr_has_entity_name = True

    def __init__(self, entry: OpenAIConfigEntry, key: str) -> None:
        """Make the entity of an account. `key`: its translation key, which is also in its unique id."""
        self.entry = entry
        self._attr_translation_key = key
        self._attr_unique_id = f"{entry.entry_id}_{key}"
        self._attr_device_info = account_device(entry)


ESTIMATE: Final = (
    "An estimate, not a bill: counted by Home Assistant, at OpenAI's list prices. "
    f"What OpenAI has counted: {USAGE_PAGE}"
)
"""The attribution of what a meter shows."""


class MeterEntity(AccountEntity):
    """An entity of the account that shows what its meter says."""

    _attr_should_poll = False

    def __init__(self, entry: OpenAIConfigEntry, key: str) -> None:
        """Make the entity of an account."""
        super().__init__(entry, key)
        self.meter = entry.runtime_data.meter

    async def async_added_to_hass(self) -> None:
        """Follow the meter."""
        await super().async_added_to_hass()
        self.async_on_remove(self.meter.async_add_listener(self.async_write_ha_state))


class OpenAIEntity[Options](Entity):
    """An entity of an agent. The agent is the device, and the entity has the agent's name."""

    _attr_has_entity_name = True
    _attr_name: str | None = None

    def __init__(self, entry: OpenAIConfigEntry, agent: Configured[Options]) -> None:
        """Make the entity of an agent."""
        self.entry = entry
        self.agent = agent
        # keep a reference: an entry unloaded mid-turn loses its runtime data
        self.runtime = entry.runtime_data
        self._attr_unique_id = agent.unique_id
        device = _device(entry, agent.unique_id, agent.name)
        device["model"] = self.model
        self._attr_device_info = device

    async def async_added_to_hass(self) -> None:
        """Follow the options."""
        await super().async_added_to_hass()
        signal = options_changed(self.entry)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._async_take_options))

    @callback
    def _async_take_options(self) -> None:
        """Use new options from the next request on. A request that is under way keeps the old ones."""
        self.agent = configured_now(self.entry, self.agent)
        # it may have refused the old value, and support the new one
        self.refused_params.clear()
        if self.device_entry:
            dr.async_get(self.hass).async_update_device(self.device_entry.id, model=self.model)
        self.async_write_ha_state()

    @property
    def model(self) -> str:
        """The model of today: switches to the successor before the model is retired."""
        raise NotImplementedError

    @property
    def refused_params(self) -> set[str]:
        """Parameters that later requests leave out, because the server refused them. Add new ones."""
        return self.runtime.refused_params[self.agent.unique_id, self.model]

    def request(
        self, purpose: Purpose, model: str | None = None, *, must_finish: bool = False
    ) -> AbstractContextManager[Request]:
        """Enter this before sending anything to OpenAI: see `open_request`. `model`: None: today's model."""
        return open_request(
            self.runtime,
            purpose,
            model or self.model,
            name=self.agent.name,
            endpoint=self.endpoint,
            must_finish=must_finish,
        )

    @property
    def endpoint(self) -> Endpoint:
        """Where it asks."""
        return self.runtime.endpoint(self.agent.unique_id)

    def has_room(self, purpose: Purpose, model: str) -> bool:
        """Whether the budget has room for another request. It is not about other addresses."""
        return bool(self.endpoint.engine_id) or self.runtime.meter.has_room(purpose, model)

    def open_connection(self, purpose: Purpose) -> None:
        """Open a connection in the background for the request that will follow.

        If the budget has no room for that request, it will not follow, and nothing is opened.
        """
        if not self.has_room(purpose, self.model):
            return
        self.entry.async_create_background_task(
            self.hass,
            async_open_connection(self.endpoint.client, self.model),
            "openai_conversation_open_connection",
        )
        self._prepare_voices()

    def _prepare_voices(self) -> None:
        """Prepare the voices of the voice assistants that use this entity: one of them will speak soon."""
        if ASSIST_PIPELINE not in self.hass.config.components:
            return
        from homeassistant.components import assist_pipeline  # noqa: PLC0415  an optional dependency

        own_ids = {self.entity_id, self.entry.entry_id}
        for pipeline in assist_pipeline.async_get_pipelines(self.hass):
            prepare = self.runtime.voices.get(pipeline.tts_engine or "")
            if prepare and own_ids & {pipeline.conversation_engine, pipeline.stt_engine}:
                prepare(pipeline.tts_voice)


class AgentEntity(OpenAIEntity[ChatOptions]):
    """An entity of a conversation agent or of an AI task agent."""

    def __init__(self, entry: OpenAIConfigEntry, agent: Configured[ChatOptions]) -> None:
        """Make the entity of an agent."""
        super().__init__(entry, agent)
        self._converter = ToolConverter()

    @property
    def model(self) -> str:
        """The model of today."""
        return self.settings.chat_model

    @property
    def settings(self) -> ModelSettings:
        """What to send today."""
        return self.agent.options.settings(self.runtime.models())

    @property
    def citation_filter(self) -> type[CitationFilter | MarkFilter] | None:
        """The filter for the sources of a web search, or for their unreadable marks. None: no web search."""
        if not (search := self.settings.web_search):
            return None
        return MarkFilter if search.citations else CitationFilter

    async def async_take_turn(
        self,
        request: Request,
        chat_log: ChatLog,
        *,
        user_id: str | None = None,
        rewriter: Callable[[], Rewriter] | None = None,
        policy: TurnPolicy = CONVERSATION,
        own_words: OwnWords = NO_WORDS,
        answer_format: AnswerFormat | None = None,
        longest_wait: float = math.inf,
    ) -> str:
        """Answer the last message of a chat log, and return the words. Raises `OpenAIRequestError`.

        `request`: entered with `self.request`. `longest_wait`: see `Turn`.
        """
        refused = self.refused_params
        turn = Turn(
            client=self.runtime.client,
            server=self.runtime.server,
            settings=self.settings,
            identity=Identity(agent_id=self.agent.unique_id, user_id=user_id),
            chat_log=chat_log,
            entity_id=self.entity_id,
            converter=self._converter,
            request=request,
            latency=self.runtime.latency if policy is CONVERSATION else Latency(),
            rewriter=rewriter,
            omissions=Omissions(params=frozenset(refused)),
            remember_turns=self.agent.options.remember_turns,
            policy=policy,
            own_words=own_words,
            habits=self.runtime.habits[self.agent.unique_id, self.model],
            answer_format=answer_format,
            longest_wait=longest_wait,
        )
        try:
            return await turn.async_run()
        finally:
            # a busy service tier and an unsupported structure say nothing about the next turn
            for param in sorted(turn.omissions.params - refused - {"service_tier", "text.format"}):
                LOGGER.warning("%s refuses %s, so it is not sent again", self.runtime.server_name, param)
                refused.add(param)


class EngineEntity[Options: EngineOptions](OpenAIEntity[Options]):
    """An entity of a speech engine, or of an evaluation."""

    @property
    def model(self) -> str:
        """The model of today."""
        return self.agent.options.model_for(self.runtime.models())
