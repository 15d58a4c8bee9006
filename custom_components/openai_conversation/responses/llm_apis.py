"""Give an agent its LLM APIs. One that fails, hangs, or is not allowed is left out."""

import asyncio
from typing import Final

from homeassistant.components.conversation import ChatLog, ConverseError
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm

from ..const import LOGGER

API_TIMEOUT: Final = 10.0
"""Seconds for an API to describe its tools. Most answer at once, from Home Assistant's memory."""


async def async_provide_apis(
    chat_log: ChatLog,
    llm_context: llm.LLMContext,
    api_ids: list[str],
    prompt: str,
    extra_prompt: str | None,
) -> None:
    """Give the chat log its prompt and the tools of the APIs that work. Raises `ConverseError`."""

    async def provide(ids: list[str]) -> None:
        async with asyncio.timeout(API_TIMEOUT):
            await chat_log.async_provide_llm_data(llm_context, ids, prompt, extra_prompt)

    try:
        await provide(api_ids)
    except (Exception, asyncio.CancelledError) as err:
        _raise_if_cancelled(err)
        working = [
            api_id for api_id in api_ids if await async_working_api(chat_log.hass, api_id, llm_context)
        ]
        if working == api_ids and isinstance(err, ConverseError):
            raise  # the APIs work, so the prompt is at fault
        try:
            # if each API works alone, but not all together, the first one is better than none
            await provide(working if working != api_ids else working[:1])
        except (Exception, asyncio.CancelledError) as another:  # noqa: BLE001 - as in `async_working_api`
            _raise_if_cancelled(another)
            await provide([])


async def async_working_api(
    hass: HomeAssistant, api_id: str, llm_context: llm.LLMContext
) -> llm.APIInstance | None:
    """Return an API as the user of a context may use it; None: it does not work."""
    try:
        async with asyncio.timeout(API_TIMEOUT):
            instance = await llm.async_get_api(hass, api_id, llm_context)
        _check_texts(instance.api_prompt, *(tool.name for tool in instance.tools))
    except (Exception, asyncio.CancelledError) as err:  # noqa: BLE001 - other integrations raise anything
        _raise_if_cancelled(err)
        LOGGER.warning("The LLM API %s is left out: %r", api_id, err)
        return None
    return instance


def _check_texts(*texts: object) -> None:
    """Raise `TypeError` if a prompt or the name of a tool is not text: Home Assistant joins them."""
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a prompt, or the name of a tool, is not text")


def _raise_if_cancelled(err: BaseException) -> None:
    """Raise a cancellation of this task again. One that began inside the API is only a failure of it."""
    if isinstance(err, asyncio.CancelledError) and (task := asyncio.current_task()) and task.cancelling():
        raise err
