"""What Home Assistant does about a failure: log it, ask for a new key, open a repair issue, say it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
import logging
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LOGGER
from .openai_api.errors import Failure, FailureKind, OpenAIRequestError
from .runtime import Health, OpenAIConfigEntry, Purpose

_REPAIRS: Final[Mapping[FailureKind, str]] = {
    FailureKind.BILLING: "https://platform.openai.com/settings/organization/billing",
    FailureKind.ORGANIZATION: "https://platform.openai.com/settings/organization/general",
    FailureKind.MODEL_GONE: "https://developers.openai.com/api/docs/deprecations",
}
"""Failures that last until somebody does something about them, and where that is done."""


@contextmanager
def reported(hass: HomeAssistant, entry: OpenAIConfigEntry, health: Health) -> Iterator[None]:
    """Report how the work inside ended.

    `health`: of this kind of work; taken before it, for the entry may be unloaded by then.
    """
    try:
        yield
    except OpenAIRequestError as err:
        _report_failure(hass, entry, health, err.failure)
        raise
    _report_success(hass, entry, health)


def _report_failure(hass: HomeAssistant, entry: OpenAIConfigEntry, health: Health, failure: Failure) -> None:
    """Log a failure that reached the user, once until it is another one, and start what mends it."""
    level = logging.DEBUG if health.failing is failure.kind else logging.WARNING
    health.failing = failure.kind
    health.failures[failure.kind] += 1
    health.last_failure = (dt_util.utcnow(), failure)
    kind = failure.kind.value
    LOGGER.log(level, "%s: %s (%s, request id %s)", entry.title, kind, failure.detail, failure.request_id)
    if failure.kind is FailureKind.AUTH:
        entry.async_start_reauth(hass)
    if url := _REPAIRS.get(failure.kind):
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id(entry, health.purpose, failure.kind),
            data={"entry_id": entry.entry_id},
            is_fixable=False,
            learn_more_url=url,
            severity=ir.IssueSeverity.ERROR,
            translation_key=kind,
            translation_placeholders={"name": entry.title},
        )


def _report_success(hass: HomeAssistant, entry: OpenAIConfigEntry, health: Health) -> None:
    """Note that it works again, and close its repair issues: whatever they named is mended."""
    if health.failing:
        LOGGER.info("%s: works again", entry.title)
    if health.failing or not health.has_worked:
        _delete_issues(hass, entry, health.purpose)
    health.failing, health.has_worked = None, True
    health.successes += 1


def issues_of(hass: HomeAssistant, entry: OpenAIConfigEntry) -> list[str]:
    """Return the ids of the open repair issues of an entry: those whose data name it."""
    issues = ir.async_get(hass).issues
    return [
        issue_id
        for (domain, issue_id), issue in issues.items()
        if domain == DOMAIN and issue.data and issue.data.get("entry_id") == entry.entry_id
    ]


def async_delete_issues(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Close the repair issues of an entry."""
    for issue_id in issues_of(hass, entry):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def _delete_issues(hass: HomeAssistant, entry: OpenAIConfigEntry, purpose: Purpose) -> None:
    for kind in _REPAIRS:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, purpose, kind))


def _issue_id(entry: OpenAIConfigEntry, purpose: Purpose, kind: FailureKind) -> str:
    return f"{kind.value}_{purpose}_{entry.entry_id}"


async def async_sentence(hass: HomeAssistant, language: str, err: HomeAssistantError) -> str:
    """Return what to say about an error of ours, in the user's language where there is a translation."""
    texts = await async_get_translations(hass, language, "exceptions", [DOMAIN])
    text = texts.get(f"component.{DOMAIN}.exceptions.{err.translation_key}.message")
    return text.format(**(err.translation_placeholders or {})) if text else str(err)
