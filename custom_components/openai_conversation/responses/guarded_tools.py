"""Tools of Assist and of other integrations, guarded: whatever they do, the conversation can go on."""

from dataclasses import fields

import probatio as vol

from homeassistant.components import conversation
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.util.json import JsonObjectType

from ..const import LOGGER


class GuardedAPI(llm.APIInstance):
    """Assist's tools; one that breaks gives an error to the model instead of ending the turn."""

    @classmethod
    def around(cls, api: llm.APIInstance) -> llm.APIInstance:
        """Return the same tools, guarded."""
        if isinstance(api, cls):
            return api
        return cls(**{each.name: getattr(api, each.name) for each in fields(api)})

    async def async_call_tool(self, tool_input: llm.ToolInput) -> llm.ToolResult:
        """Call a tool. Never raises: after the turn, nobody is left to catch it."""
        try:
            return await super().async_call_tool(tool_input)
        except (HomeAssistantError, vol.Invalid) as err:
            # the same data as Home Assistant's chat log makes of them
            data: JsonObjectType = {"error": type(err).__name__}
            if text := str(err):
                data["error_text"] = text
        except Exception as err:  # noqa: BLE001 - other integrations raise anything
            LOGGER.exception("The tool %s failed", tool_input.tool_name)
            data = {"error": type(err).__name__}
        return llm.ToolResult(data=data, error=True)


def close_open_calls(chat_log: conversation.ChatLog, entity_id: str) -> None:
    """Give every call of an interrupted turn a result: without one, OpenAI refuses the conversation."""
    answered: set[str] = set()
    for content in reversed(chat_log.content):
        if isinstance(content, conversation.ToolResultContent):
            answered.add(content.tool_call_id)
            continue
        if isinstance(content, conversation.AssistantContent):
            for call in content.tool_calls or ():
                if call.id not in answered:
                    result = llm.ToolResult(data={"error": "interrupted, result unknown"}, error=True)
                    chat_log.async_add_assistant_content_without_tools(
                        conversation.ToolResultContent(
                            agent_id=entity_id, tool_call_id=call.id, tool_name=call.tool_name, result=result
                        )
                    )
        return
