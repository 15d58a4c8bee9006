"""Notice when a day begins in the time zone of the home, even if that changes."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_time
from homeassistant.util import dt as dt_util


class DayTracker:
    """Calls a listener whenever a day begins, and when the home moves to another time zone.

    Where daylight saving time skips midnight, the day begins at the change.
    """

    def __init__(self, hass: HomeAssistant, listener: CALLBACK_TYPE) -> None:
        """Begin to wait for midnight."""
        self._hass = hass
        self._listener = listener
        self._stop_waiting = self._wait()
        self._stop_listening = hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._on_config)

    def _wait(self) -> CALLBACK_TYPE:
        tomorrow = dt_util.now().date() + timedelta(days=1)
        return async_track_point_in_time(self._hass, self._on_day, dt_util.start_of_local_day(tomorrow))

    @callback
    def _on_day(self, _: datetime) -> None:
        self._stop_waiting = self._wait()
        self._listener()

    @callback
    def _on_config(self, _: Event[Any]) -> None:
        self._stop_waiting()
        self._stop_waiting = self._wait()
        self._listener()

    @callback
    def async_stop(self) -> None:
        """Stop calling the listener."""
        self._stop_waiting()
        self._stop_listening()
