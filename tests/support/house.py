"""A small house to talk to."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components import conversation
from homeassistant.components.conversation import async_get_chat_log
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import chat_session, intent, llm

from .responses_api import FakeOpenAI

AGENT = "conversation.chatgpt"
TURN_ON = "intent__HassTurnOn"


@dataclass
class Answer:
    """What the user hears and sees."""

    speech: str
    is_error: bool
    keeps_listening: bool
    conversation_id: str | None

    @classmethod
    def of(cls, result: conversation.ConversationResult) -> Self:
        """Return the answer in a result."""
        return cls(
            speech=result.response.speech.get("plain", {}).get("speech", ""),
            is_error=result.response.response_type is intent.IntentResponseType.ERROR,
            keeps_listening=result.continue_conversation,
            conversation_id=result.conversation_id,
        )


class House:
    """The house, and somebody who speaks to it."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        """Furnish and load it before use."""
        self.hass = hass
        self.entry = entry
        self.turned_on: list[str] = []
        self.deltas: list[dict[str, Any]] = []
        """The deltas of the last answer, in order."""

    @property
    def streamed_text(self) -> str:
        """What was heard of the last answer, while it streamed in."""
        return "".join(delta.get("content") or "" for delta in self.deltas if "tool_call_id" not in delta)

    async def async_furnish(self) -> None:
        """Add devices to the house."""
        self.hass.states.async_set("light.kitchen", "off", {"friendly_name": "Kitchen Light"})
        self.hass.states.async_set("light.bedroom", "off", {"friendly_name": "Bedroom Light"})
        self.hass.states.async_set("lock.front_door", "locked", {"friendly_name": "Front Door"})
        for entity_id in ("light.kitchen", "light.bedroom"):
            async_expose_entity(self.hass, conversation.DOMAIN, entity_id, should_expose=True)
        async_expose_entity(self.hass, conversation.DOMAIN, "lock.front_door", should_expose=False)

        async def turn_on(call: ServiceCall) -> None:
            entity_ids = call.data["entity_id"]
            for entity_id in [entity_ids] if isinstance(entity_ids, str) else entity_ids:
                self.turned_on.append(entity_id)
                self.hass.states.async_set(entity_id, "on", self.hass.states.get(entity_id).attributes)

        self.hass.services.async_register("light", "turn_on", turn_on)

    async def async_load(self, **options: Any) -> None:
        """Load the agent, with these options, if any."""
        # a change of the entry may be reloading it
        await self.hass.async_block_till_done()
        if self.entry.state is ConfigEntryState.LOADED:
            await self.hass.config_entries.async_unload(self.entry.entry_id)
        if options:
            self.hass.config_entries.async_update_entry(self.entry, options=options)
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()

    async def async_self_host(self, openai: FakeOpenAI, **options: Any) -> None:
        """Load the agent with a self-hosted server, where requests are not checked as OpenAI checks them."""
        address = "http://server.home.arpa:8080/v1"
        openai.router.get(f"{address}/models").respond(404)
        openai.also_answers_at(address)
        data = {"api_key": "any", "base_url": address, "server": "compatible"}
        self.hass.config_entries.async_update_entry(self.entry, data=data)
        await self.async_load(**options)

    async def hears(
        self,
        text: str,
        *,
        attachments: Iterable[tuple[str, Path]] = (),
        conversation_id: str | None = None,
        agent_id: str = AGENT,
        extra_system_prompt: str | None = None,
        context: Context | None = None,
        satellite_id: str | None = None,
        language: str = "en",
    ) -> Answer:
        """Say something, as the Assist pipeline does it, and return the answer.

        `satellite_id`: the speaker that hears it; None: it is typed in a dialog.
        """
        self.deltas = []
        context = context or Context()
        with chat_session.async_get_chat_session(self.hass, conversation_id) as session:
            user_input = conversation.ConversationInput(
                text=text,
                context=context,
                conversation_id=session.conversation_id,
                device_id=None,
                satellite_id=satellite_id,
                language=language,
                agent_id=agent_id,
            )
            with async_get_chat_log(
                self.hass,
                session,
                user_input,
                chat_log_delta_listener=lambda _log, delta: self.deltas.append(delta),
            ) as chat_log:
                if attachments:
                    files = _attached(attachments)
                    chat_log.content[-1] = conversation.UserContent(content=text, attachments=files)
                result = await conversation.async_converse(
                    self.hass,
                    text,
                    session.conversation_id,
                    context,
                    language,
                    agent_id,
                    satellite_id=satellite_id,
                    extra_system_prompt=extra_system_prompt,
                )
        return Answer.of(result)


def _attached(files: Iterable[tuple[str, Path]]) -> list[conversation.Attachment]:
    return [
        conversation.Attachment(media_content_id=str(path), mime_type=kind, path=path) for kind, path in files
    ]


class Meeting(llm.API):
    """An LLM API with two tools that wait for each other, or break."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        breaks: bool = False,
        refuses: str | None = None,
        result: dict[Any, Any] | None = None,
    ) -> None:
        """Register it. `refuses`: the tool that raises a `HomeAssistantError`."""
        super().__init__(hass=hass, id="meeting", name="Meeting")
        self.breaks = breaks
        self.refuses = refuses
        self.result = result
        self.arrived: set[str] = set()
        self.all_arrived = asyncio.Event()
        llm.async_register_api(hass, self)

    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        """Return the two tools."""
        tools: list[llm.Tool] = [Guest(self, "first"), Guest(self, "second")]
        return llm.APIInstance(self, "Meet.", llm_context, tools)


class Guest(llm.Tool):
    """A tool of the meeting."""

    integration = "meeting"

    def __init__(self, meeting: Meeting, name: str) -> None:
        """Be invited."""
        self.meeting = meeting
        self.name = name
        self.description = "Meets."

    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Arrive, and wait for the other."""
        self.meeting.arrived.add(self.name)
        if self.meeting.breaks:
            raise ZeroDivisionError
        if self.meeting.refuses == self.name:
            raise HomeAssistantError("No.")
        if len(self.meeting.arrived) == 2 and not self.meeting.refuses:
            self.meeting.all_arrived.set()
        await self.meeting.all_arrived.wait()
        return llm.ToolResult(data=self.meeting.result or {"met": sorted(self.meeting.arrived)})
