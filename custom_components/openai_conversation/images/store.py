"""The pictures on disk: keep, list, expire.

Each picture is two files in the configuration folder: the picture, under a name nobody can guess,
and a note beside it with the same name that tells what it shows. The folder is the whole truth: what
a crash leaves of only one of the two is swept up when the library is opened.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
import json
from operator import attrgetter
from pathlib import Path
import re
import secrets
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import LOGGER
from ..openai_api.errors import translated_error

NAME: Final = re.compile(r"[0-9a-f]{32}\.(png|jpg|webp)")
"""128 random bits and the kind: whoever knows the name may see the picture, so nobody must guess it."""

LAST_SECOND: Final = 4e9
LAST_DAY: Final = 10_000
"""Beyond these a note is broken, not from the future."""

CONTENT_TYPES: Final = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """A picture that is kept."""

    name: str
    entry_id: str
    prompt: str
    revised_prompt: str
    model: str
    size: str
    created: float
    """Seconds since 1970."""

    keep_days: int
    """How long to keep it once its entry is gone; 0: for ever."""

    @property
    def content_type(self) -> str:
        """Return its media type."""
        return CONTENT_TYPES[self.name.rpartition(".")[2]]

    @classmethod
    def from_note(cls, note: Any) -> Self:
        """Read a note. Raises `ValueError` for one that is none."""
        try:
            picture = cls(**note)
            texts = (picture.entry_id, picture.prompt, picture.revised_prompt, picture.model, picture.size)
            is_right = (
                NAME.fullmatch(picture.name) is not None
                and all(isinstance(text, str) for text in texts)
                and 0 <= picture.created < LAST_SECOND
                and 0 <= picture.keep_days <= LAST_DAY
            )
        except TypeError as err:
            raise ValueError("not a note") from err
        if not is_right:
            raise ValueError("a note that cannot be")
        return picture

    def expires(self, keep_days: int) -> datetime | None:
        """Return when it goes, if it is kept for so many days; None: never."""
        return datetime.fromtimestamp(self.created, UTC) + timedelta(days=keep_days) if keep_days else None


class ImageStore:
    """All pictures of all entries, newest last."""

    def __init__(self, hass: HomeAssistant, folder: Path) -> None:
        """Keep pictures in a folder, which is made with the first of them."""
        self._hass = hass
        self._folder = folder
        self._pictures: dict[str, StoredImage] = {}
        self._listeners: list[Callable[[], None]] = []

    async def async_load(self) -> None:
        """Read what is there, and sweep up what is of no use."""
        pictures = await self._hass.async_add_executor_job(self._read)
        self._pictures = {picture.name: picture for picture in pictures}

    async def async_find(self, name: str) -> tuple[StoredImage, Path] | None:
        """Return a picture by its name, and where it lies; None if there is none."""
        if (picture := self._pictures.get(name)) is None:
            return None
        path = self._folder / name
        if await self._hass.async_add_executor_job(path.is_file):
            return picture, path
        self._forget(picture)
        return None

    def newest_first(self, entry_id: str | None = None) -> Iterator[StoredImage]:
        """Yield the pictures, of one entry or of all."""
        for picture in reversed(self._pictures.values()):
            if entry_id in (None, picture.entry_id):
                yield picture

    async def async_add(self, data: bytes, extension: str, **note: str | int) -> StoredImage:
        """Keep a picture; `note`: the fields of `StoredImage`.

        Raises a translated `HomeAssistantError` if it cannot be written; nothing of it is left then.
        """
        picture = StoredImage(
            name=f"{secrets.token_hex(16)}.{extension}",
            created=datetime.now(UTC).timestamp(),
            **note,  # type: ignore[arg-type]
        )
        # Whoever asked may stop waiting: the picture is paid for, and is kept all the same.
        keep = self._hass.async_create_task(self._async_keep(picture, data), f"keep {picture.name}")
        await asyncio.shield(keep)
        return picture

    async def _async_keep(self, picture: StoredImage, data: bytes) -> None:
        try:
            await self._hass.async_add_executor_job(self._write, picture, data)
        except OSError as err:
            reason = err.strerror or str(err)
            raise translated_error(
                HomeAssistantError, "image_not_kept", folder=str(self._folder), reason=reason
            ) from err
        pictures = sorted((*self._pictures.values(), picture), key=attrgetter("created"))
        self._pictures = {each.name: each for each in pictures}
        self._notify()

    async def async_read(self, picture: StoredImage) -> bytes | None:
        """Return its bytes; None: somebody has taken the file away."""
        try:
            return await self._hass.async_add_executor_job((self._folder / picture.name).read_bytes)
        except OSError:
            self._forget(picture)
            return None

    async def async_keep_for(self, entry_id: str, days: int) -> None:
        """Set how long the pictures of an entry are kept once it is gone."""
        for picture in list(self.newest_first(entry_id)):
            kept = replace(picture, keep_days=days)
            self._pictures[picture.name] = kept
            with suppress(OSError):  # then what the note says holds
                await self._hass.async_add_executor_job(self._write_note, kept)

    def _forget(self, picture: StoredImage) -> None:
        self._pictures.pop(picture.name, None)
        self._notify()

    async def async_expire(self, keep_days: Callable[[StoredImage], int]) -> None:
        """Remove the pictures that are older than they are to be kept."""
        now = datetime.now(UTC)
        old = [
            picture
            for picture in self._pictures.values()
            if (end := picture.expires(keep_days(picture))) and end <= now
        ]
        for picture in old:
            try:
                await self._hass.async_add_executor_job(self._remove, picture)
            except OSError as err:
                LOGGER.warning("The picture %s cannot be removed: %s", picture.name, err)
            else:
                self._pictures.pop(picture.name, None)
        if old:
            self._notify()

    @callback
    def async_listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a listener after each change. Returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _notify(self) -> None:
        for listener in list(self._listeners):
            listener()

    # in the executor

    def _note_path(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _write_note(self, picture: StoredImage) -> None:
        draft = self._folder / f"{picture.name}.note.tmp"
        draft.write_text(json.dumps(asdict(picture)), encoding="utf-8")
        draft.replace(self._note_path(picture.name))

    def _write(self, picture: StoredImage, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / picture.name
        draft = path.with_suffix(".tmp")
        try:
            draft.write_bytes(data)
            self._write_note(picture)
            draft.replace(path)
        except OSError:
            for leftover in (
                draft,
                self._note_path(picture.name),
                *self._folder.glob(f"{picture.name}*.tmp"),
            ):
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)
            raise

    def _read(self) -> list[StoredImage]:
        pictures: list[StoredImage] = []
        unread: set[str] = set()
        for note in self._folder.glob("*.json"):
            try:
                picture = StoredImage.from_note(json.loads(note.read_text(encoding="utf-8")))
            except OSError as err:
                LOGGER.warning("The note %s cannot be read: %s", note.name, err)
                unread.add(note.stem)
                continue
            except ValueError:
                continue
            if note == self._note_path(picture.name) and (self._folder / picture.name).is_file():
                pictures.append(picture)
        self._sweep({picture.name for picture in pictures} | unread)
        return sorted(pictures, key=attrgetter("created"))

    def _sweep(self, names: set[str]) -> None:
        """Remove our own files that belong to no picture."""
        for file in self._folder.glob("*"):
            name = file.name.removesuffix(".json")
            is_half = NAME.fullmatch(name) is not None and name not in names
            if file.suffix == ".tmp" or is_half:
                with suppress(OSError):
                    file.unlink()

    def _remove(self, picture: StoredImage) -> None:
        (self._folder / picture.name).unlink(missing_ok=True)
        self._note_path(picture.name).unlink(missing_ok=True)
