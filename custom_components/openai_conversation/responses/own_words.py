"""What is said or shown in a turn that the model has not written, in the user's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..text.questions import with_full_stop

HOSTED_TOOLS: Final = ("code_interpreter_call", "image_generation_call", "web_search_call")
"""Output items of tools that run at OpenAI, which takes seconds."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Words of ours. Without them, nothing is said or shown."""

    done: str = ""
    """When tools did all that was asked, and the model says nothing."""

    activities: Mapping[str, str] = field(default_factory=dict)
    """Type of an output item → what the model is doing, to be shown while a hosted tool runs."""


NO_WORDS: Final = OwnWords()


async def async_own_words(hass: HomeAssistant, language: str) -> OwnWords:
    """Return the words for the language of a sentence."""
    agents = conversation.DOMAIN
    answers = await async_get_translations(hass, language, agents, [agents])
    choices = await async_get_translations(hass, language, "selector", [DOMAIN])
    key = f"component.{DOMAIN}.selector.activity.options"
    return OwnWords(
        done=with_full_stop(answers.get(f"component.{agents}.conversation.agent.done", "Done")),
        activities={tool: text for tool in HOSTED_TOOLS if (text := choices.get(f"{key}.{tool}"))},
    )


def tools_succeeded(contents: Iterable[conversation.Content]) -> bool:
    """Whether tools ran for the last sentence of a chat log, and did all that they were asked for."""
    results: list[llm.ToolResult] = []
    for content in contents:
        match content:
            case conversation.UserContent():
                results = []
            case conversation.ToolResultContent(result=result):
                results.append(result)
    return bool(results) and not any(result.error or _has_failed(result.data) for result in results)


def _has_failed(data: object) -> bool:
    """Whether Assist reports a failure in a result, such as one of two lights that did not turn on."""
    if not isinstance(data, Mapping):
        return False
    parts = data.get("data")
    failed = parts.get("failed") if isinstance(parts, Mapping) else None
    return bool(failed) or data.get("response_type") == "error" or data.get("success") is False
