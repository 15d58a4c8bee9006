"""The repair issue about speech that is not heard, because Home Assistant has no `ffmpeg` to convert it."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN, LOGGER
from ..runtime import OpenAIConfigEntry
from .issues import documentation_url, no_ffmpeg_id


@callback
def async_report_no_ffmpeg(hass: HomeAssistant, entry: OpenAIConfigEntry, wanted: str) -> None:
    """Open the issue. `wanted`: the format that a speaker asked for."""
    LOGGER.warning("%s: ffmpeg is missing, so speech cannot be converted to %s", entry.title, wanted)
    ir.async_create_issue(
        hass,
        DOMAIN,
        no_ffmpeg_id(entry.entry_id),
        data={"entry_id": entry.entry_id},
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        learn_more_url=documentation_url(hass, "no_ffmpeg"),
        translation_key="no_ffmpeg",
        translation_placeholders={"name": entry.title, "format": wanted.upper()},
    )


@callback
def async_close_no_ffmpeg(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Close the issue: the program is there."""
    ir.async_delete_issue(hass, DOMAIN, no_ffmpeg_id(entry.entry_id))
