"""The repair of a speech engine whose own address does not accept its key."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..runtime import Endpoint, OpenAIConfigEntry
from .issues import display_name, documentation_url, is_refused_key_id, issues_of, refused_key_id


@callback
def async_open_key_issue(
    hass: HomeAssistant, entry: OpenAIConfigEntry, endpoint: Endpoint, name: str
) -> None:
    """Open the issue. `name`: of the engine."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        refused_key_id(endpoint.engine_id or ""),
        data={"entry_id": entry.entry_id},
        is_fixable=False,
        learn_more_url=documentation_url(hass, "refused_key"),
        severity=ir.IssueSeverity.ERROR,
        translation_key="refused_key",
        translation_placeholders={"name": display_name(hass, entry, name), "server": endpoint.name},
    )


@callback
def async_close_key_issues(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Close the issues of an account that is loaded: keys and addresses may be new."""
    for issue_id in filter(is_refused_key_id, issues_of(hass, entry)):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_close_key_issue(hass: HomeAssistant, engine_id: str) -> None:
    """Close the issue: the key works."""
    ir.async_delete_issue(hass, DOMAIN, refused_key_id(engine_id))
