"""The images on disk: keep, list, expire.

Each image is two files in the configuration folder: the image, with a name that nobody can guess, and a
note, which says what the image shows. The folder is the only record: when the store is opened, it removes
files that a crash has left without their other half.
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
from ..openai_api.server_text import clean_text
from .request import MAX_PROMPT

NAME: Final = re.compile(r"[0-9a-f]{32}\.(png|jpg|webp)")
"""128 random bits and the format. Anyone who knows the name can see the image, so nobody must guess it."""

LAST_SECOND: Final = 4e9
LAST_DAY: Final = 10_000
"""A note with larger numbers is broken."""

CONTENT_TYPES: Final = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """An image that is kept."""

    name: str
    entry_id: str
    prompt: str
    revised_prompt: str
    model: str
    size: str
    created: float
    """Seconds since 1970."""

    keep_days: int
    """How long to keep it once its entry is gone; 0: forever."""

    @property
    def content_type(self) -> str:
        """Return its media type."""
        return CONTENT_TYPES[self.name.rpartition(".")[2]]

    @classmethod
    def from_note(cls, note: Any) -> Self:
        """Read a note. Raises `ValueError` for anything that is not one."""
        try:
            image = cls(**note)
            texts = (image.entry_id, image.prompt, image.revised_prompt, image.model, image.size)
            is_right = (
                NAME.fullmatch(image.name) is not None
                and all(isinstance(text, str) for text in texts)
                and 0 <= image.created < LAST_SECOND
                and 0 <= image.keep_days <= LAST_DAY
            )
        except TypeError as err:
            raise ValueError("not a note") from err
        if not is_right:
            raise ValueError("not a possible note")
        return replace(
            image,
            prompt=clean_text(image.prompt, limit=MAX_PROMPT),
            revised_prompt=clean_text(image.revised_prompt, limit=MAX_PROMPT),
        )

    def expires(self, keep_days: int) -> datetime | None:
        """Return when it expires if it is kept for so many days; None: never."""
        return datetime.fromtimestamp(self.created, UTC) + timedelta(days=keep_days) if keep_days else None


class ImageStore:
    """All images of all entries, newest last."""

    def __init__(self, hass: HomeAssistant, folder: Path) -> None:
        """Keep images in a folder, which is created with the first of them."""
        self._hass = hass
        self._folder = folder
        self._images: dict[str, StoredImage] = {}
        self._listeners: list[Callable[[], None]] = []

    async def async_load(self) -> None:
        """Read the folder, and remove the files that a crash has left without their other half."""
        images = await self._hass.async_add_executor_job(self._read)
        self._images = {image.name: image for image in images}

    async def async_find(self, name: str) -> tuple[StoredImage, Path] | None:
        """Return an image by its name, and its path; None: there is no such image."""
        if (image := self._images.get(name)) is None:
            return None
        path = self._folder / name
        if await self._hass.async_add_executor_job(path.is_file):
            return image, path
        self._forget(image)
        return None

    def newest_first(self, entry_id: str | None = None) -> Iterator[StoredImage]:
        """Yield the images, of one entry or of all."""
        for image in reversed(self._images.values()):
            if entry_id in (None, image.entry_id):
                yield image

    async def async_add(self, data: bytes, extension: str, **note: str | int) -> StoredImage:
        """Keep an image. `note`: the other fields of `StoredImage`.

        Raises a translated `HomeAssistantError` if it cannot be written; then nothing of it is left.
        """
        image = StoredImage(
            name=f"{secrets.token_hex(16)}.{extension}",
            created=datetime.now(UTC).timestamp(),
            **note,  # type: ignore[arg-type]
        )
        # the caller may stop waiting: the image is paid for, so it is kept anyway
        keep = self._hass.async_create_task(self._async_keep(image, data), f"keep {image.name}")
        await asyncio.shield(keep)
        return image

    async def _async_keep(self, image: StoredImage, data: bytes) -> None:
        try:
            await self._hass.async_add_executor_job(self._write, image, data)
        except OSError as err:
            reason = err.strerror or str(err)
            raise translated_error(
                HomeAssistantError, "image_not_kept", folder=str(self._folder), reason=reason
            ) from err
        images = sorted((*self._images.values(), image), key=attrgetter("created"))
        self._images = {each.name: each for each in images}
        self._notify()

    async def async_read(self, image: StoredImage) -> bytes | None:
        """Return the bytes of an image; None: somebody deleted the file."""
        try:
            return await self._hass.async_add_executor_job((self._folder / image.name).read_bytes)
        except OSError:
            self._forget(image)
            return None

    async def async_keep_for(self, entry_id: str, days: int) -> None:
        """Set how long the images of an entry are kept once it is gone."""
        for image in list(self.newest_first(entry_id)):
            kept = replace(image, keep_days=days)
            self._images[image.name] = kept
            with suppress(OSError):  # then the note keeps its old value
                await self._hass.async_add_executor_job(self._write_note, kept)

    async def async_delete(self, image: StoredImage) -> None:
        """Delete an image. Raises a translated `HomeAssistantError` if that is not possible."""
        try:
            await self._hass.async_add_executor_job(self._remove, image)
        except OSError as err:
            reason = err.strerror or str(err)
            raise translated_error(HomeAssistantError, "image_not_deleted", reason=reason) from err
        self._forget(image)

    def _forget(self, image: StoredImage) -> None:
        self._images.pop(image.name, None)
        self._notify()

    async def async_expire(self, keep_days: Callable[[StoredImage], int]) -> None:
        """Remove the images whose time is over. `keep_days`: days to keep an image; 0: forever."""
        now = datetime.now(UTC)
        old = [
            image
            for image in self._images.values()
            if (end := image.expires(keep_days(image))) and end <= now
        ]
        for image in old:
            try:
                await self._hass.async_add_executor_job(self._remove, image)
            except OSError as err:
                LOGGER.warning("The image %s cannot be removed: %s", image.name, err)
            else:
                self._images.pop(image.name, None)
        if old:
            self._notify()

    @callback
    def async_listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a listener after each change, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _notify(self) -> None:
        for listener in list(self._listeners):
            listener()

    # in the executor

    def _note_path(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _write_note(self, image: StoredImage) -> None:
        draft = self._folder / f"{image.name}.note.tmp"
        draft.write_text(json.dumps(asdict(image)), encoding="utf-8")
        draft.replace(self._note_path(image.name))

    def _write(self, image: StoredImage, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / image.name
        draft = path.with_suffix(".tmp")
        try:
            draft.write_bytes(data)
            self._write_note(image)
            draft.replace(path)
        except OSError:
            for leftover in (
                draft,
                self._note_path(image.name),
                *self._folder.glob(f"{image.name}*.tmp"),
            ):
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)
            raise

    def _read(self) -> list[StoredImage]:
        images: list[StoredImage] = []
        unread: set[str] = set()
        for note in self._folder.glob("*.json"):
            try:
                image = StoredImage.from_note(json.loads(note.read_text(encoding="utf-8")))
            except OSError as err:
                LOGGER.warning("The note %s cannot be read: %s", note.name, err)
                unread.add(note.stem)
                continue
            except ValueError:
                continue
            if note == self._note_path(image.name) and (self._folder / image.name).is_file():
                images.append(image)
        self._sweep({image.name for image in images} | unread)
        return sorted(images, key=attrgetter("created"))

    def _sweep(self, names: set[str]) -> None:
        """Remove our own files that belong to no image."""
        for file in self._folder.glob("*"):
            name = file.name.removesuffix(".json")
            is_half = NAME.fullmatch(name) is not None and name not in names
            if file.suffix == ".tmp" or is_half:
                with suppress(OSError):
                    file.unlink()

    def _remove(self, image: StoredImage) -> None:
        (self._folder / image.name).unlink(missing_ok=True)
        self._note_path(image.name).unlink(missing_ok=True)
