"""The repair of instructions that change from turn to turn, which makes OpenAI's prompt cache useless.

Nothing is fixed here: only the user knows what the line is for. The issue goes away when turns begin alike.
"""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..options.chat import ChatOptions
from ..options.entry import Configured, conversation_agents
from ..runtime import OpenAIConfigEntry, OpenAIRuntimeData
from ..usage.prompt_watch import Prompt, PromptWatch
from ..usage.request import Request
from .issues import changing_prompt_id, is_changing_prompt_id, issues_of

CACHING_PAGE: Final = "https://developers.openai.com/api/docs/guides/prompt-caching"

_LONGEST_LINE: Final = 120
"""Characters of a line that an issue shows: enough to find it."""


@callback
def async_watch_prompt(
    account: OpenAIRuntimeData, agent: Configured[ChatOptions], prompt: Prompt, request: Request
) -> None:
    """Note a turn of an agent, and open or close its issue."""
    if not account.is_loaded:
        return
    watch = account.prompt_watches[agent.unique_id]
    watch.add(prompt, request.first, account.meter.prices.price_of(request.model))
    if watch.is_steady:
        ir.async_delete_issue(account.hass, DOMAIN, changing_prompt_id(agent.unique_id))
    elif (line := watch.changing_line) is not None:
        _open(account, agent, line, watch)


def _open(account: OpenAIRuntimeData, agent: Configured[ChatOptions], line: str, watch: PromptWatch) -> None:
    ir.async_create_issue(
        account.hass,
        DOMAIN,
        changing_prompt_id(agent.unique_id),
        data={"entry_id": account.entry.entry_id},
        is_fixable=False,
        learn_more_url=CACHING_PAGE,
        severity=ir.IssueSeverity.WARNING,
        translation_key="changing_prompt",
        translation_placeholders={
            "name": agent.name,
            "line": _shown(line),
            "dollars": f"{watch.monthly_cost / 1_000_000:.2f}",
        },
    )


@callback
def async_close_old_prompt_issues(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Close the issues of agents that were removed."""
    current = {changing_prompt_id(agent.unique_id) for agent in conversation_agents(entry)}
    for issue_id in issues_of(hass, entry):
        if is_changing_prompt_id(issue_id) and issue_id not in current:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _shown(line: str) -> str:
    """Return a line as Markdown code can show it."""
    line = line.replace("`", "'").strip() or "…"
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"
