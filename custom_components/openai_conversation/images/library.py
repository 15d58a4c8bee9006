"""The pictures on disk: keep, list, expire.

Each picture is two files in the configuration folder: the picture, under a name nobody can guess,
and a note beside it with the same name that tells what it shows. The folder is the whole truth: a
crash between the two files leaves a note without a picture, which is swept up, never the reverse.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import re
import secrets
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN, LOGGER

NAME: Final = re.compile(r"[0-9a-f]{32}\.(png|jpg|webp)")
"""128 random bits and the kind: whoever knows the name may see the picture, so nobody must guess it."""

CONTENT_TYPES: Final = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
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

    def expires(self, keep_days: int) -> datetime | None:
        """Return when it goes, if it is kept for so many days; None: never."""
        return datetime.fromtimestamp(self.created, UTC) + timedelta(days=keep_days) if keep_days else None


class PictureLibrary:
    """All pictures of all entries, newest last."""

    def __init__(self, hass: HomeAssistant, folder: Path) -> None:
        """Keep pictures in a folder, which is made with the first of them."""
        self._hass = hass
        self._folder = folder
        self._pictures: dict[str, Picture] = {}
        self._listeners: list[Callable[[], None]] = []

    async def async_load(self) -> None:
        """Read what is there."""
        pictures = await self._hass.async_add_executor_job(self._read)
        self._pictures = {picture.name: picture for picture in pictures}

    def get(self, name: str) -> Picture | None:
        """Return a picture by its name."""
        return self._pictures.get(name)

    def path(self, picture: Picture) -> Path:
        """Return where it lies."""
        return self._folder / picture.name

    def newest_first(self, entry_id: str | None = None) -> Iterator[Picture]:
        """Yield the pictures, of one entry or of all."""
        for picture in reversed(self._pictures.values()):
            if entry_id in (None, picture.entry_id):
                yield picture

    async def async_add(self, data: bytes, extension: str, **note: str | int) -> Picture:
        """Keep a picture; `note`: the fields of `Picture`.

        Raises a translated `HomeAssistantError` if it cannot be written; nothing of it is left then.
        """
        picture = Picture(
            name=f"{secrets.token_hex(16)}.{extension}",
            created=datetime.now(UTC).timestamp(),
            **note,  # type: ignore[arg-type]
        )
        try:
            await self._hass.async_add_executor_job(self._write, picture, data)
        except OSError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="picture_not_kept",
                translation_placeholders={"folder": str(self._folder), "reason": err.strerror or str(err)},
            ) from err
        self._pictures[picture.name] = picture
        self._notify()
        return picture

    async def async_read(self, picture: Picture) -> bytes | None:
        """Return its bytes; None: somebody has taken the file away."""
        try:
            return await self._hass.async_add_executor_job(self.path(picture).read_bytes)
        except OSError:
            return None

    async def async_expire(self, keep_days: Callable[[Picture], int]) -> None:
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
                del self._pictures[picture.name]
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

    def _write(self, picture: Picture, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path, note = self.path(picture), self._note_path(picture.name)
        draft = path.with_suffix(".tmp")
        try:
            draft.write_bytes(data)
            note.write_text(json.dumps(asdict(picture)), encoding="utf-8")
            draft.replace(path)
        except OSError:
            for leftover in (draft, note):
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)
            raise

    def _read(self) -> list[Picture]:
        pictures = []
        for draft in self._folder.glob("*.tmp"):
            with suppress(OSError):
                draft.unlink()
        for note in self._folder.glob("*.json"):
            try:
                picture = Picture(**json.loads(note.read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError) as err:
                LOGGER.warning("The note %s cannot be read: %s", note.name, err)
                continue
            if NAME.fullmatch(picture.name) and self.path(picture).is_file():
                pictures.append(picture)
            else:
                with suppress(OSError):
                    note.unlink()
        return sorted(pictures, key=lambda picture: picture.created)

    def _remove(self, picture: Picture) -> None:
        self.path(picture).unlink(missing_ok=True)
        self._note_path(picture.name).unlink(missing_ok=True)
