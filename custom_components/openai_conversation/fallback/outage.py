"""While OpenAI does not answer, Home Assistant's own agent is asked first."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..openai_api.errors import OpenAIRequestError
from .news import News
from .rules import COMES_AT_ONCE, starts_outage

RETRY_INTERVAL: Final = 30.0
"""Seconds between attempts to reach OpenAI: seldom enough for its servers, and soon enough for a home."""


class Outage:
    """Whether OpenAI is out, for all agents of an account."""

    def __init__(self) -> None:
        """Begin without an outage."""
        self.is_on = False
        """Whether the next sentence would meet the same failure."""

        self.cause: OpenAIRequestError | None = None
        """The last failure that would have started an outage."""

        self.news = News()
        self.on_answer: CALLBACK_TYPE | None = None
        """Called once when OpenAI has answered again."""

        self._stop_waiting: CALLBACK_TYPE | None = None

    @callback
    def begin(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        err: OpenAIRequestError,
        async_is_over: Callable[[], Awaitable[bool]],
    ) -> None:
        """Start an outage if the next sentence would fail, too. It lasts until `async_is_over` is true.

        In an outage, the last failure counts: credit may be missing first, and then the network.
        """
        if not starts_outage(err.failure.kind):
            return
        self.cause = err
        if self.is_on:
            return

        async def attempt() -> None:
            if self.cause and self.cause.failure.kind in COMES_AT_ONCE:
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
        self.news.answered()
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
