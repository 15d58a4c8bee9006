"""The repair of speech that takes a more expensive way, because no WebSocket gets through to OpenAI."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN, LOGGER
from ..runtime import OpenAIConfigEntry
from .issues import documentation_url, no_websocket_id


@callback
def async_report_websocket(hass: HomeAssistant, entry: OpenAIConfigEntry, works: bool) -> None:
    """Open the issue if no WebSocket gets through, and close it if one does."""
    issue_id = no_websocket_id(entry.entry_id)
    if works:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    LOGGER.warning("%s: no WebSocket gets through, so texts are read aloud over HTTP", entry.title)
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry.entry_id},
        is_fixable=False,
        learn_more_url=documentation_url(hass, "no_websocket"),
        severity=ir.IssueSeverity.WARNING,
        translation_key="no_websocket",
        translation_placeholders={"name": entry.title},
    )
