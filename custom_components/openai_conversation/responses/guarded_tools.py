"""Guard the tools of Assist and of other integrations: whatever they do, the conversation can go on."""

import asyncio
from collections.abc import Callable
import time

import probatio as vol

from homeassistant.components import conversation
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm

from ..const import LOGGER
from ..usage.latency import Stage, Stopwatch
from .tool_results import error_result, tool_result


class GuardedAPI(llm.APIInstance):
    """Wraps the API of a turn. If a tool fails, the model gets an error, and the turn goes on.

    The wrapper calls the API's own `async_call_tool`, which may refuse a tool, ask for a PIN, or keep a log.
    """

    def __init__(self, api: llm.APIInstance, time_limit: Callable[[], float], stopwatch: Stopwatch) -> None:
        """Guard an API. `time_limit`: returns the seconds that an action may take from now on."""
        super().__init__(api.api, api.api_prompt, api.llm_context, api.tools, api.custom_serializer)
        self.guarded = api
        self._time_limit = time_limit
        self._stopwatch = stopwatch
        self._running: set[asyncio.Task[llm.ToolResult]] = set()

    @property
    def is_busy(self) -> bool:
        """Whether an action is still running."""
        return bool(self._running)

    async def async_call_tool(self, tool_input: llm.ToolInput) -> llm.ToolResult:
        """Call a tool, and wait for its result as long as the turn allows.

        A slow action goes on in the background, even if its turn is canceled. An action that stops halfway
        may be worse than a slow one: think of a script that turns something off later.
        """
        action = self.api.hass.async_create_background_task(
            self._async_result(tool_input), f"openai_conversation_tool_{tool_input.tool_name}"
        )
        self._running.add(action)
        action.add_done_callback(self._running.discard)
        limit, began = self._time_limit(), time.monotonic()
        done, _ = await asyncio.wait({action}, timeout=limit)
        self._stopwatch.add(Stage.TOOL, began, tool=tool_input.tool_name)
        if done:
            return action.result()
        LOGGER.warning("The tool %s is still running after %.0f s", tool_input.tool_name, limit)
        return error_result(
            "Timeout", "The action takes long. It is still running, and its result is not known."
        )

    async def _async_result(self, tool_input: llm.ToolInput) -> llm.ToolResult:
        """Return the result of a tool, whatever it raises."""
        try:
            return tool_result(await self.guarded.async_call_tool(tool_input))
        except asyncio.CancelledError as err:
            if (task := asyncio.current_task()) and task.cancelling():
                raise  # Home Assistant shuts down
            return error_result(type(err).__name__, str(err))
        except (HomeAssistantError, vol.Invalid) as err:
            return error_result(type(err).__name__, str(err))
        except (Exception, SystemExit) as err:  # noqa: BLE001 - other integrations raise anything
            LOGGER.exception("The tool %s failed", tool_input.tool_name)
            return error_result(type(err).__name__)


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
