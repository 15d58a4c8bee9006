"""While OpenAI does not answer, Home Assistant's own agent is asked first."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..openai_api.errors import FailureKind

RETRY_INTERVAL: Final = 30.0
"""Seconds between attempts to reach OpenAI: seldom enough for its servers, and soon enough for a home."""

_KEEPS_WAITING: Final = frozenset(
    {
        FailureKind.CONNECTION,
        FailureKind.CERTIFICATE,
        FailureKind.WRONG_SCHEME,
        FailureKind.REDIRECT,
        FailureKind.TIMEOUT,
        FailureKind.STARTING,
        FailureKind.SERVER,
        FailureKind.NO_RESPONSES_API,
        FailureKind.UNREADABLE,
    }
)
"""Failures that keep the user waiting for seconds. OpenAI is asked in the background until it answers."""

_COMES_AT_ONCE: Final = frozenset(
    {
        FailureKind.AUTH,
        FailureKind.PERMISSION,
        FailureKind.NETWORK_NOT_ALLOWED,
        FailureKind.REGION,
        FailureKind.UPSTREAM_KEY,
        FailureKind.BILLING,
        FailureKind.RATE_LIMIT,
    }
)
"""Failures that last, but are reported at once. After a while, the next sentence is the next attempt."""


class Outage:
    """Whether OpenAI is out, for all agents of an account."""

    def __init__(self) -> None:
        """Begin without an outage."""
        self.is_on = False
        """Whether the next sentence would meet the same failure."""

        self.on_answer: CALLBACK_TYPE | None = None
        """Called once when OpenAI has answered again."""

        self._kind: FailureKind | None = None
        self._stop_waiting: CALLBACK_TYPE | None = None

    @callback
    def begin(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        kind: FailureKind,
        async_is_over: Callable[[], Awaitable[bool]],
    ) -> None:
        """Start an outage if the next sentence would fail, too. It lasts until `async_is_over` is true.

        In an outage, the last failure counts: credit may be missing first, and then the network.
        """
        if kind not in _KEEPS_WAITING | _COMES_AT_ONCE:
            return
        self._kind = kind
        if self.is_on:
            return

        async def attempt() -> None:
            if self._kind in _COMES_AT_ONCE:
                self.end()
            elif await async_is_over():
                self.answered()
            elif self.is_on:
                wait()

        @callback
        def start_attempt(_now: datetime) -> None:
            entry.async_create_background_task(hass, attempt(), "openai_conversation outage")

        @callback
        def wait() -> None:
            self._cancel_wait()
            job = HassJob(start_attempt, "openai_conversation outage", cancel_on_shutdown=True)
            self._stop_waiting = async_call_later(hass, RETRY_INTERVAL, job)

        self.is_on = True
        wait()

    @callback
    def answered(self) -> None:
        """Note that OpenAI has answered."""
        self.end()
        if self.on_answer:
            on_answer, self.on_answer = self.on_answer, None
            on_answer()

    @callback
    def end(self) -> None:
        """Ask OpenAI first again, or stop asking because the account is unloaded."""
        self.is_on = False
        self._cancel_wait()

    def _cancel_wait(self) -> None:
        if self._stop_waiting:
            self._stop_waiting()
            self._stop_waiting = None
