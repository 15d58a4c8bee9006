"""The repair issues about failures that last until the user fixes something at the server.

The issue links to a page of OpenAI's, and is closed with the next answer. Each kind of work has one issue at
most, so that no two of them contradict each other.
"""

from collections.abc import Mapping
from typing import Any, Final

import probatio as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN, Purpose
from ..openai_api.client import is_openai_host, server_name
from ..openai_api.errors import FailureKind, OpenAIRequestError, async_sentence
from ..runtime import OpenAIConfigEntry
from .issues import display_name, failure_id

TRY_AGAIN: Final = "try_again"

PAGES: Final[Mapping[FailureKind, str]] = {
    FailureKind.BILLING: "https://platform.openai.com/settings/organization/billing",
    FailureKind.ORGANIZATION: "https://platform.openai.com/settings/organization/general",
    FailureKind.MODEL_GONE: "https://developers.openai.com/api/docs/deprecations",
}
"""Where each of these failures is fixed at OpenAI."""


@callback
def async_open_failure_issue(
    hass: HomeAssistant, entry: OpenAIConfigEntry, purpose: Purpose, kind: FailureKind, name: str
) -> None:
    """Open an issue about a failure of one kind of work, if it is one that lasts.

    It replaces the issue of another such failure. `name`: of the agent or engine that failed.
    """
    if kind not in PAGES:
        return
    for other in PAGES.keys() - {kind}:
        ir.async_delete_issue(hass, DOMAIN, failure_id(other, purpose, entry.entry_id))
    is_billing = kind is FailureKind.BILLING
    if is_billing and _has_billing_issue(hass, entry, purpose):
        return
    page = PAGES[kind] if is_openai_host(entry.data) else None
    ir.async_create_issue(
        hass,
        DOMAIN,
        failure_id(kind, purpose, entry.entry_id),
        data={"entry_id": entry.entry_id, "fix": TRY_AGAIN if is_billing else None},
        is_fixable=is_billing,
        learn_more_url=page,
        severity=ir.IssueSeverity.ERROR,
        translation_key=kind.value,
        translation_placeholders={
            "name": entry.title if is_billing else display_name(hass, entry, name),
            "server": server_name(entry.data),
            "page": page or "",
        },
    )


def _has_billing_issue(hass: HomeAssistant, entry: OpenAIConfigEntry, purpose: Purpose) -> bool:
    """Whether other work has reported already that the account has no credit."""
    issues = ir.async_get(hass)
    others = (
        issues.async_get_issue(DOMAIN, failure_id(FailureKind.BILLING, other, entry.entry_id))
        for other in Purpose
        if other is not purpose
    )
    return any(issue and issue.active for issue in others)


@callback
def async_close_failure_issues(hass: HomeAssistant, entry: OpenAIConfigEntry, purpose: Purpose) -> None:
    """Close the issues about failures of one kind of work, and those about credit: it works again."""
    gone = {failure_id(kind, purpose, entry.entry_id) for kind in PAGES}
    gone |= {failure_id(FailureKind.BILLING, each, entry.entry_id) for each in Purpose}
    for issue_id in gone:
        ir.async_delete_issue(hass, DOMAIN, issue_id)


class TryAgainFlow(RepairsFlow):
    """Ask once more, after the user has added credit."""

    def __init__(self, issue: Mapping[str, Any]) -> None:
        """Take the data of the issue."""
        self._issue = issue

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask one tiny question; show why if it fails."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        entry = self.hass.config_entries.async_get_entry(self._issue["entry_id"])
        if not issue or not entry or entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="gone")
        problem = ""
        if user_input is not None:
            try:
                await entry.runtime_data.async_test()
            except OpenAIRequestError as err:
                problem = await async_sentence(self.hass, self.hass.config.language, err)
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors={"base": "failed"} if problem else {},
            description_placeholders={**(issue.translation_placeholders or {}), "problem": problem},
        )
