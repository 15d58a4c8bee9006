"""The one door for requests, and what Home Assistant does about a failure: log and repair."""

from collections.abc import Generator
from contextlib import contextmanager
import logging

from homeassistant.util import dt as dt_util

from .const import LOGGER, Purpose
from .fallback.rules import passes
from .openai_api.errors import Failure, FailureKind, OpenAIRequestError
from .repairs.failures import async_close_failure_issues, async_open_failure_issue
from .repairs.refused_key import async_close_key_issue, async_open_key_issue
from .runtime import Endpoint, OpenAIRuntimeData
from .usage.meter import BudgetReachedError
from .usage.request import Request, metered


@contextmanager
def open_request(
    account: OpenAIRuntimeData,
    purpose: Purpose,
    model: str,
    *,
    name: str | None = None,
    endpoint: Endpoint | None = None,
    must_finish: bool = False,
) -> Generator[Request]:
    """Enter this before sending anything to OpenAI. It reports whether the work inside succeeded.

    `name`: of the agent or engine; None: the account. `endpoint`: where it asks; None: at the address of the
    account. `must_finish`: see `metered`. Add what each answer used
    to the request. Raises `BudgetReachedError` if the budget has no room: then nothing was sent, and it does
    not count as a failure.

    Nothing is reported about an account that was unloaded meanwhile: its key, settings, and repair issues
    may be new by now.
    """
    endpoint = endpoint or account.endpoint("")
    failures_before = account.health[purpose].failures.total()
    try:
        with metered(
            account.meter, purpose, model, must_finish=must_finish, is_elsewhere=bool(endpoint.engine_id)
        ) as request:
            yield request
    except BudgetReachedError:
        raise
    except OpenAIRequestError as err:
        err.name_server(endpoint.name)
        if account.is_loaded:
            _report_failure(account, purpose, err.failure)
            _open_issues(account, endpoint, purpose, err.failure.kind, name or account.entry.title)
        raise
    if account.is_loaded:
        _report_success(account, endpoint, purpose, failures_before)


def _report_failure(account: OpenAIRuntimeData, purpose: Purpose, failure: Failure) -> None:
    """Log a failure that reached the user, as a warning if it is a new one."""
    entry, health = account.entry, account.health[purpose]
    kind = failure.kind
    is_same = health.failing is kind or (health.failing and passes(health.failing) and passes(kind))
    level = logging.DEBUG if is_same else logging.WARNING
    LOGGER.log(level, "%s: %s (%s, request id %s)", entry.title, kind, failure.detail, failure.request_id)
    health.failing = kind
    health.failures[kind] += 1
    health.last_failure = (dt_util.utcnow(), failure)
    account.meter.async_notify()  # the entities of the budget also show a limit at OpenAI


def _open_issues(
    account: OpenAIRuntimeData, endpoint: Endpoint, purpose: Purpose, kind: FailureKind, name: str
) -> None:
    """Ask for a new key, or open a repair issue, if the user has to do something."""
    hass, entry = account.hass, account.entry
    if endpoint.engine_id:
        if kind is FailureKind.AUTH:
            async_open_key_issue(hass, entry, endpoint, name)
        return
    if kind is FailureKind.AUTH:
        entry.async_start_reauth(hass)
    async_open_failure_issue(hass, entry, purpose, kind, name)


def _report_success(
    account: OpenAIRuntimeData, endpoint: Endpoint, purpose: Purpose, failures_before: int
) -> None:
    """Count a success, and close the repair issues of this kind of work."""
    health = account.health[purpose]
    health.successes += 1
    if health.failures.total() > failures_before:
        return  # a request failed after this one began, so this one proves nothing
    if health.failing:
        LOGGER.info("%s: works again", account.entry.title)
        health.failing = None
        account.meter.async_notify()
    if endpoint.engine_id:
        async_close_key_issue(account.hass, endpoint.engine_id)
    else:
        async_close_failure_issues(account.hass, account.entry, purpose)
