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
from .runtime import OpenAIConfigEntry, OpenAIRuntimeData

_REPAIRS: Final[Mapping[FailureKind, str]] = {
    FailureKind.BILLING: "https://platform.openai.com/settings/organization/billing",
    FailureKind.ORGANIZATION: "https://platform.openai.com/settings/organization/general",
    FailureKind.MODEL_GONE: "https://developers.openai.com/api/docs/deprecations",
}
"""Failures that last until somebody does something about them, and where that is done."""


def async_report(
    hass: HomeAssistant, entry: OpenAIConfigEntry, runtime: OpenAIRuntimeData, failure: Failure
) -> None:
    """Log a failure that reached the user, once until it is another one, and start what mends it."""
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
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id(entry, failure.kind),
            is_fixable=False,
            learn_more_url=url,
            severity=ir.IssueSeverity.ERROR,
            translation_key=failure.kind.value,
            translation_placeholders={"name": entry.title},
        )


def async_report_success(hass: HomeAssistant, entry: OpenAIConfigEntry, runtime: OpenAIRuntimeData) -> None:
    """Note that it works again, and close the repair issues: whatever they named is mended."""
    if runtime.failing:
        LOGGER.info("%s: works again", entry.title)
    if runtime.failing or not runtime.has_worked:
        async_delete_issues(hass, entry)
    runtime.failing, runtime.has_worked = None, True


def async_delete_issues(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Close the repair issues of an entry."""
    for kind in _REPAIRS:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, kind))


def _issue_id(entry: OpenAIConfigEntry, kind: FailureKind) -> str:
    return f"{kind.value}_{entry.entry_id}"


@contextmanager
def reported(hass: HomeAssistant, entry: OpenAIConfigEntry, runtime: OpenAIRuntimeData) -> Iterator[None]:
    """Report how the work inside ended. `runtime`: taken before it, for the entry may be unloaded by then."""
    try:
        yield
    except OpenAIRequestError as err:
        async_report(hass, entry, runtime, err.failure)
        raise
    async_report_success(hass, entry, runtime)


async def async_sentence(hass: HomeAssistant, language: str, err: HomeAssistantError) -> str:
    """Return what to say about an error of ours, in the user's language where there is a translation."""
    texts = await async_get_translations(hass, language, "exceptions", [DOMAIN])
    text = texts.get(f"component.{DOMAIN}.exceptions.{err.translation_key}.message")
    return text.format(**(err.translation_placeholders or {})) if text else str(err)
