"""Repair issues, as a user sees them."""

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

type Issues = dict[str, ir.IssueEntry]


def issues(hass: HomeAssistant) -> Issues:
    """Return our open issues by their key."""
    return {
        issue.translation_key or "": issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }
