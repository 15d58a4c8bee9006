"""What Home Assistant does about a failure: log it, ask for a new key, open a repair issue, say it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
import logging
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN, LOGGER
from .openai_api.errors import Failure, FailureKind, OpenAIRequestError
from .runtime import OpenAIConfigEntry

_REPAIRS: Final[Mapping[FailureKind, str]] = {
    FailureKind.BILLING: "https://platform.openai.com/settings/organization/billing",
    FailureKind.ORGANIZATION: "https://platform.openai.com/settings/organization/general",
    FailureKind.MODEL_GONE: "https://developers.openai.com/api/docs/deprecations",
}
"""Failures that last until somebody does something about them, and where that is done."""


def async_report(hass: HomeAssistant, entry: OpenAIConfigEntry, failure: Failure) -> None:
    """Log a failure that reached the user, once until it is another one, and start what mends it."""
    runtime = entry.runtime_data
    level = logging.DEBUG if runtime.failing is failure.kind else logging.WARNING
    runtime.failing = failure.kind
    LOGGER.log(
        level,
        "%s: %s (%s, request id %s)",
        entry.title,
        failure.kind.value,
        failure.detail,
        failure.request_id,
    )
    if failure.kind is FailureKind.AUTH:
        entry.async_start_reauth(hass)
    if url := _REPAIRS.get(failure.kind):
        issue_id = f"{failure.kind.value}_{entry.entry_id}"
        runtime.open_issues.add(issue_id)
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            learn_more_url=url,
            severity=ir.IssueSeverity.ERROR,
            translation_key=failure.kind.value,
            translation_placeholders={"name": entry.title},
        )


def async_report_success(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Note that it works again, and close the repair issues of this entry."""
    runtime = entry.runtime_data
    if runtime.failing:
        LOGGER.info("%s: works again", entry.title)
        runtime.failing = None
    while runtime.open_issues:
        ir.async_delete_issue(hass, DOMAIN, runtime.open_issues.pop())


@contextmanager
def reported(hass: HomeAssistant, entry: OpenAIConfigEntry) -> Iterator[None]:
    """Report how the work inside ended."""
    try:
        yield
    except OpenAIRequestError as err:
        async_report(hass, entry, err.failure)
        raise
    async_report_success(hass, entry)


async def async_sentence(hass: HomeAssistant, language: str, err: HomeAssistantError) -> str:
    """Return what to say about an error of ours, in the user's language where there is a translation."""
    texts = await async_get_translations(hass, language, "exceptions", [DOMAIN])
    text = texts.get(f"component.{DOMAIN}.exceptions.{err.translation_key}.message")
    return text.format(**(err.translation_placeholders or {})) if text else str(err)
