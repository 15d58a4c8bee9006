"""The repair issues about failures that last until the user fixes something at the server.

The issue links to a page of OpenAI's, and is closed with the next answer.
"""

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN, Purpose
from ..openai_api.client import is_openai_host, server_name
from ..openai_api.errors import FailureKind
from ..runtime import OpenAIConfigEntry
from .issues import failure_id

PAGES: Final[Mapping[FailureKind, str]] = {
    FailureKind.BILLING: "https://platform.openai.com/settings/organization/billing",
    FailureKind.ORGANIZATION: "https://platform.openai.com/settings/organization/general",
    FailureKind.MODEL_GONE: "https://developers.openai.com/api/docs/deprecations",
}
"""Where each of these failures is fixed at OpenAI."""


@callback
def async_open_failure_issue(
    hass: HomeAssistant, entry: OpenAIConfigEntry, purpose: Purpose, kind: FailureKind
) -> None:
    """Open an issue about a failure of one kind of work, if it is one that lasts."""
    if page := PAGES.get(kind):
        ir.async_create_issue(
            hass,
            DOMAIN,
            failure_id(kind, purpose, entry.entry_id),
            data={"entry_id": entry.entry_id},
            is_fixable=False,
            learn_more_url=page if is_openai_host(entry.data) else None,
            severity=ir.IssueSeverity.ERROR,
            translation_key=kind.value,
            translation_placeholders={"name": entry.title, "server": server_name(entry.data)},
        )


@callback
def async_close_failure_issues(hass: HomeAssistant, entry: OpenAIConfigEntry, purpose: Purpose) -> None:
    """Close the issues about failures of one kind of work: it works again."""
    for kind in PAGES:
        ir.async_delete_issue(hass, DOMAIN, failure_id(kind, purpose, entry.entry_id))
