"""The file of an account's ledger.

It is written some minutes after an answer, and when Home Assistant stops. Each write is atomic, so a crash
loses minutes, but never a month.
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from .ledger import Ledger

SAVE_DELAY: Final = 120
"""Seconds between an answer and the write: what a crash may lose."""

_VERSION: Final = 1
_UNREADABLE: Final = (
    AttributeError,
    HomeAssistantError,
    KeyError,
    NotImplementedError,
    TypeError,
    ValueError,
)
"""Exceptions of reading a broken file, or one that a newer release has written."""


class LedgerFile:
    """Reads and writes a ledger."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file of an account."""
        self.ledger = Ledger()
        self._hass = hass
        self._store: Store[dict[str, Any]] = Store(
            hass, _VERSION, f"{DOMAIN}.usage.{entry_id}", atomic_writes=True
        )
        self._is_scheduled = False

    async def async_load(self) -> Path | None:
        """Read the ledger. A file that cannot be read is renamed, and its new path is returned."""
        try:
            if (data := await self._store.async_load()) is not None:
                self.ledger = Ledger.from_stored(data)
        except _UNREADABLE as err:
            LOGGER.error("What was used cannot be read, counting starts again: %r", err)
            return await self._hass.async_add_executor_job(self._set_aside, dt_util.utcnow())
        return None

    def _set_aside(self, now: datetime) -> Path:
        path = Path(self._store.path)
        aside = path.with_name(f"{path.name}.unreadable.{now:%Y%m%dT%H%M%S}")
        with suppress(OSError):
            path.rename(aside)
            return aside
        # it cannot even be renamed: keep it, and never overwrite it
        self._store.make_read_only()
        return path

    @callback
    def async_save_soon(self) -> None:
        """Schedule a write within `SAVE_DELAY`.

        A scheduled write is not postponed: frequent answers would postpone it forever.
        """
        if not self._is_scheduled:
            self._is_scheduled = True
            self._store.async_delay_save(self._data, SAVE_DELAY)

    def _data(self) -> dict[str, Any]:
        self._is_scheduled = False
        return self.ledger.as_stored()

    async def async_remove(self) -> None:
        """Delete the file. A running request does not create it again."""
        self._store.make_read_only()
        await self._store.async_remove()
